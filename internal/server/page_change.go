package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// change is a form by which the registry is changed: filled in on a page, shown once more with what it would lead to, and
// carried out. The page's body embeds it.
type change struct {
	Among     []choice // the registries that can be changed here: the real one, and each exercise's
	Source    string   // "" = the real registry; otherwise an exercise's stream
	Registrar bool     // may change it
	ID        string
	Values    url.Values // as the form was filled in
	Title     string     // what is about to be done
	Trial     *registryTrial
	Would     api.Preview
	Hidden    []hidden
	Done      int // commands that were carried out before one was refused

	thing  domain.Thing // what the page is, to the access table
	stream string       // the registry's
	form   string       // its template; the one that shows it once more is called form-granska
	at     string       // its page's address
	// commands are what the form asks for, each judged by itself.
	commands func() ([]api.Command, error)
	// from is the day from which it is told who may do what; "" = today.
	from domain.Date
	// try tells what the commands would lead to, and does nothing.
	try func(ctx context.Context, person domain.PersonID, commands []api.Command) error
	// receipt is the address that tells what was done.
	receipt func(all []api.Receipt) string
}

// fillChange makes a page of the kind from what its address or form says. What it gives is a part of the page's body.
type fillChange func(r *http.Request, p *page, v url.Values) (*change, error)

// changeOf begins a page with such a form. open are the cycles that go on.
func (s *Server) changeOf(form, at string, thing domain.Thing, v url.Values, open []store.Cycle) (change, error) {
	source, stream, err := s.sourceAsked(v)
	return change{Source: source, ID: or(v.Get("id"), rand.Text()), Values: v, Among: amongCycles(open, at, source), thing: thing, stream: stream, form: form, at: at}, err
}

// ready makes the form one that can be reviewed and given: what it asks for, tried on the registry and every cycle that
// goes on, and told by an ordinary receipt on its own page. A page that does otherwise says so afterwards.
func (c *change) ready(s *Server, commands func() ([]api.Command, error)) *change {
	c.commands = commands
	c.try = func(ctx context.Context, person domain.PersonID, commands []api.Command) (err error) {
		c.Trial, _, err = s.tryRegistry(ctx, c.stream, person, commands, c.from)
		return err
	}
	c.receipt = func(all []api.Receipt) string {
		last := all[len(all)-1]
		query := url.Values{"kvitto": {last.ID}, "hos": {last.Stream}}
		if c.Source != "" {
			query.Set("cykel", c.Source)
		}
		return c.at + "?" + query.Encode()
	}
	return c
}

// mayChange tells whether a person may change the registry on a day.
func (c *change) mayChange(r *domain.Registry, person domain.PersonID, today domain.Date) {
	for _, h := range r.Holders(domain.RoleRegistrar, r.City, today) {
		c.Registrar = c.Registrar || h.Person == person
	}
}

// lookAt shows the page's registry as it stands, on the day by its own clock: an exercise's, or today.
func (s *Server) lookAt(r *http.Request, p *page, c *change, look func(registry *domain.Registry, today domain.Date)) error {
	return s.Store.View(r.Context(), c.stream, func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Registret är tomt.")
		}
		today := now().Date()
		if st.Cycle != nil {
			today = st.Cycle.Clock.Date()
			p.Today = today
		}
		c.mayChange(st.Registry, p.Person, today)
		look(st.Registry, today)
		return nil
	})
}

// changePage shows the page with the form.
func (s *Server) changePage(fill fillChange) http.HandlerFunc {
	return s.show(func(r *http.Request, p *page) (string, error) {
		c, err := fill(r, p, r.URL.Query())
		if err != nil {
			return "", err
		}
		return c.form, nil
	})
}

// reviewChange shows what a filled-in form would lead to, before anything is done.
func (s *Server) reviewChange(fill fillChange) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := &page{Person: s.personOf(r)}
		c, v, err := s.filledIn(w, r, p, fill)
		if err != nil {
			s.faultPage(w, r, p, err)
			return
		}
		v.Set("id", c.ID)
		commands, err := c.commands()
		if err == nil {
			err = c.try(r.Context(), p.Person, commands)
		}
		if err != nil {
			s.refusedOn(w, r, p, c.form, err)
			return
		}
		c.Hidden = hiddenOf(v)
		p.Title = "Granska: " + c.Title
		s.write(w, r, http.StatusOK, c.form+"-granska", p)
	}
}

// giveChange carries out what was reviewed.
func (s *Server) giveChange(fill fillChange) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := &page{Person: s.personOf(r)}
		c, v, err := s.filledIn(w, r, p, fill)
		if err != nil {
			s.faultPage(w, r, p, err)
			return
		}
		s.giveFilled(w, r, p, c, v, fill)
	}
}

func (s *Server) filledIn(w http.ResponseWriter, r *http.Request, p *page, fill fillChange) (*change, url.Values, error) {
	v, err := s.readPosted(w, r)
	if err != nil {
		return nil, v, err
	}
	c, err := fill(r, p, v)
	return c, v, err
}

// giveFilled gives the commands of a form one by one, and goes on to their receipt. Sent again it goes on where it was
// stopped; refused, the form is there still as it was filled in.
func (s *Server) giveFilled(w http.ResponseWriter, r *http.Request, p *page, c *change, v url.Values, fill fillChange) {
	commands, err := c.commands()
	var all []api.Receipt
	for i := 0; err == nil && i < len(commands); i++ {
		var receipt api.Receipt
		if receipt, err = s.give(r.Context(), c.stream, p.Person, commands[i]); err == nil {
			all = append(all, receipt)
		}
	}
	if err == nil {
		http.Redirect(w, r, c.receipt(all), http.StatusSeeOther)
		return
	}
	problem := s.problemOf(r, err)
	if domain.Access(c.thing, callerOf(r.Context()).Standing) == domain.MayNot {
		s.faultPage(w, r, &page{Person: p.Person}, problem)
		return
	}
	if len(all) > 0 { // the registry is another by now
		if c, err = fill(r, p, v); err != nil {
			s.faultPage(w, r, p, problem)
			return
		}
	}
	c.Done = len(all)
	s.refusedOn(w, r, p, c.form, problem)
}
