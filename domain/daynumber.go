package domain

// The rules ask about days far more often than about anything else: about every rung of every step's ladder, at every
// command. So the days of the years that a municipality's cycles can be about are numbered, and those on which the offices
// are closed are marked once. Other days are reckoned with package time, to the same effect.
const (
	firstNumbered = 1990
	lastNumbered  = 2089
)

// yearStarts is the number of each year's first day, and after the last that of the day after.
var yearStarts = func() (starts [lastNumbered - firstNumbered + 2]int) {
	for i := 1; i < len(starts); i++ {
		starts[i] = starts[i-1] + 365
		if leap(firstNumbered + i - 1) {
			starts[i]++
		}
	}
	return starts
}()

// monthStarts is how many days of an ordinary year come before a month's first.
var monthStarts = [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// startOf is how many days of a year come before the first of a month, 1 to 13.
func startOf(year, month int) int {
	if month > 2 && leap(year) {
		return monthStarts[month-1] + 1
	}
	return monthStarts[month-1]
}

// number gives the day's number; ok is false for a day that has none, or does not exist.
func (d Date) number() (n int, ok bool) {
	if len(d) != len(dateLayout) || d[4] != '-' || d[7] != '-' {
		return 0, false
	}
	for i := range len(d) {
		if i != 4 && i != 7 && (d[i] < '0' || d[i] > '9') {
			return 0, false
		}
	}
	two := func(i int) int { return 10*int(d[i]-'0') + int(d[i+1]-'0') }
	year, month, day := 100*two(0)+two(2), two(5), two(8)
	if year < firstNumbered || year > lastNumbered || month < 1 || month > 12 || day < 1 || day > startOf(year, month+1)-startOf(year, month) {
		return 0, false
	}
	return yearStarts[year-firstNumbered] + startOf(year, month) + day - 1, true
}

// numbered tells whether a number is that of a day.
func numbered(n int) bool { return n >= 0 && n < yearStarts[len(yearStarts)-1] }

// dayNumbered is the day with a number.
func dayNumbered(n int) Date {
	i := n / 366 // that year, or the one after: a century is 25 days short of a hundred leap years
	for n >= yearStarts[i+1] {
		i++
	}
	year, rest := firstNumbered+i, n-yearStarts[i]
	month := rest/32 + 1
	for rest >= startOf(year, month+1) {
		month++
	}
	return written(year, month, rest-startOf(year, month)+1)
}

// The marks of a day on which the offices are closed.
const (
	markClosed = 1 << iota
	markBridge // a klämdag
)

var marks = func() []uint8 {
	all := make([]uint8, yearStarts[len(yearStarts)-1])
	for n := range all {
		if weekday := (n + 1) % 7; weekday == 0 || weekday == 6 { // 1 January 1990 was a Monday
			all[n] = markClosed
		}
	}
	for year := firstNumbered; year <= lastNumbered; year++ {
		for _, h := range Holidays(year) {
			n, _ := h.Date.number()
			all[n] = markClosed
		}
	}
	for n := 1; n < len(all)-1; n++ {
		if all[n] == 0 && all[n-1] == markClosed && all[n+1] == markClosed {
			all[n] = markBridge
		}
	}
	return all
}()

// closedNumbered tells whether the offices are closed on the day with a number.
func closedNumbered(n int, bridges bool) bool {
	return marks[n] == markClosed || bridges && marks[n] == markBridge
}
