package api

// Calendar is the wheel of a calendar year: what is due in it in every cycle that goes on.
type Calendar struct {
	Year   int             `json:"year"`
	Cycles []CycleHead     `json:"cycles" doc:"The cycles that have steps in the year, the oldest first."`
	Months []CalendarMonth `json:"months" doc:"The months in which something is due."`
}

// CalendarMonth is what is due in a month, by day.
type CalendarMonth struct {
	Month int            `json:"month" doc:"1 to 12."`
	Steps []CalendarStep `json:"steps"`
}

// CalendarStep is a step of one of the cycles.
type CalendarStep struct {
	Stream    string `json:"stream"`
	CycleYear int    `json:"cycle_year" doc:"The cycle's budget year."`
	StepRow
}
