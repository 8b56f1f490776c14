package domain

import (
	"slices"
	"testing"
)

const standIn = "p-ersattare"

// registry3 is the registry's own stream under rules that know deficits and stand-ins.
func registry3(g *game) { inRegistry(g); now3(g); g.now = at("2027-06-01") }

func excluding(x Exclusion) func(*game) Command {
	return is(Command{Kind: CmdExclude, Actor: register, Exclusion: &x})
}

func ruling(number uint64, r *Ruling) func(*game) Command {
	return is(Command{Kind: CmdRuleExclusion, Actor: register, Exclusion: &Exclusion{Number: number, Ruling: r}})
}

func noting(d Deficit) func(*game) Command {
	return is(Command{Kind: CmdNoteDeficit, Actor: register, Deficit: &d})
}

var minus = Deficit{Year: 2025, Step: "ar-ks/KS", Amount: 12_500_000_00, Dnr: "KS 1/2026"}

// following notes what KF decided about the deficit that the setup noted.
func following(a DeficitAct, reason string) func(*game) Command {
	return func(g *game) Command {
		c := Command{Kind: CmdFollowDeficit, Actor: register, Deficit: &Deficit{Acts: []DeficitAct{a}}}
		if n := len(g.s.Registry.Deficits); n > 0 {
			c.Deficit.Number = g.s.Registry.Deficits[n-1].Number
		}
		if reason != "" {
			c.Text = text(reason)
		}
		return c
	}
}

func act(kind DeficitKind, cycle int, amount int64) DeficitAct {
	return DeficitAct{Kind: kind, Cycle: cycle, Step: "kf/KF", Amount: amount, Date: "2027-05-20", Paragraph: "33"}
}

func noted(g *game) { registry3(g); g.must(noting(minus)(g)) }

func carrying(change func(*CarryOver)) func(*game) Command {
	c := CarryOver{Year: 2026, Step: "resultatoverforing/SN", Unit: "SN", Amount: -3_200_000_00, Date: "2027-04-20", Paragraph: "61"}
	change(&c)
	return is(Command{Kind: CmdCarryOver, Actor: register, CarryOver: &c})
}

// What outlives a cycle and who stands in, each with its §.
var registryRefusals = []row{
	{CodeDeficit, "11:12 a deficit of nothing", registry3, noting(Deficit{Year: 2025, Step: "ar-ks/KS", Dnr: "KS 1/2026"}), "större än noll"},
	{CodeUnknownStep, "a deficit of no step", registry3, noting(Deficit{Year: 2025, Step: "ar-ks", Amount: 1, Dnr: "KS 1/2026"}), "steget"},
	{CodeExists, "a year has one", noted, noting(minus), "2025"},
	{CodeDeficit, "11:12 regulated in its own year", noted, following(act(DeficitRegulated, 2025, 100), ""), "11:12"},
	{CodeDeficit, "11:12 more than there is", noted, following(act(DeficitRegulated, 2026, 12_500_000_01), ""), "12 500 000 kr"},
	{CodeTextMissing, "11:12 after the third year, and no reason", noted, following(act(DeficitRegulated, 2029, 100), ""), "2028"},
	{CodeTextMissing, "11:13 spared without synnerliga skäl", noted, following(act(DeficitSpared, 2028, 0), ""), "11:13"},
	{CodeBadCommand, "a decision that there is not", noted, following(act("uppskov", 2026, 0), ""), "synnerliga-skal"},
	{CodeBindingUnknown, "a deficit that nobody noted", registry3, following(act(DeficitPlan, 2026, 0), ""), "nummer 0"},
	{CodeNothingChanged, "regulated already", func(g *game) { noted(g); g.must(following(act(DeficitRegulated, 2026, minus.Amount), "")(g)) }, following(act(DeficitRegulated, 2027, 1), ""), "redan"},
	{CodeRulesOlder, "a deficit under older rules", inRegistry2, noting(minus), "regelversion 2"},
	{CodeUnitUnknown, "a bolag carries nothing over", registry3, carrying(func(c *CarryOver) { c.Unit = "HAMN" }), "nämnd"},
	{CodeDateFuture, "carried over tomorrow", registry3, carrying(func(c *CarryOver) { c.Date = "2027-12-24" }), "24 december 2027"},
	{CodeNothingChanged, "carried over twice", func(g *game) { registry3(g); g.must(carrying(func(*CarryOver) {})(g)) }, carrying(func(*CarryOver) {}), "redan"},

	{CodeRulesOlder, "a stand-in under older rules", inRegistry2, excluding(Exclusion{Person: sofPL, Unit: "SN", Replacement: standIn}), "regelversion 2"},
	{CodeBadCommand, "in one's own stead", registry3, excluding(Exclusion{Person: sofPL, Unit: "SN", Replacement: sofPL}), "sig själv"},
	{CodeExcluded, "the stand-in is jävig too", func(g *game) { registry3(g); g.must(excluding(Exclusion{Person: standIn, Unit: "SN"})(g)) }, excluding(Exclusion{Person: sofPL, Unit: "SN", Replacement: standIn}), "själv"},
	{CodeNothingChanged, "jäv with the same stand-in", func(g *game) {
		registry3(g)
		g.must(excluding(Exclusion{Person: sofPL, Unit: "SN", Replacement: standIn})(g))
	}, excluding(Exclusion{Person: sofPL, Unit: "SN", Replacement: standIn}), "redan"},
	{CodeBindingUnknown, "6:30 a ruling on no jäv", registry3, ruling(999, &Ruling{Date: "2027-05-20", Paragraph: "5", Unit: "SN"}), "999"},
	{CodeBadCommand, "6:30 a ruling without its §", jav, func(g *game) Command { return ruling(g.s.Registry.Issued, &Ruling{Date: "2027-05-20", Unit: "SN"})(g) }, "paragraf"},
	{CodeExcluded, "6:28, 7:4 jäv holds through delegation", func(g *game) { readySN3(g); g.exclude(Exclusion{Number: 900, Person: sofFC, Unit: "SN"}) },
		with(instead(MannerDelegated, 0), func(c *Command) { c.Record.By = sofFC }), "delegation"},
	{CodeExcluded, "jäv holds through a substitution", func(g *game) {
		now3(g)
		atForslag(g)
		pl := g.s.Registry.Bindings[slices.IndexFunc(g.s.Registry.Bindings, func(b Binding) bool { return b.Person == sofPL })]
		g.s.Registry.Substitutes = append(g.s.Registry.Substitutes, Substitute{Number: 800, Binding: pl.Number, Person: standIn, From: "2027-01-01", To: "2027-12-31"})
		g.exclude(Exclusion{Number: 900, Person: standIn, Unit: "SN"})
	}, with(submitSN, func(c *Command) { c.Actor = standIn }), "jävig"},
	{CodeRoleNotHeld, "who stands in has that step and no other", func(g *game) {
		now3(g)
		atForslag(g)
		g.exclude(Exclusion{Number: 900, Person: sofPL, Def: "forslag", Unit: "SN", Replacement: standIn})
	}, with(submitSN, func(c *Command) { c.Actor, c.Step = standIn, "forslag/AN" }), "rollen"},
}

func jav(g *game) {
	registry3(g)
	g.must(excluding(Exclusion{Person: sofPL, Unit: "SN", Year: 2028})(g))
}

// exclude has a cycle receive jäv from the registry.
func (g *game) exclude(x Exclusion) { g.receive(Event{Kind: EvExcluded, Exclusion: &x}) }

// receive has a cycle receive the next change of the registry.
func (g *game) receive(e Event) {
	g.t.Helper()
	e.V, e.Stream, e.Seq, e.At = EventVersion, RegistryStream("9999"), g.s.Registry.Number+1, g.now
	g.must(Command{Kind: CmdChanges, Changes: []Event{e}})
}

// E15: jäv of an official who leads a nämnd's work. The stand-in holds the right for exactly that, the evidence says so, and
// a nämnd that finds no jäv gives the right back.
func TestE15Jav(t *testing.T) {
	g := launched(t)
	now3(g)
	atForslag(g)
	g.exclude(Exclusion{Number: 900, Person: sofPL, Year: 2028, Def: "forslag", Unit: "SN", Reason: text("närstående"), Replacement: standIn})
	g.exclude(Exclusion{Number: 901, Person: "p-dubbel", Year: 2028, Unit: "SN"})
	if g.waits(sofPL, "forslag/SN", CmdSubmit) || g.waits("p-dubbel", "forslag/SN", CmdSubmit) {
		t.Error("who is jävig still has it in the inbox")
	}
	if !g.waits(standIn, "forslag/SN", CmdSubmit) || g.waits(standIn, "forslag/AN", CmdSubmit) || !g.waits(sofPL, "forslag/AN", CmdSubmit) {
		t.Error("the stand-in does not have exactly that")
	}
	if !slices.Contains(Allowed(g.s, standIn, "forslag/SN", g.now.Date()), CmdSubmit) {
		t.Error("the step does not offer it to the stand-in")
	}
	events := g.must(with(submitSN, func(c *Command) { c.Actor = standIn })(g))
	holder := g.s.Registry.binding(events[0].Evidence.Binding)
	if ev := events[0].Evidence; ev.Exclusion != 900 || holder == nil || holder.Person != sofPL {
		t.Errorf("evidence %+v", ev)
	}
	x := g.s.Registry.Exclusions[0]
	x.Ruling = &Ruling{Cleared: true, Date: "2027-03-01", Paragraph: "4", Unit: "SN"}
	g.receive(Event{Kind: EvExclusionRuled, Exclusion: &x})
	if _, err := g.try(with(submitSN, func(c *Command) { c.Actor, c.Documents = standIn, papers("SN2") })(g)); err == nil {
		t.Error("stands in for somebody who is not jävig")
	}
	g.must(with(submitSN, func(c *Command) { c.Documents = papers("SN3") })(g))
	if g.s.Registry.Exclusions[0].Reason != text("närstående") {
		t.Error("what was written about the jäv is gone")
	}
	if got := exclusionRuled(g.s, &Event{Exclusion: &x}, ""); got != "Socialnämnden beslutade den 1 mars 2027, § 4, att jäv föreligger inte." {
		t.Error(got)
	}
}

// E17: the majority shifts (KL 4:10, 6:21): roles are bound anew from a day. Steps that run go on; who signed stays in
// history, and so does the right by which it was done.
func TestE17MajorityShift(t *testing.T) {
	g := launched(t)
	now3(g)
	submittedSN(g)
	old := g.events[len(g.events)-1]
	sekr := g.s.Registry.Bindings[slices.IndexFunc(g.s.Registry.Bindings, func(b Binding) bool { return b.Person == snSekr })]
	ended := sekr
	ended.To = "2027-03-14"
	g.receive(Event{Kind: EvUnbound, Binding: &ended})
	g.receive(Event{Kind: EvBound, Binding: &Binding{Number: 910, Person: "p-ny", Role: "sekreterare", Unit: "SN", From: "2027-03-15"}})
	g.must(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash})
	g.until("2027-03-22")
	if g.waits(snSekr, "forslag/SN", CmdDecide) || !g.waits("p-ny", "forslag/SN", CmdDecide) {
		t.Error("the task did not go over with the role")
	}
	if _, err := g.try(decideSN(g)); err == nil {
		t.Error("who left still signs")
	}
	g.must(with(decideSN, func(c *Command) { c.Actor = "p-ny" })(g))
	if e := g.last(EvDecided); e.Actor != "p-ny" || e.Evidence.Binding != 910 {
		t.Errorf("by %s on %d", e.Actor, e.Evidence.Binding)
	}
	if at := slices.IndexFunc(g.events, func(e Event) bool { return e.Seq == old.Seq }); g.events[at].Actor != sofPL || g.step("forslag/SN").Submission.By != sofPL {
		t.Error("the old signer is gone from history")
	}
	if b := g.s.Registry.binding(sekr.Number); b == nil || b.Person != snSekr {
		t.Error("the old binding cannot be read")
	}
}

// E18: a förvaltningschef falls ill and then leaves. A substitute acts between two days, and a successor after that.
func TestE18PersonLeaves(t *testing.T) {
	g := launched(t)
	now3(g)
	submittedSN(g)
	bound := func(p PersonID) Binding {
		return g.s.Registry.Bindings[slices.IndexFunc(g.s.Registry.Bindings, func(b Binding) bool { return b.Person == p && b.Role == "forvaltningschef" })]
	}
	for _, p := range []PersonID{sofFC, "p-dubbel"} {
		b := bound(p)
		b.To = "2027-03-31"
		g.receive(Event{Kind: EvUnbound, Binding: &b})
	}
	g.receive(Event{Kind: EvSubstituted, Substitute: &Substitute{Number: 920, Binding: bound(sofFC).Number, Person: standIn, From: "2027-02-22", To: "2027-03-12"}})
	ready := Command{Kind: CmdReady, Actor: standIn, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash}
	g.until("2027-02-22")
	g.must(ready)
	if e := g.last(EvReady); e.Evidence.Substitute != 920 || e.Evidence.Binding != bound(sofFC).Number {
		t.Errorf("evidence %+v", e.Evidence)
	}
	g.must(Command{Kind: CmdTakeBack, Actor: standIn, Step: "forslag/SN", Text: text("en siffra var fel")})
	g.until("2027-03-13")
	if _, err := g.try(ready); err == nil {
		t.Error("the substitute's days are over")
	}
	g.until("2027-04-02")
	if !slices.ContainsFunc(Todo(g.s, g.now.Date()), func(x Task) bool { return x.Step == "forslag/SN" && len(Doers(g.s, x, g.now.Date())) == 0 }) {
		t.Error("nobody sees that nobody can do it")
	}
	g.receive(Event{Kind: EvBound, Binding: &Binding{Number: 930, Person: "p-ny", Role: "forvaltningschef", Unit: "SOF", From: "2027-04-02"}})
	ready.Actor = "p-ny"
	g.must(ready)
	g.wants("forslag/SN", StatusReady, 1)
}
