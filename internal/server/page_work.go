package server

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

const (
	soon      = 60 // days ahead that what cannot be started yet is shown without being asked for
	doneShown = 3  // done steps shown without being asked for
	nearest   = 5  // meetings shown
)

// workBody is what Mitt arbete shows.
type workBody struct {
	Lead, Then string
	Cycles     []choice
	Groups     []workGroup
	Named      []workNamed
	Faults     int      // reports that wait for an answer, for who answers them
	Stands     []string // whom the person stands in for
	Meetings   []workMeeting
	Wheel      template.HTML
	WheelLink  string
}

// workGroup is a part of the list: what is late, what is due this week, and so on.
type workGroup struct {
	ID, Title, Sub string
	Rows           []workRow
	More, MoreSays string // where the rest is
}

// workRow is something in the list. What cannot be started has no link.
type workRow struct {
	Title, Link, Where string
	For                string // whom it is done for
	Due                domain.Date
	Day, Away          string
	Look               look
	Says               string
	Confirm            *button // done from the list
	key                string
}

// workMeeting is a meeting that something of the person's hangs on.
type workMeeting struct {
	Date domain.Date
	Day  string
	Unit string
	What string
}

// button is a form of one button: where it goes, and the command's id, minted when the page is made, so that clicking
// twice is one command.
type button struct {
	Action, ID string
	Meeting    domain.MeetingID // when it is about one
}

func buttonFor(stream string) *button {
	return &button{Action: pagePath(stream) + "/kommando", ID: rand.Text()}
}

// work gathers what a person has to do with, over the cycles that go on.
type work struct {
	person                         domain.PersonID
	late, week, later, wait, ended []workRow
	coming                         []workRow // cannot be started yet, and is far off
	stands                         []string
	meetings                       []workMeeting
	counts                         map[string]int // tasks by cycle
	named                          []workNamed
}

func (s *Server) inboxPage(r *http.Request, p *page) (string, error) {
	chosen, show := r.URL.Query().Get("cykel"), r.URL.Query().Get("visa")
	w := &work{person: p.Person, counts: map[string]int{}}
	body := &workBody{}
	year := now().Date().Year()
	var rows []wheelRow
	today := now().Date()
	mentions, err := s.Store.Mentions(r.Context(), s.Kommun, p.Person, today, namedShown)
	if err != nil {
		return "", err
	}
	open, err := s.overOpen(r.Context(), nil, func(c *store.Cycle, st *domain.State) error {
		w.count(c, st)
		if !worksOn(c, chosen) {
			return nil
		}
		w.addNamed(c, st, mentions)
		w.add(c, st)
		if c.Exercise == 0 || chosen == c.Stream {
			today, year = dayOf(c), dayOf(c).Year()
			rows = yearRows(rows, c, st, year)
		}
		if c.Exercise > 0 {
			p.Exercise = true
			w.observations(st, c.Stream, dayOf(c))
		}
		return nil
	})
	if err == nil && chosen == "" {
		err = s.Store.View(r.Context(), domain.RegistryStream(s.Kommun), func(st *domain.State) error {
			w.observations(st, "", now().Date())
			return nil
		})
	}
	if err != nil {
		return "", err
	}
	if body.Named, err = s.nameWriters(r.Context(), p, w.named); err != nil {
		return "", err
	}
	if domain.Access(domain.ThingFaults, callerOf(r.Context()).Standing) != domain.MayNot {
		if body.Faults, err = s.Store.OpenFaults(r.Context(), s.Kommun); err != nil {
			return "", err
		}
	}
	body.Groups = w.groups(chosen, show, today)
	body.Lead, body.Then = w.words(today)
	body.Stands = w.stands
	slices.SortStableFunc(w.meetings, func(a, b workMeeting) int { return strings.Compare(string(a.Date), string(b.Date)) })
	body.Meetings = w.meetings[:min(nearest, len(w.meetings))]
	real, exercises := 0, 0
	for i := range open {
		if n := w.counts[open[i].Stream]; open[i].Exercise > 0 {
			exercises += n
		} else {
			real += n
		}
	}
	body.Cycles = []choice{{fmt.Sprintf("Alla cykler (%d)", real), "/inkorg", chosen == ""}}
	if exercises > 0 || chosen == allExercises {
		body.Cycles = append(body.Cycles, choice{fmt.Sprintf("Alla övningar (%d)", exercises), "/inkorg?cykel=" + allExercises, chosen == allExercises})
	}
	for i := range open {
		if n := w.counts[open[i].Stream]; n > 0 || chosen == open[i].Stream {
			label := fmt.Sprintf("%s (%d)", cycleTitle(open[i].Year, open[i].Exercise), n)
			body.Cycles = append(body.Cycles, choice{label, "/inkorg?" + url.Values{"cykel": {open[i].Stream}}.Encode(), chosen == open[i].Stream})
		}
	}
	if len(rows) > 0 {
		sortRows(rows)
		body.Wheel = template.HTML(picture(rows, year, today).Small("l"))
		body.WheelLink = "/arshjulet"
		if chosen != "" {
			body.WheelLink += "?" + url.Values{"cykel": {chosen}}.Encode()
		}
	}
	p.Title, p.Menu, p.Body = "Mitt arbete", "inkorg", body
	return "inkorg", nil
}

// worksOn tells whether the list is of a cycle: of the real ones, when none is chosen.
func worksOn(c *store.Cycle, chosen string) bool {
	switch chosen {
	case "":
		return c.Exercise == 0
	case allExercises:
		return c.Exercise > 0
	}
	return c.Stream == chosen
}

// mine gives the tasks of a cycle that the person may do, each with the right by which.
func (w *work) mine(c *store.Cycle, st *domain.State) (tasks []domain.Task, as []domain.Holding, all []domain.Task) {
	today := dayOf(c)
	all = domain.Todo(st, today)
	for _, t := range all {
		for _, h := range domain.Doers(st, t, today) {
			if h.Person == w.person {
				tasks, as = append(tasks, t), append(as, h)
				break
			}
		}
	}
	return tasks, as, all
}

func (w *work) count(c *store.Cycle, st *domain.State) {
	tasks, _, _ := w.mine(c, st)
	w.counts[c.Stream] = len(tasks)
}

// add puts a cycle's steps into the groups.
func (w *work) add(c *store.Cycle, st *domain.State) {
	today := dayOf(c)
	tasks, as, all := w.mine(c, st)
	mine := map[domain.StepID]bool{}
	for i, t := range tasks {
		mine[t.Step] = true
		row := w.row(c, st, t.Step)
		row.For, row.Due = standIn(st, as[i], t.Role, t.Unit, today), t.Due
		row.Day, row.Away = upperFirst(longDay(t.Due, today)), away(t.Due, today, st.Cycle.Wheel.Bridges)
		do := domain.Row(t.Command).Says
		row.Title = do + ": " + lowerWords(row.Title)
		if t.Command == domain.CmdConfirmMeeting {
			row.Confirm = buttonFor(registryOf(c))
			row.Confirm.Meeting = t.Meeting
		}
		late := t.Late || t.Due < today
		row.Look = lookOpen
		if late {
			row.Look = lookLate
		}
		switch {
		case late:
			w.late = append(w.late, row)
		case t.Due <= lastOfWeek(today):
			w.week = append(w.week, row)
		default:
			w.later = append(w.later, row)
		}
	}
	w.others(c, st, mine, all)
	for _, v := range st.Registry.Substitutes {
		if v.Person == w.person && v.From <= today && today <= v.To {
			if b := bindingNumbered(st.Registry, v.Binding); b != nil {
				says := fmt.Sprintf("%s, %s, från %s till %s.", upperFirst(st.RoleTitle(b.Role)), unitName(st, b.Unit), longDay(v.From, today), longDay(v.To, today))
				if !slices.Contains(w.stands, says) {
					w.stands = append(w.stands, says)
				}
			}
		}
	}
}

// others puts the steps that the person has a part in, and that wait for somebody or something else, into the groups.
func (w *work) others(c *store.Cycle, st *domain.State, mine map[domain.StepID]bool, all []domain.Task) {
	today := dayOf(c)
	held := map[domain.MeetingID]bool{}
	for _, concern := range domain.Concerns(st, w.person, today) {
		step := st.Cycle.Step(concern.Step)
		if m := st.Registry.Meeting(step.Held); m != nil && m.Date >= today && !held[m.ID] && !st.Finished(step) {
			held[m.ID] = true
			w.meetings = append(w.meetings, workMeeting{m.Date, shortWeekday(m.Date) + " " + tinyDay(m.Date) + otherYear(m.Date, today), unitName(st, m.Unit), lowerWords(st.Cycle.Wheel.Def(step.Def).Title)})
		}
		if mine[step.ID] {
			continue
		}
		row := w.row(c, st, step.ID)
		row.For = standIn(st, concern.Holding, concern.Role, concern.Unit, today)
		row.Due, row.Day = step.Plan, upperFirst(longDay(step.Plan, today))
		row.Look, row.Says = lookOf(st, step), standing(st, step, today)
		switch {
		case st.Finished(step):
			if n := len(step.Marks); n > 0 {
				row.Due, row.Day = step.Marks[n-1].Date, upperFirst(longDay(step.Marks[n-1].Date, today))
			}
			w.ended = append(w.ended, row)
		case step.Status == domain.StatusWaiting:
			row.Link = ""
			switch {
			case step.Late:
				w.wait = append(w.wait, row)
			case step.Plan > today.Add(soon):
				w.coming = append(w.coming, row)
			default:
				w.later = append(w.later, row)
			}
		default:
			for _, t := range all {
				if t.Step == step.ID {
					row.Says = fmt.Sprintf("%s, %s: %s", upperFirst(st.RoleTitle(t.Role)), unitName(st, t.Unit), lowerWords(domain.Row(t.Command).Says))
				}
			}
			w.wait = append(w.wait, row)
		}
	}
}

func (w *work) row(c *store.Cycle, st *domain.State, id domain.StepID) workRow {
	step := st.Cycle.Step(id)
	def := st.Cycle.Wheel.Def(step.Def)
	part := partWord(def.Stage, c.Year)
	if c.Exercise > 0 {
		part = fmt.Sprintf("ÖVNING %d: %s", c.Exercise, part)
	}
	title := def.Title
	if step.Occurrence > 1 {
		title += fmt.Sprintf(" %d", step.Occurrence)
	}
	return workRow{Title: title, Link: stepPath(c.Stream, id), Where: unitName(st, step.Unit) + " · " + part, key: c.Stream + string(id)}
}

// standIn says for whom something is done; "" when it is the person's own.
func standIn(st *domain.State, h domain.Holding, role domain.RoleID, unit domain.UnitID, today domain.Date) string {
	for _, v := range st.Registry.Substitutes {
		if h.Substitute != 0 && v.Number == h.Substitute {
			return fmt.Sprintf("Du gör det för %s, %s, frånvarande till %s", st.RoleTitle(role), unitName(st, unit), shortDay(v.To, today))
		}
	}
	return ""
}

func bindingNumbered(r *domain.Registry, n uint64) *domain.Binding {
	for i := range r.Bindings {
		if r.Bindings[i].Number == n {
			return &r.Bindings[i]
		}
	}
	return nil
}

func unitName(st *domain.State, id domain.UnitID) string {
	if u := st.Registry.Unit(id); u != nil {
		return u.Name
	}
	return string(id)
}

// registryOf is the stream whose registry holds for a cycle: an exercise has its own.
func registryOf(c *store.Cycle) string {
	if c.Exercise > 0 {
		return c.Stream
	}
	return domain.RegistryStream(c.Kommun)
}

// words say the whole list in two sentences.
func (w *work) words(today domain.Date) (lead, then string) {
	switch n := len(w.late); n {
	case 0:
		lead = "Inget är försenat."
	case 1:
		lead = "Ett steg är försenat."
	default:
		lead = few(n) + " steg är försenade."
	}
	return lead, fmt.Sprintf("%s ska bli klart den här veckan, vecka %d.", few(len(w.week)), week(today))
}

// groups puts the rows into the order in which people read them.
func (w *work) groups(chosen, show string, today domain.Date) []workGroup {
	more := func(what string) string {
		q := url.Values{"visa": {what}}
		if chosen != "" {
			q.Set("cykel", chosen)
		}
		return "/inkorg?" + q.Encode()
	}
	byDue := func(a, b workRow) int {
		return cmp.Or(strings.Compare(string(a.Due), string(b.Due)), strings.Compare(a.key, b.key))
	}
	for _, rows := range [][]workRow{w.late, w.week, w.later, w.wait, w.coming} {
		slices.SortStableFunc(rows, byDue)
	}
	slices.SortStableFunc(w.ended, func(a, b workRow) int { return byDue(b, a) })
	steps := func(rows []workRow) string { return counted(len(rows), "steg", "steg") }
	later := workGroup{ID: "senare", Title: "Senare", Sub: steps(w.later), Rows: w.later}
	if len(w.later) == 0 {
		later.Sub = fmt.Sprintf("inget de närmaste %d dagarna", soon)
	}
	if len(w.coming) > 0 {
		if show == "senare" {
			later.Rows = append(later.Rows, w.coming...)
			later.Sub = steps(later.Rows)
		} else {
			later.More, later.MoreSays = more("senare")+"#senare", fmt.Sprintf("Visa allt som kommer senare (%d)", len(w.coming)+len(w.later))
		}
	}
	ended := workGroup{ID: "klart", Title: "Klart", Sub: steps(w.ended), Rows: w.ended}
	if len(w.ended) > doneShown && show != "klart" {
		ended.Rows, ended.Sub = w.ended[:doneShown], fmt.Sprintf("%d senaste av %d", doneShown, len(w.ended))
		ended.More, ended.MoreSays = more("klart")+"#klart", fmt.Sprintf("Visa allt som är klart (%d)", len(w.ended))
	}
	all := []workGroup{
		{ID: "sent", Title: "Försenat", Sub: steps(w.late), Rows: w.late},
		{ID: "vecka", Title: "Den här veckan", Sub: fmt.Sprintf("%s, till och med %s", steps(w.week), longDay(lastOfWeek(today), today)), Rows: w.week},
		later,
		{ID: "andra", Title: "Väntar på andra", Sub: steps(w.wait), Rows: w.wait},
		ended,
	}
	return slices.DeleteFunc(all, func(g workGroup) bool { return len(g.Rows) == 0 && g.More == "" })
}
