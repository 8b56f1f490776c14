package domain

import (
	"slices"
	"testing"
)

// What stands between the directives and KF's decision, by hand: the web publication comes 7 days before KF, KS at its last
// meeting before that, the dialog on the working day before KS, and the nämnder at their last meeting before the dialog.
// From 31 March through 20 April 2027 there are 14 working days.
func TestWay(t *testing.T) {
	g := launched(t)
	atForslag(g)
	want := []Hurdle{
		{"forslag/KS", "2027-03-31", "2027-04-20", 14},
		{"forslag/SN", "2027-03-31", "2027-04-20", 14},
		{"forslag/AN", "2027-03-31", "2027-04-20", 14},
		{"dialog/KS", "2027-04-30", "2027-05-19", 12},
		{"ks/KS", "2027-05-20", "2027-05-20", 0},
		{"webb/KS", "2027-06-13", "2027-06-13", 0},
		{"kf/KF", "2027-06-20", "2027-06-20", 0},
	}
	if got := Way(g.s, "kf/KF", g.now.Date()); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	// When the planned day has passed the slack is counted from today, and falls below nothing.
	if h := Way(g.s, "kf/KF", "2027-04-22")[1]; h.Last != "2027-04-20" || h.Slack != -2 {
		t.Errorf("after the last day: %v", h)
	}
	// What is as far as it must be stands in nobody's way any more, and what is done has no way at all.
	g.playTo("forslag/SN", StatusHandedOver)
	if slices.ContainsFunc(Way(g.s, "kf/KF", g.now.Date()), func(h Hurdle) bool { return h.Step == "forslag/SN" }) {
		t.Error("forslag/SN is handed over and still in the way")
	}
	g.play(func() bool { return g.s.Done })
	if got := Way(g.s, "kf/KF", g.now.Date()); len(got) != 0 {
		t.Errorf("done, and still: %v", got)
	}
}

func TestCountingWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from, to Date
		want     int
	}{
		{"2027-03-25", "2027-03-30", 1}, // långfredagen, the weekend and annandag påsk between
		{"2027-04-02", "2027-04-05", 1},
		{"2027-04-05", "2027-04-05", 0},
		{"2027-04-05", "2027-04-02", -1},
	} {
		if got := WorkingDays(c.from, c.to, false); got != c.want {
			t.Errorf("from %s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

// Whoever has a task has a part in its step, and whom jäv keeps from a step has none; Doers is who Decide lets do it.
func TestConcernsAndDoers(t *testing.T) {
	g := launched(t)
	g.playTo("forslag/SN", StatusSubmitted)
	today := g.now.Date()
	tasks := 0
	for _, task := range Todo(g.s, today) {
		if task.Command == CmdProceed || task.Command == CmdConfirmMeeting {
			continue
		}
		for _, h := range Doers(g.s, task, today) {
			tasks++
			if !slices.Contains(Allowed(g.s, h.Person, task.Step, today), task.Command) {
				t.Errorf("%s may not %s on %s", h.Person, task.Command, task.Step)
			}
			if !slices.ContainsFunc(Concerns(g.s, h.Person, today), func(c Concern) bool { return c.Step == task.Step }) {
				t.Errorf("%s has a task on %s and no part in it", h.Person, task.Step)
			}
		}
	}
	if tasks == 0 {
		t.Fatal("nobody had a task")
	}
	ready := slices.IndexFunc(Todo(g.s, today), func(task Task) bool { return task.Step == "forslag/SN" && task.Command == CmdReady })
	task := Todo(g.s, today)[ready]
	doer := Doers(g.s, task, today)[0].Person
	g.s.Registry.Exclusions = append(g.s.Registry.Exclusions, Exclusion{Number: 999, Person: doer, Def: "forslag", Unit: "SN"})
	if slices.ContainsFunc(Doers(g.s, task, today), func(h Holding) bool { return h.Person == doer }) ||
		slices.ContainsFunc(Concerns(g.s, doer, today), func(c Concern) bool { return c.Step == "forslag/SN" }) {
		t.Errorf("%s is excluded, and still has a part in forslag/SN", doer)
	}
}

// A step's stations are those that it passes when everything goes well.
func TestStations(t *testing.T) {
	g := launched(t)
	for _, id := range []StepID{"forslag/SN", "kf/KF", "webb/KS", "dialog/KS"} {
		g.playTo(id, g.s.Stations(id)[len(g.s.Stations(id))-1])
		want := []Status{StatusWaiting}
		for _, m := range g.step(id).Marks {
			want = append(want, m.Status)
		}
		if got := g.s.Stations(id); !slices.Equal(got, want) {
			t.Errorf("%s passed %v, and its stations are %v", id, want, got)
		}
	}
}
