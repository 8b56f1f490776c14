package domain

// Stage is a part of a cycle (skede).
type Stage string

// The stages, in the order in which a cycle passes them.
const (
	StagePlanning Stage = "planering"
	StageFollowUp Stage = "uppfoljning"
	StageClosing  Stage = "bokslut"
)

// Stages lists every stage in order.
var Stages = []Stage{StagePlanning, StageFollowUp, StageClosing}

// Act is what kind of act a step is. The words are those of the wheel file, which officials write.
type Act string

// The acts.
const (
	ActWorkProduct   Act = "underlag"
	ActHandIn        Act = "inlamning"
	ActDecision      Act = "beslut"
	ActEstablishment Act = "faststallande"
	ActDialog        Act = "dialog"
	ActMeeting       Act = "mote"
	ActNotice        Act = "anmalan"
	ActInformation   Act = "information"
	ActReview        Act = "granskning"
	ActPublication   Act = "publicering"
)

// Acts lists every act.
var Acts = []Act{ActWorkProduct, ActHandIn, ActDecision, ActEstablishment, ActDialog, ActMeeting, ActNotice,
	ActInformation, ActReview, ActPublication}

// Scope says for which units a step definition makes a step.
type Scope string

// The scopes: one step for the municipality (acted on by StepDef.Body), or one for each unit of a kind.
const (
	ScopeCity           Scope = "stad"
	ScopeBoard          Scope = "namnd"
	ScopeAdministration Scope = "forvaltning"
	ScopeCompany        Scope = "bolag"
)

// RoleID names a role, such as "processledare".
type RoleID string

// Seat says in which unit the holder of a role is looked for.
type Seat string

// The seats: the body that acts (namndsekreterare), the förvaltning that serves it (processledare), or the unit that
// leads the cycle for the whole municipality (ekonomidirektor).
const (
	SeatBody           Seat = "organ"
	SeatAdministration Seat = "forvaltning"
	SeatCity           Seat = "stad"
)

// RoleDef is a role of the wheel.
type RoleDef struct {
	ID    RoleID `json:"id"`
	Title string `json:"title"` // as a person reads it: "Nämndsekreterare"
	Seat  Seat   `json:"seat"`
	// Elected marks a förtroendeuppdrag: who holds it answers for the nämnd (KL 5:48).
	Elected bool `json:"elected,omitempty"`
}

// Slots names the role that owns each part of a step's life, so that every state is in somebody's inbox.
type Slots struct {
	Prepare  RoleID `json:"prepare,omitempty"`  // submits, and submits again
	Ready    RoleID `json:"ready,omitempty"`    // marks klar för beslut, and takes it back
	Decide   RoleID `json:"decide,omitempty"`   // the official who establishes, or holds the dialog
	Register RoleID `json:"register,omitempty"` // writes down what a body decided, justering, anslag, överlämnande
	Publish  RoleID `json:"publish,omitempty"`  // publishes
	Escalate RoleID `json:"escalate,omitempty"` // extends, goes on without a late unit, lets a step fall
}

// Years is a kind of cycle, by the year in which it is planned.
type Years string

// The kinds.
const (
	YearsElection Years = "valar"
	YearsOrdinary Years = "ordinarie"
)

// swedish names the cycles.
func (y Years) swedish() string {
	if y == YearsElection {
		return "cykler som planeras ett valår"
	}
	return "cykler som inte planeras ett valår"
}

// Made tells whether the step is made in the cycle of budget year n; an optional step only if it was chosen, too.
func (d *StepDef) Made(n int) bool {
	switch d.Years {
	case YearsElection:
		return ElectionYear(n - 1)
	case YearsOrdinary:
		return !ElectionYear(n - 1)
	}
	return true
}

// Need is another step definition that a step waits for.
type Need struct {
	Step string `json:"step"`
	// For limits the need to one occurrence of the step that has it (1, 2, …); 0 = every one.
	For int `json:"for,omitempty"`
	// At is the status the needed step must have reached; "" means the usual one: decided for KF, KS and nämnder
	// (KL 13:14), otherwise the end of its life.
	At Status `json:"at,omitempty"`
}

// FieldDef is a figure or text that a submission must or may carry.
type FieldDef struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Required bool      `json:"required,omitempty"`
	Kind     FieldKind `json:"kind,omitempty"`
	Means    Meaning   `json:"means,omitempty"`     // of amounts
	PerBoard bool      `json:"per_board,omitempty"` // one for each nämnd that the step is about
}

// DocumentDef is a document that a submission must or may carry.
type DocumentDef struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Required bool   `json:"required,omitempty"`
	// Headings are what the document must have; they are shown beside it, and a person sees to them.
	Headings []string `json:"headings,omitempty"`
}

// StepDef is one row of the wheel.
type StepDef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Stage Stage  `json:"stage"`
	Act   Act    `json:"act"`
	Scope Scope  `json:"scope"`
	// Body is the unit that acts: KF, KS or the förvaltning that leads the cycle. With another scope than stad it acts once
	// for each unit, as KF does on ansvarsfrihet for each nämnd; "" = the unit itself acts.
	Body  UnitID `json:"body,omitempty"`
	Slots Slots  `json:"roles"`
	// Opens is the day before which the step does not open; no rule means that only its needs hold it back.
	Opens Rule `json:"opens,omitzero"`
	// Plan is the deadline that people may move (senast).
	Plan Rule `json:"plan"`
	// InElection is the deadline instead in a cycle that is planned in an election year, when the newly elected KF decides the
	// budget (KL 5:9, 11:10). A step that is done several times has none.
	InElection Rule `json:"in_election,omitzero"`
	// Apart is the deadline instead in a cycle for which an optional step was chosen: the budget in December, when KF decides on
	// the skattesats for itself in November (KL 11:8, 11:11). The limit of the law is then that of its row's Then.
	Apart Apart `json:"apart,omitzero"`
	// Years says that the step is made only in such cycles, or only in the others; "" = in all.
	Years Years `json:"years,omitempty"`
	// Again holds the deadlines of the second occurrence, the third and so on: a step that is done several times in a
	// cycle is a step of its own each time.
	Again []Rule `json:"again,omitempty"`
	// AgainOpens holds, when it is not empty, the days before which those occurrences do not open.
	AgainOpens []Rule `json:"again_opens,omitempty"`
	// Group limits the units to those that carry the mark: "helagda" among bolag. "" = all of the scope.
	Group string `json:"group,omitempty"`
	// Matter marks what the law ties to other steps; "" = nothing in particular.
	Matter Matter `json:"matter,omitempty"`
	// Optional steps are made only when the launch asks for them.
	Optional bool `json:"optional,omitempty"`
	// Each marks a step that stands for every enhet of the förvaltning, and is told as "n av m enheter klara".
	Each bool `json:"each,omitempty"`
	// Legal names the row of the law table (law.go) that limits the step; nobody can move it.
	Legal  LawID  `json:"legal,omitempty"`
	Ladder []Rung `json:"ladder,omitempty"` // instead of the wheel's
	Needs  []Need `json:"needs,omitempty"`
	// HandsOver makes a decision end at överlämnad instead of anslagen ("beslut + inlämning").
	HandsOver bool `json:"hands_over,omitempty"`
	// To are the units that receive what is handed over, every one of them; none = the wheel does not say.
	To []UnitID `json:"to,omitempty"`
	// ReturnsTo is the step that an återremiss of this one reopens; "" means that the step itself is redone.
	ReturnsTo string        `json:"returns_to,omitempty"`
	Documents []DocumentDef `json:"documents,omitempty"`
	Fields    []FieldDef    `json:"fields,omitempty"`
	// Core marks what concerns the activity's mål, inriktning, omfattning or kvalitet, which a nämnd never delegates (KL 6:38).
	Core bool `json:"core,omitempty"`
	// Appeal says whether the decision can be appealed (KL 13:2): "ja", "nej" or "oklart".
	Appeal string `json:"appeal,omitempty"`
	// Unverified carries the mark "ej verifierat": something in the row could not be confirmed.
	Unverified bool   `json:"unverified,omitempty"`
	Source     string `json:"source,omitempty"` // seed document or § that the row comes from
	Basis      string `json:"basis,omitempty"`  // U stated, A implied, L law, P practice
}

// acts is the unit that acts on the step of a unit.
func (d *StepDef) acts(unit UnitID) UnitID {
	if d.Body != "" {
		return d.Body
	}
	return unit
}

// Apart is an optional step, and the deadline that another has when that one is in the cycle.
type Apart struct {
	Step string `json:"step"`
	Plan Rule   `json:"plan"`
}

// Recipients are the units that what is handed over goes to: those that the wheel names, or the förvaltning that leads the
// cycle, which collects what the wheel does not send elsewhere.
func (w *Wheel) Recipients(d *StepDef) []UnitID {
	if len(d.To) > 0 {
		return d.To
	}
	return []UnitID{w.City}
}

// Wheel is the rule part of an årshjul: all that Decide needs. It travels in the start input of a cycle, which pins
// it for the cycle's whole life.
type Wheel struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Kommun  string `json:"kommun"` // four-digit kommunkod
	City    UnitID `json:"city"`   // the förvaltning that leads the cycle; roles with seat stad are held there
	// Bridges makes a klämdag, a weekday alone between two closed days, no working day.
	Bridges bool      `json:"bridges,omitempty"`
	Roles   []RoleDef `json:"roles"`
	Ladder  []Rung    `json:"ladder,omitempty"` // of reminders, in the order of their days
	Steps   []StepDef `json:"steps"`
}

// Hash identifies the rule part of a wheel.
func (w *Wheel) Hash() Digest { return DigestOf(Canonical(w)) }

// Def finds a step definition, or nil.
func (w *Wheel) Def(id string) *StepDef {
	for i := range w.Steps {
		if w.Steps[i].ID == id {
			return &w.Steps[i]
		}
	}
	return nil
}

// Role finds a role, or nil.
func (w *Wheel) Role(id RoleID) *RoleDef {
	for i := range w.Roles {
		if w.Roles[i].ID == id {
			return &w.Roles[i]
		}
	}
	return nil
}
