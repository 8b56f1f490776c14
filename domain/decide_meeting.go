package domain

// meeting judges a command on the calendar.
func (j *judge) meeting(r *Registry, e *Event) error {
	m := *j.c.NewMeeting
	if m.Date != "" && !m.Date.Valid() {
		_, err := ParseDate(string(m.Date))
		return err
	}
	if j.c.Kind == CmdAddMeeting {
		switch {
		case m.ID == "" || len(m.ID) > 60 || m.Date == "":
			return refuse(CodeBadCommand, "Ett sammanträde behöver ett id och en dag. Fyll i båda.")
		case r.Unit(m.Unit) == nil:
			return refuse(CodeUnitUnknown, "Enheten %q finns inte i registret. Kontrollera den.", m.Unit)
		case r.Meeting(m.ID) != nil:
			return refuse(CodeExists, "Sammanträdet %s finns redan. Flytta det i stället, eller välj ett annat id.", m.ID)
		case m.Status != MeetingConfirmed && m.Status != MeetingProposed:
			return refuse(CodeBadCommand, "Ett nytt sammanträde är foreslaget eller faststallt. Ange vilket.")
		}
		e.Kind, e.NewMeeting = EvMeetingAdded, &m
		return nil
	}
	old := r.Meeting(m.ID)
	if old == nil {
		return refuse(CodeMeetingUnknown, "Det finns inget sammanträde %q i registret. Kontrollera id:t.", m.ID)
	}
	if old.Status == MeetingCancelled {
		return refuse(CodeMeetingCancelled, "Sammanträdet den %s är inställt. Lägg in ett nytt i stället.", old.Date.Swedish())
	}
	next := *old
	switch j.c.Kind {
	case CmdMoveMeeting:
		if m.Date == "" {
			return refuse(CodeBadCommand, "Ange den nya dagen.")
		}
		e.Kind, next.Date = EvMeetingMoved, m.Date
	case CmdCancelMeeting:
		e.Kind, next.Status = EvMeetingCancelled, MeetingCancelled
	case CmdConfirmMeeting:
		e.Kind, next.Status = EvMeetingConfirmed, MeetingConfirmed
	}
	if next == *old {
		return refuse(CodeNothingChanged, "Sammanträdet är redan så. Inget har ändrats.")
	}
	e.NewMeeting = &next
	return nil
}

// receiveChanges takes numbered registry changes, in order, into the cycle's copy. Those it has are passed over, so
// that a change delivered twice is applied once; a gap is refused.
func (j *judge) receiveChanges() error {
	if j.s.Cycle.Exercise > 0 {
		return refuse(CodeUnknownKind, "En övning tar inte emot verkliga registerändringar.")
	}
	fresh := j.c.Changes
	for len(fresh) > 0 && fresh[0].Seq <= j.s.Registry.Number {
		fresh = fresh[1:]
	}
	if len(fresh) == 0 {
		return nil
	}
	for i, e := range fresh {
		if e.Seq != j.s.Registry.Number+1+uint64(i) || e.Stream != RegistryStream(j.s.Cycle.Kommun) {
			return refuse(CodeRegistryGap, "Registerändring %d saknas före %d. Skicka dem i ordning.", j.s.Registry.Number+1+uint64(i), e.Seq)
		}
	}
	j.emit(Event{Kind: EvRegistryReceived, Changes: fresh})
	j.followMeetings()
	j.settle()
	return nil
}

// followMeetings moves the steps whose meeting was moved or cancelled, and hangs those without one on a meeting that
// has been added. A deadline that a person extended stays where it is.
func (j *judge) followMeetings() {
	for i := range j.s.Cycle.Steps {
		st := &j.s.Cycle.Steps[i]
		if j.s.Finished(st) || !hangsOnMeeting(j.s.Registry, j.s.def(st), j.s.actor(st)) {
			continue
		}
		e := Event{Kind: EvReplanned, Step: st.ID, Meeting: st.Held, Date: st.Plan}
		byMeeting := j.s.def(st).rule(st).Kind == RuleMeeting && !st.Extended
		switch m := j.s.Registry.Meeting(st.Held); {
		case m == nil:
			fresh := *st
			planStep(&j.s.Cycle.Wheel, j.s.Registry, j.s.Cycle.Year, &fresh)
			e.Meeting = fresh.Held
			if byMeeting && fresh.Held != "" {
				e.Date = fresh.Plan
			}
		case m.Status == MeetingCancelled:
			e.Meeting = ""
			if next := j.s.Registry.nextMeeting(j.s.actor(st), m.Date.Add(-1)); next != nil {
				e.Meeting = next.ID
				if byMeeting {
					e.Date = next.Date
				}
			}
		case byMeeting:
			e.Date = m.Date
		}
		moved := st.MeetingDay && e.Meeting != "" && j.s.Registry.Meeting(e.Meeting).Date > j.today
		if e.Meeting != st.Held || e.Date != st.Plan || moved {
			j.emit(e)
		}
	}
	j.replanFollowers()
}
