package store

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

// The cycle's own copy of what the registry has journalled since.
func (d *desk) receive(reg *desk) {
	d.t.Helper()
	entries, err := d.store.Entries(d.t.Context(), reg.state.Stream, d.state.Registry.Number+1, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	var changes []domain.Event
	for _, e := range entries {
		changes = append(changes, e.Event)
	}
	d.do(domain.Command{Kind: domain.CmdChanges, Changes: changes})
}

// Whose role, or substitution, begins on a day when nothing else happens is told that day what waits, once.
func TestWhoseRoleBeginsIsTold(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	reg := founded(t, s)
	d := launched(t, s, 2028, 0)
	bind := func(person domain.PersonID, from, to domain.Date) {
		t.Helper()
		reg.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: person, Role: "processledare", Unit: "SOF", From: from, To: to}})
	}
	bind("p-ny", "2027-01-20", "2028-12-31")
	reg.do(domain.Command{Kind: domain.CmdSubstitute, Actor: "p-register", Substitute: &domain.Substitute{Binding: reg.state.Registry.Issued, Person: "p-vikarie", From: "2027-01-25", To: "2027-01-26"}})
	reg.do(domain.Command{Kind: domain.CmdExclude, Actor: "p-register", Exclusion: &domain.Exclusion{Person: "p-ny", Unit: "MN", Reason: textRef("närstående")}})
	begun := func(day domain.Date) {
		t.Helper()
		if err := s.TellBegun(t.Context(), kommun, at(day)); err != nil {
			t.Fatal(err)
		}
	}
	n := len(told(t, s))
	expect := func(what string, want ...string) {
		t.Helper()
		now := told(t, s)
		got := now[n:]
		n = len(now)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: told\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	begun("2027-01-20")
	expect("before the cycle has heard of it")
	d.receive(reg)
	expect("the change itself, before the role begins")
	begun("2027-01-19")
	expect("the day before")
	begun("2027-01-20")
	expect("the day, less what jäv keeps", "2027-01-20 underlag/KN submit p-ny", "2027-01-20 underlag/SN submit p-ny")
	begun("2027-01-20")
	begun("2027-01-21")
	expect("told once")
	d.now = at("2027-01-22")
	d.do(submit("underlag/SN", "a"))
	expect("the next task comes with its entry", "2027-01-22 underlag/SN finalise p-chef")
	begun("2027-01-25")
	expect("the substitute", "2027-01-25 underlag/KN submit p-vikarie", "2027-01-25 underlag/MN submit p-vikarie")
	begun("2027-01-27")
	expect("after the substitution")

	bind("p-processledare-slf", "2027-02-01", "")
	d.receive(reg)
	begun("2027-02-01")
	expect("also in another unit", "2027-02-01 underlag/KN submit p-processledare-slf", "2027-02-01 underlag/MN submit p-processledare-slf")
	bind("p-ny", "2029-01-01", "")
	d.receive(reg)
	begun("2029-01-01")
	expect("a role that is given anew begins nothing")
	// An exercise's people are told by its own clock, as rehearsed.
	x := launched(t, s, 2028, 1)
	n = len(told(t, s))
	begun("2030-01-01")
	expect("an exercise " + x.state.Stream)
}

// What became of a task is kept as the rules said it.
func TestAChangeIsKept(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 1)
	d.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: "p-ny", Role: "processledare", Unit: "SOF", From: "2027-01-01"}})
	d.do(domain.Command{Kind: domain.CmdExtend, Actor: "p-processledare", Step: "underlag/SN", Date: "2027-03-09", Text: textRef("skäl")})
	d.do(domain.Command{Kind: domain.CmdAdvance, Actor: "p-cykel"})
	waiting, err := s.WaitingExercises(t.Context(), kommun)
	if err != nil {
		t.Fatal(err)
	}
	var moved []Notice
	for _, w := range waiting {
		if w.Change != "" {
			moved = append(moved, w)
		}
	}
	if len(moved) != 1 || moved[0].Person != "p-ny" || moved[0].Change != domain.ChangeMoved || moved[0].Was != "2027-02-28" || moved[0].Sat != "" || moved[0].Due != "2027-03-09" {
		t.Errorf("got %+v", moved)
	}
}

// A task that an older release wrote does not say since when it waits; that is no fault of the database, and is mended when
// its stream goes on.
func TestATaskOfAnOlderRelease(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	exec(t, owner(t, url), "update task set since = null")
	s = again(t, url)
	verified(t, s, kommun)
	if r, err := s.Recount(t.Context(), d.state.Stream); err != nil || len(r.Shown) != 0 {
		t.Errorf("%+v, %v", r.Shown, err)
	}
	d.store = s
	d.do(comment(1))
	tasks, err := s.Tasks(t.Context(), d.state.Stream)
	if err != nil || len(tasks) == 0 {
		t.Fatal(tasks, err)
	}
	for _, task := range tasks {
		if task.Since != firstDay {
			t.Errorf("%+v", task)
		}
	}
	exec(t, owner(t, url), "update task set since = '2020-01-01' where step = 'plan/SLF'")
	if r, err := again(t, url).Recount(t.Context(), d.state.Stream); err != nil || len(r.Shown) != 1 {
		t.Errorf("another day than the log's passes: %+v, %v", r.Shown, err)
	}
}
