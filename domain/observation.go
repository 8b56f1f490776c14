package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Observation (iakttagelse) is what a revisor remarks on a step of any cycle, open or ended. Somebody answers it by a day,
// with what is to be done; the revisor accepts the answer, asks again or closes. It outlives its cycle, so the registry owns
// it, and every later cycle shows it until it is closed.
type Observation struct {
	Number uint64   `json:"number"`
	Year   int      `json:"year,omitempty"` // budget year of the cycle
	Step   StepID   `json:"step,omitempty"` // and the step there
	Unit   UnitID   `json:"unit,omitempty"` // who answers for it,
	Role   RoleID   `json:"role,omitempty"` // by the role of whom
	Text   TextRef  `json:"text,omitempty"` // set by the rules: the command's text
	By     PersonID `json:"by,omitempty"`
	Made   Date     `json:"made,omitempty"`

	Status ObservationStatus `json:"status,omitempty"`
	Since  Date              `json:"since,omitempty"` // the day on which it came to its status
	Due    Date              `json:"due,omitempty"`   // the answer, at the latest
	Asked  int               `json:"asked,omitempty"` // how many times: 1, 2 and so on
	Note   TextRef           `json:"note,omitempty"`  // the revisor's last words on an answer
	Rung   int               `json:"rung,omitempty"`  // how many reminders of the answer are behind
	// Answer is the last one; Answered the day of it.
	Answer   TextRef  `json:"answer,omitempty"`
	Answered Date     `json:"answered,omitempty"`
	Replier  PersonID `json:"replier,omitempty"`
	Actions  []Action `json:"actions,omitempty"`
	// Reminded is the number of the action that the last event was of, a reminder or a report; 0 = of the answer.
	Reminded int `json:"reminded,omitempty"`
}

// ObservationStatus says whose move it is.
type ObservationStatus string

// The statuses of an observation.
const (
	ObservationAsked    ObservationStatus = "vantar-svar"
	ObservationAnswered ObservationStatus = "besvarad"
	ObservationAccepted ObservationStatus = "godtagen" // the answer is; the actions are followed
	ObservationClosed   ObservationStatus = "avslutad"
)

// Swedish is the word a person reads.
func (s ObservationStatus) Swedish() string {
	switch s {
	case ObservationAsked:
		return "väntar på svar"
	case ObservationAnswered:
		return "besvarad, väntar på revisorn"
	case ObservationAccepted:
		return "svaret godtaget, följs upp"
	case ObservationClosed:
		return "avslutad"
	}
	return string(s)
}

// Action (åtgärd) is what is to be done because of an observation.
type Action struct {
	No   int     `json:"no"` // from 1, over all answers
	Text TextRef `json:"text,omitempty"`
	Unit UnitID  `json:"unit,omitempty"` // who does it,
	Role RoleID  `json:"role,omitempty"` // by the role of whom
	// Person is who was named as responsible, when somebody was; whoever holds the role may do it.
	Person  PersonID `json:"person,omitempty"`
	Due     Date     `json:"due,omitempty"`
	Done    Date     `json:"done,omitempty"`
	Outcome TextRef  `json:"outcome,omitempty"` // what was done, in words
	Rung    int      `json:"rung,omitempty"`
}

// Open tells whether the observation is to be followed still.
func (o *Observation) Open() bool { return o.Status != ObservationClosed }

// Undone counts the actions that are left to do.
func (o *Observation) Undone() (n int) {
	for i := range o.Actions {
		if o.Actions[i].Done == "" {
			n++
		}
	}
	return n
}

// Def is the definition of the step that was remarked on.
func (o *Observation) Def() string {
	def, _, _ := strings.Cut(string(o.Step), "/")
	return def
}

// ObservationThing names an observation, or one of its actions, where a step is named otherwise: in tasks, notices and mails.
func ObservationThing(number uint64, action int) StepID {
	thing := observationThing + strconv.FormatUint(number, 10)
	if action > 0 {
		thing += "/" + strconv.Itoa(action)
	}
	return StepID(thing)
}

const observationThing = "iakttagelse/"

// Observation reads what ObservationThing wrote.
func (id StepID) Observation() (number uint64, action int, ok bool) {
	rest, ok := strings.CutPrefix(string(id), observationThing)
	if !ok {
		return 0, 0, false
	}
	of, part, _ := strings.Cut(rest, "/")
	number, err := strconv.ParseUint(of, 10, 63)
	if part != "" && err == nil {
		action, err = strconv.Atoi(part)
	}
	return number, action, err == nil && number > 0
}

// Observation finds an observation, or nil.
func (r *Registry) Observation(number uint64) *Observation {
	for i := range r.Observations {
		if r.Observations[i].Number == number && number != 0 {
			return &r.Observations[i]
		}
	}
	return nil
}

// slim is what is kept of a closed observation: its course stands in the journal, and the state stays small.
func (o Observation) slim() Observation {
	return Observation{Number: o.Number, Year: o.Year, Step: o.Step, Unit: o.Unit, Made: o.Made, Status: o.Status, Since: o.Since, Asked: o.Asked}
}

// takeObservation changes the registry as an event of an observation says.
func (r *Registry) takeObservation(e *Event) {
	o := *e.Observation
	if o.Status == ObservationClosed {
		o = o.slim()
	}
	if e.Kind == EvObserved {
		r.Observations = append(slices.Clip(r.Observations), o)
		r.Issued = o.Number
		return
	}
	r.Observations = slices.Clone(r.Observations)
	if old := r.Observation(o.Number); old != nil {
		*old = o
	}
}

// seatOf gives the unit in which a role is held that answers for a unit: its own, its förvaltning's or the city's. Without
// a holder it is the unit itself, and nobody can do it.
func (r *Registry) seatOf(role RoleID, unit UnitID, d Date) UnitID {
	for _, seat := range [...]UnitID{unit, r.servedBy(unit), r.City} {
		if seat != "" && len(r.Holders(role, seat, d)) > 0 {
			return seat
		}
	}
	return unit
}

// IsAuditor tells whether a person is revisor on a day, itself or as substitute for one.
func (r *Registry) IsAuditor(p PersonID, d Date) bool {
	return slices.ContainsFunc(r.Holders(RoleAuditor, r.City, d), func(h Holding) bool { return h.Person == p })
}

// AuditsOnly tells whether all that a person is here on a day is audit: such a person reads everything, makes observations, and
// does nothing else but what revisorernas own steps ask for.
func (r *Registry) AuditsOnly(p PersonID, d Date) bool {
	any, only := false, true
	for _, b := range r.Bindings {
		if !within(d, b.From, b.To) {
			continue
		}
		holds := b.Person == p
		for _, s := range r.Substitutes {
			holds = holds || s.Binding == b.Number && s.Person == p && within(d, s.From, s.To)
		}
		if !holds {
			continue
		}
		u := r.Unit(b.Unit)
		any = true
		only = only && (b.Role == RoleAuditor || u != nil && u.Kind == KindAudit)
	}
	return any && only
}

// ObservationsOn lists the observations that the page of a step shows: those made on it, open or not; and on a step that is part
// of the delårsrapport or årsredovisning the open ones, the whole municipality's or the unit's. Nothing waits for them.
func ObservationsOn(s *State, r *Registry, id StepID) (on, open []Observation) {
	if s.Cycle == nil || r == nil {
		return nil, nil
	}
	st := s.step(id)
	if st == nil {
		return nil, nil
	}
	all, units := s.reports(st)
	for _, o := range r.Observations {
		switch {
		case o.Year == s.Cycle.Year && o.Step == id:
			on = append(on, o)
		case o.Open() && (all || units && (o.Unit == st.Unit || o.Unit == s.Registry.servedBy(st.Unit))):
			open = append(open, o)
		}
	}
	return on, open
}

// reports tells whether a step is part of the delårsrapport or the årsredovisning: of the whole municipality's, or of one
// unit's. Those are what revisorerna assess, what KF approves after that, and what either is made of.
func (s *State) reports(st *Step) (all, unit bool) {
	city := s.def(st).Scope == ScopeCity
	for i := range s.Cycle.Steps {
		report := &s.Cycle.Steps[i]
		switch s.def(report).Matter {
		case MatterInterim, MatterAudit, MatterReport:
		default:
			continue
		}
		if report.ID == st.ID {
			return true, false
		}
		for _, need := range report.Needs {
			if need.Step == st.ID {
				return city, !city
			}
			if made := s.step(need.Step); made != nil && s.def(made).Scope == ScopeCity && made.needs(st.ID) {
				return city, !city
			}
		}
	}
	return false, false
}

// remarked is what people call a step of some cycle: by its title where the state knows it.
func remarked(s *State, year int, id StepID, title string) string {
	if title != "" && s.Cycle != nil && s.Cycle.Year == year {
		return title
	}
	return string(id)
}

func observed(s *State, e *Event, step string) string {
	o := e.Observation
	return fmt.Sprintf("Revisorn gjorde iakttagelse %d på %s i cykeln %d. %s ska svara senast den %s.", o.Number, remarked(s, o.Year, o.Step, step), o.Year,
		s.Registry.unitName(o.Unit), o.Due.Swedish())
}

func observationAnswered(s *State, e *Event, _ string) string {
	o := e.Observation
	says := fmt.Sprintf("%s svarade på iakttagelse %d", s.Registry.unitName(o.Unit), o.Number)
	switch n := o.Undone(); n {
	case 0:
		return says + ", utan åtgärder att följa."
	case 1:
		return says + ", med en åtgärd att följa."
	default:
		return says + fmt.Sprintf(", med %d åtgärder att följa.", n)
	}
}

func observationAssessed(_ *State, e *Event, _ string) string {
	o := e.Observation
	switch o.Status {
	case ObservationAccepted:
		return fmt.Sprintf("Revisorn godtog svaret på iakttagelse %d. Åtgärderna följs tills de är gjorda.", o.Number)
	case ObservationAsked:
		return fmt.Sprintf("Revisorn frågade igen om iakttagelse %d. Nytt svar senast den %s.", o.Number, o.Due.Swedish())
	}
	return fmt.Sprintf("Revisorn avslutade iakttagelse %d.", o.Number)
}

func actionDone(_ *State, e *Event, _ string) string {
	o := e.Observation
	day := Date("")
	for _, a := range o.Actions {
		if a.No == o.Reminded {
			day = a.Done
		}
	}
	return fmt.Sprintf("Åtgärd %d för iakttagelse %d gjordes den %s.", o.Reminded, o.Number, day.Swedish())
}

func observationReminded(_ *State, e *Event, _ string) string {
	if a := e.Observation.Reminded; a != 0 {
		return fmt.Sprintf("Påminnelse om åtgärd %d för iakttagelse %d, som ska vara gjord den %s.", a, e.Observation.Number, e.Date.Swedish())
	}
	return fmt.Sprintf("Påminnelse om svaret på iakttagelse %d, som ska finnas den %s.", e.Observation.Number, e.Date.Swedish())
}
