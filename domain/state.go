package domain

// StreamKind says what a stream is of.
type StreamKind string

// The kinds of stream that have a state.
const (
	StreamCycle    StreamKind = "cycle"
	StreamRegistry StreamKind = "registry"
)

// SchemaVersion is the form of State that this build writes; an older one is brought up when the next run's input is written.
const SchemaVersion = 1

// State is all that a stream's workflow knows: what its events add up to. Folding the journal gives the same state, but for the
// commands that HandOver had it forget.
type State struct {
	Schema int        `json:"schema"`
	Rules  int        `json:"rules"`
	Stream string     `json:"stream"` // cycle/1283/2028, exercise/1283/2028/1, registry/1283
	Kind   StreamKind `json:"kind"`
	Seq    uint64     `json:"seq"`  // of the last event
	Head   Digest     `json:"head"` // SHA-256 chained over the canonical bytes of every event
	Now    Instant    `json:"now"`  // of the last event; never goes back
	Done   bool       `json:"done,omitempty"`
	// Size bounds the canonical bytes of the state from above: measured when a run begins, and grown by each event.
	Size     int      `json:"size"`
	Answered []Answer `json:"answered,omitempty"` // oldest first; see answerKept

	Cycle    *Cycle    `json:"cycle,omitempty"`
	Registry *Registry `json:"registry,omitempty"` // the registry's own state, or the cycle's copy of it

	spare []Step // decide.go
}

// Answer remembers a command that was carried out, since Temporal forgets update ids at continue-as-new.
type Answer struct {
	ID    string  `json:"id"`
	Body  Digest  `json:"body"`
	First uint64  `json:"first"` // its first event
	Last  uint64  `json:"last"`
	At    Instant `json:"at"`
}

// Cycle is the state of one cycle.
type Cycle struct {
	Kommun   string  `json:"kommun"`
	Year     int     `json:"year"`
	Exercise int     `json:"exercise,omitempty"`
	Clock    Instant `json:"clock,omitempty"` // exercises: stands still until advanced
	Wheel    Wheel   `json:"wheel"`
	Steps    []Step  `json:"steps"` // in the wheel's order, then the units'
	// Ended lists the stages that have ended.
	Ended []Stage `json:"ended,omitempty"`
	// Paragraphs lists each § used, so that none is used twice at one meeting.
	Paragraphs []UsedParagraph `json:"paragraphs,omitempty"`
	Cancelled  bool            `json:"cancelled,omitempty"`

	derived *derived
}

// UsedParagraph is a § of a meeting's protocol that a decision stands under.
type UsedParagraph struct {
	Meeting   MeetingID `json:"meeting"`
	Paragraph string    `json:"paragraph"`
	Step      StepID    `json:"step"`
}

// StepID names a step in a cycle: "namndens-forslag/SN", with "#2" after it for a second occurrence.
type StepID string

// Step is a row of the wheel for one unit in one cycle.
type Step struct {
	ID   StepID `json:"id"`
	Def  string `json:"def"`
	Unit UnitID `json:"unit"`
	// Occurrence is 2, 3 and so on for a step that is done again; 0 for the first or only time.
	Occurrence int       `json:"occurrence,omitempty"`
	Status     Status    `json:"status"`
	Round      int       `json:"round"`             // from 1; an återremiss begins the next
	Opens      Date      `json:"opens,omitempty"`   // not before this day
	Plan       Date      `json:"plan"`              // senast
	Legal      Date      `json:"legal,omitempty"`   // lagens gräns
	Held       MeetingID `json:"meeting,omitempty"` // the meeting that Plan hangs on
	// MeetingDay is true from the day of that meeting on.
	MeetingDay bool      `json:"meeting_day,omitempty"`
	Election   bool      `json:"election,omitempty"` // the deadline is the one for election years
	Apart      bool      `json:"apart,omitempty"`    // the deadline and the limit are those for a matter that is split (StepDef.Apart)
	Extended   bool      `json:"extended,omitempty"` // Plan was moved by a person: a moved meeting no longer moves it
	Late       bool      `json:"late,omitempty"`     // försenad
	Since      Date      `json:"since,omitempty"`    // the day on which it came to its status
	Rung       int       `json:"rung,omitempty"`     // how many rungs of its reminder ladder are behind
	Needs      []NeedRef `json:"needs,omitempty"`
	// Instruction is the motivering of the återremiss that began this round.
	Instruction TextRef     `json:"instruction,omitempty"`
	Owes        bool        `json:"owes,omitempty"`       // the next version answers the instruction
	Submission  *Submission `json:"submission,omitempty"` // the current version
	Decision    *Decision   `json:"decision,omitempty"`   // of this round
	// Review is what revisorerna stated, on the step of their granskning.
	Review *Review `json:"review,omitempty"`
	// Items are the att-satser that were decided each for itself, over all rounds.
	Items []Item `json:"items,omitempty"`
	// Minority is the entry by which a minority of KF had the matter returned or tabled; it may once (KL 5:50).
	Minority uint64 `json:"minority,omitempty"`
	// Revisions are KF's later decisions on the frames and mål decided here, the oldest first.
	Revisions []Revision `json:"revisions,omitempty"`
	// Agreed identifies the differences from the nämnders decisions that somebody has answered for.
	Agreed Digest `json:"agreed,omitempty"`
	// Alarmed counts the alarms of the step's fixed limit that have rung; Broken are the limits that were passed.
	Alarmed int      `json:"alarmed,omitempty"`
	Broken  []Breach `json:"broken,omitempty"`
	// Force is what became of the appeal time, when somebody has noted it.
	Force Force `json:"force,omitempty"`
	// Overturned are the decisions that a court has set aside, the oldest first.
	Overturned []Decision `json:"overturned,omitempty"`
	// Marks are the statuses that this round has reached, in order.
	Marks []Mark `json:"marks,omitempty"`

	place int // derived.go
}

// NeedRef is a step that another waits for, and the status it must have reached.
type NeedRef struct {
	Step   StepID `json:"step"`
	At     Status `json:"at"`
	Waived uint64 `json:"waived,omitempty"` // the entry by which somebody went on without it

	place int // derived.go
}

// Submission is the current version of what was submitted.
type Submission struct {
	No   int      `json:"no"` // from 1 over all rounds
	Hash Digest   `json:"hash"`
	By   PersonID `json:"by"`
	Seq  uint64   `json:"seq"`

	Figures []Figure `json:"figures,omitempty"`
	On      Date     `json:"on,omitempty"` // when it was handed in, if it has figures
	Aims    []Aim    `json:"aims,omitempty"`
	Basis   []Basis  `json:"basis,omitempty"`
	// Measured is the version of KF's frames and mål that it was made for; 0 = none yet.
	Measured    int  `json:"measured,omitempty"`
	Preliminary bool `json:"preliminary,omitempty"` // and its mål were preliminary
}

// Decision is what a body decided in this round, on which version.
type Decision struct {
	Outcome   Outcome   `json:"outcome"`
	Meeting   MeetingID `json:"meeting,omitempty"`
	Paragraph string    `json:"paragraph,omitempty"`
	Dnr       string    `json:"dnr,omitempty"`
	Date      Date      `json:"date"`
	Version   Digest    `json:"version,omitempty"`
	By        PersonID  `json:"by"` // who wrote it down
	Seq       uint64    `json:"seq"`
	// Exception is true when By submitted that version: somebody else must then confirm justering.
	Exception bool `json:"exception,omitempty"`
	// Manner says who decided in the body's place; Reported is the entry by which the body was told.
	Manner   Manner `json:"manner,omitempty"`
	Reported uint64 `json:"reported,omitempty"`
	Told     Date   `json:"told,omitempty"`    // the day of that meeting
	Wording  Digest `json:"wording,omitempty"` // beslutad lydelse, when it is not the draft's
	// Figures are all of the step's, when the body decided other ones than the version's.
	Figures []Figure `json:"figures,omitempty"`
	// Discharge is what KF decided on ansvarsfrihet, and Remarked whether KF too made an anmärkning (KL 5:24).
	Discharge Grant `json:"discharge,omitempty"`
	Remarked  bool  `json:"remarked,omitempty"`
}

// Breach is a limit of the law that passed before the duty was done.
type Breach struct {
	Law       LawID  `json:"law"`
	Seq       uint64 `json:"seq"`
	Explained uint64 `json:"explained,omitempty"` // the entry in which somebody said why
}

// Mark is a status that was reached: when, by whom, by which entry.
type Mark struct {
	Status Status   `json:"status"`
	Seq    uint64   `json:"seq"`
	Date   Date     `json:"date"` // the day it happened, which may be before it was written down
	By     PersonID `json:"by,omitempty"`
}

// Step finds a step, or nil.
func (c *Cycle) Step(id StepID) *Step {
	for i := range c.Steps {
		if c.Steps[i].ID == id {
			return &c.Steps[i]
		}
	}
	return nil
}

// Reached gives the entry by which the step reached a status in this round, or 0.
func (s *Step) Reached(at Status) uint64 {
	for _, m := range s.Marks {
		if m.Status == at {
			return m.Seq
		}
	}
	return 0
}
