package api

import "arshjul/domain"

// Record is what the protocol says of a decision beyond outcome, § and day.
type Record struct {
	Manner domain.Manner `json:"manner,omitempty" doc:"decide-instead: ordforande or delegation."`
	Onward int           `json:"onward,omitempty" doc:"decide-instead: how often the delegation was passed on; 1 at most."`

	Votes       *domain.Votes `json:"votes,omitempty" doc:"The figures of the vote. for counts those who wanted what was decided; who did not vote abstained."`
	Class       domain.Class  `json:"class,omitempty" doc:"By what right KF returned or tabled the matter: majoritet or minoritet."`
	ClassReason string        `json:"class_reason,omitempty" doc:"Why, when the figures can be read both ways."`

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
