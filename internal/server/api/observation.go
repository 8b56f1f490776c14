package api

import "arshjul/domain"

// Observation is what a revisor remarks on a step of some cycle, with its answer and what is to be done.
type Observation struct {
	Number   uint64                   `json:"number,omitempty"`
	Year     int                      `json:"year,omitempty" doc:"Budget year of the cycle."`
	Step     domain.StepID            `json:"step,omitempty"`
	Unit     domain.UnitID            `json:"unit,omitempty" doc:"Who answers for it,"`
	Role     domain.RoleID            `json:"role,omitempty" doc:"by the role of whom, held in the unit, its förvaltning or the city's."`
	Due      domain.Date              `json:"due,omitempty" doc:"The answer, at the latest."`
	Status   domain.ObservationStatus `json:"status,omitempty" enum:"vantar-svar,besvarad,godtagen,avslutad"`
	Word     string                   `json:"word,omitempty" doc:"Given back: the status in Swedish."`
	Text     string                   `json:"text,omitempty" doc:"Given back: what was remarked."`
	By       domain.PersonID          `json:"by,omitempty" doc:"Given back: the revisor."`
	Made     domain.Date              `json:"made,omitempty" doc:"Given back."`
	Asked    int                      `json:"asked,omitempty" doc:"Given back: how many times it was asked."`
	Answer   string                   `json:"answer,omitempty" doc:"Given back: the last answer."`
	Answered domain.Date              `json:"answered,omitempty" doc:"Given back."`
	Note     string                   `json:"note,omitempty" doc:"Given back: the revisor's last words on the answer."`
	Actions  []Action                 `json:"actions,omitempty"`
}

// Action is what is to be done because of an observation.
type Action struct {
	No      int             `json:"no,omitempty" doc:"action-done: which."`
	Text    string          `json:"text,omitempty" doc:"What is to be done."`
	Unit    domain.UnitID   `json:"unit,omitempty" doc:"Who does it; none means who answers."`
	Role    domain.RoleID   `json:"role,omitempty" doc:"By the role of whom; none means who answers."`
	Person  domain.PersonID `json:"person,omitempty" doc:"Who was named as responsible, and has that role."`
	Due     domain.Date     `json:"due,omitempty"`
	Done    domain.Date     `json:"done,omitempty" doc:"action-done: the day, when it is not today."`
	Outcome string          `json:"outcome,omitempty" doc:"Given back: what was done."`
}

// Supplement is what came in to a cycle after it had ended.
type Supplement struct {
	Number    uint64          `json:"number,omitempty" doc:"Given back."`
	Year      int             `json:"year" doc:"Budget year of the cycle."`
	Step      domain.StepID   `json:"step"`
	Entry     uint64          `json:"entry,omitempty" doc:"The sequence number of the entry of that cycle that it corrects."`
	Reference string          `json:"reference,omitempty" doc:"Diary number."`
	Documents []Document      `json:"documents,omitempty"`
	Made      domain.Date     `json:"made,omitempty" doc:"Given back."`
	By        domain.PersonID `json:"by,omitempty" doc:"Given back."`
	Text      string          `json:"text,omitempty" doc:"Given back."`
}
