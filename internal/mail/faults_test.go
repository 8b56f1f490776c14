package mail

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// findings lists what somebody must see to: "code person".
func findings(t *testing.T, s *store.Store, now time.Time) (lines []string, texts string) {
	t.Helper()
	found, err := Findings(t.Context(), s, kommun, domain.InstantOf(now))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		lines = append(lines, strings.TrimSpace(f.Code+" "+string(f.Person)))
		texts += f.Text + "\n"
	}
	return lines, texts
}

// refusing is a port at which nobody listens, and nobody else will: it is taken.
func refusing(t *testing.T) int {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	return at.(*syscall.SockaddrInet4).Port
}

// However a mail server fails, nothing is lost, nobody's mail has failed, the fault is a finding in its own words, and when
// it is mended everybody gets one mail.
func TestAMailServerThatFails(t *testing.T) {
	t.Parallel()
	const people = 5
	nobody := refusing(t)
	for _, tt := range []struct {
		name   string
		server mailtest.Options
		set    func(*Settings, *mailtest.Server) // as it should be
		spoil  func(*Settings)
		fault  *mailtest.Fault
		lasts  time.Duration
		says   string
		sent   int // how many the fault lets through
	}{
		{name: "nobody answers for three days", spoil: func(s *Settings) { s.Port = nobody }, lasts: 72 * time.Hour, says: "refused"},
		{name: "the certificate is somebody's", server: mailtest.Options{TLS: "starttls"}, set: func(s *Settings, m *mailtest.Server) { s.Security, s.CA = StartTLS, m.CA },
			spoil: func(s *Settings) { s.CA = nil }, lasts: 4 * time.Hour, says: "certificate"},
		{name: "no TLS where it is demanded", spoil: func(s *Settings) { s.Security = StartTLS }, lasts: 4 * time.Hour, says: "STARTTLS"},
		{name: "the password is refused", server: mailtest.Options{TLS: "tls", User: "u", Password: "hemligt"},
			set: func(s *Settings, m *mailtest.Server) {
				s.Security, s.CA, s.User, s.Password = TLS, m.CA, "u", "hemligt"
			},
			spoil: func(s *Settings) { s.Password = "gammalt" }, lasts: 4 * time.Hour, says: "535"},
		{name: "it answers too late", fault: &mailtest.Fault{At: "RCPT", Hang: true}, lasts: 2 * time.Minute, says: "timeout"},
		{name: "it closes", fault: &mailtest.Fault{At: "RCPT", Code: 421}, lasts: 4 * time.Hour, says: "421"},
		{name: "it cuts", fault: &mailtest.Fault{At: "RCPT", Drop: true}, lasts: 4 * time.Hour, says: "EOF"},
		{name: "it does not want our sender", fault: &mailtest.Fault{At: "MAIL", Code: 550}, lasts: 4 * time.Hour},
		{name: "it asks all to come later", fault: &mailtest.Fault{At: "RCPT", Code: 451}, lasts: 4 * time.Hour},
		{name: "it closes after each 250", fault: &mailtest.Fault{Gone: true}, lasts: 4 * time.Hour, sent: people},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t)
			crowd(t, s, people)
			server := mailtest.New(t, tt.server)
			good := Settings{Host: "localhost", Port: server.Port, Security: Plain, Timeout: 30 * time.Second}
			if tt.set != nil {
				tt.set(&good, server)
			}
			bad := good
			if tt.spoil != nil {
				tt.spoil(&bad)
			}
			if tt.fault != nil {
				if tt.fault.Hang {
					bad.Timeout = time.Second
				}
				server.Fail(func(to string) *mailtest.Fault {
					if to == "" && tt.fault.At != "MAIL" {
						return nil
					}
					return tt.fault
				})
			}
			now, end := firstMorning, firstMorning.Add(tt.lasts)
			ill := sendingWith(t, s, bad)
			for now.Before(end) {
				r, err := ill(now)
				if err != nil {
					t.Fatal(err)
				}
				if !r.Next.Time().After(now) {
					t.Fatalf("it looks again at %v, which is not after %v", r.Next, now)
				}
				now = r.Next.Time()
			}
			if n := len(server.Mails()); n != tt.sent {
				t.Errorf("%d mails were taken while it failed, want %d", n, tt.sent)
			}
			lines, texts := findings(t, s, now)
			if tt.says != "" && (!slices.Contains(lines, FindingServer) || !strings.Contains(texts, tt.says)) {
				t.Errorf("findings %q, want what says %q:\n%s", lines, tt.says, texts)
			}
			if tt.says == "" && tt.sent == 0 && !slices.Contains(lines, FindingSlow) {
				t.Errorf("nobody is told that mails wait: %q", lines)
			}
			if strings.Contains(texts, "gammalt") || strings.Contains(texts, "hemligt") || strings.Contains(texts, "@") {
				t.Errorf("a finding tells a secret:\n%s", texts)
			}
			if failed, err := s.Mails(t.Context(), kommun, store.MailQuery{State: store.MailFailed, Limit: 10}); err != nil || len(failed) != 0 {
				t.Errorf("%d mails have failed, %v", len(failed), err)
			}

			server.Fail(nil)
			well := sendingWith(t, s, good)
			for range 50 {
				counts, err := s.MailCounts(t.Context(), kommun, "")
				if err != nil {
					t.Fatal(err)
				}
				if counts[store.MailSent] == people {
					break
				}
				r, err := well(now)
				if err != nil {
					t.Fatal(err)
				}
				now = r.Next.Time()
			}
			came(t, server.Mails(), people, 0)
			if lines, _ := findings(t, s, now); len(lines) != 0 {
				t.Errorf("mended, and still %q", lines)
			}
		})
	}
}

// An address that the mail server does not know, and one that nobody has said, become findings that stay until somebody sees
// to them; then what waited is sent, and they are gone. Nobody else waits.
func TestWhoCannotBeReachedIsAFinding(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	crowd(t, s, 4)
	server := mailtest.New(t, mailtest.Options{})
	server.Fail(func(to string) *mailtest.Fault {
		switch to {
		case "p-1@exempel.invalid":
			return &mailtest.Fault{At: "RCPT", Code: 550, Echo: true}
		case "p-2@exempel.invalid":
			return &mailtest.Fault{At: "DATA", Code: 552}
		}
		return nil
	})
	set1(t, s, "p-3", "")
	send := sending(t, s, server.Port)
	now := firstMorning
	step := func(days int) {
		t.Helper()
		now = now.AddDate(0, 0, days)
		if _, err := send(now); err != nil {
			t.Fatal(err)
		}
	}
	step(0)
	want := []string{"no_address p-3", "refused p-1", "refused p-2"}
	for range 3 {
		lines, texts := findings(t, s, now)
		slices.Sort(lines)
		if !slices.Equal(lines, want) || !strings.Contains(texts, "550") || !strings.Contains(texts, "552") || strings.Contains(texts, "@exempel") {
			t.Fatalf("%s: %q\n%s", now, lines, texts)
		}
		step(1)
	}
	if n := len(server.Mails()); n != 1 {
		t.Errorf("%d mails came, want that of the one who can be reached", n)
	}
	set1(t, s, "p-1", "p-1-ny@exempel.invalid")
	set1(t, s, "p-3", "p-3@exempel.invalid")
	failed, err := s.Mails(t.Context(), kommun, store.MailQuery{Person: "p-2", State: store.MailFailed, Limit: 10})
	if err != nil || len(failed) != 1 {
		t.Fatalf("%+v, %v", failed, err)
	}
	server.Fail(nil)
	if ok, err := s.ReleaseMail(t.Context(), kommun, failed[0].ID, domain.InstantOf(now)); err != nil || !ok {
		t.Fatalf("%v, %v", ok, err)
	}
	step(3) // over the weekend
	came(t, server.Mails(), 4, 0)
	if lines, _ := findings(t, s, now); len(lines) != 0 {
		t.Errorf("seen to, and still %q", lines)
	}
}

// The worker has a real mail server, and everybody has a real address: an exercise's mails reach the sink and nobody, while
// those of the real cycle reach their people. And the mail server of a local stack's worker is not even greeted.
func TestAnExerciseCannotReachAnybody(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, p := range []domain.PersonID{leader, chief, city, registrar, "p-kf-sekreterare", "p-slf-processledare", "p-slf-forvaltningschef"} {
		set1(t, s, p, string(p)+"@riktig.exempel.invalid")
	}
	server := mailtest.New(t, mailtest.Options{})
	send := sending(t, s, server.Port)
	x := launched(t, s, 1)
	for range 3 {
		x.do(domain.Command{Kind: domain.CmdAdvance, Actor: launcher})
	}
	if _, err := send(firstMorning); err != nil {
		t.Fatal(err)
	}
	sunk, err := s.SunkCount(t.Context(), kommun, x.state.Stream)
	if err != nil || sunk == 0 {
		t.Fatalf("%d mails in the sink, %v", sunk, err)
	}
	if n := server.Greeted(); n != 0 || len(server.Mails()) != 0 {
		t.Errorf("the real mail server was greeted %d times and took %d mails", n, len(server.Mails()))
	}
	launched(t, s, 0)
	if _, err := send(firstMorning.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	real := server.Mails()
	if len(real) == 0 {
		t.Fatal("the real cycle told nobody")
	}
	for _, m := range real {
		if strings.Contains(string(m.Raw), "VNING") || strings.Contains(string(m.Raw), "ovning") {
			t.Errorf("%s got an exercise's mail", m.To)
		}
	}
	if again, err := s.SunkCount(t.Context(), kommun, ""); err != nil || again != 0 {
		t.Errorf("%d real mails in the sink, %v", again, err)
	}
}

func TestALocalStacksWorkerReachesNobody(t *testing.T) {
	t.Parallel()
	owner := stacktest.Database(t, store.Migrate)
	if err := store.KeepMailsInside(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), stacktest.AsRole(t, owner, store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	crowd(t, s, 3)
	server := mailtest.New(t, mailtest.Options{})
	if r, err := sending(t, s, server.Port)(firstMorning); err != nil || !r.Down || r.Sent != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if n := server.Greeted(); n != 0 {
		t.Errorf("the mail server was greeted %d times", n)
	}
	if lines, texts := findings(t, s, firstMorning); !slices.Contains(lines, FindingServer) || !strings.Contains(texts, "lokal stack") {
		t.Errorf("%q: %s", lines, texts)
	}
}

// The log has no addresses, whatever a mail server says.
func TestAMailServersWordsAreDiscreet(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"550 5.1.1 <Namn.Namn@Exempel.se>: Recipient address rejected": "550 5.1.1 <adressen>: Recipient address rejected",
		"550 no mailbox here by the name annan@x.se, sorry":            "550 no mailbox here by the name adressen, sorry",
		"250 2.0.0 Ok: queued as 4F1A2":                                "250 2.0.0 Ok: queued as 4F1A2",
		"451 try (a@b) or [c@d]":                                       "451 try (adressen) or [adressen]",
	} {
		if got := discreet(words, "namn.namn@exempel.se"); got != want {
			t.Errorf("%q becomes %q, want %q", words, got, want)
		}
	}
}
