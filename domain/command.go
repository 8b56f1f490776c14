package domain

// CommandKind names what somebody wants done.
type CommandKind string

// The commands on a cycle.
const (
	CmdLaunch    CommandKind = "launch"
	CmdSubmit    CommandKind = "submit"         // lämna in underlag och handlingar
	CmdReady     CommandKind = "ready"          // klar för beslut
	CmdTakeBack  CommandKind = "take-back"      // ta tillbaka klar för beslut
	CmdDecide    CommandKind = "decide"         // a body's decision, written down
	CmdEstablish CommandKind = "establish"      // an official's or a company's fastställande
	CmdAdjust    CommandKind = "adjust"         // justering
	CmdPost      CommandKind = "post"           // anslag
	CmdHandOver  CommandKind = "hand-over"      // överlämnande
	CmdFinalise  CommandKind = "finalise"       // underlag färdigställt
	CmdHold      CommandKind = "hold"           // dialog eller möte genomfört
	CmdReport    CommandKind = "report"         // anmälan eller information given
	CmdReview    CommandKind = "review"         // granskning avgiven
	CmdPublish   CommandKind = "publish"        // publicerat
	CmdProceed   CommandKind = "proceed"        // gå vidare utan en sen enhet
	CmdExtend    CommandKind = "extend"         // flytta fram en plandag
	CmdComment   CommandKind = "comment"        // kommentera
	CmdVoid      CommandKind = "void"           // steget utgår
	CmdCorrect   CommandKind = "correct"        // rätta en uppgift
	CmdCancel    CommandKind = "cancel"         // avbryt cykeln
	CmdBatch     CommandKind = "batch"          // the decisions of one meeting, all or none
	CmdInstead   CommandKind = "decide-instead" // an ordförandebeslut, or a decision on delegation
	CmdAppeal    CommandKind = "appeal"         // the decision has been appealed
	CmdInForce   CommandKind = "in-force"       // laga kraft
	CmdExplain   CommandKind = "explain-breach" // why a limit of the law was passed
	CmdOverturn  CommandKind = "overturn"       // a court has set the decision aside
	CmdRevise    CommandKind = "revise"         // KF's later decision on frames or mål
	CmdAdvance   CommandKind = "advance"        // exercises only: move the clock to the next thing due
	CmdChanges   CommandKind = "registry"       // numbered registry changes on their way to a cycle; never from a person
)

// The commands on the registry. An exercise answers them itself.
const (
	CmdFound          CommandKind = "found"          // the first entry of a registry
	CmdSetUnit        CommandKind = "set-unit"       // add or change a unit
	CmdBind           CommandKind = "bind"           // give a person a role
	CmdUnbind         CommandKind = "unbind"         // end a binding
	CmdSubstitute     CommandKind = "substitute"     // let somebody act for a holder
	CmdExclude        CommandKind = "exclude"        // jäv
	CmdRuleExclusion  CommandKind = "rule-exclusion" // what the nämnd decided in a question of jäv
	CmdNoteDeficit    CommandKind = "note-deficit"   // a year's negative balanskravsresultat
	CmdFollowDeficit  CommandKind = "follow-deficit" // what KF decided about it
	CmdCarryOver      CommandKind = "carry-over"     // resultatöverföring of a nämnd
	CmdObserve        CommandKind = "observe"        // a revisor's iakttagelse on a step of any cycle
	CmdAnswer         CommandKind = "answer-observation"
	CmdAssessAnswer   CommandKind = "assess-answer"    // the revisor accepts, asks again or closes
	CmdActionDone     CommandKind = "action-done"      // an åtgärd that was promised in an answer
	CmdSupplement     CommandKind = "supplement"       // to a cycle that has ended
	CmdAddMeeting     CommandKind = "add-meeting"      //
	CmdMoveMeeting    CommandKind = "move-meeting"     //
	CmdCancelMeeting  CommandKind = "cancel-meeting"   //
	CmdConfirmMeeting CommandKind = "confirm-meeting"  //
	CmdAnnounce       CommandKind = "announce-meeting" // it has been announced on the anslagstavla
	CmdOrder          CommandKind = "order"            // write down that a cycle is to be launched
	CmdConfirmOrder   CommandKind = "confirm-order"    // by a second person
	CmdDeclareEpoch   CommandKind = "declare-epoch"    // the log has lost entries: its signer is to begin anew
	CmdConfirmEpoch   CommandKind = "confirm-epoch"    // by a second person
	CmdErase          CommandKind = "erase"            // write down that names, texts or files are to be gone (gallring)
	CmdConfirmErase   CommandKind = "confirm-erase"    // by a second person: then they are
)

// Outcome is what a body did with a matter.
type Outcome string

// The outcomes.
const (
	OutcomeApproved Outcome = "bifall"
	OutcomeRejected Outcome = "avslag"
	OutcomeReturned Outcome = "aterremiss"
	OutcomeTabled   Outcome = "bordlaggning"
	OutcomePartly   Outcome = "delvis"        // not the same for every att-sats
	OutcomeNoQuorum Outcome = "ej-beslutsfor" // too few were present: no decision, next meeting
)

// TextRef is a salted commitment, SHA-256 in hex, to a text or name that is stored outside and can be erased.
type TextRef string

// Document is one of a submission's documents: bytes that the store holds (SHA256, Size), or a link, with or without
// the hash of what it led to. A link without bytes is shown as "utan fil".
type Document struct {
	Def    string  `json:"def"` // the DocumentDef it answers
	SHA256 Digest  `json:"sha256,omitempty"`
	Size   int64   `json:"size,omitempty"` // bytes
	Link   TextRef `json:"link,omitempty"`
}

// FieldValue is a value for one of the step's fields.
type FieldValue struct {
	ID    string  `json:"id"`
	Value TextRef `json:"value"`
}

// Command is one thing that somebody wants done. Which members a kind uses is said in commandtable.go; a member that
// the kind does not use is refused.
type Command struct {
	ID    string      `json:"id"` // minted by who asks; the same id always gives the same answer
	Kind  CommandKind `json:"kind"`
	Actor PersonID    `json:"actor"`
	// Registry is the number of the last registry change the server had seen. A cycle behind it answers retry_later.
	// It is not part of the command's body.
	Registry uint64 `json:"registry,omitempty"`

	Step      StepID       `json:"step,omitempty"`
	Version   Digest       `json:"version,omitempty"` // the version the actor looked at
	Text      TextRef      `json:"text,omitempty"`    // reason, notes, motivering or comment
	Date      Date         `json:"date,omitempty"`
	Documents []Document   `json:"documents,omitempty"`
	Reference string       `json:"reference,omitempty"` // diary number of what is submitted
	Fields    []FieldValue `json:"fields,omitempty"`
	Figures   []Figure     `json:"figures,omitempty"`
	Aims      []Aim        `json:"aims,omitempty"`
	From      Date         `json:"from,omitempty"` // revise: from when it holds
	Outcome   Outcome      `json:"outcome,omitempty"`
	Meeting   MeetingID    `json:"meeting,omitempty"`
	Paragraph string       `json:"paragraph,omitempty"` // "§ 14" is written "14"
	Dnr       string       `json:"dnr,omitempty"`
	Record    *Record      `json:"record,omitempty"` // what the protocol says besides
	Review    *Review      `json:"review,omitempty"` // what revisorerna stated
	To        []UnitID     `json:"to,omitempty"`
	Need      StepID       `json:"need,omitempty"`     // proceed: the late step
	Entry     uint64       `json:"entry,omitempty"`    // correct: the sequence number of what is corrected
	Mentions  []PersonID   `json:"mentions,omitempty"` // comment: whom it names, in order of their ids, each once

	// Parts are the decisions and notices of a batch, each with its step and §; the meeting and the date stand in the batch.
	Parts []Part `json:"parts,omitempty"`

	Launch     *Launch     `json:"launch,omitempty"`
	Changes    []Event     `json:"changes,omitempty"`
	Found      *Registry   `json:"found,omitempty"`
	Unit       *Unit       `json:"unit,omitempty"`
	Binding    *Binding    `json:"binding,omitempty"` // unbind: Number and To
	Substitute *Substitute `json:"substitute,omitempty"`
	Exclusion  *Exclusion  `json:"exclusion,omitempty"`
	Deficit    *Deficit    `json:"deficit,omitempty"` // follow-deficit: Number and one of Acts
	CarryOver  *CarryOver  `json:"carry_over,omitempty"`
	// Observation of observe: cycle, step, who answers and by when; of the others: Number and what they say.
	Observation *Observation `json:"observation,omitempty"`
	Supplement  *Supplement  `json:"supplement,omitempty"`
	Order       *Order       `json:"order,omitempty"`       // confirm-order: Number
	Epoch       *Epoch       `json:"epoch,omitempty"`       // declare-epoch: Origin, Size, Root and From; confirm-epoch: Number
	Erasure     *Erasure     `json:"erasure,omitempty"`     // confirm-erase: Number
	NewMeeting  *Meeting     `json:"new_meeting,omitempty"` // move: ID and Date; cancel, confirm: ID; announce: ID and Announced
}

// Part is one decision or notice of a batch.
type Part struct {
	Kind      CommandKind `json:"kind"` // decide or report
	Step      StepID      `json:"step"`
	Version   Digest      `json:"version,omitempty"`
	Outcome   Outcome     `json:"outcome,omitempty"`
	Paragraph string      `json:"paragraph"`
	Dnr       string      `json:"dnr,omitempty"`
	Text      TextRef     `json:"text,omitempty"`
	Record    *Record     `json:"record,omitempty"`
	// Figures are what the body decided otherwise than the version says, and Date the day on which the § was decided, when
	// it is another than the batch's: a meeting may take two days. Both from version 3 of the rules on.
	Figures []Figure `json:"figures,omitempty"`
	Date    Date     `json:"date,omitempty"`
}

// Launch is what a cycle starts from.
type Launch struct {
	Kommun   string   `json:"kommun"`
	Year     int      `json:"year"`               // the budget year N
	Exercise int      `json:"exercise,omitempty"` // the exercise's number; 0 = the real cycle
	Start    Date     `json:"start,omitempty"`    // exercises: the first day of its clock
	With     []string `json:"with,omitempty"`     // the optional steps that are to be made
	Order    uint64   `json:"order,omitempty"`    // the confirmed order in Registry that it carries out
	// From adopts a cycle in the middle: the steps of earlier stages are klara före start.
	From Stage `json:"from,omitempty"`
	// Before lists other steps that were done before the cycle was launched.
	Before   []DoneBefore `json:"before,omitempty"`
	Wheel    Wheel        `json:"wheel"`
	Registry Registry     `json:"registry"` // as of Registry.Number
}

// DoneBefore says that a step was done before the cycle was launched, and where that can be seen.
type DoneBefore struct {
	Step      StepID  `json:"step"`
	Reason    TextRef `json:"reason"`
	Reference string  `json:"reference,omitempty"`
}

// Body identifies what a command asks for, whoever transports it and however often.
func (c Command) Body() Digest {
	c.Registry = 0
	return DigestOf(Canonical(c))
}
