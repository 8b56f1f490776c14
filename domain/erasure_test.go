package domain

import (
	"slices"
	"testing"
)

func erasing(change func(*Erasure)) func(*game) Command {
	e := Erasure{Person: "p-slutat", Texts: []TextRef{text("en kommentar")}, Dnr: "KS 12/2027", Date: "2027-05-20"}
	change(&e)
	return is(Command{Kind: CmdErase, Actor: register, Erasure: &e})
}

func confirmingErasure(by PersonID, change func(*Erasure)) func(*game) Command {
	return func(g *game) Command {
		e := Erasure{Number: g.s.Registry.Issued}
		change(&e)
		return Command{Kind: CmdConfirmErase, Actor: by, Erasure: &e}
	}
}

func same(*Erasure) {}

// leaving binds somebody under two names and lets the role end.
func leaving(g *game) {
	registry3(g)
	for _, b := range []Binding{{Name: text("Namn"), From: "2026-01-01", To: "2026-12-31"}, {Name: text("Nytt Namn"), From: "2027-01-01", To: "2027-05-31"}} {
		b.Person, b.Role, b.Unit = "p-slutat", "processledare", "SOF"
		g.must(Command{Kind: CmdBind, Actor: register, Binding: &b})
	}
}

func orderedErasure(g *game) { leaving(g); g.must(erasing(same)(g)) }

var erasureRefusals = []row{
	{CodeRulesOlder, "erasing under older rules", inRegistry2, erasing(same), "regelversion 2"},
	{CodeRoleNotHeld, "erasing without the role", registry3, with(erasing(same), func(c *Command) { c.Actor = sofPL }), "registeransvarig"},
	{CodeBadCommand, "erasing without a decision", registry3, erasing(func(e *Erasure) { e.Dnr = "" }), "diarienummer"},
	{CodeDateFuture, "a decision to come", registry3, erasing(func(e *Erasure) { e.Date = "2027-12-24" }), "24 december"},
	{CodeBadCommand, "erasing nothing", registry3, erasing(func(e *Erasure) { e.Person, e.Texts = "", nil }), "vad som ska gallras"},
	{CodeBadCommand, "a text instead of its commitment", registry3, erasing(func(e *Erasure) { e.Texts[0] = "Kalle" }), "kontrollsumman"},
	{CodeUnknownField, "confirmed by oneself at once", registry3, erasing(func(e *Erasure) { e.Confirmed = cykel }), "nummer"},
	{CodeStillHolds, "who still holds a role", registry3, erasing(func(e *Erasure) { e.Person = sofPL }), "roll"},
	{CodeStillHolds, "who was given a role meanwhile", func(g *game) {
		orderedErasure(g)
		b := Binding{Person: "p-slutat", Role: "processledare", Unit: "SOF", From: "2027-09-01"}
		g.must(Command{Kind: CmdBind, Actor: register, Binding: &b})
	}, confirmingErasure(cykel, func(e *Erasure) { e.Number-- }), "roll"},
	{CodeSecondPerson, "confirming one's own erasure", orderedErasure, confirmingErasure(register, same), "själv"},
	{CodeRoleNotHeld, "confirming without a role", orderedErasure, confirmingErasure(sofPL, same), "cykelansvarig"},
	{CodeErasureUnknown, "confirming what nobody ordered", orderedErasure, confirmingErasure(cykel, func(e *Erasure) { e.Number += 7 }), "väntar"},
	{CodeErasureUnknown, "confirming twice", func(g *game) { orderedErasure(g); g.must(confirmingErasure(cykel, same)(g)) }, confirmingErasure(cykel, same), "väntar"},
}

// A confirmed erasure names all it covers, every name of the person among it, and waits for nobody any more. Cycles that
// receive it keep nothing of it.
func TestErasure(t *testing.T) {
	g := launched(t)
	orderedErasure(g)
	if n := len(g.s.Registry.Erasures); n != 1 {
		t.Fatalf("%d erasures wait", n)
	}
	ordered := g.events[len(g.events)-1]
	g.must(confirmingErasure(cykel, same)(g))
	e := g.events[len(g.events)-1]
	want := []TextRef{text("en kommentar"), text("Namn"), text("Nytt Namn")}
	if e.Kind != EvErased || !slices.Equal(e.Erasure.Texts, want) || e.Erasure.By != register || e.Erasure.Confirmed != cykel || len(g.s.Registry.Erasures) != 0 {
		t.Errorf("%+v, and %d wait", e.Erasure, len(g.s.Registry.Erasures))
	}
	if !e.Erasure.CoversText(text("Namn")) || e.Erasure.CoversText(text("en annan")) || (*Erasure)(nil).CoversText(text("Namn")) || e.Erasure.CoversFile(DigestOf(nil)) {
		t.Error("it covers what it should not, or the other way round")
	}
	for event, says := range map[*Event]string{
		&ordered: "Gallring av 1 text och en persons namn, adresser och inloggningar skrevs in (beslut dnr KS 12/2027). En andra person behöver bekräfta den.",
		&e:       "Gallrat: 3 texter och en persons namn, adresser och inloggningar (beslut dnr KS 12/2027 den 20 maj 2027).",
	} {
		if got := Sentence(g.s, event); got != says {
			t.Error(got)
		}
	}
	c := launched(t)
	c.receive(Event{Kind: EvErasureOrdered, Erasure: ordered.Erasure})
	c.receive(Event{Kind: EvErased, Erasure: e.Erasure})
	if len(c.s.Registry.Erasures) != 0 {
		t.Errorf("the cycle keeps %+v", c.s.Registry.Erasures)
	}
}
