package wheelfile_test

import (
	"testing"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

func helsingborg(t *testing.T) (*wheelfile.File, *wheelfile.Organisation) {
	t.Helper()
	w, err := wheelfile.Read("helsingborg-1.yaml", wheels.First)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-1-organisation.yaml", wheels.FirstOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	return w, o
}

// launched is cycle 2028 of Helsingborg as it stands on its first day.
func launched(t *testing.T) *domain.State {
	t.Helper()
	w, o := helsingborg(t)
	now := domain.Date("2026-12-01").Start()
	registry := play(t, domain.NewState(domain.RegistryStream("1283")), domain.Command{ID: "found", Kind: domain.CmdFound,
		Actor: "p-slf-registeransvarig", Found: &o.Registry}, now)
	return play(t, domain.NewState(domain.CycleStream("1283", 2028)), domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: "p-slf-cykelansvarig",
		Launch: domaintest.Ordered(domain.Launch{Kommun: "1283", Year: 2028, Wheel: w.Wheel, Registry: *registry.Registry})}, now)
}

func play(t *testing.T, s *domain.State, c domain.Command, now domain.Instant) *domain.State {
	t.Helper()
	events, err := domain.Decide(s, c, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(s, e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestTheEmbeddedFilesFitTogether(t *testing.T) {
	w, o := helsingborg(t)
	if err := wheelfile.Agree(w, o); err != nil {
		t.Fatal(err)
	}
}

func TestEveryStepIsMadeForItsUnits(t *testing.T) {
	s := launched(t)
	got := map[string]int{}
	for _, st := range s.Cycle.Steps {
		got[st.Def]++
	}
	for def, want := range map[string]int{"planeringsanvisningar": 1, "namndens-forslag": 12, "dialog-april": 1, "dialog-maj": 1, "ks-forslag": 1,
		"publicera-forslag": 1, "kf-mal-och-ekonomi": 1, "forvaltningens-verksamhetsplan": 9, "vp-info-namnd": 12, "internbudget": 12} {
		if got[def] != want {
			t.Errorf("%s: %d steps, want %d", def, got[def], want)
		}
		delete(got, def)
	}
	if len(got) > 0 {
		t.Errorf("steps that nobody asked for: %v", got)
	}
	// Fan-in from twelve; fan-out along served_by.
	if n := len(s.Cycle.Step("dialog-april/KS").Needs); n != 12 {
		t.Errorf("the dialog in April waits for %d proposals, want 12", n)
	}
	for unit, want := range map[domain.UnitID]domain.StepID{"BUN": "forvaltningens-verksamhetsplan/SFF", "IFN": "forvaltningens-verksamhetsplan/SFF",
		"SN": "forvaltningens-verksamhetsplan/SOF", "VN": "forvaltningens-verksamhetsplan/SLF"} {
		if needs := s.Cycle.Step(domain.StepID("vp-info-namnd/" + unit)).Needs; len(needs) != 1 || needs[0].Step != want {
			t.Errorf("the information to %s waits for %v, want %s", unit, needs, want)
		}
	}
}

// The dates of the calendar leave room for the chain: nothing is due before what it waits for, nothing after the law's
// limit, and what a body decides hangs on a meeting of its own that is on its plan day.
func TestTheCalendarHoldsTogether(t *testing.T) {
	s := launched(t)
	for _, st := range s.Cycle.Steps {
		for _, n := range st.Needs {
			if needed := s.Cycle.Step(n.Step); needed.Plan > st.Plan {
				t.Errorf("%s is due %s, before %s on %s that it waits for", st.ID, st.Plan, needed.ID, needed.Plan)
			}
		}
		if st.Legal != "" && st.Plan > st.Legal {
			t.Errorf("%s is planned on %s, after the law's limit %s", st.ID, st.Plan, st.Legal)
		}
		act := s.Cycle.Wheel.Def(st.Def).Act
		m := s.Registry.Meeting(st.Held)
		if (act == domain.ActDecision || act == domain.ActInformation) && (m == nil || m.Unit != st.Unit || m.Date != st.Plan) {
			t.Errorf("%s on %s has no meeting of its own that day", st.ID, st.Plan)
		}
	}
	for id, want := range map[domain.StepID]domain.Date{"planeringsanvisningar/KS": "2027-02-10", "namndens-forslag/KS": "2027-03-10",
		"namndens-forslag/SN": "2027-03-16", "dialog-maj/KS": "2027-05-19", "ks-forslag/KS": "2027-05-26", "publicera-forslag/KS": "2027-06-08",
		"kf-mal-och-ekonomi/KF": "2027-06-15", "forvaltningens-verksamhetsplan/SOF": "2027-09-30", "internbudget/SN": "2027-11-16"} {
		if got := s.Cycle.Step(id).Plan; got != want {
			t.Errorf("%s is due %s, want %s", id, got, want)
		}
	}
}

// For every step somebody other than who submits can take each further part.
func TestThereIsASecondPersonEverywhere(t *testing.T) {
	s := launched(t)
	holder := func(role domain.RoleID, unit domain.UnitID) domain.PersonID {
		def, u := s.Cycle.Wheel.Role(role), s.Registry.Unit(unit)
		seat := unit
		switch {
		case def.Seat == domain.SeatCity:
			seat = s.Cycle.Wheel.City
		case def.Seat == domain.SeatAdministration && u.Kind != domain.KindAdministration:
			seat = u.ServedBy
		}
		held := s.Registry.Holders(role, seat, "2027-01-01")
		if len(held) == 0 {
			t.Fatalf("nobody is %s in %s", role, seat)
		}
		return held[0].Person
	}
	pairs := 0
	for _, st := range s.Cycle.Steps {
		slots := s.Cycle.Wheel.Def(st.Def).Slots
		if slots.Prepare == "" {
			continue
		}
		for _, role := range []domain.RoleID{slots.Decide, slots.Register} {
			if role == "" {
				continue
			}
			pairs++
			if p := holder(slots.Prepare, st.Unit); p == holder(role, st.Unit) {
				t.Errorf("%s: %s both submits and is %s", st.ID, p, role)
			}
		}
	}
	if pairs != 48 { // 51 steps less two dialogs and a publication
		t.Errorf("looked at %d pairs, want 48", pairs)
	}
}
