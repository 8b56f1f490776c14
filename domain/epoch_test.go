package domain

import "testing"

const rootOfNothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

var lastSigned = Epoch{Origin: "arshjul/9999", Size: 120, Root: rootOfNothing, From: 100}

func declaring(change func(*Epoch)) func(*game) Command {
	e := lastSigned
	change(&e)
	return is(Command{Kind: CmdDeclareEpoch, Actor: register, Epoch: &e, Text: text("databasen återlästes")})
}

func declared(g *game) { registry3(g); g.must(declaring(func(*Epoch) {})(g)) }

func confirming(by PersonID) func(*game) Command {
	return func(g *game) Command {
		return Command{Kind: CmdConfirmEpoch, Actor: by, Epoch: &Epoch{Number: g.s.Registry.Issued}}
	}
}

// An epoch of the log: two persons, the last checkpoint, and a range that can be.
var epochRefusals = []row{
	{CodeRulesOlder, "an epoch under older rules", inRegistry2, declaring(func(*Epoch) {}), "regelversion 2"},
	{CodeTextMissing, "an epoch without a reason", registry3, with(declaring(func(*Epoch) {}), func(c *Command) { c.Text = "" }), "text"},
	{CodeEpoch, "an epoch of another log", registry3, declaring(func(e *Epoch) { e.Origin = "arshjul/8888" }), "arshjul/9999"},
	{CodeEpoch, "an epoch of no log", registry3, declaring(func(e *Epoch) { e.Origin = "" }), "arshjul/9999"},
	{CodeEpoch, "an epoch after one that never was", registry3, declaring(func(e *Epoch) { e.Origin = "arshjul/9999#2" }), "epok 1"},
	{CodeEpoch, "an epoch without a root", registry3, declaring(func(e *Epoch) { e.Root = "abc" }), "abc"},
	{CodeEpoch, "an epoch of an empty checkpoint", registry3, declaring(func(e *Epoch) { e.Size, e.From = 0, 0 }), "poster"},
	{CodeEpoch, "lost what was never there", registry3, declaring(func(e *Epoch) { e.From = 121 }), "högst 120"},
	{CodeUnknownField, "an epoch that confirms itself", registry3, declaring(func(e *Epoch) { e.Confirmed = cykel }), "Ta bort"},
	{CodeRoleNotHeld, "an epoch declared by another", registry3, with(declaring(func(*Epoch) {}), func(c *Command) { c.Actor = cykel }), "registeransvarig"},
	{CodeSecondPerson, "confirmed by who declared it", declared, confirming(register), "själv"},
	{CodeEpoch, "confirmed what nobody declared", registry3, confirming(cykel), "nummer"},
	{CodeNothingChanged, "confirmed twice", func(g *game) { declared(g); g.must(confirming(cykel)(g)) }, confirming(cykel), "redan"},
}

func TestEpoch(t *testing.T) {
	g := launched(t)
	declared(g)
	if nr := g.s.Registry.EpochOf("9999"); nr != 1 {
		t.Errorf("one person alone made it epoch %d", nr)
	}
	g.must(confirming(cykel)(g))
	r := g.s.Registry
	if nr := r.EpochOf("9999"); nr != 2 {
		t.Errorf("two persons made it epoch %d, want 2", nr)
	}
	if nr := r.EpochOf("exercise/9999/2028/1"); nr != 1 {
		t.Errorf("an exercise that has its own log is in epoch %d", nr)
	}
	e := r.Epochs[0]
	if e.Log() != "9999" || e.Nr() != 2 || e.By != register || e.Confirmed != cykel || e.Size != 120 || e.From != 100 || e.Reason == "" {
		t.Errorf("%+v", e)
	}
	g.must(declaring(func(e *Epoch) { e.Origin = "arshjul/9999#2" })(g))
	g.must(confirming(cykel)(g))
	if nr := g.s.Registry.EpochOf("9999"); nr != 3 {
		t.Errorf("after two declarations: epoch %d, want 3", nr)
	}
}

func TestOrigin(t *testing.T) {
	for _, log := range []string{"1283", "exercise/1283/2028/1"} {
		for _, nr := range []int{1, 2, 17} {
			if l, n, ok := ParseOrigin(Origin(log, nr)); l != log || n != nr || !ok {
				t.Errorf("%s comes back as %s, %d", Origin(log, nr), l, n)
			}
		}
	}
	for _, bad := range []string{"", "1283", "arshjul/", "arshjul/#2", "arshjul/1283#1", "arshjul/1283#02", "arshjul/1283#", "arshjul/1283#2#3", "arshjul/a b", "arshjul/a+b", "arshjul/å"} {
		if l, n, ok := ParseOrigin(bad); ok {
			t.Errorf("%q is read as %s, %d", bad, l, n)
		}
	}
}
