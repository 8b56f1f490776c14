package rehearsal_test

import (
	"slices"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/calendarfile"
	"arshjul/internal/rehearsal"
)

// In a cycle that is planned in an election year the newly elected KF adopts the budget, between 15 October and 30 November
// (KL 5:9, 11:10), on KS' proposal from October (KL 11:8); what the budget leads to comes after it.
func TestElectionYears(t *testing.T) {
	for _, year := range []int{2027, 2031, 2035} {
		l := launchOf(t, wheels.Helsingborg, wheels.HelsingborgOrganisation)
		l.Year = year
		l.Registry.Meetings = append(l.Registry.Meetings, calendarfile.Fill(l.Registry.Units, l.Registry.Meetings, year)...)
		r, err := rehearsal.Play(l)
		if err != nil {
			t.Fatal(err)
		}
		if errs := r.Errors(); len(errs) > 0 {
			t.Errorf("%d: %+v", year, errs)
		}
		done := func(id domain.StepID) domain.Date {
			return r.Steps[slices.IndexFunc(r.Steps, func(s domain.RehearsedStep) bool { return s.ID == id })].Done
		}
		kf, ks := done("kf-mal-och-ekonomi/KF"), done("ks-forslag/KS")
		if kf < domain.NewDate(year-1, 10, 15) || kf > domain.NewDate(year-1, 11, 30) || ks > domain.NewDate(year-1, 10, 31) {
			t.Errorf("%d: KS proposes on %s and KF decides on %s", year, ks, kf)
		}
		if plan := done("forvaltningens-verksamhetsplan/SOF"); plan < kf {
			t.Errorf("%d: the plan is established on %s, before KF's decision on %s", year, plan, kf)
		}
	}
}
