package domain

import (
	"strconv"
	"strings"
	"time"
)

// RuleKind is the form of a timing rule.
type RuleKind string

// The forms of a timing rule.
const (
	RuleDay     RuleKind = "dag"       // senast 30 september; från 1 maj
	RuleMeeting RuleKind = "mote"      // kf-möte juni; nämndmöte mars
	RuleBefore  RuleKind = "fore"      // 7 dagar före kf-mal-och-ekonomi; 10 arbetsdagar före dialog-april
	RuleAfter   RuleKind = "efter"     // 14 dagar efter kf-mal-och-ekonomi
	RuleWorkday RuleKind = "arbetsdag" // andra arbetsdagen i mars; sista arbetsdagen i mars
)

// Rule is a readable timing rule. Text is what the wheel file says and what people see beside the date.
type Rule struct {
	Kind  RuleKind   `json:"kind,omitempty"`
	Text  string     `json:"text,omitempty"`
	Year  int        `json:"year,omitempty"` // relative to the budget year: -1 in planning
	Month time.Month `json:"month,omitempty"`
	Day   int        `json:"day,omitempty"`  // of the month; for RuleWorkday the n:th working day, -1 = the last
	Unit  UnitID     `json:"unit,omitempty"` // whose meeting; "" = the step's own unit
	Step  string     `json:"step,omitempty"`
	Days  int        `json:"days,omitempty"`
	// Working makes Days working days.
	Working bool `json:"working,omitempty"`
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

// ruleYears are the words with which a rule may name another year than its stage's: "senast 31 december N-2".
var ruleYears = []struct {
	word string
	year int
}{{"n-2", -2}, {"n-1", -1}, {"n", 0}, {"n+1", 1}}

var ordinals = []string{"första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde"}

// ParseRule reads a timing rule of a step in the given stage. A rule that it cannot read gives a *Refusal whose
// sentence shows the forms there are.
func ParseRule(text string, stage Stage) (Rule, error) {
	r := Rule{Text: text, Year: stageYear(stage)}
	w := strings.Fields(strings.ToLower(text))
	for _, y := range ruleYears {
		if len(w) > 1 && w[len(w)-1] == y.word {
			r.Year, w = y.year, w[:len(w)-1]
			break
		}
	}
	if r.read(w) {
		return r, nil
	}
	return Rule{}, refuse(CodeWheel, "tidsregeln %q går inte att läsa. Skriv till exempel \"senast 30 september\", \"kf-möte juni\", \"nämndmöte mars\", \"andra arbetsdagen i mars\", \"10 arbetsdagar före dialog-april\" eller \"7 dagar före kf-mal-och-ekonomi\". Ett annat år än skedets skrivs sist: \"senast 31 december N-2\".", text)
}

func (r *Rule) read(w []string) bool {
	switch {
	case len(w) == 3 && (w[0] == "senast" || w[0] == "från"):
		r.Kind, r.Day, r.Month = RuleDay, number(w[1]), monthOf(w[2])
		return r.Month != 0 && r.Day >= 1 && r.Day <= daysIn(r.Month)
	case len(w) == 4 && w[1] == "arbetsdagen" && w[2] == "i":
		r.Kind, r.Day, r.Month = RuleWorkday, ordinal(w[0]), monthOf(w[3])
		return r.Month != 0 && r.Day != 0
	case len(w) == 2 && (w[0] == "nämndmöte" || w[0] == "styrelsemöte"):
		r.Kind, r.Month = RuleMeeting, monthOf(w[1])
		return r.Month != 0
	case len(w) == 2 && strings.HasSuffix(w[0], "-möte"):
		r.Kind, r.Month, r.Unit = RuleMeeting, monthOf(w[1]), UnitID(strings.ToUpper(strings.TrimSuffix(w[0], "-möte")))
		return r.Month != 0 && r.Unit != ""
	case len(w) == 4 && (w[1] == "dagar" || w[1] == "arbetsdagar") && (w[2] == "före" || w[2] == "efter"):
		r.Kind, r.Days, r.Step, r.Working = RuleBefore, number(w[0]), w[3], w[1] == "arbetsdagar"
		if w[2] == "efter" {
			r.Kind = RuleAfter
		}
		return r.Days >= 1 && r.Days <= 366
	}
	return false
}

// number reads a whole number without sign, or gives 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || s[0] == '+' || s[0] == '-' {
		return 0
	}
	return n
}

func ordinal(word string) int {
	if word == "sista" {
		return -1
	}
	for i, o := range ordinals {
		if o == word {
			return i + 1
		}
	}
	return 0
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

// follows tells whether the rule hangs on another step's plan day.
func (r *Rule) follows() bool { return r.Kind == RuleBefore || r.Kind == RuleAfter }

// day resolves a rule that looks at the calendar alone, for budget year n.
func (r *Rule) day(n int, bridges bool) Date {
	switch r.Kind {
	case RuleDay:
		return NewDate(n+r.Year, r.Month, r.Day)
	case RuleWorkday:
		if r.Day < 0 {
			return NewDate(n+r.Year, r.Month+1, 1).AddWorkingDays(r.Day, bridges)
		}
		return NewDate(n+r.Year, r.Month, 0).AddWorkingDays(r.Day, bridges)
	}
	return ""
}

// from resolves a rule that hangs on another step, from that step's day.
func (r *Rule) from(d Date, bridges bool) Date {
	n := r.Days
	if r.Kind == RuleBefore {
		n = -n
	}
	if r.Working {
		return d.AddWorkingDays(n, bridges)
	}
	return d.Add(n)
}
