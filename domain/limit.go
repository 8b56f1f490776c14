package domain

// Limit is a limit of the law that a step must keep: until which day, and whether the duty is done.
type Limit struct {
	Law  LawID
	Date Date // the last lawful day; computed, and nobody can move it
	Met  Date // when the duty was done; "" = it is not
}

// Slack is how many days are left from a day through the limit; negative when it has passed.
func (l *Limit) Slack(today Date) int { return daysBetween(today, l.Date) }

// Limits lists the limits that bind a step: the fixed one that its row of the wheel names, what follows from the meeting it
// hangs on, and what follows from its decision. A limit whose occasion has no day yet is not listed.
func Limits(s *State, id StepID) []Limit {
	if st := s.step(id); st != nil {
		return s.limits(st, nil)
	}
	return nil
}

// limits adds those of a step to all.
func (s *State) limits(st *Step, all []Limit) []Limit {
	if st.Status.fallen() {
		return all
	}
	i, d := s.place(st), s.derive()
	def, l := d.defs[i], d.lives[i]
	if def.Legal == "" && l != lifeBody {
		return all
	}
	add := func(law LawID, from Date, met Date) {
		if from != "" {
			all = append(all, Limit{Law: law, Date: from.Add(law.Law().Days), Met: met})
		}
	}
	if st.Legal != "" {
		fixed := Limit{Law: def.Legal, Date: def.Legal.Limit(s.Cycle.Year), Met: st.dateOf(l.meets(def))}
		if law := def.Legal.Law(); law.Then != "" && (st.Partly() || s.split(st)) {
			fixed.Law, fixed.Date = law.Then, law.Then.Limit(s.Cycle.Year)
		}
		all = append(all, fixed)
	}
	if b, due := s.balance(st); due {
		all = append(all, b)
	}
	if law := def.Legal.Law(); law != nil && law.From == FromAnnounced {
		add(law.ID, s.announced(def.rule(st)), st.dateOf(l.end(def)))
		if law.ID == lawReportOnWeb && s.Rules >= 3 && s.needsAudit(st) {
			add(lawAuditOnWeb, s.announced(def.rule(st)), st.dateOf(l.end(def)))
		}
	}
	if l != lifeBody {
		return all
	}
	if m := s.Registry.Meeting(st.Held); m != nil && s.Registry.Unit(m.Unit).Kind == KindCouncil {
		add(lawNotice, m.Date, m.Announced)
	}
	if decided := st.dateOf(StatusDecided); decided != "" && !st.unreported() {
		if st.Decision.Told != "" {
			decided = st.Decision.Told // its own protocol is the nämnd's
		}
		add(lawAdjusted, decided, st.dateOf(StatusAdjusted))
	}
	add(lawPosted, st.dateOf(StatusAdjusted), st.dateOf(StatusPosted))
	return all
}

// maxLimits is how many limits a step can have: the fixed one, of its deficits, after its announcement, of the audit, and of its
// notice, adjustment and posting.
const maxLimits = 7

// needsAudit tells whether a step waits for the revisionsberättelse, as its publication together with the årsredovisning does.
func (s *State) needsAudit(st *Step) bool {
	for _, n := range st.Needs {
		if s.def(s.step(n.Step)).Matter == MatterAudit {
			return true
		}
	}
	return false
}

// split tells whether a part of the step's matter has a step of its own, as the skattesats has; once that one has fallen
// the whole is due by the ordinary limit.
func (s *State) split(st *Step) bool {
	if !st.Apart {
		return false
	}
	with := s.def(st).Apart.Step
	for i := range s.Cycle.Steps {
		if s.Cycle.Steps[i].Def == with && !s.Cycle.Steps[i].Status.fallen() {
			return true
		}
	}
	return false
}

// LawOf is the row of the law table that a limit with a fixed date comes from, by its day: that of the definition, or what
// takes its place when the matter is split.
func (d *StepDef) LawOf(limit Date, year int) LawID {
	if l := d.Legal.Law(); l != nil && l.Then != "" && limit == l.Then.Limit(year) {
		return l.Then
	}
	return d.Legal
}

// dateOf is the day on which this round reached a status, or "".
func (s *Step) dateOf(at Status) Date {
	for _, m := range s.Marks {
		if m.Status == at {
			return m.Date
		}
	}
	return ""
}

// announced is when the meeting was announced that the step's deadline is counted from, or, as long as nobody has noted
// that, the last day on which it may be.
func (s *State) announced(rule *Rule) Date {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if st.Def != rule.Step {
			continue
		}
		m := s.Registry.Meeting(st.Held)
		switch {
		case m == nil:
			return ""
		case m.Announced != "":
			return m.Announced
		}
		return m.Date.Add(lawNotice.Law().Days)
	}
	return ""
}

// alarmDays are how long before a fixed limit somebody is alarmed, when the duty is not done.
var alarmDays = [...]int{30, 14, 3}

// guard emits the alarms of limits that are near, and of those that have passed. Of alarms whose days have passed together
// only the last rings.
func (j *judge) guard(st *Step) {
	var room [maxLimits]Limit
	for _, l := range j.s.limits(st, room[:0]) {
		if l.Met != "" || l.Law == lawNotice { // whether a meeting was announced is judged when somebody notes it
			continue
		}
		if l.Date < j.today {
			if !st.broke(l.Law) {
				j.emit(Event{Kind: EvLegalBreached, Step: st.ID, Law: l.Law, Date: l.Date})
			}
			continue
		}
		if l.Law.Law().Month == 0 {
			continue
		}
		rung := 0
		for n, days := range alarmDays {
			if l.Date.Add(-days) <= j.today {
				rung = n + 1
			}
		}
		if rung > st.Alarmed {
			j.emit(Event{Kind: EvLegalAlarm, Step: st.ID, Law: l.Law, Date: l.Date, Rung: rung})
		}
	}
}

// nextGuard is the next day on which guard finds something, or "".
func (s *State) nextGuard(st *Step, today Date) (next Date) {
	consider := func(d Date) {
		if d > today && (next == "" || d < next) {
			next = d
		}
	}
	var room [maxLimits]Limit
	for _, l := range s.limits(st, room[:0]) {
		if l.Met != "" || l.Law == lawNotice || st.broke(l.Law) {
			continue
		}
		consider(l.Date.Add(1))
		if l.Law.Law().Month == 0 {
			continue
		}
		for n := st.Alarmed; n < len(alarmDays); n++ {
			consider(l.Date.Add(-alarmDays[n]))
		}
	}
	return next
}

func (s *Step) broke(law LawID) bool {
	for _, b := range s.Broken {
		if b.Law == law {
			return true
		}
	}
	return false
}

// unexplained tells whether a limit was passed and nobody has said why.
func (s *Step) unexplained() bool {
	for _, b := range s.Broken {
		if b.Explained == 0 {
			return true
		}
	}
	return false
}

// explain judges the note that says why a limit was passed. It changes no date: what the law asked for was not done in
// time, and who reads the history sees both.
func (j *judge) explain(st *Step) error {
	if !st.unexplained() {
		return refuse(CodeNothingChanged, "%s har ingen passerad gräns som väntar på en förklaring.", j.title(st))
	}
	held, err := j.s.authorise(j.c.Actor, st, slotEscalate, j.today)
	if err != nil {
		return err
	}
	j.emit(Event{Kind: EvBreachExplained, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Text: j.c.Text, Date: j.today,
		Evidence: &Evidence{Binding: held.Binding, Substitute: held.Substitute, Exclusion: held.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}})
	return nil
}
