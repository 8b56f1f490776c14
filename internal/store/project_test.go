package store

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"arshjul/domain"
)

// same compares rows that come in no order.
func same[R comparable](a, b []R) bool {
	seen := map[R]int{}
	for _, r := range a {
		seen[r]++
	}
	for _, r := range b {
		seen[r]--
	}
	for _, n := range seen {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestReadModelFollowsTheState(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	other := again(t, url)
	registry := founded(t, s)
	d := launched(t, s, 2028, 0)
	check := func(d *desk) {
		t.Helper()
		has, err := readShown(t.Context(), s.pool, d.state.Stream)
		if err != nil {
			t.Fatal(err)
		}
		want := show(d.state, at(firstDay), wheelOf(d.state))
		if !slices.Equal(has.cycles, want.cycles) || !same(has.steps, want.steps) || !same(has.tasks, want.tasks) || !same(has.units, want.units) ||
			!same(has.bindings, want.bindings) || !same(has.substitutes, want.substitutes) || !same(has.exclusions, want.exclusions) || !same(has.meetings, want.meetings) {
			t.Errorf("%s at %d: the read model has\n%+v\nwant\n%+v", d.state.Stream, d.state.Seq, has, want)
		}
	}
	check(d)
	// Two processes take turns: the one that was not there finds out by the sequence number, also when a row comes back
	// to what it was the last time it was there.
	plan := submit("plan/SLF", "b")
	plan.Actor = "p-processledare-slf"
	version := domain.VersionOf(plan.Documents, "", nil)
	for i, c := range []domain.Command{submit("underlag/SN", "a"), plan, submit("underlag/SN", "c"),
		{Kind: domain.CmdReady, Actor: "p-chef-slf", Step: "plan/SLF", Version: version},
		{Kind: domain.CmdTakeBack, Actor: "p-chef-slf", Step: "plan/SLF", Text: textRef("skäl")}} {
		d.store = []*Store{s, other}[i%2]
		d.do(c)
		check(d)
	}
	d.until("2027-03-05") // underlag is late
	check(d)
	for i, c := range []domain.Command{
		{Kind: domain.CmdSubstitute, Substitute: &domain.Substitute{Binding: 3, Person: "p-chef", From: "2027-01-01", To: "2027-12-31"}},
		{Kind: domain.CmdExclude, Exclusion: &domain.Exclusion{Person: "p-chef", Year: 2028, Def: "underlag", Unit: "SN", Reason: textRef("släkt")}},
		{Kind: domain.CmdUnbind, Binding: &domain.Binding{Number: 4, To: "2027-06-30"}},
		{Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: "KS-1", Date: "2027-02-17"}, Text: textRef("skäl")},
		{Kind: domain.CmdSetUnit, Unit: &domain.Unit{ID: "SN", Kind: domain.KindBoard, Name: "Nämnden för socialt stöd", ServedBy: "SOF"}},
	} {
		c.Actor = "p-register"
		registry.store = []*Store{s, other}[i%2]
		registry.do(c)
		check(registry)
	}
	changes, err := s.RegistryChanges(t.Context(), kommun, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	d.do(domain.Command{Kind: domain.CmdChanges, ID: "registry/9999#6", Changes: changes})
	check(d)

	row, err := s.Cycle(t.Context(), d.state.Stream)
	if err != nil {
		t.Fatal(err)
	}
	want := Cycle{Stream: "cycle/9999/2028", Kommun: kommun, Year: 2028, Source: "registry/9999", WheelName: "liten", WheelVersion: 1, WheelHash: row.WheelHash,
		Status: CycleOpen, Stage: domain.StagePlanning, Seq: d.state.Seq, Head: d.state.Head, Registry: 6, NextDue: domain.Date("2027-04-01").Start(),
		StepsTotal: 5, StepsLate: 3, LaunchedAt: at(firstDay)}
	if row != want {
		t.Errorf("cycle row\n%+v, want\n%+v", row, want)
	}
	step, err := s.Step(t.Context(), d.state.Stream, "underlag/SN")
	if err != nil || step.UnitName != "Nämnden för socialt stöd" || step.VersionNo != 2 || !step.Late || step.Plan != "2027-02-28" || step.PlanRule != "senast 28 februari" {
		t.Errorf("step row %+v, %v", step, err)
	}
	if open, err := s.OpenCycles(t.Context(), kommun); err != nil || len(open) != 1 {
		t.Errorf("open cycles %v, %v", open, err)
	}
	d.do(domain.Command{Kind: domain.CmdCancel, Actor: "p-cykel", Text: textRef("skäl")})
	check(d)
	if open, err := s.OpenCycles(t.Context(), kommun); err != nil || len(open) != 0 {
		t.Errorf("open cycles %v, %v", open, err)
	}
	if tasks, err := s.Tasks(t.Context(), d.state.Stream); err != nil || len(tasks) != 0 {
		t.Errorf("a cancelled cycle waits for %v, %v", tasks, err)
	}
	verified(t, s, kommun)
}

// An exercise shows its own registry, on its own clock, in its own log.
func TestExerciseStandsByItself(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	d := launched(t, s, 2028, 1)
	stream := d.state.Stream
	d.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: "p-ny", Role: "processledare", Unit: "SOF", From: "2027-01-01"}})
	d.do(domain.Command{Kind: domain.CmdAdvance, Actor: "p-cykel"})
	row, err := s.Cycle(t.Context(), stream)
	if err != nil || row.Source != stream || row.ClockDay != "2027-03-01" || row.Clock != d.state.Cycle.Clock || row.Exercise != 1 {
		t.Errorf("row %+v, %v", row, err)
	}
	exercise, err := s.Bindings(t.Context(), stream)
	if err != nil || len(exercise) != 7 {
		t.Errorf("the exercise has %d bindings, want 7; %v", len(exercise), err)
	}
	real, err := s.Bindings(t.Context(), "registry/9999")
	if err != nil || len(real) != 6 {
		t.Errorf("the registry has %d bindings, want 6; %v", len(real), err)
	}
	if v := verified(t, s, stream); v.Size != d.state.Seq {
		t.Errorf("the exercise's log has %d entries, want %d", v.Size, d.state.Seq)
	}
	if v := verified(t, s, kommun); v.Size != 1 {
		t.Errorf("the municipality's log has %d entries, want 1", v.Size)
	}
	if cycles, err := s.Cycles(t.Context(), kommun); err != nil || len(cycles) != 1 {
		t.Errorf("cycles %v, %v", cycles, err)
	}
	if open, err := s.OpenCycles(t.Context(), kommun); err != nil || len(open) != 0 {
		t.Errorf("registry changes would go to %v, %v", open, err)
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	reader := again(t, url)
	for n := range 3 {
		d.do(comment(n))
		for name, store := range map[string]*Store{"the writer": s, "a reader": reader} {
			err := store.View(t.Context(), d.state.Stream, func(state *domain.State) error {
				if !reflect.DeepEqual(domain.Canonical(state), domain.Canonical(d.state)) {
					t.Errorf("%s sees another state at %d than the workflow at %d", name, state.Seq, d.state.Seq)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	stop := errors.New("stop")
	err := s.View(t.Context(), "cycle/9999/2031", func(state *domain.State) error {
		if state.Seq != 0 {
			t.Errorf("a stream that is not there has seq %d", state.Seq)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// More streams than folds are kept: each still has its own state.
func TestFoldsAreForgotten(t *testing.T) {
	t.Parallel()
	var f folds
	first := f.of("a")
	for n := range foldsKept {
		if f.of("a") != first {
			t.Fatal("the stream in use was forgotten")
		}
		f.of(string(rune('b' + n)))
	}
	if len(f.all) != foldsKept {
		t.Errorf("%d folds are kept, want %d", len(f.all), foldsKept)
	}
	if _, ok := f.all["b"]; ok {
		t.Error("the one longest out of use is kept")
	}
}
