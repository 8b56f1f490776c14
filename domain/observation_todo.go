package domain

// The reminders of an answer and of an action, in working days; those after the day go to the cykelansvarig as well.
var observationLadder = ladderOf("10 dagar före", "2 dagar före", "3 dagar efter", "eskalera 5 dagar efter", "eskalera 20 dagar efter")

func ladderOf(texts ...string) (ladder []Rung) {
	for _, text := range texts {
		r, err := ParseRung(text)
		if err != nil {
			panic("domain: " + err.Error()) // our own texts
		}
		ladder = append(ladder, r)
	}
	return ladder
}

// minds tells whether the stream is the one that observations live in: the registry's, or an exercise's with its own.
func (s *State) minds() bool {
	return s.Rules >= 3 && s.Registry != nil && (s.Kind == StreamRegistry || s.Cycle != nil && s.Cycle.Exercise > 0) && !s.Done
}

// ObservationTodo lists what observations wait for people to do. Step names the thing (ObservationThing).
func ObservationTodo(s *State, today Date) (tasks []Task) {
	if !s.minds() {
		return nil
	}
	r := s.Registry
	for i := range r.Observations {
		o := &r.Observations[i]
		task := func(command CommandKind, action int, role RoleID, unit UnitID, due, since Date) {
			tasks = append(tasks, Task{Step: ObservationThing(o.Number, action), Command: command, Role: role, Unit: unit, Due: due, Late: due != "" && due < today, Since: since})
		}
		switch {
		case o.Status == ObservationAsked:
			task(CmdAnswer, 0, o.Role, r.seatOf(o.Role, o.Unit, today), o.Due, o.Since)
		case o.Status == ObservationAnswered || o.Status == ObservationAccepted && o.Undone() == 0:
			task(CmdAssessAnswer, 0, RoleAuditor, r.City, "", o.Since)
		}
		if o.Status != ObservationAnswered && o.Status != ObservationAccepted {
			continue
		}
		for _, a := range o.Actions {
			if a.Done == "" {
				task(CmdActionDone, a.No, a.Role, r.seatOf(a.Role, a.Unit, today), a.Due, o.Answered)
			}
		}
	}
	return tasks
}

// ObservationDoers lists who may do a task of an observation on a day.
func ObservationDoers(r *Registry, t Task, today Date) (doers []Holding) {
	number, _, _ := t.Step.Observation()
	o := r.Observation(number)
	if o == nil {
		return nil
	}
	for _, h := range r.Holders(t.Role, t.Unit, today) {
		if !r.Excluded(h.Person, o.Year, o.Def(), o.Unit) {
			doers = append(doers, h)
		}
	}
	return doers
}

// MayWithObservation lists the commands that a person may give on an observation now.
func MayWithObservation(s *State, p PersonID, number uint64, today Date) (allowed []CommandKind) {
	o := s.Registry.Observation(number)
	if o == nil || !o.Open() || !s.minds() {
		return nil
	}
	for _, t := range ObservationTodo(s, today) {
		if n, _, _ := t.Step.Observation(); n != number || t.Command == CmdAssessAnswer {
			continue
		}
		for _, h := range ObservationDoers(s.Registry, t, today) {
			if h.Person == p {
				allowed = append(allowed, t.Command)
				break
			}
		}
	}
	if s.Registry.IsAuditor(p, today) && !s.Registry.Excluded(p, o.Year, o.Def(), o.Unit) {
		allowed = append(allowed, CmdAssessAnswer)
	}
	return allowed
}

// fallenOf is how many rungs of the ladder lie on or before a day, for what has waited since another; behind those that count.
func fallenOf(behind int, due, since, today Date) (n int) {
	for i := behind; i < len(observationLadder); i++ {
		if day := observationLadder[i].day(due, false); day <= today && day >= since {
			n = i + 1
		}
	}
	return n
}

// remindOf gives each thing of an observation that has a ladder: the answer that is waited for, or the actions not done.
func (o *Observation) remindOf(each func(action int, rung *int, due, since Date)) {
	switch o.Status {
	case ObservationAsked:
		each(0, &o.Rung, o.Due, o.Since)
	case ObservationAnswered, ObservationAccepted:
		for i := range o.Actions {
			if a := &o.Actions[i]; a.Done == "" {
				each(a.No, &a.Rung, a.Due, o.Answered)
			}
		}
	}
}

// settleObservations emits the reminders that have fallen due. After a stop only the last of each is given, and on a day when
// the offices are closed none.
func (j *judge) settleObservations() {
	if !j.s.minds() || j.today.Closed(false) {
		return
	}
	for i := range j.s.Registry.Observations {
		for again := true; again; {
			again = false
			next := j.s.Registry.Observations[i]
			next.Actions = append([]Action(nil), next.Actions...)
			next.remindOf(func(action int, rung *int, due, since Date) {
				if n := fallenOf(*rung, due, since, j.today); n > 0 && !again {
					again, *rung, next.Reminded = true, n, action
					j.emit(Event{Kind: EvObservationReminded, Step: next.Step, Rung: n, Date: due, Observation: &next})
				}
			})
		}
	}
}

// nextReminder is the next day on which settleObservations has something to say, or "".
func (s *State) nextReminder(today Date) (next Date) {
	if !s.minds() {
		return ""
	}
	for i := range s.Registry.Observations {
		o := s.Registry.Observations[i]
		o.remindOf(func(_ int, rung *int, due, since Date) {
			for n := *rung; n < len(observationLadder); n++ {
				day := observationLadder[n].day(due, false)
				if day <= today && day >= since && today.Closed(false) {
					day = today.AddWorkingDays(1, false)
				}
				if day > today && (next == "" || day < next) {
					next = day
				}
			}
		})
	}
	return next
}

// observationNotices tells who has something new to do with an observation, and whom a reminder goes to.
func (s *State) observationNotices(before Waits, after []Task, events []Event) (notices []Notice) {
	last := &events[len(events)-1]
	tell := func(t Task, n Notice) {
		n.Step, n.Command, n.Due, n.Role, n.Unit = t.Step, t.Command, t.Due, t.Role, t.Unit
		for _, h := range ObservationDoers(s.Registry, t, n.Day) {
			n.Person = h.Person
			notices = append(notices, n)
		}
	}
	for _, t := range after {
		if !before.observed(&t) {
			tell(t, Notice{Seq: last.Seq, Day: last.At.Date()})
		}
	}
	for i := range events {
		e := &events[i]
		if e.Kind != EvObservationReminded {
			continue
		}
		rung := observationLadder[e.Rung-1]
		n := Notice{Seq: e.Seq, Day: e.At.Date(), Rung: rung.Text, Escalate: rung.Escalate}
		for _, t := range after {
			if t.Step != ObservationThing(e.Observation.Number, e.Observation.Reminded) || t.Command == CmdAssessAnswer {
				continue
			}
			if rung.Escalate {
				t.Role, t.Unit = RoleLauncher, s.Registry.City
			}
			tell(t, n)
		}
	}
	return notices
}

// observed tells whether the same task was there before, for the same role.
func (w Waits) observed(t *Task) bool {
	for i := range w.observations {
		if o := &w.observations[i]; o.Step == t.Step && o.Command == t.Command && o.Role == t.Role && o.Unit == t.Unit && o.Since == t.Since {
			return true
		}
	}
	return false
}
