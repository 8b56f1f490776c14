package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Matter marks the steps of a cycle's closing that the law ties to each other, so that the rules know them whatever the
// wheel calls them.
type Matter string

// The matters.
const (
	MatterInterim     Matter = "delarsgranskning"    // revisorernas bedömning av delårsrapporten (KL 12:2)
	MatterAudit       Matter = "revisionsberattelse" // revisorernas bedömning och berättelse (KL 12:2, 12:12–13)
	MatterReport      Matter = "arsredovisning"      // KF godkänner årsredovisningen (KL 11:21)
	MatterExplanation Matter = "forklaring"          // a criticised nämnd explains itself (KL 5:32)
	MatterDischarge   Matter = "ansvarsfrihet"       // KF decides for one nämnd (KL 5:24)
)

// Matters lists every matter.
var Matters = []Matter{MatterInterim, MatterAudit, MatterReport, MatterExplanation, MatterDischarge}

// Assessment is revisorernas answer to whether the results agree with KF's mål (KL 12:2).
type Assessment string

// The answers. Revisorerna may find that they cannot tell.
const (
	AssessedConsistent Assessment = "forenligt"
	AssessedPartly     Assessment = "delvis"
	AssessedNot        Assessment = "inte"
	AssessedUnable     Assessment = "kan-ej-bedomas"
)

// Assessments lists every answer with the words for it.
var Assessments = []AssessmentWord{
	{AssessedConsistent, "förenligt med fullmäktiges mål"}, {AssessedPartly, "delvis förenligt med fullmäktiges mål"},
	{AssessedNot, "inte förenligt med fullmäktiges mål"}, {AssessedUnable, "kan ej bedömas"},
}

// AssessmentWord is an answer and what people call it.
type AssessmentWord struct {
	Assessment Assessment
	Word       string
}

func (a Assessment) known() bool {
	return slices.ContainsFunc(Assessments, func(w AssessmentWord) bool { return w.Assessment == a })
}

// Swedish is the words a person reads.
func (a Assessment) Swedish() string {
	for _, w := range Assessments {
		if w.Assessment == a {
			return w.Word
		}
	}
	return string(a)
}

// Stance is whether revisorerna recommend ansvarsfrihet (KL 12:13).
type Stance string

// The stances.
const (
	StanceFor     Stance = "tillstyrks"
	StanceAgainst Stance = "avstyrks"
)

// Review is what revisorerna stated.
type Review struct {
	Outcome Assessment  `json:"outcome"`
	Boards  []Statement `json:"boards,omitempty"` // one for each nämnd that KF decides on ansvarsfrihet for
	// Rest is the stance on every nämnd that is not among Boards; in an event they all are, and it is "".
	Rest Stance `json:"rest,omitempty"`
}

// Statement is what revisorerna stated of one nämnd.
type Statement struct {
	Unit   UnitID  `json:"unit"`
	Stance Stance  `json:"stance"`
	Remark bool    `json:"remark,omitempty"` // anmärkning, against the nämnd or somebody in it
	Reason TextRef `json:"reason,omitempty"` // of the anmärkning or of what speaks against
}

// criticises tells whether the nämnd is to explain itself before KF decides (KL 5:32).
func (s *Statement) criticises() bool { return s.Remark || s.Stance == StanceAgainst }

// Grant is what KF decided on ansvarsfrihet.
type Grant string

// The decisions.
const (
	Granted          Grant = "beviljas"
	DischargeRefused Grant = "vagras"
)

// Remark is KF's decision on anmärkning, which is one of its own (KL 5:24).
type Remark struct {
	Made   bool    `json:"made"`
	Reason TextRef `json:"reason,omitempty"` // required when it is made
	// Paragraph is where it stands, when that is not the § of the decision on ansvarsfrihet.
	Paragraph string `json:"paragraph,omitempty"`
}

// review judges what revisorerna stated, and puts it in the event in full: a nämnd that the statement takes among the rest
// has one of its own.
func (j *judge) review(st *Step, def *StepDef, e *Event) error {
	r := j.c.Review
	if def.Matter != MatterAudit && def.Matter != MatterInterim {
		if r != nil {
			return refuse(CodeUnknownField, "%s är ingen granskning av årsredovisningen eller delårsrapporten. Ta bort bedömningen, och skriv den i texten.", j.title(st))
		}
		return nil
	}
	if j.s.Rules < 3 {
		return nil
	}
	if r == nil || !r.Outcome.known() {
		return refuse(CodeReview, "Ange revisorernas bedömning mot fullmäktiges mål (KL 12:2): forenligt, delvis, inte eller kan-ej-bedomas.")
	}
	full := &Review{Outcome: r.Outcome}
	if def.Matter == MatterInterim {
		if len(r.Boards) > 0 || r.Rest != "" {
			return refuse(CodeUnknownField, "Uttalanden om ansvarsfrihet görs i revisionsberättelsen (KL 12:13), inte om delårsrapporten. Ta bort dem.")
		}
		e.Review = full
		return nil
	}
	for i, b := range r.Boards {
		switch {
		case j.s.matter(MatterDischarge, b.Unit) == nil:
			return refuse(CodeReview, "Fullmäktige beslutar inte om ansvarsfrihet för %s i den här cykeln. Ta bort det uttalandet.", j.s.Registry.unitName(b.Unit))
		case slices.ContainsFunc(r.Boards[:i], func(o Statement) bool { return o.Unit == b.Unit }):
			return refuse(CodeReview, "%s står två gånger. Ta bort det ena uttalandet.", j.s.Registry.unitName(b.Unit))
		case b.Stance != StanceFor && b.Stance != StanceAgainst:
			return refuse(CodeReview, "Ange om ansvarsfrihet för %s tillstyrks eller avstyrks (KL 12:13).", j.s.Registry.unitName(b.Unit))
		case b.Remark && b.Reason == "":
			return refuse(CodeTextMissing, "Skriv anledningen till anmärkningen mot %s: den ska stå i revisionsberättelsen (KL 12:13).", j.s.Registry.unitName(b.Unit))
		case b.Reason != "" && !Digest(b.Reason).Valid():
			return refuse(CodeBadCommand, "Anledningen är inte kontrollsumman av en sparad text. Skicka den igen.")
		}
	}
	if r.Rest != "" && r.Rest != StanceFor && r.Rest != StanceAgainst {
		return refuse(CodeReview, "Ange om ansvarsfrihet för de övriga nämnderna tillstyrks eller avstyrks (KL 12:13).")
	}
	for i := range j.s.Cycle.Steps {
		t := &j.s.Cycle.Steps[i]
		if j.s.def(t).Matter != MatterDischarge || t.Status.fallen() {
			continue
		}
		at := slices.IndexFunc(r.Boards, func(b Statement) bool { return b.Unit == t.Unit })
		switch {
		case at >= 0:
			full.Boards = append(full.Boards, r.Boards[at])
		case r.Rest != "":
			full.Boards = append(full.Boards, Statement{Unit: t.Unit, Stance: r.Rest})
		default:
			return refuse(CodeReview, "Revisionsberättelsen ska säga om ansvarsfrihet tillstyrks (KL 12:13), och för %s sägs inget. Ange det för varje nämnd, eller för de övriga tillsammans.", j.s.Registry.unitName(t.Unit))
		}
	}
	e.Review = full
	return nil
}

// plainReview is the statement of revisorer who have nothing against anything.
func (s *State) plainReview(def *StepDef) *Review {
	switch {
	case s.Rules < 3:
	case def.Matter == MatterAudit:
		return &Review{Outcome: AssessedConsistent, Rest: StanceFor}
	case def.Matter == MatterInterim:
		return &Review{Outcome: AssessedConsistent}
	}
	return nil
}

// dropExplanations lets those förklaringar fall that nobody asks for: of the nämnder that revisorerna neither remarked on
// nor spoke against.
func (j *judge) dropExplanations(r *Review, entry uint64) {
	for i := range j.s.Cycle.Steps {
		st := &j.s.Cycle.Steps[i]
		if j.s.def(st).Matter != MatterExplanation || j.s.Finished(st) {
			continue
		}
		if !slices.ContainsFunc(r.Boards, func(b Statement) bool { return b.Unit == st.Unit && b.criticises() }) {
			j.emit(Event{Kind: EvVoided, Step: st.ID, Round: st.Round, Date: j.today, Entry: entry})
		}
	}
}

// matter finds the step of a matter, for a unit when the matter has a step for each, or nil.
func (s *State) matter(m Matter, unit UnitID) *Step {
	for i := range s.Cycle.Steps {
		if st := &s.Cycle.Steps[i]; s.def(st).Matter == m && (unit == "" || st.Unit == unit) {
			return st
		}
	}
	return nil
}

// Discharged lists the units that KF decides on ansvarsfrihet for in the cycle.
func (s *State) Discharged() (units []UnitID) {
	for i := range s.Cycle.Steps {
		if st := &s.Cycle.Steps[i]; s.def(st).Matter == MatterDischarge && !st.Status.fallen() {
			units = append(units, st.Unit)
		}
	}
	return units
}

// StatementOn is what revisorerna stated of a nämnd, or nil as long as they have not.
func (s *State) StatementOn(unit UnitID) *Statement {
	if s.Cycle == nil {
		return nil
	}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if st.Review == nil {
			continue
		}
		for k := range st.Review.Boards {
			if st.Review.Boards[k].Unit == unit {
				return &st.Review.Boards[k]
			}
		}
	}
	return nil
}

// discharge judges what KF decided on ansvarsfrihet for a nämnd (KL 5:24), after the årsredovisning (KL 11:21) and what the
// nämnd said of revisorernas criticism (KL 5:32).
func (j *judge) discharge(st *Step, def *StepDef, outcome Outcome, e *Event) error {
	r := e.Record
	said := r != nil && (r.Discharge != "" || r.Remark != nil)
	if def.Matter != MatterDischarge || j.s.Rules < 3 {
		if said {
			return refuse(CodeUnknownField, "%s gäller inte ansvarsfrihet. Ta bort uppgifterna om ansvarsfrihet och anmärkning.", j.title(st))
		}
		return nil
	}
	unit := j.s.Registry.unitName(st.Unit)
	if outcome != OutcomeApproved {
		if outcome == OutcomeRejected {
			return refuse(CodeDischarge, "Fullmäktige beviljar eller vägrar ansvarsfrihet (KL 5:24). Registrera bifall, och ange vilket av dem det blev.")
		}
		if said {
			return refuse(CodeDischarge, "Ärendet avgjordes inte, så ansvarsfrihet är varken beviljad eller vägrad. Ta bort uppgiften.")
		}
		return nil
	}
	if r == nil || r.Discharge != Granted && r.Discharge != DischargeRefused {
		return refuse(CodeDischarge, "Ange om fullmäktige beviljar eller vägrar ansvarsfrihet för %s (KL 5:24): beviljas eller vagras.", unit)
	}
	if err := j.reportApproved(e); err != nil {
		return err
	}
	statement := j.s.StatementOn(st.Unit)
	against := statement != nil && statement.Stance == StanceAgainst
	switch m := r.Remark; {
	case j.c.Text == "" && (r.Discharge == DischargeRefused || against):
		return refuse(CodeTextMissing, "Beslutet ska motiveras när ansvarsfrihet vägras eller revisorerna har avstyrkt (KL 5:24). Skriv av motiveringen ur protokollet.")
	case m == nil && statement != nil && statement.Remark:
		return refuse(CodeDischarge, "Revisorerna har riktat en anmärkning mot %s. Ange om även fullmäktige gör det (KL 5:24).", unit)
	case m != nil && m.Made && m.Reason == "":
		return refuse(CodeTextMissing, "Ett beslut om anmärkning ska motiveras (KL 5:24). Skriv av motiveringen ur protokollet.")
	case m != nil && (m.Reason != "" && !Digest(m.Reason).Valid() || len(m.Paragraph) > 12 || strings.ContainsAny(m.Paragraph, "§\n")):
		return refuse(CodeBadCommand, "Anmärkningens motivering eller paragraf går inte att läsa. Skriv bara paragrafens nummer.")
	case m != nil && m.Paragraph != "" && m.Paragraph != e.Paragraph:
		if used := j.s.Cycle.usedFor(e.Meeting, m.Paragraph); used != "" {
			return refuse(CodeParagraphUsed, "§ %s är redan använd för %s. Kontrollera anmärkningens paragraf i protokollet.", m.Paragraph, j.s.StepTitle(used))
		}
	}
	if statement != nil && statement.criticises() {
		if x := j.s.matter(MatterExplanation, st.Unit); x == nil || x.Reached(StatusDecided) == 0 {
			e.Exception = strings.TrimSuffix(ExceptionUnexplained+","+e.Exception, ",")
		}
	}
	return nil
}

// reportApproved refuses a decision on ansvarsfrihet before KF has approved the årsredovisning (KL 11:21): it is not enough
// that somebody went on without it.
func (j *judge) reportApproved(e *Event) error {
	for i := range j.s.Cycle.Steps {
		report := &j.s.Cycle.Steps[i]
		if j.s.def(report).Matter != MatterReport || report.Status == StatusBefore {
			continue
		}
		if report.Reached(StatusDecided) == 0 || report.Decision.Date > e.Date {
			return refuse(CodeReportFirst, "Årsredovisningen ska godkännas innan fullmäktige beslutar om ansvarsfrihet (KL 11:21). Registrera beslutet i %s först.", j.title(report))
		}
	}
	return nil
}

func (c *Cycle) usedFor(m MeetingID, paragraph string) StepID {
	for _, u := range c.Paragraphs {
		if u.Meeting == m && u.Paragraph == paragraph {
			return u.Step
		}
	}
	return ""
}

// ExceptionUnexplained marks a decision on ansvarsfrihet without the förklaring that KF was to fetch (KL 5:32).
const ExceptionUnexplained = "unexplained"

// SueBy is the last day on which the municipality may sue after KF refused ansvarsfrihet, or "": within a year (KL 5:25).
func (s *Step) SueBy() Date {
	if s.Decision == nil || s.Decision.Discharge != DischargeRefused {
		return ""
	}
	d := s.Decision.Date
	return NewDate(d.Year()+1, d.utc().Month(), d.utc().Day())
}

// accountable tells whether a person is kept from a nämnd's ansvarsfrihet because the person answered for it during the
// year: had, by the registry, a förtroendeuppdrag in it, also as somebody's substitute (KL 5:48).
func (s *State) accountable(p PersonID, st *Step) bool {
	if s.Rules < 3 || s.def(st).Matter != MatterDischarge {
		return false
	}
	first, last := NewDate(s.Cycle.Year, 1, 1), NewDate(s.Cycle.Year, 12, 31)
	for _, b := range s.Registry.Bindings {
		role := s.Cycle.Wheel.Role(b.Role)
		if b.Unit != st.Unit || role == nil || !role.Elected || !overlap(b.From, b.To, first, last) {
			continue
		}
		if b.Person == p {
			return true
		}
		for _, x := range s.Registry.Substitutes {
			if x.Binding == b.Number && x.Person == p && overlap(x.From, x.To, first, last) {
				return true
			}
		}
	}
	return false
}

func reviewed(s *State, e *Event, step string) string {
	sentence := fmt.Sprintf("%s avgavs den %s", step, e.Date.Swedish())
	if e.Review == nil {
		return sentence + "."
	}
	sentence += ": " + e.Review.Outcome.Swedish() + "."
	var against, remarks []UnitID
	for _, b := range e.Review.Boards {
		if b.Stance == StanceAgainst {
			against = append(against, b.Unit)
		}
		if b.Remark {
			remarks = append(remarks, b.Unit)
		}
	}
	if len(against) > 0 {
		sentence += " Ansvarsfrihet avstyrks för " + s.Registry.unitNames(against) + "."
	}
	if len(remarks) > 0 {
		sentence += " Anmärkning riktas mot " + s.Registry.unitNames(remarks) + "."
	}
	if len(e.Review.Boards) > 0 && len(against) == 0 && len(remarks) == 0 {
		sentence += " Ansvarsfrihet tillstyrks."
	}
	return sentence
}

// dischargeWords says what KF decided on ansvarsfrihet.
func dischargeWords(r *Record) string {
	words := "ansvarsfrihet beviljas"
	if r.Discharge == DischargeRefused {
		words = "ansvarsfrihet vägras"
	}
	if r.Remark != nil && r.Remark.Made {
		words += ", med anmärkning"
	}
	return words
}
