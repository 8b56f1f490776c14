package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Random people give random commands, mostly sensible ones, while time passes. Whatever they do, this holds.
func TestWhateverPeopleDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := launchedRapid(t)
		start := uint64(rapid.SampledFrom([]int{0, 8, 20, 35, 50, 60}).Draw(t, "start"))
		g.play(func() bool { return g.s.Seq >= start })
		for range rapid.IntRange(1, 120).Draw(t, "commands") {
			if g.s.Done {
				break
			}
			if rapid.IntRange(0, 5).Draw(t, "time") == 0 {
				g.now += Instant(rapid.IntRange(1, 40*24).Draw(t, "hours")) * 3_600_000
				ticked := Tick(g.s, g.now)
				checkEvents(t, g.s, ticked, Command{})
				g.apply(ticked)
				if due := NextDue(g.s, g.now); due != 0 && due <= g.now {
					t.Fatalf("after Tick at %s the next thing is due %s", g.now, due)
				}
				continue
			}
			before := g.s.clone()
			c := randomCommand(t, g)
			events, err := Decide(g.s, c, g.now)
			if !bytes.Equal(Canonical(before), Canonical(g.s)) {
				t.Fatal("Decide changed the state")
			}
			if err == nil {
				checkEvents(t, g.s, events, c)
			}
			g.apply(events)
			again, err2 := Decide(g.s, c, g.now)
			if err == nil && len(events) > 0 && (len(again) != 0 || err2 != nil) {
				t.Fatalf("%s repeated: %d events, %v", c.Kind, len(again), err2)
			}
		}
		folded, err := Fold(g.s.Stream, g.events)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(Canonical(folded), Canonical(g.s)) {
			t.Fatal("folding the journal gives another state")
		}
		g.s.Measure()
		if g.s.Size > maxState/4 {
			t.Fatalf("the state of a small cycle has grown to %d bytes", g.s.Size)
		}
	})
}

func launchedRapid(t *rapid.T) *game {
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2026-12-01")}
	w := spine(t)
	if rapid.Bool().Draw(t, "budget") {
		w = budgetWheel(t)
	}
	for _, rung := range []string{"10 dagar före", "2 dagar före", "samma dag", "3 dagar efter", "eskalera 5 dagar efter"} {
		r, err := ParseRung(rung)
		if err != nil {
			t.Fatal(err)
		}
		w.Ladder = append(w.Ladder, r)
	}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2028, Wheel: w, Registry: town()}})
	if v := rapid.IntRange(1, CurrentRules).Draw(t, "rules"); v > 1 {
		g.apply([]Event{AdoptRules(g.s, v)})
	}
	return g
}

func randomCommand(t *rapid.T, g *game) Command {
	tasks := Todo(g.s, g.now.Date())
	var c Command
	if len(tasks) > 0 && rapid.IntRange(0, 9).Draw(t, "sensible") != 1 {
		task := rapid.SampledFrom(tasks).Draw(t, "task")
		c = g.act(task)
		// Whoever holds the role, the barred among them: Decide must see to that.
		c.Actor = rapid.SampledFrom(g.s.Registry.Holders(task.Role, task.Unit, g.now.Date())).Draw(t, "holder").Person
		if c.Kind == CmdProceed {
			_, missing := g.s.Gate(c.Step)
			c.Need = rapid.SampledFrom(missing).Draw(t, "need").Step
		}
		if c.Kind == CmdDecide {
			c.Outcome = rapid.SampledFrom([]Outcome{OutcomeApproved, OutcomeApproved, OutcomeRejected, OutcomeReturned, OutcomeTabled, OutcomePartly, OutcomeNoQuorum}).Draw(t, "outcome")
			c.Text = text("motivering")
			c.Record = randomRecord(t)
			if c.Outcome == OutcomeApproved && g.s.Rules >= 3 && c.Step == "kf/KF" && rapid.Bool().Draw(t, "other figures") {
				more := Money(rapid.IntRange(-2, 2).Draw(t, "more"))
				c.Figures = []Figure{{"ram", "SN", rehearsedFrame + more}, {"total", "", 3*rehearsedFrame + more}}
			}
		}
		if c.Kind == CmdDecide && rapid.IntRange(0, 4).Draw(t, "instead") == 0 {
			c = Command{Kind: CmdInstead, Actor: c.Actor, Step: c.Step, Version: c.Version, Reference: "delegationsordning", Text: text("skäl"),
				Record: &Record{Manner: rapid.SampledFrom([]Manner{MannerChair, MannerDelegated}).Draw(t, "manner")}}
		}
		if c.Kind == CmdSubmit && len(c.Figures) > 0 && rapid.IntRange(0, 3).Draw(t, "wrong figure") == 0 {
			c.Figures[0].Amount += Money(rapid.IntRange(-1, 1).Draw(t, "wrong by"))
		}
		if c.Kind == CmdSubmit && g.s.Rules >= 3 && rapid.IntRange(0, 9).Draw(t, "reply") > 0 {
			c.Text = text("svar")
		}
	} else {
		row := rapid.SampledFrom(CommandTable).Draw(t, "kind")
		st := rapid.SampledFrom(g.s.Cycle.Steps).Draw(t, "step")
		c = Command{Kind: row.Kind, Actor: rapid.SampledFrom(g.s.Registry.Bindings).Draw(t, "anybody").Person}
		must, _ := row.Members()
		for _, m := range must {
			switch m {
			case "step":
				c.Step = st.ID
			case "text":
				c.Text = text("skäl")
			case "date":
				c.Date = g.now.Date().Add(rapid.IntRange(-10, 90).Draw(t, "days"))
			case "entry":
				c.Entry = 1
			case "version":
				if st.Submission != nil {
					c.Version = st.Submission.Hash
				}
			}
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "somebody") == 0 {
		c.Actor = rapid.SampledFrom([]PersonID{"p-dubbel", "p-trippel", sofPL, stadens, snSekr, cykel}).Draw(t, "actor")
	}
	g.n++
	c.ID = fmt.Sprintf("c-%d", g.n)
	return c
}

// checkEvents judges what was accepted, by looking at the state before it and at nothing that Decide looked at.
func checkEvents(t *rapid.T, s *State, events []Event, c Command) {
	today := s.Now.Date()
	if len(events) > 0 {
		today = events[0].At.Date()
	}
	for _, e := range events {
		if e.Kind == EvReminded && today.Closed(false) {
			t.Fatalf("%s reminded on %s, when the offices are closed", e.Step, today)
		}
		if e.Actor == "" || e.Step == "" || e.Evidence == nil {
			continue
		}
		st := s.Cycle.Step(e.Step)
		if e.Kind == EvDecided || e.Kind == EvEstablished || e.Kind == EvSubmitted {
			for _, n := range st.Needs {
				needed := s.Cycle.Step(n.Step)
				if n.Waived == 0 && needed.Status != StatusVoid && needed.Reached(n.At) == 0 {
					t.Fatalf("%s of %s although %s is not %s", e.Kind, e.Step, n.Step, n.At)
				}
			}
			if len(e.Evidence.Conditions) != len(st.Needs) {
				t.Fatalf("%s of %s: %d conditions of %d in evidence", e.Kind, e.Step, len(e.Evidence.Conditions), len(st.Needs))
			}
		}
		if e.Kind == EvEstablished && st.Submission.By == e.Actor {
			t.Fatalf("%s established by who submitted it", e.Step)
		}
		if e.Kind == EvDecided && st.Submission.By == e.Actor && e.Exception == "" {
			t.Fatalf("%s: the exception is not marked", e.Step)
		}
		if r := e.Record; r != nil && r.Class == ClassMinority && (s.Registry.Unit(s.actor(st)).Kind != KindCouncil || 3*r.Votes.For < r.Votes.Present || st.Minority != 0) {
			t.Fatalf("%s: a minority of %d of %d in %s, after entry %d", e.Step, r.Votes.For, r.Votes.Present, s.actor(st), st.Minority)
		}
		if def := s.def(st); def.ID == "kf" && (e.Kind == EvSubmitted || e.Kind == EvDecided) && len(e.Figures) > 0 {
			var sum, total Money
			for _, f := range e.Figures {
				if f.ID == "ram" {
					sum += f.Amount
				} else {
					total = f.Amount
				}
			}
			if sum != total {
				t.Fatalf("KF's frames are %d and its total %d", sum, total)
			}
		}
		if e.Kind == EvReady && e.Text == "" && len(e.Differences) > 0 {
			t.Fatalf("%s goes on with other figures than the nämnder's, and nobody said why", e.Step)
		}
		if e.Kind == EvAdjusted && st.Decision.Exception && st.Decision.By == e.Actor {
			t.Fatalf("%s: justering confirmed by the same person", e.Step)
		}
		b := s.Registry.binding(e.Evidence.Binding)
		if b == nil || b.Person != e.Actor || today < b.From || b.To != "" && today > b.To {
			t.Fatalf("%s of %s: the binding in evidence is not the actor's that day", e.Kind, e.Step)
		}
	}
}

// What Canonical writes, encoding/json reads back into the same event.
func TestCanonicalReadsBack(t *testing.T) {
	g := launched(t)
	g.play(func() bool { return g.s.Done })
	for _, e := range g.events {
		var back Event
		if err := json.Unmarshal(e.Encode(), &back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), e.Encode()) {
			t.Errorf("event %d reads back as something else", e.Seq)
		}
	}
	var back State
	if err := json.Unmarshal(Canonical(g.s), &back); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(Canonical(&back), Canonical(g.s)) {
		t.Error("the state reads back as something else")
	}
}

func FuzzCanonicalText(f *testing.F) {
	for _, s := range []string{"", "åäö", "\"\\\b\f\n\r\t", "\x00\x1f\x7f", "😀", "</script>\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := Event{Dnr: s}
		var back Event
		if err := json.Unmarshal(e.Encode(), &back); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd"))) == s && back.Dnr != s {
			t.Fatalf("%q reads back as %q", s, back.Dnr)
		}
	})
}

// randomRecord is what a protocol might say: now and then nothing, or what cannot be.
func randomRecord(t *rapid.T) *Record {
	if rapid.Bool().Draw(t, "no record") {
		return nil
	}
	r := &Record{Class: rapid.SampledFrom([]Class{"", ClassMajority, ClassMinority}).Draw(t, "class"), ClassReason: text("skäl")}
	if rapid.Bool().Draw(t, "votes") {
		v := Votes{For: rapid.IntRange(0, 40).Draw(t, "for"), Against: rapid.IntRange(0, 40).Draw(t, "against"), Abstained: rapid.IntRange(0, 3).Draw(t, "abstained")}
		v.Present = v.For + v.Against + v.Abstained
		r.Votes = &v
	}
	for _, no := range []string{"1", "2", "3"} {
		if rapid.Bool().Draw(t, "item "+no) {
			r.Items = append(r.Items, Item{No: no, Outcome: rapid.SampledFrom([]Outcome{OutcomeApproved, OutcomeRejected, OutcomeReturned, OutcomeTabled}).Draw(t, "of item")})
		}
	}
	return r
}
