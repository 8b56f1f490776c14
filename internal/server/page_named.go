package server

import (
	"context"

	"arshjul/domain"
	"arshjul/internal/store"
)

// namedShown bounds the comments that name somebody in the list.
const namedShown = 50

// workNamed is a comment that names the person.
type workNamed struct {
	Title, Link, Where, Day, Clock string
	By                             string // who wrote it
	by                             domain.PersonID
}

// addNamed puts the mentions of a cycle into the list.
func (w *work) addNamed(c *store.Cycle, st *domain.State, all []store.Mention) {
	for _, m := range all {
		if m.Stream == c.Stream && st.Cycle.Step(m.Step) != nil {
			row := w.row(c, st, m.Step)
			w.named = append(w.named, workNamed{Title: row.Title, Link: row.Link + "#samtal", Where: row.Where,
				Day: upperFirst(longDay(m.At.Date(), dayOf(c))), Clock: clock(m.At), by: m.By})
		}
	}
}

// nameWriters says who wrote what names the person. The names are read once for the page.
func (s *Server) nameWriters(ctx context.Context, p *page, all []workNamed) ([]workNamed, error) {
	if len(all) == 0 {
		return nil, nil
	}
	who, err := s.names(ctx, domain.RegistryStream(s.Kommun))
	if err != nil {
		return nil, err
	}
	p.PersonName = who.Name(p.Person)
	for i := range all {
		all[i].By = who.Name(all[i].by)
	}
	return all, nil
}
