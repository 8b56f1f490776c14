package server

import (
	"bytes"
	"errors"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"
)

// A page can be asked for as it was at the end of a day, or at a moment: ?per=2028-04-30, ?per=2028-04-30T15:04. It is folded
// from the journal through that moment and then shown by what shows it otherwise, so it is the same page; nothing on it can
// be done. What people are called and what wheels say outside the rules is shown as it is known today.

// per is the moment as of which a page shows things.
type per struct {
	At    domain.Instant
	Asked string // as it stands in the address
	Words string // "den 30 april 2028"
	Now   string // where the page as it is now is
}

// perOf reads the moment that a page is asked for as of; nil = now.
func perOf(r *http.Request) (*per, error) {
	asked := r.URL.Query().Get("per")
	if asked == "" {
		return nil, nil
	}
	p := &per{Asked: asked}
	day, clock, timed := strings.Cut(asked, "T")
	d := domain.Date(day)
	if !d.Valid() {
		return nil, badMoment(asked)
	}
	p.At, p.Words = d.End()-1, "den "+d.Swedish()
	if timed {
		t, err := time.ParseInLocation("2006-01-02T15:04", asked, domain.Stockholm)
		if err != nil {
			return nil, badMoment(asked)
		}
		p.At, p.Words = domain.InstantOf(t)+59_999, p.Words+" kl. "+strings.Replace(clock, ":", ".", 1)
	}
	query := r.URL.Query()
	query.Del("per")
	p.Now = r.URL.Path
	if len(query) > 0 {
		p.Now += "?" + query.Encode()
	}
	return p, nil
}

func badMoment(asked string) error {
	return domain.Refuse(domain.CodeBadDate, "%q är ingen dag. Skriv den så här: 2028-04-30, eller med klockslag 2028-04-30T15:04.", asked)
}

// Day is the civil day of the moment.
func (p *per) Day() domain.Date { return p.At.Date() }

// kept is what else a page was asked for with, which a form that asks for another day keeps.
func kept(r *http.Request) (all []hidden) {
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name == "per" || name == "kvitto" || name == "hos" {
			continue
		}
		for _, v := range query[name] {
			all = append(all, hidden{name, v})
		}
	}
	return all
}

// With gives an address of a page as of the same moment.
func (p *per) With(link string) string {
	if p == nil || link == "" || !strings.HasPrefix(link, "/") {
		return link
	}
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	q := u.Query()
	q.Set("per", p.Asked)
	u.RawQuery = q.Encode()
	return u.String()
}

// links are those of a page that can be shown as of the same moment; one back to how it is now says so.
var links = regexp.MustCompile(`(?:data-nu )?href="(/(?:cykel|ovning|arshjulet|enhet)[^"#]*)`)

// keep makes the links of a page that is shown as it was lead to pages as of the same moment.
func (p *per) keep(page []byte) []byte {
	return links.ReplaceAllFunc(page, func(link []byte) []byte {
		if bytes.HasPrefix(link, []byte("data-nu")) {
			return link
		}
		at := html.UnescapeString(string(links.FindSubmatch(link)[1]))
		return []byte(`href="` + html.EscapeString(p.With(at)))
	})
}

// seen is a cycle as a page shows it: as it is, or as it was.
type seen struct {
	Cycle store.Cycle
	Per   *per
	Seq   uint64 // the last entry that is shown
	look  func(func(*domain.State) error) error
}

// before is the sequence number below which the entries are that are shown; 0 = all.
func (s *seen) before() uint64 {
	if s.Per == nil {
		return 0
	}
	return s.Seq + 1
}

// see finds the cycle that a page shows, as it is or as it was.
func (s *Server) see(r *http.Request, stream string) (*seen, error) {
	// Also who may only ask comes here, when a form is refused and shown again.
	if err := s.mayEnter(r, domain.ThingRead, callerOf(r.Context())); err != nil {
		return nil, err
	}
	per, err := perOf(r)
	if err != nil {
		return nil, err
	}
	if per == nil {
		c, err := s.theCycle(r.Context(), stream)
		if err != nil {
			return nil, err
		}
		return &seen{Cycle: c, Seq: c.Seq, look: func(f func(*domain.State) error) error { return s.Store.ViewAt(r.Context(), c.Stream, c.Seq, f) }}, nil
	}
	return s.seePast(r, stream, per)
}

// seePast finds a cycle as it was.
func (s *Server) seePast(r *http.Request, stream string, per *per) (*seen, error) {
	if per.At > now() && strings.HasPrefix(stream, "cycle/") { // an exercise has days of its own
		return nil, domain.Refuse(domain.CodeDateFuture, "%s har inte varit än. Ange en dag som har varit.", upperFirst(per.Words))
	}
	seq, err := s.Store.SeqAt(r.Context(), stream, per.At)
	if err != nil {
		return nil, err
	}
	v := &seen{Per: per, Seq: seq}
	v.look = func(f func(*domain.State) error) error {
		return s.Store.Past(r.Context(), stream, seq, func(st *domain.State, _ store.Cycle) error { return f(st) })
	}
	err = s.Store.Past(r.Context(), stream, seq, func(_ *domain.State, c store.Cycle) error { v.Cycle = c; return nil })
	if errors.Is(err, store.ErrNoRow) || err == nil && v.Cycle.Stream == "" {
		return nil, domain.Refuse(domain.CodeUnknownStream, "%s fanns inte %s.", stream, per.Words)
	}
	if err == nil && v.Cycle.Exercise == 0 {
		v.Cycle.ClockDay = per.At.Date()
	}
	return v, err
}

// registryAt gives f the registry, or an exercise with its copy of one, as it was.
func (s *Server) registryAt(r *http.Request, stream string, per *per, f func(*domain.State) error) error {
	seq, err := s.Store.SeqAt(r.Context(), stream, per.At)
	if err != nil {
		return err
	}
	err = s.Store.Past(r.Context(), stream, seq, func(st *domain.State, _ store.Cycle) error { return f(st) })
	if errors.Is(err, store.ErrNoRow) {
		return domain.Refuse(domain.CodeUnknownStream, "%s fanns inte %s.", stream, per.Words)
	}
	return err
}

// seeOpen finds the cycles that go on, or went on at the moment that a page is asked for as of, and how to look at each.
func (s *Server) seeOpen(r *http.Request, p *page) ([]store.Cycle, func(*store.Cycle, func(*domain.State) error) error, error) {
	per, err := perOf(r)
	if err != nil {
		return nil, nil, err
	}
	if per == nil {
		open, err := s.Store.Open(r.Context(), s.Kommun)
		return open, func(c *store.Cycle, f func(*domain.State) error) error {
			return s.Store.ViewAt(r.Context(), c.Stream, c.Seq, f)
		}, err
	}
	all, err := s.Store.Cycles(r.Context(), s.Kommun)
	if err != nil {
		return nil, nil, err
	}
	p.Per = per
	chosen := r.URL.Query().Get("cykel")
	past := map[string]*seen{}
	var open []store.Cycle
	for i := range all {
		c := &all[i]
		if c.LaunchedAt > per.At || chosen == "" && c.Exercise > 0 || strings.HasPrefix(chosen, "exercise/") && c.Stream != chosen {
			continue
		}
		v, err := s.seePast(r, c.Stream, per)
		if err != nil {
			return nil, nil, err
		}
		if v.Cycle.Status == store.CycleOpen {
			past[c.Stream] = v
			open = append(open, v.Cycle)
		}
	}
	return open, func(c *store.Cycle, f func(*domain.State) error) error { return past[c.Stream].look(f) }, nil
}
