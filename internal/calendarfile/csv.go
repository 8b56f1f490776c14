package calendarfile

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"arshjul/domain"
)

// columns are the headings of a CSV file; the last may be left out.
var columns = []string{"enhet", "datum", "status", "id"}

// ReadCSV reads meetings from CSV: a first line with the headings enhet, datum, status and, if there is one, id, in any
// order; then a line for each meeting. Semicolons or commas between; UTF-8 with or without byte order mark. A unit is
// written as its short name or its name, a date as 2027-02-10, a status as föreslaget, fastställt or inställt.
func ReadCSV(name string, data []byte, units []domain.Unit) ([]domain.Meeting, error) {
	c := collect(name, units)
	if text, ok := c.text(data); ok {
		c.csv(text)
	}
	return c.result()
}

func (c *collector) csv(text string) {
	r := csv.NewReader(strings.NewReader(text))
	first, _, _ := strings.Cut(text, "\n")
	if r.Comma = ','; strings.Contains(first, ";") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	var at []int // which column of the file has which of columns; -1 = none
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			c.fault(syntax.Line, max(syntax.Column, 1), "citattecknen går inte ihop. Ett värde som innehåller citattecken ska stå inom citattecken, med dubbla citattecken inuti.")
			return
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if at == nil {
			if at = c.head(r, row); at == nil {
				return
			}
			continue
		}
		if strings.Join(row, "") == "" {
			continue // a row that only has separators
		}
		c.row(r, row, at)
		if len(c.meetings) > maxMeetings {
			return
		}
	}
}

// head reads the headings, and gives where each of columns is.
func (c *collector) head(r *csv.Reader, row []string) []int {
	at := []int{-1, -1, -1, -1}
	sound := true
	for i, heading := range row {
		k := slices.Index(columns, strings.ToLower(heading))
		line, column := r.FieldPos(i)
		switch {
		case k < 0:
			c.fault(line, column, "rubriken %s finns inte. Första raden ska vara enhet;datum;status, eller enhet;datum;status;id.", quote(heading))
			sound = false
		case at[k] >= 0:
			c.fault(line, column, "rubriken %q står två gånger. Ta bort den ena.", columns[k])
			sound = false
		default:
			at[k] = i
		}
	}
	for k := range 3 {
		if at[k] < 0 && sound {
			c.fault(1, 1, "rubriken %q saknas. Första raden ska vara enhet;datum;status, eller enhet;datum;status;id.", columns[k])
			sound = false
		}
	}
	if !sound {
		return nil
	}
	return at
}

// row reads one meeting.
func (c *collector) row(r *csv.Reader, row []string, at []int) {
	line, _ := r.FieldPos(0)
	if want := slices.Max(at) + 1; len(row) < want {
		c.fault(line, 1, "raden har %d fält, och rubrikerna är %d. Lägg till det som saknas.", len(row), want)
		return
	}
	field := func(k int) (string, int) {
		if at[k] < 0 {
			return "", 1
		}
		_, column := r.FieldPos(at[k])
		return row[at[k]], column
	}
	sound := true
	var m domain.Meeting
	name, column := field(0)
	if u := c.unit(name); u != nil {
		m.Unit = u.ID
	} else {
		c.fault(line, column, "enheten %s finns inte, eller har inga sammanträden. De som finns är: %s.", quote(name), c.known())
		sound = false
	}
	day, column := field(1)
	var err error
	if m.Date, err = domain.ParseDate(day); err != nil {
		c.fault(line, column, "%s är inget datum. Skriv år, månad och dag så här: 2027-02-10.", quote(day))
		sound = false
	}
	status, column := field(2)
	if m.Status = statuses[strings.ToLower(status)]; m.Status == "" {
		c.fault(line, column, "statusen %s finns inte. Skriv föreslaget, fastställt eller inställt.", quote(status))
		sound = false
	}
	id, column := field(3)
	if m.ID = domain.MeetingID(id); id != "" && !idPattern.MatchString(id) {
		c.fault(line, column, "id:t %s går inte att använda. Skriv bokstäver a–z, siffror, punkt och bindestreck, högst 60 tecken; eller lämna det tomt.", quote(id))
		sound = false
	}
	if sound {
		c.add(line, 1, m)
	}
}
