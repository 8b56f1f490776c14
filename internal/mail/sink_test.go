package mail

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/store"
)

// An exercise's mail reaches the sink and nothing else, whatever addresses there are and whatever mail server there is.
func TestAnExercisesMailNeverLeavesTheSink(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	mail, told := toldTo(t, s, 1)
	set1(t, s, leader, "riktig@exempel.invalid")
	server := mailtest.New(t, mailtest.Options{})
	real, err := NewSMTP(settings(server), s)
	if err != nil {
		t.Fatal(err)
	}
	sink := NewSink(s)
	defer sink.Close()
	office := NewOffice(s, sender, base, real, sink)
	line, err := office.Open(t.Context(), kommun, true)
	if err != nil {
		t.Fatal(err)
	}
	o, err := line.Carry(t.Context(), mail, told)
	if err != nil || o.State != store.MailSent {
		t.Fatalf("%+v, %v", o, err)
	}
	got, err := s.Sunk(t.Context(), kommun, mail.Exercise, 0, 10)
	if err != nil || len(got) != 1 || got[0].Recipient != string(leader)+"@ovning.invalid" || got[0].MessageID != "abc123@exempel.invalid" ||
		got[0].Subject != "ÖVNING: Lämna in Nämndens förslag, Arbetsmarknadsnämnden, senast 31 mars 2027, och 1 sak till" {
		t.Fatalf("%+v, %v", got, err)
	}
	whole, err := s.SunkMail(t.Context(), kommun, got[0].ID)
	if err != nil || !strings.Contains(string(whole.Raw), "X-Arshjul-Exercise: exercise/9999/2028/1") {
		t.Errorf("%s, %v", whole.Raw, err)
	}

	// A bug that mixes the two up sends nothing.
	realLine, err := office.Open(t.Context(), kommun, false)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := realLine.Carry(t.Context(), mail, told); err != nil || o.State != store.MailLater {
		t.Errorf("over the real line: %+v, %v", o, err)
	}
	crossed := &Line{office: office, conn: realLine.conn, transport: real, exercise: true}
	if o, err := crossed.Carry(t.Context(), mail, told); err != nil || o.State != store.MailLater {
		t.Errorf("over a line that claims to be an exercise's: %+v, %v", o, err)
	}
	mail.Exercise = ""
	if o, err := line.Carry(t.Context(), mail, told); err != nil || o.State != store.MailLater {
		t.Errorf("a real mail over the sink's line: %+v, %v", o, err)
	}
	line.Close()
	realLine.Close()
	if n := len(server.Mails()); n != 0 {
		t.Errorf("%d mails reached the real mail server", n)
	}
}

// A local stack has the sink for everything. Addresses that somebody has entered are not looked at.
func TestALocalStacksMailsGoToTheSink(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	mail, told := toldTo(t, s, 0)
	set1(t, s, leader, "riktig@exempel.invalid")
	sink := NewSink(s)
	defer sink.Close()
	line, err := NewOffice(s, sender, base, sink, sink).Open(t.Context(), kommun, false)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	for range 2 {
		if o, err := line.Carry(t.Context(), mail, told); err != nil || o.State != store.MailSent {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	got, err := s.Sunk(t.Context(), kommun, "", 0, 10)
	if err != nil || len(got) != 1 || got[0].Recipient != string(leader)+"@exempel.invalid" || got[0].Times != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// With several municipalities each one's links lead to its own pages, and one whose pages nobody knows waits.
func TestLinksLeadToTheMunicipalitysOwnPages(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	mail, told := toldTo(t, s, 0)
	const own = "https://arshjul.niorna.exempel.invalid"
	sink := NewSink(s)
	defer sink.Close()
	office := NewOfficeOf(s, sender, map[string]string{kommun: own, "0000": "https://fel.exempel.invalid"}, sink, sink)
	line, err := office.Open(t.Context(), kommun, false)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if o, err := line.Carry(t.Context(), mail, told); err != nil || o.State != store.MailSent {
		t.Fatalf("%+v, %v", o, err)
	}
	got, err := s.Sunk(t.Context(), kommun, "", 0, 10)
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	whole, err := s.SunkMail(t.Context(), kommun, got[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(whole.Raw), "=\r\n", "") // quoted-printable breaks long lines
	if !strings.Contains(text, own+"/cykel/") || !strings.Contains(text, own+"/utskick") || strings.Contains(text, base) || strings.Contains(text, "fel.exempel") {
		t.Errorf("the links:\n%s", text)
	}
	for _, exercise := range []bool{false, true} {
		if _, err := office.Open(t.Context(), "1234", exercise); err == nil || !strings.Contains(err.Error(), "kommun 1234 står inte") {
			t.Errorf("one that is not in the file: %v", err)
		}
	}
}

func TestTheSinkTakesOnlyMadeUpAddresses(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	sink := NewSink(s)
	defer sink.Close()
	c, err := sink.dial(t.Context(), kommun)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mail, told := toldTo(t, s, 0)
	office := NewOffice(s, sender, base, sink, sink)
	items, err := office.items(t.Context(), mail, told)
	if err != nil {
		t.Fatal(err)
	}
	for to, code := range map[string]int{"a@exempel.se": 550, "a@evil.ovning.invalid.se": 550, "a@x.ovning.invalid": 550, "a@ovning.invalid": 250} {
		msg, err := office.message(mail, to, Compose(Contents{Items: items}))
		if err != nil {
			t.Fatal(err)
		}
		if r, err := c.send(sender.Address, to, msg); err != nil || r.code != code {
			t.Errorf("%s: %+v, %v", to, r, err)
		}
	}
}

// A database that is away fails no mail for good: the sink asks to have it again.
func TestTheSinkWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	mail, told := toldTo(t, s, 1)
	away := openStore(t)
	sink := NewSink(away)
	defer sink.Close()
	away.Close()
	line, err := NewOffice(s, sender, base, nil, sink).Open(t.Context(), kommun, true)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := line.Carry(t.Context(), mail, told); err != nil || o.State != store.MailLater || !strings.HasPrefix(o.Words, "451") {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestManyAtOnceInTheSink(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	mail, told := toldTo(t, s, 0)
	sink := NewSink(s)
	defer sink.Close()
	office := NewOffice(s, sender, base, sink, sink)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				line, err := office.Open(t.Context(), kommun, false)
				if err != nil {
					t.Error(err)
					return
				}
				if o, err := line.Carry(t.Context(), mail, told); err != nil || o.State != store.MailSent {
					t.Errorf("%+v, %v", o, err)
				}
				line.Close()
			}
		})
	}
	wg.Wait()
	if got, err := s.Sunk(t.Context(), kommun, "", 0, 10); err != nil || len(got) != 1 || got[0].Times != 40 {
		t.Errorf("%+v, %v", got, err)
	}
	sink.Close()
	if _, err := office.Open(t.Context(), kommun, false); err == nil {
		t.Error("a closed sink takes mails")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	other := &Sink{store: s, server: sink.server, pipes: &pipes{next: make(chan net.Conn), closed: make(chan struct{})}}
	if _, err := other.dial(ctx, kommun); err == nil {
		t.Error("nobody waits for a sink for ever")
	}
}

func TestLocalParts(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range []string{"p-slf-processledare", "", "p@1", "p 1", "åsa", strings.Repeat("x", 100), strings.Repeat("x", 99), "\"a\"@b", "a\r\nb", "id.0"} {
		local := localPart(id)
		if len(local) > 64 || local == "" || strings.ContainsFunc(local, func(r rune) bool { return r > '~' || r <= ' ' || r == '@' || r == '"' }) {
			t.Errorf("%q becomes %q", id, local)
		}
		if seen[local] {
			t.Errorf("%q becomes %q, as another does", id, local)
		}
		seen[local] = true
	}
	if localPart("p-slf-processledare") != "p-slf-processledare" {
		t.Error("a plain id is its own")
	}
}

// What is no longer to be done is left out, and a mail of nothing else is not sent; but one that may have arrived is sent as it was.
func TestWhatIsDoneIsLeftOut(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	d := launched(t, s, 0)
	all, err := s.Waiting(t.Context(), kommun, "2026-12-02")
	if err != nil {
		t.Fatal(err)
	}
	var told []store.Notice
	for _, w := range all {
		if w.Person == leader {
			told = append(told, w.Notice)
		}
	}
	told = append(told, told[0]) // the same thing twice, as after a återremiss
	office := NewOffice(s, sender, base, nil, nil)
	steps := func(m store.Mail) (steps []string) {
		t.Helper()
		items, err := office.items(t.Context(), m, told)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			steps = append(steps, i.Do)
		}
		slices.Sort(steps)
		return steps
	}
	m := store.Mail{ID: "abc", Kommun: kommun, Person: leader, Day: "2026-12-02"}
	both := []string{"Lämna in Nämndens förslag, Arbetsmarknadsnämnden", "Lämna in Nämndens förslag, Socialnämnden"}
	if got := steps(m); !slices.Equal(got, both) {
		t.Errorf("at first %q", got)
	}
	d.do(submit("forslag/SN", leader))
	if got := steps(m); !slices.Equal(got, both[:1]) {
		t.Errorf("one is done: %q", got)
	}
	d.do(domain.Command{Kind: domain.CmdVoid, Actor: city, Step: "forslag/AN", Text: domain.TextRef(domain.DigestOf(nil))})
	if got := steps(m); len(got) != 0 {
		t.Errorf("both are done: %q", got)
	}
	m.Unsure = true
	if got := steps(m); !slices.Equal(got, both) {
		t.Errorf("it may have arrived: %q", got)
	}
}

// Who no longer has the role, or is excluded since, is not told.
func TestWhoMayNoLongerIsNotTold(t *testing.T) {
	t.Parallel()
	d := launched(t, nil, 0)
	n := store.Notice{Stream: d.state.Stream, Day: "2026-12-01", Step: "forslag/SN", Command: domain.CmdSubmit, Person: leader, Role: "processledare", Unit: "SOF"}
	if _, waits := waitsStill(d.state, &n, "2026-12-02"); !waits {
		t.Error("the holder")
	}
	n.Person = chief
	if _, waits := waitsStill(d.state, &n, "2026-12-02"); waits {
		t.Error("another")
	}
	n.Escalate = true
	if _, waits := waitsStill(d.state, &n, "2026-12-02"); !waits {
		t.Error("who escalates")
	}
	n.Person, n.Escalate = leader, false
	r := *d.state.Registry
	r.Exclusions = []domain.Exclusion{{Number: 99, Person: leader, Unit: "SN"}}
	d.state.Registry = &r
	if _, waits := waitsStill(d.state, &n, "2026-12-02"); waits {
		t.Error("the excluded")
	}
}
