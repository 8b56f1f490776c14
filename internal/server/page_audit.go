package server

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// auditPages are the pages for who reviews: everybody with a role may read them, and only a revisor says anything there.
func (s *Server) auditPages(mux *router) {
	mux.handle("GET /revision", domain.ThingRead, s.show(s.auditPage))
	mux.handle("GET /revision/historik", domain.ThingRead, s.show(s.auditHistoryPage))
	mux.handle("GET /revision/post", domain.ThingRead, s.show(s.entryPage))
	mux.handle("GET /revision/jamfor", domain.ThingRead, s.show(s.comparePage))
	mux.handle("GET /revision/ny", domain.ThingRead, s.show(s.newObservationPage))
	mux.handle("GET /revision/iakttagelse/{nr}", domain.ThingRead, s.show(s.observationPage))
	mux.handle("POST /revision/iakttagelse", domain.ThingAsk, s.observationForm)
}

// observedRow is an observation in a list.
type observedRow struct {
	Number           uint64
	Title, Where     string
	Link             string
	Word, Due, Class string
	Late             bool
}

// overviewBody is what the first page of the review shows.
type overviewBody struct {
	Auditor  bool
	Groups   []observedGroup
	Cycles   []overviewCycle
	Logs     []overviewLog
	Exercise string
}

type observedGroup struct {
	ID, Title, None string
	Rows            []observedRow
}

type overviewCycle struct {
	Title, Status                   string
	Page, History, Report, Observed string
	Done, All                       int
	Ended                           bool
	Exercise                        bool
}

type overviewLog struct {
	Title, Journal string
	Size           uint64
	Signed         string
}

func (s *Server) auditPage(r *http.Request, p *page) (string, error) {
	body := &overviewBody{}
	today := now().Date()
	of := s.observationStream(r)
	if p.Exercise = strings.HasPrefix(of, "exercise/"); p.Exercise {
		body.Exercise = strings.TrimPrefix(of, "exercise/")
	}
	err := s.Store.View(r.Context(), of, func(st *domain.State) error {
		if st.Cycle != nil {
			today = st.Clock(now()).Date()
		}
		if st.Registry != nil {
			body.Auditor = st.Registry.IsAuditor(p.Person, today)
			body.Groups = observedGroups(st, of, today)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	cycles, err := s.Store.Cycles(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	for i := range cycles {
		c := &cycles[i]
		at := pagePath(c.Stream)
		body.Cycles = append(body.Cycles, overviewCycle{Title: cycleTitle(c.Year, c.Exercise), Status: cycleWords[c.Status], Page: at, Report: at + "/rapport",
			History: "/revision/historik?stream=" + c.Stream, Observed: "/revision?stream=" + c.Stream, Done: c.StepsDone, All: c.StepsTotal, Ended: c.Status != store.CycleOpen, Exercise: c.Exercise > 0})
	}
	logs, err := s.Store.SignedLogs(r.Context())
	if err != nil {
		return "", err
	}
	for _, l := range logs {
		if l.ID != s.Kommun && domain.Kommun(l.ID) != s.Kommun {
			continue
		}
		row := overviewLog{Title: "Kommunens logg", Journal: "/journal?log=" + l.ID, Size: l.Size, Signed: "Ingen kontrollpunkt är signerad än."}
		if strings.HasPrefix(l.ID, "exercise/") {
			row.Title = "ÖVNING " + strings.TrimPrefix(l.ID, "exercise/")
		}
		if l.Signed > 0 {
			row.Signed = fmt.Sprintf("Signerad till och med post %s, %s.", grouped(l.Signed-1), moment(domain.InstantOf(l.At)))
		}
		body.Logs = append(body.Logs, row)
	}
	p.Title, p.Menu, p.Body = "Granskning", "revision", body
	return "revision", nil
}

// observedGroups puts observations into those that wait for an answer, those that wait for the revisor, those that are followed
// and those that are closed.
func observedGroups(st *domain.State, stream string, today domain.Date) []observedGroup {
	groups := []observedGroup{{"svar", "Väntar på svar", "Ingen iakttagelse väntar på svar.", nil}, {"revisor", "Besvarade, väntar på revisorn", "Inget svar väntar på revisorn.", nil},
		{"foljs", "Godtagna, åtgärderna följs", "Inga åtgärder följs just nu.", nil}, {"avslutade", "Avslutade", "Ingen iakttagelse är avslutad.", nil}}
	for i := range st.Registry.Observations {
		o := &st.Registry.Observations[i]
		row := observedOf(st, stream, o, today)
		at := slices.Index([]domain.ObservationStatus{domain.ObservationAsked, domain.ObservationAnswered, domain.ObservationAccepted, domain.ObservationClosed}, o.Status)
		groups[at].Rows = append(groups[at].Rows, row)
	}
	return groups
}

func observedOf(st *domain.State, stream string, o *domain.Observation, today domain.Date) observedRow {
	row := observedRow{Number: o.Number, Title: fmt.Sprintf("Iakttagelse %d, %s", o.Number, o.Step), Where: fmt.Sprintf("%s · mål och ekonomi %d", unitName(st, o.Unit), o.Year),
		Link: observationPath(stream, o.Number), Word: upperFirst(o.Status.Swedish()), Class: lookOpen.Class}
	if st.Cycle != nil && st.Cycle.Year == o.Year && st.Cycle.Step(o.Step) != nil {
		row.Title = fmt.Sprintf("Iakttagelse %d, %s", o.Number, lowerWords(st.StepTitle(o.Step)))
	}
	late := false
	switch o.Status {
	case domain.ObservationAsked:
		row.Due, late = "svar senast "+longDay(o.Due, today), o.Due < today
	case domain.ObservationAnswered, domain.ObservationAccepted:
		next := domain.Date("")
		for _, a := range o.Actions {
			if a.Done == "" && (next == "" || a.Due < next) {
				next = a.Due
			}
		}
		if next != "" {
			row.Due, late = fmt.Sprintf("%s kvar, nästa senast %s", counted(o.Undone(), "åtgärd", "åtgärder"), longDay(next, today)), next < today
		}
	case domain.ObservationClosed:
		row.Class, row.Due = lookDone.Class, longDay(o.Since, today)
	}
	if row.Late = late; late {
		row.Class = lookLate.Class
	}
	return row
}

// sorted lists the people by what they are called.
func (n names) sorted() []domain.PersonID {
	return slices.SortedFunc(maps.Keys(n), func(a, b domain.PersonID) int { return strings.Compare(n[a], n[b]) })
}

// compareBody is what the comparison of two versions shows.
type compareBody struct {
	Title, Step      string
	From, To         int
	Versions         []int
	Stream, StepID   string
	Rows             []compareRow
	Same             bool
	FromSays, ToSays string
}

// compareRow is a document, field, figure or mål of two versions.
type compareRow struct {
	What, Title, Before, After, Change string
}

func (s *Server) comparePage(r *http.Request, p *page) (string, error) {
	query := r.URL.Query()
	on, id := query.Get("stream"), domain.StepID(query.Get("steg"))
	seen, err := s.see(r, on)
	if err != nil {
		return "", err
	}
	rows, err := s.Store.Audit(r.Context(), store.AuditQuery{Log: domain.LogOf(on), Stream: on, Step: id, Kind: domain.EvSubmitted, Limit: longestPage})
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", domain.Refuse(domain.CodeUnknownStep, "Det finns ingen inlämnad version av steget %q i %s.", id, on)
	}
	versions := map[int]*domain.Event{}
	body := &compareBody{Stream: on, StepID: string(id), Step: stepPath(on, id)}
	for i := range rows {
		e := &rows[i].Event
		versions[e.VersionNo] = e
		body.Versions = append(body.Versions, e.VersionNo)
	}
	slices.Sort(body.Versions)
	body.To, body.From = body.Versions[len(body.Versions)-1], body.Versions[max(0, len(body.Versions)-2)]
	for name, no := range map[string]*int{"fran": &body.From, "till": &body.To} {
		if text := query.Get(name); text != "" {
			if *no, err = strconv.Atoi(text); err != nil || versions[*no] == nil {
				return "", domain.Refuse(domain.CodeBadCommand, "Det finns ingen version %s. De som finns är 1 till %d.", text, body.Versions[len(body.Versions)-1])
			}
		}
	}
	texts, err := s.Store.Texts(r.Context(), slices.DeleteFunc(versionRefs(rows), func(t domain.TextRef) bool { return t == "" })...)
	if err != nil {
		return "", err
	}
	who, err := s.names(r.Context(), seen.Cycle.Source)
	if err != nil {
		return "", err
	}
	old, new := versions[body.From], versions[body.To]
	err = seen.look(func(st *domain.State) error {
		row := st.Cycle.Step(id)
		if row == nil {
			return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q i cykeln.", id)
		}
		body.Title = st.StepTitle(id)
		def := st.Cycle.Wheel.Def(row.Def)
		before, after := contentsOf(st, def, old, texts), contentsOf(st, def, new, texts)
		for _, b := range before {
			if !slices.ContainsFunc(after, func(a compareRow) bool { return a.What == b.What && a.Title == b.Title }) {
				body.Rows = append(body.Rows, compareRow{b.What, b.Title, b.Before, "", "borttagen"})
			}
		}
		for _, a := range after {
			i := slices.IndexFunc(before, func(b compareRow) bool { return a.What == b.What && a.Title == b.Title })
			switch {
			case i < 0:
				body.Rows = append(body.Rows, compareRow{a.What, a.Title, "", a.Before, "ny"})
			case before[i].Before != a.Before:
				body.Rows = append(body.Rows, compareRow{a.What, a.Title, before[i].Before, a.Before, "ändrad"})
			}
		}
		body.Same = len(body.Rows) == 0
		return nil
	})
	if err != nil {
		return "", err
	}
	today := dayOf(&seen.Cycle)
	body.FromSays = fmt.Sprintf("%s, %s", who.Name(old.Actor), longDay(old.At.Date(), today))
	body.ToSays = fmt.Sprintf("%s, %s", who.Name(new.Actor), longDay(new.At.Date(), today))
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = "Versioner: "+body.Title, "revision", seen.Cycle.Exercise > 0, today, body
	return "jamfor", nil
}

// versionRefs lists the texts that versions commit to.
func versionRefs(rows []store.Entry) (refs []domain.TextRef) {
	refs = textRefs(rows)
	for i := range rows {
		for _, a := range rows[i].Event.Aims {
			refs = append(refs, a.Text, a.Indicator, a.Target)
		}
	}
	return refs
}

// contentsOf lists what a version consists of: its documents with their hashes, its fields, figures and mål.
func contentsOf(st *domain.State, def *domain.StepDef, e *domain.Event, texts map[domain.TextRef]store.Text) (rows []compareRow) {
	add := func(what, title, value string) {
		rows = append(rows, compareRow{What: what, Title: title, Before: value})
	}
	for _, d := range e.Documents {
		title := d.Def
		for _, w := range def.Documents {
			if w.ID == d.Def {
				title = w.Title
			}
		}
		value := "sha256 " + string(d.SHA256)
		if d.Size == 0 {
			value = "utan fil"
		}
		if link := readable(texts, d.Link); link != "" {
			value += ", " + link
		}
		add("Handling", title, value)
	}
	field := func(id string) string {
		for _, f := range def.Fields {
			if f.ID == id {
				return f.Title
			}
		}
		return id
	}
	for _, f := range e.Fields {
		add("Uppgift", field(f.ID), readable(texts, f.Value))
	}
	for _, f := range e.Figures {
		title := field(f.ID)
		if f.Unit != "" {
			title += ", " + unitName(st, f.Unit)
		}
		add("Belopp", title, f.Amount.Swedish())
	}
	for _, a := range e.Aims {
		what, title := "Mål", "Mål "+a.Goal
		if a.Goal == "" {
			what, title = "Inriktning", "Inriktning"
		}
		if a.Unit != "" {
			title += ", " + unitName(st, a.Unit)
		}
		value := readable(texts, a.Text)
		if i := readable(texts, a.Indicator); i != "" {
			value += ", " + i + " " + readable(texts, a.Target)
		}
		add(what, title, value)
	}
	if e.Reference != "" {
		add("Diarienummer", "Diarienummer", e.Reference)
	}
	return rows
}

// audit tells what a revisor finds on a step: the observations, what came in late, and where the history is.
func (b *stepBody) audit(st *domain.State, after *domain.Registry, seen *seen, id domain.StepID, person domain.PersonID, texts map[domain.TextRef]store.Text) {
	today := dayOf(&seen.Cycle)
	on, open := domain.ObservationsOn(st, after, id)
	for i := range on {
		b.Observed = append(b.Observed, observedOf(st, seen.Cycle.Stream, &on[i], today))
	}
	for i := range open {
		b.Followed = append(b.Followed, observedOf(st, seen.Cycle.Stream, &open[i], today))
	}
	q := url.Values{"stream": {seen.Cycle.Stream}, "steg": {string(id)}}
	b.HistoryLink = "/revision/historik?" + q.Encode()
	if v := st.Cycle.Step(id).Submission; v != nil && v.No > 1 {
		b.CompareLink = "/revision/jamfor?" + q.Encode()
	}
	if after.IsAuditor(person, today) && (seen.Cycle.Exercise == 0 || !st.Done) {
		b.Observe = "/revision/ny?" + q.Encode()
	}
	t := telling{texts: texts, title: st.StepTitle, c: domain.Completeness{Year: st.Cycle.Year}}
	b.Supplements = slices.DeleteFunc(t.supplements(after), func(r api.ReportRow) bool { return r.Step != id })
}
