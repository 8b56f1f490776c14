package domain

import (
	"testing"
	"time"
)

func TestDays(t *testing.T) {
	for _, r := range []struct {
		day   Date
		hours int64
		start string
	}{
		{"2027-03-28", 23, "2027-03-27T23:00:00.000Z"}, // summer time begins
		{"2026-10-25", 25, "2026-10-24T22:00:00.000Z"}, // and ends
		{"2028-02-29", 24, "2028-02-28T23:00:00.000Z"},
		{"2027-12-31", 24, "2027-12-30T23:00:00.000Z"},
	} {
		if got := int64(r.day.End()-r.day.Start()) / 3_600_000; got != r.hours {
			t.Errorf("%s is %d hours long, want %d", r.day, got, r.hours)
		}
		if got := r.day.Start().String(); got != r.start {
			t.Errorf("%s begins %s, want %s", r.day, got, r.start)
		}
		if got := (r.day.End() - 1).Date(); got != r.day {
			t.Errorf("the last millisecond of %s is on %s", r.day, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2027-02-30", "2027-2-3", "", "27-02-10", "2027-02-10T00:00", "２０２７-02-10"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	if d, err := ParseDate("2028-02-29"); err != nil || d.Swedish() != "29 februari 2028" {
		t.Errorf("got %s, %v", d.Swedish(), err)
	}
}

// Days are read and written as package time reads and writes them; what is no day is none.
func TestDaysAreThoseOfPackageTime(t *testing.T) {
	for d := time.Date(1899, 12, 25, 0, 0, 0, 0, time.UTC); d.Year() < 2105; d = d.AddDate(0, 0, 1) {
		text := d.Format(dateLayout)
		if got := Date(text); got.utc() != d || dateOf(d) != got {
			t.Fatalf("%s is read as %v and written as %s", text, got.utc(), dateOf(d))
		}
	}
	for _, d := range []Date{"", "2027-02-30", "2027-00-10", "2027-13-01", "2027-1-1", "20a7-01-01", "-027-01-01", "2027-01-0x", "2027/01/01", "2027-01-010", "0000-00-00"} {
		if want, _ := time.Parse(dateLayout, string(d)); d.utc() != want {
			t.Errorf("%q is %v, want %v", d, d.utc(), want)
		}
	}
	if got := dateOf(time.Date(10000, 1, 2, 0, 0, 0, 0, time.UTC)); got != "10000-01-02" {
		t.Errorf("got %s", got)
	}
}

func TestRules(t *testing.T) {
	for text, want := range map[string]Rule{
		"senast 30 september":               {Kind: RuleDay, Month: 9, Day: 30, Year: -1},
		"från 1 maj":                        {Kind: RuleDay, Month: 5, Day: 1, Year: -1},
		"kf-möte juni":                      {Kind: RuleMeeting, Month: 6, Unit: "KF", Year: -1},
		"ks-möte februari":                  {Kind: RuleMeeting, Month: 2, Unit: "KS", Year: -1},
		"nämndmöte mars":                    {Kind: RuleMeeting, Month: 3, Year: -1},
		"7 dagar före kf-mal-och-ekonomi":   {Kind: RuleBefore, Days: 7, Step: "kf-mal-och-ekonomi", Year: -1},
		"10 arbetsdagar före dialog-april":  {Kind: RuleBefore, Days: 10, Step: "dialog-april", Working: true, Year: -1},
		"14 dagar efter kf-mal-och-ekonomi": {Kind: RuleAfter, Days: 14, Step: "kf-mal-och-ekonomi", Year: -1},
		"andra arbetsdagen i mars":          {Kind: RuleWorkday, Day: 2, Month: 3, Year: -1},
		"sista arbetsdagen i mars":          {Kind: RuleWorkday, Day: -1, Month: 3, Year: -1},
		"senast 31 december N-2":            {Kind: RuleDay, Day: 31, Month: 12, Year: -2},
		"au-möte maj N":                     {Kind: RuleMeeting, Unit: "AU", Month: 5},
	} {
		got, err := ParseRule(text, StagePlanning)
		want.Text = text
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "senast", "senast 31 september", "senast 29 februari", "senast 0 maj", "bolagsmöte maj", "-möte maj", "elfte arbetsdagen i mars", "-3 dagar före x", "367 dagar efter x", "senast 31 december N-3", "kf-möte", "0 dagar före x", "senast den 3 maj"} {
		if r, err := ParseRule(text, StagePlanning); err == nil {
			t.Errorf("%q was read as %+v", text, r)
		}
	}
}

func TestRuleDays(t *testing.T) {
	for text, want := range map[string]Date{
		"senast 30 september":          "2027-09-30",
		"senast 31 december N-2":       "2026-12-31",
		"andra arbetsdagen i mars":     "2027-03-02",
		"sista arbetsdagen i mars":     "2027-03-31",
		"första arbetsdagen i maj":     "2027-05-03", // första maj is a Saturday
		"sista arbetsdagen i december": "2027-12-30",
		"första arbetsdagen i januari": "2027-01-04",
	} {
		r := rule(t, text, StagePlanning)
		if got := r.day(2028, false); got != want {
			t.Errorf("%s for budget year 2028: got %s, want %s", text, got, want)
		}
	}
	before := rule(t, "10 arbetsdagar före x", StagePlanning)
	if got := before.from("2027-04-12", false); got != "2027-03-25" { // over Easter
		t.Errorf("ten working days before 12 April 2027: got %s", got)
	}
}
