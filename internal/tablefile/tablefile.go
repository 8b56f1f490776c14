// Package tablefile reads small tables that people write, in CSV or YAML: the decisions of a meeting, steps that are klara
// före start.
//
// A table is read whole or not at all: every fault is told at once with its place, in Swedish, as those of a wheel file.
package tablefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"arshjul/internal/wheelfile"
)

// The limits of a table.
const (
	maxBytes  = 1 << 20
	maxRows   = 1000
	maxFaults = 50
)

// Column is a column of a table, by the heading that people write.
type Column struct {
	Heading  string
	Also     string // another word for it; "" = none
	Required bool   // its cells must not be empty
}

// Row is one row: its line in the file, and its cells in the order of the columns that were asked for.
type Row struct {
	Line  int
	Cells []string
}

// Read reads a table: YAML, a list of mappings, when the name ends with .yaml or .yml; otherwise CSV with semicolons or
// commas and the headings on the first line, in any order. Columns that are not required may be left out. The error is
// [wheelfile.Errors].
func Read(name string, data []byte, columns []Column) ([]Row, error) {
	t := &table{file: name, columns: columns}
	if text, sound := t.text(data); sound {
		switch filepath.Ext(name) {
		case ".yaml", ".yml":
			t.yaml(text)
		default:
			t.csv(text)
		}
		if len(t.faults) == 0 && len(t.rows) == 0 {
			t.fault(1, 1, "filen har inga rader. Kontrollera att det är rätt fil.")
		}
	}
	if len(t.faults) > 0 {
		if more := len(t.faults) - maxFaults; more > 0 {
			t.faults = t.faults[:maxFaults]
			t.fault(0, 0, "det finns %d fel till. Rätta de här först.", more)
		}
		return nil, t.faults
	}
	return t.rows, nil
}

// table is a table being read.
type table struct {
	file    string
	columns []Column
	rows    []Row
	faults  wheelfile.Errors
}

func (t *table) fault(line, column int, format string, args ...any) {
	t.faults = append(t.faults, wheelfile.Error{File: t.file, Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

func (t *table) text(data []byte) (string, bool) {
	if len(data) > maxBytes {
		t.fault(0, 0, "filen är %d kB, och gränsen är %d kB. Dela upp den.", len(data)>>10, maxBytes>>10)
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.ContainsRune(data, 0) {
		t.fault(0, 0, "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8.")
		return "", false
	}
	return string(data), true
}

// column finds the place of a heading among the columns, or -1.
func (t *table) column(heading string) int {
	heading = strings.ToLower(strings.TrimSpace(heading))
	return slices.IndexFunc(t.columns, func(c Column) bool { return heading != "" && (heading == c.Heading || heading == c.Also) })
}

func (t *table) headings() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.Heading
	}
	return strings.Join(names, ";")
}

// add takes in a row; at gives the place in the file of each cell, for faults.
func (t *table) add(line int, cells []string, at func(column int) (int, int)) {
	for i, c := range t.columns {
		if cells[i] = strings.TrimSpace(cells[i]); cells[i] == "" && c.Required {
			row, column := at(i)
			t.fault(row, column, "%s saknas. Fyll i det.", c.Heading)
		}
	}
	if len(t.rows) == maxRows {
		t.fault(line, 1, "tabellen har fler än %d rader. Dela upp den.", maxRows)
	}
	t.rows = append(t.rows, Row{line, cells})
}

func (t *table) csv(text string) {
	r := csv.NewReader(strings.NewReader(text))
	first, _, _ := strings.Cut(text, "\n")
	if strings.Contains(first, ";") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	var places []int // which of columns each of the file's columns is
	for len(t.rows) <= maxRows {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			t.fault(syntax.Line, max(syntax.Column, 1), "citattecknen går inte ihop. Ett värde som innehåller citattecken ska stå inom citattecken, med dubbla citattecken inuti.")
			return
		}
		if places == nil {
			if places = t.head(r, row); places == nil {
				return
			}
			continue
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue // a row that only has separators
		}
		line, _ := r.FieldPos(0)
		if len(row) > len(places) {
			t.fault(line, 1, "raden har %d fält, och rubrikerna är %d. Sätt citattecken om ett värde som innehåller %q.", len(row), len(places), r.Comma)
			continue
		}
		cells, at := make([]string, len(t.columns)), make([]int, len(t.columns))
		for i, cell := range row {
			cells[places[i]], at[places[i]] = cell, i
		}
		t.add(line, cells, func(c int) (int, int) {
			if !slices.Contains(places, c) {
				return line, 1
			}
			return r.FieldPos(at[c])
		})
	}
}

// head reads the headings and gives the place of each among the columns, or nil.
func (t *table) head(r *csv.Reader, row []string) []int {
	places := make([]int, len(row))
	sound := true
	for i, heading := range row {
		line, column := r.FieldPos(i)
		places[i] = t.column(heading)
		switch {
		case places[i] < 0:
			t.fault(line, column, "rubriken %q finns inte. Första raden ska vara %s; det som inte behövs får lämnas bort.", cut(heading), t.headings())
			sound = false
		case slices.Contains(places[:i], places[i]):
			t.fault(line, column, "rubriken %q står två gånger. Ta bort den ena.", cut(heading))
			sound = false
		}
	}
	for i, c := range t.columns {
		if sound && c.Required && !slices.Contains(places, i) {
			t.fault(1, 1, "rubriken %q saknas. Första raden ska vara %s; det som inte behövs får lämnas bort.", c.Heading, t.headings())
			return nil
		}
	}
	if !sound {
		return nil
	}
	return places
}

// cut makes what stands in a file short enough to show.
func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
