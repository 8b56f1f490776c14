package wheelfile_test

import (
	"slices"
	"testing"

	"arshjul/domain"
	"arshjul/internal/calendarfile"
	"arshjul/internal/wheelfile"
)

// Another municipality's wheel is a file and nothing else: Exempelköping, which does not exist, decides its budget in
// November after a remiss, and follows up every month. It is played to its end.
func TestAnotherMunicipality(t *testing.T) {
	w, err := wheelfile.Read("arshjul.yaml", []byte(readFile(t, "testdata/exempelkoping/arshjul.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("organisation.yaml", []byte(readFile(t, "testdata/exempelkoping/organisation.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	if err := wheelfile.Agree(w, o); err != nil {
		t.Fatal(err)
	}
	if remarks, err := wheelfile.CheckYear(w, o, 2028, calendarfile.ProposeMissing); err != nil || len(remarks) > 0 {
		t.Errorf("%v\n%v", err, remarks)
	}
	// A budget in November is lawful in an election year too.
	if _, err := wheelfile.CheckYear(w, o, 2031, calendarfile.ProposeMissing); err != nil {
		t.Error(err)
	}
	g := playExercise(t, w, o, 2028, "2026-12-01", optional(w, 2028))
	for i := range g.s.Cycle.Steps {
		st := &g.s.Cycle.Steps[i]
		if st.Late || g.done[st.ID] == "" || g.done[st.ID] > st.Plan {
			t.Errorf("%s was due %s and done %q", st.ID, st.Plan, g.done[st.ID])
		}
	}
	for id, want := range map[domain.StepID]domain.Date{
		"kf-budget/KF": "2027-11-22", "remissvar/SN": "2027-09-16", "manadsuppfoljning/SOF": "2028-02-10",
		// May 2028: 1 May is closed; 2, 3, 4, 5, 8, 9, 10, 11.
		"manadsuppfoljning/SOF#4": "2028-05-11",
		// June 2028: the 6th is nationaldagen, and the 5th, between it and a Sunday, a klämdag: 1, 2, 7, 8, 9, 12, 13, 14.
		"manadsuppfoljning/SOF#5":  "2028-06-14",
		"manadsuppfoljning/SOF#10": "2028-12-12",
	} {
		if got := g.s.Cycle.Step(id).Plan; got != want {
			t.Errorf("%s is due %s, want %s", id, got, want)
		}
	}
	// A month's report is asked for in its month and not before.
	if got := g.opened["manadsuppfoljning/SOF#10"]; got != "2028-12-01" {
		t.Errorf("the last report opened on %s", got)
	}
	if n := len(g.s.Cycle.Steps); n != 15+5*3+11*3+1 {
		t.Errorf("%d steps", n)
	}
	if !slices.Equal(g.s.Cycle.Ended, domain.Stages) {
		t.Errorf("ended: %v", g.s.Cycle.Ended)
	}
}
