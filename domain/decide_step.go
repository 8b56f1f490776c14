package domain

import (
	"slices"
	"strings"
)

// move judges a command that takes a step further in its life.
func (j *judge) move(st *Step) error {
	life := j.s.life(st)
	def := j.s.def(st)
	var m move
	for _, m = range life.moves() {
		if m.cmd == j.c.Kind {
			break
		}
	}
	if m.cmd != j.c.Kind || m.cmd == CmdHandOver && life == lifeBody && !def.HandsOver {
		return refuse(CodeWrongAct, "%s är av slaget %s och har inget sådant moment. Se på steget vad som går att göra.", j.title(st), def.Act.Swedish())
	}
	if err := j.inState(st, m); err != nil {
		return err
	}
	held, err := j.s.authorise(j.c.Actor, st, m.slot, j.today)
	if err != nil {
		return err
	}
	if err := j.currentVersion(st); err != nil {
		return err
	}
	e := Event{Kind: m.event, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Version: j.c.Version, Text: j.c.Text, Evidence: j.evidence(st, held)}
	switch m.cmd {
	case CmdSubmit:
		return j.submit(st, def, e)
	case CmdDecide:
		return j.decide(st, def, e)
	case CmdEstablish:
		return j.establish(st, life, e)
	case CmdReport:
		return j.report(st, e)
	case CmdAdjust:
		return j.adjust(st, e)
	case CmdHandOver:
		for _, u := range j.c.To {
			if j.s.Registry.Unit(u) == nil {
				return refuse(CodeUnitUnknown, "Det finns ingen enhet %q att lämna över till. Kontrollera mottagaren.", u)
			}
		}
		for _, u := range def.To {
			if !slices.Contains(j.c.To, u) {
				return refuse(CodeBadCommand, "%s ska lämnas över till %s. Registrera överlämnandet när alla har fått det.", j.title(st), j.s.Registry.unitNames(def.To))
			}
		}
		e.To = j.c.To
	case CmdReady:
		if err := j.stillHolds(st, &e); err != nil {
			return err
		}
	case CmdReview:
		if err := j.review(st, def, &e); err != nil {
			return err
		}
	case CmdPublish:
		e.Reference = j.c.Reference
	case CmdHold:
		if err := j.checkFields(def); err != nil {
			return err
		}
		e.Fields = j.c.Fields
	}
	if e.Date, err = j.actDate(st); err != nil {
		return err
	}
	j.emit(e)
	if e.Review != nil && def.Matter == MatterAudit {
		j.dropExplanations(e.Review, j.s.Seq)
	}
	return nil
}

// inState refuses a move from a status that it does not start from, and says what the step waits for.
func (j *judge) inState(st *Step, m move) error {
	if slices.Contains(m.from, st.Status) {
		return nil
	}
	switch st.Status {
	case StatusWaiting:
		if _, missing := j.s.gate(st); len(missing) > 0 {
			titles := make([]string, len(missing))
			for i, n := range missing {
				titles[i] = j.s.StepTitle(n.Step) + " (" + n.At.Swedish() + ")"
			}
			return refuse(CodeGateNotMet, "%s kan inte påbörjas än. Det som saknas: %s.", j.title(st), strings.Join(titles, "; "))
		}
		return refuse(CodeNotOpenYet, "%s öppnar den %s.", j.title(st), st.Opens.Swedish())
	case StatusTabled:
		return refuse(CodeFrozen, "%s är bordlagt. Ett bordlagt ärende får inte ändras; det tas upp som det är vid nästa sammanträde.", j.title(st))
	}
	words := make([]string, len(m.from))
	for i, f := range m.from {
		words[i] = f.Swedish()
	}
	return refuse(CodeNotNow, "%s är %s. Det här går bara att göra när steget är %s.", j.title(st), st.Status.Swedish(), strings.Join(words, " eller "))
}

// currentVersion refuses an act on another version than the last one submitted.
func (j *judge) currentVersion(st *Step) error {
	if j.c.Version == "" || st.Submission != nil && st.Submission.Hash == j.c.Version {
		return nil
	}
	no := 0
	if st.Submission != nil {
		no = st.Submission.No
	}
	return refuse(CodeSuperseded, "Versionen du såg är ersatt: version %d är inlämnad sedan dess. Ladda om steget, läs den nya versionen och gör om.", no)
}

// evidence is what an act rests on: the gate, each condition with its entry, and the right by which the actor acted.
func (j *judge) evidence(st *Step, h Holding) *Evidence {
	met, _ := j.s.gate(st)
	return &Evidence{Conditions: met, Binding: h.Binding, Substitute: h.Substitute, Exclusion: h.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}
}

// actDate is the day an act was done: not in the future, and not before what it follows in this round.
func (j *judge) actDate(st *Step) (Date, error) {
	d := j.c.Date
	if d == "" {
		return j.today, nil
	}
	if d > j.today {
		return "", refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då det skedde, senast i dag den %s.", d.Swedish(), j.today.Swedish())
	}
	if n := len(st.Marks); n > 0 && d < st.Marks[n-1].Date {
		last := st.Marks[n-1]
		return "", refuse(CodeDateBefore, "Den %s är före den dag då steget blev %s (%s). Rätta datumet.", d.Swedish(), last.Status.Swedish(), last.Date.Swedish())
	}
	return d, nil
}

func (j *judge) adjust(st *Step, e Event) (err error) {
	if st.unreported() {
		return refuse(CodeNotReported, "Beslutet fattades i nämndens ställe och är inte anmält. Anmäl det vid nästa sammanträde (KL 6:40), så justeras det med det protokollet.")
	}
	if st.Decision.Exception && st.Decision.By == j.c.Actor {
		return refuse(CodeSecondPerson, "Du har både lämnat in förslaget och registrerat beslutet. En annan person behöver bekräfta justeringen.")
	}
	if e.Date, err = j.actDate(st); err != nil {
		return err
	}
	j.emit(e)
	return nil
}

// establish: an official never establishes a version that the same official submitted.
func (j *judge) establish(st *Step, l life, e Event) (err error) {
	if st.Submission.By == j.c.Actor {
		return refuse(CodeSecondPerson, "Du har själv lämnat in den här versionen. En annan person som har rollen behöver fastställa den.")
	}
	if l == lifeCompany && j.c.Paragraph == "" {
		return refuse(CodeBadCommand, "Uppgiften paragraph saknas. Ange vilken paragraf i protokollet som fastställandet står under.")
	}
	if e.Date, err = j.actDate(st); err != nil {
		return err
	}
	e.Paragraph, e.Dnr = j.c.Paragraph, j.c.Dnr
	j.emit(e)
	return nil
}

func (j *judge) title(st *Step) string { return j.s.StepTitle(st.ID) }
