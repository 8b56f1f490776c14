package domain

import (
	"slices"
	"strings"
	"time"
)

// Holiday is a day on which municipal offices are closed, besides Saturdays and Sundays.
type Holiday struct {
	Date Date
	Name string
	// Eve is true for midsommarafton, julafton and nyårsafton: no public holidays, but the offices are closed.
	Eve bool
}

// Holidays lists the Swedish public holidays of a year, and the three eves, in order. Påskdagen and pingstdagen are left
// out: they are Sundays, and every Sunday is closed.
func Holidays(year int) []Holiday {
	on := func(m time.Month, d int) Date { return NewDate(year, m, d) }
	easter := easterSunday(year)
	midsummer := weekdayFrom(on(time.June, 20), time.Saturday)
	all := []Holiday{
		{on(time.January, 1), "nyårsdagen", false},
		{on(time.January, 6), "trettondedag jul", false},
		{easter.Add(-2), "långfredagen", false},
		{easter.Add(1), "annandag påsk", false},
		{on(time.May, 1), "första maj", false},
		{easter.Add(39), "Kristi himmelsfärdsdag", false},
		{on(time.June, 6), "nationaldagen", false},
		{midsummer.Add(-1), "midsommarafton", true},
		{midsummer, "midsommardagen", false},
		{weekdayFrom(on(time.October, 31), time.Saturday), "alla helgons dag", false},
		{on(time.December, 24), "julafton", true},
		{on(time.December, 25), "juldagen", false},
		{on(time.December, 26), "annandag jul", false},
		{on(time.December, 31), "nyårsafton", true},
	}
	slices.SortStableFunc(all, func(a, b Holiday) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return all
}

// easterSunday computes påskdagen in the Gregorian calendar.
func easterSunday(year int) Date {
	golden := year % 19
	century := year / 100
	leapless := century - century/4
	correction := (century*8 + 13) / 25
	moon := (leapless - correction + 19*golden + 15) % 30
	moon -= moon / 28 * (1 - 29/(moon+1)*((21-golden)/11))
	sunday := (year + year/4 + moon + 2 - leapless) % 7
	offset := moon - sunday
	month := 3 + (offset+40)/44
	return NewDate(year, time.Month(month), offset+28-31*(month/4))
}

// weekdayFrom is the first day on or after d that falls on a weekday.
func weekdayFrom(d Date, w time.Weekday) Date {
	return d.Add((int(w) - int(d.Weekday()) + 7) % 7)
}

// Holiday gives the name of the holiday on day d, or "". It says what the list of the year says, without making it.
func (d Date) Holiday() string {
	t := d.utc()
	switch day := t.Day(); t.Month() {
	case time.January:
		switch day {
		case 1:
			return "nyårsdagen"
		case 6:
			return "trettondedag jul"
		}
	case time.March, time.April:
		return easterly(t)
	case time.May:
		if day == 1 {
			return "första maj" // Kristi himmelsfärdsdag can fall on it
		}
		return easterly(t)
	case time.June:
		switch w := t.Weekday(); {
		case day == 6:
			return "nationaldagen"
		case w == time.Friday && day >= 19 && day <= 25:
			return "midsommarafton"
		case w == time.Saturday && day >= 20 && day <= 26:
			return "midsommardagen"
		}
		return easterly(t)
	case time.October:
		if day == 31 && t.Weekday() == time.Saturday {
			return "alla helgons dag"
		}
	case time.November:
		if day <= 6 && t.Weekday() == time.Saturday {
			return "alla helgons dag"
		}
	case time.December:
		switch day {
		case 24:
			return "julafton"
		case 25:
			return "juldagen"
		case 26:
			return "annandag jul"
		case 31:
			return "nyårsafton"
		}
	}
	return ""
}

// easterly gives the name of the day when it is one of those that are counted from påskdagen.
func easterly(t time.Time) string {
	switch t.YearDay() - easterSunday(t.Year()).utc().YearDay() {
	case -2:
		return "långfredagen"
	case 1:
		return "annandag påsk"
	case 39:
		return "Kristi himmelsfärdsdag"
	}
	return ""
}

// Closed tells whether municipal offices are closed on day d: Saturdays, Sundays, public holidays and the three eves.
// With bridges, also on a klämdag: a weekday alone between two closed days.
func (d Date) Closed(bridges bool) bool {
	if n, ok := d.number(); ok && numbered(n-1) && numbered(n+1) {
		return closedNumbered(n, bridges)
	}
	if d.closed() {
		return true
	}
	return bridges && d.Add(-1).closed() && d.Add(1).closed()
}

func (d Date) closed() bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday || d.Holiday() != ""
}

// AddWorkingDays gives the n:th working day after d, or before it when n is negative. 0 gives d itself, working day or
// not.
func (d Date) AddWorkingDays(n int, bridges bool) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	if i, ok := d.number(); ok && numbered(i+step*workingDaysIn(n)) {
		for ; n > 0; n-- {
			for i += step; closedNumbered(i, bridges); {
				i += step
			}
		}
		return dayNumbered(i)
	}
	for ; n > 0; n-- {
		for d = d.Add(step); d.Closed(bridges); {
			d = d.Add(step)
		}
	}
	return d
}

// workingDaysIn is more days than n working days can take: two of three weekdays would have to be closed, all year.
func workingDaysIn(n int) int { return 5*n + 30 }
