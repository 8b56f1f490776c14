package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// quiet are the kinds of entry that say nothing of what anybody did: time that passed and reminders. They are shown when asked for.
var quiet = []domain.EventKind{domain.EvReminded, domain.EvObservationReminded, domain.EvMeetingDay, domain.EvRegistryReceived, domain.EvAdvanced, domain.EvRulesAdopted, domain.EvOpened}

// auditRow is an entry as a revisor reads it: the sentence first, who and why, the numbers last.
type auditRow struct {
	Text, Who, For string
	Clock          string
	Why            string
	Stream         string
	Seq, Index     uint64
	Command        string
	Link           string
	StepLink       string
}

type auditDay struct {
	Day  string
	Rows []auditRow
}

// auditBody is what the page of a history shows.
type auditBody struct {
	Heading string
	Of      store.AuditQuery
	All     bool // with what is quiet
	Days    []auditDay
	Count   int
	Streams []choice
	Units   []option
	People  []option
	Toggle  string // shows or hides what is quiet
	Older   string
}

func (s *Server) auditHistoryPage(r *http.Request, p *page) (string, error) {
	query := r.URL.Query()
	of := store.AuditQuery{Log: s.Kommun, Stream: query.Get("stream"), Step: domain.StepID(query.Get("steg")), Unit: domain.UnitID(query.Get("enhet")),
		Person: domain.PersonID(query.Get("person")), Limit: usualPage}
	body := &auditBody{All: query.Get("allt") != ""}
	if !body.All {
		of.Quiet = quiet
	}
	if of.Stream != "" {
		if of.Log = domain.LogOf(of.Stream); of.Log == "" {
			return "", s.noSuchPlace(of.Stream)
		}
	}
	var err error
	if of.Before, err = number(r, "fore", 0); err != nil {
		return "", err
	}
	if p.Per, err = perOf(r); err != nil {
		return "", err
	}
	if p.Per != nil {
		of.Until = p.Per.At
	}
	rows, err := s.Store.Audit(r.Context(), of)
	if err != nil {
		return "", err
	}
	who, err := s.names(r.Context(), sourceOf(of.Log, s.Kommun))
	if err != nil {
		return "", err
	}
	if body.Days, err = s.auditDays(r.Context(), rows, who); err != nil {
		return "", err
	}
	body.Of, body.Count = of, len(rows)
	if err := s.auditChoices(r.Context(), body, query, who); err != nil {
		return "", err
	}
	with := func(name, value string) string {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
		return "/revision/historik?" + q.Encode()
	}
	if body.Toggle = with("allt", "ja"); body.All {
		body.Toggle = with("allt", "")
	}
	if len(rows) == of.Limit {
		body.Older = with("fore", strconv.FormatUint(rows[len(rows)-1].Index, 10))
	}
	body.Heading = "Historik"
	switch {
	case of.Step != "":
		body.Heading += " för steget " + string(of.Step)
	case of.Unit != "":
		body.Heading += " för " + string(of.Unit)
	case of.Person != "":
		body.Heading += " för " + who.Name(of.Person)
	}
	p.AsOf = true
	p.Title, p.Menu, p.Exercise, p.Body = body.Heading, "revision", strings.HasPrefix(of.Log, "exercise/"), body
	return "historik", nil
}

// sourceOf is the stream whose registry names the people of a log.
func sourceOf(log, kommun string) string {
	if strings.HasPrefix(log, "exercise/") {
		return log
	}
	return domain.RegistryStream(kommun)
}

// auditDays tells entries, which come newest first, by the day on their own stream's clock.
func (s *Server) auditDays(ctx context.Context, rows []store.Entry, who names) (days []auditDay, err error) {
	texts, err := s.Store.Texts(ctx, textRefs(rows)...)
	if err != nil {
		return nil, err
	}
	told := make([]auditRow, len(rows))
	err = s.inTheirWords(ctx, rows, func(st *domain.State, i int) { told[i] = auditOf(st, &rows[i], texts, who) })
	if err != nil {
		return nil, err
	}
	today := now().Date()
	for i := range rows {
		day := upperFirst(longDay(rows[i].Event.At.Date(), today))
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, auditDay{Day: day})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, told[i])
	}
	return days, nil
}

// inTheirWords looks at each entry with a state of its own stream that is as new as it, or newer.
func (s *Server) inTheirWords(ctx context.Context, rows []store.Entry, tell func(st *domain.State, i int)) error {
	newest := map[string]uint64{}
	var order []string
	for i := range rows {
		e := &rows[i].Event
		if _, known := newest[e.Stream]; !known {
			order = append(order, e.Stream)
		}
		newest[e.Stream] = max(newest[e.Stream], e.Seq)
	}
	for _, name := range order {
		each := func(st *domain.State) error {
			for i := range rows {
				if rows[i].Event.Stream == name {
					tell(st, i)
				}
			}
			return nil
		}
		var err error
		if domain.Stateless(name) {
			err = each(domain.NewState(name))
		} else {
			err = s.Store.ViewAt(ctx, name, newest[name], each)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func auditOf(st *domain.State, entry *store.Entry, texts map[domain.TextRef]store.Text, who names) auditRow {
	e := &entry.Event
	text := texts[e.Text]
	row := auditRow{Text: domain.Sentence(st, e), Clock: clock(e.At), Why: text.Readable(), Stream: e.Stream, Seq: e.Seq, Index: entry.Index,
		Command: e.Command, Link: entryPath(e.Stream, e.Seq)}
	if e.Actor != "" {
		row.Who = upperFirst(who.Name(e.Actor))
		row.For = onBehalf(st, e, who)
	}
	if e.Step != "" && st.Cycle != nil && st.Cycle.Step(e.Step) != nil {
		row.StepLink = stepPath(e.Stream, e.Step)
	}
	return row
}

// onBehalf says for whom somebody acted, when it was for another.
func onBehalf(st *domain.State, e *domain.Event, who names) string {
	v := e.Evidence
	if v == nil || v.Substitute == 0 && v.Exclusion == 0 || st.Registry == nil {
		return ""
	}
	b := bindingNumbered(st.Registry, v.Binding)
	switch {
	case b == nil:
		return ""
	case v.Exclusion != 0:
		return "för " + lowerWords(who.Name(b.Person)) + ", som är jävig"
	}
	return "för " + lowerWords(who.Name(b.Person)) + ", frånvarande"
}

func entryPath(stream string, seq uint64) string {
	return "/revision/post?" + url.Values{"stream": {stream}, "nr": {strconv.FormatUint(seq, 10)}}.Encode()
}

// auditChoices are what the history can be narrowed to.
func (s *Server) auditChoices(ctx context.Context, b *auditBody, query url.Values, who names) error {
	cycles, err := s.Store.Cycles(ctx, s.Kommun)
	if err != nil {
		return err
	}
	at := func(stream string) string {
		q := url.Values{}
		if stream != "" {
			q.Set("stream", stream)
		}
		return "/revision/historik?" + q.Encode()
	}
	b.Streams = []choice{{"Kommunens hela logg", at(""), b.Of.Stream == ""}, {"Registret", at(domain.RegistryStream(s.Kommun)), b.Of.Stream == domain.RegistryStream(s.Kommun)}}
	for i := range cycles {
		b.Streams = append(b.Streams, choice{cycleTitle(cycles[i].Year, cycles[i].Exercise), at(cycles[i].Stream), b.Of.Stream == cycles[i].Stream})
	}
	units, err := s.Store.Units(ctx, sourceOf(b.Of.Log, s.Kommun))
	if err != nil {
		return err
	}
	b.Units = []option{{"", "Alla enheter", b.Of.Unit == ""}}
	for _, u := range units {
		b.Units = append(b.Units, option{string(u.ID), u.Name, b.Of.Unit == u.ID})
	}
	b.People = []option{{"", "Alla personer", b.Of.Person == ""}}
	for _, person := range who.sorted() {
		b.People = append(b.People, option{string(person), who.Name(person), b.Of.Person == person})
	}
	return nil
}
