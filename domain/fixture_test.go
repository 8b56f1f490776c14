package domain

import (
	"fmt"
	"strings"
	"time"
)

// town is a small made-up municipality: KF, KS, two nämnder that share a förvaltning, one that does not, and a bolag.
func town() Registry {
	r := Registry{Kommun: "9999", City: "SLF", Units: []Unit{
		{ID: "KF", Kind: KindCouncil, Name: "Kommunfullmäktige", ServedBy: "SLF"},
		{ID: "KS", Kind: KindExecutive, Name: "Kommunstyrelsen", ServedBy: "SLF", Plans: true},
		{ID: "SN", Kind: KindBoard, Name: "Socialnämnden", ServedBy: "SOF"},
		{ID: "AN", Kind: KindBoard, Name: "Arbetsmarknadsnämnden", ServedBy: "SOF"},
		{ID: "SLF", Kind: KindAdministration, Name: "Stadsledningsförvaltningen"},
		{ID: "SOF", Kind: KindAdministration, Name: "Socialförvaltningen"},
		{ID: "HAMN", Kind: KindCompany, Name: "Hamnbolaget", ServedBy: "SLF"},
	}}
	bind := func(role RoleID, unit UnitID) {
		r.Issued++
		r.Bindings = append(r.Bindings, Binding{Number: r.Issued, Role: role, Unit: unit, From: "2026-01-01",
			Person: PersonID(strings.ToLower(fmt.Sprintf("p-%s-%s", unit, role)))})
	}
	for _, role := range []RoleID{RoleLauncher, RoleRegistrar, "stadens-processledare"} {
		bind(role, "SLF")
	}
	for _, unit := range []UnitID{"SLF", "SOF"} {
		bind("processledare", unit)
		bind("forvaltningschef", unit)
	}
	for _, unit := range []UnitID{"KF", "KS", "SN", "AN", "HAMN"} {
		bind("sekreterare", unit)
	}
	// Two people with more than one role, for whom the second-person rule is there.
	for _, b := range []Binding{{Person: "p-dubbel", Role: "processledare", Unit: "SOF"}, {Person: "p-dubbel", Role: "forvaltningschef", Unit: "SOF"},
		{Person: "p-trippel", Role: "processledare", Unit: "SOF"}, {Person: "p-trippel", Role: "sekreterare", Unit: "SN"}, {Person: "p-trippel", Role: "sekreterare", Unit: "AN"}} {
		r.Issued++
		b.Number, b.From = r.Issued, "2026-01-01"
		r.Bindings = append(r.Bindings, b)
	}
	for _, unit := range []UnitID{"KF", "KS", "SN", "AN"} {
		for month := time.January; month <= time.December; month++ {
			d := NewDate(2027, month, 20)
			r.Meetings = append(r.Meetings, Meeting{ID: MeetingID(string(unit) + "-" + string(d)), Unit: unit, Date: d, Status: MeetingConfirmed})
		}
	}
	return r
}

// tester is what *testing.T and *rapid.T share.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func rule(t tester, text string, stage Stage) Rule {
	t.Helper()
	r, err := ParseRule(text, stage)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// spine is a short wheel with fan-in, fan-out, each life, and a second stage.
func spine(t tester) Wheel {
	slots := Slots{Prepare: "processledare", Ready: "forvaltningschef", Decide: "forvaltningschef", Register: "sekreterare",
		Publish: "stadens-processledare", Escalate: "stadens-processledare"}
	city := slots
	city.Register = "stadens-processledare"
	doc := []DocumentDef{{ID: "forslag", Title: "Förslag", Required: true}, {ID: "bilaga", Title: "Bilaga"}}
	w := Wheel{Name: "liten", Version: 1, Kommun: "9999", City: "SLF", Roles: []RoleDef{
		{ID: "processledare", Title: "Processledare", Seat: SeatAdministration},
		{ID: "forvaltningschef", Title: "Förvaltningschef", Seat: SeatAdministration},
		{ID: "sekreterare", Title: "Nämndsekreterare", Seat: SeatBody},
		{ID: "stadens-processledare", Title: "Stadens processledare", Seat: SeatCity},
	}, Steps: []StepDef{
		{ID: "anvisningar", Title: "Planeringsanvisningar", Stage: StagePlanning, Act: ActDecision, Scope: ScopeCity, Body: "KS", Slots: slots, Plan: rule(t, "ks-möte februari", StagePlanning), Documents: doc},
		{ID: "forslag", Title: "Nämndens förslag", Stage: StagePlanning, Act: ActDecision, Scope: ScopeBoard, Slots: slots, Plan: rule(t, "senast 31 mars", StagePlanning), HandsOver: true,
			Needs: []Need{{Step: "anvisningar"}}, Documents: doc, Fields: []FieldDef{{ID: "inriktning", Title: "Inriktning", Required: true}, {ID: "mal", Title: "Mål"}}},
		{ID: "dialog", Title: "Dialog", Stage: StagePlanning, Act: ActDialog, Scope: ScopeCity, Body: "KS", Slots: city, Plan: rule(t, "senast 30 april", StagePlanning), Needs: []Need{{Step: "forslag"}}, Fields: []FieldDef{{ID: "klara", Title: "Antal klara", Required: true}}},
		{ID: "ks", Title: "KS förslag", Stage: StagePlanning, Act: ActDecision, Scope: ScopeCity, Body: "KS", Slots: slots, Plan: rule(t, "ks-möte maj", StagePlanning), Legal: "KL 11:8", Needs: []Need{{Step: "dialog"}}, Documents: doc},
		{ID: "webb", Title: "Förslaget på webbplatsen", Stage: StagePlanning, Act: ActPublication, Scope: ScopeCity, Body: "KS", Slots: city, Plan: rule(t, "7 dagar före kf", StagePlanning), Needs: []Need{{Step: "ks"}}},
		{ID: "kf", Title: "KF beslutar", Stage: StagePlanning, Act: ActDecision, Scope: ScopeCity, Body: "KF", Slots: slots, Plan: rule(t, "kf-möte juni", StagePlanning), Legal: "KL 11:10", ReturnsTo: "ks", Needs: []Need{{Step: "ks"}, {Step: "webb"}}, Documents: doc},
		{ID: "plan", Title: "Verksamhetsplan", Stage: StagePlanning, Act: ActEstablishment, Scope: ScopeAdministration, Slots: slots, Plan: rule(t, "senast 30 september", StagePlanning), Needs: []Need{{Step: "kf"}}, Documents: doc},
		{ID: "info", Title: "Information om verksamhetsplanen", Stage: StagePlanning, Act: ActInformation, Scope: ScopeBoard, Slots: slots, Plan: rule(t, "nämndmöte oktober", StagePlanning), Needs: []Need{{Step: "plan"}}},
		{ID: "affarsplan", Title: "Affärsplan", Stage: StagePlanning, Act: ActEstablishment, Scope: ScopeCompany, Slots: Slots{Prepare: "sekreterare", Ready: "stadens-processledare", Register: "stadens-processledare", Escalate: "stadens-processledare"},
			Plan: rule(t, "senast 31 december", StagePlanning), Needs: []Need{{Step: "kf"}}, Documents: doc},
		{ID: "analys", Title: "Analys", Stage: StageFollowUp, Act: ActWorkProduct, Scope: ScopeAdministration, Slots: slots, Opens: rule(t, "från 1 maj", StageFollowUp), Plan: rule(t, "senast 31 maj", StageFollowUp), Documents: doc},
		{ID: "prognos", Title: "Prognos", Stage: StageFollowUp, Act: ActHandIn, Scope: ScopeAdministration, Slots: slots, Opens: rule(t, "från 1 maj", StageFollowUp), Plan: rule(t, "senast 10 juni", StageFollowUp), Documents: doc},
		{ID: "granskning", Title: "Granskning", Stage: StageClosing, Act: ActReview, Scope: ScopeCity, Body: "SLF", Slots: slots, Opens: rule(t, "från 1 mars", StageClosing), Plan: rule(t, "senast 15 april", StageClosing)},
	}}
	return w
}

// game plays commands against a state, as a workflow would.
type game struct {
	t      tester
	s      *State
	now    Instant
	events []Event
	n      int
}

func at(d Date) Instant { return d.Start() + 10*60*60*1000 }

// firstRules is a stream under the first rules, when nobody had to order a launch.
func firstRules(stream string) *State {
	s := NewState(stream)
	s.Rules = 1
	return s
}

func launched(t tester) *game {
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2026-12-01")}
	g.must(Command{Kind: CmdLaunch, Actor: "p-slf-cykelansvarig", Launch: &Launch{Kommun: "9999", Year: 2028, Wheel: spine(t), Registry: town()}})
	return g
}

func (g *game) try(c Command) ([]Event, error) {
	if c.ID == "" {
		g.n++
		c.ID = fmt.Sprintf("c-%d", g.n)
	}
	events, err := Decide(g.s, c, g.now)
	g.apply(events)
	return events, err
}

func (g *game) apply(events []Event) {
	g.t.Helper()
	for _, e := range events {
		if err := Apply(g.s, e); err != nil {
			g.t.Fatal(err)
		}
	}
	g.events = append(g.events, events...)
}

func (g *game) must(c Command) []Event {
	g.t.Helper()
	events, err := g.try(c)
	if err != nil {
		g.t.Fatalf("%s %s: %v", c.Kind, c.Step, err)
	}
	return events
}

// until moves time to a day, ticking at every instant at which something falls due, as the workflow's timer would.
func (g *game) until(d Date) {
	g.t.Helper()
	for {
		due := NextDue(g.s, g.now)
		if due == 0 || due > at(d) {
			break
		}
		g.now = due
		g.apply(Tick(g.s, g.now))
	}
	g.now = max(g.now, at(d))
	g.apply(Tick(g.s, g.now))
}

func text(s string) TextRef { return TextRef(DigestOf([]byte(s))) }

func papers(s string) []Document {
	return []Document{{Def: "forslag", SHA256: DigestOf([]byte(s)), Size: int64(len(s))}}
}

func (g *game) step(id StepID) *Step {
	g.t.Helper()
	st := g.s.Cycle.Step(id)
	if st == nil {
		g.t.Fatalf("no step %q", id)
	}
	return st
}

// act does the next thing on a step in the plainest way, as the first person who may.
func (g *game) act(task Task) Command {
	st := g.step(task.Step)
	c := Command{Kind: task.Command, Step: task.Step}
	for _, h := range g.s.Registry.Holders(task.Role, task.Unit, g.s.Clock(g.now).Date()) {
		if h.Person != task.Barred && !g.s.KeptFrom(h.Person, st) {
			c.Actor = h.Person
			break
		}
	}
	switch task.Command {
	case CmdSubmit:
		c.Documents = papers(string(task.Step) + fmt.Sprint(st.Round))
		for _, f := range g.s.def(st).Fields {
			if f.Required && f.IsText() {
				c.Fields = append(c.Fields, FieldValue{ID: f.ID, Value: text(f.ID)})
			}
		}
		c.Figures = FillFigures(g.s, task.Step)
	case CmdReady, CmdFinalise, CmdEstablish:
		c.Version = st.Submission.Hash
		if g.s.life(st) == lifeCompany && task.Command == CmdEstablish {
			c.Paragraph = "3"
		}
	case CmdDecide, CmdReport:
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(g.s.Cycle.Paragraphs)+1)
		if task.Command == CmdDecide {
			c.Version, c.Outcome = st.Submission.Hash, OutcomeApproved
			if g.s.Rules >= 3 && g.s.def(st).Matter == MatterDischarge {
				c.Record, c.Text = &Record{Discharge: Granted, Remark: &Remark{}}, text("motivering")
			}
		}
	case CmdHandOver:
		c.To = []UnitID{"KS"}
	case CmdHold:
		c.Text, c.Fields = text("anteckningar"), []FieldValue{{ID: "klara", Value: text("3")}}
	case CmdReview:
		c.Text, c.Review = text("anteckningar"), g.s.plainReview(g.s.def(st))
	case CmdProceed, CmdExplain:
		c.Text = text("anteckningar")
	case CmdPublish:
		c.Reference = "https://example.invalid/forslag"
	case CmdConfirmMeeting:
		c = Command{Kind: CmdConfirmMeeting, Actor: c.Actor, NewMeeting: &Meeting{ID: task.Meeting}}
	}
	return c
}

// playTo does everything people can do, and lets time pass when they can do nothing more, until a step has a status.
func (g *game) playTo(id StepID, status Status) {
	g.t.Helper()
	g.play(func() bool { return g.step(id).Status == status })
}

func (g *game) play(done func() bool) {
	g.t.Helper()
	for range 10_000 {
		if done() {
			return
		}
		var next *Task
		for _, t := range Todo(g.s, g.s.Clock(g.now).Date()) {
			if t.Command != CmdProceed {
				next = &t
				break
			}
		}
		if next != nil {
			g.must(g.act(*next))
			continue
		}
		due := NextDue(g.s, g.now)
		if due == 0 {
			g.t.Fatalf("stuck on %s", g.s.Clock(g.now).Date())
		}
		g.now = due
		g.apply(Tick(g.s, g.now))
	}
	g.t.Fatal("never done")
}
