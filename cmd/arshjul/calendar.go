package main

import (
	"fmt"
	"io"
	"strings"

	"arshjul/internal/server/api"
)

// tellYear tells the wheel of a calendar year: month by month, with the units of one step together.
func tellYear(w io.Writer, a api.Calendar) {
	fmt.Fprintf(w, "Årshjulet för kalenderåret %d\n", a.Year)
	for _, c := range a.Cycles {
		fmt.Fprintf(w, "  %s: %d av %d steg klara, %d försenade.\n", c.Title, c.Done, c.Steps, c.Late)
	}
	if len(a.Months) == 0 {
		fmt.Fprintln(w, "Inget steg i någon pågående cykel har sin senast-dag det året.")
	}
	for _, m := range a.Months {
		_, month, _ := strings.Cut(m.Steps[0].Plan.Swedish(), " ")
		fmt.Fprintf(w, "\n%s\n", month)
		for steps := m.Steps; len(steps) > 0; {
			n := 1
			for n < len(steps) && sameLine(&steps[0], &steps[n]) {
				n++
			}
			day, _, _ := strings.Cut(steps[0].Plan.Swedish(), " ")
			wrap(w, fmt.Sprintf("  %2s  %d  ", day, steps[0].CycleYear), 12, yearLine(steps[:n]))
			steps = steps[n:]
		}
	}
}

func sameLine(a, b *api.CalendarStep) bool {
	return a.Plan == b.Plan && a.Stream == b.Stream && a.Def == b.Def && occurrence(a) == occurrence(b)
}

// occurrence is " 2" for the second time that a step is done, and so on.
func occurrence(s *api.CalendarStep) string {
	if _, n, again := strings.Cut(string(s.Step), "#"); again {
		return " " + n
	}
	return ""
}

// yearLine tells one step, and each of its units by its state; units in the same state stand together.
func yearLine(same []api.CalendarStep) string {
	var states []string
	units := map[string][]string{}
	for _, s := range same {
		state := s.Word
		if s.Late {
			state += ", försenad"
		}
		if units[state] == nil {
			states = append(states, state)
		}
		units[state] = append(units[state], string(s.Unit))
	}
	for i, state := range states {
		states[i] = strings.Join(units[state], " ") + " " + state
	}
	return same[0].DefTitle + occurrence(&same[0]) + ": " + strings.Join(states, "; ")
}
