package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// epochPages adds the page on which two persons say that a log has lost entries, so that its signer begins anew.
func (s *Server) epochPages(mux *router) {
	mux.handle("GET /ledning/epok", domain.ThingReview, s.changePage(s.fillEpochs))
	mux.handle("POST /ledning/epok/granska", domain.ThingReview, s.reviewChange(s.fillEpochs))
	mux.handle("POST /ledning/epok", domain.ThingAsk, s.giveChange(s.fillEpochs))
}

// epochsBody is what the page shows of one log.
type epochsBody struct {
	change
	Kind     domain.CommandKind // of the form that was sent
	Epoch    int                // the log's
	Signed   *api.Signed        // nil = nothing is
	Refused  *store.SignerRefusal
	Declared []epochRow
	Confirms bool // may confirm what somebody else has declared
}

// epochRow is a declaration.
type epochRow struct {
	Number           uint64
	Says, By, Reason string
	Confirmed        string // by whom; "" = it waits
	Mine             bool   // declared by who looks
}

// Value is what was filled in in a form of a kind, or what the signer says.
func (b *epochsBody) Value(kind, name string) string {
	if string(b.Kind) == kind {
		return b.Values.Get(name)
	}
	if r := b.Refused; r != nil && kind == string(domain.CmdDeclareEpoch) {
		return map[string]string{"namn": r.Origin, "poster": strconv.FormatUint(r.Size, 10), "summa": r.Root, "fran": strconv.FormatUint(r.Whole, 10)}[name]
	}
	return ""
}

func (s *Server) fillEpochs(r *http.Request, p *page, v url.Values) (*change, error) {
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	body := &epochsBody{Kind: domain.CommandKind(v.Get("kind"))}
	if body.change, err = s.changeOf("epok", "/ledning/epok", domain.ThingReview, v, open); err != nil {
		return nil, err
	}
	log := domain.LogOf(body.stream)
	if body.Signed, err = s.howSigned(r.Context(), log); err != nil {
		return nil, err
	}
	refusals, err := s.Store.SignerRefusals(r.Context())
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(refusals, func(f store.SignerRefusal) bool { return f.Log == log }); i >= 0 {
		body.Refused = &refusals[i]
	}
	names, err := s.names(r.Context(), body.stream)
	if err != nil {
		return nil, err
	}
	var declared []domain.Epoch
	err = s.lookAt(r, p, &body.change, func(registry *domain.Registry, today domain.Date) {
		declared, body.Epoch = registry.Epochs, registry.EpochOf(log)
		for _, h := range registry.Holders(domain.RoleLauncher, registry.City, today) {
			body.Confirms = body.Confirms || h.Person == p.Person
		}
	})
	if err != nil {
		return nil, err
	}
	body.Confirms = body.Confirms || body.Registrar
	var reasons []domain.TextRef
	for i := range declared {
		reasons = append(reasons, declared[i].Reason)
	}
	texts, err := s.Store.Texts(r.Context(), reasons...)
	if err != nil {
		return nil, err
	}
	for i := range declared {
		e := &declared[i]
		row := epochRow{Number: e.Number, By: names.Name(e.By), Reason: readable(texts, e.Reason), Mine: e.By == p.Person,
			Says: fmt.Sprintf("Epok %d: post %d till %d är borta eller ändrade.", e.Nr(), e.From, e.Size-1)}
		if e.From == e.Size {
			row.Says = fmt.Sprintf("Epok %d: ingen underskriven post är borta.", e.Nr())
		}
		if e.Confirmed != "" {
			row.Confirmed = names.Name(e.Confirmed)
		}
		body.Declared = append(body.Declared, row)
	}
	slices.Reverse(body.Declared)
	if row := domain.Row(body.Kind); row != nil {
		body.Title = row.Says
	}
	body.ready(s, func() ([]api.Command, error) {
		in, err := epochForm(v)
		return []api.Command{in}, err
	})
	body.try = func(ctx context.Context, person domain.PersonID, commands []api.Command) (err error) {
		body.Would, err = s.previewOf(ctx, body.stream, person, &commands[0])
		return err
	}
	p.Title, p.Menu, p.Exercise, p.Body = "Ny epok av journalen", "ledning", body.Source != "", body
	return &body.change, nil
}

// epochForm makes the command of one of the page's forms.
func epochForm(v url.Values) (api.Command, error) {
	in := api.Command{ID: v.Get("id"), Kind: domain.CommandKind(v.Get("kind")), Text: strings.TrimSpace(v.Get("skal"))}
	number := func(name, what string) (n uint64, err error) {
		if n, err = strconv.ParseUint(strings.TrimSpace(v.Get(name)), 10, 53); err != nil {
			err = domain.Refuse(domain.CodeBadCommand, "%q är inget tal. Ange %s med siffror, som undertecknaren visar det.", v.Get(name), what)
		}
		return n, err
	}
	in.Epoch = &domain.Epoch{}
	var err error
	switch in.Kind {
	case domain.CmdDeclareEpoch:
		in.Epoch.Origin, in.Epoch.Root = strings.TrimSpace(v.Get("namn")), strings.TrimSpace(v.Get("summa"))
		if in.Epoch.Size, err = number("poster", "antalet poster"); err == nil {
			in.Epoch.From, err = number("fran", "den första posten som kan vara borta")
		}
	case domain.CmdConfirmEpoch:
		in.Epoch.Number, err = number("nummer", "anmälans nummer")
	default:
		err = domain.Refuse(domain.CodeUnknownKind, "Formuläret säger inte vad som ska göras. Ladda om sidan och gör om.")
	}
	return in, err
}
