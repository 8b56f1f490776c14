package wheelfile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Error is one fault in a file: where it is, what it is, and how to mend it, in Swedish.
type Error struct {
	File   string
	Line   int // from 1; 0 when the fault has no place of its own
	Column int // from 1, in characters
	Text   string
}

// Error gives FILE:line:column: text.
func (e Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
}

// Errors is every fault that was found, in the order of the file.
type Errors []Error

// Error gives one line for each fault.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// pos is a place in the file; line and column count from 1, the column in characters.
type pos struct{ line, column int }

// maxErrors is how many faults are told at once; a file with more is mended in several rounds.
const maxErrors = 50

// faults collects what is wrong with one file.
type faults struct {
	file string
	like string // what the file should be like; "" = Helsingborg's
	list Errors
}

// model names a file that is as this one should be.
func (f *faults) model() string { return cmp.Or(f.like, "Helsingborgs fil") }

func (f *faults) add(p pos, format string, args ...any) {
	f.list = append(f.list, Error{File: f.file, Line: p.line, Column: p.column, Text: fmt.Sprintf(format, args...)})
}

// err gives the faults in the order of the file, each once, or nil when there are none.
func (f *faults) err() error {
	if list := f.sorted(); len(list) > 0 {
		return list
	}
	return nil
}

// sorted gives the faults in the order of the file, each once, and no more than a person can take in.
func (f *faults) sorted() Errors {
	slices.SortStableFunc(f.list, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	f.list = slices.Compact(f.list)
	if more := len(f.list) - maxErrors; more > 0 {
		f.list = f.list[:maxErrors]
		f.add(pos{}, "det finns %d fel till. Rätta de här först.", more)
	}
	return f.list
}

// quote writes what stands in the file within quotation marks, and cuts what is too long to read.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return strconv.Quote(s)
}
