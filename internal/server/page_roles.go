package server

import (
	"crypto/rand"
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
	mux.handle("GET /ledning/roller", domain.ThingReview, s.show(func(r *http.Request, p *page) (string, error) {
		return "roller", s.fillRoles(r, p, r.URL.Query())
	}))
	mux.handle("POST /ledning/roller/granska", domain.ThingReview, s.reviewRoles)
	mux.handle("POST /ledning/roller", domain.ThingAsk, s.giveRoles)
	mux.handle("GET /ledning/roller/kvittens", domain.ThingReview, s.show(s.roleReceipts))
}

// rolesBody is what the page shows: whose roles, who gets them, and what it would lead to.
type rolesBody struct {
	Among        []choice
	Source       string
	People       []option // who has roles
	To           []option // who may get them
	Person, Name string
	Bindings     []heldRole
	ID           string
	Values       url.Values
	Registrar    bool
	Trial        *registryTrial
	Hidden       []hidden
	ToName       string
	From         domain.Date
	FromWords    string
	Done         int // commands that were carried out before one was refused
	names        names
	registry     string
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

func (s *Server) fillRoles(r *http.Request, p *page, v url.Values) error {
	source, registry, err := s.sourceAsked(v)
	if err != nil {
		return err
	}
	body := &rolesBody{Source: source, registry: registry, ID: or(v.Get("id"), rand.Text()), Values: v, Person: v.Get("person"), From: domain.Date(v.Get("fran")), today: now().Date()}
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return err
	}
	body.Among = amongCycles(open, "/ledning/roller", source)
	if body.names, err = s.names(r.Context(), registry); err != nil {
		return err
	}
	err = s.Store.View(r.Context(), registry, func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Registret är tomt.")
		}
		if st.Cycle != nil {
			body.today, p.Today = st.Cycle.Clock.Date(), st.Cycle.Clock.Date()
		}
		for _, h := range st.Registry.Holders(domain.RoleRegistrar, st.Registry.City, body.today) {
			body.Registrar = body.Registrar || h.Person == p.Person
		}
		body.fill(st.Registry, s.roleTitle)
		return nil
	})
	p.Title, p.Menu, p.Exercise, p.Body = "Flytta roller", "ledning", source != "", body
	return err
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

// commands are those by which the roles pass on: each is given to the one before it is ended for the other, so that it is
// never nobody's.
func (b *rolesBody) commands() (all []api.Command, err error) {
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

// reviewRoles shows what the passing on would lead to: which open tasks move, and which steps would lose their second person.
func (s *Server) reviewRoles(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if err == nil {
		err = s.fillRoles(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*rolesBody)
	commands, err := body.commands()
	if err == nil {
		body.Trial, _, err = s.tryRegistry(r.Context(), body.registry, p.Person, commands, body.From)
	}
	if err != nil {
		s.refusedOn(w, r, p, "roller", err)
		return
	}
	v.Set("id", body.ID)
	body.Hidden = hiddenOf(v)
	p.Title = "Granska: flytta roller"
	s.write(w, r, http.StatusOK, "roller-granska", p)
}

// giveRoles passes the roles on, one command at a time. Sent again it goes on where it was stopped.
func (s *Server) giveRoles(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if c := callerOf(r.Context()); err == nil && domain.Access(domain.ThingReview, c.Standing) == domain.MayNot {
		err = domain.Refuse(domain.CodeNoAccess, "Det här är inte öppet för dina roller. Be registeransvarig att flytta rollerna.")
	}
	var registry string
	if err == nil {
		_, registry, err = s.sourceAsked(v)
	}
	if err == nil {
		var done string
		if done, err = s.rolesGiven(r, registry, v); err == nil && done != "" { // sent twice, it is done once
			http.Redirect(w, r, done, http.StatusSeeOther)
			return
		}
	}
	if err == nil {
		err = s.fillRoles(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*rolesBody)
	commands, err := body.commands()
	var first, last uint64
	for i := 0; err == nil && i < len(commands); i++ {
		var receipt api.Receipt
		if receipt, err = s.give(r.Context(), registry, p.Person, commands[i]); err == nil {
			if body.Done++; first == 0 {
				first = receipt.First
			}
			last = max(last, receipt.Last)
		}
	}
	if err != nil {
		s.refusedOn(w, r, p, "roller", err)
		return
	}
	http.Redirect(w, r, rolesReceipt(body.ID, body.Source, first, last, len(commands)), http.StatusSeeOther)
}

func rolesReceipt(id, source string, first, last uint64, asked int) string {
	query := url.Values{"id": {id}, "fran": {strconv.FormatUint(first, 10)}, "till": {strconv.FormatUint(last, 10)}, "antal": {strconv.Itoa(asked)}}
	if source != "" {
		query.Set("cykel", source)
	}
	return "/ledning/roller/kvittens?" + query.Encode()
}

// rolesGiven gives the page of receipts when everything that the form asks for stands in the journal already, or "".
func (s *Server) rolesGiven(r *http.Request, registry string, v url.Values) (string, error) {
	var first, last uint64
	asked := 0
	for _, number := range v["roll"] {
		for _, way := range []string{".in.", ".ut."} {
			receipt, found, err := s.journalled(r.Context(), registry, v.Get("id")+way+number, "")
			if err != nil {
				return "", err
			}
			switch {
			case found:
				if asked++; first == 0 || receipt.First < first {
					first = receipt.First
				}
				last = max(last, receipt.Last)
			case way == ".ut.":
				return "", nil
			}
		}
	}
	if asked == 0 {
		return "", nil
	}
	return rolesReceipt(v.Get("id"), v.Get("cykel"), first, last, asked), nil
}

// longestReceipt bounds how many entries a page of receipts looks through.
const longestReceipt = 2000

// roleReceipts tells role by role where the change stands in the journal.
func (s *Server) roleReceipts(r *http.Request, p *page) (string, error) {
	v := r.URL.Query()
	source, registry, err := s.sourceAsked(v)
	if err != nil {
		return "", err
	}
	first, err1 := strconv.ParseUint(v.Get("fran"), 10, 63)
	last, err2 := strconv.ParseUint(v.Get("till"), 10, 63)
	asked, err3 := strconv.Atoi(v.Get("antal"))
	if err1 != nil || err2 != nil || err3 != nil || v.Get("id") == "" || last < first || last-first > longestReceipt {
		return "", domain.Refuse(domain.CodeNotFound, "Adressen säger inte vilka ändringar det gäller. De står i journalen.")
	}
	entries, err := s.Store.Entries(r.Context(), registry, first, int(last-first)+1)
	if err != nil {
		return "", err
	}
	names, err := s.names(r.Context(), registry)
	if err != nil {
		return "", err
	}
	body := struct {
		Rows    []decisionReceipt
		Waiting bool
		Back    string
	}{Back: "/ledning/roller"}
	if source != "" {
		body.Back += "?" + url.Values{"cykel": {source}}.Encode()
	}
	err = s.Store.View(r.Context(), registry, func(st *domain.State) error {
		for i := range entries {
			e := &entries[i].Event
			if !strings.HasPrefix(e.Command, v.Get("id")+".") || e.Binding == nil {
				continue
			}
			unit := string(e.Binding.Unit)
			if u := st.Registry.Unit(e.Binding.Unit); u != nil {
				unit = u.Name
			}
			body.Rows = append(body.Rows, decisionReceipt{Title: names.Name(e.Binding.Person) + ": " + s.roleTitle(e.Binding.Role) + ", " + unit,
				Says: domain.Sentence(st, e), Index: entries[i].Index, Leaf: leafHash(entries[i].Leaf)})
		}
		return nil
	})
	body.Waiting = len(body.Rows) < asked
	p.Title, p.Menu, p.Exercise, p.Body = "Rollerna är flyttade", "ledning", source != "", body
	return "roller-kvittens", err
}
