package api

import "arshjul/domain"

// MailLog is the delivery log: what was sent to whom, never what it said or to which address.
type MailLog struct {
	Findings []MailFinding `json:"findings" doc:"What somebody must see to."`
	Counts   []MailCount   `json:"counts"`
	Mails    []Mail        `json:"mails" doc:"The newest first."`
}

// MailFinding is something about mails that somebody must see to.
type MailFinding struct {
	Code   string          `json:"code" enum:"server_down,refused,bounced,expired,no_address,slow,not_running,held"`
	Person domain.PersonID `json:"person,omitempty"`
	Mail   string          `json:"mail,omitempty" doc:"The mail's id."`
	Since  domain.Instant  `json:"since"`
	Text   string          `json:"text" doc:"In Swedish: what, and how to mend it."`
}

// MailCount is how many mails there are in a state.
type MailCount struct {
	State string `json:"state" enum:"new,sending,later,sent,failed,unneeded,released"`
	Word  string `json:"word" doc:"The state in Swedish."`
	Mails int    `json:"mails"`
}

// Mail is a mail of the delivery log.
type Mail struct {
	ID       string          `json:"id" doc:"The Message-ID before the @."`
	Person   domain.PersonID `json:"person"`
	Exercise string          `json:"exercise,omitempty" doc:"The exercise's stream; none for a real mail."`
	Urgent   bool            `json:"urgent,omitempty"`
	Day      domain.Date     `json:"day" doc:"The day it is for; an exercise's is on its own clock."`
	State    string          `json:"state" enum:"new,sending,later,sent,failed,unneeded,released"`
	Word     string          `json:"word" doc:"The state in Swedish."`
	Reason   string          `json:"reason,omitempty" enum:"refused,bounced,expired,no_address" doc:"Why it failed."`
	Words    string          `json:"words,omitempty" doc:"What the mail server said last."`
	Attempts int             `json:"attempts"`
	Made     domain.Instant  `json:"made"`
	Next     domain.Instant  `json:"next,omitempty" doc:"When it is tried next."`
	Settled  domain.Instant  `json:"settled,omitempty" doc:"When it came to its end."`
	Tries    []MailTry       `json:"tries,omitempty" doc:"Every try, when one mail is asked for."`
	Things   []MailThing     `json:"things,omitempty" doc:"What it tells of, when one mail is asked for."`
}

// MailTry is one try to send a mail.
type MailTry struct {
	Number int            `json:"number"`
	At     domain.Instant `json:"at"`
	State  string         `json:"state" enum:"later,sent,failed,unneeded"`
	Word   string         `json:"word"`
	Words  string         `json:"words,omitempty" doc:"What the mail server said."`
}

// MailThing is something that a mail tells of.
type MailThing struct {
	Stream string        `json:"stream"`
	Step   domain.StepID `json:"step"`
	Rule   string        `json:"rule,omitempty" doc:"The reminder rule; none for a new task."`
	Change domain.Change `json:"change,omitempty" enum:"moved,returned" doc:"What became of a task that the person had: its day is another, or it is to be done again."`
}

// MailAddress is where a person can be reached.
type MailAddress struct {
	Person  domain.PersonID `json:"person"`
	Address string          `json:"address" doc:"None = nowhere."`
	By      domain.PersonID `json:"by,omitempty" doc:"Who set it; never sent."`
	At      domain.Instant  `json:"at,omitempty" doc:"When; never sent."`
}

// MailAddresses is where people can be reached.
type MailAddresses struct {
	Addresses []MailAddress `json:"addresses"`
}

// MailChoice is how often a person wants mail.
type MailChoice struct {
	Choice  string          `json:"choice" enum:"direkt,dag,vecka,inga" doc:"Escalations come daily whatever is chosen."`
	History []MailChoiceWas `json:"history,omitempty" doc:"What was chosen when, the newest first; never sent."`
}

// MailChoiceWas is a choice that was made.
type MailChoiceWas struct {
	Choice string         `json:"choice" enum:"direkt,dag,vecka,inga"`
	At     domain.Instant `json:"at"`
}

// SunkMails is what the sink holds: mails that went nowhere else.
type SunkMails struct {
	Boxes []string   `json:"boxes" doc:"Whose mails there are: exercises' streams, and an empty text for the real cycles of a local stack."`
	Count int        `json:"count" doc:"Mails in the box that was asked for, each once."`
	Mails []SunkMail `json:"mails" doc:"The newest first."`
}

// SunkMail is a mail in the sink.
type SunkMail struct {
	ID        int64          `json:"id"`
	Exercise  string         `json:"exercise,omitempty"`
	MessageID string         `json:"message_id"`
	To        string         `json:"to" doc:"A made-up address."`
	Subject   string         `json:"subject"`
	Received  domain.Instant `json:"received"`
	Times     int            `json:"times" doc:"How often it came."`
	Text      string         `json:"text,omitempty" doc:"As plain text, when one mail is asked for."`
	HTML      string         `json:"html,omitempty"`
}

// MailHold says whether mails are held: made and sent only when a person has let them go, as after a restore.
type MailHold struct {
	Held   bool            `json:"held"`
	Since  domain.Instant  `json:"since,omitempty"`
	Reason string          `json:"reason,omitempty" enum:"restored,asked"`
	By     domain.PersonID `json:"by,omitempty"`
	People []MailHeld      `json:"people" doc:"Who has something that waits, held or not."`
}

// MailHeld is what waits for a person.
type MailHeld struct {
	Person domain.PersonID `json:"person"`
	Things int             `json:"things" doc:"That no mail carries yet."`
	Mails  int             `json:"mails" doc:"That were made, and not sent as far as is known."`
	Unsure int             `json:"unsure" doc:"Of those, how many may have arrived."`
}

// MailRelease lets held mails go.
type MailRelease struct {
	Sent bool `json:"sent,omitempty" doc:"What waits was sent before the restore, and is not sent again."`
}

// MailBounce is a mail that came back, as the mail server's report has it.
type MailBounce struct {
	Report string `json:"report" doc:"The whole report (RFC 3464), headers and all. It is read and not kept."`
}
