package domain

// derived is what follows from a cycle's steps, wheel and units, and is looked up all the time. It is no part of the
// state: it is made when first asked for, shared by copies of the cycle, and thrown away when a unit changes.
type derived struct {
	index map[StepID]int
	defs  []*StepDef
	lives []life
	ends  []Status // the status at which each step is done
}

// meetings finds the meetings of a registry by id. It is no part of the registry, and made anew when one is added.
type meetings map[MeetingID]int

// Meeting finds a meeting, or nil.
func (r *Registry) Meeting(id MeetingID) *Meeting {
	if r.byID == nil {
		r.byID = make(meetings, len(r.Meetings))
		for i := len(r.Meetings) - 1; i >= 0; i-- {
			r.byID[r.Meetings[i].ID] = i
		}
	}
	if i, found := r.byID[id]; found {
		return &r.Meetings[i]
	}
	return nil
}

// derive gives the derived facts of the cycle's steps, by their place in Cycle.Steps.
func (s *State) derive() *derived {
	c := s.Cycle
	if c.derived != nil && len(c.derived.defs) == len(c.Steps) {
		return c.derived
	}
	n := len(c.Steps)
	d := &derived{index: make(map[StepID]int, n), defs: make([]*StepDef, n), lives: make([]life, n), ends: make([]Status, n)}
	for i := range c.Steps {
		st := &c.Steps[i]
		st.place = i
		d.index[st.ID] = i
	}
	for i := range c.Steps {
		st := &c.Steps[i]
		for k := range st.Needs {
			// Copies of the cycle share the needs, and may be at work elsewhere: what is right is not written again.
			if n := &st.Needs[k]; n.place != d.index[n.Step] {
				n.place = d.index[n.Step]
			}
		}
		d.defs[i] = c.Wheel.Def(st.Def)
		kind := KindAdministration
		if u := s.Registry.Unit(d.defs[i].acts(st.Unit)); u != nil {
			kind = u.Kind
		}
		d.lives[i] = lifeOf(d.defs[i].Act, kind)
		d.ends[i] = d.lives[i].end(d.defs[i])
	}
	c.derived = d
	return d
}

// place is where a step, or a copy of it, stands in Cycle.Steps.
func (s *State) place(st *Step) int {
	d := s.derive()
	if i := st.place; i < len(s.Cycle.Steps) && s.Cycle.Steps[i].ID == st.ID {
		return i
	}
	return d.index[st.ID]
}

func (s *State) def(st *Step) *StepDef { return s.derive().defs[s.place(st)] }

// actor is the unit that acts on the step.
func (s *State) actor(st *Step) UnitID { return s.def(st).acts(st.Unit) }

func (s *State) life(st *Step) life { return s.derive().lives[s.place(st)] }

// near finds a step that stood at a place when somebody last looked, or nil.
func (s *State) near(place int, id StepID) *Step {
	if steps := s.Cycle.Steps; place < len(steps) && steps[place].ID == id {
		return &steps[place]
	}
	return s.step(id)
}

// step finds a step, or nil; like [Cycle.Step], and faster.
func (s *State) step(id StepID) *Step {
	if i, found := s.derive().index[id]; found {
		return &s.Cycle.Steps[i]
	}
	return nil
}

// Finished tells whether the step counts as done: at its life's end, let fall, or done before the cycle started.
func (s *State) Finished(st *Step) bool {
	return st.Status.fallen() || st.Reached(s.derive().ends[s.place(st)]) != 0
}

// finished is Finished for the step at a place.
func (s *State) finished(i int) bool {
	st := &s.Cycle.Steps[i]
	return st.Status.fallen() || st.Reached(s.derive().ends[i]) != 0
}
