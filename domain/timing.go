package domain

import (
	"strconv"
	"strings"
	"time"
)

// RuleKind is the form of a timing rule.
type RuleKind string

// The forms: a fixed day ("senast 30 september"), the body's meeting in a month ("kf-möte juni", "nämndmöte mars"),
// and a number of days before another step's plan day ("7 dagar före kf-mal-och-ekonomi").
const (
	RuleDay     RuleKind = "dag"
	RuleMeeting RuleKind = "mote"
	RuleBefore  RuleKind = "fore"
)

// Rule is a readable timing rule. Text is what the wheel file says and what people see beside the date.
type Rule struct {
	Kind  RuleKind   `json:"kind,omitempty"`
	Text  string     `json:"text,omitempty"`
	Year  int        `json:"year,omitempty"` // relative to the budget year: -1 in planning
	Month time.Month `json:"month,omitempty"`
	Day   int        `json:"day,omitempty"`
	Unit  UnitID     `json:"unit,omitempty"` // whose meeting; "" = the step's own unit
	Step  string     `json:"step,omitempty"`
	Days  int        `json:"days,omitempty"`
}

// stageYear is the year, relative to the budget year, in which a stage's dates fall when the rule names none.
func stageYear(s Stage) int {
	switch s {
	case StagePlanning:
		return -1
	case StageClosing:
		return 1
	}
	return 0
}

// ParseRule reads a timing rule of a step in the given stage. A rule that it cannot read gives a *Refusal whose
// sentence shows the forms there are.
func ParseRule(text string, stage Stage) (Rule, error) {
	r := Rule{Text: text, Year: stageYear(stage)}
	w := strings.Fields(strings.ToLower(text))
	switch {
	case len(w) == 3 && (w[0] == "senast" || w[0] == "från"):
		day, err := strconv.Atoi(w[1])
		r.Kind, r.Day, r.Month = RuleDay, day, monthOf(w[2])
		if err == nil && r.Month != 0 && day >= 1 && day <= daysIn(r.Month) {
			return r, nil
		}
	case len(w) == 2 && strings.HasSuffix(w[0], "möte"):
		r.Kind, r.Month = RuleMeeting, monthOf(w[1])
		switch w[0] {
		case "kf-möte":
			r.Unit = "KF"
		case "ks-möte":
			r.Unit = "KS"
		case "nämndmöte":
		default:
			r.Month = 0
		}
		if r.Month != 0 {
			return r, nil
		}
	case len(w) == 4 && w[1] == "dagar" && w[2] == "före":
		days, err := strconv.Atoi(w[0])
		r.Kind, r.Days, r.Step = RuleBefore, days, w[3]
		if err == nil && days >= 1 && days <= 366 {
			return r, nil
		}
	}
	return Rule{}, refuse(CodeWheel, "tidsregeln %q går inte att läsa. Skriv till exempel \"senast 30 september\", \"kf-möte juni\", \"nämndmöte mars\" eller \"7 dagar före kf-mal-och-ekonomi\".", text)
}

// daysIn gives the month's length in a year that is not a leap year, so that a rule is a day in every year.
func daysIn(m time.Month) int { return time.Date(2027, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func monthOf(name string) time.Month {
	for i, m := range monthNames {
		if m == name {
			return time.Month(i + 1)
		}
	}
	return 0
}
