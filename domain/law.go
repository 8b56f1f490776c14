package domain

import "time"

// LawID names a row of the law table: "KL 11:10".
type LawID string

// Law is a limit that statute sets on a step and nobody can move.
type Law struct {
	ID   LawID
	Says string // in Swedish, as shown beside the date
	Year int    // relative to the budget year: -1 = the year before, 1 = the year after
	// Month and Day are the last day on which the duty is met.
	Month time.Month
	Day   int
}

// Laws lists the fixed dates of kommunallagen (2017:725) that the wheel's steps refer to. Limits that are counted from a
// meeting or from what was recorded are not here. Whether a limit that falls on a Saturday or a Sunday moves is not
// verified, so none does.
var Laws = []Law{
	{"KL 11:8", "Kommunstyrelsen ska göra upp förslag till budget före oktober månads utgång.", -1, time.October, 31},
	{"KL 11:8 skattesats", "Görs budgeten upp i november ska kommunstyrelsen före oktober månads utgång föreslå skattesatsen.", -1, time.October, 31},
	{"KL 11:8 revision", "Kommunfullmäktiges presidium ska göra upp förslag till revisorernas budget före oktober månads utgång.", -1, time.October, 31},
	{"KL 11:10", "Kommunfullmäktige ska fastställa budgeten före november månads utgång.", -1, time.November, 30},
	{"KL 11:11", "Finns särskilda skäl ska budgeten fastställas före december månads utgång.", -1, time.December, 31},
	{"KL 11:16", "Kommunstyrelsen ska lämna delårsrapporten till fullmäktige och revisorerna inom två månader efter rapportperioden.", 0, time.October, 31},
	{"KL 11:20", "Kommunstyrelsen ska lämna över årsredovisningen till fullmäktige och revisorerna senast den 15 april.", 1, time.April, 15},
	{"ABL 7:10", "Ett aktiebolags årsstämma ska hållas inom sex månader från räkenskapsårets utgång.", 1, time.June, 30},
	{"KL 5:24", "Fullmäktige ska besluta om ansvarsfrihet före utgången av juni månad året efter.", 1, time.June, 30},
}

// Law finds a row, or nil.
func (id LawID) Law() *Law {
	for i := range Laws {
		if Laws[i].ID == id {
			return &Laws[i]
		}
	}
	return nil
}

// Limit gives the last lawful day for a cycle of budget year n, or "" for an unknown id.
func (id LawID) Limit(n int) Date {
	if l := id.Law(); l != nil {
		return NewDate(n+l.Year, l.Month, l.Day)
	}
	return ""
}

// ElectionYear tells whether there is an ordinary general election in a year: every fourth, 2026 among them.
func ElectionYear(year int) bool { return year%4 == 2 }
