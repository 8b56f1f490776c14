package server

import (
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// preview answers what a command would lead to. It asks nothing of anybody, so a no is given without being written down.
func (s *Server) preview(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.Command
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	c, err := s.commandWith(r.Context(), stream(r), person, &in, &texts{})
	if err != nil {
		return nil, err
	}
	answer := api.Preview{Entries: []string{}}
	err = s.Store.View(r.Context(), stream(r), func(st *domain.State) error {
		events, err := domain.Decide(st, c, now())
		for i := range events {
			answer.Entries = append(answer.Entries, domain.Sentence(st, &events[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	answer.Warnings, err = s.paragraphsElsewhere(r.Context(), stream(r), c.Meeting, paragraphsOf(&c))
	return answer, err
}
