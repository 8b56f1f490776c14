package domain

import (
	"slices"
	"strings"
	"testing"
)

// A batch may say other figures than the version's, and another day than the meeting's first.
func TestABatchWithFiguresAndDay(t *testing.T) {
	g := budgeting(t, 2028)
	decidable(g)
	for i := range g.s.Registry.Meetings {
		if m := &g.s.Registry.Meetings[i]; m.ID == "KF-2027-06-20" {
			m.Last = "2027-06-21"
		}
	}
	part := Part{Kind: CmdDecide, Step: "kf/KF", Version: g.step("kf/KF").Submission.Hash, Outcome: OutcomeApproved, Paragraph: "90", Date: "2027-06-21", Text: text("KF ville det"),
		Figures: []Figure{{"ram", "SN", 101 * mnkr}, {"total", "", 301 * mnkr}}}
	batch := Command{Kind: CmdBatch, Actor: kfSekr, Meeting: "KF-2027-06-20", Parts: []Part{part}}
	g.s.Rules = 2
	g.refuses(CodeRulesOlder, batch)
	g.s.Rules = 3
	wrong := part
	wrong.Figures = part.Figures[:1]
	if says := g.refuses(CodeSum, Command{Kind: CmdBatch, Actor: kfSekr, Meeting: "KF-2027-06-20", Parts: []Part{wrong}}); !strings.HasPrefix(says, "Rad 1 (§ 90)") {
		t.Error(says)
	}
	g.must(batch)
	d := g.step("kf/KF").Decision
	if got, _ := figureOf(d.Figures, "ram", "SN"); d.Date != "2027-06-21" || got != 101*mnkr {
		t.Errorf("decided %s with %s", d.Date, got.Swedish())
	}
}

// The agenda of a meeting: what may be noted, by whom, and why not.
func TestAgenda(t *testing.T) {
	g := launched(t)
	at := func(m MeetingID, p PersonID) AgendaItem {
		t.Helper()
		all := Agenda(g.s, m, p, g.now.Date())
		i := slices.IndexFunc(all, func(a AgendaItem) bool { return a.Step == "forslag/SN" })
		if i < 0 {
			t.Fatalf("forslag/SN is not on the agenda of %s: %+v", m, all)
		}
		return all[i]
	}
	const march MeetingID = "SN-2027-03-20"
	if a := at(march, snSekr); a.Ready || !a.Planned || !strings.HasPrefix(a.Why, "Väntar på annat") {
		t.Errorf("before it is open: %+v", a)
	}
	readySN(g)
	if a := at(march, snSekr); a.Ready || !strings.Contains(a.Why, "har inte varit än") {
		t.Errorf("before the meeting: %+v", a)
	}
	g.until("2027-03-22")
	if a := at(march, snSekr); !a.Ready || a.Command != CmdDecide || a.Unit != "SN" {
		t.Errorf("after the meeting: %+v", a)
	}
	if a := at(march, sofPL); a.Ready || !strings.Contains(a.Why, "Du har inte rollen") {
		t.Errorf("for somebody else: %+v", a)
	}
	if all := Agenda(g.s, "finns-inte", snSekr, g.now.Date()); all != nil {
		t.Errorf("of no meeting: %+v", all)
	}
	if units := Registers(g.s, snSekr, g.now.Date()); !slices.Equal(units, []UnitID{"SN"}) {
		t.Errorf("snSekr writes down for %v", units)
	}
	if units := Registers(g.s, "p-okand", g.now.Date()); units != nil {
		t.Errorf("nobody writes down for %v", units)
	}
	c := decideSN(g)
	c.Outcome, c.Text = OutcomeTabled, ""
	g.must(c)
	if a := at(march, snSekr); a.Ready || !strings.HasPrefix(a.Why, "Bordlades vid det här") {
		t.Errorf("tabled there: %+v", a)
	}
}

// A step that only one person can take to its end is told before it comes to that: the second person is another.
func TestAlone(t *testing.T) {
	g := launched(t)
	if all := AloneIn(g.s, g.now.Date()); len(all) != 0 {
		t.Fatalf("with the town as it is: %+v", all)
	}
	r := g.s.Registry
	for i := range r.Bindings {
		if b := &r.Bindings[i]; b.Unit == "SOF" {
			b.Person = sofPL
		}
	}
	for _, a := range AloneIn(g.s, g.now.Date()) {
		if a.Step == "plan/SOF" && a.Person == sofPL && a.Command == CmdEstablish {
			return
		}
	}
	t.Errorf("one person holds every role of SOF: %+v", AloneIn(g.s, g.now.Date()))
}
