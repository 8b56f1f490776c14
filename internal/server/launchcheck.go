package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

// launchCheck answers what a launch today would mean. Nothing is written down.
func (s *Server) launchCheck(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	var in api.LaunchPlan
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	wheel, err := s.wheelFile(r.Context(), in.Wheel)
	if err != nil {
		return nil, err
	}
	return s.check(r.Context(), wheel, domain.Launch{Year: in.Year, With: in.With, From: in.From, Before: doneBefore(&texts{}, in.Before)})
}

// check rehearses a launch as it would begin today, with the registry as it stands.
func (s *Server) check(ctx context.Context, wheel *wheelfile.File, l domain.Launch) (api.LaunchCheck, error) {
	registry, err := s.registrySnapshot(ctx)
	if err != nil {
		return api.LaunchCheck{}, err
	}
	l.Kommun, l.Wheel, l.Registry, l.Start = s.Kommun, wheel.Wheel, registry, now().Date()
	r, err := rehearsal.Play(l)
	if err != nil {
		return api.LaunchCheck{}, err
	}
	unreachable, err := s.unreachable(ctx, &l, r)
	if err != nil {
		return api.LaunchCheck{}, err
	}
	r.Findings = append(r.Findings, unreachable...)
	check := api.LaunchCheck{Year: l.Year, Today: l.Start, Wheel: r.Wheel, WheelSHA: wheel.Wheel.Hash(), Steps: len(r.Steps), Mails: r.Mails,
		Findings: rehearsal.Findings(r.Findings), Passed: []api.PassedStep{}}
	for _, st := range rehearsal.Passed(r, l.Start) {
		check.Passed = append(check.Passed, api.PassedStep{Step: st.ID, Title: rehearsal.Title(&wheel.Wheel, &registry, &st), Unit: st.Unit, Plan: st.Plan})
	}
	return check, nil
}

// unreachable finds those who hold a role that the cycle will wait for, and whom no mail can reach.
func (s *Server) unreachable(ctx context.Context, l *domain.Launch, r *domain.Rehearsal) ([]domain.Finding, error) {
	addresses, err := s.Store.Addresses(ctx, s.Kommun)
	if err != nil {
		return nil, err
	}
	reached := map[domain.PersonID]bool{}
	for _, a := range addresses {
		reached[a.Person] = a.Address != ""
	}
	return rehearsal.Unreachable(l, r, reached), nil
}

// stoppedError refuses a launch and carries, one by one, what stops it.
type stoppedError struct {
	refusal  *domain.Refusal
	findings []api.Finding
}

func (e *stoppedError) Error() string { return e.refusal.Error() }
func (e *stoppedError) Unwrap() error { return e.refusal }

// stops refuses a launch whose rehearsal found errors, naming each of them.
func stops(check api.LaunchCheck) error {
	var errs []api.Finding
	var says strings.Builder
	for _, f := range check.Findings {
		if f.Level == domain.LevelError {
			errs = append(errs, f)
			fmt.Fprintf(&says, "\n- %s", f.Text)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &stoppedError{domain.Refuse(domain.CodeRehearsal, "Cykeln för %d kan inte startas. Repetitionen hittade %d fel:%s\nRätta dem, eller ange skälet att starta trots dem.",
		check.Year, len(errs), says.String()), errs}
}
