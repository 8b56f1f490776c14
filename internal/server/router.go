package server

import (
	"net/http"
	"net/url"
	"strings"

	"go.uber.org/zap"

	"arshjul/domain"
)

// router is a mux whose every route says what it opens to. There is no other way to add one, so what nobody has thought
// of is closed (domain.AccessTable).
type router struct {
	s   *Server
	mux *http.ServeMux
	all []Route
}

// Route is an address that the server answers, and what it opens to.
type Route struct {
	Pattern string // as net/http writes it
	Thing   domain.Thing
}

// Routes lists every address that the server answers.
func (s *Server) Routes() []Route { return s.routes.all }

func (ro *router) handle(pattern string, thing domain.Thing, next http.HandlerFunc) {
	ro.all = append(ro.all, Route{pattern, thing})
	ro.mux.HandleFunc(pattern, ro.s.admit(thing, next))
}

// admit lets those in whom the access table lets in, and tells the handler who they are.
func (s *Server) admit(thing domain.Thing, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.limits.address(r, thing); err != nil {
			s.turnAway(w, r, &caller{}, err)
			return
		}
		if thing == domain.ThingPlain || thing == domain.ThingProof { // whoever it is
			next(w, r)
			return
		}
		c, err := s.whoAsks(r)
		if err != nil {
			if thing == domain.ThingFront { // shown also when the database is not there to say who it is
				next(w, r)
				return
			}
			s.turnAway(w, r, c, err)
			return
		}
		r = r.WithContext(withCaller(r.Context(), c))
		err = s.mayEnter(r, thing, c)
		if err == nil {
			err = s.limits.person(r, c)
		}
		if err != nil {
			s.turnAway(w, r, c, err)
			return
		}
		next(w, r)
	}
}

// mayEnter asks the access table, and keeps to the server's own municipality whatever the address says.
func (s *Server) mayEnter(r *http.Request, thing domain.Thing, c *caller) error {
	switch {
	case domain.Access(thing, c.Standing) != domain.MayNot:
	case c.Person == "":
		return notLoggedIn()
	case !c.Standing.Member:
		return domain.Refuse(domain.CodeNoAccess, "Du är inloggad, men har ingen roll här i dag. Be registeransvarig att lägga in dig och din roll.")
	default:
		return domain.Refuse(domain.CodeNoAccess, "Det här är inte öppet för dina roller. Be registeransvarig eller cykelansvarig om hjälp.")
	}
	if thing == domain.ThingAsk {
		return nil // the rules say no themselves, and write it down
	}
	return s.checkPlace(r)
}

// places are the query's parameters that name a stream or a log.
var places = []string{"log", "exercise", "cycle", "stream", "hos"}

// checkPlace refuses what is another municipality's.
func (s *Server) checkPlace(r *http.Request) error {
	if k := r.PathValue("kommun"); k != "" && k != s.Kommun {
		return s.noSuchPlace(stream(r))
	}
	query := r.URL.Query()
	for _, name := range places {
		if v := query.Get(name); v != "" && v != s.Kommun && domain.Kommun(v) != s.Kommun {
			return s.noSuchPlace(v)
		}
	}
	return nil
}

func (s *Server) noSuchPlace(name string) error {
	return domain.Refuse(domain.CodeUnknownStream, "Det finns ingen cykel, ingen logg och inget register som heter %q här. Den här servern är för kommun %s.", name, s.Kommun)
}

// turnAway says no at the door: as a problem to programs, as a page to people, and with the log-in page to who may only
// need to log in.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, c *caller, err error) {
	problem := s.problemOf(r, err)
	s.log.Info("turned away", zap.String("route", routeOf(r)), zap.String("person", string(c.Person)), zap.String("code", string(problem.Code)))
	if problem.Code == domain.CodeTooMany {
		w.Header().Set("Retry-After", "10")
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		writeProblem(w, problem)
		return
	}
	if problem.Code == domain.CodeNotLoggedIn && r.Method == http.MethodGet {
		to := "/logga-in"
		if r.URL.Path != "/" {
			to += "?" + url.Values{"till": {r.URL.RequestURI()}}.Encode()
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	s.faultPage(w, r, &page{Person: c.Person}, problem)
}

// target gives the page of our own that a person asked for before logging in, or the first page.
func target(asked string) string {
	if u, err := url.Parse(asked); err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(asked, "/") ||
		strings.HasPrefix(asked, "//") || strings.ContainsAny(asked, "\\\r\n\t") || len(asked) > 1000 {
		return "/inkorg"
	}
	return asked
}

// notFoundAPI answers what no operation of the API has as its address.
func (s *Server) notFoundAPI(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, s.problemOf(r, domain.Refuse(domain.CodeNotFound, "Det finns ingen sådan adress i API:et. De som finns står i /api/v1/openapi.json.")))
}
