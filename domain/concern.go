package domain

// Concern is a step that a person has a part in: some move of the step's life belongs to a role that the person holds.
type Concern struct {
	Step    StepID
	Role    RoleID
	Unit    UnitID // where the role is held
	Holding        // as whom
}

// Concerns lists the steps of a cycle that a person has a part in on a day, by a role or as somebody's substitute, in the
// order of the cycle; the role that only escalates is none. What jäv keeps the person from is left out.
func Concerns(s *State, person PersonID, today Date) []Concern {
	if s.Cycle == nil || !s.Registry.holdsAny(person, today) {
		return nil
	}
	var concerns []Concern
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		for _, m := range s.life(st).moves() {
			role := s.def(st).Slots.role(m.slot)
			if role == "" {
				continue
			}
			if h, err := s.authorise(person, st, m.slot, today); err == nil {
				concerns = append(concerns, Concern{Step: st.ID, Role: role, Unit: s.seat(role, s.actor(st)), Holding: h})
				break
			}
		}
	}
	return concerns
}

// Doers lists who may do a task on a day: holders and substitutes whom neither jäv nor the second person's rule keeps
// from it. None means that nobody can.
func Doers(s *State, t Task, today Date) []Holding {
	st := s.step(t.Step)
	if st == nil {
		return nil
	}
	var doers []Holding
	for _, h := range s.HoldersFor(s.Registry, st, t.Role, t.Unit, today) {
		if h.Person != t.Barred {
			doers = append(doers, h)
		}
	}
	return doers
}

// RoleTitle is what people call a role of the cycle's wheel, in lower case: "processledare".
func (s *State) RoleTitle(id RoleID) string { return s.roleTitle(id) }

// Stations lists the statuses of a step's life in the order in which it passes them when nothing goes back.
func (s *State) Stations(id StepID) []Status {
	st := s.step(id)
	if st == nil {
		return nil
	}
	stations := []Status{StatusWaiting, StatusOpen}
	l := s.life(st)
	for _, m := range l.moves() {
		if m.cmd == CmdTakeBack || m.cmd == CmdHandOver && l == lifeBody && !s.def(st).HandsOver ||
			m.cmd == CmdSubmit && (l == lifeNotice || l == lifeReview) && !s.mustSubmit(st) {
			continue
		}
		stations = append(stations, m.to)
	}
	return stations
}
