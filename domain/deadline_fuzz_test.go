package domain

import (
	"errors"
	"strings"
	"testing"
)

// Counting working days forth and back lands on the same day, on no closed one, and agrees with counting what lies between.
func FuzzWorkingDays(f *testing.F) {
	f.Add(uint16(2028), uint16(59), int16(10), false)  // a leap day
	f.Add(uint16(2027), uint16(86), int16(-3), true)   // Easter
	f.Add(uint16(2026), uint16(355), int16(12), false) // over Christmas and New Year
	f.Add(uint16(2027), uint16(174), int16(1), true)   // midsommar
	f.Fuzz(func(t *testing.T, year, day uint16, n int16, bridges bool) {
		from := NewDate(1990+int(year%120), 1, 1+int(day%366))
		days := int(n % 400)
		to := from.AddWorkingDays(days, bridges)
		if days == 0 {
			if to != from {
				t.Fatalf("no days from %s are %s", from, to)
			}
			return
		}
		if to.Closed(bridges) {
			t.Fatalf("%d working days from %s are %s, when the offices are closed", days, from, to)
		}
		if back := to.AddWorkingDays(-days, bridges); !from.Closed(bridges) && back != from {
			t.Fatalf("%d working days from %s are %s, and back again %s", days, from, to, back)
		}
		if got := WorkingDays(from, to, bridges); !from.Closed(bridges) && got != days {
			t.Fatalf("%d working days from %s are %s, and %d lie between", days, from, to, got)
		}
		if got := daysBetween(from, to); from.Add(got) != to {
			t.Fatalf("%d days from %s are not %s", got, from, to)
		}
	})
}

// A rule that can be read is a real day in every year, and says no in a sentence otherwise.
func FuzzParseRule(f *testing.F) {
	for _, text := range []string{"senast 30 september", "senast 29 februari", "kf-möte juni", "nämndmöte mars", "andra arbetsdagen i mars",
		"sista arbetsdagen i december N-2", "10 arbetsdagar före dialog-april", "7 dagar efter kf-mal-och-ekonomi N+1", "senast 31 april", "x"} {
		f.Add(text, uint16(2028))
	}
	f.Fuzz(func(t *testing.T, text string, year uint16) {
		r, err := ParseRule(text, StagePlanning)
		if err != nil {
			if no := (*Refusal)(nil); !errors.As(err, &no) || !strings.HasSuffix(no.Message, ".") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		n := 1990 + int(year%120)
		d := r.day(n, false)
		if (r.Kind == RuleDay || r.Kind == RuleWorkday) && (!d.Valid() || d.Year() != n+r.Year || d.Month() != r.Month) {
			t.Fatalf("%q of %d is %q", text, n, d)
		}
		if r.follows() {
			if from := NewDate(n, 6, 15); !r.from(from, true).Valid() || r.from(from, true) == from {
				t.Fatalf("%q from %s is %q", text, from, r.from(from, true))
			}
		}
		if again, err := ParseRule(r.Text, StagePlanning); err != nil || again != r {
			t.Fatalf("%q reads as %+v and then as %+v, %v", text, r, again, err)
		}
	})
}
