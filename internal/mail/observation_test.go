package mail

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/store"
)

// An observation that is made in the registry is written down as a notice to who answers, and the letter says where and by when.
// When it is answered it waits for the revisor instead.
func TestAnObservationIsTold(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	const at = domain.Instant(1_799_000_000_000) // 4 January 2027
	state := domain.NewState("registry/" + kommun)
	do := func(c domain.Command) {
		t.Helper()
		c.ID = "observation-" + string(c.Kind)
		events, err := domain.Decide(state, c, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if err := domain.Apply(state, e); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Append(t.Context(), state.Stream, events, state.Head); err != nil {
			t.Fatal(err)
		}
	}
	r := town()
	r.Issued++
	r.Bindings = append(r.Bindings, domain.Binding{Number: r.Issued, Person: "p-revisor", Role: domain.RoleAuditor, Unit: "SLF", From: "2026-01-01"})
	do(domain.Command{Kind: domain.CmdFound, Actor: registrar, Found: &r})
	text := domain.TextRef(domain.DigestOf(nil))
	do(domain.Command{Kind: domain.CmdObserve, Actor: "p-revisor", Text: text, Observation: &domain.Observation{Year: 2026, Step: "forslag/SN", Unit: "SN", Role: "forvaltningschef", Due: "2027-02-01"}})
	number := state.Registry.Observations[0].Number
	office := NewOffice(s, sender, base, nil, nil)
	told := func(person domain.PersonID) []Item {
		t.Helper()
		all, err := s.Waiting(t.Context(), kommun, "2027-01-05")
		if err != nil {
			t.Fatal(err)
		}
		var notices []store.Notice
		for _, w := range all {
			if w.Person == person {
				notices = append(notices, w.Notice)
			}
		}
		if len(notices) == 0 {
			return nil
		}
		items, err := office.items(t.Context(), store.Mail{ID: "abc", Kommun: kommun, Person: person, Day: "2027-01-05"}, notices)
		if err != nil {
			t.Fatal(err)
		}
		return items
	}
	items := told(chief)
	if len(items) != 1 || items[0].Headline() != "Svara på iakttagelse 10, senast 1 februari 2027" || items[0].URL != base+"/revision/iakttagelse/10" || number != 10 {
		t.Errorf("%+v", items)
	}
	if len(told("p-revisor")) != 0 {
		t.Error("who made it is told of it")
	}
	do(domain.Command{Kind: domain.CmdAnswer, Actor: chief, Text: text, Observation: &domain.Observation{Number: number, Actions: []domain.Action{{Text: text, Due: "2027-03-01"}}}})
	items = told(chief)
	if len(items) != 1 || !strings.HasPrefix(items[0].Do, "Anteckna gjord åtgärd: åtgärd 1, iakttagelse 10") {
		t.Errorf("after the answer: %+v", items)
	}
	if !slices.ContainsFunc(told("p-revisor"), func(i Item) bool { return strings.Contains(i.Do, "iakttagelse 10") }) {
		t.Error("the revisor is not told of the answer")
	}
}
