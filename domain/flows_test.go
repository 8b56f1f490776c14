package domain

import (
	"slices"
	"testing"
)

func (g *game) wants(id StepID, status Status, round int) {
	g.t.Helper()
	if st := g.step(id); st.Status != status || st.Round != round {
		g.t.Fatalf("%s is %s in round %d, want %s in round %d", id, st.Status, st.Round, status, round)
	}
}

// KF returns the matter: KS gets the motivering as its instruction, what was published on the strength of the old
// proposal waits again, and KS may come back with the same proposal.
func TestReturnedByKF(t *testing.T) {
	g := launched(t)
	g.playTo("kf/KF", StatusReady)
	g.until("2027-06-20")
	was := g.step("ks/KS").Submission.Hash
	g.must(Command{Kind: CmdDecide, Actor: "p-kf-sekreterare", Step: "kf/KF", Version: g.step("kf/KF").Submission.Hash, Outcome: OutcomeReturned,
		Meeting: "KF-2027-06-20", Paragraph: "90", Text: text("se över skattesatsen")})
	g.wants("ks/KS", StatusOpen, 2)
	g.wants("webb/KS", StatusWaiting, 2)
	g.wants("kf/KF", StatusWaiting, 2)
	if got := g.step("ks/KS").Instruction; got != text("se över skattesatsen") {
		t.Errorf("KS got the instruction %q", got)
	}
	if got := g.step("ks/KS"); got.Held != "KS-2027-07-20" || got.Plan != "2027-07-20" {
		t.Errorf("KS takes it up at %s, by %s; want the next meeting", got.Held, got.Plan)
	}
	if got := g.step("webb/KS").Plan; got != "2027-07-13" {
		t.Errorf("the publication is planned for %s, want 7 days before KF's next meeting", got)
	}
	g.must(Command{Kind: CmdSubmit, Actor: slfPL, Step: "ks/KS", Documents: papers("ks/KS1")})
	if g.step("ks/KS").Submission.Hash != was {
		t.Error("this should be the same version as in round 1")
	}
	g.play(func() bool { return g.s.Done })
}

// A nämnd returns the matter to its own förvaltning: the same step, another round, at the next meeting.
func TestReturnedByBoard(t *testing.T) {
	g := launched(t)
	decidableSN(g)
	g.must(with(decideSN, func(c *Command) { c.Outcome, c.Text = OutcomeReturned, text("gör om") })(g))
	g.wants("forslag/SN", StatusReturned, 2)
	if got := g.step("forslag/SN"); got.Held != "SN-2027-04-20" || got.Plan != "2027-03-31" {
		t.Errorf("got meeting %s and plan %s: the meeting moves, the hand-in day that KS set does not", got.Held, got.Plan)
	}
	g.playTo("forslag/SN", StatusHandedOver)
}

func TestTabledGoesOnAtTheNextMeeting(t *testing.T) {
	g := launched(t)
	decidableSN(g)
	g.must(with(decideSN, func(c *Command) { c.Outcome = OutcomeTabled })(g))
	g.wants("forslag/SN", StatusTabled, 1)
	if todo := Todo(g.s, g.now.Date()); slices.ContainsFunc(todo, func(t Task) bool { return t.Step == "forslag/SN" }) {
		t.Error("nobody can do anything before the next meeting")
	}
	g.until("2027-04-20")
	g.must(with(decideSN, func(c *Command) { c.Meeting, c.Paragraph = "SN-2027-04-20", "3" })(g))
	g.wants("forslag/SN", StatusDecided, 1)
}

// The fan-in goes on without a late unit: recorded with who and why; the late unit's paper still comes in afterwards.
func TestGoingOnWithoutALateUnit(t *testing.T) {
	g := launched(t)
	atForslag(g)
	for range 100 {
		todo := Todo(g.s, g.now.Date())
		i := slices.IndexFunc(todo, func(t Task) bool { return t.Command != CmdProceed && t.Step != "forslag/SN" })
		if i < 0 {
			if g.now.Date() > "2027-03-31" {
				break
			}
			g.now = NextDue(g.s, g.now)
			g.apply(Tick(g.s, g.now))
			continue
		}
		g.must(g.act(todo[i]))
	}
	g.wants("dialog/KS", StatusWaiting, 1)
	g.must(Command{Kind: CmdProceed, Actor: stadens, Step: "dialog/KS", Need: "forslag/SN", Text: text("SN lämnar i maj")})
	g.wants("dialog/KS", StatusOpen, 1)
	met, missing := g.s.Gate("dialog/KS")
	if len(missing) != 0 || !slices.ContainsFunc(met, func(c Condition) bool { return c.Step == "forslag/SN" && c.Waived && c.Seq != 0 }) {
		t.Errorf("the gate says %+v", met)
	}
	g.playTo("forslag/SN", StatusHandedOver)
}

func TestAStepThatFallsCountsAsDone(t *testing.T) {
	g := launched(t)
	atForslag(g)
	g.must(Command{Kind: CmdVoid, Actor: stadens, Step: "forslag/AN", Text: text("nämnden upphör")})
	g.wants("forslag/AN", StatusVoid, 1)
	g.play(func() bool { return g.step("dialog/KS").Status == StatusHeld })
}

func TestASubstituteActsForTheHolder(t *testing.T) {
	g := launched(t)
	atForslag(g)
	g.s.Registry.Bindings = append(g.s.Registry.Bindings, Binding{Number: 98, Person: "p-vikarie", Role: "ingen", Unit: "SOF", From: "2020-01-01", To: "2020-12-31"})
	for _, b := range g.s.Registry.Bindings {
		if b.Person == sofPL {
			g.s.Registry.Substitutes = []Substitute{{Number: 97, Binding: b.Number, Person: "p-vikarie", From: "2027-02-01", To: "2027-02-28"}}
		}
	}
	e := g.must(with(submitSN, func(c *Command) { c.Actor = "p-vikarie" })(g))[0]
	if e.Evidence.Substitute != 97 || g.s.Registry.binding(e.Evidence.Binding).Person != sofPL {
		t.Errorf("evidence %+v does not say for whom", e.Evidence)
	}
	g.until("2027-03-01")
	if _, err := g.try(with(submitSN, func(c *Command) { c.Actor, c.Documents = "p-vikarie", papers("mars") })(g)); err == nil {
		t.Error("the substitute acted after the time was up")
	}
}

// Registry changes reach a cycle in order and once, however often they are delivered.
func TestRegistryChanges(t *testing.T) {
	reg := &game{t: t, s: NewState("registry/9999"), now: at("2026-11-01")}
	founding := town()
	reg.must(Command{Kind: CmdFound, Found: &founding})
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2026-12-01")}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2028, Wheel: spine(t), Registry: *reg.s.Registry}})

	reg.must(Command{Kind: CmdMoveMeeting, Actor: register, NewMeeting: &Meeting{ID: "KS-2027-02-20", Date: "2027-03-03"}, Text: text("krock")})
	reg.must(Command{Kind: CmdCancelMeeting, Actor: register, NewMeeting: &Meeting{ID: "KF-2027-06-20"}, Text: text("inställt")})
	reg.must(Command{Kind: CmdBind, Actor: register, Binding: &Binding{Person: "p-ny", Role: "processledare", Unit: "SOF", From: "2027-01-01"}})
	changes := reg.events[1:]
	g.must(Command{Kind: CmdChanges, Changes: changes[:1]})
	g.must(Command{Kind: CmdChanges, Changes: changes[:2]}) // the first again
	g.must(Command{Kind: CmdChanges, Changes: changes})
	if events := g.must(Command{Kind: CmdChanges, Changes: changes}); len(events) != 0 {
		t.Errorf("delivered again: %d events", len(events))
	}
	if got := g.s.Registry.Number; got != 4 {
		t.Errorf("the cycle has registry change %d, want 4", got)
	}
	for id, plan := range map[StepID]Date{"anvisningar/KS": "2027-03-03", "kf/KF": "2027-07-20", "webb/KS": "2027-07-13"} {
		if got := g.step(id).Plan; got != plan {
			t.Errorf("%s is planned for %s, want %s: it follows the meeting", id, got, plan)
		}
	}
	if len(g.s.Registry.Holders("processledare", "SOF", "2027-02-01")) != 4 {
		t.Error("the new holder did not reach the cycle")
	}
	if string(Canonical(reg.s.Registry)) != string(Canonical(g.s.Registry)) {
		t.Error("the cycle's copy is not the registry")
	}
}

// An exercise answers registry commands itself, on its own clock.
func TestExerciseHasItsOwnRegistry(t *testing.T) {
	g := &game{t: t, s: NewState("exercise/9999/2028/1"), now: at("2026-03-01")}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2028, Exercise: 1, Start: "2026-12-01", Wheel: spine(t), Registry: town()}})
	e := g.must(Command{Kind: CmdMoveMeeting, Actor: register, NewMeeting: &Meeting{ID: "KS-2027-02-20", Date: "2027-02-24"}, Text: text("krock")})
	if e[0].At.Date() != "2026-12-01" || g.step("anvisningar/KS").Plan != "2027-02-24" {
		t.Errorf("moved on %s to %s", e[0].At.Date(), g.step("anvisningar/KS").Plan)
	}
}

func TestExtendedDeadlineStaysWhenItsMeetingMoves(t *testing.T) {
	g := launched(t)
	g.must(Command{Kind: CmdExtend, Actor: stadens, Step: "anvisningar/KS", Date: "2027-02-26", Text: text("skäl")})
	g.must(Command{Kind: CmdChanges, Changes: []Event{{V: 1, Stream: "registry/9999", Seq: 1, Kind: EvMeetingMoved, NewMeeting: &Meeting{ID: "KS-2027-02-20", Unit: "KS", Date: "2027-02-24", Status: MeetingConfirmed}}}})
	if got := g.step("anvisningar/KS"); got.Plan != "2027-02-26" {
		t.Errorf("the deadline that a person set was moved to %s", got.Plan)
	}
}

// A cycle is launched on an order that a second person confirmed; what was done before it started counts as done.
func TestLaunchOnAnOrder(t *testing.T) {
	reg := &game{t: t, s: NewState("registry/9999"), now: at("2026-12-01")}
	founding := town()
	founding.Bindings = append(founding.Bindings, Binding{Person: "p-andra", Role: RoleLauncher, Unit: "SLF", From: "2026-01-01"})
	reg.must(Command{Kind: CmdFound, Found: &founding})
	w := spine(t)
	before := []DoneBefore{{Step: "anvisningar/KS", Reason: text("beslutades i februari"), Reference: "dnr 3/2027"}}
	n := reg.must(Command{Kind: CmdOrder, Actor: cykel, Order: &Order{Year: 2028, Wheel: w.Hash(), Before: before, Dnr: "12/2026", Date: "2026-11-20"}})[0].Order.Number
	reg.must(Command{Kind: CmdConfirmOrder, Actor: "p-andra", Order: &Order{Number: n}})

	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2027-02-25")}
	g.s.Rules = 2
	g.must(Command{Kind: CmdLaunch, Actor: "p-andra", Launch: &Launch{Kommun: "9999", Year: 2028, Order: n, Wheel: w, Registry: *reg.s.Registry,
		Before: before}})
	g.wants("anvisningar/KS", StatusBefore, 1)
	g.wants("forslag/SN", StatusOpen, 1)
	if g.s.Rules != 2 || len(g.events[0].Launched.Registry.Orders) != 1 {
		t.Errorf("rules %d, orders %+v", g.s.Rules, g.events[0].Launched.Registry.Orders)
	}
}

// A cycle that is adopted in the middle has its earlier stages behind it.
func TestAdoptedInTheMiddle(t *testing.T) {
	g := &game{t: t, s: NewState("exercise/9999/2028/1"), now: at("2028-02-01")}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2028, Exercise: 1, Start: "2028-02-01", From: StageFollowUp, Wheel: spine(t), Registry: town()}})
	g.wants("kf/KF", StatusBefore, 1)
	g.wants("analys/SOF", StatusWaiting, 1)
	if g.s.Stage() != StageFollowUp {
		t.Errorf("the cycle is in %q", g.s.Stage())
	}
	for range 1000 {
		if g.s.Done {
			return
		}
		if todo := Todo(g.s, g.s.Cycle.Clock.Date()); len(todo) > 0 {
			g.must(g.act(todo[0]))
			continue
		}
		g.must(Command{Kind: CmdAdvance, Actor: cykel})
	}
	t.Fatal("the adopted cycle did not come to its end")
}

// The decisions of one meeting are written down together, under one command.
func TestAMeetingsDecisionsTogether(t *testing.T) {
	g := launched(t)
	atForslag(g)
	g.playTo("forslag/KS", StatusReady)
	g.until("2027-03-22")
	ks := g.step("forslag/KS").Submission.Hash
	events := g.must(Command{ID: "alla", Kind: CmdBatch, Actor: ksSekr, Meeting: "KS-2027-03-20", Parts: []Part{
		{Kind: CmdDecide, Step: "forslag/KS", Version: ks, Outcome: OutcomeApproved, Paragraph: "31", Dnr: "47/2027"}}})
	if len(events) != 1 || events[0].Command != "alla" || events[0].Body == "" || events[0].Paragraph != "31" {
		t.Errorf("got %+v", events)
	}
	again, err := Decide(g.s, Command{ID: "alla", Kind: CmdBatch, Actor: ksSekr, Meeting: "KS-2027-03-20", Parts: []Part{
		{Kind: CmdDecide, Step: "forslag/KS", Version: ks, Outcome: OutcomeApproved, Paragraph: "31", Dnr: "47/2027"}}}, g.now)
	if len(again) != 0 || err != nil {
		t.Errorf("the same batch again: %d events, %v", len(again), err)
	}
}
