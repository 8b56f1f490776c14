package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/domain/domaintest"
)

// told lists every notice in the outbox: "day step command person rung".
func told(t testing.TB, s *Store) []string {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), "select "+noticeColumns+" from notice n order by id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		n, err := scanNotice(rows)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, line(n.Day, n.Step, n.Command, n.Person, n.Rung))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func line(day domain.Date, step domain.StepID, c domain.CommandKind, p domain.PersonID, rung string) string {
	return strings.TrimSpace(fmt.Sprint(day, " ", step, " ", c, " ", p, " ", rung))
}

// reminding has a cycle under rules that remind, with a ladder.
func reminding(t testing.TB, s *Store) *desk {
	t.Helper()
	d := newDesk(t, s, domain.CycleStream(kommun, 2028))
	w := wheel(t)
	for _, text := range []string{"5 dagar före", "samma dag", "eskalera 2 dagar efter"} {
		r, err := domain.ParseRung(text)
		if err != nil {
			t.Fatal(err)
		}
		w.Ladder = append(w.Ladder, r)
	}
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Wheel: w, Registry: town()})
	l.Registry.Number = 1
	d.do(domain.Command{Kind: domain.CmdLaunch, Actor: "p-cykel", Launch: l})
	return d
}

func TestNoticesAreWrittenWithTheirEntriesOnce(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := reminding(t, s)
	first := []string{"2027-01-10 underlag/SN submit p-processledare", "2027-01-10 underlag/KN submit p-processledare",
		"2027-01-10 underlag/MN submit p-processledare", "2027-01-10 plan/SLF submit p-processledare-slf"}
	if got := told(t, s); !slices.Equal(got, first) {
		t.Errorf("after the launch: %q", got)
	}

	// Two commands of two people in one batch.
	events := append(d.decide(submit("underlag/SN", "a")), d.decide(submit("underlag/KN", "b"))...)
	d.journal(events)
	after := told(t, s)
	if want := []string{"2027-01-10 underlag/SN finalise p-chef", "2027-01-10 underlag/KN finalise p-chef"}; !slices.Equal(after[len(first):], want) {
		t.Errorf("got %q, want %q", after[len(first):], want)
	}
	// Again, whoever does it.
	d.journal(events)
	d.store = again(t, url)
	d.journal(events)
	if again := told(t, s); !slices.Equal(again, after) {
		t.Errorf("journalled again: %q", again[len(after):])
	}
	// Another process, which first has to read what was there, tells nobody of what it read.
	d.do(comment(1))
	if again := told(t, s); !slices.Equal(again, after) {
		t.Errorf("read again: %q", again[len(after):])
	}
}

// What is written is what the rules say of each command by itself, also when several come in one batch with a tick.
func TestNoticesFollowTheCommandsOfABatch(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := reminding(t, s)
	skip := len(told(t, s))
	var want []string
	follow := func(do func() []domain.Event) (events []domain.Event) {
		before := domain.Awaited(d.state)
		events = do()
		for _, n := range domain.Notices(before, d.state, events) {
			want = append(want, line(n.Day, n.Step, n.Command, n.Person, n.Rung))
		}
		return events
	}
	tick := func(day domain.Date) []domain.Event {
		d.now = at(day)
		events := domain.Tick(d.state, d.now)
		d.apply(events)
		return events
	}
	version := domain.VersionOf(submit("underlag/SN", "a").Documents, "", nil)
	d.journal(slices.Concat(
		follow(func() []domain.Event { return d.decide(submit("underlag/SN", "a")) }),
		follow(func() []domain.Event {
			return d.decide(domain.Command{Kind: domain.CmdFinalise, Actor: "p-chef", Step: "underlag/SN", Version: version})
		}),
		follow(func() []domain.Event { return tick("2027-02-22") }), // 28 February 2027 is a Sunday
	))
	d.journal(follow(func() []domain.Event { return tick("2027-02-26") }))
	d.journal(follow(func() []domain.Event { return tick("2027-03-02") }))
	got := told(t, s)[skip:]
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range []string{"2027-02-22 underlag/KN submit p-processledare 5 dagar före", "2027-02-26 underlag/KN submit p-processledare samma dag",
		"2027-03-02 underlag/KN submit p-processledare eskalera 2 dagar efter"} {
		if !slices.Contains(got, line) {
			t.Errorf("%q is missing from\n%s", line, strings.Join(got, "\n"))
		}
	}
}

// Only what cannot wait for the morning makes delivery look at once.
func TestWhatIsToldSoon(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := reminding(t, s)
	appended := func(events []domain.Event) bool {
		t.Helper()
		done, err := s.Append(t.Context(), d.state.Stream, events, d.state.Head)
		if err != nil {
			t.Fatal(err)
		}
		return done.Soon
	}
	if appended(d.decide(submit("underlag/SN", "a"))) {
		t.Error("a new task waits for the morning")
	}
	if err := s.SetChoice(t.Context(), kommun, "p-chef", ChoiceAtOnce, at(firstDay)); err != nil {
		t.Fatal(err)
	}
	if !appended(d.decide(submit("underlag/KN", "a"))) {
		t.Error("a new task of somebody who wants to know at once does not wait")
	}
	if err := s.SetChoice(t.Context(), kommun, "p-chef", ChoiceWeekly, at(firstDay)); err != nil {
		t.Fatal(err)
	}
	if appended(d.decide(submit("underlag/MN", "a"))) {
		t.Error("the last choice counts")
	}
	d.now = at("2027-02-22")
	events := domain.Tick(d.state, d.now)
	d.apply(events)
	if !appended(events) {
		t.Error("a reminder does not wait")
	}
	x := newDesk(t, s, domain.ExerciseStream(kommun, 2028, 1))
	l := &domain.Launch{Kommun: kommun, Year: 2028, Exercise: 1, Start: firstDay, Wheel: wheel(t), Registry: town()}
	d = x
	if !appended(d.decide(domain.Command{Kind: domain.CmdLaunch, Actor: "p-cykel", Launch: l})) {
		t.Error("a stream that begins starts delivery")
	}
	if appended(d.decide(submit("underlag/SN", "a"))) {
		t.Error("an exercise's task waits for its clock")
	}
	if !appended(d.decide(domain.Command{Kind: domain.CmdAdvance, Actor: "p-cykel"})) {
		t.Error("the clock has moved")
	}
}

// A cycle that is adopted in the middle tells of what waits now, and reminds of nothing that fell before.
func TestAnAdoptedCycleTellsNothingOfThePast(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := newDesk(t, s, domain.CycleStream(kommun, 2028))
	d.now = at("2027-03-01") // underlag is due 28 February, its ladder lies in February
	w := wheel(t)
	for _, text := range []string{"5 dagar före", "1 dag före", "samma dag"} {
		r, err := domain.ParseRung(text)
		if err != nil {
			t.Fatal(err)
		}
		w.Ladder = append(w.Ladder, r)
	}
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Wheel: w, Registry: town(),
		Before: []domain.DoneBefore{{Step: "underlag/SN", Reason: textRef("klart")}, {Step: "underlag/MN", Reason: textRef("klart")}}})
	l.Registry.Number = 1
	events := d.decide(domain.Command{Kind: domain.CmdLaunch, Actor: "p-cykel", Launch: l})
	d.journal(events)
	got := told(t, s)
	slices.Sort(got)
	want := []string{"2027-03-01 plan/SLF submit p-processledare-slf", "2027-03-01 underlag/KN submit p-processledare"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d.until("2027-03-02")
	if more := told(t, s); len(more) != len(want) {
		t.Errorf("the day after: %q", more)
	}
}

func TestWhoWaitsForMail(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	launched(t, s, 2028, 0)
	launched(t, s, 2029, 0)
	x := launched(t, s, 2028, 1)
	today := firstDay
	waiting, err := s.Waiting(t.Context(), kommun, today)
	if err != nil {
		t.Fatal(err)
	}
	perCycle := map[string]int{}
	for _, w := range waiting {
		perCycle[w.Stream]++
		if w.Choice != ChoiceDaily || w.Mailed || w.Day != firstDay || w.Key == "" {
			t.Errorf("got %+v", w)
		}
	}
	if len(perCycle) != 2 || perCycle["cycle/9999/2028"] != perCycle["cycle/9999/2029"] {
		t.Errorf("real notices: %v", perCycle)
	}
	exercise := func() int {
		t.Helper()
		n, err := s.WaitingExercises(t.Context(), kommun)
		if err != nil {
			t.Fatal(err)
		}
		return len(n)
	}
	if n := exercise(); n != 0 {
		t.Errorf("%d notices of the exercise wait although its clock has not passed the day", n)
	}
	x.do(domain.Command{Kind: domain.CmdAdvance, Actor: "p-cykel"})
	if n := exercise(); n != perCycle["cycle/9999/2028"] {
		t.Errorf("%d notices of the exercise wait, want those of its first day", n)
	}
	if none, err := s.Waiting(t.Context(), "1283", today); err != nil || len(none) != 0 {
		t.Errorf("another municipality sees %d, %v", len(none), err)
	}

	// Who has been mailed today, and what is left out.
	var first []int64
	person := waiting[0].Person
	for _, w := range waiting {
		if w.Person == person {
			first = append(first, w.ID)
		}
	}
	mail := []NewMail{{ID: "m1", Person: person, Day: today, Notices: first[:1]}}
	if err := s.MakeMails(t.Context(), kommun, mail, first[1:2], at(firstDay)); err != nil {
		t.Fatal(err)
	}
	if err := s.MakeMails(t.Context(), kommun, []NewMail{{ID: "m2", Person: person, Day: today, Notices: first[:1]}}, nil, at(firstDay)); err == nil {
		t.Error("a notice went with two mails")
	}
	left, err := s.Waiting(t.Context(), kommun, today)
	if err != nil || len(left) != len(waiting)-2 {
		t.Fatalf("%d left of %d, %v", len(left), len(waiting), err)
	}
	for _, w := range left {
		if w.Mailed != (w.Person == person) {
			t.Errorf("%s: mailed today %v", w.Person, w.Mailed)
		}
	}
	if tomorrow, err := s.Waiting(t.Context(), kommun, today.Add(1)); err != nil || tomorrow[0].Mailed {
		t.Errorf("tomorrow: %+v, %v", tomorrow[0], err)
	}
}
