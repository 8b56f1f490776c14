package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// know fills what the registry knows of the unit.
func (b *unitBody) know(r *domain.Registry, id domain.UnitID, names names, title func(domain.RoleID) string) {
	u := r.Unit(id)
	b.Unit = *u
	for _, k := range kindWords {
		if k.kind == u.Kind {
			b.KindWord = k.one
		}
	}
	where := []domain.UnitID{id}
	if by := r.Unit(u.ServedBy); by != nil {
		b.ServedBy = &choice{by.Name, unitPath(by.ID, b.Source), false}
		where = append(where, by.ID)
	}
	for _, o := range r.Units {
		if o.ServedBy == id {
			b.Serves = append(b.Serves, choice{o.Name, unitPath(o.ID, b.Source), false})
		}
	}
	for _, unit := range where {
		for _, bound := range r.Bindings {
			if bound.Unit != unit {
				continue
			}
			row := roleRow{Title: title(bound.Role), Who: names.Name(bound.Person), When: period(bound.From, bound.To), Past: bound.To != "" && bound.To < b.today}
			if unit != id {
				row.Where = r.Unit(unit).Name
			}
			b.Roles = append(b.Roles, row)
			if !row.Past {
				label := row.Title + ", " + r.Unit(unit).Name + ": " + row.Who
				b.Bindings = append(b.Bindings, option{fmt.Sprint(bound.Number), label, b.Value("roll") == fmt.Sprint(bound.Number)})
			}
			for _, sub := range r.Substitutes {
				if sub.Binding == bound.Number && sub.To >= b.today.Add(-365) {
					b.Absent = append(b.Absent, absentRow{names.Name(sub.Person), row.Title, row.Who, period(sub.From, sub.To), sub.From <= b.today && b.today <= sub.To})
				}
			}
		}
	}
	slices.SortStableFunc(b.Roles, func(x, y roleRow) int { return boolOrder(x.Past) - boolOrder(y.Past) })
	for person, name := range names {
		b.People = append(b.People, option{string(person), name, b.Value("person") == string(person)})
	}
	slices.SortFunc(b.People, func(x, y option) int { return strings.Compare(x.Label+x.Value, y.Label+y.Value) })
	for _, m := range r.Meetings {
		if m.Unit == id && m.End() >= b.today.Add(-31) {
			one := unitMeeting{Day: longDay(m.Date, b.today), Status: m.Status.Swedish(), Says: string(m.ID)}
			if m.End() > m.Date {
				one.Day = span(m.Date, m.End(), b.today)
			}
			if m.Date <= b.today {
				q := url.Values{"mote": {string(m.ID)}}
				if b.Source != "" {
					q.Set("cykel", b.Source)
				}
				one.Link = "/beslut?" + q.Encode()
			} else if m.Status != domain.MeetingCancelled {
				one.Move = string(m.ID)
			}
			b.Meetings = append(b.Meetings, one)
		}
	}
}

// period is the days through which something holds: "från 1 januari 2026", "1 juni–31 augusti 2027".
func period(from, to domain.Date) string {
	switch {
	case to == "" && from == "":
		return "tills vidare"
	case to == "":
		return "från " + from.Swedish()
	case from == "":
		return "till och med " + to.Swedish()
	}
	return span(from, to, "")
}

// unitStep is a row of the unit's year.
type unitStep struct {
	workRow
	late, done bool
}

func (b *unitBody) step(st *domain.State, c *store.Cycle, step *domain.Step) unitStep {
	today := dayOf(c)
	row := unitStep{workRow: workRow{Title: st.StepTitle(step.ID), Link: stepPath(c.Stream, step.ID), Where: partOf(st, step), Due: step.Plan,
		Day: upperFirst(longDay(step.Plan, today)), Look: lookOf(st, step), Says: standing(st, step, today), key: c.Stream + string(step.ID)}}
	row.done = st.Finished(step)
	row.late = row.Look == lookLate
	if row.done {
		if n := len(step.Marks); n > 0 {
			row.Due, row.Day = step.Marks[n-1].Date, upperFirst(longDay(step.Marks[n-1].Date, today))
		}
	} else {
		row.Away = away(step.Plan, today, st.Cycle.Wheel.Bridges)
	}
	return row
}

// group puts the unit's steps in the order in which people ask for them.
func (b *unitBody) group(rows []unitStep) {
	slices.SortStableFunc(rows, func(x, y unitStep) int { return strings.Compare(string(x.Due)+x.key, string(y.Due)+y.key) })
	month := string(b.today)[:7]
	groups := []workGroup{{ID: "sent", Title: "Försenat"}, {ID: "manaden", Title: "Den här månaden"}, {ID: "senare", Title: "Senare"}, {ID: "klart", Title: "Klart"}}
	for _, row := range rows {
		at := 2
		switch {
		case row.done:
			at = 3
		case row.late:
			at = 0
		case string(row.Due)[:7] <= month:
			at = 1
		}
		groups[at].Rows = append(groups[at].Rows, row.workRow)
	}
	b.Groups = slices.DeleteFunc(groups, func(g workGroup) bool { return len(g.Rows) == 0 })
	late := 0
	for _, row := range rows {
		late += boolOrder(row.late)
	}
	b.Lead = fmt.Sprintf("%s i årets cykler, %s.", counted(len(rows), "steg", "steg"), counted(late, "försenat", "försenade"))
	if len(rows) == 0 {
		b.Lead = "Inget steg i en cykel som pågår."
	}
}

// paper adds the step's current version; what it holds stands in its entry.
func (b *unitBody) paper(st *domain.State, step *domain.Step, names names) {
	v := step.Submission
	if v == nil {
		return
	}
	row := paperRow{Title: st.StepTitle(step.ID), Link: stepPath(st.Stream, step.ID), Part: partOf(st, step), Hash: v.Hash,
		Says: fmt.Sprintf("Version %d, inlämnad av %s", v.No, names.Name(v.By)), place: store.Place{Stream: st.Stream, Seq: v.Seq}, titles: map[string]string{}}
	for _, d := range st.Cycle.Wheel.Def(step.Def).Documents {
		row.titles[d.ID] = d.Title
	}
	b.Papers = append(b.Papers, row)
}

// unitTexts reads the documents' entries and the texts that the log only commits to.
func (s *Server) unitTexts(r *http.Request, b *unitBody, exclusions []domain.Exclusion, refs []domain.TextRef, names names) error {
	var places []store.Place
	for i := range b.Papers {
		places = append(places, b.Papers[i].place)
	}
	entries, err := s.Store.Picked(r.Context(), places)
	if err != nil {
		return err
	}
	for i := range entries {
		for _, d := range entries[i].Event.Documents {
			refs = append(refs, d.Link)
		}
	}
	refs = slices.DeleteFunc(refs, func(r domain.TextRef) bool { return r == "" })
	texts, err := s.Store.Texts(r.Context(), refs...)
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i].Event
		for k := range b.Papers {
			row := &b.Papers[k]
			if row.place != (store.Place{Stream: e.Stream, Seq: e.Seq}) {
				continue
			}
			row.Says += ", " + longDay(e.At.Date(), b.today)
			for _, d := range e.Documents {
				row.Documents = append(row.Documents, paper{or(row.titles[d.Def], d.Def), readable(texts, d.Link), d.SHA256, d.Size})
			}
		}
	}
	for _, x := range exclusions {
		says := names.Name(x.Person) + " är jävig"
		if x.Ruling != nil && x.Ruling.Cleared {
			says = names.Name(x.Person) + " är inte jävig, enligt nämndens beslut"
		}
		if x.Def != "" {
			says += " i " + x.Def
		}
		if x.Year != 0 {
			says += fmt.Sprintf(" i cykeln för %d", x.Year)
		}
		if reason := readable(texts, x.Reason); reason != "" {
			says += ": " + reason
		}
		if x.Replacement != "" {
			says += ". " + names.Name(x.Replacement) + " ersätter"
		}
		b.Excluded = append(b.Excluded, says+".")
	}
	return nil
}
