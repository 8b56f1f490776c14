package faults

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// The mail server answers late, with 4xx, with 5xx, breaks off before and after it has taken a mail, and the worker is
// killed just as a mail is taken. Whoever was to be told is told, once but for what was cut off after it was taken; what
// is refused for good is a finding, and sent once somebody has seen to it. The cycles notice nothing.
func TestMailServerMisbehaves(t *testing.T) {
	t.Parallel()
	morning := mondayMorning(time.Now())
	clock := newClock(t, time.Until(morning))
	post := mailtest.New(t, mailtest.Options{})
	s := setup{program: clockGoes.program(t), post: post, env: map[string][]string{"worker": {clock.env()}, "serve": {clock.env()}},
		mail: []string{"--smtp", fmt.Sprintf("localhost:%d", post.Port), "--smtp-security", "ingen", "--smtp-timeout", "10",
			"--mail-from", "Årshjul <arshjul@exempel.invalid>", "--pages", "http://localhost"}}
	in := s.install(t, 6*time.Minute)
	ill := &illness{people: map[string]*patient{}, taken: func() {
		in.broke()
		if err := in.worker.Signal(syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}}
	post.Fail(ill.fate)
	// whose mails meet nothing
	in.fellows(len(courses))
	var cycles []string
	for _, year := range []int{2027, 2028, 2029} {
		cycles = append(cycles, in.launch(year))
	}

	in.untilSent(clock, "all but what was refused is sent", func(counts map[store.MailState]int) error {
		if ill, refused, untold := ill.left(post); counts[store.MailFailed] == 0 || refused == 0 || untold != refused || ill > 0 {
			return fmt.Errorf("%v; %d faults are left, %d persons are refused, %d were not told", counts, ill, refused, untold)
		}
		return nil
	})
	if says, err := in.doctor(in.ctx); err == nil || !strings.Contains(says, "550") || !strings.Contains(says, "arshjul mail again") {
		t.Errorf("doctor says nothing of a mail that was refused: %v\n%s", err, says)
	}
	for _, stream := range cycles {
		in.persist("a cycle goes on", func() error {
			_, err := in.client(preparer).Give(in.ctx, stream, comment(newID(stream, "meanwhile"), "Under tiden"))
			return err
		})
	}
	ill.cure()
	var log api.MailLog
	in.persist("the delivery log", func() error { return in.client(registrar).Get(in.ctx, "/mail?state=failed", &log) })
	for _, m := range log.Mails {
		in.persist("send it again", func() error {
			return in.client(registrar).Post(in.ctx, "/mail/log/"+url.PathEscape(m.ID)+"/again", struct{}{}, &api.Mail{})
		})
	}
	in.untilSent(clock, "everything is sent", func(counts map[store.MailState]int) error {
		if _, _, untold := ill.left(post); counts[store.MailFailed] != 0 || untold > 0 {
			return fmt.Errorf("%v; %d were not told", counts, untold)
		}
		return nil
	})
	ill.sawAll(t)
	in.audit()
}

// fellows gives the preparer colleagues of the same role, who are told what the preparer is told.
func (in *installation) fellows(n int) {
	in.t.Helper()
	registry := domain.RegistryStream(kommun)
	at := slices.IndexFunc(in.view(registry).State.Registry.Bindings, func(b domain.Binding) bool { return b.Person == preparer })
	as := in.view(registry).State.Registry.Bindings[at]
	for i := range n {
		person := domain.PersonID(fmt.Sprintf("p-prov-%d", i))
		in.giveAll(registrar, registry, api.Command{ID: newID(registry, string(person)), Kind: domain.CmdBind,
			Binding: &api.Binding{Person: person, Name: "Provfunktion (påhittat)", Role: as.Role, Unit: as.Unit, From: "2026-01-01"}})
		in.persist("address", func() error {
			var set api.MailAddress
			return in.client(registrar).Post(in.ctx, "/mail/addresses", api.MailAddress{Person: person, Address: string(person) + "@exempel.invalid"}, &set)
		})
	}
}

// untilSent lets our clock go on, and delivery look, until no mail waits and counts are as they should be.
func (in *installation) untilSent(clock clock, what string, as func(map[store.MailState]int) error) {
	in.t.Helper()
	off := clock.off()
	looked := time.Now()
	in.until(what, func() error {
		if time.Since(looked) > time.Second {
			looked, off = time.Now(), off+8*time.Minute
			clock.set(off)
			if err := temporalx.WakeDelivery(in.ctx, in.temporal, kommun); err != nil {
				return err
			}
		}
		counts, err := in.store.MailCounts(in.ctx, kommun, "")
		if err != nil {
			return err
		}
		if n := counts[store.MailNew] + counts[store.MailSending] + counts[store.MailLater]; n > 0 {
			return fmt.Errorf("%d mails wait: %v", n, counts)
		}
		return as(counts)
	})
}

// mondayMorning is eight o'clock on the next Monday that four working days begin with.
func mondayMorning(now time.Time) time.Time {
	day := domain.InstantOf(now).Date()
	for open := 0; open < 4; day = day.Add(1) {
		if open++; day.Closed(true) || open == 1 && day.Weekday() != time.Monday {
			open = 0
		}
	}
	return day.Add(-4).Start().Time().Add(8 * time.Hour)
}

// illness is what the mail server does with each person's mails.
type illness struct {
	taken func() // a mail was taken whose sender is not to live to say so

	mu     sync.Mutex
	cured  bool
	people map[string]*patient // by address
	seen   []mailtest.Fault
}

// patient is a person whose mails meet the faults of a course, one mail after the other.
type patient struct {
	course []mailtest.Fault
	asked  int // by the mail server, about the mail that is on its way
}

// courses are what the mails of the first persons meet before the mail server takes them; 450 and the like come at once,
// hanging is answering late.
var courses = [][]mailtest.Fault{
	{{At: "RCPT", Code: 450}, {At: "DATA", Hang: true}, {At: "DATA", Drop: true, Take: true}},
	{{At: "RCPT", Code: 550}},
	{{At: "DATA", Code: 452}, {At: "DATA", Drop: true}, {At: "RCPT", Code: 421}, {At: "DATA", Gone: true}},
}

// fate is asked once at the recipient, and twice more at the end of the mail if it comes so far.
func (i *illness) fate(to string) *mailtest.Fault {
	i.mu.Lock()
	defer i.mu.Unlock()
	if to == "" || i.cured {
		return nil
	}
	p := i.people[to]
	if p == nil {
		p = &patient{}
		if n := len(i.people); n < len(courses) {
			p.course = courses[n]
		}
		i.people[to] = p
	}
	if len(p.course) == 0 {
		return nil
	}
	f := &p.course[0]
	if p.asked++; f.At == "RCPT" || p.asked == 3 {
		i.seen = append(i.seen, *f)
		if f.Code != 550 { // which is for good
			p.course = p.course[1:]
		}
		p.asked = 0
		if f.Take || f.Gone {
			i.taken()
		}
	}
	return f
}

// left is how many faults are still to be met, how many persons' mails are refused for good, and how many persons no mail
// was taken for, of those whose mails came to the mail server.
func (i *illness) left(post *mailtest.Server) (faults, refused, untold int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.people) <= len(courses) {
		return len(courses), 0, 0 // somebody's mails are to meet nothing
	}
	told := map[string]bool{}
	for _, m := range post.Mails() {
		told[m.To] = true
	}
	for to, p := range i.people {
		if !told[to] {
			untold++
		}
		if len(p.course) > 0 && p.course[0].Code == 550 {
			refused++
		} else {
			faults += len(p.course)
		}
	}
	return faults, refused, untold
}

func (i *illness) cure() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.cured = true
}

func (i *illness) sawAll(t *testing.T) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, course := range courses {
		for _, f := range course {
			if !slices.Contains(i.seen, f) {
				t.Errorf("no mail met %+v", f)
			}
		}
	}
}
