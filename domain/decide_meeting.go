package domain

// meeting judges a command on the calendar.
func (j *judge) meeting(r *Registry, e *Event) error {
	m := *j.c.NewMeeting
	if m.Date != "" && !m.Date.Valid() {
		_, err := ParseDate(string(m.Date))
		return err
	}
	if err := j.meetingDays(&m); err != nil {
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
		if j.s.Rules >= 3 {
			next.Last, next.Reserve = m.Last, m.Reserve
			if next.Date != old.Date {
				next.Announced = "" // the new day must be announced
			}
		}
	case CmdCancelMeeting:
		e.Kind, next.Status = EvMeetingCancelled, MeetingCancelled
	case CmdConfirmMeeting:
		e.Kind, next.Status = EvMeetingConfirmed, MeetingConfirmed
	case CmdAnnounce:
		if err := j.announce(r, old, &m); err != nil {
			return err
		}
		e.Kind, next.Announced = EvMeetingAnnounced, m.Announced
	}
	if next == *old {
		return refuse(CodeNothingChanged, "Sammanträdet är redan så. Inget har ändrats.")
	}
	e.NewMeeting = &next
	return nil
}

// meetingDays judges the second day, the reserve day and the day of announcement of a meeting.
func (j *judge) meetingDays(m *Meeting) error {
	if m.Last+m.Reserve+m.Announced == "" && !m.Extra {
		return nil
	}
	if j.s.Rules < 3 {
		return refuse(CodeRulesOlder, "Här gäller ännu regelversion %d, där ett sammanträde har en enda dag. Be driften att köra arshjul roll, och försök igen.", j.s.Rules)
	}
	for _, d := range [...]Date{m.Last, m.Reserve, m.Announced} {
		if d != "" && !d.Valid() {
			_, err := ParseDate(string(d))
			return err
		}
	}
	switch {
	case m.Announced != "" && j.c.Kind != CmdAnnounce:
		return refuse(CodeUnknownField, "Tillkännagivandet registreras för sig, när det har skett. Ta bort dagen.")
	case m.Last != "" && m.Last <= m.Date:
		return refuse(CodePeriod, "Sammanträdets sista dag %s är inte efter den första, %s. Rätta dagarna.", m.Last.Swedish(), m.Date.Swedish())
	case m.Reserve != "" && m.Reserve <= m.End():
		return refuse(CodePeriod, "Reservdagen %s är inte efter sammanträdet den %s. Rätta dagarna.", m.Reserve.Swedish(), m.End().Swedish())
	}
	return nil
}

// announce judges the noting of when a meeting was announced: KF's at least a week before (KL 5:13), other bodies' as many
// days as their reglemente says. Later than that is for what could not wait, with its reason (KL 5:14).
func (j *judge) announce(r *Registry, old, m *Meeting) error {
	unit := r.Unit(old.Unit)
	days := unit.Notice
	if unit.Kind == KindCouncil {
		days = max(days, -lawNotice.Law().Days)
	}
	switch last := old.Date.Add(-days); {
	case m.Announced == "":
		return refuse(CodeBadCommand, "Ange den dag då sammanträdet tillkännagavs på anslagstavlan.")
	case m.Announced > j.today:
		return refuse(CodeDateFuture, "Den %s har inte varit än. Registrera tillkännagivandet när det har skett.", m.Announced.Swedish())
	case m.Announced > old.Date:
		return refuse(CodeDateBefore, "Den %s är efter sammanträdet den %s. Rätta dagen.", m.Announced.Swedish(), old.Date.Swedish())
	case m.Announced > last && j.c.Text == "":
		return refuse(CodeAnnouncedLate, "%s sammanträde den %s skulle ha tillkännagetts senast den %s (%d dagar före, KL 5:13). Rätta dagen, eller skriv varför det brådskade (KL 5:14).",
			genitive(unit.Name), old.Date.Swedish(), last.Swedish(), days)
	}
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
			holdStep(&j.s.Cycle.Wheel, j.s.Registry, j.s.Cycle.Year, j.s.Rules, &fresh)
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
