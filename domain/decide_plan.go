package domain

// proceed lets a step go on without a unit that is late: who decided it, and why, stays on record. The late unit's
// step stays open and may come in afterwards.
func (j *judge) proceed(st *Step) error {
	if st.Status != StatusWaiting {
		return refuse(CodeNotNow, "%s väntar inte på någon: steget är %s.", j.title(st), st.Status.Swedish())
	}
	held, err := j.s.authorise(j.c.Actor, st, slotEscalate, j.today)
	if err != nil {
		return err
	}
	for _, n := range st.Needs {
		if n.Step != j.c.Need {
			continue
		}
		needed := j.s.step(n.Step)
		switch {
		case n.Waived != 0 || needed.Status.fallen() || needed.Reached(n.At) != 0:
			return refuse(CodeNothingChanged, "%s är redan klart för det här steget. Du behöver inte gå vidare utan det.", j.title(needed))
		case !needed.Late:
			return refuse(CodeNotLate, "%s är inte sent: senast-dagen är den %s. Vänta till dess.", j.title(needed), needed.Plan.Swedish())
		}
		j.emit(Event{Kind: EvWaived, Actor: j.c.Actor, Step: st.ID, Need: n.Step, Text: j.c.Text, Evidence: j.evidence(st, held)})
		return nil
	}
	return refuse(CodeUnknownNeed, "%s väntar inte på steget %q. Se på steget vad det väntar på.", j.title(st), j.c.Need)
}

// extend moves the plan deadline to a later day. The law's limit it can neither move nor pass.
func (j *judge) extend(st *Step) error {
	if j.s.Finished(st) {
		return refuse(CodeNotNow, "%s är klart. Senast-dagen behöver inte flyttas.", j.title(st))
	}
	held, err := j.s.authorise(j.c.Actor, st, slotEscalate, j.today)
	if err != nil {
		return err
	}
	switch d := j.c.Date; {
	case d <= st.Plan:
		return refuse(CodeDeadline, "Senast-dagen är redan den %s. Ange en senare dag.", st.Plan.Swedish())
	case d < j.today:
		return refuse(CodeDeadline, "Den %s har redan varit. Ange en kommande dag.", d.Swedish())
	case st.Legal != "" && d > st.Legal:
		return refuse(CodeDeadline, "Lagens gräns för %s är den %s och går inte att flytta. Ange en dag före den.", j.title(st), st.Legal.Swedish())
	}
	j.emit(Event{Kind: EvExtended, Actor: j.c.Actor, Step: st.ID, Date: j.c.Date, Text: j.c.Text, Evidence: &Evidence{
		Binding: held.Binding, Substitute: held.Substitute, Exclusion: held.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}})
	j.replanFollowers()
	return nil
}

// void lets a step that will not come due fall, with its reason; it counts as done.
func (j *judge) void(st *Step) error {
	if j.s.Finished(st) {
		return refuse(CodeNotNow, "%s är redan %s och kan inte utgå.", j.title(st), st.Status.Swedish())
	}
	if st.Reached(StatusDecided) != 0 {
		return refuse(CodeNotNow, "%s är beslutat och kan inte utgå. Ett fattat beslut rättas eller ersätts av ett nytt beslut.", j.title(st))
	}
	held, err := j.s.authorise(j.c.Actor, st, slotEscalate, j.today)
	if err != nil {
		return err
	}
	j.emit(Event{Kind: EvVoided, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Date: j.today, Text: j.c.Text, Evidence: j.evidence(st, held)})
	return nil
}

// reviews tells whether a person only reviews the step: is of the revision and nothing else, and the step is not the revision's own.
func (s *State) reviews(p PersonID, st *Step, today Date) bool {
	if s.Rules < 3 || !s.Registry.AuditsOnly(p, today) {
		return false
	}
	if st == nil {
		return true
	}
	u := s.Registry.Unit(s.actor(st))
	return u == nil || u.Kind != KindAudit
}

// comment is open to everyone who holds a role that day, but not to who only reviews.
func (j *judge) comment() error {
	e := Event{Kind: EvCommented, Actor: j.c.Actor, Step: j.c.Step, Text: j.c.Text, Mentions: j.c.Mentions}
	if err := j.anyRole(); err != nil {
		return err
	}
	if j.s.reviews(j.c.Actor, j.s.step(e.Step), j.today) {
		return refuse(CodeRoleNotHeld, "Revisionen läser allt och ändrar inget. Gör en iakttagelse i stället: den får ett svar.")
	}
	if e.Step != "" && j.s.step(e.Step) == nil {
		return refuse(CodeUnknownStep, "Det finns inget steg %q i cykeln. Kontrollera stegets namn.", e.Step)
	}
	if err := j.checkMentions(); err != nil {
		return err
	}
	j.emit(e)
	return nil
}

// correct adds a correction to an earlier entry; the entry itself stays as it was written. Whoever has a part in the
// step may correct; what belongs to no step is corrected by the cykelansvarig.
func (j *judge) correct() error {
	if j.c.Entry > j.s.Seq {
		return refuse(CodeEntryUnknown, "Det finns ingen post %d i cykelns journal. Kontrollera numret.", j.c.Entry)
	}
	e := Event{Kind: EvCorrected, Actor: j.c.Actor, Step: j.c.Step, Entry: j.c.Entry, Text: j.c.Text}
	if e.Step == "" {
		if _, err := j.s.Registry.authorise(j.c.Actor, RoleLauncher, "cykelansvarig", j.today); err != nil {
			return err
		}
		j.emit(e)
		return nil
	}
	st := j.s.step(e.Step)
	if st == nil {
		return refuse(CodeUnknownStep, "Det finns inget steg %q i cykeln. Kontrollera stegets namn.", e.Step)
	}
	if err := j.s.mayCorrect(j.c.Actor, st, j.today); err != nil {
		return err
	}
	j.emit(e)
	return nil
}

// mayCorrect says why a person has no part in a step, or nil.
func (s *State) mayCorrect(person PersonID, st *Step, today Date) (err error) {
	for n := slotPrepare; n <= slotEscalate; n++ {
		if s.def(st).Slots.role(n) == "" {
			continue
		}
		if _, err = s.authorise(person, st, n, today); err == nil {
			return nil
		}
	}
	return err
}

func (j *judge) anyRole() error {
	if !j.s.Registry.knows(j.c.Actor) {
		return refuse(CodeUnknownPerson, "Du finns inte i registret. Be registeransvarig att lägga in dig och din roll.")
	}
	if !j.s.Registry.holdsAny(j.c.Actor, j.today) {
		return refuse(CodeRoleNotHeld, "Du har ingen roll den %s. Be registeransvarig att lägga in den.", j.today.Swedish())
	}
	return nil
}

// cancel ends the cycle before its time.
func (j *judge) cancel() error {
	if _, err := j.s.Registry.authorise(j.c.Actor, RoleLauncher, "cykelansvarig", j.today); err != nil {
		return err
	}
	j.emit(j.ended(Event{Kind: EvCancelled, Actor: j.c.Actor, Text: j.c.Text}))
	return nil
}

// advance moves an exercise's clock to the next thing that falls due.
func (j *judge) advance() error {
	if j.s.Cycle.Exercise == 0 {
		return refuse(CodeNotExercise, "Bara en övnings klocka går att flytta. Den här cykeln går i verklig tid.")
	}
	if _, err := j.s.Registry.authorise(j.c.Actor, RoleLauncher, "cykelansvarig", j.today); err != nil {
		return err
	}
	next := NextDue(j.s, j.now)
	if next == 0 {
		return refuse(CodeNothingDue, "Inget väntar på att tiden ska gå. Det som är kvar väntar på någon: se inkorgen.")
	}
	j.now, j.today = next, next.Date()
	j.emit(Event{Kind: EvAdvanced, Actor: j.c.Actor})
	return nil
}
