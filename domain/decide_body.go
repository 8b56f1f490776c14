package domain

import "strings"

// decide judges the writing-down of what a body decided: on which version, at which meeting, under which §.
func (j *judge) decide(st *Step, def *StepDef, e Event) error {
	m, err := j.atMeeting(st)
	if err != nil {
		return err
	}
	if st.Decision != nil && st.Decision.Outcome == OutcomeTabled && st.Decision.Meeting == m.ID {
		return refuse(CodeNotNow, "%s bordlades vid det sammanträdet. Registrera beslutet vid det sammanträde där ärendet togs upp igen.", j.title(st))
	}
	e.Meeting, e.Paragraph, e.Dnr, e.Outcome = m.ID, j.c.Paragraph, j.c.Dnr, j.c.Outcome
	if e.Date, err = j.meetingDate(m); err != nil {
		return err
	}
	if st.Submission.By == j.c.Actor {
		e.Exception = ExceptionRegistrarSubmitted
	}
	if err := j.newCouncil(def, &e); err != nil {
		return err
	}
	if err := j.protocol(st, &e); err != nil {
		return err
	}
	outcome := j.c.Outcome
	if outcome == OutcomePartly {
		outcome = j.c.Record.whole()
	}
	if len(j.c.Figures) > 0 && outcome != OutcomeApproved {
		return refuse(CodeUnknownField, "Belopp anges bara när förslaget bifalls med andra belopp än de som står i det. Ta bort dem.")
	}
	if err := j.discharge(st, def, outcome, &e); err != nil {
		return err
	}
	switch outcome {
	case OutcomeApproved:
		if err := j.decidedFigures(st, &e); err != nil {
			return err
		}
		j.emit(e)
	case OutcomeRejected:
		e.Kind = EvRejected
		j.emit(e)
		j.toNextMeeting(e.Step, m.Date)
	case OutcomeTabled:
		e.Kind = EvTabled
		j.emit(e)
		j.toNextMeeting(e.Step, m.Date)
	case OutcomeReturned:
		if j.c.Text == "" {
			return refuse(CodeTextMissing, "En återremiss behöver en motivering: den blir anvisningen till den som ska göra om. Skriv av den ur protokollet.")
		}
		e.Kind = EvReturned
		j.emit(e)
		j.toNextMeeting(e.Step, m.Date)
		if def.ReturnsTo != "" {
			j.reopen(def, st.Unit, e)
		}
	case OutcomeNoQuorum:
		e.Kind, e.Exception = EvPostponed, ""
		j.emit(e)
		j.toNextMeeting(e.Step, m.Date)
	default:
		return refuse(CodeBadCommand, "Utfallet %q finns inte. Välj bifall, avslag, aterremiss, bordlaggning, delvis eller ej-beslutsfor.", j.c.Outcome)
	}
	return nil
}

// newCouncil judges a budget that KF adopted in an election year before the newly elected KF had begun on 15 October: the
// law wants it adopted by those who were elected (KL 5:9, 11:10). It is written down with its reason, and shown.
func (j *judge) newCouncil(def *StepDef, e *Event) error {
	year := j.s.Cycle.Year - 1
	if j.s.Rules < 3 || !def.Legal.byNewCouncil() || !ElectionYear(year) || e.Outcome != OutcomeApproved || e.Date >= NewDate(year, 10, 15) {
		return nil
	}
	if j.c.Text == "" {
		return refuse(CodeElection, "%d är valår: budgeten fastställs av det nyvalda fullmäktige, som tillträder den 15 oktober (KL 5:9, 11:10). Beslutades det ändå den %s, skriv varför.", year, e.Date.Swedish())
	}
	e.Exception = ExceptionOldCouncil + "," + e.Exception
	e.Exception = strings.TrimSuffix(e.Exception, ",")
	return nil
}

// ExceptionOldCouncil marks a budget that KF adopted before those newly elected had begun.
const ExceptionOldCouncil = "old_council"

// ExceptionRegistrarSubmitted marks a decision that was written down by who submitted the version; somebody else must
// then confirm justering. Revisorerna are shown every such entry.
const ExceptionRegistrarSubmitted = "registrar_submitted"

// report judges the noting of a notice or information at a meeting.
func (j *judge) report(st *Step, e Event) error {
	for _, d := range j.s.def(st).Documents {
		if d.Required && st.Submission == nil {
			return refuse(CodeDocumentMissing, "Handlingen %s saknas. Lämna in den först.", d.Title)
		}
	}
	m, err := j.atMeeting(st)
	if err != nil {
		return err
	}
	e.Meeting, e.Paragraph = m.ID, j.c.Paragraph
	if e.Date, err = j.meetingDate(m); err != nil {
		return err
	}
	j.emit(e)
	return nil
}

// atMeeting gives the meeting that the command names: one of the step's own body, held, with the § still free.
func (j *judge) atMeeting(st *Step) (*Meeting, error) {
	m := j.s.Registry.Meeting(j.c.Meeting)
	switch {
	case m == nil:
		return nil, refuse(CodeMeetingUnknown, "Det finns inget sammanträde %q i registret. Be registeransvarig att lägga in det.", j.c.Meeting)
	case m.Unit != j.s.actor(st):
		return nil, refuse(CodeMeetingOther, "Sammanträdet den %s är %s. %s beslutas av %s.", m.Date.Swedish(),
			genitive(j.s.Registry.unitName(m.Unit)), j.title(st), j.s.Registry.unitName(j.s.actor(st)))
	case m.Status == MeetingCancelled:
		return nil, refuse(CodeMeetingCancelled, "Sammanträdet den %s är inställt. Ange det sammanträde där ärendet togs upp.", m.Date.Swedish())
	case m.Status == MeetingProposed:
		return nil, refuse(CodeMeetingProposed, "Sammanträdet den %s är bara föreslaget. Be registeransvarig att fastställa det först.", m.Date.Swedish())
	case m.Date > j.today:
		return nil, refuse(CodeDateFuture, "Sammanträdet är den %s och har inte varit än. Registrera beslutet efter sammanträdet.", m.Date.Swedish())
	}
	p := j.c.Paragraph
	if strings.ContainsRune(p, '§') || strings.TrimSpace(p) != p {
		return nil, refuse(CodeBadCommand, "Skriv bara paragrafens nummer, utan paragraftecken: 14.")
	}
	for _, u := range j.s.Cycle.Paragraphs {
		if u.Meeting == m.ID && u.Paragraph == p {
			return nil, refuse(CodeParagraphUsed, "§ %s vid sammanträdet den %s är redan använd för %s. Kontrollera paragrafen i protokollet.",
				p, m.Date.Swedish(), j.s.StepTitle(u.Step))
		}
	}
	return m, nil
}

// meetingDate is the day the body decided: the meeting's, or a later one when it went on for several days.
func (j *judge) meetingDate(m *Meeting) (Date, error) {
	d := j.c.Date
	switch {
	case d == "":
		return m.Date, nil
	case d < m.Date:
		return "", refuse(CodeDateBefore, "Den %s är före sammanträdet den %s. Rätta datumet.", d.Swedish(), m.Date.Swedish())
	case (m.Last != "" || m.Reserve != "") && d > m.End() && d != m.Reserve:
		return "", refuse(CodeDateBefore, "Den %s är efter sammanträdets sista dag, den %s, och inte dess reservdag. Rätta datumet.", d.Swedish(), m.End().Swedish())
	case d > j.today:
		return "", refuse(CodeDateFuture, "Den %s har inte varit än. Ange beslutets dag, senast i dag den %s.", d.Swedish(), j.today.Swedish())
	}
	return d, nil
}

// toNextMeeting hangs a step that was not approved on the body's next meeting. A deadline that follows the meeting
// follows it there.
func (j *judge) toNextMeeting(id StepID, after Date) {
	st := j.s.step(id)
	e := Event{Kind: EvReplanned, Step: id, Date: st.Plan}
	if next := j.s.Registry.nextMeeting(j.s.actor(st), after); next != nil {
		e.Meeting = next.ID
		if j.s.def(st).rule(st).Kind == RuleMeeting && !st.Extended {
			e.Date = next.Date
		}
	}
	j.emit(e)
	j.replanFollowers()
}

// reopen begins a new round of an earlier step, with the motivering as its instruction, and sends back to waiting what
// had come further on the strength of it. Among steps of the same scope the one of the same unit is meant.
func (j *judge) reopen(from *StepDef, unit UnitID, cause Event) {
	var returned []StepID
	own := from.Scope != ScopeCity && from.Scope == j.s.Cycle.Wheel.Def(from.ReturnsTo).Scope
	for _, st := range j.s.Cycle.Steps {
		if st.Def == from.ReturnsTo && (!own || st.Unit == unit) {
			returned = append(returned, st.ID)
			j.reopenOne(&st, Event{Text: cause.Text})
		}
	}
	j.reopenDependants(returned)
	j.replanFollowers()
}

// reopenDependants sends back to waiting what had come further on the strength of the steps given.
func (j *judge) reopenDependants(stack []StepID) {
	for len(stack) > 0 {
		id := stack[0]
		stack = stack[1:]
		for _, st := range j.s.Cycle.Steps {
			if !st.needs(id) || st.Status == StatusWaiting || st.Status.fallen() {
				continue
			}
			j.reopenOne(&st, Event{Need: id})
			stack = append(stack, st.ID)
		}
	}
}

func (j *judge) reopenOne(st *Step, e Event) {
	e.Kind, e.Step, e.Entry = EvReopened, st.ID, j.events[0].Seq
	j.emit(e)
	if st.Held != "" && st.MeetingDay {
		j.toNextMeeting(st.ID, j.today)
	}
}

func (s *Step) needs(id StepID) bool {
	for _, n := range s.Needs {
		if n.Step == id && n.Waived == 0 {
			return true
		}
	}
	return false
}

func genitive(name string) string {
	if strings.HasSuffix(name, "s") {
		return name
	}
	return name + "s"
}
