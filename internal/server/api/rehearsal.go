package api

import "arshjul/domain"

// Rehearsal is a whole cycle played in memory: when each step opens and is done when everybody does their part at once,
// and what was found wrong or worth a look.
type Rehearsal struct {
	Year     int             `json:"year"`
	Wheel    string          `json:"wheel"`
	Events   int             `json:"events" doc:"How many entries the cycle's journal would get."`
	Mails    int             `json:"mails" doc:"How many mails would be sent."`
	Steps    []RehearsedStep `json:"steps"`
	Findings []Finding       `json:"findings" doc:"The errors first; with none, every step is done."`
}

// RehearsedStep is how one step went; a day that never came, or is not set, is null.
type RehearsedStep struct {
	ID         domain.StepID `json:"id"`
	Unit       domain.UnitID `json:"unit"`
	Occurrence int           `json:"occurrence" doc:"From 1."`
	Opens      *domain.Date  `json:"opens"`
	Plan       *domain.Date  `json:"plan" doc:"Senast."`
	Legal      *domain.Date  `json:"legal" doc:"Lagens gräns."`
	Done       *domain.Date  `json:"done"`
}

// Finding is something that rehearsal noticed.
type Finding struct {
	Code  string        `json:"code" doc:"Stable name of what was found."`
	Level domain.Level  `json:"level" enum:"error,warning" doc:"An error stops a launch."`
	Step  domain.StepID `json:"step"`
	Unit  domain.UnitID `json:"unit"`
	Text  string        `json:"text" doc:"In Swedish: what, where and how to mend it."`
}
