package server

import (
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
	mux.handle("GET /ledning/sammantraden", domain.ThingRead, s.changePage(s.fillMeetings))
	mux.handle("POST /ledning/sammantraden/granska", domain.ThingRehearse, s.reviewChange(s.fillMeetings))
	mux.handle("POST /ledning/sammantraden", domain.ThingAsk, s.giveChange(s.fillMeetings))
}

// meetingsBody is what the page shows.
type meetingsBody struct {
	change
	Rows     []calendarRow
	Proposed int
	Kind     domain.CommandKind
	Units    []option
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

func (s *Server) fillMeetings(r *http.Request, p *page, v url.Values) (*change, error) {
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	body := &meetingsBody{Kind: domain.CommandKind(v.Get("kind"))}
	if body.change, err = s.changeOf("sammantraden", "/ledning/sammantraden", domain.ThingRead, v, open); err != nil {
		return nil, err
	}
	cycle := body.Source
	for i := range open {
		if c := &open[i]; body.Source == "" && c.Exercise == 0 {
			cycle = c.Stream
		}
	}
	err = s.lookAt(r, p, &body.change, func(registry *domain.Registry, today domain.Date) { body.fill(registry, cycle, today) })
	p.Title, p.Menu, p.Exercise, p.Body = "Sammanträden", "ledning", body.Source != "", body
	if row := domain.Row(body.Kind); row != nil {
		body.Title = row.Says
	}
	return body.ready(s, func() ([]api.Command, error) { return meetingCommands(v) }), err
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
