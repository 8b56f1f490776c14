// Package mailtest gives tests a mail server that takes mails over real SMTP, remembers them, and fails as it is told.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is a mail that the server took.
type Mail struct {
	ID   string // Message-ID, without brackets
	From string
	To   string
	Raw  []byte
}

// Fault is what the server does with a mail instead of taking it.
type Fault struct {
	At   string // "MAIL", "RCPT", "DATA"
	Code int    // what it answers, such as 451 or 550
	// Drop cuts the connection: before anything is taken, or with Take after the mail was taken and before it says so.
	Drop bool
	Take bool
	// Gone cuts the connection after the mail was taken and acknowledged, at the next command.
	Gone bool
	// Echo says the recipient's address in the answer, as many do.
	Echo bool
	// Hang answers nothing until the test ends.
	Hang bool
}

// Server is a mail server on the loopback address.
type Server struct {
	Port int
	CA   []byte // PEM, with TLS

	user, password string

	mu     sync.Mutex
	mails  []Mail
	fault  func(to string) *Fault
	greets int
	end    chan struct{}
}

// Options are how the server is reached.
type Options struct {
	TLS      string // "" = none, "starttls", "tls"
	User     string // "" = nobody logs in
	Password string
}

// New starts a server that is closed when the test ends.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{user: o.User, password: o.Password, end: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		s.greets++
		s.mu.Unlock()
		if o.User != "" {
			return &authSession{session{server: s, conn: c}}, nil
		}
		return &session{server: s, conn: c}, nil
	}))
	server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0) // clients that die are what tests are about
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	if o.TLS != "" {
		config, ca := certificate(t)
		s.CA, server.TLSConfig = ca, config
		if o.TLS == "tls" {
			l = tls.NewListener(l, config)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("mailtest: %v", err)
		}
	}()
	t.Cleanup(func() {
		close(s.end)
		if err := server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("mailtest: %v", err)
		}
		<-done
	})
	return s
}

// Fail makes the server do what fault says with each mail to a recipient; nil means that it takes it.
func (s *Server) Fail(fault func(to string) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Mails lists what was taken, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Greeted counts the connections.
func (s *Server) Greeted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greets
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	gone     bool
}

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.gone {
		return s.cut()
	}
	s.from = from
	return s.at("MAIL", "")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.at("RCPT", to)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f := s.faultFor(s.to)
	if f == nil || f.At != "DATA" || f.Take || f.Gone {
		m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			return err
		}
		s.server.mu.Lock()
		s.server.mails = append(s.server.mails, Mail{strings.Trim(m.Header.Get("Message-ID"), "<>"), s.from, s.to, raw})
		s.server.mu.Unlock()
		s.gone = f != nil && f.Gone
	}
	return s.at("DATA", s.to)
}

func (s *session) faultFor(to string) *Fault {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.fault == nil {
		return nil
	}
	return s.server.fault(to)
}

// at does what the fault says when it is its turn.
func (s *session) at(stage, to string) error {
	f := s.faultFor(to)
	if f == nil || f.At != stage || f.Gone {
		return nil
	}
	switch {
	case f.Hang:
		<-s.server.end
	case f.Drop:
		return s.cut()
	}
	says := "som provet vill"
	if f.Echo {
		says = "<" + to + ">: som provet vill"
	}
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.EnhancedCodeNotSet, Message: says}
}

func (s *session) cut() error {
	if err := s.conn.Conn().Close(); err != nil {
		return err
	}
	return errors.New("cut")
}

// authSession asks for a log-in before anything else.
type authSession struct{ session }

func (s *authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *authSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// certificate makes a certificate for localhost and what vouches for it.
func certificate(t testing.TB) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
