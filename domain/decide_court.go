package domain

// appealDays is how long a decision can be appealed, in days from the day on which the justering was announced (KL 13:5).
// Whether a last day on a Saturday or a Sunday moves is not verified, so none does.
const appealDays = 21

// AppealEnds is the last day on which the decision can be appealed: three weeks after the justering was announced
// (KL 13:5). It is "" before that, and for what cannot be appealed (KL 13:2). Laga kraft is the day after, unless somebody
// has appealed; a person notes which it was.
func (s *State) AppealEnds(st *Step) Date {
	if !s.def(st).appealable() {
		return ""
	}
	for _, m := range st.Marks {
		if m.Status == StatusPosted {
			return m.Date.Add(appealDays)
		}
	}
	return ""
}

// appealable tells whether the decision can be appealed, or might: what is unclear is treated as if it could.
func (d *StepDef) appealable() bool { return d.Appeal == "ja" || d.Appeal == "oklart" }

// Force says what became of a decision's appeal time.
type Force string

// The answers. "" = nobody has noted any.
const (
	ForceAppealed Force = "overklagad"
	ForceFinal    Force = "laga_kraft"
)

// court judges the noting of laga kraft, of an appeal, or of a decision that a court has set aside.
func (j *judge) court(st *Step) error {
	if st.Reached(StatusDecided) == 0 {
		return refuse(CodeNotNow, "%s är inte beslutat. Det finns inget beslut att överklaga.", j.title(st))
	}
	held, err := j.s.authorise(j.c.Actor, st, slotRegister, j.today)
	if err != nil {
		return err
	}
	e := Event{Actor: j.c.Actor, Step: st.ID, Round: st.Round, Date: j.c.Date, Dnr: j.c.Dnr, Text: j.c.Text, Entry: st.Decision.Seq,
		Evidence: &Evidence{Binding: held.Binding, Substitute: held.Substitute, Exclusion: held.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}}
	if e.Date > j.today {
		return refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då det skedde, senast i dag den %s.", e.Date.Swedish(), j.today.Swedish())
	}
	if e.Date < st.Decision.Date {
		return refuse(CodeDateBefore, "Den %s är före beslutet den %s. Rätta datumet.", e.Date.Swedish(), st.Decision.Date.Swedish())
	}
	switch j.c.Kind {
	case CmdOverturn:
		return j.overturn(e)
	case CmdAppeal:
		e.Kind = EvAppealed
	case CmdInForce:
		e.Kind = EvInForce
	}
	if err := j.inForce(st, &e); err != nil {
		return err
	}
	j.emit(e)
	return nil
}

func (j *judge) inForce(st *Step, e *Event) error {
	ends := j.s.AppealEnds(st)
	switch {
	case !j.s.def(st).appealable():
		return refuse(CodeNoAppeal, "%s är ett beslut som inte kan överklagas: det bereder eller verkställer bara (KL 13:2).", j.title(st))
	case ends == "":
		return refuse(CodeNotNow, "Justeringen av %s är inte anslagen, så överklagandetiden har inte börjat. Registrera anslaget först.", j.title(st))
	case e.Kind == EvInForce && st.Force == ForceFinal, e.Kind == EvAppealed && st.Force == ForceAppealed:
		return refuse(CodeNothingChanged, "Det är redan registrerat för %s. Inget har ändrats.", j.title(st))
	case e.Kind == EvAppealed && st.Force == ForceFinal:
		return refuse(CodeNotNow, "%s har vunnit laga kraft. Är det fel, rätta posten.", j.title(st))
	case e.Kind == EvInForce && st.Force == ForceAppealed && e.Text == "":
		return refuse(CodeTextMissing, "Beslutet är överklagat. Skriv hur det slutade: återkallat, avvisat eller avslaget, och av vilken domstol.")
	case e.Kind == EvInForce && e.Date <= ends:
		return refuse(CodeNotNow, "Beslutet kan överklagas till och med den %s (KL 13:5). Laga kraft registreras tidigast dagen efter.", ends.Swedish())
	}
	return nil
}

// overturn notes that a court has set the decision aside (KL 13:8): the step begins anew, what had gone on the strength of
// it waits again, and both decisions stay to be read.
func (j *judge) overturn(e Event) error {
	e.Kind = EvOverturned
	j.emit(e)
	if j.s.step(e.Step).Held != "" {
		j.toNextMeeting(e.Step, j.today)
	}
	j.reopenDependants([]StepID{e.Step})
	j.replanFollowers()
	return nil
}
