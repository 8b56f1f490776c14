package server

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"
)

var weekdays = [...]string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}

// longDay is a day as people say it: "torsdag 8 april", with the year when it is another than today's.
func longDay(d, today domain.Date) string {
	if !d.Valid() {
		return "okänt datum"
	}
	return weekdays[d.Weekday()] + " " + shortDay(d, today)
}

// shortDay is "8 april", with the year when it is another than today's.
func shortDay(d, today domain.Date) string {
	if today != "" && d.Valid() && d.Year() == today.Year() {
		return strings.TrimSuffix(d.Swedish(), " "+strconv.Itoa(d.Year()))
	}
	return d.Swedish()
}

var shortMonths = [...]string{"jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"}

// tinyDay is "8 feb", for where there is little room.
func tinyDay(d domain.Date) string {
	if !d.Valid() {
		return ""
	}
	day, _, _ := strings.Cut(d.Swedish(), " ")
	return day + " " + shortMonths[d.Month()-1]
}

// otherYear is a day's year, with a space before it, when it is another than today's.
func otherYear(d, today domain.Date) string {
	if d.Year() == today.Year() {
		return ""
	}
	return " " + strconv.Itoa(d.Year())
}

// span is the days from one through another: "11 februari–31 mars", "13–16 april".
func span(from, to, today domain.Date) string {
	switch {
	case from == to || from == "":
		return shortDay(to, today)
	case from.Year() == to.Year() && from.Month() == to.Month():
		day, _, _ := strings.Cut(from.Swedish(), " ")
		return day + "–" + shortDay(to, today)
	case from.Year() == to.Year():
		return shortDay(from, from) + "–" + shortDay(to, today)
	}
	return shortDay(from, today) + "–" + to.Swedish()
}

// away tells how far a day is from today, in working days.
func away(d, today domain.Date, bridges bool) string {
	switch n := domain.WorkingDays(today, d, bridges); {
	case d == today:
		return "i dag"
	case d == today.Add(1):
		return "i morgon"
	case d == today.Add(-1):
		return "i går"
	case d > today && n == 0:
		return "före nästa arbetsdag"
	case d > today:
		return "om " + counted(n, "arbetsdag", "arbetsdagar")
	default:
		return "för " + counted(max(1, -n), "arbetsdag", "arbetsdagar") + " sedan"
	}
}

// counted is a number with its noun: "1 arbetsdag", "3 arbetsdagar".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

var fewWords = [...]string{"Inget", "Ett", "Två", "Tre", "Fyra", "Fem", "Sex", "Sju", "Åtta", "Nio", "Tio", "Elva", "Tolv"}

// few begins a sentence with a number: in words up to twelve.
func few(n int) string {
	if n < len(fewWords) {
		return fewWords[n]
	}
	return strconv.Itoa(n)
}

// grouped writes a large number as people read it: "4 217".
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// shortHash is a checksum's beginning in groups of four, enough for people to compare.
func shortHash(d domain.Digest) string {
	if len(d) < 12 {
		return string(d)
	}
	return fmt.Sprintf("%s %s %s", d[:4], d[4:8], d[8:12])
}

// kilobytes tells a file's size.
func kilobytes(n int64) string {
	switch {
	case n < 1000:
		return counted(int(n), "byte", "byte")
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(n)/1e6), ".", ",", 1)
}

// clock is the time of day in Stockholm: "15.42".
func clock(i domain.Instant) string { return i.Time().In(domain.Stockholm).Format("15.04") }

// upperFirst begins a sentence.
func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// partWord names a part of a cycle: "Planering 2028".
func partWord(stage domain.Stage, year int) string {
	return upperFirst(stage.Swedish()) + " " + strconv.Itoa(year)
}

// week is the ISO week of a day.
func week(d domain.Date) int {
	_, w := d.Start().Time().In(domain.Stockholm).ISOWeek()
	return w
}

// lastOfWeek is the Friday of a day's week, or the day itself in a weekend.
func lastOfWeek(d domain.Date) domain.Date {
	if n := int(time.Friday - d.Weekday()); n > 0 && d.Weekday() != time.Sunday {
		return d.Add(n)
	}
	return d
}

// shortWeekday is "tis" of a Tuesday.
func shortWeekday(d domain.Date) string { return string([]rune(weekdays[d.Weekday()])[:3]) }
