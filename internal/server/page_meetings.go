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
)

// meetingPages adds the page of the calendar: meetings are laid in, confirmed, announced, moved and cancelled.
func (s *Server) meetingPages(mux *router) {
	mux.handle("GET /ledning/sammantraden", domain.ThingRead, s.show(func(r *http.Request, p *page) (string, error) {
		return "sammantraden", s.fillMeetings(r, p, r.URL.Query())
	}))
	mux.handle("POST /ledning/sammantraden/granska", domain.ThingRehearse, s.reviewMeetings)
	mux.handle("POST /ledning/sammantraden", domain.ThingAsk, s.giveMeetings)
}

// meetingsBody is what the page shows.
type meetingsBody struct {
	Among     []choice
	Source    string
	Rows      []calendarRow
	Proposed  int
	Registrar bool
	ID        string
	Kind      domain.CommandKind
	Values    url.Values
	Units     []option
	Trial     *registryTrial
	Hidden    []hidden
	Title     string
	Done      int
	registry  string
}

// calendarRow is a meeting in the calendar.
type calendarRow struct {
	ID                                 domain.MeetingID
	Day, Unit, Status, Announced, Link string
	Proposed, Chosen, Open             bool
}

// Value is what was filled in in a form of a kind.
func (b *meetingsBody) Value(kind, name string) string {
	if string(b.Kind) != kind {
		return ""
	}
	return b.Values.Get(name)
}

// Is tells whether an option of a form is the chosen one.
func (b *meetingsBody) Is(kind, name string, value any) bool {
	return b.Value(kind, name) == fmt.Sprint(value)
}

func (s *Server) fillMeetings(r *http.Request, p *page, v url.Values) error {
	source, registry, err := s.sourceAsked(v)
	if err != nil {
		return err
	}
	body := &meetingsBody{Source: source, registry: registry, ID: or(v.Get("id"), rand.Text()), Values: v, Kind: domain.CommandKind(v.Get("kind"))}
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return err
	}
	body.Among = amongCycles(open, "/ledning/sammantraden", source)
	cycle := source
	for i := range open {
		if c := &open[i]; source == "" && c.Exercise == 0 {
			cycle = c.Stream
		}
	}
	err = s.Store.View(r.Context(), registry, func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Registret är tomt.")
		}
		today := now().Date()
		if st.Cycle != nil {
			today, p.Today = st.Cycle.Clock.Date(), st.Cycle.Clock.Date()
		}
		for _, h := range st.Registry.Holders(domain.RoleRegistrar, st.Registry.City, today) {
			body.Registrar = body.Registrar || h.Person == p.Person
		}
		body.fill(st.Registry, cycle, today)
		return nil
	})
	p.Title, p.Menu, p.Exercise, p.Body = "Sammanträden", "ledning", source != "", body
	return err
}

func (b *meetingsBody) fill(r *domain.Registry, cycle string, today domain.Date) {
	name := func(id domain.UnitID) string {
		if u := r.Unit(id); u != nil {
			return u.Name
		}
		return string(id)
	}
	meetings := slices.Clone(r.Meetings)
	slices.SortStableFunc(meetings, func(x, y domain.Meeting) int {
		return strings.Compare(string(x.Date+"|")+string(x.ID), string(y.Date+"|")+string(y.ID))
	})
	for i := range meetings {
		m := &meetings[i]
		if m.End() < today.Add(-31) {
			continue
		}
		row := calendarRow{ID: m.ID, Day: longDay(m.Date, today), Unit: name(m.Unit), Status: m.Status.Swedish(), Proposed: m.Status == domain.MeetingProposed, Open: m.Status != domain.MeetingCancelled,
			Chosen: slices.Contains(b.Values["mote"], string(m.ID))}
		if m.End() > m.Date {
			row.Day = span(m.Date, m.End(), today)
		}
		if m.Reserve != "" {
			row.Day += ", reservdag " + shortDay(m.Reserve, today)
		}
		if m.Extra {
			row.Status += ", extra"
		}
		if m.Announced != "" {
			row.Announced = shortDay(m.Announced, today)
		}
		if cycle != "" && row.Open && m.Date >= today {
			row.Link = pagePath(cycle) + "/flytta?mote=" + url.QueryEscape(string(m.ID))
		}
		b.Proposed += boolOrder(row.Proposed)
		b.Rows = append(b.Rows, row)
	}
	for _, u := range r.Units {
		switch u.Kind {
		case domain.KindCouncil, domain.KindExecutive, domain.KindBoard, domain.KindAudit, domain.KindPresidium:
			b.Units = append(b.Units, option{string(u.ID), u.Name, b.Value("add-meeting", "enhet") == string(u.ID)})
		}
	}
}

// meetingCommands makes the commands of one of the page's forms: one for each meeting.
func meetingCommands(v url.Values) (all []api.Command, err error) {
	id, kind, day := v.Get("id"), domain.CommandKind(v.Get("kind")), domain.Date(v.Get("dag"))
	one := api.Command{ID: id, Kind: kind, Text: strings.TrimSpace(v.Get("skal"))}
	switch kind {
	case domain.CmdConfirmMeeting:
		for i, m := range v["mote"] {
			all = append(all, api.Command{ID: fmt.Sprintf("%s.%d", id, i), Kind: kind, NewMeeting: &domain.Meeting{ID: domain.MeetingID(m)}})
		}
		if len(all) == 0 {
			return nil, domain.Refuse(domain.CodeBadCommand, "Välj minst ett sammanträde att fastställa.")
		}
		return all, nil
	case domain.CmdAddMeeting:
		m := domain.Meeting{ID: domain.MeetingID(v.Get("enhet") + "-" + string(day)), Unit: domain.UnitID(v.Get("enhet")), Date: day, Last: domain.Date(v.Get("sista")), Reserve: domain.Date(v.Get("reserv")),
			Extra: v.Get("extra") == "ja", Status: domain.MeetingProposed}
		if v.Get("faststallt") == "ja" {
			m.Status = domain.MeetingConfirmed
		}
		one.NewMeeting = &m
	case domain.CmdMoveMeeting:
		one.NewMeeting = &domain.Meeting{ID: domain.MeetingID(v.Get("mote")), Date: day, Last: domain.Date(v.Get("sista")), Reserve: domain.Date(v.Get("reserv"))}
	case domain.CmdCancelMeeting:
		one.NewMeeting = &domain.Meeting{ID: domain.MeetingID(v.Get("mote"))}
	case domain.CmdAnnounce:
		one.NewMeeting = &domain.Meeting{ID: domain.MeetingID(v.Get("mote")), Announced: day}
	default:
		return nil, domain.Refuse(domain.CodeUnknownKind, "Formuläret säger inte vad som ska göras. Ladda om sidan och gör om.")
	}
	return []api.Command{one}, nil
}

// reviewMeetings shows what a change of the calendar would lead to in every cycle and in people's mail, before it is made.
func (s *Server) reviewMeetings(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if err == nil {
		err = s.fillMeetings(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*meetingsBody)
	v.Set("id", body.ID)
	commands, err := meetingCommands(v)
	if err == nil {
		body.Trial, _, err = s.tryRegistry(r.Context(), body.registry, p.Person, commands, "")
	}
	if err != nil {
		s.refusedOn(w, r, p, "sammantraden", err)
		return
	}
	body.Hidden, body.Title = hiddenOf(v), domain.Row(body.Kind).Says
	p.Title = "Granska: " + body.Title
	s.write(w, r, http.StatusOK, "sammantraden-granska", p)
}

// giveMeetings makes the changes one by one. Sent again it goes on where it was stopped.
func (s *Server) giveMeetings(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	var commands []api.Command
	var registry string
	if err == nil {
		commands, err = meetingCommands(v)
	}
	if err == nil {
		_, registry, err = s.sourceAsked(v)
	}
	var receipt api.Receipt
	done := 0
	for i := 0; err == nil && i < len(commands); i++ {
		if receipt, err = s.give(r.Context(), registry, p.Person, commands[i]); err == nil {
			done++
		}
	}
	if err == nil {
		query := url.Values{"kvitto": {receipt.ID}, "hos": {receipt.Stream}}
		if source := v.Get("cykel"); source != "" {
			query.Set("cykel", source)
		}
		http.Redirect(w, r, "/ledning/sammantraden?"+query.Encode(), http.StatusSeeOther)
		return
	}
	problem := s.problemOf(r, err)
	if !callerOf(r.Context()).Standing.Member || s.fillMeetings(r, p, v) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	p.Body.(*meetingsBody).Done = done
	s.refusedOn(w, r, p, "sammantraden", problem)
}
