package server

import (
	"errors"
	"net/http"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// operation is one row of the API: the mux and the OpenAPI description are both made from it.
type operation struct {
	method, path string // the path as net/http writes patterns
	id, summary  string
	query        []parameter
	in, out      any  // zero values of what travels; nil = nothing
	bytes        bool // the body is bytes, not JSON
	thing        domain.Thing
	do           func(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error)
}

// parameter is a query parameter, or a header.
type parameter struct {
	name, kind, says string
	header           bool
}

func (p parameter) in() string {
	if p.header {
		return "header"
	}
	return "query"
}

// serve answers an operation for whom the door has let in: what is answered, and every error as a problem.
func (s *Server) serve(op operation) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := op.do(w, r, s.personOf(r))
		if err != nil {
			writeProblem(w, s.problemOf(r, err))
			return
		}
		if answer != nil {
			writeJSON(w, http.StatusOK, answer)
		}
	}
}

// problemOf tells an error as a problem. What is not a refusal is a fault of ours or of what we stand on: it is logged,
// and whoever asked learns that the answer is unknown.
func (s *Server) problemOf(r *http.Request, err error) *api.Problem {
	var problem *api.Problem
	if errors.As(err, &problem) {
		return problem
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		return api.ProblemOf(refusal, "")
	}
	s.log.Error("request failed", zap.String("route", routeOf(r)), zap.String("path", pathOf(r, routeOf(r))), zap.Error(err))
	return api.ProblemOf(noAnswer(err), "")
}

func notLoggedIn() *domain.Refusal {
	return domain.Refuse(domain.CodeNotLoggedIn, "Du är inte inloggad. Logga in och gör om.")
}

func unknownAnswer() *domain.Refusal {
	return domain.Refuse(domain.CodeUnavailable, "Det gick inte att få svar just nu, så det är okänt om något blev gjort. Fråga igen med samma id: då får du svaret, och inget görs två gånger.")
}

// noAnswer is what whoever asked is told of a fault.
func noAnswer(err error) *domain.Refusal {
	if newer := (*store.NewerError)(nil); errors.As(err, &newer) {
		return domain.Refuse(domain.CodeUnavailable, "Årshjulet har fått en nyare version än den här servern, som därför inte kan visa eller göra något här. "+
			"Inget är förlorat. Säg till driften att starta den nyare servern, och fråga sedan igen.")
	}
	return unknownAnswer()
}
