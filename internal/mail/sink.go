package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"arshjul/domain"
	"arshjul/internal/store"
)

// The domains that mails to the sink are addressed to. No mail server in the world takes mail for .invalid (RFC 6761).
const (
	ExerciseDomain = "ovning.invalid"
	LocalDomain    = "exempel.invalid"
)

// sinkTimeout bounds what a mail to the sink may take: it is written to our own database.
const sinkTimeout = 20 * time.Second

// exerciseHeader names the exercise that a mail belongs to.
const exerciseHeader = "X-Arshjul-Exercise"

// Sink is a mail server within the process whose mails go nowhere: they are kept in the database, to be read on a page. It
// speaks SMTP over pipes; there is no address at which it listens, and none to which it sends.
type Sink struct {
	store  *store.Store
	server *smtp.Server
	pipes  *pipes
	done   chan struct{}
}

// NewSink starts a sink; Close ends it.
func NewSink(st *store.Store) *Sink {
	s := &Sink{store: st, pipes: &pipes{next: make(chan net.Conn), closed: make(chan struct{})}, done: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = "ovningspost." + ExerciseDomain
	s.server.ReadTimeout, s.server.WriteTimeout = sinkTimeout, sinkTimeout
	s.server.MaxMessageBytes, s.server.MaxRecipients = 1<<20, 1
	s.server.ErrorLog = log.New(io.Discard, "", 0) // whoever sends hears of every fault
	go func() {
		defer close(s.done)
		_ = s.server.Serve(s.pipes) // ends when the pipes do
	}()
	return s
}

// Close ends the sink; mails under way are cut off, and tried again by who sent them.
func (s *Sink) Close() {
	_ = s.pipes.Close()
	_ = s.server.Close() // its connections are pipes
	<-s.done
}

func (s *Sink) dial(ctx context.Context, kommun string) (*conn, error) {
	ours, theirs := net.Pipe()
	options := []gomail.Option{gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithTimeout(sinkTimeout), gomail.WithHELO("arshjul." + ExerciseDomain),
		gomail.WithDialContextFunc(func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case s.pipes.next <- &marked{theirs, kommun}:
				return ours, nil
			case <-s.pipes.closed:
				return nil, net.ErrClosed
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})}
	return connect(ctx, s.server.Domain, sinkTimeout, options, func() { _ = ours.Close() })
}

// address makes a person up an address of the person's id. The store's are never looked at.
func (s *Sink) address(_ context.Context, _ string, person domain.PersonID, exercise bool) (string, error) {
	host := LocalDomain
	if exercise {
		host = ExerciseDomain
	}
	return localPart(string(person)) + "@" + host, nil
}

// InventedAddress is where an invented person can be reached: nowhere, but the sink takes it.
func InventedAddress(person domain.PersonID) string {
	return localPart(string(person)) + "@" + LocalDomain
}

// localPart is a text that can stand before the @, and tells ids apart.
func localPart(id string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	if id != "" && len(id) <= 60 && strings.IndexFunc(id, func(r rune) bool { return !plain(r) }) < 0 {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "id." + hex.EncodeToString(sum[:16])
}

// session receives the mails of one connection.
func (s *Sink) session(c *smtp.Conn) (smtp.Session, error) {
	m, ok := c.Conn().(*marked)
	if !ok {
		return nil, errors.New("mail: a connection that is no pipe of ours")
	}
	return &sinking{sink: s, kommun: m.kommun}, nil
}

type sinking struct {
	sink   *Sink
	kommun string
	to     string
}

func (s *sinking) Reset()        { s.to = "" }
func (s *sinking) Logout() error { return nil }

func (s *sinking) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sinking) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !strings.HasSuffix(to, "@"+ExerciseDomain) && !strings.HasSuffix(to, "@"+LocalDomain) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Hit kommer bara påhittade adresser."}
	}
	s.to = to
	return nil
}

// Data keeps the mail before it is acknowledged.
func (s *sinking) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	read, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Det där är inget mejl."}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil {
		subject = read.Header.Get("Subject")
	}
	ctx, cancel := context.WithTimeout(context.Background(), sinkTimeout)
	defer cancel()
	err = s.sink.store.PutSunk(ctx, store.SunkMail{Kommun: s.kommun, Exercise: read.Header.Get(exerciseHeader), Recipient: s.to,
		MessageID: strings.Trim(read.Header.Get("Message-ID"), "<>"), Subject: subject, Raw: raw})
	if err != nil {
		// Said to nobody but our own sender, which tries again; a plain error would be told as 554, for good.
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Databasen svarar inte."}
	}
	return nil
}

// marked is a pipe of which the sink knows whose mails come through it.
type marked struct {
	net.Conn
	kommun string
}

// pipes is a listener that is reached by nobody outside the process.
type pipes struct {
	next   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is none.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }
