package rehearsal_test

import (
	"errors"
	"slices"
	"strings"
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
		// Who is förtroendevald in 2027 is bound anew for the mandate that begins then; nobody has said so of later ones.
		unrenewed := slices.ContainsFunc(r.Findings, func(f domain.Finding) bool {
			return f.Code == domain.FindingMandate && strings.Contains(f.Text, "ordförande i Kommunfullmäktige, ordförande i Kommunfullmäktiges presidium, ordförande i Kommunstyrelsen")
		})
		if unrenewed != (year > 2027) {
			t.Errorf("%d: the end of the mandate is told: %v", year, unrenewed)
		}
		if plan := done("forvaltningens-verksamhetsplan/SOF"); plan < kf {
			t.Errorf("%d: the plan is established on %s, before KF's decision on %s", year, plan, kf)
		}
	}
}

// With särskilda skäl the skattesats has slots of its own: KS proposes it in October, KF decides it in November and the budget
// in December (KL 11:8, 11:11).
func TestSkattesatsForItself(t *testing.T) {
	l := launchOf(t, wheels.Helsingborg, wheels.HelsingborgOrganisation)
	l.Year, l.With = 2031, []string{"ks-skattesats", "kf-skattesats"}
	l.Registry.Meetings = append(l.Registry.Meetings, calendarfile.Fill(l.Registry.Units, l.Registry.Meetings, 2031)...)
	r, err := rehearsal.Play(l)
	if err != nil || len(r.Errors()) > 0 {
		t.Fatal(err, r.Errors())
	}
	for _, c := range []struct {
		step               domain.StepID
		first, last, legal domain.Date
	}{
		{"ks-skattesats/KS", "2030-10-01", "2030-10-31", "2030-10-31"},
		{"kf-skattesats/KF", "2030-11-01", "2030-11-30", "2030-11-30"},
		{"ks-forslag/KS", "2030-11-01", "2030-11-30", "2030-11-30"},
		{"kf-mal-och-ekonomi/KF", "2030-12-01", "2030-12-31", "2030-12-31"},
	} {
		st := r.Steps[slices.IndexFunc(r.Steps, func(s domain.RehearsedStep) bool { return s.ID == c.step })]
		if st.Done < c.first || st.Done > c.last || st.Legal != c.legal {
			t.Errorf("%s: done %s by the limit %s, want it between %s and %s by %s", c.step, st.Done, st.Legal, c.first, c.last, c.legal)
		}
	}
	l.Year = 2032
	var refusal *domain.Refusal
	if _, err := rehearsal.Play(l); !errors.As(err, &refusal) || refusal.Code != domain.CodeWheel {
		t.Errorf("an ordinary year with a slot for the skattesats: %v", err)
	}
}
