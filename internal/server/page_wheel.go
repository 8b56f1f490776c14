package server

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/wheelpicture"
)

// overOpen looks at each cycle that goes on and that pick wants: one question to the database for all of them, besides what
// has been journalled since the last look.
func (s *Server) overOpen(ctx context.Context, pick func(*store.Cycle) bool, look func(*store.Cycle, *domain.State) error) ([]store.Cycle, error) {
	open, err := s.Store.Open(ctx, s.Kommun)
	if err != nil {
		return nil, err
	}
	for i := range open {
		c := &open[i]
		if pick != nil && !pick(c) {
			continue
		}
		if err := s.Store.ViewAt(ctx, c.Stream, c.Seq, func(st *domain.State) error { return look(c, st) }); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// choice is a link that picks what a page shows; the one that is shown is marked.
type choice struct {
	Label, Link string
	Chosen      bool
}

// allExercises picks the exercises that go on, in the address of the wheel.
const allExercises = "ovningar"

// wheelBody is what the page of the wheel shows.
type wheelBody struct {
	Year          int
	Cycles        []choice
	Years         []choice
	Rings         []ringRows
	Large, Small  template.HTML
	Lead, Counted string
	Keys          []look
}

// ringRows are the rows of one ring in the table.
type ringRows struct {
	Long string
	Rows []wheelRow
}

func (s *Server) wheelPage(r *http.Request, p *page) (string, error) {
	chosen := r.URL.Query().Get("cykel")
	exercises := chosen == allExercises || strings.HasPrefix(chosen, "exercise/")
	today := now().Date()
	if exercises {
		today = ""
	}
	open, look, err := s.seeOpen(r, p)
	if err != nil {
		return "", err
	}
	p.AsOf = true
	open, shown := wheelCycles(open, chosen)
	for _, c := range shown {
		today = max(today, dayOf(c))
	}
	if today == "" {
		today = now().Date()
	}
	year := today.Year()
	if text := r.URL.Query().Get("ar"); text != "" {
		if year, err = strconv.Atoi(text); err != nil || year < 2000 || year > 2100 {
			return "", domain.Refuse(domain.CodeBadCommand, "%q är inget kalenderår. Skriv det med fyra siffror, till exempel 2027.", text)
		}
	}
	var rows []wheelRow
	var meetings []wheelpicture.Meeting
	for _, c := range shown {
		err := look(c, func(st *domain.State) error {
			rows = yearRows(rows, c, st, year)
			meetings = addMeetings(meetings, st, year, today)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	sortRows(rows)
	slices.SortStableFunc(meetings, func(a, b wheelpicture.Meeting) int { return a.Day - b.Day })
	pic := picture(rows, year, today)
	pic.Meetings = meetings
	body := &wheelBody{Year: year, Keys: looks, Large: template.HTML(pic.Large()), Small: template.HTML(pic.Small("l"))}
	body.Lead, body.Counted = wheelWords(rows)
	for i, ring := range wheelRings {
		one := ringRows{Long: ring.long}
		for _, row := range rows {
			if row.Ring == i {
				one.Rows = append(one.Rows, row)
			}
		}
		if len(one.Rows) > 0 {
			body.Rings = append(body.Rings, one)
		}
	}
	body.choices(open, chosen, year)
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = fmt.Sprintf("Årshjulet %d", year), "arshjulet", exercises, today, body
	return "arshjulet", nil
}

// wheelWords says what the wheel shows: which parts of cycles, and how far they are.
func wheelWords(rows []wheelRow) (lead, count string) {
	var parts []string
	counts := map[look]int{}
	for i := range rows {
		if !slices.Contains(parts, rows[i].Part) {
			parts = append(parts, rows[i].Part)
		}
		counts[rows[i].Look]++
	}
	if len(rows) == 0 {
		return "Ingen pågående cykel har något att göra det här året.", ""
	}
	slices.SortFunc(parts, func(a, b string) int { return strings.Compare(a[len(a)-4:]+a, b[len(b)-4:]+b) })
	for i := range parts {
		parts[i] = strings.ToLower(parts[i])
	}
	lead = upperFirst(parts[0]) + "."
	if n := len(parts); n > 1 {
		lead = few(n) + " delar av cykler samtidigt: " + strings.Join(parts[:n-1], ", ") + " och " + parts[n-1] + "."
	}
	return lead, fmt.Sprintf("Av %s är %s, %s och %s.", counted(len(rows), "rad", "rader"), counted(counts[lookDone], "klar", "klara"),
		counted(counts[lookOpen], "öppen", "öppna"), counted(counts[lookLate], "försenad", "försenade"))
}

// choices are the links that pick cycle and year.
func (b *wheelBody) choices(open []store.Cycle, chosen string, year int) {
	link := func(cycle string, year int) string {
		q := url.Values{"ar": {strconv.Itoa(year)}}
		if cycle != "" {
			q.Set("cykel", cycle)
		}
		return "/arshjulet?" + q.Encode()
	}
	// What goes by another clock opens on its own year.
	own := func(cycle string) string {
		if strings.HasPrefix(chosen, "exercise/") || chosen == allExercises || strings.HasPrefix(cycle, "exercise/") || cycle == allExercises {
			return "/arshjulet?" + url.Values{"cykel": {cycle}}.Encode()
		}
		return link(cycle, year)
	}
	b.Cycles = []choice{{"Alla cykler", strings.TrimSuffix(own(""), "?cykel="), chosen == ""}}
	exercises := 0
	for i := range open {
		c := &open[i]
		if c.Exercise > 0 {
			exercises++
		}
		b.Cycles = append(b.Cycles, choice{cycleTitle(c.Year, c.Exercise), own(c.Stream), chosen == c.Stream})
	}
	if exercises > 1 {
		b.Cycles = append(b.Cycles, choice{"Alla övningar", own(allExercises), chosen == allExercises})
	}
	for y := year - 1; y <= year+1; y++ {
		b.Years = append(b.Years, choice{strconv.Itoa(y), link(chosen, y), y == year})
	}
}

// wheelCycles picks what the wheel shows of what goes on: the real cycles together, one cycle or exercise, or of each
// budget year the exercise that was started last. all is what can be chosen.
func wheelCycles(open []store.Cycle, chosen string) (all []store.Cycle, shown []*store.Cycle) {
	for i := range open {
		c := &open[i]
		newest := c.Exercise == 0 || !slices.ContainsFunc(open, func(o store.Cycle) bool { return o.Year == c.Year && o.Exercise > c.Exercise })
		if newest || chosen == c.Stream {
			all = append(all, *c)
		}
		if chosen == c.Stream || chosen == "" && c.Exercise == 0 || chosen == allExercises && c.Exercise > 0 && newest {
			shown = append(shown, c)
		}
	}
	return all, shown
}

// addMeetings adds the meetings of KF and KS in a year, each once however many cycles know it.
func addMeetings(all []wheelpicture.Meeting, st *domain.State, year int, today domain.Date) []wheelpicture.Meeting {
	for _, m := range st.Registry.Meetings {
		u := st.Registry.Unit(m.Unit)
		if m.Date.Year() != year || m.Status == domain.MeetingCancelled || u == nil || u.Kind != domain.KindCouncil && u.Kind != domain.KindExecutive {
			continue
		}
		mark := wheelpicture.Meeting{Day: dayOfYear(m.Date, year), Minor: u.Kind == domain.KindExecutive}
		mark.Title = fmt.Sprintf("%s %s, %s", u.ID, longDay(m.Date, today), m.Status.Swedish())
		var held []string
		for i := range st.Cycle.Steps {
			step := &st.Cycle.Steps[i]
			if step.Held != m.ID {
				continue
			}
			def := st.Cycle.Wheel.Def(step.Def)
			mark.Strong = mark.Strong || def.Legal != "" && !mark.Minor
			if !slices.Contains(held, def.Title) {
				held = append(held, def.Title)
			}
		}
		if !mark.Minor {
			mark.Label = tinyDay(m.Date)
		}
		if len(held) > 0 {
			mark.Title += ": " + strings.Join(held, "; ")
			if !mark.Minor {
				labels := shortLabels(held[0])
				mark.Label += ", " + lowerWords(labels[len(labels)-1])
			}
		}
		if i := slices.IndexFunc(all, func(a wheelpicture.Meeting) bool { return a.Day == mark.Day && a.Minor == mark.Minor }); i >= 0 {
			if len(mark.Title) > len(all[i].Title) {
				all[i] = mark
			}
			continue
		}
		all = append(all, mark)
	}
	return all
}
