package server

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/wheelpicture"
)

// wheelRings are the rings of the wheel, by who acts.
var wheelRings = []struct{ name, long string }{
	{"KF och KS", "Kommunfullmäktige och kommunstyrelsen"}, {"Nämnder", "Nämnderna"}, {"Förvaltningar", "Förvaltningarna"},
	{"Bolag", "Bolagen"}, {"Revision", "Revisionen"},
}

// ringOf is the ring of a definition's steps: that of the body that acts on them.
func ringOf(r *domain.Registry, def *domain.StepDef) int {
	if def.Body == "" {
		switch def.Scope {
		case domain.ScopeBoard:
			return 1
		case domain.ScopeAdministration:
			return 2
		case domain.ScopeCompany:
			return 3
		}
	}
	if u := r.Unit(def.Body); u != nil {
		switch u.Kind {
		case domain.KindBoard:
			return 1
		case domain.KindAdministration:
			return 2
		case domain.KindCompany:
			return 3
		case domain.KindAudit:
			return 4
		}
	}
	return 0
}

// wheelRow is one thing that is done in a year: a row of the wheel in one cycle, with all its units together.
type wheelRow struct {
	Nr       int
	Anchor   string
	Ring     int
	Stream   string
	Part     string // "Planering 2028"
	Title    string
	From, To domain.Date
	Law      string
	Look     look
	Says     string // "9 av 12 klara, 2 sena"
	Link     string // "" = nothing to do there yet
	track    int
	strong   bool
	labels   []string
}

// yearRows adds the rows of a cycle that lie in a calendar year.
func yearRows(rows []wheelRow, c *store.Cycle, st *domain.State, year int) []wheelRow {
	first, last := domain.NewDate(year, 1, 1), domain.NewDate(year, 12, 31)
	today := dayOf(c)
	steps := st.Cycle.Steps
	for i := 0; i < len(steps); {
		same := []*domain.Step{}
		n := i
		for ; n < len(steps) && steps[n].Def == steps[i].Def; n++ {
		}
		for occurrence := range len(st.Cycle.Wheel.Def(steps[i].Def).Again) + 1 {
			same = same[:0]
			for k := i; k < n; k++ {
				if max(steps[k].Occurrence, 1) == occurrence+1 {
					same = append(same, &steps[k])
				}
			}
			if len(same) == 0 {
				continue
			}
			if row := wheelRowOf(c, st, same, today); row.From <= last && row.To >= first {
				rows = append(rows, row)
			}
		}
		i = n
	}
	return rows
}

// wheelRowOf tells the steps of one definition, and of one time it is done, as one row.
func wheelRowOf(c *store.Cycle, st *domain.State, same []*domain.Step, today domain.Date) wheelRow {
	def := st.Cycle.Wheel.Def(same[0].Def)
	row := wheelRow{Stream: c.Stream, Part: partWord(def.Stage, c.Year), Title: def.Title, Ring: ringOf(st.Registry, def),
		track: -c.Year, strong: def.Legal == "KL 11:10", From: planned(st, same[0]), To: same[0].Plan}
	if len(def.Again) > 0 {
		row.Title += " " + strconv.Itoa(max(same[0].Occurrence, 1))
	}
	row.Anchor = "rad-" + strconv.Itoa(c.Year) + "-" + strconv.Itoa(c.Exercise) + "-" + def.ID + "-" + strconv.Itoa(max(same[0].Occurrence, 1))
	row.labels = shortLabels(row.Title)
	if legal := same[0].Legal; legal != "" {
		row.Law = shortDay(legal, "") + ", " + string(def.LawOf(legal, c.Year))
	}
	counts := map[look]int{}
	for _, step := range same {
		row.From, row.To = min(row.From, planned(st, step)), max(row.To, step.Plan)
		l := lookOf(st, step)
		if l.Class == lookDone.Class {
			l = lookDone
		}
		counts[l]++
	}
	row.From = min(row.From, row.To)
	row.Look = lookOf4(counts, len(same))
	row.Says = standing(st, same[0], today)
	if len(same) > 1 {
		row.Says = countWords(counts, len(same))
		if row.Look == lookWaiting {
			row.Says = waitingWords(st, same[0], today)
		}
	}
	if row.Look != lookWaiting {
		row.Link = stepPath(c.Stream, same[0].ID)
		if len(same) > 1 {
			row.Link = pagePath(c.Stream) + "?del=" + string(def.Stage) + "#steg-" + def.ID
		}
	}
	return row
}

// lookOf4 is the look of steps together: late as soon as one is, done when all are, waiting when none can be worked on.
func lookOf4(counts map[look]int, all int) look {
	switch {
	case counts[lookLate] > 0:
		return lookLate
	case counts[lookDone] == all:
		return lookDone
	case counts[lookOpen] == 0 && counts[lookDone] == 0:
		return lookWaiting
	}
	return lookOpen
}

func countWords(counts map[look]int, all int) string {
	words := []string{fmt.Sprintf("%d av %d klara", counts[lookDone], all)}
	for _, w := range []struct {
		look
		one, many string
	}{{lookLate, "försenad", "försenade"}, {lookOpen, "öppen", "öppna"}} {
		if n := counts[w.look]; n > 0 {
			words = append(words, counted(n, w.one, w.many))
		}
	}
	return strings.Join(words, ", ")
}

// longestWait bounds how far before its last day a step is drawn when nothing says from when it can be done.
const longestWait = 30

// planned is the first day on which a step is planned to be open: its own first day, and the day after the last of what it
// waits for is planned to be done.
func planned(st *domain.State, step *domain.Step) domain.Date {
	from := step.Opens
	for _, n := range step.Needs {
		if needed := st.Cycle.Step(n.Step); needed != nil {
			from = max(from, needed.Plan.Add(1))
		}
	}
	if from == "" {
		from = step.Plan.Add(-longestWait)
	}
	return min(from, step.Plan)
}

// sortRows puts the rows into the table's order, ring by ring and by last day, and numbers them.
func sortRows(rows []wheelRow) {
	slices.SortStableFunc(rows, func(a, b wheelRow) int {
		return cmp.Or(cmp.Compare(a.Ring, b.Ring), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From))
	})
	for i := range rows {
		rows[i].Nr = i + 1
	}
}

// picture is the drawing of a year's rows.
func picture(rows []wheelRow, year int, today domain.Date) *wheelpicture.Picture {
	p := &wheelpicture.Picture{Year: year, Today: dayOfYear(today, year), TodayText: "i dag " + shortDay(today, today), Name: fmt.Sprintf("Årshjulet %d", year)}
	for _, r := range wheelRings {
		p.Rings = append(p.Rings, wheelpicture.Ring{Name: r.name, Long: r.long})
	}
	counts := map[look]int{}
	for i := range rows {
		r := &rows[i]
		counts[r.Look]++
		p.Rings[r.Ring].Segments = append(p.Rings[r.Ring].Segments, wheelpicture.Segment{Href: "#" + r.Anchor,
			Title:  fmt.Sprintf("%d. %s. %s, %s. %s: %s.", r.Nr, r.Title, r.Part, span(r.From, r.To, today), r.Look.Word, r.Says),
			Labels: append(slices.Clone(r.labels), strconv.Itoa(r.Nr)), From: max(0, dayOfYear(r.From, year)), To: toDay(r.To, year),
			State: wheelpicture.State(r.Look.Class), Track: r.track, Strong: r.strong})
	}
	p.Hub = []string{fmt.Sprintf("%d av %d steg klara", counts[lookDone], len(rows)), counted(counts[lookLate], "försenat", "försenade")}
	p.Says = fmt.Sprintf("Ett år medurs, med januari uppe till höger. Ringar utifrån och in: KF och KS, nämnder, förvaltningar, bolag, revision. %d steg är klara, %d öppna, %d försenade, %d kan inte påbörjas än. Varje steg är en länk till sin rad i tabellen.",
		counts[lookDone], counts[lookOpen], counts[lookLate], counts[lookWaiting])
	return p
}

// dayOfYear counts from 0; it is negative for a day before the year, and -1 for one after it.
func dayOfYear(d domain.Date, year int) int {
	if d.Year() != year {
		return -1
	}
	return d.Start().Time().In(domain.Stockholm).YearDay() - 1
}

func toDay(d domain.Date, year int) int {
	if d.Year() > year {
		return 365
	}
	return dayOfYear(d, year)
}
