// Package calendarfile reads the meetings of a municipality's bodies from the files in which they are published, CSV and
// iCalendar, and proposes days by rule where none is known.
//
// A file is read whole or not at all: every fault is told at once with its line, in Swedish, and then nothing is taken in.
// Nothing here changes a registry; what is read are meetings to add to one.
package calendarfile

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"arshjul/domain"
	"arshjul/internal/wheelfile"
)

// The limits of a file, far above any real calendar.
const (
	maxBytes    = 1 << 20
	maxMeetings = 2000
	maxErrors   = 50
)

// Read reads a file of either kind: one that begins with BEGIN:VCALENDAR is iCalendar, any other CSV. units are those that
// may have meetings. The error is [wheelfile.Errors]; name stands in it as the file's name.
func Read(name string, data []byte, units []domain.Unit) ([]domain.Meeting, error) {
	start := bytes.TrimPrefix(data, bom)
	if len(start) >= len(beginCalendar) && strings.EqualFold(string(start[:len(beginCalendar)]), beginCalendar) {
		return ReadICalendar(name, data, units)
	}
	return ReadCSV(name, data, units)
}

var bom = []byte("\ufeff")

const beginCalendar = "BEGIN:VCALENDAR"

// collector gathers meetings and faults.
type collector struct {
	file     string
	units    []domain.Unit
	meetings []domain.Meeting
	seen     map[domain.MeetingID]int // the line that each meeting stands on
	days     map[string]int           // the same by unit and day
	faults   wheelfile.Errors
}

func collect(name string, units []domain.Unit) *collector {
	return &collector{file: name, units: units, seen: map[domain.MeetingID]int{}, days: map[string]int{}}
}

func (c *collector) fault(line, column int, format string, args ...any) {
	c.faults = append(c.faults, wheelfile.Error{File: c.file, Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// text gives the file as text without byte order mark, or a fault.
func (c *collector) text(data []byte) (string, bool) {
	if len(data) > maxBytes {
		c.fault(0, 0, "filen är %d kB, och gränsen är %d kB. Dela upp den.", len(data)>>10, maxBytes>>10)
		return "", false
	}
	data = bytes.TrimPrefix(data, bom)
	if !utf8.Valid(data) {
		bad := data
		for len(bad) > 0 {
			r, n := utf8.DecodeRune(bad)
			if r == utf8.RuneError && n == 1 {
				break
			}
			bad = bad[n:]
		}
		before := data[:len(data)-len(bad)]
		line := bytes.Count(before, []byte("\n")) + 1
		c.fault(line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])+1, "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8.")
		return "", false
	}
	return string(data), true
}

// add takes in a meeting; the id is made of unit and day when the file gives none.
func (c *collector) add(line, column int, m domain.Meeting) {
	if m.ID == "" {
		m.ID = domain.MeetingID(string(m.Unit) + "-" + string(m.Date))
	}
	if y := m.Date.Year(); y < 2000 || y > 2100 {
		c.fault(line, column, "året %d kan inte vara rätt. Rätta dagen.", y)
		return
	}
	day := string(m.Unit) + " " + string(m.Date)
	switch first, twice := c.days[day]; {
	case twice:
		c.fault(line, column, "%s har redan ett sammanträde den %s, på rad %d. Ta bort det ena.", m.Unit, m.Date, first)
		return
	case c.seen[m.ID] != 0:
		c.fault(line, column, "sammanträdet %q finns redan på rad %d. Ge det ett eget id.", m.ID, c.seen[m.ID])
		return
	case len(c.meetings) == maxMeetings:
		c.fault(line, column, "filen har fler än %d sammanträden. Dela upp den.", maxMeetings)
	}
	c.seen[m.ID], c.days[day] = line, line
	c.meetings = append(c.meetings, m)
}

// result gives the meetings in order of day, or the faults in order of line.
func (c *collector) result() ([]domain.Meeting, error) {
	if len(c.faults) == 0 {
		if len(c.meetings) == 0 {
			c.fault(1, 1, "filen har inga sammanträden. Kontrollera att det är rätt fil.")
			return nil, c.faults
		}
		slices.SortStableFunc(c.meetings, func(a, b domain.Meeting) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Unit, b.Unit))
		})
		return c.meetings, nil
	}
	slices.SortStableFunc(c.faults, func(a, b wheelfile.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := len(c.faults) - maxErrors; more > 0 {
		c.faults = c.faults[:maxErrors]
		c.fault(0, 0, "det finns %d fel till. Rätta de här först.", more)
	}
	return nil, c.faults
}

// unit finds the unit that a text names, by its short name or its name, whatever the case. A förvaltning has no meetings.
func (c *collector) unit(text string) *domain.Unit {
	for i := range c.units {
		u := &c.units[i]
		if u.Kind != domain.KindAdministration && (strings.EqualFold(text, string(u.ID)) || strings.EqualFold(text, u.Name)) {
			return u
		}
	}
	return nil
}

// known lists the short names of the units that may have meetings, for a person who wrote another.
func (c *collector) known() string {
	var ids []string
	for _, u := range c.units {
		if u.Kind != domain.KindAdministration {
			ids = append(ids, string(u.ID))
		}
	}
	if len(ids) > 30 {
		ids = append(ids[:30], "…")
	}
	return strings.Join(ids, ", ")
}

// statuses are the words for a meeting's status, as a person writes them.
var statuses = map[string]domain.MeetingStatus{"föreslaget": domain.MeetingProposed, "fastställt": domain.MeetingConfirmed, "inställt": domain.MeetingCancelled,
	"foreslaget": domain.MeetingProposed, "faststallt": domain.MeetingConfirmed, "installt": domain.MeetingCancelled}

// idPattern is what a meeting may be called: it stands in addresses and in the journal.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$`)

// quote writes what stands in the file within quotation marks, and cuts what is too long to read.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
