package api

import "arshjul/domain"

// Record is what the protocol says of a decision beyond outcome, § and day.
type Record struct {
	Manner domain.Manner `json:"manner,omitempty" doc:"decide-instead: ordforande or delegation."`
	Onward int           `json:"onward,omitempty" doc:"decide-instead: how often the delegation was passed on; 1 at most."`

	Votes       *domain.Votes `json:"votes,omitempty" doc:"The figures of the vote. for counts those who wanted what was decided; who did not vote abstained."`
	Class       domain.Class  `json:"class,omitempty" doc:"By what right KF returned or tabled the matter: majoritet or minoritet."`
	ClassReason string        `json:"class_reason,omitempty" doc:"Why, when the figures can be read both ways."`

	Discharge domain.Grant    `json:"discharge,omitempty" doc:"ansvarsfrihet: beviljas or vagras, for the step's nämnd."`
	Remark    *Remark         `json:"remark,omitempty" doc:"Whether KF too makes an anmärkning; required when revisorerna did."`
	By        domain.PersonID `json:"by,omitempty" doc:"decide-instead: who decided, when the registry knows the person."`

	Items        []domain.Item `json:"items,omitempty" doc:"Att-satser with an outcome each, when the outcome is delvis."`
	Wording      domain.Digest `json:"wording,omitempty" doc:"The decided wording, when it is not the draft's: the SHA-256 of an uploaded file."`
	Reservations []Reservation `json:"reservations,omitempty" doc:"Reservations that were notified before the meeting ended."`
	Served       []string      `json:"served,omitempty" doc:"Ersättare who served under this paragraph."`
	Immediate    bool          `json:"immediate,omitempty" doc:"The paragraph was adjusted at once (omedelbar justering)."`
}

// Reservation is a member's reservation against a decision.
type Reservation struct {
	Text string      `json:"text" doc:"Who, and why."`
	Date domain.Date `json:"date" doc:"The day on which it was notified."`
}

// Remark is KF's decision on anmärkning.
type Remark struct {
	Made      bool   `json:"made" doc:"true: KF makes the anmärkning."`
	Reason    string `json:"reason,omitempty" doc:"Its motivering; required when it is made."`
	Paragraph string `json:"paragraph,omitempty" doc:"Where it stands, when that is not the decision's own paragraph."`
}

// AuditReview is what revisorerna stated of the årsredovisning or the delårsrapport.
type AuditReview struct {
	Outcome domain.Assessment `json:"outcome" enum:"forenligt,delvis,inte,kan-ej-bedomas" doc:"Whether the results agree with KF's mål."`
	Boards  []Statement       `json:"boards,omitempty" doc:"What is stated of single nämnder."`
	Rest    domain.Stance     `json:"rest,omitempty" enum:"tillstyrks,avstyrks" doc:"And of every other nämnd."`
}

// Statement is what revisorerna stated of one nämnd.
type Statement struct {
	Unit   domain.UnitID `json:"unit"`
	Stance domain.Stance `json:"stance" enum:"tillstyrks,avstyrks" doc:"Ansvarsfrihet."`
	Remark bool          `json:"remark,omitempty" doc:"Anmärkning."`
	Reason string        `json:"reason,omitempty" doc:"Required with an anmärkning."`
}
