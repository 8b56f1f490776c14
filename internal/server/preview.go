package server

import (
	"context"
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// preview answers what a command would lead to: in the history, and in people's mail. It asks nothing of anybody, so a no is
// given without being written down.
func (s *Server) preview(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.Command
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	return s.previewOf(r.Context(), stream(r), person, &in)
}

func (s *Server) previewOf(ctx context.Context, stream string, person domain.PersonID, in *api.Command) (api.Preview, error) {
	answer := api.Preview{Entries: []string{}}
	c, err := s.commandWith(ctx, stream, person, in, &texts{})
	if err != nil {
		return answer, err
	}
	f := foretelling{now: now()}
	var changes []domain.Event
	err = s.Store.View(ctx, stream, func(st *domain.State) error {
		answer.Warnings = unproposed(st, in)
		events, err := domain.Decide(st, c, f.now)
		for i := range events {
			answer.Entries = append(answer.Entries, domain.Sentence(st, &events[i]))
		}
		if err != nil {
			return err
		}
		if st.Kind == domain.StreamRegistry {
			changes = events
		}
		return f.add(st, events)
	})
	if err != nil {
		return answer, err
	}
	if len(changes) > 0 {
		entries, err := s.passOn(ctx, changes, &f)
		if err != nil {
			return answer, err
		}
		answer.Entries = append(answer.Entries, entries...)
	}
	if answer.Mails, answer.MailCount, err = s.mailsOf(ctx, stream, &f); err != nil {
		return answer, err
	}
	used, err := s.paragraphsElsewhere(ctx, stream, c.Meeting, paragraphsOf(&c))
	answer.Warnings = append(answer.Warnings, used...)
	return answer, err
}

// passOn tells what changes of the registry would lead to in the steps of every real cycle that goes on.
func (s *Server) passOn(ctx context.Context, changes []domain.Event, f *foretelling) (entries []string, err error) {
	open, err := s.Store.OpenCycles(ctx, s.Kommun)
	if err != nil {
		return nil, err
	}
	for _, cycle := range open {
		err := s.Store.View(ctx, cycle.Stream, func(st *domain.State) error {
			events, err := domain.Decide(st, domain.Command{ID: "preview", Kind: domain.CmdChanges, Changes: changes}, f.now)
			if err != nil {
				return err
			}
			for i := range events {
				if events[i].Step != "" {
					entries = append(entries, cycleTitle(cycle.Year, 0)+": "+domain.Sentence(st, &events[i]))
				}
			}
			return f.add(st, events)
		})
		if r := refusalOf(err); r != nil && r.Code == domain.CodeRegistryGap {
			return nil, domain.Refuse(domain.CodeRetryLater, "%s har inte hunnit ta emot den senaste ändringen i registret. Försök igen om några sekunder.", cycleTitle(cycle.Year, 0))
		}
		if err != nil {
			return nil, err
		}
	}
	return entries, nil
}
