package domain

import (
	"testing"
	"time"
)

// What the numbers say of a day is what package time and the lists of holidays say, also where they begin and end.
func TestNumberedDays(t *testing.T) {
	open := func(at time.Time, bridges bool) bool {
		closed := func(at time.Time) bool {
			return at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || dateOf(at).Holiday() != ""
		}
		return !closed(at) && !(bridges && closed(at.AddDate(0, 0, -1)) && closed(at.AddDate(0, 0, 1)))
	}
	for at := time.Date(1989, 11, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2091; at = at.AddDate(0, 0, 1) {
		d := dateOf(at)
		for _, n := range []int{-400, -31, -1, 0, 1, 59, 366} {
			if got, want := d.Add(n), at.AddDate(0, 0, n).Format(dateLayout); string(got) != want {
				t.Fatalf("%s %+d days: %s, want %s", d, n, got, want)
			}
		}
		for _, bridges := range []bool{false, true} {
			if d.Closed(bridges) == open(at, bridges) {
				t.Fatalf("%s, bridges %t: closed %t", d, bridges, d.Closed(bridges))
			}
			for _, n := range []int{-10, -1, 0, 1, 3} {
				want := at
				for left := max(n, -n); left > 0; left-- {
					for want = want.AddDate(0, 0, n/max(n, -n)); !open(want, bridges); {
						want = want.AddDate(0, 0, n/max(n, -n))
					}
				}
				if got := d.AddWorkingDays(n, bridges); got != dateOf(want) {
					t.Fatalf("%s %+d working days, bridges %t: %s, want %s", d, n, bridges, got, dateOf(want))
				}
			}
		}
	}
	for _, d := range []Date{"", "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-00", "2027-04-31", "2027/01/01", "20270101", "1989-12-31", "2090-01-01", "2100-02-29", "2o27-01-01"} {
		if n, ok := d.number(); ok {
			t.Errorf("%q has the number %d", d, n)
		}
	}
}
