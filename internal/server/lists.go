package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

func (s *Server) cycles(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	return s.listCycles(r.Context())
}

func (s *Server) listCycles(ctx context.Context) (api.Cycles, error) {
	rows, err := s.Store.Cycles(ctx, s.Kommun)
	if err != nil {
		return api.Cycles{}, err
	}
	list := api.Cycles{Cycles: make([]api.CycleHead, len(rows))}
	for i := range rows {
		list.Cycles[i] = headOf(&rows[i])
	}
	return list, nil
}

// headOf tells a cycle as it stands in lists.
func headOf(c *store.Cycle) api.CycleHead {
	h := api.CycleHead{Stream: c.Stream, Title: cycleTitle(c.Year, c.Exercise), Kommun: c.Kommun, Year: c.Year, Exercise: c.Exercise,
		Status: cycleWords[c.Status], Today: dayOf(c), Steps: c.StepsTotal, Done: c.StepsDone, Late: c.StepsLate, Entries: c.Seq,
		Wheel: fmt.Sprintf("%s, version %d", c.WheelName, c.WheelVersion), WheelSHA: string(c.WheelHash)}
	if c.Status == store.CycleOpen {
		h.Next = c.NextDue
	}
	return h
}

// cycleTitle is what people call a cycle. An exercise says that it is one wherever it is named.
func cycleTitle(year, exercise int) string {
	if exercise > 0 {
		return fmt.Sprintf("ÖVNING %d: mål och ekonomi %d", exercise, year)
	}
	return fmt.Sprintf("Mål och ekonomi %d", year)
}

var cycleWords = map[store.CycleStatus]string{
	store.CycleOpen: api.CycleOpen, store.CycleCompleted: api.CycleEnded, store.CycleCancelled: api.CycleCancelled,
}

// dayOf is the day on a cycle's own clock.
func dayOf(c *store.Cycle) domain.Date {
	if c.ClockDay != "" { // an exercise's, or the day as of which a page shows a cycle
		return c.ClockDay
	}
	return now().Date()
}

// theCycle reads the cycle that is asked for, or says that there is none.
func (s *Server) theCycle(ctx context.Context, stream string) (store.Cycle, error) {
	c, err := s.Store.Cycle(ctx, stream)
	if errors.Is(err, store.ErrNoRow) {
		return c, domain.Refuse(domain.CodeUnknownStream, "Det finns ingen cykel som heter %q. De som finns står i listan över cykler.", stream)
	}
	return c, err
}

func (s *Server) cycle(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	whole, err := s.wholeCycle(r.Context(), stream(r))
	if err != nil {
		return nil, err
	}
	if whole.Signed, err = s.howSigned(r.Context(), domain.LogOf(whole.Stream)); err != nil {
		return nil, err
	}
	err = s.Store.View(r.Context(), whole.Stream, func(st *domain.State) error {
		if st.Registry != nil {
			whole.Deficits, whole.Carried = st.Registry.DeficitsOf(whole.Year), st.Registry.CarriedInto(whole.Year)
		}
		return nil
	})
	return whole, err
}

func (s *Server) wholeCycle(ctx context.Context, stream string) (api.Cycle, error) {
	c, err := s.theCycle(ctx, stream)
	if err != nil {
		return api.Cycle{}, err
	}
	rows, err := s.stepRows(ctx, stream)
	if err != nil {
		return api.Cycle{}, err
	}
	whole := api.Cycle{CycleHead: headOf(&c), Rows: rows}
	var first *api.StepRow
	for i := range rows {
		if !rows[i].Done && (first == nil || rows[i].Plan < first.Plan) {
			first = &rows[i]
		}
	}
	if first != nil {
		whole.NextStep = fmt.Sprintf("%s, senast %s", first.Title, first.Plan.Swedish())
	}
	return whole, nil
}

func (s *Server) steps(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	if _, err := s.theCycle(r.Context(), stream(r)); err != nil {
		return nil, err
	}
	rows, err := s.stepRows(r.Context(), stream(r))
	return api.Steps{Steps: rows}, err
}

func (s *Server) stepRows(ctx context.Context, stream string) ([]api.StepRow, error) {
	steps, err := s.Store.Steps(ctx, stream)
	if err != nil {
		return nil, err
	}
	rows := make([]api.StepRow, len(steps))
	err = s.Store.View(ctx, stream, func(st *domain.State) error {
		for i := range steps {
			rows[i] = rowOf(&steps[i])
			rows[i].Title = st.StepTitle(steps[i].ID)
		}
		return nil
	})
	return rows, err
}

// rowOf tells a step as it stands in lists; the title that people call it by is the state's to tell.
func rowOf(st *store.Step) api.StepRow {
	return api.StepRow{Step: st.ID, Def: st.Def, DefTitle: st.Title, Unit: st.Unit, UnitName: st.UnitName, Status: st.Status,
		Word: st.Status.Swedish(), Done: st.Done, Late: st.Late && !st.Done, Round: st.Round, Opens: st.Opens, Plan: st.Plan,
		Legal: st.Legal, Meeting: st.Meeting}
}

func (s *Server) inbox(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	tasks, err := s.taskList(r.Context(), store.InboxQuery{Kommun: s.Kommun, Person: person, Stream: r.URL.Query().Get("cycle"), Today: now().Date()})
	if err != nil {
		return nil, err
	}
	more, err := s.observationTasks(r.Context(), person, r.URL.Query().Get("cycle"))
	return api.Tasks{Person: person, Tasks: append(tasks, more...)}, err
}

func (s *Server) tasks(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	if _, err := s.theCycle(r.Context(), stream(r)); err != nil {
		return nil, err
	}
	tasks, err := s.taskList(r.Context(), store.InboxQuery{Kommun: s.Kommun, Stream: stream(r), Today: now().Date()})
	return api.Tasks{Tasks: tasks}, err
}

// taskList gathers the people of each task, and puts the late tasks first.
func (s *Server) taskList(ctx context.Context, q store.InboxQuery) ([]api.Task, error) {
	rows, err := s.Store.Inbox(ctx, q)
	if err != nil {
		return nil, err
	}
	tasks := []api.Task{}
	for i := range rows {
		row := &rows[i]
		n := len(tasks) - 1
		if n < 0 || tasks[n].Stream != row.Stream || tasks[n].Step != row.Step || tasks[n].Command != row.Command {
			tasks = append(tasks, taskOf(row))
			n++
		}
		if row.Person != "" {
			tasks[n].People = append(tasks[n].People, row.Person)
		}
	}
	slices.SortStableFunc(tasks, func(a, b api.Task) int {
		switch {
		case a.Late == b.Late:
			return 0
		case a.Late:
			return -1
		}
		return 1
	})
	return tasks, s.fillTasks(ctx, tasks)
}

func taskOf(r *store.InboxRow) api.Task {
	do := string(r.Command)
	if row := domain.Row(r.Command); row != nil {
		do = row.Says
	}
	return api.Task{Stream: r.Stream, Exercise: r.Exercise, Step: r.Step, Command: r.Command, Do: do, Role: r.Role, Unit: r.RoleUnit,
		Meeting: r.Meeting, Version: r.Version, Due: r.Due, Late: r.Late, People: []domain.PersonID{}}
}

// fillTasks gives each task what only the cycle's state tells: what people call its step, and at which meeting and to whom
// what is to be done is done.
func (s *Server) fillTasks(ctx context.Context, tasks []api.Task) error {
	done := map[string]bool{}
	for i := range tasks {
		stream := tasks[i].Stream
		if done[stream] {
			continue
		}
		done[stream] = true
		err := s.Store.View(ctx, stream, func(st *domain.State) error {
			for j := i; j < len(tasks); j++ {
				if tasks[j].Stream == stream {
					fillTask(st, &tasks[j])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func fillTask(st *domain.State, t *api.Task) {
	t.Title = st.StepTitle(t.Step)
	row := st.Cycle.Step(t.Step)
	switch t.Command {
	case domain.CmdDecide, domain.CmdReport:
		t.Meeting = row.Held
	case domain.CmdHandOver:
		t.To = slices.Clone(st.Cycle.Wheel.Recipients(st.Cycle.Wheel.Def(row.Def)))
	}
}
