package domain

import (
	"slices"
	"testing"
)

// A cycle in which much went wrong: a late nämnd that KS goes on without, a step that falls, the registrar who had submitted,
// a limit of the law that passed. The report names each with its entry, and the entry that ends the cycle has its hash.
func TestCompleteness(t *testing.T) {
	g := launched(t)
	now3(g)
	atForslag(g)
	g.must(with(submitSN, func(c *Command) { c.Actor = "p-trippel" })(g))
	g.must(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash})
	g.until("2027-03-22")
	decision := g.must(with(decideSN, func(c *Command) { c.Actor = "p-trippel" })(g))[0].Seq
	g.must(Command{Kind: CmdVoid, Actor: stadens, Step: "affarsplan/HAMN", Text: text("bolaget avvecklas")})
	g.until("2027-04-05")
	g.must(Command{Kind: CmdProceed, Actor: stadens, Step: "dialog/KS", Need: "forslag/AN", Text: text("de kommer i maj")})
	waived := g.last(EvWaived).Seq
	c := CompletenessOf(g.s)
	if c.Steps != len(g.s.Cycle.Steps) || c.Done != c.Steps-len(c.Unready) || c.Seq != g.s.Seq {
		t.Errorf("%d steps, %d done, %d not", c.Steps, c.Done, len(c.Unready))
	}
	if !slices.Equal(c.Fallen, []FallenStep{{"affarsplan/HAMN", g.last(EvVoided).Seq}}) {
		t.Errorf("fallen %v", c.Fallen)
	}
	if !slices.Equal(c.Waived, []WaivedNeed{{Step: "dialog/KS", Need: "forslag/AN", Seq: waived}}) {
		t.Errorf("waived %v", c.Waived)
	}
	if !slices.Equal(c.Exceptions, []FallenStep{{"forslag/SN", decision}}) {
		t.Errorf("exceptions %v", c.Exceptions)
	}
	if !slices.Contains(c.Missing, MissingPart{"forslag/SN", MissingAdjusting}) || !slices.Contains(c.Missing, MissingPart{"forslag/SN", MissingHandOver}) {
		t.Errorf("missing %v", c.Missing)
	}
	if !slices.ContainsFunc(c.Unready, func(l LeftStep) bool { return l.Step == "forslag/AN" && l.Ready == 0 && l.Status == StatusOpen }) || !slices.Contains(c.Late, "forslag/AN") {
		t.Errorf("unready %v, late %v", c.Unready, c.Late)
	}
	g.play(func() bool { return g.s.Done })
	last := g.events[len(g.events)-1]
	before, err := Fold(g.s.Stream, g.events[:len(g.events)-1])
	if err != nil {
		t.Fatal(err)
	}
	c = CompletenessOf(before)
	if last.Kind != EvCompleted || last.Report != c.Hash() || last.Report == "" {
		t.Errorf("the end carries %q, and the report of what was before it is %q", last.Report, c.Hash())
	}
	if len(c.Unready) != 0 || c.Done != c.Steps || len(c.Waived) != 1 || c.Waived[0].Came == 0 {
		t.Errorf("at the end: %+v", c)
	}
	if after := CompletenessOf(g.s); after.Hash() == c.Hash() {
		t.Error("the report says nothing of which entries it rests on")
	}
}

// A cycle that was called off names what it left.
func TestCompletenessOfACancelledCycle(t *testing.T) {
	g := launched(t)
	now3(g)
	g.must(Command{Kind: CmdCancel, Actor: cykel, Text: text("ny organisation")})
	if e := g.last(EvCancelled); e.Report == "" || len(CompletenessOf(g.s).Unready) != len(g.s.Cycle.Steps) {
		t.Errorf("%+v", e)
	}
	old := launched(t)
	old.must(Command{Kind: CmdCancel, Actor: cykel, Text: text("ny organisation")})
	if e := old.last(EvCancelled); e.Report != "" {
		t.Error("older rules have another event than they had")
	}
}
