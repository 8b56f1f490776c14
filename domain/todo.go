package domain

// Task is something a cycle waits for a person to do: who may, where that role is held, and by when.
type Task struct {
	Step    StepID
	Command CommandKind
	Role    RoleID
	Unit    UnitID // where the role is held
	// Barred may not do it although holding the role: the second person is needed.
	Barred  PersonID
	Meeting MeetingID // confirm-meeting: which
	Due     Date
	Late    bool
	Since   Date // the day on which its step came to wait for it
}

// Todo lists what a cycle waits for people to do, in the order of its steps. A body's decision is a task from the day of
// its meeting on. Going on without a late unit is offered as soon as it is allowed.
func Todo(s *State, today Date) []Task {
	if s.Done || s.Cycle == nil {
		return nil
	}
	var tasks []Task
	s.await(today, func(t waiting) {
		if !t.ahead {
			tasks = append(tasks, t.Task)
		}
	})
	return tasks
}

// await finds what the cycle waits for people to do, in the order of its steps, and what will be a task on the day of a
// meeting.
func (s *State) await(today Date, found func(waiting)) {
	asked := []MeetingID{}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if st.unexplained() {
			role := s.def(st).Slots.Escalate
			found(waiting{Task: Task{Step: st.ID, Command: CmdExplain, Role: role, Unit: s.seat(role, s.actor(st)), Due: st.Plan, Late: st.Late, Since: st.Since}})
		}
		if s.finished(i) {
			continue
		}
		if t, ok := s.escalation(st); ok {
			found(waiting{Task: t})
		}
		m := s.Registry.Meeting(st.Held)
		if m != nil && m.Status == MeetingProposed && st.Status != StatusWaiting && !contains(asked, m.ID) {
			asked = append(asked, m.ID)
			found(waiting{Task: Task{Step: st.ID, Command: CmdConfirmMeeting, Role: RoleRegistrar, Unit: s.Registry.City, Meeting: m.ID, Due: m.Date, Late: m.Date < today, Since: st.Since}})
		}
		if t, ahead, ok := s.comingTask(st); ok {
			w := waiting{Task: t, ahead: ahead}
			if m != nil {
				w.sits = m.Date
			}
			found(w)
		}
	}
}

// nextTask is the move that takes the step on, when it can be made now.
func (s *State) nextTask(st *Step) (Task, bool) {
	t, ahead, ok := s.comingTask(st)
	if ahead {
		return Task{}, false
	}
	return t, ok
}

// comingTask is the move that takes the step on; ahead is true when it waits for the day of the step's meeting.
func (s *State) comingTask(st *Step) (t Task, ahead, ok bool) {
	def := s.def(st)
	l := s.life(st)
	if st.unreported() {
		role := def.Slots.Register
		return Task{Step: st.ID, Command: CmdReport, Role: role, Unit: s.seat(role, s.actor(st)), Due: st.Plan, Late: st.Late, Since: st.Since},
			st.Held != "" && !st.MeetingDay, true
	}
	for _, m := range l.moves() {
		if !startsFrom(m, st.Status) || m.cmd == CmdTakeBack || m.cmd == CmdHandOver && l == lifeBody && !def.HandsOver {
			continue
		}
		switch {
		case m.cmd == CmdSubmit && st.Status == StatusSubmitted:
			continue // a newer version may come, but nobody waits for one
		case m.cmd == CmdSubmit && (l == lifeNotice || l == lifeReview) && !s.mustSubmit(st):
			continue // may bring a document, and need not
		}
		ahead = (m.cmd == CmdDecide || m.cmd == CmdReport) && st.Held != "" && !st.MeetingDay
		role := def.Slots.role(m.slot)
		t = Task{Step: st.ID, Command: m.cmd, Role: role, Unit: s.seat(role, s.actor(st)), Due: st.Plan, Late: st.Late, Since: st.Since}
		if m.cmd == CmdEstablish {
			t.Barred = st.Submission.By
		}
		if m.cmd == CmdAdjust && st.Decision.Exception {
			t.Barred = st.Decision.By
		}
		return t, ahead, true
	}
	return Task{}, false, false
}

func (s *State) mustSubmit(st *Step) bool {
	for _, d := range s.def(st).Documents {
		if d.Required {
			return true
		}
	}
	return false
}

// escalation offers to go on without units that are late.
func (s *State) escalation(st *Step) (Task, bool) {
	if st.Status != StatusWaiting {
		return Task{}, false
	}
	for _, n := range st.Needs {
		if _, met := s.meets(n); !met && s.near(n.place, n.Step).Late {
			role := s.def(st).Slots.Escalate
			return Task{Step: st.ID, Command: CmdProceed, Role: role, Unit: s.seat(role, s.actor(st)), Due: st.Plan, Late: st.Late}, true
		}
	}
	return Task{}, false
}

// allowedOfBody lists what the registrar may note of a body's decision beside its ordinary way.
func (s *State) allowedOfBody(person PersonID, st *Step, today Date) (allowed []CommandKind) {
	if s.Rules < 3 || s.life(st) != lifeBody {
		return nil
	}
	if _, err := s.authorise(person, st, slotRegister, today); err != nil {
		return nil
	}
	if st.Status == StatusReady && s.Registry.Unit(s.actor(st)).Kind != KindCouncil {
		allowed = append(allowed, CmdInstead)
	}
	if st.unreported() {
		allowed = append(allowed, CmdReport)
	}
	if st.Reached(StatusDecided) == 0 {
		return allowed
	}
	if s.AppealEnds(st) != "" && st.Force != ForceFinal {
		if st.Force == "" {
			allowed = append(allowed, CmdAppeal)
		}
		if s.AppealEnds(st) < today {
			allowed = append(allowed, CmdInForce)
		}
	}
	if s.revisable(st) {
		allowed = append(allowed, CmdRevise)
	}
	return append(allowed, CmdOverturn)
}

func startsFrom(m move, status Status) bool {
	for _, f := range m.from {
		if f == status {
			return true
		}
	}
	return false
}

func contains(ids []MeetingID, id MeetingID) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}

// Allowed lists the commands that a person may give on a step right now, by role, day and state; whether their content
// will do is judged when they come.
func Allowed(s *State, person PersonID, id StepID, today Date) []CommandKind {
	if s.Done || s.Cycle == nil {
		return nil
	}
	st := s.step(id)
	if st == nil {
		return nil
	}
	var allowed []CommandKind
	def, l := s.def(st), s.life(st)
	for _, m := range l.moves() {
		if !startsFrom(m, st.Status) || m.cmd == CmdHandOver && l == lifeBody && !def.HandsOver {
			continue
		}
		if m.cmd == CmdEstablish && st.Submission.By == person || m.cmd == CmdAdjust && st.Decision.Exception && st.Decision.By == person {
			continue
		}
		if _, err := s.authorise(person, st, m.slot, today); err == nil {
			allowed = append(allowed, m.cmd)
		}
	}
	allowed = append(allowed, s.allowedOfBody(person, st, today)...)
	if _, err := s.authorise(person, st, slotEscalate, today); err == nil && !s.Finished(st) {
		if st.Status == StatusWaiting {
			allowed = append(allowed, CmdProceed)
		}
		if st.unexplained() {
			allowed = append(allowed, CmdExplain)
		}
		allowed = append(allowed, CmdExtend)
		if st.Reached(StatusDecided) == 0 {
			allowed = append(allowed, CmdVoid)
		}
	}
	if s.Registry.holdsAny(person, today) && !s.reviews(person, st, today) {
		allowed = append(allowed, CmdComment)
	}
	if s.mayCorrect(person, st, today) == nil {
		allowed = append(allowed, CmdCorrect)
	}
	return allowed
}
