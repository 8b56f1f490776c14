package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// observationPath is where an observation's page is; an exercise has its own numbers.
func observationPath(stream string, number uint64) string {
	at := fmt.Sprintf("/revision/iakttagelse/%d", number)
	if strings.HasPrefix(stream, "exercise/") {
		at += "?stream=" + stream
	}
	return at
}

// observationTasks lists what observations wait for a person to do: those of the registry, and of the exercises that go on.
func (s *Server) observationTasks(ctx context.Context, person domain.PersonID, of string) (tasks []api.Task, err error) {
	add := func(st *domain.State, exercise int, today domain.Date) error {
		for _, t := range domain.ObservationTodo(st, today) {
			var people []domain.PersonID
			for _, h := range domain.ObservationDoers(st.Registry, t, today) {
				people = append(people, h.Person)
			}
			if slices.Contains(people, person) {
				tasks = append(tasks, api.Task{Stream: st.Stream, Exercise: exercise, Step: t.Step, Title: st.StepTitle(t.Step), Command: t.Command,
					Do: domain.Row(t.Command).Says, Role: t.Role, Unit: t.Unit, Due: t.Due, Late: t.Late, People: people})
			}
		}
		return nil
	}
	if of == "" {
		if err := s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error { return add(st, 0, now().Date()) }); err != nil {
			return nil, err
		}
	}
	_, err = s.overOpen(ctx, func(c *store.Cycle) bool { return c.Exercise > 0 && (of == "" || of == c.Stream) }, func(c *store.Cycle, st *domain.State) error {
		return add(st, c.Exercise, dayOf(c))
	})
	return tasks, err
}

// observations puts what observations wait for the person to do into the groups.
func (w *work) observations(st *domain.State, stream string, today domain.Date) {
	for _, t := range domain.ObservationTodo(st, today) {
		if !slices.ContainsFunc(domain.ObservationDoers(st.Registry, t, today), func(h domain.Holding) bool { return h.Person == w.person }) {
			continue
		}
		number, _, _ := t.Step.Observation()
		o := st.Registry.Observation(number)
		row := workRow{Title: domain.Row(t.Command).Says + ": " + lowerWords(st.StepTitle(t.Step)), Link: observationPath(stream, number),
			Where: fmt.Sprintf("%s · revisionen, mål och ekonomi %d", unitName(st, o.Unit), o.Year), Due: t.Due, key: string(t.Step), Look: lookOpen, Day: "Ingen dag satt"}
		if t.Due != "" {
			row.Day, row.Away = upperFirst(longDay(t.Due, today)), away(t.Due, today, false)
		}
		switch {
		case t.Late:
			row.Look = lookLate
			w.late = append(w.late, row)
		case t.Due != "" && t.Due <= lastOfWeek(today):
			w.week = append(w.week, row)
		default:
			w.later = append(w.later, row)
		}
	}
}
