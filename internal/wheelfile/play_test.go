package wheelfile_test

import (
	"fmt"
	"testing"

	"arshjul/domain"
	"arshjul/internal/wheelfile"
)

// game plays a wheel in memory: people do the next task that waits for them, and the clock moves when none does.
type game struct {
	t      testing.TB
	s      *domain.State
	n      int
	opened map[domain.StepID]domain.Date
	done   map[domain.StepID]domain.Date
}

// play launches an exercise of a year on 1 December two years before it, or on the day that is given, and plays it to
// its end.
func playExercise(t testing.TB, w *wheelfile.File, o *wheelfile.Organisation, year int, start domain.Date, with []string) *game {
	t.Helper()
	g := newGame(t, w, o, year, start, with)
	for !g.s.Done {
		if !g.work() {
			g.give(domain.Command{Kind: domain.CmdAdvance, Actor: g.launcher()})
		}
	}
	return g
}

func newGame(t testing.TB, w *wheelfile.File, o *wheelfile.Organisation, year int, start domain.Date, with []string) *game {
	t.Helper()
	kommun := w.Wheel.Kommun
	g := &game{t: t, s: domain.NewState(domain.ExerciseStream(kommun, year, 1)), opened: map[domain.StepID]domain.Date{}, done: map[domain.StepID]domain.Date{}}
	registry := domain.NewState(domain.RegistryStream(kommun))
	found := domain.Command{ID: "found", Kind: domain.CmdFound, Actor: o.Registry.Bindings[0].Person, Found: &o.Registry}
	events, err := domain.Decide(registry, found, start.Start())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(registry, e); err != nil {
			t.Fatal(err)
		}
	}
	g.s.Registry = registry.Registry // for launcher
	launcher := g.launcher()
	g.s.Registry = nil
	g.give(domain.Command{Kind: domain.CmdLaunch, Actor: launcher, Launch: &domain.Launch{Kommun: kommun, Year: year, Exercise: 1,
		Start: start, With: with, Wheel: w.Wheel, Registry: *registry.Registry}})
	return g
}

func (g *game) launcher() domain.PersonID {
	for _, b := range g.s.Registry.Bindings {
		if b.Role == domain.RoleLauncher {
			return b.Person
		}
	}
	g.t.Fatal("nobody may launch")
	return ""
}

func (g *game) give(c domain.Command) {
	g.t.Helper()
	g.n++
	c.ID = fmt.Sprint(g.n)
	events, err := domain.Decide(g.s, c, 0)
	if err != nil {
		g.t.Fatalf("%s %s: %v", c.Kind, c.Step, err)
	}
	if g.s.Size > 1<<19 {
		g.s.Measure() // as a workflow does when its next run begins
	}
	for _, e := range events {
		if err := domain.Apply(g.s, e); err != nil {
			g.t.Fatal(err)
		}
		if e.Kind == domain.EvOpened && g.opened[e.Step] == "" {
			g.opened[e.Step] = e.At.Date()
		}
		if st := g.s.Cycle.Step(e.Step); st != nil && g.done[e.Step] == "" && g.s.Finished(st) {
			g.done[e.Step] = e.At.Date()
		}
	}
	if g.s.Size > 1<<19 {
		g.s.Measure() // as a workflow does when its next run begins
	}
}

// work does what waits for people today, and tells whether anything did.
func (g *game) work() bool {
	today, worked := g.s.Cycle.Clock.Date(), false
	for _, task := range domain.Todo(g.s, today) {
		if task.Command != domain.CmdProceed {
			g.give(g.act(task, today))
			worked = true
		}
	}
	return worked
}

// act does a task as the first person who may, in the plainest way.
func (g *game) act(task domain.Task, today domain.Date) domain.Command {
	g.t.Helper()
	st := g.s.Cycle.Step(task.Step)
	def := g.s.Cycle.Wheel.Def(st.Def)
	note := domain.TextRef(domain.DigestOf([]byte("påhittat")))
	c := domain.Command{Kind: task.Command, Step: task.Step}
	for _, h := range g.s.Registry.Holders(task.Role, task.Unit, today) {
		if c.Actor == "" && h.Person != task.Barred {
			c.Actor = h.Person
		}
	}
	if c.Actor == "" {
		g.t.Fatalf("%s %s: nobody is %s in %s", task.Command, task.Step, task.Role, task.Unit)
	}
	if task.Command == domain.CmdSubmit || task.Command == domain.CmdHold {
		for _, f := range def.Fields {
			if f.Required && f.IsText() {
				c.Fields = append(c.Fields, domain.FieldValue{ID: f.ID, Value: note})
			}
		}
	}
	switch task.Command {
	case domain.CmdSubmit:
		c.Figures = domain.FillFigures(g.s, task.Step)
		for _, d := range def.Documents {
			if d.Required {
				c.Documents = append(c.Documents, domain.Document{Def: d.ID, SHA256: domain.DigestOf([]byte(string(st.ID) + d.ID)), Size: 1})
			}
		}
		c.Reference = "KS 1/2027"
	case domain.CmdReady, domain.CmdFinalise:
		c.Version = st.Submission.Hash
	case domain.CmdEstablish:
		c.Version, c.Paragraph = st.Submission.Hash, "1"
	case domain.CmdDecide:
		c.Version, c.Outcome, c.Dnr = st.Submission.Hash, domain.OutcomeApproved, "KS 1/2027"
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(g.s.Cycle.Paragraphs)+1)
		if def.Matter == domain.MatterDischarge {
			c.Record = &domain.Record{Discharge: domain.Granted}
		}
	case domain.CmdReport:
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(g.s.Cycle.Paragraphs)+1)
	case domain.CmdHandOver:
		c.To = g.s.Cycle.Wheel.Recipients(def)
	case domain.CmdHold:
		c.Text = note
	case domain.CmdReview:
		c.Text = note
		switch def.Matter {
		case domain.MatterAudit:
			c.Review = &domain.Review{Outcome: domain.AssessedConsistent, Rest: domain.StanceFor}
		case domain.MatterInterim:
			c.Review = &domain.Review{Outcome: domain.AssessedConsistent}
		}
	case domain.CmdPublish:
		c.Reference = "https://example.invalid/"
	case domain.CmdConfirmMeeting:
		return domain.Command{Kind: task.Command, Actor: c.Actor, NewMeeting: &domain.Meeting{ID: task.Meeting}}
	}
	return c
}

// optional lists the steps that a launch in the year may choose.
func optional(w *wheelfile.File, year int) []string {
	var ids []string
	for _, d := range w.Wheel.Steps {
		if d.Optional && d.Made(year) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}
