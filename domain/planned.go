package domain

import "fmt"

// planned judges the figures, inriktning and mål that a version carries, and puts them in the event with what the version
// rests on.
func (j *judge) planned(st *Step, def *StepDef, e *Event) (err error) {
	if j.s.Rules < 3 {
		return nil // the row of the command has refused them
	}
	if e.Figures, err = j.checkFigures(st, j.c.Figures, true); err != nil {
		return err
	}
	if e.Aims, err = j.checkAims(st, j.c.Aims); err != nil {
		return err
	}
	if err := j.checkSums(st, e.Figures); err != nil {
		return err
	}
	e.Basis = j.s.bases(st)
	if def.Stage == StagePlanning && def.Act == ActDecision && def.Scope == ScopeCity {
		return nil // what leads to KF's decision is not measured against it
	}
	if e.Measured, _ = j.s.measured(j.today); e.Measured > 0 {
		for _, u := range j.s.boards(st) {
			e.Preliminary = e.Preliminary || j.s.preliminary(u, j.today)
		}
	}
	return nil
}

// stillHolds judges, when a version is marked klar för beslut, that its figures are right today, and that who marks it has
// answered for what is not the nämnders.
func (j *judge) stillHolds(st *Step, e *Event) error {
	if j.s.Rules < 3 {
		return nil
	}
	if err := j.checkSums(st, st.Submission.Figures); err != nil {
		return err
	}
	if err := j.checkDirections(st, st.Submission.Aims); err != nil {
		return err
	}
	return j.acknowledge(st, st.Submission.Figures, e)
}

// decidedFigures judges the figures that a body decided: the version's, with those that it decided otherwise.
func (j *judge) decidedFigures(st *Step, e *Event) error {
	if j.s.Rules < 3 {
		return nil
	}
	figures := st.Submission.Figures
	if len(j.c.Figures) > 0 {
		other, err := j.checkFigures(st, j.c.Figures, false)
		if err != nil {
			return err
		}
		for _, f := range other {
			figures = with1(figures, f)
		}
		if e.Figures, err = j.checkFigures(st, figures, true); err != nil {
			return err
		}
	}
	if err := j.checkSums(st, figures); err != nil {
		return err
	}
	return j.acknowledge(st, figures, e)
}

// submissionOf is the version that an event hands in. The inriktning that a nämnd writes as a text is one of its mål.
func submissionOf(def *StepDef, unit UnitID, e *Event) *Submission {
	v := &Submission{No: e.VersionNo, Hash: e.Version, By: e.Actor, Seq: e.Seq, Figures: e.Figures, Aims: e.Aims, Basis: e.Basis,
		Measured: e.Measured, Preliminary: e.Preliminary}
	if len(e.Figures) > 0 {
		v.On = e.Date
	}
	for _, f := range e.Fields {
		for _, d := range def.Fields {
			if d.ID == f.ID && d.Kind == FieldDirection {
				v.Aims = append([]Aim{{Unit: unit, Text: f.Value}}, v.Aims...)
			}
		}
	}
	return v
}

// revisable tells whether KF has decided frames or mål here, which it may change.
func (s *State) revisable(st *Step) bool {
	def := s.def(st)
	goals := def.kind(FieldGoals)
	return st.adopted() && s.Registry.Unit(s.actor(st)).Kind == KindCouncil && (def.meaning(MeansFrame, true) != nil || goals != nil && goals.PerBoard)
}

// handedIn tells that a version was handed in, and which version of KF's decision it was measured against.
func handedIn(_ *State, e *Event, step string) string {
	says := fmt.Sprintf("%s: version %d lämnades in", step, e.VersionNo)
	if e.Measured > 1 {
		says += fmt.Sprintf(", mot version %d av fullmäktiges mål och ramar", e.Measured)
	}
	if e.Preliminary {
		says += ", med preliminära mål"
	}
	return says + "."
}

// revised tells what KF changed.
func revised(_ *State, e *Event, step string) string {
	what := "ändrade mål"
	switch {
	case len(e.Figures) > 0 && len(e.Aims) > 0:
		what = "tilläggsbudget och ändrade mål"
	case len(e.Figures) > 0:
		what = "tilläggsbudget"
	}
	return fmt.Sprintf("%s: %s, § %s, den %s. Det är version %d och gäller från den %s.", step, what, e.Paragraph, e.Date.Swedish(), e.VersionNo, e.From.Swedish())
}
