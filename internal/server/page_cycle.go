package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// cycleBody is what the page of a cycle shows of one of its stages.
type cycleBody struct {
	Head          api.CycleHead
	Part, Lead    string
	Stages        []choice
	Done, All     int
	Late          int
	Way           *wayBody
	Matrices      []matrix
	Own           []ownRow // the steps of the whole municipality
	Line          []lineRow
	LineTicks     []tick
	LineToday     string
	Meetings      []meetingRow
	Keys          []look
	Advance       *button
	Cancel        *form // for who may end the cycle before its time
	Log           string
	Pack          string // where the evidence pack is fetched, by who may
	PreviewAction string
}

// matrix is units × steps, of one kind of unit.
type matrix struct {
	Title   string
	Columns []column
	Rows    []matrixRow
}

type column struct{ ID, Title, When string }

type matrixRow struct {
	Unit, Note string
	Link       string // the unit's page
	Mine       bool
	Cells      []*cell
}

// cell is a step in a matrix.
type cell struct {
	Link, Title string
	Look        look
	Word, Day   string
}

type ownRow struct {
	Title, Link, Day, Says, Law string
	Look                        look
}

// lineRow is a bar on the timeline.
type lineRow struct {
	Title, When, From, Width string
	Look                     look
}

// meetingRow is a meeting that steps of the stage hang on.
type meetingRow struct {
	ID        domain.MeetingID
	Date      domain.Date
	Day, Unit string
	Says      string
	Move      string // where what a move would do is shown
}

func (s *Server) cyclePage(r *http.Request, p *page) (string, error) {
	return "cykel", s.showCycle(r, p, attempt{})
}

// showCycle fills the page of a cycle, with a form that was refused as it was filled in.
func (s *Server) showCycle(r *http.Request, p *page, tried attempt) error {
	seen, err := s.see(r, stream(r))
	if err != nil {
		return err
	}
	c := seen.Cycle
	body := &cycleBody{Head: headOf(&c), Log: domain.LogOf(c.Stream), Keys: looks}
	asked := r.URL.Query()
	err = seen.look(func(st *domain.State) error {
		stage := stageShown(st, &c, domain.Stage(asked.Get("del")))
		body.fill(st, &c, stage, domain.StepID(asked.Get("mal")), p.Person)
		if seen.Per == nil && c.Status == store.CycleOpen && mayLead(st, p.Person, dayOf(&c)) {
			if c.Exercise > 0 {
				body.Advance = buttonFor(c.Stream)
			}
			body.Cancel = cancelForm(c.Stream, tried)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.Per = seen.Per; p.Per != nil {
		for i := range body.Meetings {
			body.Meetings[i].Move = ""
		}
	}
	p.AsOf = true
	if domain.Access(domain.ThingPack, callerOf(r.Context()).Standing) != domain.MayNot {
		body.Pack = pagePath(c.Stream) + "/bevispaket"
	}
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = body.Part, "cykler", c.Exercise > 0, dayOf(&c), body
	return nil
}

// mayLead tells whether the person is cykelansvarig that day.
func mayLead(st *domain.State, person domain.PersonID, today domain.Date) bool {
	return slices.ContainsFunc(st.Registry.Holders(domain.RoleLauncher, st.Registry.City, today), func(h domain.Holding) bool { return h.Person == person })
}

// stageShown is the stage that is asked for, or the first that has something left to do.
func stageShown(st *domain.State, c *store.Cycle, asked domain.Stage) domain.Stage {
	if slices.Contains(domain.Stages, asked) {
		return asked
	}
	for i := range st.Cycle.Steps {
		if !st.Finished(&st.Cycle.Steps[i]) {
			return st.Cycle.Wheel.Def(st.Cycle.Steps[i].Def).Stage
		}
	}
	return max(c.Stage, domain.StageClosing)
}

func (b *cycleBody) fill(st *domain.State, c *store.Cycle, stage domain.Stage, goal domain.StepID, person domain.PersonID) {
	today := dayOf(c)
	b.Part = partWord(stage, c.Year)
	at := pagePath(c.Stream)
	for _, one := range domain.Stages {
		b.Stages = append(b.Stages, choice{partWord(one, c.Year), at + "?del=" + string(one), one == stage})
	}
	var steps []*domain.Step
	for i := range st.Cycle.Steps {
		step := &st.Cycle.Steps[i]
		if st.Cycle.Wheel.Def(step.Def).Stage != stage {
			continue
		}
		steps = append(steps, step)
		b.All++
		switch lookOf(st, step) {
		case lookLate:
			b.Late++
		case lookOpen, lookWaiting:
		default:
			b.Done++
		}
	}
	b.Lead = cycleTitle(c.Year, c.Exercise) + "."
	if goals := goalsOf(st, stage); c.Status == store.CycleOpen && len(goals) > 0 {
		b.Way = wayOf(c, st, goalOf(st, goals, goal))
		for _, g := range goals {
			title := st.Cycle.Wheel.Def(g.Def).Title
			b.Way.Goals = append(b.Way.Goals, choice{title, at + "?del=" + string(stage) + "&mal=" + string(g.ID) + "#vagen", g == goalOf(st, goals, goal)})
		}
	}
	mine := map[domain.UnitID]bool{}
	for _, bound := range st.Registry.Bindings {
		if bound.Person == person {
			mine[bound.Unit] = true
		}
	}
	for _, kind := range []struct {
		scope domain.Scope
		title string
	}{{domain.ScopeBoard, "Nämnder och steg"}, {domain.ScopeAdministration, "Förvaltningar och steg"}, {domain.ScopeCompany, "Bolag och steg"}} {
		if m := matrixOf(st, c, steps, kind.scope, mine, today); len(m.Rows) > 0 {
			m.Title = kind.title
			b.Matrices = append(b.Matrices, m)
		}
	}
	for _, step := range steps {
		def := st.Cycle.Wheel.Def(step.Def)
		if def.Scope != domain.ScopeCity {
			continue
		}
		row := ownRow{Title: st.StepTitle(step.ID), Link: stepPath(c.Stream, step.ID), Day: longDay(step.Plan, today), Look: lookOf(st, step), Says: standing(st, step, today)}
		if step.Legal != "" {
			row.Law = shortDay(step.Legal, "") + ", " + string(def.LawOf(step.Legal, c.Year))
		}
		b.Own = append(b.Own, row)
	}
	b.line(st, c, stage, today)
	b.meetings(st, c, steps, today)
}

// matrixOf puts the steps of one kind of unit into a table: a row for each unit, and a column for each definition and each
// time it is done again, in the order of the cycle.
func matrixOf(st *domain.State, c *store.Cycle, steps []*domain.Step, scope domain.Scope, mine map[domain.UnitID]bool, today domain.Date) (m matrix) {
	var keys []string
	var units []domain.UnitID
	last := map[string][2]domain.Date{}
	for _, step := range steps {
		if st.Cycle.Wheel.Def(step.Def).Scope != scope {
			continue
		}
		key := columnKey(step)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
			last[key] = [2]domain.Date{step.Plan, step.Plan}
		}
		last[key] = [2]domain.Date{min(last[key][0], step.Plan), max(last[key][1], step.Plan)}
		if !slices.Contains(units, step.Unit) {
			units = append(units, step.Unit)
			row := matrixRow{Unit: unitName(st, step.Unit), Link: unitPath(step.Unit, exerciseOf(c)), Mine: mine[step.Unit] || mine[servedBy(st.Registry, step.Unit)]}
			if u := st.Registry.Unit(step.Unit); u != nil {
				row.Note = u.Note
			}
			m.Rows = append(m.Rows, row)
		}
	}
	for i := range m.Rows {
		m.Rows[i].Cells = make([]*cell, len(keys))
	}
	for _, step := range steps {
		def := st.Cycle.Wheel.Def(step.Def)
		if def.Scope != scope {
			continue
		}
		at := slices.Index(keys, columnKey(step))
		m.Rows[slices.Index(units, step.Unit)].Cells[at] = cellOf(st, c, step, today)
		if len(m.Columns) <= at {
			title := def.Title
			if len(def.Again) > 0 {
				title += fmt.Sprintf(" %d", max(step.Occurrence, 1))
			}
			id := ""
			if step.Occurrence < 2 {
				id = "steg-" + def.ID
			}
			when := last[keys[at]]
			m.Columns = append(m.Columns, column{id, title, "senast " + span(when[0], when[1], today)})
		}
	}
	return m
}

func columnKey(step *domain.Step) string {
	_, again, _ := strings.Cut(string(step.ID), "#")
	return step.Def + "#" + again
}

func cellOf(st *domain.State, c *store.Cycle, step *domain.Step, today domain.Date) *cell {
	one := &cell{Link: stepPath(c.Stream, step.ID), Title: st.StepTitle(step.ID), Look: lookOf(st, step), Day: tinyDay(step.Plan)}
	one.Word = one.Look.Word
	switch one.Look {
	case lookLate:
		late := max(1, domain.WorkingDays(step.Plan, today, st.Cycle.Wheel.Bridges))
		one.Word, one.Day = "Sen "+counted(late, "dag", "dagar"), step.Status.Swedish()
	case lookWaiting:
		one.Word = ""
	case lookOpen:
		one.Day = "till " + one.Day
		if step.Status != domain.StatusOpen {
			one.Word = upperFirst(step.Status.Swedish())
		}
	default:
		if n := len(step.Marks); n > 0 {
			one.Day = tinyDay(step.Marks[n-1].Date)
		}
	}
	return one
}

// line draws the stage's definitions as bars from the planned opening to the last day.
func (b *cycleBody) line(st *domain.State, c *store.Cycle, stage domain.Stage, today domain.Date) {
	var rows []wheelRow
	for y := c.Year - 2; y <= c.Year+1; y++ {
		for _, row := range yearRows(nil, c, st, y) {
			if row.Part == partWord(stage, c.Year) && !slices.ContainsFunc(rows, func(o wheelRow) bool { return o.Anchor == row.Anchor }) {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	t := track{rows[0].From, rows[0].To}
	for i := range rows {
		t.from, t.to = min(t.from, rows[i].From), max(t.to, rows[i].To)
	}
	t.from, t.to = t.from.Add(-3), t.to.Add(3)
	slices.SortStableFunc(rows, func(a, b wheelRow) int { return strings.Compare(string(a.To+a.From), string(b.To+b.From)) })
	for i := range rows {
		b.Line = append(b.Line, lineRow{rows[i].Title, span(rows[i].From, rows[i].To, today), t.at(rows[i].From), t.width(rows[i].From, rows[i].To), rows[i].Look})
	}
	b.LineTicks = t.ticks()
	if t.from <= today && today <= t.to {
		b.LineToday = t.at(today)
	}
}

// width is the share of the track that the days from one through another take, and at least what can be seen.
func (t track) width(from, to domain.Date) string {
	return fmt.Sprintf("%.2f%%", max(0.8, 100*(days(from, to)+1)/days(t.from, t.to)))
}

// meetings lists the meetings to come that steps of the stage hang on.
func (b *cycleBody) meetings(st *domain.State, c *store.Cycle, steps []*domain.Step, today domain.Date) {
	says := map[domain.MeetingID][]string{}
	for _, step := range steps {
		if step.Held == "" || st.Finished(step) {
			continue
		}
		title := lowerWords(st.Cycle.Wheel.Def(step.Def).Title)
		if !slices.Contains(says[step.Held], title) {
			says[step.Held] = append(says[step.Held], title)
		}
	}
	for i := range st.Registry.Meetings {
		m := &st.Registry.Meetings[i]
		if m.Date < today || len(says[m.ID]) == 0 || m.Status == domain.MeetingCancelled {
			continue
		}
		row := meetingRow{ID: m.ID, Date: m.Date, Day: shortWeekday(m.Date) + " " + tinyDay(m.Date) + otherYear(m.Date, today), Unit: unitName(st, m.Unit), Says: strings.Join(says[m.ID], "; ")}
		if m.Status == domain.MeetingProposed {
			row.Says += " (föreslaget)"
		}
		row.Move = pagePath(c.Stream) + "/flytta?mote=" + string(m.ID)
		b.Meetings = append(b.Meetings, row)
	}
	slices.SortStableFunc(b.Meetings, func(x, y meetingRow) int { return strings.Compare(string(x.Date), string(y.Date)) })
}
