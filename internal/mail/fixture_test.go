package mail

import (
	"context"
	"testing"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

const kommun = "9999"

// Functions of a made-up municipality.
const (
	leader    domain.PersonID = "p-sof-processledare"
	chief     domain.PersonID = "p-sof-forvaltningschef"
	city      domain.PersonID = "p-slf-stadens-processledare"
	registrar domain.PersonID = "p-slf-registeransvarig"
	launcher  domain.PersonID = "p-slf-cykelansvarig"
)

func town() domain.Registry {
	r := domain.Registry{Kommun: kommun, City: "SLF", Number: 1, Units: []domain.Unit{
		{ID: "KF", Kind: domain.KindCouncil, Name: "Kommunfullmäktige", ServedBy: "SLF"},
		{ID: "SN", Kind: domain.KindBoard, Name: "Socialnämnden", ServedBy: "SOF"},
		{ID: "AN", Kind: domain.KindBoard, Name: "Arbetsmarknadsnämnden", ServedBy: "SOF"},
		{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"},
		{ID: "SOF", Kind: domain.KindAdministration, Name: "Socialförvaltningen"},
	}}
	for _, b := range []domain.Binding{
		{Person: launcher, Role: domain.RoleLauncher, Unit: "SLF"}, {Person: registrar, Role: domain.RoleRegistrar, Unit: "SLF"},
		{Person: city, Role: "stadens-processledare", Unit: "SLF"}, {Person: "p-kf-sekreterare", Role: "sekreterare", Unit: "KF"},
		{Person: leader, Role: "processledare", Unit: "SOF"}, {Person: chief, Role: "forvaltningschef", Unit: "SOF"},
		{Person: "p-slf-processledare", Role: "processledare", Unit: "SLF"}, {Person: "p-slf-forvaltningschef", Role: "forvaltningschef", Unit: "SLF"},
	} {
		r.Issued++
		b.Number, b.From = r.Issued, "2026-01-01"
		r.Bindings = append(r.Bindings, b)
	}
	r.Meetings = []domain.Meeting{{ID: "KF-1", Unit: "KF", Date: "2027-06-16", Status: domain.MeetingProposed}}
	return r
}

func wheel(t testing.TB) domain.Wheel {
	t.Helper()
	rule := func(text string) domain.Rule {
		r, err := domain.ParseRule(text, domain.StagePlanning)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	slots := domain.Slots{Prepare: "processledare", Ready: "forvaltningschef", Register: "sekreterare", Escalate: "stadens-processledare"}
	doc := []domain.DocumentDef{{ID: "forslag", Title: "Förslag", Required: true}}
	w := domain.Wheel{Name: "liten", Version: 1, Kommun: kommun, City: "SLF", Roles: []domain.RoleDef{
		{ID: "processledare", Title: "Processledare", Seat: domain.SeatAdministration},
		{ID: "forvaltningschef", Title: "Förvaltningschef", Seat: domain.SeatAdministration},
		{ID: "sekreterare", Title: "Nämndsekreterare", Seat: domain.SeatBody},
		{ID: "stadens-processledare", Title: "Stadens processledare", Seat: domain.SeatCity},
	}, Steps: []domain.StepDef{
		{ID: "forslag", Title: "Nämndens förslag", Stage: domain.StagePlanning, Act: domain.ActWorkProduct, Scope: domain.ScopeBoard, Slots: slots,
			Plan: rule("senast 31 mars"), Documents: doc},
		{ID: "samlat", Title: "Samlat förslag", Stage: domain.StagePlanning, Act: domain.ActWorkProduct, Scope: domain.ScopeCity, Body: "SLF", Slots: slots,
			Plan: rule("senast 30 april"), Needs: []domain.Need{{Step: "forslag"}}, Documents: doc},
		{ID: "kf", Title: "KF beslutar <budget> & mål", Stage: domain.StagePlanning, Act: domain.ActDecision, Scope: domain.ScopeCity, Body: "KF", Slots: slots,
			Plan: rule("kf-möte juni"), Legal: "KL 11:10", Documents: doc},
	}}
	for _, text := range []string{"10 dagar före", "1 dag efter", "eskalera 5 dagar efter"} {
		r, err := domain.ParseRung(text)
		if err != nil {
			t.Fatal(err)
		}
		w.Ladder = append(w.Ladder, r)
	}
	return w
}

// desk stands where a stream's workflow would: it decides, and journals what was decided.
type desk struct {
	t     testing.TB
	store *store.Store
	state *domain.State
	now   domain.Instant
	n     int
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), stacktest.AsRole(t, stacktest.Database(t, store.Migrate), store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// launched has the cycle of 2028 in the journal from 1 December 2026, or the n:th exercise of it.
func launched(t testing.TB, s *store.Store, n int) *desk {
	t.Helper()
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Exercise: n, Registry: town(), Wheel: wheel(t)})
	d := &desk{t: t, store: s, state: domain.NewState(domain.CycleStream(kommun, 2028)), now: domain.Date("2026-12-01").Start()}
	if n > 0 {
		d.state, l.Start = domain.NewState(domain.ExerciseStream(kommun, 2028, n)), "2026-12-01"
	}
	d.do(domain.Command{Kind: domain.CmdLaunch, Actor: launcher, Launch: l})
	return d
}

func (d *desk) do(c domain.Command) []domain.Notice {
	d.t.Helper()
	d.n++
	c.ID = d.state.Stream + "#" + string(rune('a'+d.n/26)) + string(rune('a'+d.n%26))
	before := domain.Awaited(d.state)
	events, err := domain.Decide(d.state, c, d.now)
	if err != nil {
		d.t.Fatalf("%s %s: %v", c.Kind, c.Step, err)
	}
	return d.journal(before, events)
}

// until lets time pass, day by day, and gives the notices of the last day on which something happened.
func (d *desk) until(day domain.Date) (told []domain.Notice) {
	d.t.Helper()
	for due := domain.NextDue(d.state, d.now); due != 0 && due <= day.Start(); due = domain.NextDue(d.state, d.now) {
		d.now = due
		told = d.journal(domain.Awaited(d.state), domain.Tick(d.state, due))
	}
	d.now = day.Start()
	return told
}

func (d *desk) journal(before domain.Waits, events []domain.Event) []domain.Notice {
	d.t.Helper()
	for _, e := range events {
		if err := domain.Apply(d.state, e); err != nil {
			d.t.Fatal(err)
		}
	}
	if d.store != nil {
		if _, err := d.store.Append(context.Background(), d.state.Stream, events, d.state.Head); err != nil {
			d.t.Fatal(err)
		}
	}
	return domain.Notices(before, d.state, events)
}

func submit(step domain.StepID, who domain.PersonID) domain.Command {
	return domain.Command{Kind: domain.CmdSubmit, Actor: who, Step: step,
		Documents: []domain.Document{{Def: "forslag", SHA256: domain.DigestOf([]byte("påhittat")), Size: 8}}}
}
