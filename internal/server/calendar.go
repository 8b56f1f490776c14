package server

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// calendar answers the wheel of a calendar year across the real cycles that go on.
func (s *Server) calendar(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	year, err := strconv.Atoi(r.PathValue("year"))
	if err != nil || year < 2000 || year > 2100 {
		return nil, domain.Refuse(domain.CodeBadCommand, "%q är inget kalenderår. Skriv det med fyra siffror, till exempel 2027.", r.PathValue("year"))
	}
	cycles, err := s.Store.OpenCycles(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	answer := api.Calendar{Year: year, Cycles: []api.CycleHead{}, Months: []api.CalendarMonth{}}
	var due []api.CalendarStep
	for i := range cycles {
		rows, err := s.stepRows(r.Context(), cycles[i].Stream)
		if err != nil {
			return nil, err
		}
		before := len(due)
		for _, row := range rows {
			if row.Plan.Year() == year {
				due = append(due, api.CalendarStep{Stream: cycles[i].Stream, CycleYear: cycles[i].Year, StepRow: row})
			}
		}
		if len(due) > before {
			answer.Cycles = append(answer.Cycles, headOf(&cycles[i]))
		}
	}
	slices.SortStableFunc(due, func(a, b api.CalendarStep) int { return cmp.Compare(a.Plan, b.Plan) })
	for _, step := range due {
		month := int(step.Plan.Month())
		if n := len(answer.Months); n == 0 || answer.Months[n-1].Month != month {
			answer.Months = append(answer.Months, api.CalendarMonth{Month: month})
		}
		last := &answer.Months[len(answer.Months)-1]
		last.Steps = append(last.Steps, step)
	}
	return answer, nil
}
