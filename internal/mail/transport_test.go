package mail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/store"
)

var sender = netmail.Address{Name: "Årshjul", Address: "arshjul@exempel.invalid"}

func settings(s *mailtest.Server) Settings {
	return Settings{Host: "localhost", Port: s.Port, Security: Plain, Timeout: 30 * time.Second}
}

// carried opens a line to a mail server and takes a real mail to leader over it.
func carried(t *testing.T, set Settings) (store.Outcome, error) {
	t.Helper()
	s := openStore(t)
	mail, told := toldTo(t, s, 0)
	set1(t, s, leader, "processledare@exempel.invalid")
	real, err := NewSMTP(set, s)
	if err != nil {
		t.Fatal(err)
	}
	line, err := NewOffice(s, sender, base, real, nil).Open(t.Context(), kommun, false)
	if err != nil {
		return store.Outcome{}, err
	}
	defer line.Close()
	return line.Carry(t.Context(), mail, told)
}

func set1(t *testing.T, s *store.Store, p domain.PersonID, address string) {
	t.Helper()
	if err := s.SetAddress(t.Context(), kommun, store.Address{Person: p, Address: address, By: registrar, At: 1}); err != nil {
		t.Fatal(err)
	}
}

// toldTo launches the cycle, or an exercise, and gives a mail to leader of what that led to.
func toldTo(t *testing.T, s *store.Store, n int) (m store.Mail, told []store.Notice) {
	t.Helper()
	d := launched(t, s, n)
	if n > 0 {
		d.do(domain.Command{Kind: domain.CmdAdvance, Actor: launcher})
		all, err := s.WaitingExercises(t.Context(), kommun)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			if w.Person == leader {
				told = append(told, w)
			}
		}
	} else {
		all, err := s.Waiting(t.Context(), kommun, "2026-12-02")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			if w.Person == leader {
				told = append(told, w.Notice)
			}
		}
	}
	if len(told) == 0 {
		t.Fatal("leader is told nothing")
	}
	m = store.Mail{ID: "abc123", Kommun: kommun, Person: leader, Day: "2026-12-02", Made: domain.Date("2026-12-02").Start()}
	if n > 0 {
		m.Exercise, m.Day = d.state.Stream, "2026-12-01"
	}
	return m, told
}

func TestHowAMailServerIsReached(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		server mailtest.Options
		set    func(*Settings, *mailtest.Server)
		wrong  string // what the error says; "" = the mail arrives
	}{
		{"starttls", mailtest.Options{TLS: "starttls"}, func(s *Settings, m *mailtest.Server) { s.Security, s.CA = StartTLS, m.CA }, ""},
		{"tls", mailtest.Options{TLS: "tls"}, func(s *Settings, m *mailtest.Server) { s.Security, s.CA = TLS, m.CA }, ""},
		{"in the clear", mailtest.Options{}, func(*Settings, *mailtest.Server) {}, ""},
		{"logged in over starttls", mailtest.Options{TLS: "starttls", User: "u", Password: "hemligt"}, func(s *Settings, m *mailtest.Server) {
			s.Security, s.CA, s.User, s.Password = StartTLS, m.CA, "u", "hemligt"
		}, ""},
		{"logged in over tls", mailtest.Options{TLS: "tls", User: "u", Password: "hemligt"}, func(s *Settings, m *mailtest.Server) {
			s.Security, s.CA, s.User, s.Password = TLS, m.CA, "u", "hemligt"
		}, ""},
		{"a wrong password", mailtest.Options{TLS: "tls", User: "u", Password: "hemligt"}, func(s *Settings, m *mailtest.Server) {
			s.Security, s.CA, s.User, s.Password = TLS, m.CA, "u", "fel"
		}, "535"},
		{"no starttls where it is demanded", mailtest.Options{}, func(s *Settings, m *mailtest.Server) { s.Security = StartTLS }, "STARTTLS"},
		{"a certificate that nobody vouches for", mailtest.Options{TLS: "starttls"}, func(s *Settings, m *mailtest.Server) { s.Security = StartTLS }, "certificate"},
		{"a certificate for another name", mailtest.Options{TLS: "tls"}, func(s *Settings, m *mailtest.Server) { s.Security, s.CA, s.Host = TLS, m.CA, "127.0.0.1" }, "certificate"},
		{"nobody there", mailtest.Options{}, func(s *Settings, m *mailtest.Server) { s.Port = 1 }, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.New(t, tt.server)
			set := settings(server)
			tt.set(&set, server)
			o, err := carried(t, set)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "hemligt") || strings.Contains(err.Error(), "fel") {
					t.Errorf("got %+v, %v, want an error that says %q", o, err, tt.wrong)
				}
				if len(server.Mails()) != 0 {
					t.Error("a mail was sent all the same")
				}
				return
			}
			if err != nil || o.State != store.MailSent || !strings.HasPrefix(o.Words, "250") {
				t.Fatalf("%+v, %v", o, err)
			}
			mails := server.Mails()
			if len(mails) != 1 || mails[0].ID != "abc123@exempel.invalid" || mails[0].From != sender.Address || mails[0].To != "processledare@exempel.invalid" {
				t.Fatalf("%+v", mails)
			}
			checkRaw(t, mails[0].Raw)
		})
	}
}

// checkRaw reads a mail as a mail program does.
func checkRaw(t *testing.T, raw []byte) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := "Lämna in Nämndens förslag, Arbetsmarknadsnämnden, senast 31 mars 2027, och 1 sak till"; err != nil || subject != want {
		t.Errorf("subject %q, want %q, %v", subject, want, err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || *from[0] != sender {
		t.Errorf("from %v, %v", from, err)
	}
	for header, want := range map[string]string{"Auto-Submitted": "auto-generated", "Message-Id": "<abc123@exempel.invalid>", "Date": "Wed, 02 Dec 2026 00:00:00 +0100",
		"List-Unsubscribe": "", "Bcc": "", exerciseHeader: ""} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	var kinds []string
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(p)
		if err != nil || !strings.Contains(string(text), "Nämndens förslag, Socialnämnden") {
			t.Errorf("%s: %s, %v", p.Header.Get("Content-Type"), text, err)
		}
		kinds = append(kinds, p.Header.Get("Content-Type"))
	}
	if !slices.Equal(kinds, []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}) {
		t.Errorf("parts %q", kinds)
	}
}

func TestWhatAMailServersAnswerMeans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fault  mailtest.Fault
		state  store.MailState
		unsure bool
		broken bool
		took   int
		words  string
	}{
		{"4xx to the recipient", mailtest.Fault{At: "RCPT", Code: 451}, store.MailLater, false, false, 0, "451"},
		{"5xx to the recipient", mailtest.Fault{At: "RCPT", Code: 550}, store.MailFailed, false, false, 0, "550"},
		{"4xx to the mail", mailtest.Fault{At: "DATA", Code: 452}, store.MailLater, false, false, 0, "452"},
		{"5xx to the mail", mailtest.Fault{At: "DATA", Code: 554}, store.MailFailed, false, false, 0, "554"},
		{"5xx to the sender is no fault of the mail", mailtest.Fault{At: "MAIL", Code: 550}, store.MailLater, false, false, 0, "550"},
		{"421: the server closes", mailtest.Fault{At: "RCPT", Code: 421}, store.MailLater, false, true, 0, "421"},
		{"cut before the mail", mailtest.Fault{At: "RCPT", Drop: true}, store.MailLater, false, true, 0, ""},
		{"cut after the mail, not taken", mailtest.Fault{At: "DATA", Drop: true}, store.MailLater, true, true, 0, ""},
		{"cut after the mail, taken", mailtest.Fault{At: "DATA", Drop: true, Take: true}, store.MailLater, true, true, 1, ""},
		{"cut after 250", mailtest.Fault{Gone: true}, store.MailSent, false, false, 1, "250"},
		{"silent before the mail", mailtest.Fault{At: "RCPT", Hang: true}, store.MailLater, false, true, 0, "timeout"},
		{"silent after the mail", mailtest.Fault{At: "DATA", Hang: true, Take: true}, store.MailLater, true, true, 1, "timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.New(t, mailtest.Options{})
			server.Fail(func(to string) *mailtest.Fault {
				if to == "" && tt.fault.At != "MAIL" {
					return nil
				}
				return &tt.fault
			})
			set := settings(server)
			if tt.fault.Hang {
				set.Timeout = 5 * time.Second // the way there has to be shorter, on any machine
			}
			o, err := carried(t, set)
			if o.State != tt.state || o.Unsure != tt.unsure || (err != nil) != tt.broken || !strings.Contains(o.Words, tt.words) {
				t.Errorf("got %+v, connection %v", o, err)
			}
			if strings.Contains(o.Words, "processledare@") {
				t.Errorf("the words hold an address: %q", o.Words)
			}
			if n := len(server.Mails()); n != tt.took {
				t.Errorf("%d mails were taken, want %d", n, tt.took)
			}
		})
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	good := Settings{Host: "smtp.exempel.invalid", Port: 587, Security: StartTLS, Timeout: 20 * time.Second}
	if _, err := NewSMTP(good, nil); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*Settings){
		"namn":           func(s *Settings) { s.Host = "" },
		"port":           func(s *Settings) { s.Port = 0 },
		"säkerheten":     func(s *Settings) { s.Security = "ssl" },
		"utan TLS":       func(s *Settings) { s.Security, s.User, s.Password = Plain, "u", "p" },
		"både användare": func(s *Settings) { s.User = "u" },
		"väntetiden":     func(s *Settings) { s.Timeout = time.Hour },
		"PEM":            func(s *Settings) { s.CA = []byte("nej") },
	} {
		s := good
		change(&s)
		if _, err := NewSMTP(s, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: got %v, want what says %q", s, err, says)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{"namn.efternamn@exempel.se": true, "a@b": true, "": false, "namn": false, "Namn <a@b.se>": false, "å@b.se": false,
		"a@b.se, c@d.se": false, "a@b.se\r\nBcc: c@d.se": false, " a@b.se": false, "<a@b.se>": false, strings.Repeat("a", 250) + "@b.se": false} {
		if err := CheckAddress(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
