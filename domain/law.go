package domain

import "time"

// LawID names a row of the law table: "KL 11:10".
type LawID string

// Law is a limit that statute sets on a step and nobody can move.
type Law struct {
	ID   LawID
	Says string // in Swedish, as shown beside the date
	Year int    // 0 = the budget year, -1 = the year before
	// Month and Day are the last day on which the duty is met.
	Month time.Month
	Day   int
}

// Laws lists the fixed dates of kommunallagen (2017:725) that the wheel's steps refer to.
var Laws = []Law{
	{"KL 11:8", "Kommunstyrelsen ska göra upp förslag till budget före oktober månads utgång.", -1, time.October, 31},
	{"KL 11:10", "Kommunfullmäktige ska fastställa budgeten före november månads utgång.", -1, time.November, 30},
}

// Limit gives the last lawful day for a cycle of budget year n, or "" for an unknown id.
func (id LawID) Limit(n int) Date {
	for _, l := range Laws {
		if l.ID == id {
			return NewDate(n+l.Year, l.Month, l.Day)
		}
	}
	return ""
}
