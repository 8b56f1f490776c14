package server

import (
	_ "embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"arshjul/domain"
)

//go:embed static/folj.js
var followScript []byte

// warnBefore is how long before it ends a log-in is said to end.
const warnBefore = 5 * time.Minute

// visit is what a page knows of the log-in that it is shown in.
type visit struct {
	Follow string         // where the page hears that what it shows has changed; "" = it does not change
	Idle   domain.Instant // when the log-in ends unless something is done; 0 = there is none that ends
	Ends   domain.Instant // when it ends in any case
	Trial  bool           // --dev-login
	Soon   bool           // it ends within a few minutes
	// What else is open to the person, for the menu.
	Logins, Proposals, Review, Faults bool
}

// clockTime tells an instant of today as people say it: 15.04.
func clockTime(i domain.Instant) string { return i.Time().In(domain.Stockholm).Format("15.04") }

func (s *Server) visitOf(r *http.Request, p *page) visit {
	c := callerOf(r.Context())
	v := visit{Trial: s.Login == nil, Logins: domain.Access(domain.ThingLogins, c.Standing) != domain.MayNot,
		Proposals: domain.Access(domain.ThingProposals, c.Standing) != domain.MayNot,
		Review:    domain.Access(domain.ThingReview, c.Standing) != domain.MayNot,
		Faults:    domain.Access(domain.ThingFaults, c.Standing) != domain.MayNot}
	if c.Session != nil {
		v.Idle, v.Ends = min(c.Session.IdleEnds(), c.Session.Ends), c.Session.Ends
		v.Soon = v.Idle.Time().Sub(p.Now.Time()) < warnBefore
	}
	if r.Method == http.MethodGet && p.Fault == nil && c.Standing.Member {
		query := url.Values{"fran": {strconv.FormatUint(c.Pulse, 10)}}
		if r.PathValue("year") != "" {
			query.Set("stream", stream(r))
		}
		v.Follow = "/folj?" + query.Encode()
		if p.Per != nil {
			v.Follow = "" // what was does not change
		}
	}
	return v
}

// visitEnds answers when the log-in ends. Asked with POST it is also a use, which puts the end off.
func (s *Server) visitEnds(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	if c.Session == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if r.Method == http.MethodPost {
		at := now()
		if err := s.Store.SawSession(r.Context(), c.hash, at); err != nil {
			writeProblem(w, s.problemOf(r, err))
			return
		}
		c.Session.Seen = at
	}
	writeJSON(w, http.StatusOK, map[string]domain.Instant{"idle": min(c.Session.IdleEnds(), c.Session.Ends), "ends": c.Session.Ends})
}
