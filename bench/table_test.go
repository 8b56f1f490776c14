package bench

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// TestMain prints what was measured as one table, after everything.
func TestMain(m *testing.M) {
	code := m.Run()
	told.print()
	os.Exit(code)
}

// told is the table of this run.
var told table

// table is what a person reads: what was measured, beside what it is compared with and what was aimed at.
type table struct {
	mu       sync.Mutex
	sections []*section
}

type section struct {
	title, header string
	rows          []line
}

// line is a row. Cells that say nothing are empty.
type line struct {
	what, ours, bare, ratio, aim, met string
}

// usual is the header of a section that says nothing else.
const usual = "\tours\tbare\tratio\taim\tmet"

func (t *table) add(title string, l line) { t.under(title, usual, l) }

// under adds a row to a section with a header of its own, for five figures.
func (t *table) under(title, header string, l line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.sections {
		if s.title == title {
			s.rows = append(s.rows, l)
			return
		}
	}
	t.sections = append(t.sections, &section{title, header, []line{l}})
}

func (t *table) print() {
	for _, s := range t.sections {
		fmt.Printf("\n%s\n%s\n", s.title, strings.Repeat("-", len([]rune(s.title))))
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, s.header)
		for _, l := range s.rows {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.what, l.ours, l.bare, l.ratio, l.aim, l.met)
		}
		w.Flush()
	}
}

// unit says how a figure is written.
type unit string

const (
	ms      unit = "%.1f ms"
	us      unit = "%.0f µs"
	seconds unit = "%.2f s"
	perS    unit = "%.1f/s"
	number  unit = "%.1f"
	whole   unit = "%.0f"
	kB      unit = "%.1f kB"
	mb      unit = "%.0f MB"
	percent unit = "%.1f %%"
)

func (u unit) write(v float64) string { return fmt.Sprintf(string(u), v) }

// aim is what a figure was to be.
type aim struct {
	text string
	met  func(v float64) bool
}

func atMost(u unit, most float64) aim {
	return aim{"≤ " + u.write(most), func(v float64) bool { return v <= most }}
}

func atLeast(u unit, least float64) aim {
	return aim{"≥ " + u.write(least), func(v float64) bool { return v >= least }}
}

var noAim aim

func (a aim) judge(v float64) string {
	switch {
	case a.met == nil:
		return ""
	case a.met(v):
		return "yes"
	}
	return "NO"
}

// figure tells a figure that stands alone.
func figure(title, what string, u unit, ours float64, a aim) {
	told.add(title, line{what: what, ours: u.write(ours), aim: a.text, met: a.judge(ours)})
}

// beside tells a figure beside the bare one; the aim is the ratio's.
func beside(title, what string, u unit, ours, bare float64, a aim) {
	ratio := ours / bare
	told.add(title, line{what, u.write(ours), u.write(bare), fmt.Sprintf("%.2f", ratio), a.text, a.judge(ratio)})
}
