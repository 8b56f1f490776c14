package calendarfile

import (
	"time"

	"arshjul/domain"
)

// rule is by which a kind of body's days are proposed: the n:th weekday of each month, with other months' own.
type rule struct {
	kind    domain.UnitKind
	says    string
	weekday time.Weekday
	nth     int
	other   map[time.Month]int // another n; 0 = no meeting
}

// rules are customs and no facts: fullmäktige's is the one an older arbetsordning had, the others are ours.
var rules = []rule{
	{domain.KindCouncil, "fjärde tisdagen i månaden, andra tisdagen i juni och december, inte i juli", time.Tuesday, 4,
		map[time.Month]int{time.June: 2, time.July: 0, time.December: 2}},
	{domain.KindExecutive, "andra onsdagen i månaden, fjärde onsdagen i maj, inte i juli", time.Wednesday, 2,
		map[time.Month]int{time.May: 4, time.July: 0}},
	{domain.KindBoard, "tredje tisdagen i månaden, första tisdagen i december, inte i juli och augusti", time.Tuesday, 3,
		map[time.Month]int{time.July: 0, time.August: 0, time.December: 1}},
	{domain.KindCompany, "fjärde onsdagen i mars, maj, september och december", time.Wednesday, 4,
		map[time.Month]int{time.January: 0, time.February: 0, time.April: 0, time.June: 0, time.July: 0, time.August: 0, time.October: 0, time.November: 0, time.December: 2}},
}

// RuleFor says in Swedish by which rule a kind of unit's days are proposed, or "" when it has none.
func RuleFor(kind domain.UnitKind) string {
	for i := range rules {
		if rules[i].kind == kind {
			return rules[i].says
		}
	}
	return ""
}

// Propose proposes the meetings of a year for each unit that exists then, by the rule of its kind. A day on which the
// offices are closed gives the next working day. All are föreslagna: somebody must confirm each before a decision.
func Propose(units []domain.Unit, year int) []domain.Meeting {
	var out []domain.Meeting
	for i := range units {
		u := &units[i]
		for k := range rules {
			if rules[k].kind != u.Kind {
				continue
			}
			for m := time.January; m <= time.December; m++ {
				if d := rules[k].day(year, m); d != "" && u.Active(d) {
					out = append(out, domain.Meeting{ID: domain.MeetingID(string(u.ID) + "-" + string(d)), Unit: u.ID, Date: d, Status: domain.MeetingProposed})
				}
			}
		}
	}
	return out
}

// ProposeMissing proposes meetings as [Propose] does, for the months in which the body has none among known.
func ProposeMissing(units []domain.Unit, known []domain.Meeting, year int) []domain.Meeting {
	month := func(m domain.Meeting) string { return string(m.Unit) + string(m.Date[:len("2027-02")]) }
	has := map[string]bool{}
	for _, m := range known {
		if m.Status != domain.MeetingCancelled && m.Date.Valid() {
			has[month(m)] = true
		}
	}
	var out []domain.Meeting
	for _, m := range Propose(units, year) {
		if !has[month(m)] {
			out = append(out, m)
		}
	}
	return out
}

// Fill proposes meetings for the years of a cycle, from two years before its budget year to the year after, before a body's
// first known one and after its last. Within what is known nothing is added: a month without a meeting has none.
func Fill(units []domain.Unit, known []domain.Meeting, budgetYear int) []domain.Meeting {
	first, last := map[domain.UnitID]domain.Date{}, map[domain.UnitID]domain.Date{}
	for _, m := range known {
		if m.Date.Valid() {
			if first[m.Unit] == "" || m.Date < first[m.Unit] {
				first[m.Unit] = m.Date
			}
			last[m.Unit] = max(last[m.Unit], m.Date)
		}
	}
	var out []domain.Meeting
	for year := budgetYear - 2; year <= budgetYear+1; year++ {
		for _, m := range Propose(units, year) {
			if m.Date < first[m.Unit] || m.Date > last[m.Unit] {
				out = append(out, m)
			}
		}
	}
	return out
}

// day is the proposed day of a month, or "" when the rule has none.
func (r *rule) day(year int, m time.Month) domain.Date {
	n := r.nth
	if other, differs := r.other[m]; differs {
		n = other
	}
	if n == 0 {
		return ""
	}
	d := domain.NewDate(year, m, 1)
	for d.Weekday() != r.weekday {
		d = d.Add(1)
	}
	if d = d.Add(7 * (n - 1)); d.Closed(false) {
		d = d.AddWorkingDays(1, false)
	}
	return d
}
