package domain

import (
	"testing"
	"time"
)

// Easter as printed in almanacs, the earliest and the latest dates among them.
func TestEaster(t *testing.T) {
	for year, want := range map[int]Date{2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2028: "2028-04-16",
		2029: "2029-04-01", 2030: "2030-04-21", 2035: "2035-03-25", 2038: "2038-04-25", 1818: "1818-03-22", 2285: "2285-03-22"} {
		if got := easterSunday(year); got != want {
			t.Errorf("Easter %d: got %s, want %s", year, got, want)
		}
	}
}

func TestHolidays2027(t *testing.T) {
	want := []Date{"2027-01-01", "2027-01-06", "2027-03-26", "2027-03-29", "2027-05-01", "2027-05-06", "2027-06-06", "2027-06-25", "2027-06-26",
		"2027-11-06", "2027-12-24", "2027-12-25", "2027-12-26", "2027-12-31"}
	for i, h := range Holidays(2027) {
		if h.Date != want[i] {
			t.Errorf("%s: got %s, want %s", h.Name, h.Date, want[i])
		}
	}
	for year := 2000; year < 2100; year++ {
		for _, h := range Holidays(year) {
			if h.Name == "midsommardagen" && (h.Date.Weekday() != time.Saturday || h.Date < NewDate(year, 6, 20) || h.Date > NewDate(year, 6, 26)) {
				t.Errorf("midsommardagen %s", h.Date)
			}
			if h.Name == "alla helgons dag" && (h.Date < NewDate(year, 10, 31) || h.Date > NewDate(year, 11, 6)) {
				t.Errorf("alla helgons dag %s", h.Date)
			}
		}
	}
}

// Asking for one day gives what the year's list says, for every day of two hundred years; första maj 2008 was Kristi
// himmelsfärdsdag too.
func TestHolidayOfADay(t *testing.T) {
	for year := 1980; year < 2180; year++ {
		listed := map[Date]string{}
		for _, h := range Holidays(year) {
			if listed[h.Date] == "" {
				listed[h.Date] = h.Name
			}
		}
		for d := NewDate(year, 1, 1); d.Year() == year; d = d.Add(1) {
			if d.Holiday() != listed[d] {
				t.Fatalf("%s is %q, and %q in the list", d, d.Holiday(), listed[d])
			}
		}
	}
}

func TestWorkingDays(t *testing.T) {
	for _, r := range []struct {
		from    Date
		n       int
		bridges bool
		want    Date
	}{
		{"2027-03-25", 1, false, "2027-03-30"},  // over Easter
		{"2027-04-30", -1, false, "2027-04-29"}, //
		{"2027-05-03", -1, false, "2027-04-30"}, // första maj on a Saturday
		{"2027-05-05", 1, false, "2027-05-07"},  // the Friday after Kristi himmelsfärdsdag
		{"2027-05-05", 1, true, "2027-05-10"},   // is a klämdag
		{"2028-02-28", 1, false, "2028-02-29"},
		{"2026-12-23", 1, false, "2026-12-28"},
		{"2027-06-24", 1, false, "2027-06-28"}, // midsommar
		{"2027-06-20", 0, false, "2027-06-20"},
		{"2027-04-30", 10, false, "2027-05-17"},
	} {
		if got := r.from.AddWorkingDays(r.n, r.bridges); got != r.want {
			t.Errorf("%s %+d working days (bridges %t): got %s, want %s", r.from, r.n, r.bridges, got, r.want)
		}
	}
}
