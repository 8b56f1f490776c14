package server_test

import (
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// The wheel of a calendar year shows what is due in it in every cycle that goes on, each step once, in the order of days.
func TestCalendarYear(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second := d.Launch(t, 2028), d.Launch(t, 2029)
	cancelled := d.Launch(t, 2026)
	give(t, d.As(servertest.Launcher), cancelled, api.Command{Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
	d.Exercise(t, 2028)
	all := 0
	for _, year := range []int{2027, 2028} {
		var a api.Calendar
		ok(t, d.As(writer).Get(t.Context(), "/calendar/"+map[int]string{2027: "2027", 2028: "2028"}[year], &a))
		if a.Year != year || len(a.Cycles) != 1 || a.Cycles[0].Stream != map[int]string{2027: first, 2028: second}[year] {
			t.Errorf("%d: cycles %+v", year, a.Cycles)
		}
		last := domain.Date("")
		for _, m := range a.Months {
			for _, s := range m.Steps {
				all++
				if int(s.Plan.Month()) != m.Month || s.Plan.Year() != year || s.Plan < last || s.Title == "" || s.Word == "" || s.CycleYear != year+1 {
					t.Errorf("%d-%d: %+v", year, m.Month, s)
				}
				last = s.Plan
			}
		}
	}
	if all != 2*51 {
		t.Errorf("%d steps in the two years, want every step of both cycles", all)
	}
	var empty api.Calendar
	ok(t, d.As(writer).Get(t.Context(), "/calendar/2040", &empty))
	if len(empty.Months) != 0 || len(empty.Cycles) != 0 {
		t.Errorf("2040: %+v", empty)
	}
	for _, bad := range []string{"i-fjol", "28", "2028x"} {
		err := d.As(writer).Get(t.Context(), "/calendar/"+bad, &empty)
		if p := refusal(t, err); p.Code != domain.CodeBadCommand {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}
