package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// leadPages adds the pages for those who lead the whole: what goes on, the wheel and what differs, roles, the registry's facts.
func (s *Server) leadPages(mux *router) {
	mux.handle("GET /ledning", domain.ThingReview, s.show(s.leadPage))
	mux.handle("GET /ledning/hjulet", domain.ThingReview, s.show(s.wheelDiffPage))
	s.rolePages(mux)
	s.factPages(mux)
	s.meetingPages(mux)
	s.erasurePages(mux)
	s.epochPages(mux)
}

const meetingsLed = 10 // meetings to come that are shown

// leadBody is what Ledning shows: each part in a few words, with the page where it is done.
type leadBody struct {
	Cycles        []leadCycle
	Exercises     int
	Wheel         string
	WheelSHA      domain.Digest
	People, Never int
	Roles, Ending int // bindings that hold, and those that end within three months
	Proposed      int
	Meetings      []leadMeeting
	Mails         []leadCount
	Facts         []string
	Mandates      int
	Today         domain.Date
}

type leadCycle struct {
	api.CycleHead
	Link, Diff string
	Changes    int
	Unreadable bool // the wheel's text was never kept
}

type leadMeeting struct{ Day, Unit, Link, Status, Move string }

type leadCount struct {
	Word string
	N    int
}

var ledMailWords = []struct {
	states []store.MailState
	word   string
}{{[]store.MailState{store.MailSent}, "skickade"}, {[]store.MailState{store.MailNew, store.MailSending, store.MailLater}, "på väg"},
	{[]store.MailState{store.MailFailed}, "har inte gått fram"}, {[]store.MailState{store.MailUnneeded, store.MailReleased}, "behövdes inte"}}

func (s *Server) leadPage(r *http.Request, p *page) (string, error) {
	body := &leadBody{Today: now().Date(), Wheel: fmt.Sprintf("%s, version %d", s.Wheel.Wheel.Name, s.Wheel.Wheel.Version), WheelSHA: s.Wheel.Wheel.Hash()}
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	stream := ""
	for i := range open {
		c := &open[i]
		if c.Exercise > 0 {
			body.Exercises++
			continue
		}
		stream = c.Stream
		row := leadCycle{CycleHead: headOf(c), Link: pagePath(c.Stream), Diff: "/ledning/hjulet?" + url.Values{"fran": {c.Stream}}.Encode()}
		pinned, err := s.wheelText(r.Context(), c.WheelHash)
		if err != nil {
			return "", err
		}
		if row.Unreadable = pinned == nil; pinned != nil {
			row.Changes = len(wheelfile.Diff(pinned, s.Wheel))
		}
		body.Cycles = append(body.Cycles, row)
	}
	last, err := s.Store.LastLogins(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	counts, err := s.Store.MailCounts(r.Context(), s.Kommun, "")
	if err != nil {
		return "", err
	}
	for _, w := range ledMailWords {
		n := 0
		for _, state := range w.states {
			n += counts[state]
		}
		body.Mails = append(body.Mails, leadCount{w.word, n})
	}
	err = s.Store.View(r.Context(), domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		if st.Registry != nil {
			body.registry(st.Registry, &s.Wheel.Wheel, last, stream)
		}
		return nil
	})
	p.Title, p.Menu, p.Body = "Ledning", "ledning", body
	return "ledning", err
}

// registry tells what the registry holds, in numbers.
func (b *leadBody) registry(r *domain.Registry, wheel *domain.Wheel, last map[domain.PersonID]domain.Instant, stream string) {
	seen := map[domain.PersonID]bool{}
	for _, bound := range r.Bindings {
		if bound.To != "" && bound.To < b.Today {
			continue
		}
		b.Roles++
		if bound.To != "" && bound.To <= b.Today.Add(92) {
			b.Ending++
		}
		if !seen[bound.Person] {
			seen[bound.Person] = true
			b.People++
			b.Never += boolOrder(last[bound.Person] == 0)
		}
	}
	meetings := slices.Clone(r.Meetings)
	slices.SortStableFunc(meetings, func(x, y domain.Meeting) int {
		return strings.Compare(string(x.Date+"|")+string(x.ID), string(y.Date+"|")+string(y.ID))
	})
	for _, m := range meetings {
		if m.Date < b.Today || m.Status == domain.MeetingCancelled {
			continue
		}
		b.Proposed += boolOrder(m.Status == domain.MeetingProposed)
		if len(b.Meetings) == meetingsLed {
			continue
		}
		row := leadMeeting{Day: longDay(m.Date, b.Today), Unit: string(m.Unit), Link: unitPath(m.Unit, ""), Status: m.Status.Swedish()}
		if u := r.Unit(m.Unit); u != nil {
			row.Unit = u.Name
		}
		if stream != "" {
			row.Move = pagePath(stream) + "/flytta?mote=" + url.QueryEscape(string(m.ID))
		}
		b.Meetings = append(b.Meetings, row)
	}
	open, ruled := 0, 0
	for i := range r.Deficits {
		open += boolOrder(r.Deficits[i].Left() > 0)
	}
	for i := range r.Exclusions {
		ruled += boolOrder(r.Exclusions[i].Ruling != nil)
	}
	b.Mandates = len(r.Unrenewed(wheel, b.Today, domain.NewDate(b.Today.Year()+4, 12, 31)))
	b.Facts = []string{counted(open, "negativt balanskravsresultat", "negativa balanskravsresultat") + " att reglera",
		counted(len(r.CarryOvers), "antecknad resultatöverföring", "antecknade resultatöverföringar"),
		fmt.Sprintf("%s, varav %d prövade av nämnden", counted(len(r.Exclusions), "jäv", "jäv"), ruled),
		counted(b.Mandates, "roll", "roller") + " löper vidare efter mandatperiodens slut"}
}

// diffBody is what the page shows on which two wheels are compared.
type diffBody struct {
	From, To           []option
	FromName, ToName   string
	FromHash, ToHash   domain.Digest
	Same               bool
	Groups             []diffGroup
	Unreadable         string
	FromValue, ToValue string
}

type diffGroup struct {
	Title string
	Texts []string
}

// wheelDiffPage tells what differs between two wheels: those that two cycles are launched by, or that new ones would be.
func (s *Server) wheelDiffPage(r *http.Request, p *page) (string, error) {
	body := &diffBody{FromValue: r.URL.Query().Get("fran"), ToValue: r.URL.Query().Get("till")}
	cycles, err := s.Store.Cycles(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	if body.FromValue == "" && body.ToValue == "" {
		for i := range cycles {
			if c := &cycles[i]; c.Exercise == 0 {
				body.FromValue = c.Stream
				break
			}
		}
	}
	find := func(value string) (*wheelfile.File, string, error) {
		if value == "" {
			return s.Wheel, "årshjulet som nya cykler startar med", nil
		}
		for i := range cycles {
			if c := &cycles[i]; c.Stream == value {
				file, err := s.wheelText(r.Context(), c.WheelHash)
				if file == nil && err == nil {
					body.Unreadable = cycleTitle(c.Year, c.Exercise)
				}
				return file, cycleTitle(c.Year, c.Exercise), err
			}
		}
		return nil, "", s.noSuchPlace(value)
	}
	from, fromName, err := find(body.FromValue)
	if err != nil {
		return "", err
	}
	to, toName, err := find(body.ToValue)
	if err != nil {
		return "", err
	}
	options := func(chosen string) []option {
		all := []option{{"", "Årshjulet som nya cykler startar med", chosen == ""}}
		for i := range cycles {
			c := &cycles[i]
			all = append(all, option{c.Stream, cycleTitle(c.Year, c.Exercise), chosen == c.Stream})
		}
		return all
	}
	body.From, body.To, body.FromName, body.ToName = options(body.FromValue), options(body.ToValue), fromName, toName
	if from != nil && to != nil {
		body.FromHash, body.ToHash = from.Wheel.Hash(), to.Wheel.Hash()
		body.groups(wheelfile.Diff(from, to), from, to)
	}
	p.Title, p.Menu, p.Body = "Vad som skiljer årshjulen", "ledning", body
	return "hjulskillnad", nil
}

// groups puts the changes under the step that each is of.
func (b *diffBody) groups(changes []wheelfile.Change, from, to *wheelfile.File) {
	b.Same = len(changes) == 0
	for _, c := range changes {
		title := "Hela årshjulet"
		switch {
		case c.Step == "":
		case c.Kind == "new" && c.What == "":
			title = "Nya steg"
		case c.Kind == "gone" && c.What == "":
			title = "Steg som inte finns längre"
		case to.Wheel.Def(c.Step) != nil:
			title = to.Wheel.Def(c.Step).Title
		case from.Wheel.Def(c.Step) != nil:
			title = from.Wheel.Def(c.Step).Title
		}
		at := slices.IndexFunc(b.Groups, func(g diffGroup) bool { return g.Title == title })
		if at < 0 {
			at = len(b.Groups)
			b.Groups = append(b.Groups, diffGroup{Title: title})
		}
		b.Groups[at].Texts = append(b.Groups[at].Texts, c.Text)
	}
}
