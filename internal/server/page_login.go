package server

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/login"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// loginPages adds the pages about logging in and out, log-ins, keys, calendars and proposals.
func (s *Server) loginPages(mux *router) {
	mux.handle("GET /logga-in", domain.ThingFront, s.logInPage)
	if s.Login == nil {
		mux.handle("POST /logga-in", domain.ThingFront, s.logIn)
	} else {
		mux.handle("GET /logga-in/start", domain.ThingFront, s.beginLogIn)
		mux.handle("GET /inloggad", domain.ThingFront, s.finishLogIn)
		mux.handle("POST /utloggad-av-tjansten", domain.ThingProof, s.loggedOutByService)
	}
	mux.handle("POST /logga-ut", domain.ThingFront, s.logOut)
	mux.handle("GET /utloggad", domain.ThingFront, s.loggedOutPage)
	mux.handle("GET /besok", domain.ThingSelf, s.visitEnds)
	mux.handle("POST /besok", domain.ThingSelf, s.visitEnds)
	mux.handle("GET /folj.js", domain.ThingPlain, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(followScript))
	})
	mux.handle(followRoute, domain.ThingInbox, s.follow)
	mux.handle("GET /behorigheter", domain.ThingReview, s.show(s.rightsPage))
	s.sessionPages(mux)
	s.proposalPages(mux)
	s.feedPages(mux)
}

// unitPeople are those who hold a role in a unit today.
type unitPeople struct {
	Name   string
	People []api.Binding
}

func (s *Server) logInPage(w http.ResponseWriter, r *http.Request) {
	p := &page{Title: "Logga in", Person: s.personOf(r)}
	body := struct {
		Units  []unitPeople
		Trial  bool
		Target string
	}{Trial: s.Login == nil, Target: target(r.URL.Query().Get("till"))}
	if body.Trial {
		p.Title = "Logga in på prov"
		var err error
		if body.Units, err = s.people(r); err != nil {
			s.faultPage(w, r, p, err)
			return
		}
	}
	p.Body = body
	s.write(w, r, http.StatusOK, "logga-in", p)
}

// people lists whom one may log in as: each person once, at the first unit in which the person holds a role.
func (s *Server) people(r *http.Request) ([]unitPeople, error) {
	stream := domain.RegistryStream(s.Kommun)
	number, err := s.Store.RegistryNumber(r.Context(), s.Kommun)
	if err != nil || number == 0 {
		return nil, err
	}
	registry, err := s.theRegistry(r.Context(), stream)
	if err != nil {
		return nil, err
	}
	seen := map[domain.PersonID]bool{}
	var units []unitPeople
	for _, u := range registry.Units {
		row := unitPeople{Name: u.Name}
		for _, b := range registry.Bindings {
			if b.Unit == u.ID && !seen[b.Person] {
				seen[b.Person] = true
				if b.Name == "" {
					b.Name = string(b.Person)
				}
				row.People = append(row.People, b)
			}
		}
		if len(row.People) > 0 {
			units = append(units, row)
		}
	}
	return units, nil
}

// logIn believes who somebody says they are; that is why the server listens on the loopback address alone.
func (s *Server) logIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	person := r.PostFormValue("person")
	if !acceptable(person) {
		s.faultPage(w, r, &page{}, domain.Refuse(domain.CodeBadCommand, "Välj vem du vill vara i listan."))
		return
	}
	if err := s.enter(w, r, store.Session{Person: domain.PersonID(person)}); err != nil {
		s.faultPage(w, r, &page{}, err)
		return
	}
	http.Redirect(w, r, target(r.PostFormValue("till")), http.StatusSeeOther)
}

// beginLogIn sends the browser to the log-in service. What its answer must match is kept here, under a secret that only
// this browser has.
func (s *Server) beginLogIn(w http.ResponseWriter, r *http.Request) {
	to, try, err := s.Login.Begin(r.Context())
	if err != nil {
		s.logInFailed(w, r, err)
		return
	}
	secret, hash := newSecret()
	kept := store.LoginTry{State: try.State, Nonce: try.Nonce, Verifier: try.Verifier, Target: target(r.URL.Query().Get("till"))}
	if err := s.Store.AddLoginTry(r.Context(), hash, kept, now()); err != nil {
		s.faultPage(w, r, &page{}, err)
		return
	}
	http.SetCookie(w, s.cookie(tryCookie, secret, 600))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// finishLogIn hears the log-in service's answer, once.
func (s *Server) finishLogIn(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(s.cookieName(tryCookie))
	if err != nil {
		s.logInFailed(w, r, &login.Refused{Why: "no log-in is under way in this browser"})
		return
	}
	http.SetCookie(w, s.cookie(tryCookie, "", -1))
	try, err := s.Store.TakeLoginTry(r.Context(), hashOf(cookie.Value), now())
	if errors.Is(err, store.ErrNoRow) {
		s.logInFailed(w, r, &login.Refused{Why: "the log-in has been answered, or took too long"})
		return
	}
	if err != nil {
		s.faultPage(w, r, &page{}, err)
		return
	}
	who, err := s.Login.Finish(r.Context(), login.Try{State: try.State, Nonce: try.Nonce, Verifier: try.Verifier}, r.URL.Query())
	if err == nil && !acceptable(who.Person) {
		err = &login.Refused{Why: "the claim is no person's id"}
	}
	if err != nil {
		s.logInFailed(w, r, err)
		return
	}
	person := domain.PersonID(who.Person)
	if err := s.propose(r.Context(), person, who); err != nil {
		s.log.Warn("what the groups propose was not kept", zap.String("person", who.Person), zap.Error(err))
	}
	if err := s.enter(w, r, store.Session{Person: person, Subject: who.Subject, Provider: who.Session}); err != nil {
		s.faultPage(w, r, &page{}, err)
		return
	}
	http.Redirect(w, r, target(try.Target), http.StatusSeeOther)
}

// logInFailed tells that a log-in came to nothing. Who is logged in already stays so.
func (s *Server) logInFailed(w http.ResponseWriter, r *http.Request, err error) {
	s.log.Warn("log-in failed", zap.Error(err))
	var refusal *domain.Refusal
	if down := (*login.Down)(nil); errors.As(err, &down) {
		refusal = domain.Refuse(domain.CodeUnavailable, "Inloggningstjänsten svarar inte just nu. Försök igen om en stund. De som redan är inloggade kan arbeta som vanligt.")
	} else {
		refusal = domain.Refuse(domain.CodeNotLoggedIn, "Inloggningen gick inte igenom: den är för gammal, redan använd eller gjord för något annat. Börja om från sidan Logga in.")
	}
	s.tellFault(w, r, &page{}, api.ProblemOf(refusal, ""), "Det gick inte att logga in")
}

// logOut ends the session, here and with the log-in service.
func (s *Server) logOut(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	http.SetCookie(w, s.cookie(sessionCookie, "", -1))
	to := "/logga-in"
	if c.Session != nil {
		if _, err := s.Store.EndSession(r.Context(), s.Kommun, c.Session.ID, c.Person, c.Person, now()); err != nil {
			s.faultPage(w, r, &page{Person: c.Person}, err)
			return
		}
		s.log.Info("logged out", zap.String("person", string(c.Person)), zap.String("session", c.Session.ID))
		if s.Login != nil && c.Session.Subject != "" {
			to = "/utloggad?tjansten=1"
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// loggedOutPage leads on to the log-in service, so that it ends its log-in too. It is a page of its own because a form of
// ours may lead nowhere else (CSP's form-action), and the service may send the browser on to places that we do not know.
func (s *Server) loggedOutPage(w http.ResponseWriter, r *http.Request) {
	p := &page{Title: "Du är utloggad"}
	body := struct{ Service string }{}
	if s.Login != nil && r.URL.Query().Get("tjansten") != "" {
		if body.Service = s.Login.LogOut(r.Context()); body.Service != "" {
			w.Header().Set("Refresh", "0; url="+body.Service)
		}
	}
	p.Body = body
	s.write(w, r, http.StatusOK, "utloggad", p)
}

// loggedOutByService ends the sessions that the log-in service says are over (back-channel log-out). Its signed word is
// what lets it in.
func (s *Server) loggedOutByService(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	w.Header().Set("Cache-Control", "no-store")
	says, err := s.Login.LoggedOut(r.Context(), r.PostFormValue("logout_token"))
	if down := (*login.Down)(nil); errors.As(err, &down) {
		s.log.Warn("back-channel log-out", zap.Error(err))
		http.Error(w, `{"error":"temporarily_unavailable"}`, http.StatusServiceUnavailable)
		return
	}
	if err != nil {
		s.log.Warn("back-channel log-out", zap.Error(err))
		http.Error(w, `{"error":"invalid_request"}`, http.StatusBadRequest)
		return
	}
	subject := says.Subject
	if says.Session != "" {
		subject = "" // the one log-in, whatever the service calls its person there
	}
	// A token that is sent again ends nothing that was begun after it was made. The service's clock may be a little off.
	said := domain.InstantOf(says.Said.Add(time.Minute))
	n, err := s.Store.EndProvided(r.Context(), s.Kommun, subject, says.Session, said, now())
	if err != nil {
		s.log.Error("back-channel log-out", zap.Error(err))
		http.Error(w, `{"error":"temporarily_unavailable"}`, http.StatusServiceUnavailable)
		return
	}
	s.log.Info("logged out by the service", zap.Int64("sessions", n))
}

// query adds a parameter to a path of ours.
func query(path, name, value string) string {
	return path + "?" + url.Values{name: {value}}.Encode()
}
