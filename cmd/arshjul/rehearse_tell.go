package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

const (
	// lineWidth is what a terminal shows without wrapping.
	lineWidth = 80
	// weeksTold and warningsTold keep the telling readable; --json has every finding.
	weeksTold    = 6
	warningsTold = 10
)

// tellRehearsal tells a rehearsal to a person: calendar, load, findings.
func tellRehearsal(out io.Writer, r *domain.Rehearsal, w *domain.Wheel, o *wheelfile.Organisation) error {
	b := bufio.NewWriter(out)
	done := 0
	for _, s := range r.Steps {
		if s.Done != "" {
			done++
		}
	}
	fmt.Fprintf(b, "%s, budgetåret %d: %d av %d steg blir klara,\n%d journalposter, %d mejl.\n", r.Wheel, r.Year, done, len(r.Steps), r.Events, r.Mails)
	tellCalendar(b, r.Steps, w)
	tellLoad(b, r.Load, o)
	tellFindings(b, rehearsal.Findings(r.Findings))
	return b.Flush()
}

// tellCalendar lists by month what is due each day; the units of one step stand together.
func tellCalendar(w io.Writer, steps []domain.RehearsedStep, wheel *domain.Wheel) {
	steps = slices.Clone(steps)
	slices.SortStableFunc(steps, func(a, b domain.RehearsedStep) int { return cmp.Compare(a.Plan, b.Plan) })
	month := ""
	for len(steps) > 0 {
		first := steps[0]
		def, n := rehearsal.DefOf(first.ID), 1
		for n < len(steps) && steps[n].Plan == first.Plan && rehearsal.DefOf(steps[n].ID) == def && steps[n].Occurrence == first.Occurrence {
			n++
		}
		day, in, _ := strings.Cut(first.Plan.Swedish(), " ")
		if in != month {
			month = in
			fmt.Fprintf(w, "\n%s\n", month)
		}
		wrap(w, fmt.Sprintf("  %2s  ", day), 6, calendarLine(steps[:n], wheel.Def(def)))
		steps = steps[n:]
	}
}

func calendarLine(same []domain.RehearsedStep, def *domain.StepDef) string {
	line := def.Title
	if len(def.Again) > 0 {
		line += fmt.Sprintf(" %d", same[0].Occurrence)
	}
	units := make([]string, len(same))
	for i, s := range same {
		units[i] = string(s.Unit)
		switch {
		case s.Done == "":
			units[i] += " (blir aldrig klart)"
		case s.Done > s.Plan:
			units[i] += " (klart först " + string(s.Done) + ")"
		}
	}
	line += ": " + strings.Join(units, ", ")
	if legal := same[0].Legal; legal != "" {
		line += ". Lagens gräns " + string(legal)
	}
	return line
}

// tellLoad lists how much waits for each person, whoever has the heaviest week first.
func tellLoad(w io.Writer, load []domain.Load, o *wheelfile.Organisation) {
	weeks := map[domain.PersonID][]domain.Load{}
	var people []domain.PersonID
	for _, l := range load {
		if weeks[l.Person] == nil {
			people = append(people, l.Person)
		}
		weeks[l.Person] = append(weeks[l.Person], l)
	}
	for _, all := range weeks {
		slices.SortStableFunc(all, func(a, b domain.Load) int { return cmp.Or(b.Tasks-a.Tasks, cmp.Compare(a.Week, b.Week)) })
	}
	slices.SortStableFunc(people, func(a, b domain.PersonID) int {
		return cmp.Or(weeks[b][0].Tasks-weeks[a][0].Tasks, total(weeks[b])-total(weeks[a]), cmp.Compare(a, b))
	})
	names := map[domain.PersonID]string{}
	for _, n := range o.Names {
		names[n.Person] = n.Name
	}
	fmt.Fprintf(w, "\nUppgifter per person och vecka, de mest belastade först\n")
	for _, p := range people {
		all := weeks[p]
		fmt.Fprintf(w, "%4d  %s\n", total(all), or(names[p], string(p)))
		told := make([]string, 0, weeksTold+1)
		for i, l := range all {
			if i == weeksTold {
				told = append(told, fmt.Sprintf("och %d veckor till", len(all)-i))
				break
			}
			year, week := l.Week.Start().Time().In(domain.Stockholm).ISOWeek()
			told = append(told, fmt.Sprintf("v. %d %d: %d", week, year, l.Tasks))
		}
		wrap(w, "      ", 6, strings.Join(told, ", "))
	}
}

func total(all []domain.Load) int {
	n := 0
	for _, l := range all {
		n += l.Tasks
	}
	return n
}

// tellFindings tells the errors first, and findings of one kind together.
func tellFindings(w io.Writer, all []api.Finding) {
	for _, g := range []struct {
		level domain.Level
		title string
		most  int // of one kind; 0 = all
	}{{domain.LevelError, "Fel som stoppar en start", 0}, {domain.LevelWarning, "Att se över", warningsTold}} {
		var codes []string
		kinds := map[string][]api.Finding{}
		n := 0
		for _, f := range all {
			if f.Level != g.level {
				continue
			}
			n++
			if kinds[f.Code] == nil {
				codes = append(codes, f.Code)
			}
			kinds[f.Code] = append(kinds[f.Code], f)
		}
		if n == 0 {
			fmt.Fprintf(w, "\n%s: inga\n", g.title)
			continue
		}
		fmt.Fprintf(w, "\n%s: %d\n", g.title, n)
		for _, code := range codes {
			fmt.Fprintf(w, "  %s: %d\n", rehearsal.Heading(code), len(kinds[code]))
			for i, f := range kinds[code] {
				if g.most > 0 && i == g.most {
					fmt.Fprintf(w, "    … och %d till\n", len(kinds[code])-i)
					break
				}
				wrap(w, "    - ", 6, f.Text)
			}
		}
	}
}

// wrap writes a text in lines of at most lineWidth characters; those after the first are indented.
func wrap(w io.Writer, head string, indent int, text string) {
	line := head
	for word := range strings.FieldsSeq(text) {
		if used := utf8.RuneCountInString(line); used > indent && used+1+utf8.RuneCountInString(word) > lineWidth {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", indent)
		}
		if line != "" && !strings.HasSuffix(line, " ") {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
