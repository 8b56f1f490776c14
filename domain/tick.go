package domain

// Tick says what has fallen due by now: passing time is a command too. After its events NextDue(s, now) is later than
// now. An exercise's clock moves only by the command advance, so Tick finds nothing there.
func Tick(s *State, now Instant) []Event {
	if s.Done || s.Seq == 0 || s.Cycle != nil && s.Cycle.Exercise > 0 {
		return nil
	}
	j := newJudge(s, Command{}, now)
	defer j.rest(s)
	j.settle()
	return j.events
}

// settle emits what follows by itself from the state and the day, until nothing more does: steps open, meeting days
// come, deadlines pass, stages and at last the cycle end.
func (j *judge) settle() {
	if j.s.Kind == StreamRegistry {
		j.settleObservations()
	}
	if j.s.Kind != StreamCycle || j.s.Done {
		return
	}
	for before := -1; before != len(j.events); {
		before = len(j.events)
		j.settleSteps()
	}
	j.settleObservations()
	j.endStages()
}

func (j *judge) settleSteps() {
	for i := range j.s.Cycle.Steps {
		st := &j.s.Cycle.Steps[i]
		if st.Status == StatusWaiting && st.Opens <= j.today {
			if !j.s.barred(st) {
				met, _ := j.s.gate(st)
				j.emit(Event{Kind: EvOpened, Step: st.ID, Round: st.Round, Evidence: &Evidence{Conditions: met, Registry: j.s.Registry.Number, Rules: j.s.Rules}})
			}
		}
		if j.s.finished(i) {
			if len(j.s.dueHere(st)) > 0 {
				j.guard(st)
			}
			continue
		}
		if day := j.s.meetingDate(st); day != "" && day <= j.today && !st.MeetingDay {
			j.emit(Event{Kind: EvMeetingDay, Step: st.ID, Meeting: st.Held, Date: day})
		}
		if st.Plan < j.today && !st.Late {
			j.emit(Event{Kind: EvLate, Step: st.ID, Date: st.Plan})
		}
		if j.s.Rules >= 3 {
			j.guard(st)
		}
		if j.s.reminds() && st.Status != StatusWaiting {
			j.remind(st, j.s.derive().defs[i])
		}
	}
}

// endStages ends each stage whose steps are all done, and the cycle after the last.
func (j *judge) endStages() {
	open := false
	for _, stage := range Stages {
		has, done := j.s.stageDone(stage)
		if has && done && !j.s.Cycle.hasEnded(stage) {
			j.emit(Event{Kind: EvStageEnded, Stage: stage})
		}
		open = open || has && !done
	}
	if !open {
		j.emit(j.ended(Event{Kind: EvCompleted}))
	}
}

// stageDone tells whether a stage has steps, and whether they are all done.
func (s *State) stageDone(stage Stage) (has, done bool) {
	done = true
	for i, def := range s.derive().defs {
		if def.Stage == stage {
			has = true
			if !s.finished(i) {
				return true, false
			}
		}
	}
	return has, done
}

func (c *Cycle) hasEnded(stage Stage) bool {
	for _, s := range c.Ended {
		if s == stage {
			return true
		}
	}
	return false
}

// Stage is the stage that the cycle is in: the first that has not ended, or "" when all have.
func (s *State) Stage() Stage {
	for _, stage := range Stages {
		if s.Cycle.hasEnded(stage) {
			continue
		}
		if has, _ := s.stageDone(stage); has {
			return stage
		}
	}
	return ""
}

// NextDue is the next instant at which Tick will find something, or 0 when nothing waits for time. For an exercise it
// is where the command advance moves the clock.
func NextDue(s *State, now Instant) Instant {
	if s.Done || s.Seq == 0 {
		return 0
	}
	now = s.Clock(now)
	var next Instant
	consider := func(i Instant) {
		if i > now && (next == 0 || i < next) {
			next = i
		}
	}
	if day := s.nextReminder(now.Date()); day != "" {
		consider(day.Start())
	}
	if s.Cycle == nil {
		return next
	}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if s.finished(i) {
			if len(s.dueHere(st)) > 0 {
				if day := s.nextGuard(st, now.Date()); day != "" {
					consider(day.Start())
				}
			}
			continue
		}
		if st.Status == StatusWaiting && st.Opens != "" {
			if !s.barred(st) {
				consider(st.Opens.Start())
			}
		}
		if day := s.meetingDate(st); day != "" && !st.MeetingDay {
			consider(day.Start())
		}
		if !st.Late {
			consider(st.Plan.End())
		}
		if s.Rules >= 3 {
			if day := s.nextGuard(st, now.Date()); day != "" {
				consider(day.Start())
			}
		}
		if s.reminds() && st.Status != StatusWaiting {
			if day := s.nextRung(st, s.derive().defs[i], now.Date()); day != "" {
				consider(day.Start())
			}
		}
	}
	return next
}

// meetingDate is the day of the meeting a step hangs on, or "".
func (s *State) meetingDate(st *Step) Date {
	if m := s.Registry.Meeting(st.Held); m != nil && m.Status != MeetingCancelled {
		return m.Date
	}
	return ""
}
