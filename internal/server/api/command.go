package api

import "arshjul/domain"

// Command is one thing that somebody wants done, as a person writes it. Which members a kind uses is said by the
// server's command table; a member that the kind does not use is refused.
type Command struct {
	ID   string             `json:"id" doc:"Minted by who asks. The same id always gives the same answer; the same id with another body is refused."`
	Kind domain.CommandKind `json:"kind" doc:"What is to be done."`

	Step      domain.StepID     `json:"step,omitempty" doc:"The step, such as namndens-forslag/SN."`
	Version   domain.Digest     `json:"version,omitempty" doc:"The version that was looked at."`
	Text      string            `json:"text,omitempty" doc:"Reason, notes, motivering or comment."`
	Date      domain.Date       `json:"date,omitempty" doc:"The day it happened; for extend the new plan day."`
	Documents []Document        `json:"documents,omitempty" doc:"The documents of a submission."`
	Reference string            `json:"reference,omitempty" doc:"Diary number of what is submitted."`
	Fields    []Field           `json:"fields,omitempty" doc:"Values for the step's fields."`
	Figures   []Amount          `json:"figures,omitempty" doc:"Amounts for the step's fields; with decide those that the body decided otherwise."`
	Aims      []Aim             `json:"aims,omitempty" doc:"Inriktning and mål."`
	From      domain.Date       `json:"from,omitempty" doc:"revise: the first day on which it holds."`
	Outcome   domain.Outcome    `json:"outcome,omitempty" doc:"What the body did: bifall, avslag, aterremiss, bordlaggning, delvis or ej-beslutsfor."`
	Meeting   domain.MeetingID  `json:"meeting,omitempty" doc:"The meeting, such as KS-2027-02-10."`
	Paragraph string            `json:"paragraph,omitempty" doc:"The paragraph of the protocol: 14 for § 14."`
	Dnr       string            `json:"dnr,omitempty" doc:"Diary number of the decision."`
	Review    *AuditReview      `json:"review,omitempty" doc:"review of the årsredovisning or delårsrapport: what revisorerna stated."`
	Record    *Record           `json:"record,omitempty" doc:"What the protocol says besides: votes, att-satser, reservations, decided wording."`
	To        []domain.UnitID   `json:"to,omitempty" doc:"The units to which it was handed over."`
	Need      domain.StepID     `json:"need,omitempty" doc:"proceed: the late step to go on without."`
	Entry     uint64            `json:"entry,omitempty" doc:"correct: the sequence number of the entry that is corrected."`
	Mentions  []domain.PersonID `json:"mentions,omitempty" doc:"comment: who is told of it, by id. Whoever is named after an @ in the text, by name or id, is told too."`
	Parts     []Part            `json:"parts,omitempty" doc:"batch: the decisions and notices of one meeting, all or none."`

	Unit        *domain.Unit       `json:"unit,omitempty" doc:"set-unit: the unit."`
	Binding     *Binding           `json:"binding,omitempty" doc:"bind: who holds which role. unbind: number and to."`
	Substitute  *domain.Substitute `json:"substitute,omitempty" doc:"substitute: who acts for the holder of a binding."`
	Exclusion   *Exclusion         `json:"exclusion,omitempty" doc:"exclude: who is excluded (jäv) from what, and who steps in. rule-exclusion: number and ruling."`
	Deficit     *domain.Deficit    `json:"deficit,omitempty" doc:"note-deficit: a year's negative balanskravsresultat. follow-deficit: number, and the one decision in acts. Amounts in öre."`
	CarryOver   *domain.CarryOver  `json:"carry_over,omitempty" doc:"carry-over: what KF moved of a nämnd's result into the next year, in öre; negative for an underskott. Särskilda skäl stand in text."`
	Epoch       *domain.Epoch      `json:"epoch,omitempty" doc:"declare-epoch: the signer's last checkpoint (origin, size, root) and the first entry that may be lost (from). confirm-epoch: number."`
	Observation *Observation       `json:"observation,omitempty" doc:"observe: year, step, unit, role and due. answer-observation: number and actions. assess-answer: number, status (godtagen, vantar-svar or avslutad) and with vantar-svar a new due. action-done: number, and in actions the one that is done, by its no."`
	Supplement  *Supplement        `json:"supplement,omitempty" doc:"supplement: what came in to a cycle after it had ended. What it is stands in text."`
	Order       *Order             `json:"order,omitempty" doc:"order: the decision that a cycle is to be launched. confirm-order: number."`
	Erasure     *Erasure           `json:"erasure,omitempty" doc:"erase: what a gallringsbeslut says is to be gone. confirm-erase: number."`
	NewMeeting  *domain.Meeting    `json:"new_meeting,omitempty" doc:"add-meeting: the meeting. move-meeting: id and date. cancel-meeting, confirm-meeting: id."`
}

// Document is one of a submission's documents: bytes that were uploaded before, or a link, which without bytes is
// shown as "utan fil".
type Document struct {
	Def    string        `json:"def" doc:"Which of the step's documents it is."`
	SHA256 domain.Digest `json:"sha256,omitempty" doc:"Of an uploaded file, or of what the link led to."`
	Link   string        `json:"link,omitempty" doc:"Where the document is kept."`
}

// Field is a value for one of the step's fields.
type Field struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// Amount is an amount for one of the step's fields.
type Amount struct {
	ID     string        `json:"id"`
	Unit   domain.UnitID `json:"unit,omitempty" doc:"The nämnd, when the field has one amount for each."`
	Amount string        `json:"amount" doc:"As people write it, with its unit and decimal comma: 723,5 mnkr, −180 700 tkr, 12,50 kr. Nothing is rounded; spaces may part groups of three digits, and are given back as ones that do not break."`
}

// Aim is the inriktning of a nämnd, or one of its mål.
type Aim struct {
	Unit        domain.UnitID   `json:"unit,omitempty" doc:"The nämnd; none means the step's own."`
	Goal        string          `json:"goal,omitempty" doc:"The number of the mål; none means the inriktning."`
	Text        string          `json:"text"`
	From        int             `json:"from,omitempty" doc:"Målår: the first year."`
	To          int             `json:"to,omitempty" doc:"The last year, when it is another."`
	Measured    domain.Measured `json:"measured,omitempty" enum:"matbart,professionell_bedomning" doc:"Mattyp."`
	Indicator   string          `json:"indicator,omitempty" doc:"Nyckeltal, of what is mätbart."`
	Target      string          `json:"target,omitempty" doc:"Målvärde, of what is mätbart."`
	Preliminary bool            `json:"preliminary,omitempty" doc:"In an election year, until the newly elected KF has decided on it."`
}

// Part is one decision or notice of a batch; the meeting and the date stand in the batch.
type Part struct {
	Kind      domain.CommandKind `json:"kind" doc:"decide or report."`
	Step      domain.StepID      `json:"step"`
	Version   domain.Digest      `json:"version,omitempty"`
	Outcome   domain.Outcome     `json:"outcome,omitempty"`
	Paragraph string             `json:"paragraph"`
	Dnr       string             `json:"dnr,omitempty"`
	Text      string             `json:"text,omitempty"`
	Record    *Record            `json:"record,omitempty"`
	Figures   []Amount           `json:"figures,omitempty" doc:"Amounts that the body decided otherwise than the version says."`
	Date      domain.Date        `json:"date,omitempty" doc:"The day on which it was decided, when it is another than the batch's."`
}

// Order is the decision that a cycle is to be launched. Number, By, Confirmed and Despite are given back, not asked for:
// the reason for launching in spite of what rehearsal found is the command's text.
type Order struct {
	Number    uint64          `json:"number,omitempty" doc:"confirm-order: the order's number."`
	Year      int             `json:"year,omitempty" doc:"The budget year."`
	Wheel     domain.Digest   `json:"wheel,omitempty" doc:"The hash of the wheel's rule part."`
	With      []string        `json:"with,omitempty" doc:"The optional steps that are to be made."`
	From      domain.Stage    `json:"from,omitempty" doc:"Adopt the cycle from this stage on; none means from the beginning."`
	Before    []DoneBefore    `json:"before,omitempty" doc:"Other steps that were done before the cycle is launched."`
	Dnr       string          `json:"dnr,omitempty"`
	Paragraph string          `json:"paragraph,omitempty"`
	Date      domain.Date     `json:"date,omitempty" doc:"Of the decision."`
	Despite   string          `json:"despite,omitempty"`
	By        domain.PersonID `json:"by,omitempty"`
	Confirmed domain.PersonID `json:"confirmed,omitempty"`
}

// Binding says that a person holds a role in a unit between two days.
type Binding struct {
	Number uint64          `json:"number,omitempty" doc:"unbind: the binding's number."`
	Person domain.PersonID `json:"person,omitempty"`
	Name   string          `json:"name,omitempty" doc:"The person's name; kept outside the log, and can be erased."`
	Role   domain.RoleID   `json:"role,omitempty"`
	Unit   domain.UnitID   `json:"unit,omitempty"`
	From   domain.Date     `json:"from,omitempty"`
	To     domain.Date     `json:"to,omitempty" doc:"Last day; none means open."`
}

// Exclusion (jäv) keeps a person from steps, whatever role the person holds.
type Exclusion struct {
	Number uint64          `json:"number,omitempty" doc:"rule-exclusion: the exclusion's number."`
	Person domain.PersonID `json:"person,omitempty"`
	Year   int             `json:"year,omitempty" doc:"Budget year; none means every cycle."`
	Def    string          `json:"def,omitempty" doc:"Step definition; none means every step of the unit."`
	Unit   domain.UnitID   `json:"unit,omitempty" doc:"None means every unit."`
	Reason string          `json:"reason,omitempty"`
	// Replacement holds the person's roles for exactly what the person is kept from.
	Replacement domain.PersonID `json:"replacement,omitempty" doc:"Who steps in, for exactly this."`
	Ruling      *domain.Ruling  `json:"ruling,omitempty" doc:"rule-exclusion: what the nämnd decided in the question of jäv."`
}

// Exercise asks for a cycle played for practice.
type Exercise struct {
	ID     string        `json:"id" doc:"Minted by who asks, as for every command."`
	Kommun string        `json:"kommun,omitempty" doc:"Four-digit kommunkod; none means the server's own."`
	Year   int           `json:"year" doc:"The budget year."`
	With   []string      `json:"with,omitempty" doc:"The optional steps that are to be made."`
	From   domain.Stage  `json:"from,omitempty" enum:"planering,uppfoljning,bokslut" doc:"Practise taking a cycle over at this stage: earlier steps are klara före start."`
	Before []DoneBefore  `json:"before,omitempty" doc:"Other steps that were done before."`
	Start  domain.Date   `json:"start,omitempty" doc:"The first day of the exercise's clock; none means the stage's first day, which for the whole cycle is 1 December two years before the budget year."`
	Wheel  domain.Digest `json:"wheel,omitempty" doc:"An uploaded wheel file's SHA-256; none means the municipality's own, built in."`
}

// Preview is what a command would lead to.
type Preview struct {
	Entries  []string `json:"entries" doc:"What would stand in the history, in Swedish."`
	Warnings []string `json:"warnings,omitempty" doc:"What the person should look at again, in Swedish."`
	// MailCount is how many mails would be sent because of it, and Mails which: those that nobody wants or can get among them.
	MailCount int           `json:"mail_count" doc:"How many mails it would send, with those that go then anyway."`
	Mails     []PreviewMail `json:"mails,omitempty"`
}

// PreviewMail is a mail that a command would lead to.
type PreviewMail struct {
	Person    domain.PersonID `json:"person"`
	Name      string          `json:"name"`
	At        domain.Instant  `json:"at,omitempty" doc:"When it would go; none for an exercise's, which goes when its clock has passed the day, and for who wants no mail."`
	Day       domain.Date     `json:"day,omitempty" doc:"The day on which it would go; none when it would not."`
	Urgent    bool            `json:"urgent,omitempty" doc:"It goes at once, by itself."`
	Anyway    bool            `json:"anyway,omitempty" doc:"A mail goes to the person then in any case."`
	Choice    string          `json:"choice,omitempty" enum:"direkt,dag,vecka,inga" doc:"How often the person wants mail."`
	NoAddress bool            `json:"no_address,omitempty" doc:"Nobody has said where the person can be reached."`
	Things    []string        `json:"things" doc:"What it would tell, in Swedish."`
}

// Receipt answers a command that was carried out.
type Receipt struct {
	ID     string `json:"id"`
	Stream string `json:"stream"`
	// Status is StatusDone once the entries stand in the journal, StatusReceived before that.
	Status string         `json:"status" enum:"klar,mottaget"`
	First  uint64         `json:"first,omitempty" doc:"Sequence number of the command's first entry in its stream."`
	Last   uint64         `json:"last,omitempty" doc:"And of its last."`
	At     domain.Instant `json:"at,omitempty"`
	// Index and Leaf are of the first entry, and known once it stands in the journal.
	Index    *uint64       `json:"index,omitempty" doc:"Where the first entry stands in the log."`
	Leaf     domain.Digest `json:"leaf,omitempty" doc:"The hash of the first entry's bytes in the log."`
	Warnings []string      `json:"warnings,omitempty" doc:"What the person should look at again, in Swedish."`
}

// The statuses of a receipt.
const (
	StatusDone     = "klar"
	StatusReceived = "mottaget"
)

// File answers an upload.
type File struct {
	SHA256 domain.Digest `json:"sha256"`
	Size   int64         `json:"size" doc:"Bytes."`
}
