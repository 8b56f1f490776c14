package wheelfile_test

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

// What is invented says so, and what is assumed too.
func TestWhatIsInventedSaysSo(t *testing.T) {
	_, o := whole(t)
	if !o.Invented {
		t.Error("the organisation is not marked påhittat")
	}
	for _, m := range o.Registry.Meetings {
		if m.Status != domain.MeetingProposed {
			t.Errorf("%s is %s: no meeting of ours is more than proposed", m.ID, m.Status)
		}
	}
	for _, id := range []domain.UnitID{"OFN", "VN"} {
		if u := o.Registry.Unit(id); u.ServedBy != "SLF" || u.Note != "antagande, ej verifierat" {
			t.Errorf("%s is bound to %s with the note %q", id, u.ServedBy, u.Note)
		}
	}
	for _, id := range []domain.UnitID{"PINGDAY", "HSFH", "NSR", "NSVA"} {
		if u := o.Registry.Unit(id); !strings.Contains(u.Note, "ej verifiera") {
			t.Errorf("%s is known by an old list only, and its note is %q", id, u.Note)
		}
	}
	// A person's name is a function and where it is held, never a human being's.
	for _, n := range o.Names {
		function, where, _ := strings.Cut(n.Name, ", ")
		i := slices.IndexFunc(o.Registry.Bindings, func(b domain.Binding) bool { return b.Person == n.Person })
		role := o.Registry.Bindings[i].Role
		if fold(function) != fold(string(role)) {
			t.Errorf("%s is called %q but is %s", n.Person, n.Name, role)
		}
		if unit := o.Registry.Unit(o.Registry.Bindings[i].Unit); where != unit.Name && where != o.Name {
			t.Errorf("%s is called %q but is in %s", n.Person, n.Name, unit.Name)
		}
	}
}

func fold(s string) string {
	return strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "-", " ").Replace(strings.ToLower(s))
}

// The three sets of bolag are marks; no bolag is in a narrower one without being in the wider.
func TestTheSetsOfBolag(t *testing.T) {
	_, o := whole(t)
	got := map[string]int{}
	for _, u := range o.Registry.Units {
		if u.Kind != domain.KindCompany {
			continue
		}
		has := func(mark string) bool { return slices.Contains(u.Groups, mark) }
		for _, mark := range u.Groups {
			got[mark]++
		}
		if has("storre-helagda") && !has("helagda") || has("helagda") && !has("helagda-och-majoritetsagda") {
			t.Errorf("%s carries the marks %v", u.ID, u.Groups)
		}
	}
	for mark, want := range map[string]int{"storre-helagda": 4, "helagda": 7, "helagda-och-majoritetsagda": 8} {
		if got[mark] != want {
			t.Errorf("%d bolag are %s, want %d", got[mark], mark, want)
		}
	}
}

// A cycle is launched by two: one orders it and another confirms.
func TestTwoMayLaunch(t *testing.T) {
	_, o := whole(t)
	if held := o.Registry.Holders(domain.RoleLauncher, o.Registry.City, "2026-12-01"); len(held) < 2 {
		t.Errorf("%d may launch", len(held))
	}
}

// For every step somebody other than who submits can take each further part, and nobody at kommunstyrelsen's förvaltning
// has a part in what its own examiners do.
func TestThereIsASecondPersonInTheWholeWheel(t *testing.T) {
	w, o := whole(t)
	s := newGame(t, w, o, 2028, "2026-12-01", optional(w, 2028)).s
	holder := func(role domain.RoleID, def *domain.StepDef, unit domain.UnitID) domain.PersonID {
		seat := unit
		if def.Body != "" {
			seat = def.Body
		}
		switch w.Wheel.Role(role).Seat {
		case domain.SeatCity:
			seat = w.Wheel.City
		case domain.SeatAdministration:
			if u := s.Registry.Unit(seat); u.Kind != domain.KindAdministration {
				seat = u.ServedBy
			}
		}
		held := s.Registry.Holders(role, seat, "2027-01-01")
		if len(held) == 0 {
			t.Fatalf("nobody is %s in %s", role, seat)
		}
		return held[0].Person
	}
	pairs := 0
	for _, st := range s.Cycle.Steps {
		def := w.Wheel.Def(st.Def)
		for _, role := range []domain.RoleID{def.Slots.Decide, def.Slots.Register} {
			if role == "" || def.Slots.Prepare == "" {
				continue
			}
			pairs++
			if p := holder(def.Slots.Prepare, def, st.Unit); p == holder(role, def, st.Unit) {
				t.Errorf("%s: %s both submits and is %s", st.ID, p, role)
			}
		}
	}
	if pairs < 200 {
		t.Errorf("looked at %d pairs", pairs)
	}
	for _, id := range []string{"revisorernas-budget", "delar-aug-granskning", "arsredovisning-granskning", "ansvarsfrihet"} {
		def := w.Wheel.Def(id)
		sl := def.Slots
		for _, role := range []domain.RoleID{sl.Prepare, sl.Ready, sl.Decide, sl.Register, sl.Escalate} {
			if role != "" && w.Wheel.Role(role).Seat != domain.SeatBody {
				t.Errorf("%s: %s is no role of the body itself", id, role)
			}
		}
	}
}
