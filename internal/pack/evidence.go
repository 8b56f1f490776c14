package pack

import (
	"slices"
	"strings"

	"arshjul/domain"
)

// evidence re-checks what the approvals of a cycle rest on, entry by entry. It is written from the law and the wheel, not
// from the rules' code, and keeps a book of its own of where each step stands: of the folded state it reads only the
// registry, so that a bug in the rules is found here.
type evidence struct {
	stream []*shown // the cycle's entries, in order
	state  *domain.State
	steps  map[domain.StepID]*standing
}

// standing is where a step stands by the entries themselves.
type standing struct {
	open      bool // it was opened, and has not been sent back to waiting
	submitted *domain.Event
	decided   *domain.Event
	reached   map[domain.Status]uint64 // in this round, by entry
}

func newEvidence(stream []*shown, state *domain.State) *evidence {
	return &evidence{stream: stream, state: state, steps: map[domain.StepID]*standing{}}
}

// act is what an approval of a kind must be able to show.
type act struct {
	role    func(*domain.Wheel, *domain.StepDef, domain.UnitKind) domain.RoleID
	to      domain.Status // the status it takes the step to; "" = none
	forward bool          // only on a step that was opened
	version bool          // on a version, the one submitted last
}

func prepares(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Prepare
}
func readies(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Ready
}
func registers(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Register
}
func publishes(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Publish
}
func escalates(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Escalate
}

// establishes: of a bolag or KF:s presidium its decision is written down; an official establishes by their own right.
func establishes(_ *domain.Wheel, d *domain.StepDef, body domain.UnitKind) domain.RoleID {
	if body == domain.KindCompany || body == domain.KindPresidium {
		return d.Slots.Register
	}
	return d.Slots.Decide
}

func reviews(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	return d.Slots.Decide
}

// handsOver: what was handed in is handed over by who finishes it, a body's decision by its registrar.
func handsOver(_ *domain.Wheel, d *domain.StepDef, _ domain.UnitKind) domain.RoleID {
	if d.Act == domain.ActHandIn {
		return d.Slots.Ready
	}
	return d.Slots.Register
}

var acts = map[domain.EventKind]act{
	domain.EvSubmitted:        {prepares, domain.StatusSubmitted, true, true},
	domain.EvReady:            {readies, domain.StatusReady, true, true},
	domain.EvTakenBack:        {readies, "", true, false},
	domain.EvDecided:          {registers, domain.StatusDecided, true, true},
	domain.EvRejected:         {registers, domain.StatusRejected, true, true},
	domain.EvReturned:         {registers, domain.StatusReturned, true, true},
	domain.EvTabled:           {registers, domain.StatusTabled, true, true},
	domain.EvPostponed:        {registers, "", true, true},
	domain.EvEstablished:      {establishes, domain.StatusEstablished, true, true},
	domain.EvAdjusted:         {registers, domain.StatusAdjusted, true, false},
	domain.EvPosted:           {registers, domain.StatusPosted, true, false},
	domain.EvHandedOver:       {handsOver, domain.StatusHandedOver, true, false},
	domain.EvFinalised:        {readies, domain.StatusFinalised, true, true},
	domain.EvHeld:             {registers, domain.StatusHeld, true, false},
	domain.EvReported:         {registers, domain.StatusReported, true, false},
	domain.EvReviewed:         {reviews, domain.StatusReviewed, true, false},
	domain.EvPublished:        {publishes, domain.StatusPublished, true, false},
	domain.EvDecisionReported: {registers, "", true, false},
	domain.EvRevised:          {registers, "", true, false},
	domain.EvAppealed:         {registers, "", true, false},
	domain.EvInForce:          {registers, "", true, false},
	domain.EvOverturned:       {registers, "", true, false},
	domain.EvWaived:           {escalates, "", false, false},
	domain.EvExtended:         {escalates, "", false, false},
	domain.EvVoided:           {escalates, domain.StatusVoid, false, false},
	domain.EvBreachExplained:  {escalates, "", true, false},
}

// check judges an entry before it is applied: "" when what it rests on holds, otherwise the sentence that says what does not.
// approval tells whether it was one.
func (c *evidence) check(s *shown) (approval bool, fault string) {
	e := &s.event
	rule, isAct := acts[e.Kind]
	if e.Actor == "" && e.Kind != domain.EvOpened || !isAct && e.Kind != domain.EvOpened {
		return false, c.others(e)
	}
	st := c.state.Cycle.Step(e.Step)
	if st == nil {
		return isAct, sentence("steget %s finns inte i cykeln.", e.Step)
	}
	def := c.state.Cycle.Wheel.Def(st.Def)
	switch {
	case def == nil:
		return isAct, sentence("stegets definition %s finns inte i årshjulet.", st.Def)
	case e.Evidence == nil:
		return isAct, "posten saknar underlag: det går inte att se vad godkännandet vilar på."
	case e.Evidence.Registry != c.state.Registry.Number:
		return isAct, sentence("underlaget säger att registret sågs till och med ändring %d, men cykeln hade då tagit emot %d.", e.Evidence.Registry, c.state.Registry.Number)
	case e.Evidence.Rules != c.state.Rules:
		return isAct, sentence("underlaget säger regelversion %d, men %d gällde.", e.Evidence.Rules, c.state.Rules)
	}
	if fault := c.gate(st, e, e.Kind == domain.EvOpened); fault != "" || !isAct {
		return isAct, fault
	}
	if rule.forward && !c.at(e.Step).open {
		return true, "steget var inte öppnat: grinden hade inte släppt fram det."
	}
	if fault := c.right(st, def, rule, e); fault != "" {
		return true, fault
	}
	if fault := c.jav(st, e); fault != "" {
		return true, fault
	}
	if fault := c.version(rule, e); fault != "" {
		return true, fault
	}
	return true, c.second(def, e)
}

func (c *evidence) at(id domain.StepID) *standing {
	s := c.steps[id]
	if s == nil {
		s = &standing{reached: map[domain.Status]uint64{}}
		c.steps[id] = s
	}
	return s
}

// gate: each condition names an entry that is there, came before, and brought what it is said to have brought; and no need
// of the step is left out of an opening.
func (c *evidence) gate(st *domain.Step, e *domain.Event, all bool) string {
	for _, cond := range e.Evidence.Conditions {
		if cond.Seq == 0 || cond.Seq >= e.Seq || cond.Seq > uint64(len(c.stream)) {
			return sentence("grinden sägs vara uppfylld av händelse %d, som inte finns före den här.", cond.Seq)
		}
		if !slices.ContainsFunc(st.Needs, func(n domain.NeedRef) bool { return n.Step == cond.Step }) {
			return sentence("grinden sägs vara uppfylld av %s, som steget inte väntar på.", cond.Step)
		}
		by := &c.stream[cond.Seq-1].event
		switch {
		case cond.Waived && (by.Kind != domain.EvWaived || by.Step != e.Step || by.Need != cond.Step):
			return sentence("grinden sägs vara uppfylld av att någon gick vidare utan %s i händelse %d, men den händelsen säger något annat.", cond.Step, cond.Seq)
		case !cond.Waived && (by.Step != cond.Step || leadsTo(by.Kind) != cond.At):
			return sentence("grinden sägs vara uppfylld av att %s blev %s i händelse %d, men den händelsen säger något annat.", cond.Step, cond.At.Swedish(), cond.Seq)
		case !cond.Waived && c.at(cond.Step).reached[cond.At] != cond.Seq:
			return sentence("grinden sägs vara uppfylld av händelse %d, men den gällde inte längre: %s hade tagits upp igen eller tagits tillbaka.", cond.Seq, cond.Step)
		case !cond.Waived && !c.enough(st, cond):
			return sentence("grinden sägs vara uppfylld av att %s blev %s, men steget väntar på något annat.", cond.Step, cond.At.Swedish())
		}
	}
	if !all {
		return ""
	}
	for _, n := range st.Needs {
		if !slices.ContainsFunc(e.Evidence.Conditions, func(cond domain.Condition) bool { return cond.Step == n.Step }) {
			return sentence("steget öppnade fast grinden inte var uppfylld: det väntar på att %s blir %s.", n.Step, n.At.Swedish())
		}
	}
	return ""
}

// enough tells whether a condition is of the status that the step waits for, or of a step that was let fall.
func (c *evidence) enough(st *domain.Step, cond domain.Condition) bool {
	return cond.At == domain.StatusVoid || cond.At == domain.StatusBefore ||
		slices.ContainsFunc(st.Needs, func(n domain.NeedRef) bool { return n.Step == cond.Step && n.At == cond.At })
}

func leadsTo(k domain.EventKind) domain.Status {
	switch k {
	case domain.EvOpened, domain.EvReopened, domain.EvOverturned:
		return domain.StatusOpen
	case domain.EvDoneBefore:
		return domain.StatusBefore
	}
	return acts[k].to
}

// version: the act is on the version that was submitted last, and a version's hash is that of what it holds.
func (c *evidence) version(rule act, e *domain.Event) string {
	if e.Kind == domain.EvSubmitted {
		if got := versionOf(e); got != e.Version {
			return sentence("versionens kontrollsumma är inte den som handlingar och uppgifter ger (%s).", got)
		}
		return ""
	}
	last := c.at(e.Step).submitted
	switch {
	case rule.version && e.Version == "":
		return "posten säger inte vilken version den gäller."
	case e.Version == "":
	case last == nil:
		return "det finns ingen inlämnad version."
	case e.Version != last.Version:
		return sentence("posten gäller en annan version än den som senast lämnades in (händelse %d).", last.Seq)
	}
	return ""
}

// versionOf computes a version's hash anew from what was submitted.
func versionOf(e *domain.Event) domain.Digest {
	return domain.DigestOf(domain.Canonical(struct {
		Documents []domain.Document   `json:"documents,omitempty"`
		Reference string              `json:"reference,omitempty"`
		Fields    []domain.FieldValue `json:"fields,omitempty"`
		Figures   []domain.Figure     `json:"figures,omitempty"`
		Aims      []domain.Aim        `json:"aims,omitempty"`
	}{e.Documents, e.Reference, e.Fields, e.Figures, e.Aims}))
}

// second: an official never establishes what the same official submitted; a registrar who submitted what the body decided
// is marked for it, and then somebody else confirms justering.
func (c *evidence) second(def *domain.StepDef, e *domain.Event) string {
	st := c.at(e.Step)
	switch e.Kind {
	case domain.EvEstablished:
		if st.submitted != nil && st.submitted.Actor == e.Actor {
			return sentence("samma person, %s, lämnade in versionen (händelse %d) och fastställde den: det skulle ha varit en andra person.", e.Actor, st.submitted.Seq)
		}
	case domain.EvDecided, domain.EvRejected, domain.EvReturned, domain.EvTabled:
		if st.submitted != nil && st.submitted.Actor == e.Actor && !marked(e, domain.ExceptionRegistrarSubmitted) {
			return sentence("samma person, %s, lämnade in versionen och skrev in beslutet, och det är inte märkt som undantag.", e.Actor)
		}
	case domain.EvAdjusted:
		if d := st.decided; d != nil && marked(d, domain.ExceptionRegistrarSubmitted) && d.Actor == e.Actor {
			return sentence("samma person, %s, lämnade in, skrev in beslutet och bekräftade justeringen: det skulle ha varit en andra person.", e.Actor)
		}
	}
	return ""
}

func marked(e *domain.Event, exception string) bool {
	return slices.Contains(strings.Split(e.Exception, ","), exception)
}

// take notes where the entry takes its step.
func (c *evidence) take(e *domain.Event) {
	if e.Step == "" {
		return
	}
	st := c.at(e.Step)
	switch e.Kind {
	case domain.EvReturned, domain.EvRejected:
		st.reached = map[domain.Status]uint64{}
	case domain.EvReopened, domain.EvOverturned:
		st.reached, st.decided = map[domain.Status]uint64{}, nil
		st.open = e.Kind == domain.EvOverturned || e.Need == ""
		if !st.open {
			return
		}
	case domain.EvOpened:
		st.open = true
	case domain.EvSubmitted:
		delete(st.reached, domain.StatusReady)
		st.submitted, st.decided = e, nil
	case domain.EvTakenBack:
		delete(st.reached, domain.StatusReady)
		return
	}
	if decides(e.Kind) {
		st.decided = e
	}
	if to := leadsTo(e.Kind); to != "" {
		st.reached[to] = e.Seq
	}
}
