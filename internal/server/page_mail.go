package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// mailPages adds the pages about mails.
func (s *Server) mailPages(mux *router) {
	mux.handle("GET /utskick", domain.ThingMail, s.show(s.mailPage))
	mux.handle("POST /utskick/val", domain.ThingMail, s.mailForm(func(ctx context.Context, r *http.Request, person domain.PersonID) error {
		_, err := s.makeChoice(ctx, person, api.MailChoice{Choice: r.PostFormValue("val")})
		return err
	}))
	mux.handle("POST /utskick/adress", domain.ThingAsk, s.mailForm(func(ctx context.Context, r *http.Request, person domain.PersonID) error {
		_, err := s.keepAddress(ctx, person, api.MailAddress{Person: domain.PersonID(r.PostFormValue("person")), Address: strings.TrimSpace(r.PostFormValue("adress"))})
		return err
	}))
	mux.handle("POST /utskick/igen", domain.ThingAsk, s.mailForm(func(ctx context.Context, r *http.Request, person domain.PersonID) error {
		_, err := s.sendAgain(ctx, person, r.PostFormValue("id"))
		return err
	}))
	mux.handle("POST /utskick/slapp", domain.ThingAsk, s.mailForm(func(ctx context.Context, r *http.Request, person domain.PersonID) error {
		_, err := s.letMailsGo(ctx, person, r.PostFormValue("skickat") == "ja")
		return err
	}))
	mux.handle("GET /ovningspost", domain.ThingSink, s.show(s.sinkPage))
	mux.handle("GET /ovningspost/{id}", domain.ThingSink, s.show(s.sunkPage))
	mux.handle("GET /ovningspost/{id}/sida", domain.ThingSink, s.sunkHTML)
}

// mailForm does what a form asks for and goes back to the page. Doing any of it twice is doing it once.
func (s *Server) mailForm(do func(ctx context.Context, r *http.Request, person domain.PersonID) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person := s.personOf(r)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := do(r.Context(), r, person); err != nil {
			s.faultPage(w, r, &page{Person: person, Menu: "utskick"}, err)
			return
		}
		http.Redirect(w, r, "/utskick?klart=1", http.StatusSeeOther)
	}
}

// choiceWords are what a person chooses between.
var choiceWords = []struct {
	Choice store.Choice
	Says   string
}{
	{store.ChoiceAtOnce, "Direkt, på arbetsdagar från klockan 07.30"},
	{store.ChoiceDaily, "Ett mejl om dagen, på arbetsdagar klockan 07.30"},
	{store.ChoiceWeekly, "Ett mejl i veckan, första arbetsdagen klockan 07.30"},
	{store.ChoiceNone, "Inga mejl, utom när något ligger hos dig för att det dröjer hos någon annan"},
}

func (s *Server) mailPage(r *http.Request, p *page) (string, error) {
	type reach struct {
		api.MailAddress
		Name string
	}
	body := struct {
		names
		Done    bool
		Choice  api.MailChoice
		Choices any
		Mine    []api.MailAddress
		Log     api.MailLog
		Keeper  bool // may set addresses
		Hold    api.MailHold
		People  []reach
		More    string
	}{Done: r.URL.Query().Get("klart") != "", Choices: choiceWords}
	var err error
	if body.Choice, err = s.theChoice(r.Context(), p.Person); err != nil {
		return "", err
	}
	limit, err := pageSize(r)
	if err != nil {
		return "", err
	}
	desk, err := s.Store.MailDesk(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	if body.Log, err = s.theMailLog(r.Context(), p.Person, desk, store.MailQuery{Before: r.URL.Query().Get("before"), Limit: limit}); err != nil {
		return "", err
	}
	if desk.Held {
		if body.Hold, err = s.holdOf(r.Context(), p.Person, desk.Hold, true); err != nil {
			return "", err
		}
	}
	if n := len(body.Log.Mails); n == limit {
		body.More = body.Log.Mails[n-1].ID
	}
	if body.names, err = s.names(r.Context(), domain.RegistryStream(s.Kommun)); err != nil {
		return "", err
	}
	addresses, err := s.theAddresses(r.Context(), p.Person)
	if err != nil {
		return "", err
	}
	if body.Keeper, err = s.holds(r.Context(), p.Person, domain.RoleRegistrar); err != nil {
		return "", err
	}
	for _, a := range addresses.Addresses {
		if a.Person == p.Person {
			body.Mine = append(body.Mine, a)
		}
	}
	if body.Keeper {
		for person, name := range body.names {
			row := reach{api.MailAddress{Person: person}, name}
			if i := slices.IndexFunc(addresses.Addresses, func(a api.MailAddress) bool { return a.Person == person }); i >= 0 {
				row.MailAddress = addresses.Addresses[i]
			}
			body.People = append(body.People, row)
		}
		slices.SortFunc(body.People, func(a, b reach) int { return strings.Compare(a.Name+string(a.Person), b.Name+string(b.Person)) })
	}
	p.Title, p.Menu, p.Body = "Utskick", "utskick", body
	return "utskick", nil
}

func (s *Server) sinkPage(r *http.Request, p *page) (string, error) {
	limit, err := pageSize(r)
	if err != nil {
		return "", err
	}
	before, err := number(r, "before", 0)
	if err != nil {
		return "", err
	}
	boxes, err := s.Store.SunkBoxes(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	box := r.URL.Query().Get("exercise")
	if !r.URL.Query().Has("exercise") && len(boxes) > 0 {
		box = boxes[0]
	}
	list, err := s.theSunk(r.Context(), box, int64(before), limit)
	if err != nil {
		return "", err
	}
	body := struct {
		List api.SunkMails
		Box  string
		More int64
	}{List: list, Box: box}
	if n := len(list.Mails); n == limit {
		body.More = list.Mails[n-1].ID
	}
	p.Title, p.Menu, p.Exercise, p.Body = "Övningspost", "ovningspost", box != "", body
	return "ovningspost", nil
}

func (s *Server) sunkPage(r *http.Request, p *page) (string, error) {
	m, err := s.theSunkMail(r)
	p.Title, p.Menu, p.Exercise, p.Body = m.Subject, "ovningspost", m.Exercise != "", m
	return "ovningsmejl", err
}

// sunkHTML shows a mail as a mail program does: alone, and with nothing of it able to do anything.
func (s *Server) sunkHTML(w http.ResponseWriter, r *http.Request) {
	person := s.personOf(r)
	m, err := s.theSunkMail(r)
	if err != nil {
		s.faultPage(w, r, &page{Person: person, Menu: "ovningspost"}, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(m.HTML)) // who asked may be gone
}
