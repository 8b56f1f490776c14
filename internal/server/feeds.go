package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// feedRoute is a calendar's address: who knows the secret may read.
const feedRoute = "GET /kalender/{hemlighet}"

const mostFeeds = 30 // of one person's

// feedPages adds the calendars, and the page where they are made and taken back.
func (s *Server) feedPages(mux *router) {
	mux.handle(feedRoute, domain.ThingProof, s.calendarFeed)
	mux.handle("GET /kalendrar", domain.ThingFeeds, s.show(func(r *http.Request, p *page) (string, error) {
		return s.fillFeeds(r, p, "")
	}))
	mux.handle("POST /kalendrar", domain.ThingFeeds, s.loginForm("/kalendrar", func(r *http.Request, p *page) (string, error) {
		kind, target, _ := strings.Cut(r.PostFormValue("vad"), " ")
		address, err := s.makeFeed(r, p.Person, store.Feed{Kind: store.FeedKind(kind), Target: target})
		if err != nil {
			return "", err
		}
		return s.fillFeeds(r, p, address)
	}))
	mux.handle("POST /kalendrar/avsluta", domain.ThingFeeds, s.loginForm("/kalendrar", func(r *http.Request, p *page) (string, error) {
		ended, err := s.Store.EndFeed(r.Context(), s.Kommun, r.PostFormValue("id"), p.Person, now())
		if err == nil && !ended {
			err = domain.Refuse(domain.CodeNotFound, "Det finns ingen sådan kalender, eller så är den redan avslutad.")
		}
		return "", err
	}))
}

// fillFeeds shows a person's calendars. address is the one that was just made: it is shown this once.
func (s *Server) fillFeeds(r *http.Request, p *page, address string) (string, error) {
	type row struct {
		store.Feed
		Title string
	}
	body := struct {
		Feeds   []row
		Address string
		Units   []domain.Unit
		Cycles  []api.CycleHead
	}{Address: address}
	feeds, err := s.Store.Feeds(r.Context(), s.Kommun, p.Person)
	if err != nil {
		return "", err
	}
	registry, err := s.theRegistry(r.Context(), domain.RegistryStream(s.Kommun))
	if err != nil {
		return "", err
	}
	cycles, err := s.listCycles(r.Context())
	if err != nil {
		return "", err
	}
	today := now().Date()
	for _, u := range registry.Units {
		if u.Active(today) {
			body.Units = append(body.Units, u)
		}
	}
	body.Cycles = cycles.Cycles
	for _, f := range feeds {
		title := "Det som rör mig"
		for _, u := range registry.Units {
			if f.Kind == store.FeedUnit && string(u.ID) == f.Target {
				title = u.Name
			}
		}
		for _, c := range cycles.Cycles {
			if f.Kind == store.FeedCycle && c.Stream == f.Target {
				title = c.Title
			}
		}
		body.Feeds = append(body.Feeds, row{f, title})
	}
	p.Title, p.Body = "Kalendrar", body
	return "kalendrar", nil
}

// makeFeed makes a calendar and gives its address, which is told this once.
func (s *Server) makeFeed(r *http.Request, person domain.PersonID, f store.Feed) (string, error) {
	has, err := s.Store.Feeds(r.Context(), s.Kommun, person)
	if err != nil {
		return "", err
	}
	if len(has) >= mostFeeds {
		return "", domain.Refuse(domain.CodeExists, "Du har redan %d kalendrar. Avsluta någon först.", len(has))
	}
	if err := s.checkFeed(r.Context(), &f); err != nil {
		return "", err
	}
	secret, hash := newSecret()
	f.ID, f.Person, f.Made = shortID(), person, now()
	if err := s.Store.AddFeed(r.Context(), s.Kommun, hash, f); err != nil {
		return "", err
	}
	return s.base(r) + "/kalender/" + secret + ".ics", nil
}

// checkFeed refuses a calendar of nothing.
func (s *Server) checkFeed(ctx context.Context, f *store.Feed) error {
	none := domain.Refuse(domain.CodeNotFound, "Välj i listan vad kalendern ska visa.")
	switch f.Kind {
	case store.FeedPerson:
		f.Target = ""
		return nil
	case store.FeedUnit:
		return s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
			if st.Registry == nil || st.Registry.Unit(domain.UnitID(f.Target)) == nil {
				return none
			}
			return nil
		})
	case store.FeedCycle:
		c, err := s.Store.Cycle(ctx, f.Target)
		if errors.Is(err, store.ErrNoRow) || err == nil && c.Kommun != s.Kommun {
			return none
		}
		return err
	}
	return none
}

// calendarFeed answers a calendar program. Who made the calendar must still have a role here; a secret that opens nothing
// and one that never was are told alike.
func (s *Server) calendarFeed(w http.ResponseWriter, r *http.Request) {
	secret := strings.TrimSuffix(r.PathValue("hemlighet"), ".ics")
	now := now()
	f, err := s.Store.ReadFeed(r.Context(), s.Kommun, hashOf(secret), now)
	if err == nil {
		var number uint64
		if number, err = s.Store.RegistryNumber(r.Context(), s.Kommun); err == nil {
			var is domain.Standing
			if is, err = s.standing(r.Context(), f.Person, number, now.Date()); err == nil && !is.Member {
				err = store.ErrNoRow
			}
		}
	}
	if errors.Is(err, store.ErrNoRow) {
		http.Error(w, "Det finns ingen kalender på den adressen. Gör en ny på sidan Kalendrar.", http.StatusNotFound)
		return
	}
	var body []byte
	if err == nil {
		body, err = s.calendarOf(r.Context(), &f, s.base(r), now)
	}
	if err != nil {
		http.Error(w, "Kalendern går inte att läsa just nu. Försök igen senare.", s.problemOf(r, err).Status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="arshjul.ics"`)
	h.Set("Cache-Control", "private, max-age=300")
	tag := `"` + string(domain.DigestOf(body)[:32]) + `"`
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body) // who asked may be gone
}
