package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

// inboxOf writes an inbox as "step command person binding/substitute" lines.
func inboxOf(t *testing.T, s *Store, q InboxQuery) []string {
	t.Helper()
	rows, err := s.Inbox(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %d/%d", r.Stream, r.Step, r.Command, r.Person, r.Binding, r.Substitute))
	}
	return lines
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	registry := founded(t, s) // processledare SOF is binding 3, förvaltningschef SOF 4
	d := launched(t, s, 2028, 0)
	change := func(c domain.Command) {
		t.Helper()
		c.Actor = "p-register"
		registry.do(c)
	}
	ask := func(person domain.PersonID, today domain.Date, of domain.StepID) (as []string) {
		t.Helper()
		rows, err := s.Inbox(t.Context(), InboxQuery{Kommun: kommun, Person: person, Today: today})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Step == of {
				as = append(as, fmt.Sprintf("%s %s %d/%d", r.Command, r.Person, r.Binding, r.Substitute))
			}
		}
		return as
	}
	expect := func(why string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", why, got, want)
		}
	}
	const sn = domain.StepID("underlag/SN")
	expect("the holder", ask("p-processledare", firstDay, sn), "submit p-processledare 3/0")
	expect("another role", ask("p-chef", firstDay, sn))
	expect("before the role begins", ask("p-processledare", "2025-12-31", sn))
	expect("nobody that day", ask("", "2025-12-31", sn), "submit  0/0")
	expect("another municipality", inboxOf(t, s, InboxQuery{Kommun: "1283", Today: firstDay}))

	change(domain.Command{Kind: domain.CmdSubstitute, Substitute: &domain.Substitute{Binding: 3, Person: "p-ersattare", From: "2027-02-01", To: "2027-02-10"}})
	expect("a substitute before the time", ask("p-ersattare", "2027-01-31", sn))
	expect("on the first day", ask("p-ersattare", "2027-02-01", sn), "submit p-ersattare 3/7")
	expect("on the last day", ask("p-ersattare", "2027-02-10", sn), "submit p-ersattare 3/7")
	expect("after it", ask("p-ersattare", "2027-02-11", sn))
	expect("both are asked", ask("", "2027-02-05", sn), "submit p-ersattare 3/7", "submit p-processledare 3/0")

	// Who holds the role and also stands in for another holder is asked once, as a holder.
	change(domain.Command{Kind: domain.CmdBind, Binding: &domain.Binding{Person: "p-ersattare", Role: "processledare", Unit: "SOF", From: "2027-02-05"}})
	expect("holder and substitute", ask("p-ersattare", "2027-02-05", sn), "submit p-ersattare 8/0")

	change(domain.Command{Kind: domain.CmdUnbind, Binding: &domain.Binding{Number: 3, To: "2027-02-06"}})
	expect("on the role's last day", ask("p-processledare", "2027-02-06", sn), "submit p-processledare 3/0")
	expect("after the role", ask("p-processledare", "2027-02-07", sn))

	change(domain.Command{Kind: domain.CmdExclude, Exclusion: &domain.Exclusion{Person: "p-ersattare", Year: 2028, Def: "underlag", Unit: "SN", Reason: textRef("släkt")}})
	expect("jäv beats role and substitute", ask("p-ersattare", "2027-02-05", sn))
	expect("jäv in one unit only", ask("p-ersattare", "2027-02-05", "underlag/KN"), "submit p-ersattare 8/0")
	expect("only the excluded is left", ask("", "2027-02-08", sn), "submit  0/0")
	change(domain.Command{Kind: domain.CmdExclude, Exclusion: &domain.Exclusion{Person: "p-ersattare", Year: 2029}})
	expect("jäv in another year's cycle", ask("p-ersattare", "2027-02-05", "underlag/KN"), "submit p-ersattare 8/0")
	change(domain.Command{Kind: domain.CmdExclude, Exclusion: &domain.Exclusion{Person: "p-ersattare", Unit: "KN"}})
	expect("jäv in a unit, every step and year", ask("p-ersattare", "2027-02-05", "underlag/KN"))

	// The second person: who submitted may not establish, whoever else holds the role may.
	d.do(domain.Command{Kind: domain.CmdSubmit, Actor: "p-processledare-slf", Step: "plan/SLF", Documents: submit("", "x").Documents})
	change(domain.Command{Kind: domain.CmdBind, Binding: &domain.Binding{Person: "p-processledare-slf", Role: "forvaltningschef", Unit: "SLF", From: "2027-01-01"}})
	changes, err := s.RegistryChanges(t.Context(), kommun, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	d.do(domain.Command{Kind: domain.CmdChanges, ID: "changes", Changes: changes})
	d.do(domain.Command{Kind: domain.CmdReady, Actor: "p-chef-slf", Step: "plan/SLF", Version: d.state.Cycle.Step("plan/SLF").Submission.Hash})
	expect("the submitter", ask("p-processledare-slf", firstDay, "plan/SLF"))
	expect("everybody else", ask("", firstDay, "plan/SLF"), "establish p-chef-slf 6/0")

	// A cycle that has ended asks nobody.
	d.do(domain.Command{Kind: domain.CmdCancel, Actor: "p-cykel", Text: textRef("skäl")})
	expect("cancelled", inboxOf(t, s, InboxQuery{Kommun: kommun, Today: firstDay}))
}

// An exercise asks by its own clock and its own registry, whatever the day is.
func TestInboxOfExercise(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	d := launched(t, s, 2028, 1)
	d.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: "p-ny", Role: "processledare", Unit: "SOF", From: firstDay, To: firstDay}})
	q := InboxQuery{Kommun: kommun, Person: "p-ny", Today: "2031-01-01"}
	if got := inboxOf(t, s, q); len(got) != 3 || !strings.HasPrefix(got[0], d.state.Stream+" underlag/") {
		t.Errorf("on the exercise's day: %q", got)
	}
	q.Stream = "cycle/9999/2028"
	if got := inboxOf(t, s, q); len(got) != 0 {
		t.Errorf("of another cycle: %q", got)
	}
	d.do(domain.Command{Kind: domain.CmdAdvance, Actor: "p-cykel"})
	q.Stream = d.state.Stream
	if got := inboxOf(t, s, q); len(got) != 0 {
		t.Errorf("after the clock has moved on: %q", got)
	}
}

// The join in SQL finds exactly whom the domain's rules find, for random registries and days.
func TestInboxSaysWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	const seed = 20270110
	rnd := rand.New(rand.NewPCG(seed, seed))
	registry := founded(t, s)
	d := launched(t, s, 2028, 0)
	people := []domain.PersonID{"p-processledare", "p-chef", "p-a", "p-b", "p-c"}
	person := func() domain.PersonID { return people[rnd.IntN(len(people))] }
	day := func() domain.Date { return domain.Date("2027-01-01").Add(rnd.IntN(60)) }
	refused := 0
	for round := range 60 {
		from := day()
		c := domain.Command{ID: fmt.Sprint("r", round), Actor: "p-register"}
		switch rnd.IntN(4) {
		case 0:
			c.Kind, c.Binding = domain.CmdBind, &domain.Binding{Person: person(), Role: []domain.RoleID{"processledare", "forvaltningschef"}[rnd.IntN(2)],
				Unit: []domain.UnitID{"SOF", "SLF"}[rnd.IntN(2)], From: from, To: []domain.Date{"", from.Add(rnd.IntN(30))}[rnd.IntN(2)]}
		case 1:
			b := registry.state.Registry.Bindings
			c.Kind, c.Substitute = domain.CmdSubstitute, &domain.Substitute{Binding: b[rnd.IntN(len(b))].Number, Person: person(), From: from, To: from.Add(rnd.IntN(30))}
		case 2:
			b := registry.state.Registry.Bindings
			c.Kind, c.Binding = domain.CmdUnbind, &domain.Binding{Number: b[2+rnd.IntN(len(b)-2)].Number, To: from}
		case 3:
			c.Kind, c.Exclusion = domain.CmdExclude, &domain.Exclusion{Person: person(), Year: []int{0, 2028, 2029}[rnd.IntN(3)],
				Def: []string{"", "underlag", "plan", "webb"}[rnd.IntN(4)], Unit: []domain.UnitID{"", "SN", "KN", "SLF"}[rnd.IntN(4)], Reason: textRef("x"),
				Replacement: []domain.PersonID{"", person()}[rnd.IntN(2)]}
		}
		events, err := domain.Decide(registry.state, c, registry.now)
		if err != nil {
			refused++
			continue
		}
		registry.apply(events)
		registry.journal(events)

		today := day()
		want := []string{}
		for _, task := range domain.Todo(d.state, today) {
			st := d.state.Cycle.Step(task.Step)
			asked := map[domain.PersonID]bool{}
			for _, h := range d.state.HoldersFor(registry.state.Registry, st, task.Role, task.Unit, today) {
				if asked[h.Person] || h.Person == task.Barred {
					continue
				}
				asked[h.Person] = true
				want = append(want, fmt.Sprintf("%s %s %s %s", d.state.Stream, task.Step, task.Command, h.Person))
			}
			if len(asked) == 0 {
				want = append(want, fmt.Sprintf("%s %s %s ", d.state.Stream, task.Step, task.Command))
			}
		}
		var got []string
		for _, line := range inboxOf(t, s, InboxQuery{Kommun: kommun, Today: today}) {
			got = append(got, line[:strings.LastIndexByte(line, ' ')])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d, round %d, %s: the inbox has\n%s\nthe rules say\n%s", seed, round, today, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if refused > 40 {
		t.Errorf("%d of 60 changes were refused: too few were tried", refused)
	}
}
