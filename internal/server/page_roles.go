package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// rolePages adds the page on which all of a person's roles pass to another.
func (s *Server) rolePages(mux *router) {
	mux.handle("GET /ledning/roller", domain.ThingReview, s.changePage(s.fillRoles))
	mux.handle("POST /ledning/roller/granska", domain.ThingReview, s.reviewChange(s.fillRoles))
	mux.handle("POST /ledning/roller", domain.ThingAsk, s.giveRoles)
	mux.handle("GET /ledning/roller/kvittens", domain.ThingReview, s.show(s.roleReceipts))
}

// rolesBody is what the page shows: whose roles, who gets them, and what it would lead to.
type rolesBody struct {
	change
	People       []option // who has roles
	To           []option // who may get them
	Person, Name string
	Bindings     []heldRole
	ToName       string
	From         domain.Date
	FromWords    string
	names        names
	held         []domain.Binding
	toHas        []domain.Binding
	today        domain.Date
}

// heldRole is a role that may pass on.
type heldRole struct {
	Number     uint64
	Title      string
	When       string
	Chosen     bool
	Already    bool // who gets it has it already
	Unmoveable string
}

// Value is what was filled in.
func (b *rolesBody) Value(name string) string { return b.Values.Get(name) }

func (s *Server) fillRoles(r *http.Request, p *page, v url.Values) (*change, error) {
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	body := &rolesBody{Person: v.Get("person"), From: domain.Date(v.Get("fran"))}
	if body.change, err = s.changeOf("roller", "/ledning/roller", domain.ThingReview, v, open); err != nil {
		return nil, err
	}
	if body.names, err = s.names(r.Context(), body.stream); err != nil {
		return nil, err
	}
	err = s.lookAt(r, p, &body.change, func(registry *domain.Registry, today domain.Date) {
		body.today = today
		body.fill(registry, s.roleTitle)
	})
	p.Title, p.Menu, p.Exercise, p.Body = "Flytta roller", "ledning", body.Source != "", body
	body.Title, body.from = "flytta roller", body.From
	body.ready(s, body.pass)
	body.receipt = body.receipts
	return &body.change, err
}

func (b *rolesBody) fill(r *domain.Registry, title func(domain.RoleID) string) {
	counts := map[domain.PersonID]int{}
	to := domain.PersonID(b.to())
	for _, bound := range r.Bindings {
		if bound.To == "" || bound.To >= b.today {
			counts[bound.Person]++
		}
		if bound.Person == to {
			b.toHas = append(b.toHas, bound)
		}
	}
	for person, name := range b.names {
		if n := counts[person]; n > 0 {
			b.People = append(b.People, option{string(person), fmt.Sprintf("%s (%s)", name, counted(n, "roll", "roller")), b.Person == string(person)})
		}
		if string(person) != b.Person {
			b.To = append(b.To, option{string(person), name, b.Value("till") == string(person)})
		}
	}
	for _, list := range [][]option{b.People, b.To} {
		slices.SortFunc(list, func(x, y option) int { return strings.Compare(x.Label+x.Value, y.Label+y.Value) })
	}
	b.Name = b.names.Name(domain.PersonID(b.Person))
	if b.ToName = b.Value("namn"); b.ToName == "" {
		b.ToName = b.names.Name(to)
	}
	if b.From.Valid() {
		b.FromWords = longDay(b.From, b.today)
	}
	for _, bound := range r.Bindings {
		if string(bound.Person) != b.Person || b.Person == "" || bound.To != "" && bound.To < b.today {
			continue
		}
		row := heldRole{Number: bound.Number, Title: title(bound.Role), When: period(bound.From, bound.To), Chosen: !b.Values.Has("fran") || slices.Contains(b.Values["roll"], strconv.FormatUint(bound.Number, 10))}
		if u := r.Unit(bound.Unit); u != nil {
			row.Title += ", " + u.Name
		}
		row.Already = slices.ContainsFunc(b.toHas, func(o domain.Binding) bool {
			return o.Role == bound.Role && o.Unit == bound.Unit && (o.To == "" || o.To >= b.From) && o.From <= b.From
		})
		b.Bindings = append(b.Bindings, row)
		if row.Chosen {
			b.held = append(b.held, bound)
		}
	}
}

// to is who gets the roles: somebody the registry knows, or who is new in it.
func (b *rolesBody) to() string { return or(strings.TrimSpace(b.Value("ny")), b.Value("till")) }

// pass gives the commands by which the roles pass on: each is given to the one before it is ended for the other, so that it is
// never nobody's.
func (b *rolesBody) pass() (all []api.Command, err error) {
	switch to := b.to(); {
	case b.Person == "" || to == "":
		return nil, domain.Refuse(domain.CodeBadCommand, "Välj vems roller det gäller, och vem som får dem.")
	case to == b.Person:
		return nil, domain.Refuse(domain.CodeNothingChanged, "Rollerna är redan den personens. Välj någon annan.")
	case len(b.held) == 0:
		return nil, domain.Refuse(domain.CodeBadCommand, "Välj minst en roll.")
	}
	if _, err := domain.ParseDate(string(b.From)); err != nil {
		return nil, err
	}
	name := b.ToName
	if b.Value("ny") != "" && b.Value("namn") == "" {
		return nil, domain.Refuse(domain.CodeBadCommand, "Skriv också den nya personens namn.")
	}
	for _, bound := range b.held {
		if bound.From >= b.From {
			return nil, domain.Refuse(domain.CodePeriod, "En av rollerna börjar först %s. Välj en senare dag, eller ta bort den från listan.", longDay(bound.From, b.today))
		}
		if bound.To != "" && bound.To < b.From {
			return nil, domain.Refuse(domain.CodePeriod, "En av rollerna slutar redan %s. Välj en tidigare dag, eller ta bort den från listan.", longDay(bound.To, b.today))
		}
		has := slices.ContainsFunc(b.toHas, func(o domain.Binding) bool {
			return o.Role == bound.Role && o.Unit == bound.Unit && (o.To == "" || o.To >= b.From) && o.From <= b.From
		})
		if !has {
			all = append(all, api.Command{ID: fmt.Sprintf("%s.in.%d", b.ID, bound.Number), Kind: domain.CmdBind, Binding: &api.Binding{Person: domain.PersonID(b.to()), Name: name,
				Role: bound.Role, Unit: bound.Unit, From: b.From, To: bound.To}})
		}
		all = append(all, api.Command{ID: fmt.Sprintf("%s.ut.%d", b.ID, bound.Number), Kind: domain.CmdUnbind, Binding: &api.Binding{Number: bound.Number, To: b.From.Add(-1)}})
	}
	return all, nil
}

// giveRoles passes the roles on, one command at a time. The form sent twice is told of the same receipts.
func (s *Server) giveRoles(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	c, v, err := s.filledIn(w, r, p, func(r *http.Request, p *page, v url.Values) (*change, error) {
		if c := callerOf(r.Context()); domain.Access(domain.ThingReview, c.Standing) == domain.MayNot {
			return nil, domain.Refuse(domain.CodeNoAccess, "Det här är inte öppet för dina roller. Be registeransvarig att flytta rollerna.")
		}
		return s.fillRoles(r, p, v)
	})
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	done, err := s.rolesGiven(r, c.stream, v)
	switch {
	case err != nil:
		s.faultPage(w, r, p, err)
	case done != "":
		http.Redirect(w, r, done, http.StatusSeeOther)
	default:
		s.giveFilled(w, r, p, c, v, s.fillRoles)
	}
}
