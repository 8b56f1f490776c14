package rehearsal_test

import (
	"errors"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/rehearsal"
	"arshjul/internal/wheelfile"
)

func helsingborg(t *testing.T) domain.Launch {
	t.Helper()
	return launchOf(t, wheels.First, wheels.FirstOrganisation)
}

func launchOf(t *testing.T, wheel, organisation []byte) domain.Launch {
	t.Helper()
	f, err := wheelfile.Read("helsingborg.yaml", wheel)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", organisation)
	if err != nil {
		t.Fatal(err)
	}
	return domain.Launch{Kommun: f.Wheel.Kommun, Year: 2028, Wheel: f.Wheel, Registry: o.Registry}
}

func TestHelsingborg(t *testing.T) {
	r, err := rehearsal.Play(helsingborg(t))
	if err != nil {
		t.Fatal(err)
	}
	a := rehearsal.Answer(r)
	if len(r.Errors()) > 0 || a.Findings == nil || len(a.Steps) != 51 || a.Year != 2028 || a.Wheel == "" || a.Events == 0 {
		t.Fatalf("%d steps, findings %+v", len(a.Steps), a.Findings)
	}
	for _, s := range a.Steps {
		if s.Done == nil || s.Opens == nil || s.Plan == nil || *s.Done < *s.Opens || s.Occurrence != 1 {
			t.Errorf("%+v", s)
		}
	}
}

func TestTheErrorsComeFirst(t *testing.T) {
	l := helsingborg(t)
	for i := range l.Registry.Meetings {
		if l.Registry.Meetings[i].Unit == "SN" {
			l.Registry.Meetings[i].Status = domain.MeetingCancelled
		}
	}
	l.Registry.Bindings = l.Registry.Bindings[:len(l.Registry.Bindings)-1] // Valnämnden's secretary
	r, err := rehearsal.Play(l)
	if err != nil {
		t.Fatal(err)
	}
	a := rehearsal.Answer(r)
	errs := r.Errors()
	if len(errs) == 0 || len(errs) == len(a.Findings) {
		t.Fatalf("%d errors among %d findings, and both kinds were wanted", len(errs), len(a.Findings))
	}
	for i, f := range a.Findings {
		if (f.Level == domain.LevelError) != (i < len(errs)) {
			t.Errorf("finding %d is a %s", i, f.Level)
		}
		if rehearsal.Heading(f.Code) == f.Code {
			t.Errorf("%s has no heading", f.Code)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, row := range []struct {
		code   domain.Code
		change func(*domain.Launch)
	}{
		{domain.CodeRoleNotHeld, func(l *domain.Launch) { l.Start = "2025-06-01" }},
		{domain.CodeWheel, func(l *domain.Launch) { l.With = []string{"finns-inte"} }},
		{domain.CodeWheel, func(l *domain.Launch) { l.Wheel.Steps[2].Optional, l.With = true, []string{"finns-inte"} }},
		{domain.CodeYear, func(l *domain.Launch) { l.Start = "2029-01-01" }},
	} {
		l := helsingborg(t)
		row.change(&l)
		_, err := rehearsal.Play(l)
		var refusal *domain.Refusal
		if !errors.As(err, &refusal) || refusal.Code != row.code {
			t.Errorf("want %s, got %v", row.code, err)
		}
	}
}
