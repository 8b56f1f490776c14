package domain

import "slices"

// tellRevised tells who prepares what a nämnd hands in by its frame or mål, or writes its forecasts, that KF has decided
// otherwise for it.
func (s *State) tellRevised(notices []Notice, e *Event) []Notice {
	told := map[PersonID]bool{e.Actor: true}
	n := Notice{Seq: e.Seq, Day: e.At.Date(), Step: e.Step, Change: ChangeRevised}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		role := s.def(st).Slots.Prepare
		if st.ID == e.Step || st.Status.fallen() || role == "" || !s.restsOn(st, e) {
			continue
		}
		notices = s.tell(notices, Task{Step: st.ID, Role: role, Unit: s.seat(role, s.actor(st))}, n, func(p PersonID) bool {
			first := !told[p]
			told[p] = true
			return first
		})
	}
	return notices
}

// restsOn tells whether a step is made by what a revision changed for its nämnder: the internbudget, forecasts and outcome by
// the frame, a nämnd's mål by KF's.
func (s *State) restsOn(st *Step, e *Event) bool {
	own := s.boards(st)
	frame := slices.ContainsFunc(e.Figures, func(f Figure) bool { return slices.Contains(own, f.Unit) })
	goals := slices.ContainsFunc(e.Aims, func(a Aim) bool { return slices.Contains(own, a.Unit) })
	return slices.ContainsFunc(s.def(st).Fields, func(d FieldDef) bool {
		return frame && (d.Means == MeansInternal || d.Means == MeansForecast || d.Means == MeansOutcome) || goals && d.Kind == FieldGoals
	})
}
