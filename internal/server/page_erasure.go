package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// erasurePages adds the page on which one person writes down what a decision says is to be gone, and another confirms it.
func (s *Server) erasurePages(mux *router) {
	mux.handle("GET /ledning/gallring", domain.ThingReview, s.changePage(s.fillErasures))
	mux.handle("POST /ledning/gallring/granska", domain.ThingReview, s.reviewChange(s.fillErasures))
	mux.handle("POST /ledning/gallring", domain.ThingAsk, s.giveChange(s.fillErasures))
}

// erasuresBody is what the page shows.
type erasuresBody struct {
	change
	Kind     domain.CommandKind // of the form that was sent
	Waiting  []erasureRow
	Confirms bool        // may confirm what somebody else has written down
	What     *erasureRow // what the form that is reviewed is about
}

// erasureRow is an erasure with what would be gone, so that whoever decides of it has seen it.
type erasureRow struct {
	Number             uint64
	What, Decision, By string
	Mine               bool // written down by who looks
	Person             string
	Texts              []string
	Files              []domain.Digest
}

// Value is what was filled in in a form of a kind.
func (b *erasuresBody) Value(kind, name string) string {
	if string(b.Kind) != kind {
		return ""
	}
	return b.Values.Get(name)
}

func (s *Server) fillErasures(r *http.Request, p *page, v url.Values) (*change, error) {
	body := &erasuresBody{Kind: domain.CommandKind(v.Get("kind"))}
	var err error
	if body.change, err = s.changeOf("gallring", "/ledning/gallring", domain.ThingReview, v, nil); err != nil {
		return nil, err
	}
	names, err := s.names(r.Context(), body.stream)
	if err != nil {
		return nil, err
	}
	var waiting []domain.Erasure
	today := now().Date()
	err = s.Store.View(r.Context(), body.stream, func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Registret är tomt.")
		}
		waiting = st.Registry.Erasures // replaced by later changes, never changed
		body.mayChange(st.Registry, p.Person, today)
		return nil
	})
	if err != nil {
		return nil, err
	}
	body.Confirms = body.Registrar || callerOf(r.Context()).Standing.Launcher
	for i := range waiting {
		row, err := s.erasureRow(r.Context(), &waiting[i], names)
		if err != nil {
			return nil, err
		}
		row.Mine = waiting[i].By == p.Person
		body.Waiting = append(body.Waiting, *row)
	}
	if row := domain.Row(body.Kind); row != nil {
		body.Title = row.Says
	}
	body.ready(s, func() ([]api.Command, error) {
		in, err := erasureForm(v)
		return []api.Command{in}, err
	})
	body.try = func(ctx context.Context, person domain.PersonID, commands []api.Command) (err error) {
		if body.Would, err = s.previewOf(ctx, body.stream, person, &commands[0]); err != nil {
			return err
		}
		for i := range body.Waiting {
			if body.Waiting[i].Number == commands[0].Erasure.Number {
				body.What = &body.Waiting[i]
				return nil
			}
		}
		e, err := s.erasureOf(ctx, commands[0].Erasure)
		if err == nil {
			body.What, err = s.erasureRow(ctx, e, names)
		}
		return err
	}
	p.Title, p.Menu, p.Body = "Gallring", "ledning", body
	return &body.change, nil
}

func (s *Server) erasureRow(ctx context.Context, e *domain.Erasure, names names) (*erasureRow, error) {
	row := &erasureRow{Number: e.Number, What: e.What(), Decision: "dnr " + e.Dnr, By: names.Name(e.By), Files: e.Files}
	if e.Paragraph != "" {
		row.Decision += " § " + e.Paragraph
	}
	if e.Date.Valid() {
		row.Decision += " den " + e.Date.Swedish()
	}
	if e.Person != "" {
		if row.Person = names.Name(e.Person); row.Person != string(e.Person) {
			row.Person += " (" + string(e.Person) + ")"
		}
	}
	texts, err := s.Store.Texts(ctx, e.Texts...)
	for _, ref := range e.Texts {
		row.Texts = append(row.Texts, readable(texts, ref))
	}
	return row, err
}

// erasureForm makes the command of one of the page's forms.
func erasureForm(v url.Values) (api.Command, error) {
	in := api.Command{ID: v.Get("id"), Kind: domain.CommandKind(v.Get("kind")), Text: strings.TrimSpace(v.Get("skal"))}
	switch in.Kind {
	case domain.CmdErase:
		in.Erasure = &api.Erasure{Person: domain.PersonID(strings.TrimSpace(v.Get("person"))), Entries: strings.Fields(v.Get("poster")), Files: strings.Fields(v.Get("filer")),
			Dnr: strings.TrimSpace(v.Get("dnr")), Paragraph: strings.TrimSpace(v.Get("paragraf")), Date: domain.Date(v.Get("dag"))}
	case domain.CmdConfirmErase:
		number, _ := strconv.ParseUint(v.Get("nummer"), 10, 63) // what is no number is refused as one that there is not
		in.Erasure = &api.Erasure{Number: number}
	default:
		return in, domain.Refuse(domain.CodeUnknownKind, "Formuläret säger inte vad som ska göras. Ladda om sidan och gör om.")
	}
	return in, nil
}
