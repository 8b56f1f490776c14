package domain

// Notice tells one person that something waits for that person.
type Notice struct {
	Seq     uint64 // the entry that caused it
	Day     Date   // on the cycle's clock
	Step    StepID
	Command CommandKind // what is to be done
	Person  PersonID
	Role    RoleID // by which the person was told
	Unit    UnitID
	Due     Date
	Meeting MeetingID // confirm-meeting: which
	// Rung is the text of the rung by which it is a reminder; "" = a task that is new.
	Rung     string
	Escalate bool // told to the role that escalates, about somebody else's task
	// Urgent goes at once, by itself: the step is late and stands in another's way.
	Urgent bool
}

// Notices says whom the events of one command, or of one tick, concern: everybody who has a task that nobody had before
// them, and whom a reminder goes to. before is Todo before the events; s is the state after them.
func Notices(before []Task, s *State, events []Event) []Notice {
	if s.Cycle == nil || len(events) == 0 {
		return nil
	}
	return s.notices(before, Todo(s, events[len(events)-1].At.Date()), events)
}

func (s *State) notices(before, after []Task, events []Event) []Notice {
	last := &events[len(events)-1]
	today := last.At.Date()
	var notices []Notice
	for _, t := range after {
		if t.Command != CmdProceed && !had(before, t) {
			notices = s.tell(notices, t, Notice{Seq: last.Seq, Day: today, Step: t.Step, Command: t.Command, Due: t.Due, Meeting: t.Meeting})
		}
	}
	for i := range events {
		if e := &events[i]; e.Kind == EvReminded {
			notices = s.tellReminder(notices, e)
		}
	}
	return notices
}

func had(before []Task, t Task) bool {
	for _, b := range before {
		if b.Step == t.Step && b.Command == t.Command && b.Meeting == t.Meeting {
			return true
		}
	}
	return false
}

func (s *State) tellReminder(notices []Notice, e *Event) []Notice {
	st := s.step(e.Step)
	t, waits := s.nextTask(st)
	if !waits {
		return notices
	}
	rung := s.Cycle.Wheel.ladder(s.def(st))[e.Rung-1]
	n := Notice{Seq: e.Seq, Day: e.At.Date(), Step: e.Step, Command: t.Command, Due: st.Plan, Rung: rung.Text, Escalate: rung.Escalate,
		Urgent: st.Late && s.blocks(e.Step)}
	if rung.Escalate {
		role := s.def(st).Slots.Escalate
		t = Task{Step: t.Step, Role: role, Unit: s.seat(role, s.actor(st))}
	}
	return s.tell(notices, t, n)
}

// tell adds the notice for everyone who may do the task that day.
func (s *State) tell(notices []Notice, t Task, n Notice) []Notice {
	st := s.step(t.Step)
	n.Role, n.Unit = t.Role, t.Unit
	for _, h := range s.Registry.Holders(t.Role, t.Unit, n.Day) {
		if h.Person == t.Barred || s.Registry.Excluded(h.Person, s.Cycle.Year, st.Def, st.Unit) {
			continue
		}
		n.Person = h.Person
		notices = append(notices, n)
	}
	return notices
}

// blocks tells whether another step waits for this one.
func (s *State) blocks(id StepID) bool {
	for i := range s.Cycle.Steps {
		if st := &s.Cycle.Steps[i]; st.Status == StatusWaiting && st.needs(id) {
			return true
		}
	}
	return false
}
