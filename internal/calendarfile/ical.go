package calendarfile

import (
	"regexp"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"arshjul/domain"
)

// maxNested is how deep the parts of a calendar may lie in each other; a real one has three.
const maxNested = 8

// ReadICalendar reads meetings from iCalendar (RFC 5545): each VEVENT is a meeting on the day, in Stockholm, on which it
// begins. Its body is, in this order,
//
//  1. the unit that one of its CATEGORIES is the short name or the name of;
//  2. the unit whose name or short name its SUMMARY begins with ("Kommunstyrelsen, sammanträde", "KS 10 februari");
//  3. the unit that its LOCATION is the short name or the name of.
//
// STATUS CONFIRMED is fastställt and CANCELLED inställt; TENTATIVE, or none, is föreslaget. An event of no unit, one that
// repeats, and one in another zone than Stockholm's or UTC are faults.
func ReadICalendar(name string, data []byte, units []domain.Unit) ([]domain.Meeting, error) {
	c := collect(name, units)
	if text, ok := c.text(data); ok {
		c.calendar(text)
	}
	return c.result()
}

func (c *collector) calendar(text string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	begins := c.outline(text)
	if len(c.faults) > 0 {
		return
	}
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		c.fault(1, 1, "kalendern går inte att läsa som iCalendar (%v). Exportera den på nytt.", err)
		return
	}
	events := cal.Events()
	if len(events) != len(begins) {
		c.fault(1, 1, "kalendern går inte att läsa som iCalendar: %d av %d händelser gick att läsa. Exportera den på nytt.", len(events), len(begins))
		return
	}
	for i, e := range events {
		c.event(begins[i], e)
		if len(c.meetings) > maxMeetings {
			return
		}
	}
}

// property is how a line of a calendar begins.
var property = regexp.MustCompile(`^[A-Za-z0-9-]+[;:]`)

// outline checks that the lines make a calendar, and gives the lines on which its events begin: the reader of iCalendar
// tells neither where a fault is nor where an event was.
func (c *collector) outline(text string) (events []int) {
	var open []string
	for i, line := range strings.Split(text, "\n") {
		at := i + 1
		upper := strings.ToUpper(line)
		switch {
		case line == "" || line[0] == ' ' || line[0] == '\t':
		case strings.ContainsRune(line, '\r'):
			c.fault(at, 1, "raderna slutar på ett gammalt sätt. Exportera kalendern på nytt.")
			return nil
		case !property.MatchString(line):
			c.fault(at, 1, "raden är ingen rad i en kalender: namn, kolon och värde. Exportera kalendern på nytt.")
			return nil
		case strings.HasPrefix(upper, "BEGIN:"):
			kind := strings.TrimSpace(upper[len("BEGIN:"):])
			if (len(open) == 0) != (kind == "VCALENDAR") || len(open) == maxNested {
				c.fault(at, 1, "%s kan inte börja här. Filen ska vara en enda kalender (VCALENDAR) med händelser i. Exportera den på nytt.", quote(kind))
				return nil
			}
			open = append(open, kind)
			if kind == "VEVENT" && len(open) == 2 {
				events = append(events, at)
			}
		case strings.HasPrefix(upper, "END:"):
			kind := strings.TrimSpace(upper[len("END:"):])
			if len(open) == 0 || open[len(open)-1] != kind {
				c.fault(at, 1, "%s slutar här men har inte börjat. Exportera kalendern på nytt.", quote(kind))
				return nil
			}
			open = open[:len(open)-1]
		case len(open) == 0:
			c.fault(at, 1, "raden står utanför kalendern. Filen ska börja med %s. Exportera den på nytt.", beginCalendar)
			return nil
		}
	}
	if len(open) > 0 {
		c.fault(strings.Count(text, "\n")+1, 1, "filen är avhuggen: %s slutar aldrig. Hämta den på nytt.", quote(open[len(open)-1]))
	}
	return events
}

// event reads one meeting; line is where it begins.
func (c *collector) event(line int, e *ics.VEvent) {
	if value(e, ics.ComponentPropertyRrule) != "" || value(e, ics.ComponentPropertyRdate) != "" {
		c.fault(line, 1, "händelsen upprepas. Exportera varje sammanträde för sig.")
		return
	}
	u, ok := c.body(line, e)
	if !ok {
		return
	}
	m := domain.Meeting{Unit: u.ID, Status: domain.MeetingProposed}
	switch strings.ToUpper(value(e, ics.ComponentPropertyStatus)) {
	case "CONFIRMED":
		m.Status = domain.MeetingConfirmed
	case "CANCELLED":
		m.Status = domain.MeetingCancelled
	}
	start := e.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		c.fault(line, 1, "händelsen %s har ingen dag (DTSTART). Exportera kalendern på nytt.", quote(value(e, ics.ComponentPropertySummary)))
		return
	}
	if m.Date, ok = c.day(line, start); ok {
		c.add(line, 1, m)
	}
}

// body finds whose meeting an event is.
func (c *collector) body(line int, e *ics.VEvent) (*domain.Unit, bool) {
	var found []*domain.Unit
	for _, p := range e.GetProperties(ics.ComponentPropertyCategories) {
		for _, category := range strings.Split(p.Value, ",") {
			if u := c.unit(strings.TrimSpace(category)); u != nil && !slices.Contains(found, u) {
				found = append(found, u)
			}
		}
	}
	summary := strings.TrimSpace(value(e, ics.ComponentPropertySummary))
	if len(found) > 1 {
		c.fault(line, 1, "händelsen %s har kategorierna för flera enheter: %s och %s. Låt den ha en.", quote(summary), found[0].ID, found[1].ID)
		return nil, false
	}
	if len(found) == 0 {
		if u := c.begins(summary); u != nil {
			found = append(found, u)
		} else if u := c.unit(strings.TrimSpace(value(e, ics.ComponentPropertyLocation))); u != nil {
			found = append(found, u)
		}
	}
	if len(found) == 0 {
		c.fault(line, 1, "det går inte att se vems sammanträde %s är. Låt rubriken börja med enhetens namn, eller ge händelsen enheten som kategori. De som finns är: %s.",
			quote(summary), c.known())
		return nil, false
	}
	return found[0], true
}

// begins finds the unit whose name or short name the text begins with, as whole words; the longest when there are several.
func (c *collector) begins(text string) *domain.Unit {
	var best *domain.Unit
	longest := 0
	for i := range c.units {
		u := &c.units[i]
		if u.Kind == domain.KindAdministration {
			continue
		}
		for _, name := range []string{string(u.ID), u.Name} {
			if len(name) > longest && beginsWith(text, name) {
				best, longest = u, len(name)
			}
		}
	}
	return best
}

func beginsWith(text, name string) bool {
	return len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) && !wordGoesOn.MatchString(text[len(name):])
}

var wordGoesOn = regexp.MustCompile(`^[\p{L}\p{N}-]`)

// zones are the names of Stockholm's zone; the second is Outlook's.
var zones = []string{"", "Europe/Stockholm", "W. Europe Standard Time"}

// day gives the day in Stockholm on which an event begins.
func (c *collector) day(line int, p *ics.IANAProperty) (domain.Date, bool) {
	zone := ""
	if z := p.ICalParameters["TZID"]; len(z) > 0 {
		zone = z[0]
	}
	for _, form := range []struct {
		layout string
		zone   *time.Location
	}{{"20060102", domain.Stockholm}, {"20060102T150405", domain.Stockholm}, {"20060102T150405Z", time.UTC}} {
		t, err := time.ParseInLocation(form.layout, p.Value, form.zone)
		if err != nil {
			continue
		}
		if form.zone == domain.Stockholm && !slices.Contains(zones, zone) {
			c.fault(line, 1, "händelsen är i tidszonen %s. Exportera kalendern i Stockholms tid (Europe/Stockholm) eller UTC.", quote(zone))
			return "", false
		}
		if d := domain.InstantOf(t).Date(); d.Valid() {
			return d, true
		}
	}
	c.fault(line, 1, "%s är ingen dag. En händelse börjar en dag (20270210) eller ett klockslag (20270210T090000).", quote(p.Value))
	return "", false
}

// value gives the value of an event's property, or "".
func value(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}
