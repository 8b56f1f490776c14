package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// report answers what became of a cycle.
func (s *Server) report(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	seen, err := s.see(r, stream(r))
	if err != nil {
		return nil, err
	}
	return s.reportOf(r.Context(), seen)
}

// telling gathers a report: the rules' part of it, and the entries and texts that say why.
type telling struct {
	api.Report
	c       domain.Completeness
	entries map[uint64]*domain.Event
	title   func(domain.StepID) string
	texts   map[domain.TextRef]store.Text
}

func (s *Server) reportOf(ctx context.Context, seen *seen) (api.Report, error) {
	c := &seen.Cycle
	t := telling{entries: map[uint64]*domain.Event{}}
	t.Stream, t.Title, t.Status, t.Today = c.Stream, cycleTitle(c.Year, c.Exercise), cycleWords[c.Status], dayOf(c)
	after, err := s.after(ctx, seen)
	if err != nil {
		return t.Report, err
	}
	if err := seen.look(func(st *domain.State) error { t.c = domain.CompletenessOf(st); return nil }); err != nil {
		return t.Report, err
	}
	rows, err := s.Store.Telling(ctx, c.Stream, t.seqs(), seen.Seq)
	if err != nil {
		return t.Report, err
	}
	refs := afterwardsRefs(after)
	for i := range rows {
		e := &rows[i].Event
		t.entries[e.Seq] = e
		if e.Text != "" {
			refs = append(refs, e.Text)
		}
	}
	if t.texts, err = s.Store.Texts(ctx, refs...); err != nil {
		return t.Report, err
	}
	err = seen.look(func(st *domain.State) error {
		t.title = st.StepTitle
		t.fill(st, after, rows)
		return nil
	})
	return t.Report, err
}

// after is the registry with what has been said of a cycle: the cycle's own copy while it goes on, and the registry itself when
// it has ended and takes in no more.
func (s *Server) after(ctx context.Context, seen *seen) (*domain.Registry, error) {
	var r domain.Registry
	take := func(st *domain.State) error {
		if st.Registry != nil {
			r.Units, r.Observations, r.Supplements, r.Bindings, r.City = st.Registry.Units, st.Registry.Observations, st.Registry.Supplements, st.Registry.Bindings, st.Registry.City
		}
		return nil
	}
	c := &seen.Cycle
	if c.Status == store.CycleOpen || c.Exercise > 0 {
		return &r, seen.look(take)
	}
	of := domain.RegistryStream(c.Kommun)
	if seen.Per == nil {
		return &r, s.Store.View(ctx, of, take)
	}
	seq, err := s.Store.SeqAt(ctx, of, seen.Per.At)
	if err != nil || seq == 0 {
		return &r, err
	}
	return &r, s.Store.Past(ctx, of, seq, func(st *domain.State, _ store.Cycle) error { return take(st) })
}

// seqs lists the entries that the report names.
func (t *telling) seqs() (all []uint64) {
	for _, list := range [][]domain.FallenStep{t.c.Fallen, t.c.Before, t.c.Exceptions} {
		for _, f := range list {
			all = append(all, f.Seq)
		}
	}
	for _, w := range t.c.Waived {
		all = append(all, w.Seq)
	}
	for _, b := range t.c.Breaches {
		all = append(all, b.Seq, b.Explained)
	}
	return all
}

func (t *telling) row(step domain.StepID, seq uint64, says string) api.ReportRow {
	row := api.ReportRow{Step: step, Title: t.title(step), Says: says, Entry: seq}
	if e := t.entries[seq]; e != nil {
		row.By, row.Day, row.Reason = e.Actor, e.At.Date(), readable(t.texts, e.Text)
	}
	return row
}

func (t *telling) add(id, title, none string, rows []api.ReportRow) {
	if rows == nil {
		rows = []api.ReportRow{}
	}
	t.Sections = append(t.Sections, api.ReportSection{ID: id, Title: title, None: none, Rows: rows})
}

func (t *telling) fill(st *domain.State, after *domain.Registry, rows []store.Entry) {
	c := t.c
	t.Steps, t.Done, t.Seq = c.Steps, c.Done, c.Seq
	for i := range rows {
		if e := &rows[i].Event; e.Kind == domain.EvCompleted || e.Kind == domain.EvCancelled {
			t.Ended = e.Seq
			c.Seq = e.Seq - 1
			t.Seq, t.Agrees = c.Seq, e.Report != "" && e.Report == c.Hash()
		}
	}
	t.Hash = c.Hash()
	var never, left, fallen, before, waived, breaches, missing, late []api.ReportRow
	for _, u := range c.Unready {
		row := t.row(u.Step, 0, fmt.Sprintf("Är %s, senast %s.", u.Status.Swedish(), u.Plan.Swedish()))
		row.Day = u.Plan
		if u.Ready == 0 {
			never = append(never, row)
		} else {
			left = append(left, row)
		}
	}
	for _, f := range c.Fallen {
		fallen = append(fallen, t.row(f.Step, f.Seq, "Utgick."))
	}
	for _, f := range c.Before {
		before = append(before, t.row(f.Step, f.Seq, "Var klart före start."))
	}
	for _, w := range c.Waived {
		says := fmt.Sprintf("Gick vidare utan %s", lowerWords(t.title(w.Need)))
		if w.Came != 0 {
			says += ", som kom in efteråt"
		}
		waived = append(waived, t.row(w.Step, w.Seq, says+"."))
	}
	for _, b := range c.Breaches {
		row := t.row(b.Step, b.Seq, fmt.Sprintf("Gränsen i %s passerades.", b.Law))
		row.By = ""
		if e := t.entries[b.Explained]; e != nil {
			row.Reason, row.By, row.Says = readable(t.texts, e.Text), e.Actor, row.Says+" Förklarat."
		} else {
			row.Says += " Ingen har skrivit varför."
		}
		breaches = append(breaches, row)
	}
	for _, m := range c.Missing {
		missing = append(missing, t.row(m.Step, 0, upperFirst(m.What.Swedish())+"."))
	}
	for _, id := range c.Late {
		late = append(late, t.row(id, 0, "Blev klart efter sin dag, eller är inte klart."))
	}
	t.add("aldrig-klara", "Steg som aldrig blev klara för beslut", "Alla steg har blivit klara, eller har utgått med skäl.", never)
	t.add("kvar", "Steg som inte är avslutade", "Inget steg är kvar på halva vägen.", left)
	t.add("utgick", "Steg som utgick, och varför", "Inget steg har utgått.", fallen)
	t.add("utan", "Vem som gick vidare utan vem", "Ingen har gått vidare utan en sen enhet.", waived)
	t.add("undantag", "Undantag från regeln om en andra person", "Inga undantag.", t.exceptions(rows))
	t.add("lagen", "Lagens gränser som passerades", "Ingen gräns i lagen har passerats.", breaches)
	t.add("saknas", "Det som saknas", "Inget saknas i protokollens väg.", slices.Concat(missing, t.fileless(rows)))
	t.add("sena", "Steg som blev försenade", "Inget steg blev försenat.", late)
	t.add("fore", "Steg som var klara före start", "Alla steg gjordes i cykeln.", before)
	t.add("iakttagelser", "Revisorernas iakttagelser", "Inga iakttagelser.", t.observations(st, after))
	t.add("kompletteringar", "Kompletteringar efter avslut", "Inget har kommit in efter avslutet.", t.supplements(after))
}

// exceptions lists every exception that was marked, also of rounds that came to nothing.
func (t *telling) exceptions(rows []store.Entry) (all []api.ReportRow) {
	for i := range rows {
		if e := &rows[i].Event; e.Exception != "" {
			says := "Den som skrev in beslutet hade själv lämnat in versionen. Någon annan bekräftade justeringen."
			if !strings.Contains(e.Exception, "registrar_submitted") {
				says = "Undantag: " + e.Exception + "."
			}
			all = append(all, t.row(e.Step, e.Seq, says))
		}
	}
	return all
}

// fileless lists the documents of the versions that hold which are links without bytes.
func (t *telling) fileless(rows []store.Entry) (all []api.ReportRow) {
	last := map[domain.StepID]*domain.Event{}
	var order []domain.StepID
	for i := range rows {
		if e := &rows[i].Event; e.Kind == domain.EvSubmitted {
			if last[e.Step] == nil {
				order = append(order, e.Step)
			}
			last[e.Step] = e
		}
	}
	for _, id := range order {
		for _, d := range last[id].Documents {
			if d.Size == 0 {
				all = append(all, t.row(id, last[id].Seq, fmt.Sprintf("Handlingen %s finns bara som länk, utan fil.", d.Def)))
			}
		}
	}
	return all
}

func (t *telling) observations(st *domain.State, after *domain.Registry) (all []api.ReportRow) {
	for i := range after.Observations {
		if o := &after.Observations[i]; o.Year == st.Cycle.Year {
			row := api.ReportRow{Step: o.Step, Title: st.StepTitle(o.Step), Number: o.Number, By: o.By, Day: o.Made, Reason: readable(t.texts, o.Text),
				Says: fmt.Sprintf("Iakttagelse %d: %s.", o.Number, o.Status.Swedish())}
			all = append(all, row)
		}
	}
	return all
}

func (t *telling) supplements(after *domain.Registry) (all []api.ReportRow) {
	for _, x := range after.SupplementsOf(t.c.Year) {
		says := fmt.Sprintf("Komplettering %d.", x.Number)
		if x.Entry != 0 {
			says = fmt.Sprintf("Rättelse %d av post %d.", x.Number, x.Entry)
		}
		if n := len(x.Documents); n > 0 {
			says += " " + counted(n, "handling", "handlingar") + "."
		}
		all = append(all, api.ReportRow{Step: x.Step, Title: t.title(x.Step), Says: says, Reason: readable(t.texts, x.Text), By: x.By, Day: x.Made, Number: x.Number})
	}
	return all
}

// reportBody is what the page of a report shows.
type reportBody struct {
	names
	api.Report
	Cycle, Path string
	EndIndex    *uint64 // where the entry that ended the cycle stands in the log
}

func (s *Server) reportPage(r *http.Request, p *page) (string, error) {
	seen, err := s.see(r, stream(r))
	if err != nil {
		return "", err
	}
	body := &reportBody{Path: pagePath(seen.Cycle.Stream), Cycle: cycleTitle(seen.Cycle.Year, seen.Cycle.Exercise)}
	if body.Report, err = s.reportOf(r.Context(), seen); err != nil {
		return "", err
	}
	if body.names, err = s.names(r.Context(), seen.Cycle.Source); err != nil {
		return "", err
	}
	p.Per, p.AsOf = seen.Per, true
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = "Rapport: "+body.Cycle, "cykler", seen.Cycle.Exercise > 0, dayOf(&seen.Cycle), body
	return "rapport", nil
}
