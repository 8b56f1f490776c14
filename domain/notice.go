package domain

import "fmt"

// Notice tells one person that something waits for that person, or that what waited is otherwise now.
type Notice struct {
	Seq     uint64 // the entry that caused it
	Day     Date   // on the cycle's clock
	Step    StepID
	Command CommandKind // what is to be done; CmdComment: nothing, a comment names the person
	Person  PersonID
	Role    RoleID // by which the person was told
	Unit    UnitID
	Due     Date
	Meeting MeetingID // confirm-meeting: which
	Change  Change
	Was     Date // moved: the day by which it was to be done before; "" = the same
	Sat     Date // moved: the day on which the step's meeting was to be before; "" = the same
	// Rung is the text of the rung by which it is a reminder; "" = a task that is new, or a change.
	Rung     string
	Escalate bool // told to the role that escalates, about somebody else's task
	// Urgent goes at once, by itself: the step is late and stands in another's way.
	Urgent bool
}

// Change is what became of a task that somebody had.
type Change string

// The changes.
const (
	ChangeMoved    Change = "moved"    // its day, or its meeting's
	ChangeReturned Change = "returned" // återremiss: it is to be done again
	ChangeRevised  Change = "revised"  // no task: KF decided another frame or other mål for the unit
)

// Waits is what a cycle waits for people to do at one moment, and who could do it then.
type Waits struct {
	tasks        []waiting
	observations []Task // of the stream that they live in
	registry     Registry
}

type waiting struct {
	Task
	sits  Date // the day of the meeting that the step hangs on, or ""
	ahead bool // it cannot be done before the day of that meeting
}

// Awaited is what the cycle waits for now: Todo, and what will be a task on the day of a meeting. Nothing is awaited where
// no cycle is.
func Awaited(s *State) Waits {
	if s.Done || s.Registry == nil {
		return Waits{}
	}
	w := Waits{registry: *s.Registry, observations: ObservationTodo(s, s.Clock(s.Now).Date())}
	if s.Cycle == nil {
		return w
	}
	s.await(s.Clock(s.Now).Date(), func(t waiting) { w.tasks = append(w.tasks, t) })
	return w
}

// Task finds what is awaited of a step, also when the day of its meeting has not come.
func (w Waits) Task(step StepID, command CommandKind) (Task, bool) {
	for i := range w.tasks {
		if w.tasks[i].Step == step && w.tasks[i].Command == command {
			return w.tasks[i].Task, true
		}
	}
	return Task{}, false
}

// now lists what can be done.
func (w Waits) now() []Task {
	var tasks []Task
	for i := range w.tasks {
		if !w.tasks[i].ahead {
			tasks = append(tasks, w.tasks[i].Task)
		}
	}
	return tasks
}

// find gives the same task as it was, or nil. A meeting is confirmed for all steps that hang on it.
func (w Waits) find(t *waiting) *waiting {
	for i := range w.tasks {
		b := &w.tasks[i]
		if b.Command == t.Command && (b.Step == t.Step || t.Command == CmdConfirmMeeting) && b.Meeting == t.Meeting {
			return b
		}
	}
	return nil
}

// Notices says whom the events of one command, or of one tick, concern: everybody who has a task that the person did not
// have before them, or has it by another day, or has it again; and whom a reminder goes to. Who begins to hold a role by
// the passing of days alone is no event, and is not seen here. before is Awaited before the events; s is the state after.
func Notices(before Waits, s *State, events []Event) []Notice {
	return NoticesBetween(before, Awaited(s), s, events)
}

// NoticesBetween is Notices for who has what is awaited afterwards already.
func NoticesBetween(before, after Waits, s *State, events []Event) []Notice {
	if len(events) == 0 {
		return nil
	}
	notices := s.observationNotices(before, after.observations, events)
	if s.Cycle == nil {
		return notices
	}
	return append(notices, s.notices(before, after, events)...)
}

// Foretell says whom events would concern that have not happened; s is the state before them, and stays so.
func Foretell(s *State, events []Event) ([]Notice, error) {
	before, then := Awaited(s), s.clone()
	for i := range events {
		if err := Apply(then, events[i]); err != nil {
			return nil, err
		}
	}
	return Notices(before, then, events), nil
}

func (s *State) notices(before, after Waits, events []Event) []Notice {
	last := &events[len(events)-1]
	said := s.said(events)
	var notices []Notice
	for i := range after.tasks {
		t := &after.tasks[i]
		if t.Command == CmdProceed {
			continue
		}
		n := Notice{Seq: last.Seq, Day: last.At.Date(), Step: t.Step, Command: t.Command, Due: t.Due, Meeting: t.Meeting}
		was := before.find(t)
		if was != nil && was.ahead && !t.ahead {
			was = nil // its day has come
		}
		switch {
		case was == nil && t.ahead:
		case was == nil || said.returned[t.Step] && !t.ahead:
			if said.returned[t.Step] {
				n.Change = ChangeReturned
			}
			n.Urgent = s.urgent(s.step(t.Step))
			notices = s.tell(notices, t.Task, n, nil)
		default:
			notices = s.tellChange(notices, before, was, t, n, &said)
		}
	}
	for i := range events {
		switch e := &events[i]; e.Kind {
		case EvReminded:
			notices = s.tellReminder(notices, e)
		case EvLegalAlarm:
			notices = s.tellAlarm(notices, e)
		case EvRevised:
			notices = s.tellRevised(notices, e)
		case EvCommented:
			notices = s.tellMentioned(notices, e)
		}
	}
	return notices
}

// tellChange tells of a task that was there before: those who could not do it then that they can now, and the others that
// its day is another. Who moved the day knows.
func (s *State) tellChange(notices []Notice, before Waits, was, t *waiting, n Notice, said *said) []Notice {
	moved := t.Command != CmdConfirmMeeting && (was.Due != t.Due || was.sits != t.sits)
	if !said.registry && !moved {
		return notices
	}
	had := map[PersonID]bool{}
	s.each(&before.registry, was.Task, n.Day, func(p PersonID) { had[p] = true })
	if !t.ahead {
		fresh := n
		fresh.Urgent = s.urgent(s.step(t.Step))
		notices = s.tell(notices, t.Task, fresh, func(p PersonID) bool { return !had[p] })
	}
	if !moved {
		return notices
	}
	n.Change = ChangeMoved
	if was.Due != t.Due {
		n.Was = was.Due
	}
	if was.sits != t.sits {
		n.Sat = was.sits
	}
	return s.tell(notices, t.Task, n, func(p PersonID) bool { return had[p] && !said.actors[p] })
}

// said is what events say that the tasks before and after them do not.
type said struct {
	returned map[StepID]bool
	actors   map[PersonID]bool
	registry bool // a change of the registry is among them
}

func (s *State) said(events []Event) said {
	f := said{returned: map[StepID]bool{}, actors: map[PersonID]bool{}}
	for i := range events {
		e := &events[i]
		f.actors[e.Actor] = true
		for j := range e.Changes {
			f.actors[e.Changes[j].Actor] = true
		}
		switch e.Kind {
		case EvReturned:
			f.returned[e.Step] = true
		case EvReopened:
			f.returned[e.Step] = e.Need == ""
		case EvRegistryReceived, EvUnitSet, EvBound, EvUnbound, EvSubstituted, EvExcluded:
			f.registry = true
		}
	}
	return f
}

func (s *State) tellReminder(notices []Notice, e *Event) []Notice {
	st := s.step(e.Step)
	t, waits := s.nextTask(st)
	if !waits {
		return notices
	}
	rung := s.Cycle.Wheel.ladder(s.def(st))[e.Rung-1]
	n := Notice{Seq: e.Seq, Day: e.At.Date(), Step: e.Step, Command: t.Command, Due: st.Plan, Rung: rung.Text, Escalate: rung.Escalate,
		Urgent: s.urgent(st)}
	if rung.Escalate {
		role := s.def(st).Slots.Escalate
		t = Task{Step: t.Step, Role: role, Unit: s.seat(role, s.actor(st))}
	}
	return s.tell(notices, t, n, nil)
}

// tellAlarm tells who has the step's next task, and who escalates, that a limit of the law is near.
func (s *State) tellAlarm(notices []Notice, e *Event) []Notice {
	st := s.step(e.Step)
	role := s.def(st).Slots.Escalate
	n := Notice{Seq: e.Seq, Day: e.At.Date(), Step: e.Step, Due: st.Plan, Escalate: true, Urgent: e.Rung == len(alarmDays),
		Rung: fmt.Sprintf("%d dagar före lagens gräns (%s)", alarmDays[e.Rung-1], e.Law)}
	t, waits := s.nextTask(st)
	if waits {
		n.Command = t.Command
		notices = s.tell(notices, t, Notice{Seq: n.Seq, Day: n.Day, Step: n.Step, Command: t.Command, Due: n.Due, Urgent: n.Urgent, Rung: n.Rung}, nil)
	}
	told := map[PersonID]bool{}
	for _, o := range notices {
		told[o.Person] = told[o.Person] || o.Seq == e.Seq
	}
	return s.tell(notices, Task{Step: e.Step, Role: role, Unit: s.seat(role, s.actor(st))}, n, func(p PersonID) bool { return !told[p] })
}

// tell adds the notice for everyone who may do the task that day, and whom who lets through.
func (s *State) tell(notices []Notice, t Task, n Notice, who func(PersonID) bool) []Notice {
	n.Role, n.Unit = t.Role, t.Unit
	s.each(s.Registry, t, n.Day, func(p PersonID) {
		if who == nil || who(p) {
			n.Person = p
			notices = append(notices, n)
		}
	})
	return notices
}

// each gives everyone who, by a registry, may do the task on a day.
func (s *State) each(r *Registry, t Task, day Date, f func(PersonID)) {
	st := s.step(t.Step)
	for _, h := range s.HoldersFor(r, st, t.Role, t.Unit, day) {
		if h.Person != t.Barred {
			f(h.Person)
		}
	}
}

func (s *State) urgent(st *Step) bool { return st.Late && s.blocks(st.ID) }

// blocks tells whether another step waits for this one.
func (s *State) blocks(id StepID) bool {
	for i := range s.Cycle.Steps {
		if st := &s.Cycle.Steps[i]; st.Status == StatusWaiting && st.needs(id) {
			return true
		}
	}
	return false
}
