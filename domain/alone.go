package domain

// Alone is a step that nobody could take to its end: the only person who can prepare it is also the only one who could be
// its second person.
type Alone struct {
	Step    StepID
	Person  PersonID
	Command CommandKind // what somebody else has to do: establish, or adjust when who submitted also notes the decision
}

// AloneIn lists the unfinished steps for which there is no second person on a day, as the registry stands, in the order of
// the cycle. What the wheel never asks a second person for is not among them.
func AloneIn(s *State, today Date) (all []Alone) {
	if s.Done || s.Cycle == nil {
		return nil
	}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if s.finished(i) || st.Status.fallen() {
			continue
		}
		for _, m := range s.life(st).moves() {
			if m.cmd != CmdEstablish && m.cmd != CmdAdjust || st.Reached(m.to) != 0 {
				continue
			}
			first, second := s.only(st, slotPrepare, today), s.only(st, m.slot, today)
			if st.Submission != nil && st.Status != StatusOpen {
				first = st.Submission.By
			}
			if first != "" && first == second {
				all = append(all, Alone{Step: st.ID, Person: first, Command: m.cmd})
			}
		}
	}
	return all
}

// only gives the one person who may use a slot of a step, or "" when there is none or are several.
func (s *State) only(st *Step, n slot, today Date) (one PersonID) {
	role := s.def(st).Slots.role(n)
	if role == "" {
		return ""
	}
	for _, h := range s.HoldersFor(s.Registry, st, role, s.seat(role, s.actor(st)), today) {
		if one != "" && one != h.Person {
			return ""
		}
		one = h.Person
	}
	return one
}
