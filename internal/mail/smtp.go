package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"arshjul/domain"
	"arshjul/internal/store"
)

// Security is how the connection to a mail server is kept from others.
type Security string

// The kinds of security.
const (
	StartTLS Security = "starttls" // in the clear until both have agreed on TLS; without it nothing is sent
	TLS      Security = "tls"      // from the first byte
	Plain    Security = "ingen"    // none: for a relay on the machine or in a closed network, and never with a password
)

// Settings are how a municipality's mail server is reached.
type Settings struct {
	Host     string
	Port     int
	Security Security
	User     string // "" = no log-in
	Password string
	// Login uses the older AUTH LOGIN instead of PLAIN.
	Login   bool
	CA      []byte        // PEM of who vouches for the mail server; nil = whom the machine trusts
	Timeout time.Duration // of connecting, and of each mail
	Hello   string        // the name that we give ourselves; "" = the machine's
}

// maxTimeout keeps an activity's last mail within its time (workflows.sendTime).
const maxTimeout = 30 * time.Second

// SMTP takes mails to a municipality's mail server, and people's addresses from the store.
type SMTP struct {
	settings Settings
	store    *store.Store
	roots    *x509.CertPool
}

// NewSMTP checks the settings; the error says in Swedish what to mend.
func NewSMTP(s Settings, st *store.Store) (*SMTP, error) {
	t := &SMTP{settings: s, store: st}
	switch {
	case s.Host == "":
		return nil, errors.New("ange e-postserverns namn")
	case s.Port < 1 || s.Port > 65535:
		return nil, fmt.Errorf("e-postserverns port ska vara 1 till 65535, inte %d", s.Port)
	case s.Security != StartTLS && s.Security != TLS && s.Security != Plain:
		return nil, fmt.Errorf("säkerheten mot e-postservern ska vara %s, %s eller %s, inte %q", StartTLS, TLS, Plain, s.Security)
	case s.User != "" && s.Security == Plain:
		return nil, errors.New("ett lösenord skickas inte utan TLS. Välj starttls eller tls, eller ta bort användaren")
	case (s.User == "") != (s.Password == ""):
		return nil, errors.New("ange både användare och lösenord för e-postservern, eller inget av dem")
	case s.Timeout < time.Second || s.Timeout > maxTimeout:
		return nil, fmt.Errorf("väntetiden på e-postservern ska vara 1 till %d sekunder", int(maxTimeout.Seconds()))
	}
	if s.CA != nil {
		t.roots = x509.NewCertPool()
		if !t.roots.AppendCertsFromPEM(s.CA) {
			return nil, errors.New("filen med utfärdaren till e-postserverns certifikat har inget certifikat i PEM-form")
		}
	}
	return t, nil
}

func (t *SMTP) address(ctx context.Context, kommun string, person domain.PersonID, exercise bool) (string, error) {
	if exercise {
		return "", errors.New("mail: an exercise's mail was on its way to a real mail server") // Office has sent it to the wrong one: a bug
	}
	return t.store.AddressOf(ctx, kommun, person)
}

func (t *SMTP) dial(ctx context.Context, _ string) (*conn, error) {
	s := t.settings
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: t.roots}
	var raw net.Conn
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(s.Timeout), gomail.WithTLSConfig(config), gomail.WithoutSMTPUTF8(),
		gomail.WithDialContextFunc(func(ctx context.Context, _, _ string) (c net.Conn, err error) {
			address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
			if s.Security == TLS {
				c, err = (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
			} else {
				c, err = new(net.Dialer).DialContext(ctx, "tcp", address)
			}
			raw = c
			return c, err
		})}
	switch s.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.User != "" {
		auth := gomail.SMTPAuthPlain
		if s.Login {
			auth = gomail.SMTPAuthLogin
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	return connect(ctx, s.Host, s.Timeout, options, func() {
		if raw != nil {
			_ = raw.Close() // nothing is under way on it
		}
	})
}

// connect opens a connection, and leaves none behind when that fails.
func connect(ctx context.Context, host string, timeout time.Duration, options []gomail.Option, cut func()) (*conn, error) {
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, err
	}
	c, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		cut()
		return nil, err
	}
	return &conn{client: c, timeout: timeout, close: cut}, nil
}

// CheckAddress tells whether mail can be sent to an address; the error says in Swedish what to mend.
func CheckAddress(address string) error {
	a, err := netmail.ParseAddress(address)
	ascii := strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) < 0 // what every mail server on the way takes
	if err != nil || a.Address != address || a.Name != "" || len(address) > 254 || !ascii {
		return domain.Refuse(domain.CodeBadCommand, "%q är ingen e-postadress som det går att skicka till. Skriv den så här: namn@exempel.se, utan å, ä och ö.", address)
	}
	return nil
}
