package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

func (s *Server) cyclesPage(r *http.Request, p *page) (string, error) {
	cycles, err := s.listCycles(r.Context())
	p.Title, p.Menu, p.Body = "Cykler och övningar", "cykler", cycles
	return "cykler", err
}

// cell is a step in the matrix of units and steps.
type cell struct {
	api.StepRow
	Stream string
	Look   look
}

type matrixRow struct {
	Unit  string
	Cells []*cell
}

// matrix puts a cycle's steps into a table: a row for each unit, and a column for each step definition and each time it
// is done again, all in the order of the cycle.
func matrix(c *api.Cycle) (columns []string, rows []matrixRow) {
	var keys []string
	var units []domain.UnitID
	for i := range c.Rows {
		if key, title := columnOf(&c.Rows[i]); !slices.Contains(keys, key) {
			keys, columns = append(keys, key), append(columns, title)
		}
	}
	for i := range c.Rows {
		row := &c.Rows[i]
		at := slices.Index(units, row.Unit)
		if at < 0 {
			at = len(units)
			units, rows = append(units, row.Unit), append(rows, matrixRow{row.UnitName, make([]*cell, len(keys))})
		}
		shown := cell{*row, c.Stream, rowLook(row)}
		if row.Late {
			shown.Word += ", försenad"
		}
		key, _ := columnOf(row)
		rows[at].Cells[slices.Index(keys, key)] = &shown
	}
	return columns, rows
}

// columnOf names a step's column: its definition, with the number of a later occurrence.
func columnOf(row *api.StepRow) (key, title string) {
	if _, again, ok := strings.Cut(string(row.Step), "#"); ok {
		return row.Def + "#" + again, row.DefTitle + " " + again
	}
	return row.Def, row.DefTitle
}

func (s *Server) cyclePage(r *http.Request, p *page) (string, error) {
	cycle, err := s.wholeCycle(r.Context(), stream(r))
	if err != nil {
		return "", err
	}
	body := struct {
		Cycle   api.Cycle
		Log     string
		Columns []string
		Rows    []matrixRow
		Shapes  []look
		Advance *button
	}{Cycle: cycle, Log: domain.LogOf(cycle.Stream), Shapes: looks}
	body.Columns, body.Rows = matrix(&cycle)
	if cycle.Exercise > 0 && cycle.Status == api.CycleOpen {
		if may, err := s.mayAdvance(r.Context(), &cycle, p.Person); err != nil {
			return "", err
		} else if may {
			body.Advance = buttonFor(cycle.Stream)
		}
	}
	p.Title, p.Menu, p.Exercise, p.Body = cycle.Title, "cykler", cycle.Exercise > 0, body
	return "cykel", nil
}

// mayAdvance tells whether the person may move an exercise's clock.
func (s *Server) mayAdvance(ctx context.Context, c *api.Cycle, person domain.PersonID) (may bool, err error) {
	err = s.Store.View(ctx, c.Stream, func(st *domain.State) error {
		for _, h := range st.Registry.Holders(domain.RoleLauncher, st.Registry.City, c.Today) {
			may = may || h.Person == person
		}
		return nil
	})
	return may, err
}

func (s *Server) journalPage(r *http.Request, p *page) (string, error) {
	answer, err := s.journal(nil, r, p.Person)
	if err != nil {
		return "", err
	}
	entries := answer.(api.Entries) // what journal answers
	logs, err := s.Store.Logs(r.Context())
	if err != nil {
		return "", err
	}
	type logRow struct {
		store.Log
		Title string
	}
	body := struct {
		names
		Page      api.Entries
		Logs      []logRow
		HasBefore bool
		Before    uint64
	}{Page: entries}
	source := domain.RegistryStream(s.Kommun)
	for _, l := range logs {
		title := "Kommunens logg"
		if strings.HasPrefix(l.ID, "exercise/") {
			title = "ÖVNING " + strings.TrimPrefix(l.ID, "exercise/")
		}
		body.Logs = append(body.Logs, logRow{l, title})
	}
	if strings.HasPrefix(entries.Log, "exercise/") {
		source, p.Exercise = entries.Log, true
	}
	if body.names, err = s.names(r.Context(), source); err != nil {
		return "", err
	}
	if from, err := number(r, "from", 0); err == nil && from > 0 {
		body.HasBefore, body.Before = true, from-min(from, usualPage)
	}
	p.Title, p.Menu, p.Body = "Journal", "journal", body
	return "journal", nil
}
