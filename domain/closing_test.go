package domain

import (
	"slices"
	"strings"
	"testing"
)

const (
	revSekr = "p-rev-sekreterare"
	snOrdf  = "p-sn-ordforande"
	kfOrdf  = "p-kf-ordforande"
)

// closingWheel is the closing alone, with its matters marked as the law ties them together.
func closingWheel(t tester) Wheel {
	w := spine(t)
	slots := w.Steps[0].Slots
	chair := slots
	chair.Ready = "ordforande"
	audit := slots
	audit.Prepare, audit.Decide = "sekreterare", "sekreterare"
	w.Roles = append(w.Roles, RoleDef{ID: "ordforande", Title: "Ordförande", Seat: SeatBody, Elected: true})
	doc := []DocumentDef{{ID: "forslag", Title: "Förslag", Required: true}}
	w.Steps = []StepDef{
		{ID: "bokslut", Title: "Nämndens årsbokslut", Stage: StageClosing, Act: ActDecision, Scope: ScopeBoard, Slots: slots, Plan: rule(t, "nämndmöte februari", StageClosing), Documents: doc},
		{ID: "ar-ks", Title: "KS årsredovisning", Stage: StageClosing, Act: ActDecision, Scope: ScopeCity, Body: "KS", Slots: slots, Plan: rule(t, "ks-möte mars", StageClosing), Legal: "KL 11:20", HandsOver: true,
			Needs: []Need{{Step: "bokslut"}}, Documents: doc},
		{ID: "granskning", Title: "Revisionsberättelse", Stage: StageClosing, Act: ActReview, Scope: ScopeCity, Body: "REV", Slots: audit, Plan: rule(t, "senast 8 april", StageClosing), Matter: MatterAudit, Needs: []Need{{Step: "ar-ks"}}},
		{ID: "kf-ar", Title: "KF godkänner årsredovisningen", Stage: StageClosing, Act: ActEstablishment, Scope: ScopeCity, Body: "KF", Slots: slots, Plan: rule(t, "kf-möte april", StageClosing), Matter: MatterReport,
			Needs: []Need{{Step: "granskning"}}, Documents: doc},
		{ID: "forklaring", Title: "Förklaring till revisorernas kritik", Stage: StageClosing, Act: ActDecision, Scope: ScopeBoard, Slots: slots, Plan: rule(t, "femte arbetsdagen i maj", StageClosing), Matter: MatterExplanation,
			Needs: []Need{{Step: "granskning"}}, Documents: doc},
		{ID: "ansvarsfrihet", Title: "Ansvarsfrihet", Stage: StageClosing, Act: ActDecision, Scope: ScopeBoard, Body: "KF", Slots: chair, Plan: rule(t, "kf-möte maj", StageClosing), Legal: "KL 5:24", Matter: MatterDischarge,
			Needs: []Need{{Step: "kf-ar"}, {Step: "granskning"}, {Step: "forklaring"}}, Documents: doc},
	}
	return w
}

func closingTown() Registry {
	r := town()
	r.Units = append(r.Units, Unit{ID: "REV", Kind: KindAudit, Name: "Revisorerna", ServedBy: "SLF"})
	for _, b := range []Binding{{Person: revSekr, Role: "sekreterare", Unit: "REV"}, {Person: snOrdf, Role: "ordforande", Unit: "SN"}, {Person: kfOrdf, Role: "ordforande", Unit: "KF"}} {
		r.Issued++
		b.Number, b.From = r.Issued, "2023-01-01"
		r.Bindings = append(r.Bindings, b)
	}
	return r
}

// closing is the cycle of 2026 in its closing, in January 2027.
func closing(t tester) *game {
	g := &game{t: t, s: firstRules("cycle/9999/2026"), now: at("2027-01-11")}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2026, From: StageClosing, Wheel: closingWheel(t), Registry: closingTown()}})
	now3(g)
	return g
}

// toReview is the day on which revisorerna have their statement.
func toReview(g *game) { g.playTo("granskning/REV", StatusOpen) }

func reviewing(r *Review) func(*game) Command {
	return is(Command{Kind: CmdReview, Actor: revSekr, Step: "granskning/REV", Text: text("berättelse"), Review: r})
}

// against criticises SN and speaks for the others.
func against() *Review {
	return &Review{Outcome: AssessedPartly, Rest: StanceFor, Boards: []Statement{{Unit: "SN", Stance: StanceAgainst, Remark: true, Reason: text("brister i den interna kontrollen")}}}
}

func criticised(g *game) { toReview(g); g.must(reviewing(against())(g)) }

// dischargeable has KF in May with SN's ansvarsfrihet before it, after what the setup did.
func dischargeable(setup func(*game)) func(*game) {
	return func(g *game) {
		setup(g)
		g.playTo("ansvarsfrihet/SN", StatusReady)
		g.until("2027-05-21")
	}
}

func discharging(r Record, motive string) func(*game) Command {
	return func(g *game) Command {
		c := Command{Kind: CmdDecide, Actor: kfSekr, Step: "ansvarsfrihet/SN", Version: g.step("ansvarsfrihet/SN").Submission.Hash, Outcome: OutcomeApproved,
			Meeting: "KF-2027-05-20", Paragraph: "70", Record: &r}
		if motive != "" {
			c.Text = text(motive)
		}
		return c
	}
}

func nothingAgainst(g *game) {
	toReview(g)
	g.must(reviewing(&Review{Outcome: AssessedConsistent, Rest: StanceFor})(g))
}

// The closing's refusals, each with the § that says so.
var closingRefusals = []row{
	{CodeReview, "12:2 no assessment against KF's mål", toReview, reviewing(nil), "12:2"},
	{CodeReview, "12:2 an assessment that there is not", toReview, reviewing(&Review{Outcome: "bra", Rest: StanceFor}), "kan-ej-bedomas"},
	{CodeReview, "12:13 nothing said of some nämnder", toReview, reviewing(&Review{Outcome: AssessedConsistent, Boards: []Statement{{Unit: "SN", Stance: StanceFor}}}), "12:13"},
	{CodeReview, "12:13 neither for nor against", toReview, reviewing(&Review{Outcome: AssessedConsistent, Rest: StanceFor, Boards: []Statement{{Unit: "SN"}}}), "Socialnämnden"},
	{CodeReview, "a nämnd twice", toReview, reviewing(&Review{Outcome: AssessedConsistent, Rest: StanceFor, Boards: []Statement{{Unit: "SN", Stance: StanceFor}, {Unit: "SN", Stance: StanceFor}}}), "två gånger"},
	{CodeReview, "a bolag has no ansvarsfrihet of KF's", toReview, reviewing(&Review{Outcome: AssessedConsistent, Rest: StanceFor, Boards: []Statement{{Unit: "HAMN", Stance: StanceFor}}}), "Hamnbolaget"},
	{CodeTextMissing, "12:13 an anmärkning without its reason", toReview, reviewing(&Review{Outcome: AssessedConsistent, Rest: StanceFor, Boards: []Statement{{Unit: "SN", Stance: StanceFor, Remark: true}}}), "12:13"},
	{CodeGateNotMet, "5:32 KF before the criticised nämnd has explained itself", func(g *game) { criticised(g); g.playTo("kf-ar/KF", StatusDecided) },
		is(Command{Kind: CmdSubmit, Actor: slfPL, Step: "ansvarsfrihet/SN"}), "Förklaring"},
	{CodeNotDelegable, "6:38 a förklaring to KF on delegation", func(g *game) { criticised(g); g.playTo("forklaring/SN", StatusReady) }, func(g *game) Command {
		return Command{Kind: CmdInstead, Actor: snSekr, Step: "forklaring/SN", Version: g.step("forklaring/SN").Submission.Hash, Reference: "punkt 1", Text: text("x"), Record: &Record{Manner: MannerDelegated}}
	}, "6:38"},
	{CodeDischarge, "5:24 neither granted nor refused", dischargeable(nothingAgainst), discharging(Record{}, ""), "5:24"},
	{CodeDischarge, "5:24 ansvarsfrihet is not rejected", dischargeable(nothingAgainst), with(discharging(Record{}, ""), func(c *Command) { c.Outcome = OutcomeRejected }), "vägrar"},
	{CodeDischarge, "granted although the matter was tabled", dischargeable(nothingAgainst), with(discharging(Record{Discharge: Granted, Class: ClassMajority}, ""), func(c *Command) { c.Outcome = OutcomeTabled }), "varken"},
	{CodeTextMissing, "5:24 refused without a motivering", dischargeable(nothingAgainst), discharging(Record{Discharge: DischargeRefused}, ""), "motiveras"},
	{CodeTextMissing, "5:24 granted against revisorerna without one", dischargeable(criticised), discharging(Record{Discharge: Granted, Remark: &Remark{}}, ""), "motiveras"},
	{CodeDischarge, "5:24 whether KF too makes the anmärkning", dischargeable(criticised), discharging(Record{Discharge: Granted}, "motiv"), "anmärkning"},
	{CodeTextMissing, "5:24 an anmärkning of KF's without its motivering", dischargeable(criticised), discharging(Record{Discharge: Granted, Remark: &Remark{Made: true}}, "motiv"), "5:24"},
	{CodeReportFirst, "11:21 before the årsredovisning is approved, although somebody went on without it", func(g *game) {
		nothingAgainst(g)
		g.until("2027-05-03") // KF did nothing in April
		for _, id := range []StepID{"ansvarsfrihet/SN"} {
			g.must(Command{Kind: CmdProceed, Actor: stadens, Step: id, Need: "kf-ar/KF", Text: text("x")})
		}
		for _, c := range []CommandKind{CmdSubmit, CmdReady} {
			task := Task{Step: "ansvarsfrihet/SN", Command: c, Role: "processledare", Unit: "SLF"}
			if c == CmdReady {
				task.Role, task.Unit = "ordforande", "KF"
			}
			g.must(g.act(task))
		}
		g.until("2027-05-21")
	}, discharging(Record{Discharge: Granted}, ""), "11:21"},
	{CodeAccountable, "5:48 the chair of SN, who is now also KF's", func(g *game) {
		g.s.Registry.Bindings = append(g.s.Registry.Bindings, Binding{Number: 900, Person: snOrdf, Role: "ordforande", Unit: "KF", From: "2027-01-01"})
		nothingAgainst(g)
		g.playTo("ansvarsfrihet/SN", StatusSubmitted)
	}, func(g *game) Command {
		return Command{Kind: CmdReady, Actor: snOrdf, Step: "ansvarsfrihet/SN", Version: g.step("ansvarsfrihet/SN").Submission.Hash}
	}, "5:48"},
	{CodeUnknownField, "ansvarsfrihet in another matter", func(g *game) { nothingAgainst(g); g.playTo("kf-ar/KF", StatusReady); g.until("2027-04-21") }, func(g *game) Command {
		return Command{Kind: CmdDecide, Actor: kfSekr, Step: "kf-ar/KF", Version: g.step("kf-ar/KF").Submission.Hash, Outcome: OutcomeApproved, Meeting: "KF-2027-04-20", Paragraph: "60", Record: &Record{Discharge: Granted}}
	}, "gäller inte ansvarsfrihet"},
}

func TestClosingRefusals(t *testing.T) { refuseAll(t, closing, closingRefusals) }

// What the closing's rules allow, and what follows.
func TestClosing(t *testing.T) {
	for _, r := range []struct {
		name  string
		setup func(*game)
		cmd   func(*game) Command
		want  func(*testing.T, *game)
	}{
		{"12:2 cannot be assessed is an answer", toReview, reviewing(&Review{Outcome: AssessedUnable, Rest: StanceFor}), func(t *testing.T, g *game) {
			if got := g.step("granskning/REV").Review; got.Outcome != AssessedUnable || len(got.Boards) != 3 || got.Rest != "" {
				t.Errorf("%+v", got)
			}
		}},
		{"5:32 whom nobody criticises owes no förklaring", toReview, reviewing(against()), func(t *testing.T, g *game) {
			g.wants("forklaring/SN", StatusOpen, 1)
			g.wants("forklaring/AN", StatusVoid, 1)
			g.wants("forklaring/KS", StatusVoid, 1)
		}},
		{"5:32 the förklaring is evidence for KF's decision", dischargeable(criticised), discharging(Record{Discharge: Granted, Remark: &Remark{Made: true, Reason: text("brister"), Paragraph: "71"}}, "motiv"), func(t *testing.T, g *game) {
			e := g.last(EvDecided)
			if at := slices.IndexFunc(e.Evidence.Conditions, func(c Condition) bool { return c.Step == "forklaring/SN" && c.At == StatusDecided && c.Seq != 0 }); at < 0 || e.Exception != "" {
				t.Errorf("%+v, exception %q", e.Evidence.Conditions, e.Exception)
			}
			if d := g.step("ansvarsfrihet/SN").Decision; d.Discharge != Granted || !d.Remarked || g.s.Cycle.usedFor("KF-2027-05-20", "71") != "ansvarsfrihet/SN" {
				t.Errorf("%+v", d)
			}
		}},
		{"5:32 KF went on without the förklaring: written down, and shown to revisorerna", func(g *game) {
			criticised(g)
			g.playTo("kf-ar/KF", StatusPosted)
			g.until("2027-05-11") // SN did not answer
			g.must(Command{Kind: CmdProceed, Actor: stadens, Step: "ansvarsfrihet/SN", Need: "forklaring/SN", Text: text("nämnden har inte svarat")})
			for _, task := range []Task{{Command: CmdSubmit, Role: "processledare", Unit: "SLF"}, {Command: CmdReady, Role: "ordforande", Unit: "KF"}} {
				task.Step = "ansvarsfrihet/SN"
				g.must(g.act(task))
			}
			g.until("2027-05-21")
		}, discharging(Record{Discharge: DischargeRefused, Remark: &Remark{}}, "motiv"), func(t *testing.T, g *game) {
			if e := g.last(EvDecided); e.Exception != ExceptionUnexplained {
				t.Errorf("exception %q", e.Exception)
			}
		}},
		{"5:25 refused: a year to sue", dischargeable(nothingAgainst), discharging(Record{Discharge: DischargeRefused}, "motiv"), func(t *testing.T, g *game) {
			if got := g.step("ansvarsfrihet/SN").SueBy(); got != "2028-05-20" {
				t.Errorf("until %q", got)
			}
		}},
	} {
		t.Run(r.name, func(t *testing.T) {
			g := closing(t)
			r.setup(g)
			g.must(r.cmd(g))
			r.want(t, g)
		})
	}
}

// The whole closing with nothing against anybody comes to its end by itself.
func TestPlainClosing(t *testing.T) {
	g := closing(t)
	g.play(func() bool { return g.s.Done })
	for _, unit := range []UnitID{"KS", "SN", "AN"} {
		if d := g.step(StepID("ansvarsfrihet/" + string(unit))).Decision; d.Discharge != Granted {
			t.Errorf("%s: %+v", unit, d)
		}
	}
}

// sentences is what the history says of a step, as a person reads it.
func (g *game) sentences(id StepID) string {
	var all []string
	for i := range g.events {
		if e := &g.events[i]; e.Step == id {
			all = append(all, Sentence(g.s, e))
		}
	}
	return strings.Join(all, "\n")
}

// waits tells whether a task waits for a person on the day it is.
func (g *game) waits(p PersonID, id StepID, c CommandKind) bool {
	today := g.s.Clock(g.now).Date()
	return slices.ContainsFunc(Todo(g.s, today), func(task Task) bool {
		return task.Step == id && task.Command == c && slices.ContainsFunc(Doers(g.s, task, today), func(h Holding) bool { return h.Person == p })
	})
}

func (g *game) reads(t *testing.T, id StepID, want ...string) {
	t.Helper()
	got := g.sentences(id)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%s does not say %q:\n%s", id, w, got)
		}
	}
}

// E25: revisorerna speak against a nämnd and remark on it; it explains itself, and KF decides for each nämnd.
func TestE25RevisorsAgainst(t *testing.T) {
	g := closing(t)
	criticised(g)
	g.reads(t, "granskning/REV", "delvis förenligt", "Ansvarsfrihet avstyrks för Socialnämnden", "Anmärkning riktas mot Socialnämnden")
	g.reads(t, "forklaring/AN", "varken riktat anmärkning eller avstyrkt")
	if !g.waits(sofPL, "forklaring/SN", CmdSubmit) || g.waits(sofPL, "forklaring/AN", CmdSubmit) {
		t.Error("the förklaring is not in the criticised nämnd's inbox, or in another's")
	}
	dischargeable(func(*game) {})(g)
	g.must(discharging(Record{Discharge: DischargeRefused, Remark: &Remark{Made: true, Reason: text("brister")}}, "bristerna är väsentliga")(g))
	g.reads(t, "ansvarsfrihet/SN", "ansvarsfrihet vägras, med anmärkning, § 70")
	g.play(func() bool { return g.s.Done })
	if d := g.step("ansvarsfrihet/AN").Decision; d.Discharge != Granted {
		t.Errorf("AN: %+v", d)
	}
}

// E26: revisorerna cannot tell whether the results agree with KF's mål. That is an answer, not a gap, and nothing stops.
func TestE26CannotAssess(t *testing.T) {
	g := closing(t)
	toReview(g)
	g.must(reviewing(&Review{Outcome: AssessedUnable, Rest: StanceFor})(g))
	g.reads(t, "granskning/REV", "kan ej bedömas", "Ansvarsfrihet tillstyrks")
	g.play(func() bool { return g.s.Done })
}

// E27: the årsredovisning is handed over after 15 April, and KF is moved to May. Only the handing-over breaks the law; KF's
// approval has no day of its own, but comes before ansvarsfrihet, which has.
func TestE27ReportLate(t *testing.T) {
	g := closing(t)
	g.play(func() bool { return g.step("ar-ks/KS").Status == StatusAdjusted })
	g.until("2027-04-19") // it is not handed over
	st := g.step("ar-ks/KS")
	if !st.unexplained() || !g.waits(stadens, "ar-ks/KS", CmdExplain) {
		t.Fatalf("nobody is asked why the law's limit passed: %+v", st.Broken)
	}
	g.reads(t, "ar-ks/KS", "lagens gräns den 15 april 2027 passerades (KL 11:20)")
	g.must(Command{Kind: CmdExplain, Actor: stadens, Step: "ar-ks/KS", Text: text("bolagens siffror dröjde")})
	april := *g.s.Registry.Meeting("KF-2027-04-20")
	april.Date = "2027-05-06"
	g.receive(Event{Kind: EvMeetingMoved, NewMeeting: &april, Text: text("årsredovisningen är sen")})
	if got := g.step("kf-ar/KF"); got.Plan != "2027-05-06" || got.Legal != "" {
		t.Errorf("KF approves by %s, limit %q", got.Plan, got.Legal)
	}
	g.playTo("kf-ar/KF", StatusDecided)
	if d := g.step("kf-ar/KF"); d.Decision.Date != "2027-05-06" || len(d.Broken) != 0 {
		t.Errorf("KF approved on %s; broke %v", d.Decision.Date, d.Broken)
	}
	g.play(func() bool { return g.s.Done })
	if d := g.step("ansvarsfrihet/SN"); d.Decision.Date > d.Legal || len(d.Broken) != 0 {
		t.Errorf("ansvarsfrihet on %s, limit %s", d.Decision.Date, d.Legal)
	}
}
