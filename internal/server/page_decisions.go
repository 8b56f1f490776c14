package server

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// decisionPages adds the pages on which the decisions of a meeting are noted together, the day after.
func (s *Server) decisionPages(mux *router) {
	mux.handle("GET /beslut", domain.ThingRead, s.show(func(r *http.Request, p *page) (string, error) {
		return "beslut", s.fillDecisions(r, p, r.URL.Query())
	}))
	mux.handle("POST /beslut/granska", domain.ThingRehearse, s.reviewDecisions)
	mux.handle("POST /beslut/registrera", domain.ThingAsk, s.registerDecisions)
	mux.handle("GET /beslut/kvittens", domain.ThingRead, s.show(s.decisionReceipts))
}

const (
	heldShown   = 12 // meetings that have been held, the newest first
	comingShown = 4
)

// decisionsBody is what the page shows: the meetings to choose among, or what may be noted of the chosen one.
type decisionsBody struct {
	Among        []choice // the real cycles, and each exercise
	Held, Coming []meetingChoice
	Meeting      *sitting
	Source       string // "" = the real cycles; otherwise an exercise's stream
	ID           string
	Present      string
	Planned      []*decisionRow
	Others       []*decisionRow
	NotYet       []agendaRow
	Noted        []agendaRow
	Faulty       []*decisionRow
	Gone         []string // what was filled in for steps that can no longer be decided
	Review       *decisionsReview
}

// meetingChoice is a meeting whose decisions may be noted, and how many steps wait for that.
type meetingChoice struct {
	Day, Unit, Link, Status string
	Ready, Waiting          int
	date                    domain.Date
	id                      domain.MeetingID
}

// sitting is the meeting whose decisions are noted.
type sitting struct {
	domain.Meeting
	Unit    string
	Days    string
	Seats   int
	Quorum  int
	Council bool
	Several bool   // it took, or may take, more than a day
	Adjust  string // the last day for justering
	today   domain.Date
}

// agendaRow is a step of the meeting that cannot be noted, with why, or that has been.
type agendaRow struct{ Title, Link, Part, Says string }

// Title is the meeting as a heading names it: "KF 15–16 juni 2027".
func (m *sitting) Title() string { return m.Unit + ", " + m.Days }

func sittingOf(st *domain.State, m *domain.Meeting, today domain.Date) *sitting {
	end := m.End()
	if m.Reserve > end {
		end = m.Reserve
	}
	one := &sitting{Meeting: *m, Unit: unitName(st, m.Unit), Days: span(m.Date, m.End(), ""), Several: end > m.Date, today: today, Adjust: longDay(m.End().Add(14), today)}
	if u := st.Registry.Unit(m.Unit); u != nil {
		one.Seats, one.Quorum, one.Council = u.Seats, u.Seats/2+1, u.Kind == domain.KindCouncil
	}
	return one
}

// fillDecisions fills the page as an address asks for it, or with what was filled in on it.
func (s *Server) fillDecisions(r *http.Request, p *page, v url.Values) error {
	body := &decisionsBody{Source: v.Get("cykel"), ID: or(v.Get("id"), rand.Text()), Present: v.Get("narvarande")}
	if body.Source != "" && (!strings.HasPrefix(body.Source, "exercise/") || s.checkStream(body.Source) != nil) {
		return s.noSuchPlace(body.Source)
	}
	meeting := domain.MeetingID(v.Get("mote"))
	filled := filledRows(v)
	choices := map[domain.MeetingID]*meetingChoice{}
	exercises := []choice{}
	open, err := s.overOpen(r.Context(), nil, func(c *store.Cycle, st *domain.State) error {
		today := dayOf(c)
		mine := domain.Registers(st, p.Person, today)
		if c.Exercise > 0 && (len(mine) > 0 || c.Stream == body.Source) {
			exercises = append(exercises, choice{cycleTitle(c.Year, c.Exercise), "/beslut?" + url.Values{"cykel": {c.Stream}}.Encode(), c.Stream == body.Source})
		}
		if c.Stream != body.Source && (body.Source != "" || c.Exercise > 0) {
			return nil
		}
		p.Exercise = p.Exercise || c.Exercise > 0
		if c.Exercise > 0 {
			p.Today = today
		}
		if meeting != "" {
			body.addCycle(st, c, meeting, p.Person, filled)
			return nil
		}
		for i := range st.Registry.Meetings {
			body.offer(choices, st, &st.Registry.Meetings[i], p.Person, today, mine)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if body.Source != "" && !slices.ContainsFunc(open, func(c store.Cycle) bool { return c.Stream == body.Source }) {
		return domain.Refuse(domain.CodeUnknownStream, "Övningen %s pågår inte. Välj en som pågår.", body.Source)
	}
	if meeting != "" && body.Meeting == nil {
		return domain.Refuse(domain.CodeMeetingUnknown, "Det finns inget sammanträde %q i registret, eller så pågår ingen cykel. Välj ett sammanträde i listan.", meeting)
	}
	body.Among = append([]choice{{"Skarpa cykler", "/beslut", body.Source == ""}}, exercises...)
	body.sortMeetings(choices)
	for _, f := range filled {
		if f.row == nil && f.chosen() {
			body.Gone = append(body.Gone, string(f.step))
		}
	}
	p.Title, p.Menu, p.Body = "Registrera beslut", "beslut", body
	if body.Meeting != nil {
		p.Title = "Registrera beslut, " + body.Meeting.Title()
	}
	return nil
}

// offer counts what may be noted of a meeting, when the person notes for its body.
func (b *decisionsBody) offer(all map[domain.MeetingID]*meetingChoice, st *domain.State, m *domain.Meeting, person domain.PersonID, today domain.Date, mine []domain.UnitID) {
	if !slices.Contains(mine, m.Unit) || m.Status == domain.MeetingCancelled {
		return
	}
	one := all[m.ID]
	if one == nil {
		one = &meetingChoice{Day: longDay(m.Date, today), Unit: unitName(st, m.Unit), date: m.Date, id: m.ID}
		q := url.Values{"mote": {string(m.ID)}}
		if b.Source != "" {
			q.Set("cykel", b.Source)
		}
		one.Link = "/beslut?" + q.Encode()
		if m.Status == domain.MeetingProposed {
			one.Status = m.Status.Swedish()
		}
		if m.Date > today {
			one.Status = strings.TrimPrefix(one.Status+", har inte varit än", ", ")
		}
		all[m.ID] = one
	}
	for _, item := range domain.Agenda(st, m.ID, person, today) {
		switch {
		case !item.Planned:
		case item.Ready:
			one.Ready++
		default:
			one.Waiting++
		}
	}
}

func (b *decisionsBody) sortMeetings(all map[domain.MeetingID]*meetingChoice) {
	for _, one := range all {
		if strings.HasSuffix(one.Status, "har inte varit än") {
			b.Coming = append(b.Coming, *one)
		} else {
			b.Held = append(b.Held, *one)
		}
	}
	order := func(x, y meetingChoice) int {
		return strings.Compare(string(x.date)+string(x.id), string(y.date)+string(y.id))
	}
	slices.SortFunc(b.Held, func(x, y meetingChoice) int { return order(y, x) })
	slices.SortFunc(b.Coming, order)
	b.Held, b.Coming = b.Held[:min(heldShown, len(b.Held))], b.Coming[:min(comingShown, len(b.Coming))]
}

// addCycle adds what may be noted of the meeting in one cycle.
func (b *decisionsBody) addCycle(st *domain.State, c *store.Cycle, id domain.MeetingID, person domain.PersonID, filled []*filledRow) {
	m := st.Registry.Meeting(id)
	if m == nil {
		return
	}
	today := dayOf(c)
	if b.Meeting == nil {
		b.Meeting = sittingOf(st, m, today)
	}
	for _, used := range st.Cycle.Paragraphs {
		if used.Meeting == id {
			b.Noted = append(b.Noted, agendaRow{st.StepTitle(used.Step), stepPath(c.Stream, used.Step), b.part(st, c, used.Step), "§ " + used.Paragraph})
		}
	}
	for _, item := range domain.Agenda(st, id, person, today) {
		if !item.Ready {
			b.NotYet = append(b.NotYet, agendaRow{st.StepTitle(item.Step), stepPath(c.Stream, item.Step), b.part(st, c, item.Step), item.Why})
			continue
		}
		row := &decisionRow{Key: fmt.Sprintf("r%d", len(b.Planned)+len(b.Others)), Stream: c.Stream, Command: item.Command, Link: stepPath(c.Stream, item.Step),
			Part: b.part(st, c, item.Step), sitting: b.Meeting, values: url.Values{}}
		row.Step = stepOf(st, item.Step, person, today)
		for _, f := range filled {
			if f.stream == c.Stream && f.step == item.Step {
				f.row, row.values = row, f.values
			}
		}
		row.fill(b.Present)
		if item.Planned || row.chosen() {
			b.Planned = append(b.Planned, row)
		} else {
			b.Others = append(b.Others, row)
		}
	}
}

func (b *decisionsBody) part(st *domain.State, c *store.Cycle, id domain.StepID) string {
	word := partWord(st.Cycle.Wheel.Def(st.Cycle.Step(id).Def).Stage, c.Year)
	if c.Exercise > 0 {
		word = fmt.Sprintf("Övning %d: %s", c.Exercise, word)
	}
	return word
}

// rows are all that may be noted, in the order of the page.
func (b *decisionsBody) rows() []*decisionRow { return slices.Concat(b.Planned, b.Others) }

// chosenRows are those for which something was decided, by stream in the order of the page.
func (b *decisionsBody) chosenRows() (streams []string, rows map[string][]*decisionRow) {
	rows = map[string][]*decisionRow{}
	for _, row := range b.rows() {
		if !row.chosen() {
			continue
		}
		if rows[row.Stream] == nil {
			streams = append(streams, row.Stream)
		}
		rows[row.Stream] = append(rows[row.Stream], row)
	}
	return streams, rows
}

// batchOf is the one command by which the rows of a cycle are noted.
func (b *decisionsBody) batchOf(stream string, rows []*decisionRow) api.Command {
	in := api.Command{ID: b.ID + "/" + stream, Kind: domain.CmdBatch, Meeting: b.Meeting.ID}
	for _, row := range rows {
		in.Parts = append(in.Parts, row.part)
	}
	return in
}
