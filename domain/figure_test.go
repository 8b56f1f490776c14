package domain

import (
	"slices"
	"strings"
	"testing"
)

// budgetWheel is the short wheel with the figures and mål of a budget: what nämnderna ask for, what KS proposes, KF's frames,
// the internbudget and a forecast of each.
func budgetWheel(t tester) Wheel {
	w := spine(t)
	ram := FieldDef{ID: "ram", Title: "Ekonomisk ram", Kind: FieldAmount, Means: MeansFrame, Required: true}
	each := ram
	each.PerBoard = true
	total := FieldDef{ID: "total", Title: "Ramarna tillsammans", Kind: FieldAmount, Means: MeansTotal, Required: true}
	w.Def("forslag").Fields = []FieldDef{{ID: "inriktning", Title: "Inriktning", Kind: FieldDirection, Required: true}, {ID: "mal", Title: "Mål", Kind: FieldGoals}, ram}
	w.Def("kf").InElection = rule(t, "kf-möte november", StagePlanning)
	w.Def("ks").Fields = []FieldDef{each, total}
	w.Def("kf").Fields = []FieldDef{each, total, {ID: "inriktning", Title: "Inriktning", Kind: FieldDirection, PerBoard: true}, {ID: "mal", Title: "Mål", Kind: FieldGoals, PerBoard: true}}
	prognos := FieldDef{ID: "prognos", Title: "Helårsprognos", Kind: FieldAmount, Means: MeansForecast, PerBoard: true, Required: true}
	w.Def("prognos").Fields = []FieldDef{prognos}
	internal := *w.Def("forslag")
	internal.ID, internal.Title, internal.HandsOver, internal.Needs = "internbudget", "Internbudget", false, []Need{{Step: "kf"}}
	internal.Plan = rule(t, "nämndmöte november", StagePlanning)
	internal.Fields = []FieldDef{{ID: "drift", Title: "Drift", Kind: FieldAmount, Means: MeansInternal, Required: true}, {ID: "ovrigt", Title: "Övrigt", Kind: FieldAmount, Means: MeansInternal}}
	w.Steps = append(w.Steps, internal)
	return w
}

// budgeting is a cycle with that wheel, whose bodies meet every month for three years.
func budgeting(t tester, year int) *game {
	r := town()
	r.Meetings = nil
	for _, unit := range []UnitID{"KF", "KS", "SN", "AN"} {
		for month := range 36 {
			d := NewDate(year-1, 1, 20).Add(month*30 + month/2)
			d = Date(string(d)[:8] + "20")
			r.Meetings = append(r.Meetings, Meeting{ID: MeetingID(string(unit) + "-" + string(d)), Unit: unit, Date: d, Status: MeetingConfirmed})
		}
	}
	for i := range r.Bindings {
		r.Bindings[i].From = NewDate(year-2, 1, 1)
	}
	s := firstRules(CycleStream("9999", year))
	g := &game{t: t, s: s, now: at(NewDate(year-2, 12, 1))}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: year, Wheel: budgetWheel(t), Registry: r}})
	now3(g)
	return g
}

const mnkr Money = 100_000_000

func frames(sn, an, ks, total Money) []Figure {
	return []Figure{{"ram", "SN", sn}, {"ram", "AN", an}, {"ram", "KS", ks}, {"total", "", total}}
}

func budgetRow(setup func(*game)) func(*game) { // the rows of a table launch their own cycle
	return func(g *game) {
		*g = *budgeting(g.t, 2028)
		setup(g)
	}
}

func submitKF(g *game) Command {
	return Command{Kind: CmdSubmit, Actor: slfPL, Step: "kf/KF", Documents: papers("kf"), Figures: frames(100*mnkr, 100*mnkr, 100*mnkr, 300*mnkr)}
}

func openKF(g *game) { g.playTo("kf/KF", StatusOpen) }

func readyKF(g *game) { g.playTo("kf/KF", StatusSubmitted) }

func framed(g *game) { g.playTo("kf/KF", StatusPosted) }

// inYear is a day of the budget year after KF's May meeting.
func inYear(g *game) { framed(g); g.until("2028-05-30") }

func revise(g *game) Command {
	return Command{Kind: CmdRevise, Actor: kfSekr, Step: "kf/KF", Meeting: "KF-2028-05-20", Paragraph: "77", From: "2028-06-01", Text: text("ur årets resultat"),
		Figures: []Figure{{"ram", "SN", 103 * mnkr}, {"total", "", 303 * mnkr}}}
}

func goal(unit UnitID, no string) Aim {
	return Aim{Unit: unit, Goal: no, Text: text("fler elever i kulturskolan"), From: 2028, Measured: MeasuredByFigure, Indicator: text("antal elever"), Target: text("2 000")}
}

func aims(change func(*Aim)) func(*game) Command {
	return func(g *game) Command {
		c := submitKF(g)
		a := goal("SN", "1")
		change(&a)
		c.Aims = []Aim{a}
		return c
	}
}

func openInternal(g *game) { framed(g); g.playTo("internbudget/SN", StatusOpen) }

func submitInternal(figures ...Figure) func(*game) Command {
	return is(Command{Kind: CmdSubmit, Actor: sofPL, Step: "internbudget/SN", Documents: papers("ib"), Figures: figures})
}

// Figures and mål, each with the § or the rule that says so.
var figureRefusals = []row{
	{CodeMoney, "an amount for no nämnd", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[0].Unit = "" }), "vilken nämnd"},
	{CodeMoney, "a total for a nämnd", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[3].Unit = "SN" }), "ett enda belopp"},
	{CodeMoney, "an amount twice", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[1].Unit = "SN" }), "två gånger"},
	{CodeMoney, "more money than there is", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[0].Amount = MaxMoney + 1 }), "Kontrollera enheten"},
	{CodeUnitUnknown, "an amount for a unit that there is not", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[0].Unit = "XN" }), "XN"},
	{CodeUnknownField, "an amount that the step does not have", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[0].ID = "skatt" }), "skatt"},
	{CodeFieldMissing, "a nämnd without its frame", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures = c.Figures[1:] }), "Socialnämnden"},
	{CodeSum, "11:6 frames that are not the total", budgetRow(openKF), with(submitKF, func(c *Command) { c.Figures[0].Amount = 101 * mnkr }), "+1\u00a0mnkr"},
	{CodeSum, "KF decides another frame and the same total", budgetRow(func(g *game) { decidable(g) }), with(decideKF(OutcomeApproved, nil), func(c *Command) { c.Figures = []Figure{{"ram", "SN", 90 * mnkr}} }), "Ramarna"},
	{CodeUnknownField, "KF returns with figures", budgetRow(func(g *game) { decidable(g) }), with(decideKF(OutcomeReturned, majority(3, 3, 0)), func(c *Command) { c.Figures = []Figure{{"ram", "SN", 90 * mnkr}} }), "bifalls"},
	{CodeSum, "an internbudget that is not its frame", budgetRow(openInternal), submitInternal(Figure{"drift", "", 99 * mnkr}), "exakt ramen"},
	{CodeSum, "an internbudget in two parts that is not its frame", budgetRow(openInternal), submitInternal(Figure{"drift", "", 99 * mnkr}, Figure{"ovrigt", "", 2 * mnkr}), "101\u00a0mnkr"},
	{CodeMoney, "a forecast for another förvaltning's nämnd", budgetRow(func(g *game) { g.playTo("prognos/SOF", StatusOpen) }), is(Command{Kind: CmdSubmit, Actor: sofPL, Step: "prognos/SOF", Documents: papers("p"), Figures: []Figure{{"prognos", "KS", 1}}}), "gäller inte"},

	{CodeFinancing, "11:15 a tilläggsbudget without its financing", budgetRow(inYear), with(revise, func(c *Command) { c.Text = "" }), "11:15"},
	{CodeSum, "a tilläggsbudget that leaves the total as it was", budgetRow(inYear), with(revise, func(c *Command) { c.Figures = c.Figures[:1] }), "303"},
	{CodeNothingChanged, "a tilläggsbudget of nothing", budgetRow(inYear), with(revise, func(c *Command) { c.Figures, c.Aims = nil, nil }), "ändrats"},
	{CodeNothingChanged, "a tilläggsbudget to the same", budgetRow(inYear), with(revise, func(c *Command) { c.Figures = []Figure{{"ram", "SN", 100 * mnkr}} }), "redan gäller"},
	{CodeDeadline, "a revision from another year", budgetRow(inYear), with(revise, func(c *Command) { c.From = "2029-01-01" }), "budgetåret"},
	{CodeDateBefore, "a revision from before the last one", budgetRow(func(g *game) { inYear(g); g.must(revise(g)) }), with(revise, func(c *Command) { c.From, c.Paragraph = "2028-05-01", "78" }), "Version 2"},
	{CodeNotNow, "a revision of what is not decided", budgetRow(openKF), revise, "inte beslutat"},
	{CodeWrongAct, "a revision of what has no frames", budgetRow(inYear), with(revise, func(c *Command) { c.Step = "plan/SOF" }), "fullmäktige"},
	{CodeRoleNotHeld, "a revision by who does not keep KF's protocol", budgetRow(inYear), with(revise, func(c *Command) { c.Actor = snSekr }), "roll"},
	{CodeGoal, "preliminary mål in a revision", budgetRow(func(g *game) { *g = *budgeting(g.t, 2027); g.playTo("kf/KF", StatusPosted); g.until("2027-05-30") }), with(revise, func(c *Command) {
		c.Meeting, c.From, c.Figures = "KF-2027-05-20", "2027-06-01", nil
		a := goal("SN", "1")
		a.From, a.Preliminary = 2027, true
		c.Aims = []Aim{a}
	}), "preliminära"},

	{CodeGoal, "3.5 a mål without its year", budgetRow(openKF), aims(func(a *Aim) { a.From = 0 }), "målår"},
	{CodeGoal, "3.5 a mål of five years", budgetRow(openKF), aims(func(a *Aim) { a.To = 2032 }), "ett till fyra"},
	{CodeGoal, "3.5 a mål that ends before it begins", budgetRow(openKF), aims(func(a *Aim) { a.To = 2027 }), "målåren"},
	{CodeGoal, "a mål of another time", budgetRow(openKF), aims(func(a *Aim) { a.From = 2082 }), "2082"},
	{CodeGoal, "3.5 a mål that nobody says how to judge", budgetRow(openKF), aims(func(a *Aim) { a.Measured = "" }), "mattyp"},
	{CodeGoal, "3.5 measured, without a nyckeltal", budgetRow(openKF), aims(func(a *Aim) { a.Indicator = "" }), "nyckeltal"},
	{CodeGoal, "3.5 judged, with a målvärde", budgetRow(openKF), aims(func(a *Aim) { a.Measured = MeasuredByJudgment }), "målvärde"},
	{CodeGoal, "3.5 an inriktning is not målsatt", budgetRow(openKF), aims(func(a *Aim) { a.Goal = "" }), "inte målsatt"},
	{CodeGoal, "a mål with no number", budgetRow(openKF), aims(func(a *Aim) { a.Goal = "x" }), "Numrera"},
	{CodeGoal, "a mål without words", budgetRow(openKF), aims(func(a *Aim) { a.Text = "" }), "text"},
	{CodeGoal, "preliminary mål in an ordinary year", budgetRow(openKF), aims(func(a *Aim) { a.Preliminary = true }), "valår"},
	{CodeGoal, "the same mål twice", budgetRow(openKF), with(aims(func(*Aim) {}), func(c *Command) { c.Aims = append(c.Aims, c.Aims[0]) }), "två gånger"},
	{CodeUnitUnknown, "a mål for nobody", budgetRow(openKF), aims(func(a *Aim) { a.Unit = "" }), "nämnd"},
	{CodeUnknownField, "mål in KS' proposal, which has none", budgetRow(func(g *game) { g.playTo("ks/KS", StatusOpen) }), with(aims(func(*Aim) {}), func(c *Command) { c.Step = "ks/KS" }), "inga mål"},
	{CodeDirection, "3.5 a nämnd without inriktning", budgetRow(withoutSN), markKF, "Socialnämnden"},

	{CodeDifference, "E36 another frame than the nämnd decided", budgetRow(cutSN), markKF, "100\u00a0mnkr"},
	{CodeRulesOlder, "figures under older rules", func(g *game) { g.playTo("kf/KF", StatusOpen) }, submitKF, "regelversion"},
}

// withoutSN has KF's proposal before KF although Socialnämnden never decided: KF's version must then say its inriktning.
func withoutSN(g *game) {
	g.must(Command{Kind: CmdVoid, Actor: stadens, Step: "forslag/SN", Text: text("nämnden är ny")})
	readyKF(g)
}

// cutSN has a proposal before KF that gives Socialnämnden less than it asked for.
func cutSN(g *game) {
	openKF(g)
	c := submitKF(g)
	c.Figures = frames(95*mnkr, 105*mnkr, 100*mnkr, 300*mnkr)
	g.must(c)
}

func markKF(g *game) Command {
	return Command{Kind: CmdReady, Actor: slfFC, Step: "kf/KF", Version: g.step("kf/KF").Submission.Hash}
}

// decidable is the day after KF's June meeting, with the proposal before it.
func decidable(g *game) { g.playTo("kf/KF", StatusReady); g.until("2027-06-21") }

// What the figures say themselves: negative and zero are amounts (KL 11:7), and none is lost on the way.
func TestFramesMayBeNegative(t *testing.T) {
	g := budgeting(t, 2028)
	openKF(g)
	c := submitKF(g)
	c.Figures = frames(-1807*mnkr/10, 0, 200*mnkr, 193*mnkr/10)
	g.must(c)
	if got, _ := figureOf(g.step("kf/KF").Submission.Figures, "ram", "SN"); got != -1807*mnkr/10 {
		t.Errorf("SN has %s", got.Swedish())
	}
	if got, known := figureOf(g.step("kf/KF").Submission.Figures, "ram", "AN"); got != 0 || !known {
		t.Errorf("AN has %s, %v", got.Swedish(), known)
	}
	version := g.step("kf/KF").Submission.Hash
	slices.Reverse(c.Figures) // the order of a form is no other version
	c.ID = ""
	if _, err := g.try(c); err == nil || g.step("kf/KF").Submission.Hash != version {
		t.Error("the same figures in another order are another version")
	}
	c.ID, c.Figures = "", frames(-1807*mnkr/10, 1, 200*mnkr, 193*mnkr/10+1)
	g.must(c)
	if g.step("kf/KF").Submission.Hash == version {
		t.Error("another figure is the same version")
	}
}

// More than three mål is said, and stops nothing.
func TestFourGoals(t *testing.T) {
	g := budgeting(t, 2028)
	openKF(g)
	c := submitKF(g)
	for _, no := range []string{"1", "2", "3"} {
		c.Aims = append(c.Aims, goal("SN", no), goal("AN", no))
	}
	g.must(c)
	if says := g.remarks("kf/KF"); says != "" {
		t.Errorf("three mål: %s", says)
	}
	c.ID, c.Aims = "", append(c.Aims, goal("SN", "4"))
	g.must(c)
	if says := g.remarks("kf/KF"); !strings.Contains(says, "Socialnämnden har 4 mål och bör ha högst 3") || strings.Contains(says, "Arbetsmarknad") {
		t.Errorf("four mål: %s", says)
	}
	g.must(markKF(g))
}

func (g *game) remarks(id StepID) string {
	return strings.ReplaceAll(strings.Join(Remarks(g.s, id, g.now.Date()), " "), "\u00a0", " ")
}
