package domain

// EventKind names what happened.
type EventKind string

// What happens to a cycle.
const (
	EvLaunched         EventKind = "cycle_launched"
	EvRulesAdopted     EventKind = "rules_adopted" // the run that begins here plays by a newer version of the rules
	EvOpened           EventKind = "step_opened"
	EvSubmitted        EventKind = "step_submitted"
	EvReady            EventKind = "step_ready"
	EvTakenBack        EventKind = "ready_taken_back"
	EvDecided          EventKind = "step_decided"  // bifall
	EvRejected         EventKind = "step_rejected" // avslag
	EvReturned         EventKind = "step_returned" // återremiss
	EvTabled           EventKind = "step_tabled"   // bordläggning
	EvReopened         EventKind = "step_reopened" // by the återremiss of another step: round + 1
	EvEstablished      EventKind = "step_established"
	EvAdjusted         EventKind = "step_adjusted"
	EvPosted           EventKind = "step_posted"
	EvHandedOver       EventKind = "step_handed_over"
	EvFinalised        EventKind = "step_finalised"
	EvHeld             EventKind = "step_held"
	EvReported         EventKind = "step_reported"
	EvReviewed         EventKind = "step_reviewed"
	EvPublished        EventKind = "step_published"
	EvWaived           EventKind = "need_waived"
	EvExtended         EventKind = "deadline_extended"
	EvReplanned        EventKind = "step_replanned" // its meeting moved
	EvCommented        EventKind = "commented"
	EvVoided           EventKind = "step_voided"
	EvCorrected        EventKind = "entry_corrected"
	EvMeetingDay       EventKind = "meeting_day"      // the day of the step's meeting has come
	EvDoneBefore       EventKind = "step_done_before" // klart före start
	EvLate             EventKind = "step_late"
	EvReminded         EventKind = "reminded" // a rung of the step's reminder ladder
	EvStageEnded       EventKind = "stage_ended"
	EvCompleted        EventKind = "cycle_completed"
	EvCancelled        EventKind = "cycle_cancelled"
	EvAdvanced         EventKind = "clock_advanced"
	EvRegistryReceived EventKind = "registry_received"
	EvPostponed        EventKind = "step_postponed"    // too few were present: next meeting
	EvDecisionReported EventKind = "decision_reported" // one taken in the nämnd's place
	EvAppealed         EventKind = "decision_appealed"
	EvInForce          EventKind = "decision_in_force" // laga kraft
	EvOverturned       EventKind = "decision_overturned"
	EvLegalAlarm       EventKind = "legal_alarm"      // a limit of the law is near
	EvLegalBreached    EventKind = "legal_breached"   // it has passed, and the duty is not done
	EvBreachExplained  EventKind = "breach_explained" // by who escalates
	EvRevised          EventKind = "decision_revised" // KF decided other frames or mål, from a day on
)

// What happens to the registry.
const (
	EvFounded             EventKind = "registry_founded"
	EvUnitSet             EventKind = "unit_set"
	EvBound               EventKind = "role_bound"
	EvUnbound             EventKind = "role_unbound"
	EvSubstituted         EventKind = "substitute_set"
	EvExcluded            EventKind = "person_excluded"
	EvExclusionRuled      EventKind = "exclusion_ruled"  // by the nämnd (KL 6:30)
	EvDeficitNoted        EventKind = "deficit_noted"    // a negative balanskravsresultat (KL 11:12)
	EvDeficitFollowed     EventKind = "deficit_followed" // what KF decided about it
	EvCarriedOver         EventKind = "carried_over"     // resultatöverföring of a nämnd
	EvObserved            EventKind = "observed"         // a revisor's iakttagelse
	EvObservationAnswered EventKind = "observation_answered"
	EvObservationAssessed EventKind = "observation_assessed" // by the revisor
	EvActionDone          EventKind = "action_done"
	EvObservationReminded EventKind = "observation_reminded"
	EvSupplemented        EventKind = "cycle_supplemented" // after it had ended
	EvMeetingAdded        EventKind = "meeting_added"
	EvMeetingMoved        EventKind = "meeting_moved"
	EvMeetingCancelled    EventKind = "meeting_cancelled"
	EvMeetingConfirmed    EventKind = "meeting_confirmed"
	EvMeetingAnnounced    EventKind = "meeting_announced"
	EvOrdered             EventKind = "launch_ordered"
	EvOrderConfirmed      EventKind = "order_confirmed"
	EvEpochDeclared       EventKind = "epoch_declared" // the log begins anew for its signer, if a second person confirms it
	EvEpochConfirmed      EventKind = "epoch_confirmed"
	EvErasureOrdered      EventKind = "erasure_ordered"
	EvErased              EventKind = "erased" // names, texts or files are gone from here on (gallring)
)

// What the server and the worker write down by themselves.
const (
	EvRefused    EventKind = "command_refused" // in the stream of refusals; Refused says what and why
	EvReconciled EventKind = "reconciled"      // in the stream of reconciliations; Reconciled says what came of it
	EvRepaired   EventKind = "repaired"        // there too; Repaired says what was put right
)

// EventVersion is the version that new events are written with. Apply keeps the meaning of every older one.
const EventVersion = 1

// Event is one thing that happened, for ever. Its canonical bytes are the leaf of the log.
type Event struct {
	V       int       `json:"v"`
	Stream  string    `json:"stream"`
	Seq     uint64    `json:"seq"` // from 1, without gaps, in its stream
	At      Instant   `json:"at"`  // on the clock of the stream: an exercise's stands still until it is advanced
	Kind    EventKind `json:"kind"`
	Actor   PersonID  `json:"actor,omitempty"`   // "" = passing time or a consequence
	Command string    `json:"command,omitempty"` // the id of the command that caused it
	Body    Digest    `json:"body,omitempty"`    // on a command's first event: the hash of the command's body

	Step      StepID       `json:"step,omitempty"`
	Round     int          `json:"round,omitempty"`
	Version   Digest       `json:"version,omitempty"`
	VersionNo int          `json:"version_no,omitempty"`
	Text      TextRef      `json:"text,omitempty"`
	Date      Date         `json:"date,omitempty"`
	Documents []Document   `json:"documents,omitempty"`
	Reference string       `json:"reference,omitempty"`
	Fields    []FieldValue `json:"fields,omitempty"`
	Outcome   Outcome      `json:"outcome,omitempty"`
	Meeting   MeetingID    `json:"meeting,omitempty"`
	Paragraph string       `json:"paragraph,omitempty"`
	Dnr       string       `json:"dnr,omitempty"`
	Record    *Record      `json:"record,omitempty"`
	Review    *Review      `json:"review,omitempty"`
	Figures   []Figure     `json:"figures,omitempty"`
	Aims      []Aim        `json:"aims,omitempty"`
	From      Date         `json:"from,omitempty"` // revised: from when it holds
	// Basis and Measured are what a version rests on, and Differences where it is not what the nämnder decided.
	Basis       []Basis      `json:"basis,omitempty"`
	Measured    int          `json:"measured,omitempty"`
	Preliminary bool         `json:"preliminary,omitempty"`
	Differences []Divergence `json:"differences,omitempty"`

	To    []UnitID `json:"to,omitempty"`
	Need  StepID   `json:"need,omitempty"`
	Entry uint64   `json:"entry,omitempty"`
	// Mentions are whom a comment names.
	Mentions []PersonID `json:"mentions,omitempty"`
	Stage    Stage      `json:"stage,omitempty"`
	Law      LawID      `json:"law,omitempty"`
	Rung     int        `json:"rung,omitempty"` // reminded: how many rungs of the ladder are behind
	Rules    int        `json:"rules,omitempty"`
	Schema   int        `json:"schema,omitempty"`
	// Exception marks what revisorerna are shown: "registrar_submitted" when the registrar wrote down a decision on a
	// version that the same person submitted. More than one are parted by commas.
	Exception string    `json:"exception,omitempty"`
	Evidence  *Evidence `json:"evidence,omitempty"`

	Launched    *Launched    `json:"launched,omitempty"`
	Changes     []Event      `json:"changes,omitempty"`
	Founded     *Registry    `json:"founded,omitempty"`
	Unit        *Unit        `json:"unit,omitempty"`
	Binding     *Binding     `json:"binding,omitempty"`
	Substitute  *Substitute  `json:"substitute,omitempty"`
	Exclusion   *Exclusion   `json:"exclusion,omitempty"`
	NewMeeting  *Meeting     `json:"new_meeting,omitempty"`
	Deficit     *Deficit     `json:"deficit,omitempty"`
	CarryOver   *CarryOver   `json:"carry_over,omitempty"`
	Observation *Observation `json:"observation,omitempty"` // as it is after the event
	Supplement  *Supplement  `json:"supplement,omitempty"`
	// Report is the hash of the cycle's completeness report, on the event that ends it.
	Report     Digest      `json:"report,omitempty"`
	Order      *Order      `json:"order,omitempty"`
	Epoch      *Epoch      `json:"epoch,omitempty"`
	Erasure    *Erasure    `json:"erasure,omitempty"`
	Refused    *Refused    `json:"refused,omitempty"`
	Reconciled *Reconciled `json:"reconciled,omitempty"`
	Repaired   *Repaired   `json:"repaired,omitempty"`
}

// Evidence is what an approval rests on, so that it can be checked without us.
type Evidence struct {
	Conditions []Condition `json:"conditions,omitempty"` // the gate, each with the entry that met it
	Binding    uint64      `json:"binding"`              // the number of the role binding the actor used
	Substitute uint64      `json:"substitute,omitempty"` // the number of the substitution, when the actor is one
	Exclusion  uint64      `json:"exclusion,omitempty"`  // the number of the exclusion, when the actor stands in for the one who is jävig
	Registry   uint64      `json:"registry"`             // the registry change up to which the rules looked
	Rules      int         `json:"rules"`
}

// Condition is one condition of a gate: a needed step, the status it had to reach, and the entry by which it did, or by
// which somebody went on without it.
type Condition struct {
	Step   StepID `json:"step"`
	At     Status `json:"at"`
	Seq    uint64 `json:"seq"`
	Waived bool   `json:"waived,omitempty"`
}

// Launched is what a cycle starts from, in full: folding the journal needs nothing else.
type Launched struct {
	Kommun   string   `json:"kommun"`
	Year     int      `json:"year"`
	Exercise int      `json:"exercise,omitempty"`
	Order    uint64   `json:"order,omitempty"` // the confirmed order in Registry that was carried out
	Wheel    Wheel    `json:"wheel"`
	Registry Registry `json:"registry"`
	Steps    []Step   `json:"steps"`
}

// Refused is a refusal as it stands in the journal: which command, to which stream, and why not.
type Refused struct {
	Stream string      `json:"stream"`
	Kind   CommandKind `json:"kind"`
	Code   Code        `json:"code"`
	Body   Digest      `json:"body"`
}

// Encode gives the leaf of the event in the log.
func (e *Event) Encode() []byte { return Canonical(e) }
