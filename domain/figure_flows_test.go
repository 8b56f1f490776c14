package domain

import (
	"strings"
	"testing"
)

// said is the last sentence of a kind of event on a step, with its spaces as on a keyboard.
func (g *game) said(kind EventKind, id StepID) string {
	g.t.Helper()
	for i := len(g.events) - 1; i >= 0; i-- {
		if e := &g.events[i]; e.Kind == kind && e.Step == id {
			return strings.ReplaceAll(Sentence(g.s, e), "\u00a0", " ")
		}
	}
	g.t.Fatalf("no %s on %s", kind, id)
	return ""
}

func (g *game) expect(what, got, want string) {
	g.t.Helper()
	if got != want {
		g.t.Fatalf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func (g *game) refuses(code Code, c Command) string {
	g.t.Helper()
	_, err := g.try(c)
	no, ok := err.(*Refusal)
	if !ok || no.Code != code {
		g.t.Fatalf("%s: got %v, want %s", c.Kind, err, code)
	}
	return strings.ReplaceAll(no.Message, "\u00a0", " ")
}

// folded checks that the journal alone gives the same state.
func (g *game) folded() {
	g.t.Helper()
	// The run adopted its rules after the launch, by an event that is in the journal like the others.
	s, err := Fold(g.s.Stream, g.events)
	if err != nil {
		g.t.Fatal(err)
	}
	if string(Canonical(s)) != string(Canonical(g.s)) {
		g.t.Fatal("folding the journal gives another state")
	}
}

// E21 (KL 11:15; Kristianstad 2019, Karlstad 2023): a tilläggsbudget is a new version of the frames, from a day on. Forecasts
// before that day are compared with the frame that held then, later ones with the new.
func TestE21Tillaggsbudget(t *testing.T) {
	g := budgeting(t, 2028)
	inYear(g)
	forecast := func(amount Money) {
		g.must(Command{Kind: CmdSubmit, Actor: sofPL, Step: "prognos/SOF", Documents: papers("prognos" + amount.Swedish()), Figures: []Figure{
			{"prognos", "SN", amount}, {"prognos", "AN", 100 * mnkr}}})
	}
	forecast(104 * mnkr)
	g.expect("the forecast in May", g.remarks("prognos/SOF"),
		"Arbetsmarknadsnämnden: prognosen är 100 mnkr mot ramen 100 mnkr (fullmäktiges beslut), avvikelse 0 kr. "+
			"Socialnämnden: prognosen är 104 mnkr mot ramen 100 mnkr (fullmäktiges beslut), avvikelse −4 mnkr.")
	c := revise(g)
	c.Text = ""
	g.expect("without its financing", g.refuses(CodeFinancing, c),
		"En tilläggsbudget säger hur den ska finansieras (KL 11:15). Skriv finansieringen som den står i beslutet.")
	g.must(revise(g))
	g.expect("the decision", g.said(EvRevised, "kf/KF"), "KF beslutar: tilläggsbudget, § 77, den 20 maj 2028. Det är version 2 och gäller från den 1 juni 2028.")
	g.expect("still the frame of May", frameWords(g, "2028-05-31"), "100 mnkr (fullmäktiges beslut)")
	g.until("2028-06-02")
	g.expect("the frame of June", frameWords(g, "2028-06-02"), "103 mnkr (version 2 av fullmäktiges beslut, från den 1 juni 2028)")
	if got, _ := g.s.Frame("AN", "2028-12-31"); got.Amount != 100*mnkr || got.No != 1 {
		t.Errorf("a nämnd that got nothing has %+v", got)
	}
	if says := g.remarks("prognos/SOF"); !strings.Contains(says, "avvikelse −4 mnkr") || !strings.HasSuffix(says, "Nu gäller version 2, från den 1 juni 2028.") {
		t.Errorf("the forecast of May in June: %s", says)
	}
	forecast(105 * mnkr)
	g.expect("handed in", g.said(EvSubmitted, "prognos/SOF"), "Prognos, Socialförvaltningen: version 2 lämnades in, mot version 2 av fullmäktiges mål och ramar.")
	if says := g.remarks("prognos/SOF"); !strings.Contains(says, "105 mnkr mot ramen 103 mnkr (version 2 av fullmäktiges beslut, från den 1 juni 2028), avvikelse −2 mnkr") {
		t.Errorf("the forecast of June: %s", says)
	}
	g.folded()
}

func frameWords(g *game, on Date) string {
	f, _ := g.s.Frame("SN", on)
	return strings.ReplaceAll(f.Amount.Swedish()+" ("+f.words()+")", "\u00a0", " ")
}

// The internbudget of a nämnd whose frame KF changed before it decided is exactly the frame in force, not the first.
func TestE21InternbudgetAgainstTheFrameInForce(t *testing.T) {
	g := budgeting(t, 2028)
	openInternal(g)
	g.until("2027-10-21")
	c := revise(g)
	c.Meeting, c.From = "KF-2027-10-20", "2028-01-01"
	g.must(c)
	no := g.refuses(CodeSum, submitInternal(Figure{"drift", "", 100 * mnkr})(g))
	g.expect("as first decided", no, "Internbudget, Socialnämnden är 100 mnkr, men ramen som gäller för Socialnämnden är 103 mnkr (version 2 av fullmäktiges beslut, från den 1 januari 2028). Skillnaden är −3 mnkr: internbudgeten ska vara exakt ramen.")
	g.must(submitInternal(Figure{"drift", "", 90 * mnkr}, Figure{"ovrigt", "", 13 * mnkr})(g))
	g.folded()
}

// E22 (Helsingborg 21 May 2024): KF sets mål for a nämnd in the running year. They are a version of their own from that day,
// and each report says which version it was measured against.
func TestE22GoalsChangedInTheYear(t *testing.T) {
	g := budgeting(t, 2028)
	inYear(g)
	if aims, no := g.s.Aims("SN", "2028-05-30"); len(aims) != 1 || aims[0].Goal != "" || no != 1 {
		t.Fatalf("before: %+v, version %d", aims, no)
	}
	c := revise(g)
	c.Text, c.Figures = "", nil
	c.Aims = []Aim{goal("SN", "1"), goal("SN", "2"), {Unit: "SN", Goal: "3", Text: text("livsmedelskontroll mot fusk"), From: 2028, To: 2030, Measured: MeasuredByJudgment}}
	g.must(c)
	g.expect("the decision", g.said(EvRevised, "kf/KF"), "KF beslutar: ändrade mål, § 77, den 20 maj 2028. Det är version 2 och gäller från den 1 juni 2028.")
	if aims, no := g.s.Aims("SN", "2028-05-31"); len(aims) != 1 || no != 1 {
		t.Errorf("on the last day of the old: %+v, version %d", aims, no)
	}
	aims, no := g.s.Aims("SN", "2028-06-01")
	if len(aims) != 4 || aims[0].Goal != "" || aims[3].Goal != "3" || no != 2 {
		t.Errorf("from June: %+v, version %d; the inriktning should stand", aims, no)
	}
	if _, no := g.s.Aims("AN", "2028-06-01"); no != 1 {
		t.Errorf("a nämnd that KF did not speak of has version %d", no)
	}
	g.until("2028-06-02")
	g.must(g.act(Task{Step: "prognos/SOF", Command: CmdSubmit, Role: "processledare", Unit: "SOF"}))
	g.expect("the report", g.said(EvSubmitted, "prognos/SOF"), "Prognos, Socialförvaltningen: version 1 lämnades in, mot version 2 av fullmäktiges mål och ramar.")
	g.folded()
}

// E23 (Helsingborg 2019): in an election year the newly elected KF decides the budget in November and the mål later.
// Verksamhetsplan and internbudget are made with preliminary mål; nothing waits for the final ones, and both say so.
func TestE23PreliminaryGoals(t *testing.T) {
	g := budgeting(t, 2027)
	openKF(g)
	c := submitKF(g)
	for _, unit := range []UnitID{"SN", "AN"} {
		a := goal(unit, "1")
		a.From, a.Preliminary = 2027, true
		c.Aims = append(c.Aims, a)
	}
	g.must(c)
	g.playTo("kf/KF", StatusPosted)
	if d := g.step("kf/KF").Decision.Date; d != "2026-11-20" {
		t.Errorf("KF decided on %s", d)
	}
	if says := g.remarks("kf/KF"); !strings.Contains(says, "Målen för Socialnämnden är preliminära: fullmäktige har ännu inte beslutat om dem.") || strings.Contains(says, "Kommunstyrelsen") {
		t.Errorf("KF's step: %s", says)
	}
	g.playTo("plan/SOF", StatusEstablished)
	g.playTo("internbudget/SN", StatusDecided)
	g.expect("the verksamhetsplan", g.said(EvSubmitted, "plan/SOF"), "Verksamhetsplan, Socialförvaltningen: version 1 lämnades in, med preliminära mål.")
	g.expect("the internbudget", g.said(EvSubmitted, "internbudget/SN"), "Internbudget, Socialnämnden: version 1 lämnades in, med preliminära mål.")
	g.until("2027-04-21")
	r := revise(g)
	r.Meeting, r.From, r.Figures, r.Text = "KF-2027-04-20", "2027-04-20", nil, ""
	for _, a := range c.Aims {
		a.Preliminary = false
		r.Aims = append(r.Aims, a)
	}
	g.must(r)
	if says := g.remarks("kf/KF"); says != "" {
		t.Errorf("KF's step afterwards: %s", says)
	}
	g.expect("the verksamhetsplan afterwards", g.remarks("plan/SOF"),
		"Den här versionen gjordes med preliminära mål. Den här versionen gjordes mot version 1 av fullmäktiges mål och ramar. Nu gäller version 2, från den 20 april 2027.")
	g.folded()
}

// E36 (Luleå, April 2022: the nämnd decided a school for 600, the paper before KS said 750). What the proposal says of a
// nämnd is not what the nämnd decided: it is shown at the gate, and who goes on says why. KF restores the nämnd's figure.
func TestE36TheFigureThatChangesSilently(t *testing.T) {
	g := budgeting(t, 2028)
	g.playTo("ks/KS", StatusOpen)
	c := submitKF(g)
	c.Step, c.Figures = "ks/KS", frames(75*mnkr, 100*mnkr, 100*mnkr, 275*mnkr)
	g.must(c)
	all := Divergences(g.s, "ks/KS")
	if len(all) != 1 {
		t.Fatalf("at the gate: %+v", all)
	}
	shown := "Socialnämnden beslutade 100 mnkr, här står 75 mnkr (−25 mnkr)"
	g.expect("at the gate", strings.ReplaceAll(all[0].Sentence(g.s), "\u00a0", " "), shown)
	ready := Command{Kind: CmdReady, Actor: slfFC, Step: "ks/KS", Version: g.step("ks/KS").Submission.Hash}
	g.expect("without a word", g.refuses(CodeDifference, ready),
		"Det som står om nämnderna är inte det som de har beslutat: "+shown+". Skriv varför det är så, eller lämna in en version med nämndens uppgift.")
	ready.Text = text("Socialnämndens skola minskas")
	g.must(ready)
	g.expect("in the history", g.said(EvReady, "ks/KS"), "KS förslag markerades klar för beslut, fast det skiljer sig från vad nämnden har beslutat: "+shown+".")
	g.playTo("ks/KS", StatusPosted) // KS decides on what was answered for
	openKF(g)
	if w, _ := g.s.suggest(g.step("kf/KF"), g.s.Cycle.Wheel.Def("kf").meaning(MeansFrame, true), "SN"); w != 75*mnkr {
		t.Errorf("KF's form suggests %s, and not what KS decided", w.Swedish())
	}
	kf := submitKF(g)
	kf.Figures = c.Figures
	g.must(kf)
	g.refuses(CodeDifference, markKF(g)) // at KF's gate too
	mark := markKF(g)
	mark.Text = text("som KS föreslår")
	g.must(mark)
	g.until("2027-06-21")
	d := decideKF(OutcomeApproved, nil)(g)
	d.Figures = []Figure{{"ram", "SN", 100 * mnkr}, {"total", "", 300 * mnkr}}
	g.must(d)
	g.expect("KF restores it", g.said(EvDecided, "kf/KF"), "KF beslutar: bifall, § 90, den 20 juni 2027. Beloppen är andra än förslagets.")
	if f, _ := g.s.Frame("SN", "2028-01-01"); f.Amount != 100*mnkr {
		t.Errorf("the frame is %s", f.Amount.Swedish())
	}
	g.folded()
}

// E36, by the hash: the nämnd's decision was taken after the proposal was handed in, so that the proposal rests on nothing.
func TestE36AVersionThatTheProposalDidNotSee(t *testing.T) {
	g := budgeting(t, 2028)
	g.playTo("ks/KS", StatusOpen)
	c := submitKF(g)
	c.Step = "ks/KS"
	g.must(c)
	if all := Divergences(g.s, "ks/KS"); len(all) != 0 {
		t.Fatalf("nothing is other than decided: %+v", all)
	}
	own := g.step("forslag/SN")
	g.must(Command{Kind: CmdOverturn, Actor: snSekr, Step: "forslag/SN", Date: g.now.Date(), Text: text("domen"), Dnr: "M 12-27"})
	g.answer("forslag/SN")
	g.playTo("forslag/SN", StatusDecided)
	all := Divergences(g.s, "ks/KS")
	if len(all) != 1 || all[0].Seen == all[0].Version || all[0].Version != own.Decision.Version {
		t.Fatalf("the nämnd's new decision: %+v", all)
	}
	if says := all[0].Sentence(g.s); !strings.Contains(says, "har beslutat en annan version") {
		t.Error(says)
	}
}
