package domain

import (
	"slices"
	"testing"
)

func (g *game) limit(id StepID, law LawID) (Limit, bool) {
	limits := Limits(g.s, id)
	i := slices.IndexFunc(limits, func(l Limit) bool { return l.Law == law })
	if i < 0 {
		return Limit{}, false
	}
	return limits[i], true
}

// Which limit binds a step, from when, and when it is met: a row for each § that is counted from what happened.
func TestLimits(t *testing.T) {
	for _, r := range []struct {
		law       LawID
		name      string
		setup     func(*game)
		step      StepID
		date, met Date
	}{
		{"KL 11:8", "the proposal, as the wheel names it", now3, "ks/KS", "2027-10-31", ""},
		{"KL 11:8", "met by KS' decision", func(g *game) { now3(g); g.playTo("ks/KS", StatusDecided) }, "ks/KS", "2027-10-31", "2027-05-20"},
		{"KL 5:13", "KF is announced a week before", now3, "kf/KF", "2027-06-13", ""},
		{"KL 5:69", "justering within fourteen days of the decision", decidedKF, "kf/KF", "2027-07-04", ""},
		{"KL 8:12", "anslag by the second day after", func(g *game) { decidedKF(g); g.must(Command{Kind: CmdAdjust, Actor: kfSekr, Step: "kf/KF"}) }, "kf/KF", "2027-06-23", ""},
		{"KL 8:12", "anslag the same day", postedKF, "kf/KF", "2027-06-23", "2027-06-21"},
		{"KL 8:14", "on the web from the last day to announce KF, as long as nobody has noted when", onTheWeb, "webb/KS", "2027-06-13", ""},
		{"KL 8:14", "on the web from the announcement, as noted", func(g *game) { onTheWeb(g); g.s.Registry.Meeting("KF-2027-06-20").Announced = "2027-06-10" }, "webb/KS", "2027-06-10", ""},
	} {
		t.Run(string(r.law)+"/"+r.name, func(t *testing.T) {
			g := launched(t)
			r.setup(g)
			got, found := g.limit(r.step, r.law)
			if !found || got.Date != r.date || got.Met != r.met {
				t.Errorf("got %+v, %v; want %s, met %q", got, found, r.date, r.met)
			}
		})
	}
}

func onTheWeb(g *game) { now3(g); g.s.Cycle.Wheel.Def("webb").Legal = lawProposalOnWeb }

// A limit alarms 30, 14 and 3 days before, once each, and is loud when it has passed; then it waits for somebody to say why.
func TestTheLawIsGuarded(t *testing.T) {
	g := launched(t)
	now3(g)
	g.playTo("dialog/KS", StatusHeld)
	g.until("2027-11-05") // and KS does nothing
	var rang []Date
	for _, e := range g.events {
		if e.Step == "ks/KS" && (e.Kind == EvLegalAlarm || e.Kind == EvLegalBreached) {
			rang = append(rang, e.At.Date())
		}
	}
	if want := []Date{"2027-10-01", "2027-10-17", "2027-10-28", "2027-11-01"}; !slices.Equal(rang, want) {
		t.Errorf("alarmed on %v, want %v", rang, want)
	}
	explain := func(t Task) bool { return t.Step == "ks/KS" && t.Command == CmdExplain }
	if !slices.ContainsFunc(Todo(g.s, g.now.Date()), explain) {
		t.Error("nobody is asked why")
	}
	g.must(Command{Kind: CmdExplain, Actor: stadens, Step: "ks/KS", Text: text("regeringens proposition kom sent")})
	if slices.ContainsFunc(Todo(g.s, g.now.Date()), explain) {
		t.Error("asked again")
	}
	if got := g.step("ks/KS").Legal; got != "2027-10-31" {
		t.Errorf("the limit moved to %s", got)
	}
	g.play(func() bool { return g.s.Done }) // the duty is still to be done
}

// Alarms whose days passed while everything stood still ring once.
func TestAlarmsAreNotBunched(t *testing.T) {
	g := launched(t)
	now3(g)
	g.playTo("dialog/KS", StatusHeld)
	g.now = at("2027-10-29")
	g.apply(Tick(g.s, g.now))
	n := 0
	for _, e := range g.events {
		if e.Kind == EvLegalAlarm && e.Step == "ks/KS" {
			n++
			if e.Rung != 3 {
				t.Errorf("rung %d", e.Rung)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d alarms", n)
	}
}

// A budget whose skattesats has a step of its own is due by the end of December; when that step falls, by the end of November
// again (KL 11:10, 11:11).
func TestLimitOfASplitMatter(t *testing.T) {
	g := launched(t)
	novemberKF(g)
	g.s.Cycle.Wheel.Def("kf").Apart = Apart{Step: "plan"}
	g.step("kf/KF").Apart = true
	for _, row := range []struct {
		rate Status
		law  LawID
		date Date
	}{{StatusReady, "KL 11:11", "2027-12-31"}, {StatusDecided, "KL 11:11", "2027-12-31"}, {StatusVoid, "KL 11:10", "2027-11-30"}} {
		for i := range g.s.Cycle.Steps {
			if st := &g.s.Cycle.Steps[i]; st.Def == "plan" {
				st.Status = row.rate
			}
		}
		if l, found := g.limit("kf/KF", row.law); !found || l.Date != row.date {
			t.Errorf("the step of the skattesats is %s: limit %+v (found %v), want %s by %s", row.rate, l, found, row.law, row.date)
		}
	}
}
