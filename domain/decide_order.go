package domain

import "slices"

// order judges the order to launch a cycle, and its confirmation by a second person.
func (j *judge) order(r *Registry) error {
	if _, err := r.authorise(j.c.Actor, RoleLauncher, "cykelansvarig", j.today); err != nil {
		return err
	}
	o := *j.c.Order
	if j.c.Kind == CmdConfirmOrder {
		old := r.Order(o.Number)
		switch {
		case old == nil || o.Number == 0:
			return refuse(CodeOrderUnknown, "Det finns ingen beställning med nummer %d. Kontrollera numret i registret.", o.Number)
		case old.Confirmed != "":
			return refuse(CodeNothingChanged, "Beställningen är redan bekräftad. Inget har ändrats.")
		case old.By == j.c.Actor:
			return refuse(CodeSecondPerson, "Du har själv lagt beställningen. En annan cykelansvarig behöver bekräfta den.")
		}
		j.emit(Event{Kind: EvOrderConfirmed, Actor: j.c.Actor, Order: &Order{Number: old.Number, Year: old.Year, Wheel: old.Wheel, Dnr: old.Dnr, Date: old.Date, By: old.By}})
		return nil
	}
	switch {
	case o.Number != 0 || o.By != "" || o.Confirmed != "":
		return refuse(CodeUnknownField, "En beställning får sitt nummer och sina personer här. Ta bort dem.")
	case !o.Wheel.Valid():
		return refuse(CodeBadCommand, "Beställningen ska säga vilket årshjul den gäller, med årshjulets kontrollsumma.")
	case o.Dnr == "" || len(o.Dnr) > 60 || len(o.Paragraph) > 12 || o.Date == "":
		return refuse(CodeBadCommand, "En cykel startas på ett beslut. Ange beslutets diarienummer och datum, och paragrafen om det har en.")
	case !o.Date.Valid():
		_, err := ParseDate(string(o.Date))
		return err
	case o.Date > j.today:
		return refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då starten beslutades.", o.Date.Swedish())
	}
	if err := checkYear(o.Year, o.From, j.today); err != nil {
		return err
	}
	for i, b := range o.Before {
		if !Digest(b.Reason).Valid() {
			return refuse(CodeTextMissing, "Skälet till att %s är klart före start saknas. Skriv det.", b.Step)
		}
		for _, c := range o.Before[:i] {
			if c.Step == b.Step {
				return refuse(CodeBadCommand, "Steget %s står två gånger bland dem som är klara före start. Ta bort det ena.", b.Step)
			}
		}
	}
	o.Number, o.By = r.Issued+1, j.c.Actor
	o.Despite = j.c.Text
	j.emit(Event{Kind: EvOrdered, Actor: j.c.Actor, Order: &o})
	return nil
}

// checkYear refuses a stage that there is not, and a budget year that is past or too far away: a cycle that is adopted at
// its closing is of the year before.
func checkYear(year int, from Stage, today Date) error {
	first := today.Year()
	switch from {
	case "", StagePlanning, StageFollowUp:
	case StageClosing:
		first--
	default:
		return refuse(CodeBadCommand, "Skedet %q finns inte. Välj planering, uppfoljning eller bokslut.", from)
	}
	if year < first || year > first+3 {
		return refuse(CodeYear, "Budgetåret %d går inte att starta den %s. Välj ett år från %d till %d.", year, today.Swedish(), first, first+3)
	}
	return nil
}

// ordered refuses a real cycle that nobody ordered, or that is not what was ordered. Launches before version 2 of the
// rules had no orders.
func (j *judge) ordered(l *Launch) error {
	if l.Exercise > 0 || j.s.Rules < 2 {
		return nil
	}
	o := l.Registry.Order(l.Order)
	if o == nil || o.Confirmed == "" || o.Year != l.Year || o.Wheel != l.Wheel.Hash() || o.From != l.From || !slices.Equal(o.With, l.With) || !slices.Equal(o.Before, l.Before) {
		return refuse(CodeOrderUnknown, "En cykel startas på en beställning som en andra person har bekräftat, för samma år och samma årshjul. Lägg en beställning, och låt en annan cykelansvarig bekräfta den.")
	}
	return nil
}

// doneBefore marks the steps that were done before the cycle started: those that the launch lists, and when the cycle is
// adopted in the middle, every step of the stages before. From version 3 of the rules on those are left that are not due
// before the year of the stage in which it is adopted: the last ägardirektivens uppföljning lies among the bokslut's steps.
func (j *judge) doneBefore(l *Launch) error {
	for _, b := range l.Before {
		st := j.s.step(b.Step)
		switch {
		case st == nil:
			return refuse(CodeUnknownStep, "Det finns inget steg %q i cykeln. Kontrollera vilka steg som är klara före start.", b.Step)
		case st.Status.fallen():
			return refuse(CodeBadCommand, "Steget %s står två gånger bland dem som är klara före start. Ta bort det ena.", b.Step)
		case !Digest(b.Reason).Valid():
			return refuse(CodeTextMissing, "Skälet till att %s är klart före start saknas. Skriv det.", j.title(st))
		}
		j.emit(Event{Kind: EvDoneBefore, Actor: j.c.Actor, Step: b.Step, Round: st.Round, Text: b.Reason, Reference: b.Reference})
	}
	if l.From == "" {
		return nil
	}
	first := NewDate(l.Year+stageYear(l.From), 1, 1)
	for i := range j.s.Cycle.Steps {
		st := &j.s.Cycle.Steps[i]
		if j.s.Rules >= 3 && st.Plan >= first {
			continue
		}
		if !st.Status.fallen() && slices.Index(Stages, j.s.def(st).Stage) < slices.Index(Stages, l.From) {
			j.emit(Event{Kind: EvDoneBefore, Actor: j.c.Actor, Step: st.ID, Round: st.Round})
		}
	}
	return nil
}
