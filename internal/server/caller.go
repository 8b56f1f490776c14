package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
)

// How long a browser's log-in lasts: without use, and at most.
const (
	sessionIdle  = time.Hour
	sessionLongs = 10 * time.Hour
	// sawEvery is how seldom the database is told that a session is used.
	sawEvery = time.Minute
)

// caller is who asks, as the door found out once for the request.
type caller struct {
	Person   domain.PersonID // "" = nobody has logged in
	Standing domain.Standing
	Session  *store.Session // nil = none: a program on a server with --dev-login
	Registry uint64         // its number when the request came
	Pulse    uint64         // what had happened when the request came (store.Doorstep)
	hash     store.SecretHash
}

type callerKey struct{}

func withCaller(ctx context.Context, c *caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf gives who asks; one that is nobody when the door has not asked.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

// personOf gives who asks, or "" when nobody has logged in.
func (s *Server) personOf(r *http.Request) domain.PersonID { return callerOf(r.Context()).Person }

// newSecret makes a secret of 256 random bits, and what is stored of it.
func newSecret() (string, store.SecretHash) {
	secret := rand.Text() + rand.Text() // 130 bits each
	return secret, sha256.Sum256([]byte(secret))
}

func hashOf(secret string) store.SecretHash { return sha256.Sum256([]byte(secret)) }

// whoAsks finds out who asks: by the cookie of a browser's session, by a key of the command line, or with --dev-login by
// a header that anybody on this machine may write. The caller is never nil.
func (s *Server) whoAsks(r *http.Request) (*caller, error) {
	c := &caller{}
	named := ""
	if s.Login == nil {
		named = r.Header.Get(personHeader)
	}
	secret, kind := s.secretOf(r)
	if named == "" && secret == "" {
		return c, nil
	}
	if secret != "" {
		c.hash = hashOf(secret)
	}
	at := ""
	if r.PathValue("year") != "" {
		at = stream(r)
	}
	now := now()
	d, err := s.Store.Doorstep(r.Context(), s.Kommun, c.hash, at, now)
	if err != nil {
		return c, err
	}
	c.Pulse, c.Registry = d.Pulse, d.Registry
	switch {
	case named != "":
		if acceptable(named) {
			c.Person = domain.PersonID(named)
		}
	case d.Session != nil && d.Session.Kind == kind && s.began(d.Session):
		c.Person, c.Session = d.Session.Person, d.Session
		if now.Time().Sub(d.Session.Seen.Time()) >= sawEvery && r.Header.Get(followHeader) == "" {
			if err := s.Store.SawSession(r.Context(), c.hash, now); err != nil {
				return c, err
			}
			c.Session.Seen = now
		}
	}
	c.Standing, err = s.standing(r.Context(), c.Person, d.Registry, now.Date())
	return c, err
}

// began tells whether a session was begun by the way in that this server has: what somebody was given on a server with
// --dev-login opens nothing on one with a log-in service.
func (s *Server) began(n *store.Session) bool {
	switch {
	case s.Login == nil:
		return true
	case n.Kind == store.SessionKey:
		return n.Provider == s.Login.Issuer
	}
	return n.Subject != ""
}

// secretOf finds the secret that a request brings, and which kind of session it may open. A program that brings a key
// is not also a browser.
func (s *Server) secretOf(r *http.Request) (string, store.SessionKind) {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			return "", store.SessionKey
		}
		return key, store.SessionKey
	}
	if cookie, err := r.Cookie(s.cookieName(sessionCookie)); err == nil {
		return cookie.Value, store.SessionBrowser
	}
	return "", store.SessionBrowser
}

// standings remembers what people are, until the registry or the day changes.
type standings struct {
	mu       sync.Mutex
	registry uint64
	day      domain.Date
	of       map[domain.PersonID]domain.Standing
}

// standing tells what a person is by the registry as it stood when the request came.
func (s *Server) standing(ctx context.Context, person domain.PersonID, registry uint64, today domain.Date) (domain.Standing, error) {
	if person == "" {
		return domain.Standing{}, nil
	}
	known := &s.standings
	known.mu.Lock()
	if registry > known.registry || today > known.day || len(known.of) > 10000 {
		known.registry, known.day, known.of = max(registry, known.registry), max(today, known.day), nil
	}
	is, ok := known.of[person]
	known.mu.Unlock()
	if ok {
		return is, nil
	}
	seq := uint64(0)
	err := s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		is, seq = st.Registry.Standing(person, today), st.Seq
		return nil
	})
	if err != nil {
		return is, err
	}
	known.mu.Lock()
	defer known.mu.Unlock()
	if seq == known.registry && today == known.day {
		if known.of == nil {
			known.of = map[domain.PersonID]domain.Standing{}
		}
		known.of[person] = is
	}
	return is, nil
}

// enter gives a person a session in this browser. Whatever session the browser had is another one.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, n store.Session) error {
	secret, hash := newSecret()
	n.ID, n.Kind, n.Label, n.Made = shortID(), store.SessionBrowser, browserOf(r), now()
	n.Idle, n.Ends = sessionIdle, domain.InstantOf(n.Made.Time().Add(sessionLongs))
	if err := s.Store.AddSession(r.Context(), s.Kommun, hash, n); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(sessionCookie, secret, 0))
	s.log.Info("logged in", zap.String("person", string(n.Person)), zap.String("session", n.ID))
	return nil
}

// shortID names a row to people; it opens nothing.
func shortID() string { return strings.ToLower(rand.Text()[:10]) }

// browserOf says which browser asks, in so many words as tell one's own log-ins apart.
func browserOf(r *http.Request) string {
	agent := r.UserAgent()
	pick := func(of ...string) string {
		for i := 0; i < len(of); i += 2 {
			if strings.Contains(agent, of[i]) {
				return of[i+1]
			}
		}
		return ""
	}
	browser := pick("Edg", "Edge", "Firefox", "Firefox", "Chrome", "Chrome", "Safari", "Safari")
	if browser == "" {
		return "Okänd webbläsare"
	}
	if on := pick("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "Linux", "Linux"); on != "" {
		return browser + ", " + on
	}
	return browser
}

// The cookies: of a session, and of a log-in under way.
const (
	sessionCookie = "arshjul"
	tryCookie     = "arshjul-login"
)

// cookieName is __Host- where the server is reached by https, so that no other host or path can have set it. A server
// with --dev-login is reached by http on this machine.
func (s *Server) cookieName(name string) string {
	if s.Login == nil {
		return name
	}
	return "__Host-" + name
}

// cookie keeps a secret in the browser; with maxAge 0 until it is closed, less than 0 takes it away.
func (s *Server) cookie(name, secret string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: s.cookieName(name), Value: secret, Path: "/", MaxAge: maxAge, Secure: s.Login != nil, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
