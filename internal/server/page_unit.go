package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// unitPages adds the pages of the units: a nämnd's year, and absence with its substitute.
func (s *Server) unitPages(mux *router) {
	mux.handle("GET /enheter", domain.ThingRead, s.show(s.unitsPage))
	mux.handle("GET /enhet/{unit}", domain.ThingRead, s.changePage(s.fillUnit))
	mux.handle("POST /enhet/{unit}/granska", domain.ThingRehearse, s.reviewChange(s.fillUnit))
	mux.handle("POST /enhet/{unit}/ersattare", domain.ThingAsk, s.giveChange(s.fillUnit))
}

// unitsBody is the list of units.
type unitsBody struct {
	Among  []choice
	Groups []unitsGroup
}

type unitsGroup struct {
	ID, Title string
	Rows      []unitsRow
}

type unitsRow struct {
	Title, Link, Note string
	Steps, Late       int
	Mine              bool
}

// unitBody is what the page of a unit shows.
type unitBody struct {
	change
	Unit                 domain.Unit
	KindWord             string
	Lead                 string
	ServedBy             *choice
	Serves               []choice
	Groups               []workGroup
	Papers               []paperRow
	Roles                []roleRow
	Meetings             []unitMeeting
	Absent               []absentRow
	Excluded             []string
	Bindings, People     []option
	ReviewWho, ReviewFor string
	ReviewFrom, ReviewTo string
	today                domain.Date
}

// paperRow is the current version of a step, with its documents.
type paperRow struct {
	Title, Link, Part, Says string
	Hash                    domain.Digest
	Documents               []paper
	place                   store.Place
	titles                  map[string]string
}

type paper struct {
	Title, Link string
	SHA256      domain.Digest
	Size        int64
}

// roleRow is who has a role, and when.
type roleRow struct {
	Title, Who, When, Where string
	Past                    bool
}

type unitMeeting struct{ Day, Status, Says, Link, Move string }

type absentRow struct {
	Who, Role, For, When string
	Now                  bool
}

// Value is what was filled in.
func (b *unitBody) Value(name string) string { return b.Values.Get(name) }

var kindWords = []struct {
	kind      domain.UnitKind
	one, many string
}{{domain.KindCouncil, "Fullmäktige", "Fullmäktige, kommunstyrelse och revision"}, {domain.KindExecutive, "Styrelse", ""}, {domain.KindAudit, "Revision", ""}, {domain.KindPresidium, "Presidium", ""},
	{domain.KindBoard, "Nämnd", "Nämnder"}, {domain.KindAdministration, "Förvaltning", "Förvaltningar"}, {domain.KindCompany, "Bolag", "Bolag"}}

// onUnit tells whether a step is of a unit: made for it, or done by it.
func onUnit(st *domain.State, step *domain.Step, unit domain.UnitID) bool {
	return step.Unit == unit || st.Acts(step) == unit
}

// amongCycles are the links that choose the real cycles or an exercise.
func amongCycles(open []store.Cycle, path, source string) []choice {
	all := []choice{{"Skarpa cykler", path, source == ""}}
	for i := range open {
		if c := &open[i]; c.Exercise > 0 {
			all = append(all, choice{cycleTitle(c.Year, c.Exercise), path + "?" + url.Values{"cykel": {c.Stream}}.Encode(), c.Stream == source})
		}
	}
	return all
}

// sourceAsked reads which registry and cycles a page is of: an exercise's, or with "" the real ones.
func (s *Server) sourceAsked(v url.Values) (source, registry string, err error) {
	source = v.Get("cykel")
	if source == "" {
		return "", domain.RegistryStream(s.Kommun), nil
	}
	if !strings.HasPrefix(source, "exercise/") || s.checkStream(source) != nil {
		return "", "", s.noSuchPlace(source)
	}
	return source, source, nil
}

// ofSource tells whether a cycle belongs to what a page is of.
func ofSource(c *store.Cycle, source string) bool {
	return c.Stream == source || source == "" && c.Exercise == 0
}

func (s *Server) unitsPage(r *http.Request, p *page) (string, error) {
	source, registry, err := s.sourceAsked(r.URL.Query())
	if err != nil {
		return "", err
	}
	body := &unitsBody{}
	steps, late := map[domain.UnitID]int{}, map[domain.UnitID]int{}
	open, err := s.overOpen(r.Context(), func(c *store.Cycle) bool { return ofSource(c, source) }, func(_ *store.Cycle, st *domain.State) error {
		for i := range st.Cycle.Steps {
			step := &st.Cycle.Steps[i]
			for _, unit := range slices.Compact([]domain.UnitID{step.Unit, st.Acts(step)}) {
				steps[unit]++
				if lookOf(st, step) == lookLate {
					late[unit]++
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	body.Among = amongCycles(open, "/enheter", source)
	p.Exercise = source != ""
	today := now().Date()
	err = s.Store.View(r.Context(), registry, func(st *domain.State) error {
		if st.Registry == nil {
			return nil
		}
		if st.Cycle != nil {
			today, p.Today = st.Cycle.Clock.Date(), st.Cycle.Clock.Date()
		}
		for _, kind := range kindWords {
			if kind.many != "" {
				body.Groups = append(body.Groups, unitsGroup{ID: string(kind.kind), Title: kind.many})
			}
			at := &body.Groups[len(body.Groups)-1]
			for _, u := range st.Registry.Units {
				if u.Kind != kind.kind || !u.Active(today) {
					continue
				}
				row := unitsRow{Title: u.Name, Link: unitPath(u.ID, source), Note: u.Note, Steps: steps[u.ID], Late: late[u.ID]}
				for _, b := range st.Registry.Bindings {
					row.Mine = row.Mine || b.Person == p.Person && b.Unit == u.ID && b.From <= today && (b.To == "" || today <= b.To)
				}
				at.Rows = append(at.Rows, row)
			}
		}
		return nil
	})
	body.Groups = slices.DeleteFunc(body.Groups, func(g unitsGroup) bool { return len(g.Rows) == 0 })
	p.Title, p.Menu, p.Body = "Enheter", "enheter", body
	return "enheter", err
}

// exerciseOf is the exercise's stream, or "" for a real cycle: what a page is of.
func exerciseOf(c *store.Cycle) string {
	if c.Exercise > 0 {
		return c.Stream
	}
	return ""
}

// unitPath is where a unit's page is.
func unitPath(unit domain.UnitID, source string) string {
	at := "/enhet/" + url.PathEscape(string(unit))
	if source != "" {
		at += "?" + url.Values{"cykel": {source}}.Encode()
	}
	return at
}

func (s *Server) fillUnit(r *http.Request, p *page, v url.Values) (*change, error) {
	open, look, err := s.seeOpen(r, p)
	if err != nil {
		return nil, err
	}
	body, id := &unitBody{today: now().Date()}, domain.UnitID(r.PathValue("unit"))
	if body.change, err = s.changeOf("enhet", unitPath(id, ""), domain.ThingRead, v, open); err != nil {
		return nil, err
	}
	names, err := s.names(r.Context(), body.stream)
	if err != nil {
		return nil, err
	}
	p.AsOf = true
	lookIn := func(f func(*domain.State) error) error { return s.Store.View(r.Context(), body.stream, f) }
	if p.Per != nil {
		body.today = p.Per.Day()
		lookIn = func(f func(*domain.State) error) error { return s.registryAt(r, body.stream, p.Per, f) }
	}
	var refs []domain.TextRef
	var exclusions []domain.Exclusion
	err = lookIn(func(st *domain.State) error {
		if st.Registry == nil || st.Registry.Unit(id) == nil {
			return domain.Refuse(domain.CodeUnitUnknown, "Det finns ingen enhet %q i registret. De som finns står på sidan Enheter.", id)
		}
		if st.Cycle != nil && p.Per == nil {
			body.today, p.Today = st.Cycle.Clock.Date(), st.Cycle.Clock.Date()
		}
		body.know(st.Registry, id, names, s.roleTitle)
		if p.Per == nil {
			body.mayChange(st.Registry, p.Person, body.today)
		}
		for _, x := range st.Registry.Exclusions {
			if x.Unit == id {
				exclusions, refs = append(exclusions, x), append(refs, x.Reason)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var rows []unitStep
	says := map[domain.MeetingID][]string{}
	var cycleOf *store.Cycle
	see := func(c *store.Cycle, st *domain.State) error {
		cycleOf = c
		for i := range st.Cycle.Steps {
			if step := &st.Cycle.Steps[i]; onUnit(st, step, id) {
				rows = append(rows, body.step(st, c, step))
				body.paper(st, step, names)
				if step.Held != "" && !st.Finished(step) {
					says[step.Held] = append(says[step.Held], lowerWords(st.Cycle.Wheel.Def(step.Def).Title))
				}
			}
		}
		return nil
	}
	for i := range open {
		if c := &open[i]; ofSource(c, body.Source) {
			if err := look(c, func(st *domain.State) error { return see(c, st) }); err != nil {
				return nil, err
			}
		}
	}
	body.group(rows)
	for i := range body.Meetings {
		m := &body.Meetings[i]
		meeting := domain.MeetingID(m.Says)
		m.Says = strings.Join(says[meeting], "; ")
		switch {
		case p.Per != nil:
			m.Move, m.Link = "", ""
		case cycleOf != nil && m.Move != "":
			m.Move = pagePath(cycleOf.Stream) + "/flytta?mote=" + url.QueryEscape(string(meeting))
		}
	}
	if err := s.unitTexts(r, body, exclusions, refs, names); err != nil {
		return nil, err
	}
	p.Title, p.Menu, p.Exercise, p.Body = body.Unit.Name, "enheter", body.Source != "", body
	body.sayWho(v)
	return body.ready(s, func() ([]api.Command, error) { return substituteOf(v) }), nil
}
