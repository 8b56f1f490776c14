package domain

import "strings"

// decideInstead judges the writing-down of a decision that somebody took in a nämnd's place: the chair in an urgent
// matter (KL 6:39), or who holds a delegation (KL 6:37, 7:5). It is reported at the nämnd's next meeting (KL 6:40).
func (j *judge) decideInstead(st *Step) error {
	def := j.s.def(st)
	if j.s.life(st) != lifeBody {
		return refuse(CodeWrongAct, "%s beslutas inte av en nämnd. Det går inte att fatta som ordförandebeslut eller på delegation.", j.title(st))
	}
	if err := j.inState(st, move{from: ready}); err != nil {
		return err
	}
	held, err := j.s.authorise(j.c.Actor, st, slotRegister, j.today)
	if err != nil {
		return err
	}
	if err := j.currentVersion(st); err != nil {
		return err
	}
	r := j.c.Record
	switch {
	case j.s.Registry.Unit(j.s.actor(st)).Kind == KindCouncil:
		return refuse(CodeNotDelegable, "Det här beslutas av fullmäktige och kan inte delegeras (KL 5:1–2).")
	case r.Manner == "":
		return refuse(CodeBadCommand, "Ange om beslutet är ett ordförandebeslut eller fattades på delegation.")
	case r.Votes != nil || r.Class != "" || len(r.Items)+len(r.Reservations)+len(r.Served) > 0 || r.Immediate:
		return refuse(CodeUnknownField, "Ett beslut i nämndens ställe har varken röster, att-satser, reservationer eller justering. Ta bort dem.")
	case r.Manner == MannerDelegated && def.Matter == MatterExplanation:
		return refuse(CodeNotDelegable, "%s är ett yttrande till fullmäktige. Det beslutar nämnden själv (KL 6:38).", j.title(st))
	case r.By != "" && !j.s.Registry.knows(r.By):
		return refuse(CodeUnknownPerson, "Den som beslutade, %s, finns inte i registret. Ta bort uppgiften, eller be registeransvarig att lägga in personen.", r.By)
	case r.By != "" && j.s.KeptFrom(r.By, st):
		return refuse(CodeExcluded, "Den som beslutade är jävig i %s, och ett jäv gäller också ordförandebeslut och delegation (KL 6:28–30, 7:4). Någon annan behöver besluta.", j.title(st))
	case r.Manner == MannerDelegated && def.Core:
		return refuse(CodeNotDelegable, "%s gäller verksamhetens mål, inriktning, omfattning eller kvalitet. Det beslutar nämnden själv (KL 6:38).", j.title(st))
	case r.Manner == MannerDelegated && r.Onward > 1:
		return refuse(CodeNotDelegable, "En delegation får föras vidare ett steg, från förvaltningschefen till en annan anställd (KL 7:6). Nämnden eller förvaltningschefen behöver besluta.")
	case r.Manner == MannerChair && r.Onward != 0 || r.Onward < 0:
		return refuse(CodeUnknownField, "Bara en delegation förs vidare. Ta bort uppgiften.")
	}
	e := Event{Kind: EvDecided, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Version: j.c.Version, Outcome: OutcomeApproved, Text: j.c.Text,
		Reference: j.c.Reference, Dnr: j.c.Dnr, Record: r, Evidence: j.evidence(st, held)}
	if e.Date, err = j.actDate(st); err != nil {
		return err
	}
	if r.Manner == MannerChair && def.Core {
		e.Exception = ExceptionChairInCore
	}
	if st.Submission.By == j.c.Actor {
		e.Exception = strings.TrimPrefix(e.Exception+","+ExceptionRegistrarSubmitted, ",")
	}
	if err := j.decidedFigures(st, &e); err != nil {
		return err
	}
	j.emit(e)
	j.toNextMeeting(e.Step, e.Date) // where it is to be reported
	return nil
}

// The exceptions of decisions in a nämnd's place. Revisorerna are shown every such entry.
const (
	ExceptionChairInCore  = "chair_in_core" // the chair decided on mål, inriktning, omfattning or kvalitet (KL 6:38–39)
	ExceptionReportedLate = "reported_late" // not at the nämnd's next meeting (KL 6:40)
)

// unreported tells whether the step waits for its decision to be reported to the nämnd.
func (st *Step) unreported() bool {
	return st.Decision != nil && st.Decision.Manner != "" && st.Decision.Reported == 0
}

// reportInstead judges the report of such a decision at a meeting of the nämnd.
func (j *judge) reportInstead(st *Step) error {
	held, err := j.s.authorise(j.c.Actor, st, slotRegister, j.today)
	if err != nil {
		return err
	}
	m, err := j.atMeeting(st)
	if err != nil {
		return err
	}
	if m.Date < st.Decision.Date {
		return refuse(CodeDateBefore, "Sammanträdet den %s är före beslutet den %s. Beslutet anmäls vid nästa sammanträde efter det (KL 6:40).", m.Date.Swedish(), st.Decision.Date.Swedish())
	}
	e := Event{Kind: EvDecisionReported, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Meeting: m.ID, Paragraph: j.c.Paragraph, Text: j.c.Text,
		Entry: st.Decision.Seq, Evidence: j.evidence(st, held)}
	if e.Date, err = j.meetingDate(m); err != nil {
		return err
	}
	if next := j.s.Registry.nextMeeting(m.Unit, st.Decision.Date); next != nil && next.Date < m.Date {
		e.Exception = ExceptionReportedLate
	}
	j.emit(e)
	return nil
}
