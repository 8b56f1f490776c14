package domain

import (
	"strconv"
	"time"
)

// Date is a civil day in Europe/Stockholm, written YYYY-MM-DD, so that dates order as text. "" means none.
type Date string

const dateLayout = "2006-01-02"

// ParseDate reads YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(dateLayout, s); err != nil {
		return "", refuse(CodeBadDate, "%q är inget datum. Skriv år, månad och dag så här: 2027-02-10.", s)
	}
	return Date(s), nil
}

// NewDate gives the civil day; a day past the month's end runs over into the next month, as in [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// dateOf writes a day down.
func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return Date(t.Format(dateLayout))
	}
	return written(year, int(month), day)
}

// written is what package time would write, for this one form.
func written(year, month, day int) Date {
	two := func(n int) (byte, byte) { return '0' + byte(n/10), '0' + byte(n%10) }
	var b [10]byte
	b[0], b[1] = two(year / 100)
	b[2], b[3] = two(year % 100)
	b[5], b[6] = two(month)
	b[8], b[9] = two(day)
	b[4], b[7] = '-', '-'
	return Date(b[:])
}

// Valid tells whether d is a day that exists.
func (d Date) Valid() bool {
	_, err := time.Parse(dateLayout, string(d))
	return err == nil
}

// utc is used for arithmetic on days that have no number: in UTC every day has 24 hours.
func (d Date) utc() time.Time {
	if len(d) != len(dateLayout) || d[4] != '-' || d[7] != '-' {
		return time.Time{}
	}
	number := func(from, to int) int {
		n := 0
		for i := from; i < to; i++ {
			if d[i] < '0' || d[i] > '9' {
				return -1
			}
			n = 10*n + int(d[i]-'0')
		}
		return n
	}
	year, month, day := number(0, 4), time.Month(number(5, 7)), number(8, 10)
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if y, m, n := t.Date(); year < 0 || y != year || m != month || n != day {
		return time.Time{} // no such day: dates inside a state were checked when they came in
	}
	return t
}

// Add gives the day n days later (earlier when n is negative).
func (d Date) Add(n int) Date {
	if i, ok := d.number(); ok && numbered(i+n) {
		return dayNumbered(i + n)
	}
	return dateOf(d.utc().AddDate(0, 0, n))
}

// Year gives the calendar year.
func (d Date) Year() int { return d.utc().Year() }

// Month gives the calendar month.
func (d Date) Month() time.Month { return d.utc().Month() }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Start is the instant at which the day begins in Stockholm; on the two days of the year when the clock is moved the
// day is 23 or 25 hours long.
func (d Date) Start() Instant {
	t := d.utc()
	return InstantOf(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, Stockholm))
}

// End is the instant at which the day is over: the start of the next.
func (d Date) End() Instant { return d.Add(1).Start() }

var monthNames = [...]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti",
	"september", "oktober", "november", "december"}

// Swedish writes the day as an official reads it: "10 februari 2027".
func (d Date) Swedish() string {
	if !d.Valid() {
		return "okänt datum"
	}
	t := d.utc()
	return strconv.Itoa(t.Day()) + " " + monthNames[t.Month()-1] + " " + strconv.Itoa(t.Year())
}
