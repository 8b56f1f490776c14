package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/stack/stacktest"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

// open gives a store on a database of its own, connected as the application's role, and the owner's URL.
func open(t *testing.T) (s *Store, ownerURL string) {
	t.Helper()
	ownerURL = stacktest.Database(t, Migrate)
	return again(t, ownerURL), ownerURL
}

// again gives another store on the same database, as another process would have.
func again(t *testing.T, ownerURL string) *Store {
	t.Helper()
	s, err := Open(t.Context(), stacktest.AsRole(t, ownerURL, AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const kommun = "9999"

// town is a small made-up municipality with three nämnder and the people their steps need.
func town() domain.Registry {
	r := domain.Registry{Kommun: kommun, City: "SLF", Units: []domain.Unit{
		{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen", ServedBy: "SLF"},
		{ID: "SN", Kind: domain.KindBoard, Name: "Socialnämnden", ServedBy: "SOF"},
		{ID: "KN", Kind: domain.KindBoard, Name: "Kulturnämnden", ServedBy: "SOF"},
		{ID: "MN", Kind: domain.KindBoard, Name: "Miljönämnden", ServedBy: "SOF"},
		{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"},
		{ID: "SOF", Kind: domain.KindAdministration, Name: "Socialförvaltningen"},
	}}
	for _, b := range []domain.Binding{
		{Person: "p-cykel", Role: domain.RoleLauncher, Unit: "SLF"},
		{Person: "p-register", Role: domain.RoleRegistrar, Unit: "SLF"},
		{Person: "p-processledare", Role: "processledare", Unit: "SOF"},
		{Person: "p-chef", Role: "forvaltningschef", Unit: "SOF"},
		{Person: "p-processledare-slf", Role: "processledare", Unit: "SLF"},
		{Person: "p-chef-slf", Role: "forvaltningschef", Unit: "SLF"},
	} {
		r.Issued++
		b.Number, b.From = r.Issued, "2026-01-01"
		r.Bindings = append(r.Bindings, b)
	}
	r.Meetings = []domain.Meeting{{ID: "KS-1", Unit: "KS", Date: "2027-02-10", Status: domain.MeetingConfirmed}}
	return r
}

// wheel has an underlag for each nämnd, a plan that an official establishes, and a publication.
func wheel(t testing.TB) domain.Wheel {
	t.Helper()
	rule := func(text string) domain.Rule {
		r, err := domain.ParseRule(text, domain.StagePlanning)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	slots := domain.Slots{Prepare: "processledare", Ready: "forvaltningschef", Decide: "forvaltningschef", Register: "processledare",
		Publish: "processledare", Escalate: "processledare"}
	documents := []domain.DocumentDef{{ID: "underlag", Title: "Underlag", Required: true}}
	return domain.Wheel{Name: "liten", Version: 1, Kommun: kommun, City: "SLF",
		Roles: []domain.RoleDef{{ID: "processledare", Title: "Processledare", Seat: domain.SeatAdministration},
			{ID: "forvaltningschef", Title: "Förvaltningschef", Seat: domain.SeatAdministration}},
		Steps: []domain.StepDef{
			{ID: "underlag", Title: "Underlag", Stage: domain.StagePlanning, Act: domain.ActWorkProduct, Scope: domain.ScopeBoard, Slots: slots,
				Plan: rule("senast 28 februari"), Documents: documents},
			{ID: "plan", Title: "Verksamhetsplan", Stage: domain.StagePlanning, Act: domain.ActEstablishment, Scope: domain.ScopeCity, Body: "SLF",
				Slots: slots, Plan: rule("senast 31 mars"), Documents: documents},
			{ID: "webb", Title: "Publicering", Stage: domain.StagePlanning, Act: domain.ActPublication, Scope: domain.ScopeCity, Body: "SLF", Slots: slots,
				Plan: rule("senast 30 april"), Needs: []domain.Need{{Step: "underlag"}}},
		}}
}

// desk stands where a stream's workflow would: it decides, and journals what was decided.
type desk struct {
	t     testing.TB
	store *Store
	state *domain.State
	now   domain.Instant
	n     int
}

const firstDay = domain.Date("2027-01-10")

func at(d domain.Date) domain.Instant {
	return d.Start() + domain.Instant(10*time.Hour/time.Millisecond)
}

func newDesk(t testing.TB, s *Store, stream string) *desk {
	return &desk{t: t, store: s, state: domain.NewState(stream), now: at(firstDay)}
}

// founded has a registry in the journal.
func founded(t testing.TB, s *Store) *desk {
	t.Helper()
	d := newDesk(t, s, domain.RegistryStream(kommun))
	r := town()
	r.Issued = 0 // the registry numbers them itself
	d.do(domain.Command{Kind: domain.CmdFound, Actor: "p-register", Found: &r})
	return d
}

// launched has a cycle of year in the journal, or the n:th exercise of it.
func launched(t testing.TB, s *Store, year, n int) *desk {
	t.Helper()
	d := newDesk(t, s, domain.CycleStream(kommun, year))
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: year, Exercise: n, Wheel: wheel(t), Registry: town()})
	l.Registry.Number = 1
	if n > 0 {
		d.state = domain.NewState(domain.ExerciseStream(kommun, year, n))
		l.Start = firstDay
	}
	d.do(domain.Command{Kind: domain.CmdLaunch, Actor: "p-cykel", Launch: l})
	return d
}

// decide gives the events of a command and the state after them, journals nothing.
func (d *desk) decide(c domain.Command) []domain.Event {
	d.t.Helper()
	if c.ID == "" {
		d.n++
		c.ID = fmt.Sprintf("%s-%d", d.state.Stream, d.n)
	}
	events, err := domain.Decide(d.state, c, d.now)
	if err != nil {
		d.t.Fatalf("%s %s: %v", c.Kind, c.Step, err)
	}
	d.apply(events)
	return events
}

func (d *desk) apply(events []domain.Event) {
	d.t.Helper()
	for _, e := range events {
		if err := domain.Apply(d.state, e); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *desk) journal(events []domain.Event) []uint64 {
	d.t.Helper()
	done, err := d.store.Append(context.Background(), d.state.Stream, events, d.state.Head)
	if err != nil {
		d.t.Fatal(err)
	}
	return done.Indexes
}

func (d *desk) do(c domain.Command) []domain.Event {
	d.t.Helper()
	events := d.decide(c)
	d.journal(events)
	return events
}

// until lets time pass.
func (d *desk) until(day domain.Date) []domain.Event {
	d.t.Helper()
	d.now = at(day)
	events := domain.Tick(d.state, d.now)
	d.apply(events)
	d.journal(events)
	return events
}

func comment(n int) domain.Command {
	return domain.Command{Kind: domain.CmdComment, Actor: "p-chef", Text: textRef(fmt.Sprint(n))}
}

func submit(step domain.StepID, content string) domain.Command {
	return domain.Command{Kind: domain.CmdSubmit, Actor: "p-processledare", Step: step,
		Documents: []domain.Document{{Def: "underlag", SHA256: domain.DigestOf([]byte(content)), Size: int64(len(content))}}}
}

func textRef(s string) domain.TextRef { return domain.TextRef(domain.DigestOf([]byte(s))) }

// verified is a log that must be sound.
func verified(t testing.TB, s *Store, log string) Verified {
	t.Helper()
	v, err := s.VerifyLog(context.Background(), log)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
