package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// shown is the rows of the read model that belong to one stream.
type shown struct {
	cycles      []Cycle
	steps       []Step
	tasks       []Task
	units       []Unit
	bindings    []Binding
	substitutes []Substitute
	exclusions  []Exclusion
	meetings    []Meeting
}

// show computes the read model of a stream. It depends on the state alone: what a day brings, such as a meeting's, comes
// into the state as an event. wheel is the hash of the cycle's wheel, which costs more than all the rest.
func show(s *domain.State, begun domain.Instant, wheel domain.Digest) *shown {
	v := &shown{}
	if c := s.Cycle; c != nil {
		today := s.Now.Date()
		row := Cycle{Stream: s.Stream, Kommun: c.Kommun, Year: c.Year, Exercise: c.Exercise, Source: s.Stream,
			WheelName: c.Wheel.Name, WheelVersion: c.Wheel.Version, WheelHash: wheel, Status: CycleOpen, Stage: s.Stage(),
			Seq: s.Seq, Head: s.Head, Registry: s.Registry.Number, NextDue: domain.NextDue(s, s.Now), LaunchedAt: begun}
		if c.Exercise > 0 {
			row.Clock, row.ClockDay = c.Clock, c.Clock.Date()
			today = row.ClockDay
		} else {
			row.Source = domain.RegistryStream(c.Kommun)
		}
		switch {
		case c.Cancelled:
			row.Status = CycleCancelled
		case s.Done:
			row.Status = CycleCompleted
		}
		v.showSteps(s, &row)
		v.cycles = []Cycle{row}
		for _, t := range domain.Todo(s, today) {
			v.tasks = append(v.tasks, Task{s.Stream, t.Step, t.Command, t.Role, t.Unit, t.Barred, t.Meeting, t.Due, t.Late, t.Since})
		}
		if c.Exercise == 0 {
			return v // its copy of the registry is the registry's to show
		}
	}
	v.showRegistry(s.Stream, s.Registry)
	return v
}

// wheelOf is the hash of a cycle's wheel, or "".
func wheelOf(s *domain.State) domain.Digest {
	if s.Cycle == nil {
		return ""
	}
	return s.Cycle.Wheel.Hash()
}

func (v *shown) showSteps(s *domain.State, cycle *Cycle) {
	c := s.Cycle
	v.steps = make([]Step, 0, len(c.Steps))
	for i := range c.Steps {
		st := &c.Steps[i]
		def := c.Wheel.Def(st.Def)
		row := Step{Stream: s.Stream, ID: st.ID, Place: i, Def: st.Def, Title: def.Title, Unit: st.Unit, UnitName: string(st.Unit),
			Stage: def.Stage, Act: def.Act, Status: st.Status, Round: st.Round, Opens: st.Opens, Plan: st.Plan,
			PlanRule: def.Plan.Text, Extended: st.Extended, Legal: st.Legal, Meeting: st.Held, Late: st.Late, Done: s.Finished(st)}
		if st.Election || st.Apart { // rows of older releases have the first time's rule for every time
			row.PlanRule = def.RuleText(st)
		}
		if u := s.Registry.Unit(st.Unit); u != nil {
			row.UnitName = u.Name
		}
		if st.Submission != nil {
			row.Version, row.VersionNo = st.Submission.Hash, st.Submission.No
		}
		v.steps = append(v.steps, row)
		cycle.StepsTotal++
		if row.Done {
			cycle.StepsDone++
		} else if row.Late {
			cycle.StepsLate++
		}
	}
}

func (v *shown) showRegistry(source string, r *domain.Registry) {
	for i, u := range r.Units {
		v.units = append(v.units, Unit{source, u.ID, i, u.Kind, u.Name, u.ServedBy, u.Plans, u.Note, u.From, u.To})
	}
	for _, b := range r.Bindings {
		v.bindings = append(v.bindings, Binding{source, b.Number, b.Person, b.Name, b.Role, b.Unit, b.From, b.To})
	}
	for _, s := range r.Substitutes {
		v.substitutes = append(v.substitutes, Substitute{source, s.Number, s.Binding, s.Person, s.From, s.To})
	}
	for i, x := range r.Exclusions {
		if x.Ruling != nil && x.Ruling.Cleared {
			continue
		}
		v.exclusions = append(v.exclusions, Exclusion{source, x.Number, x.Person, x.Year, x.Def, x.Unit, x.Reason, r.StandIn(i)})
	}
	for _, m := range r.Meetings {
		v.meetings = append(v.meetings, Meeting{source, m.ID, m.Unit, m.Date, m.Status})
	}
}

// readShown reads the rows that a stream has now.
func readShown(ctx context.Context, db querier, stream string) (*shown, error) {
	v := &shown{}
	for _, t := range readModel {
		if err := t.load(ctx, db, stream, v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// allow takes what an older release did not write as it should be: rows that were shown before a column was there stay as
// they are until their stream goes on.
func (v *shown) allow(want *shown) {
	for i := range v.tasks {
		if has := &v.tasks[i]; has.Since == "" {
			for _, t := range want.tasks {
				if tasks.key(t) == tasks.key(*has) {
					has.Since = t.Since
				}
			}
		}
	}
}

// replacing is what writes the difference between two read models of a stream, and how many rows differ.
func replacing(old, new *shown) (batch *pgx.Batch, rows int) {
	batch = &pgx.Batch{}
	for _, t := range readModel {
		rows += t.sync(batch, old, new)
	}
	return batch, rows
}
