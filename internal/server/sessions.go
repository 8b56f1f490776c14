package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// A key of the command line ends by itself.
const (
	usualKeyDays = 30
	mostKeyDays  = 180
	mostKeys     = 20 // of one person's
)

// loginOperations are those about log-ins and keys.
func (s *Server) loginOperations() []operation {
	return []operation{
		{method: http.MethodGet, path: root + "/access", id: "access", thing: domain.ThingSelf, summary: "What is open to whom, and how far to the caller.", out: api.AccessTable{}, do: s.accessTable},
		{method: http.MethodGet, path: root + "/sessions", id: "sessions", thing: domain.ThingSelf, summary: "The caller's log-ins and keys.", out: api.Sessions{}, do: s.ownSessions},
		{method: http.MethodPost, path: root + "/sessions/{id}/end", id: "session.end", thing: domain.ThingSelf, summary: "End one of the caller's log-ins or keys.", out: api.Sessions{}, do: s.endOwnSession},
		{method: http.MethodGet, path: root + "/logins", id: "logins", thing: domain.ThingLogins, summary: "Everybody's log-ins and keys.", out: api.Sessions{}, do: s.allSessions},
		{method: http.MethodPost, path: root + "/logins/{id}/end", id: "login.end", thing: domain.ThingLogins, summary: "End somebody's log-in or key.", out: api.Sessions{}, do: s.endAnySession},
		{method: http.MethodGet, path: root + "/review", id: "review", thing: domain.ThingReview, summary: "Who holds what, and when they last logged in.", out: api.Review{}, do: s.rights},
		{method: http.MethodPost, path: root + "/keys", id: "key", thing: domain.ThingSelf, summary: "Make a key for the command line. It is told once and stored nowhere.", in: api.NewKey{}, out: api.Key{}, do: s.newKey},
		{method: http.MethodPost, path: root + "/device", id: "device", thing: domain.ThingFront, summary: "Ask to be let in: somebody says yes in a browser.", in: api.NewKey{}, out: api.Device{}, do: s.askToBeLetIn},
		{method: http.MethodPost, path: root + "/device/key", id: "device.key", thing: domain.ThingFront, summary: "The key of who was let in; no_access until somebody has said yes.", in: api.DeviceAsk{}, out: api.Key{}, do: s.letInKey},
	}
}

func (s *Server) accessTable(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	is := callerOf(r.Context()).Standing
	answer := api.AccessTable{Member: is.Member, Auditor: is.Auditor, Launcher: is.Launcher, Registrar: is.Registrar}
	for _, row := range domain.AccessTable {
		answer.Rows = append(answer.Rows, api.AccessRow{Thing: row.Thing, Says: row.Says, You: domain.Access(row.Thing, is),
			Anyone: row.Anyone, LoggedIn: row.LoggedIn, Member: row.Member, Auditor: row.Auditor, Launcher: row.Launcher, Registrar: row.Registrar})
	}
	return answer, nil
}

func (s *Server) sessionsOf(r *http.Request, person domain.PersonID) (api.Sessions, error) {
	list := api.Sessions{Sessions: []api.Session{}}
	all, err := s.Store.Sessions(r.Context(), s.Kommun, person, now())
	c := callerOf(r.Context())
	for i := range all {
		n := &all[i]
		list.Sessions = append(list.Sessions, api.Session{ID: n.ID, Person: n.Person, Key: n.Kind == store.SessionKey, Label: n.Label, Made: n.Made, Seen: n.Seen,
			Ends: n.Ends, This: c.Session != nil && c.Session.ID == n.ID})
	}
	return list, err
}

func (s *Server) ownSessions(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.sessionsOf(r, person)
}

func (s *Server) allSessions(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	return s.sessionsOf(r, "")
}

func (s *Server) endOwnSession(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	if err := s.endSession(r.Context(), r.PathValue("id"), person, person); err != nil {
		return nil, err
	}
	return s.sessionsOf(r, person)
}

func (s *Server) endAnySession(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	if err := s.endSession(r.Context(), r.PathValue("id"), "", person); err != nil {
		return nil, err
	}
	return s.sessionsOf(r, "")
}

// endSession ends a log-in or key; of "" = whoever's.
func (s *Server) endSession(ctx context.Context, id string, of, by domain.PersonID) error {
	ended, err := s.Store.EndSession(ctx, s.Kommun, id, of, by, now())
	if err == nil && !ended {
		return domain.Refuse(domain.CodeNotFound, "Det finns ingen sådan inloggning, eller så är den redan avslutad.")
	}
	if err == nil {
		s.log.Info("session ended", zap.String("session", id), zap.String("by", string(by)))
	}
	return err
}

func (s *Server) newKey(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.NewKey
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	if c := callerOf(r.Context()); c.Session != nil && c.Session.Kind == store.SessionKey {
		return nil, domain.Refuse(domain.CodeNoAccess, "En nyckel kan inte göra en ny nyckel. Gör den på sidan Mina inloggningar.")
	}
	return s.makeKey(r.Context(), person, in)
}

func (s *Server) makeKey(ctx context.Context, person domain.PersonID, in api.NewKey) (api.Key, error) {
	in.Label = strings.TrimSpace(in.Label)
	if in.Days == 0 {
		in.Days = usualKeyDays
	}
	switch {
	case !acceptable(in.Label):
		return api.Key{}, domain.Refuse(domain.CodeBadCommand, "Ge nyckeln ett namn på högst 100 tecken, så att du känner igen den.")
	case in.Days < 1 || in.Days > mostKeyDays:
		return api.Key{}, domain.Refuse(domain.CodeBadCommand, "En nyckel gäller i 1 till %d dagar.", mostKeyDays)
	}
	has, err := s.Store.Sessions(ctx, s.Kommun, person, now())
	if err != nil {
		return api.Key{}, err
	}
	keys := 0
	for i := range has {
		if has[i].Kind == store.SessionKey {
			keys++
		}
	}
	if keys >= mostKeys {
		return api.Key{}, domain.Refuse(domain.CodeExists, "Du har redan %d nycklar. Avsluta någon först.", keys)
	}
	secret, hash := newSecret()
	n := store.Session{ID: shortID(), Person: person, Kind: store.SessionKey, Label: in.Label, Made: now()}
	n.Ends = domain.InstantOf(n.Made.Time().Add(time.Duration(in.Days) * 24 * time.Hour))
	if s.Login != nil {
		n.Provider = s.Login.Issuer
	}
	if err := s.Store.AddSession(ctx, s.Kommun, hash, n); err != nil {
		return api.Key{}, err
	}
	s.log.Info("key made", zap.String("person", string(person)), zap.String("session", n.ID))
	return api.Key{ID: n.ID, Key: secret, Ends: n.Ends}, nil
}

// sessionPages adds the pages where log-ins and keys are seen and ended.
func (s *Server) sessionPages(mux *router) {
	mux.handle("GET /mina-inloggningar", domain.ThingSelf, s.show(func(r *http.Request, p *page) (string, error) {
		return s.fillSessions(r, p, p.Person, nil)
	}))
	mux.handle("POST /mina-inloggningar/avsluta", domain.ThingSelf, s.loginForm("/mina-inloggningar", func(r *http.Request, p *page) (string, error) {
		return "", s.endSession(r.Context(), r.PostFormValue("id"), p.Person, p.Person)
	}))
	mux.handle("POST /mina-inloggningar/nyckel", domain.ThingSelf, s.loginForm("/mina-inloggningar", func(r *http.Request, p *page) (string, error) {
		days, err := strconv.Atoi(r.PostFormValue("dagar"))
		if err != nil {
			return "", domain.Refuse(domain.CodeBadCommand, "Skriv hur många dagar nyckeln ska gälla, med siffror.")
		}
		key, err := s.makeKey(r.Context(), p.Person, api.NewKey{Label: r.PostFormValue("namn"), Days: days})
		if err != nil {
			return "", err
		}
		return s.fillSessions(r, p, p.Person, &key)
	}))
	mux.handle("GET /inloggningar", domain.ThingLogins, s.show(func(r *http.Request, p *page) (string, error) {
		return s.fillSessions(r, p, "", nil)
	}))
	mux.handle("POST /inloggningar/avsluta", domain.ThingLogins, s.loginForm("/inloggningar", func(r *http.Request, p *page) (string, error) {
		return "", s.endSession(r.Context(), r.PostFormValue("id"), "", p.Person)
	}))
	mux.handle("GET /slapp-in", domain.ThingSelf, s.show(s.letInPage))
	mux.handle("POST /slapp-in", domain.ThingSelf, s.loginForm("/slapp-in?klart=1", s.letIn))
}

// loginForm does what a form asks for, and shows the page that do names, or goes back.
func (s *Server) loginForm(back string, do func(r *http.Request, p *page) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		p := &page{Person: s.personOf(r)}
		name, err := do(r, p)
		switch {
		case err != nil:
			s.faultPage(w, r, p, err)
		case name != "":
			s.write(w, r, http.StatusOK, name, p)
		default:
			http.Redirect(w, r, back, http.StatusSeeOther)
		}
	}
}

// fillSessions shows a person's log-ins and keys, or with "" everybody's. made is the key that was just made: it is shown
// this once.
func (s *Server) fillSessions(r *http.Request, p *page, of domain.PersonID, made *api.Key) (string, error) {
	list, err := s.sessionsOf(r, of)
	if err != nil {
		return "", err
	}
	body := struct {
		names
		Sessions []api.Session
		All      bool
		Made     *api.Key
		Days     int
		MostDays int
	}{Sessions: list.Sessions, All: of == "", Made: made, Days: usualKeyDays, MostDays: mostKeyDays}
	if body.names, err = s.names(r.Context(), domain.RegistryStream(s.Kommun)); err != nil {
		return "", err
	}
	p.Title, p.Body = "Mina inloggningar", body
	if body.All {
		p.Title = "Allas inloggningar"
	}
	return "inloggningar", nil
}
