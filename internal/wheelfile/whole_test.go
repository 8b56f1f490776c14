package wheelfile_test

import (
	"fmt"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

func whole(t testing.TB) (*wheelfile.File, *wheelfile.Organisation) {
	t.Helper()
	w, err := wheelfile.Read("helsingborg-hela.yaml", wheels.HelsingborgWhole)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-organisation-hela.yaml", wheels.HelsingborgWholeOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	return w, o
}

func TestX(t *testing.T) {
	w, o := whole(t)
	if err := wheelfile.Agree(w, o); err != nil {
		t.Fatal(err)
	}
	var with []string
	for _, d := range w.Wheel.Steps {
		if d.Optional {
			with = append(with, d.ID)
		}
	}
	r, err := domain.Rehearse(domain.Launch{Kommun: "1283", Year: 2028, Wheel: w.Wheel, Registry: o.Registry, With: with}, "p-slf-cykelansvarig")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		fmt.Println(f.Level, f.Code, f.Text)
	}
	fmt.Println(len(r.Steps), r.Events)
	for _, s := range r.Steps {
		fmt.Println(s.ID, s.Opens, s.Plan, s.Legal, s.Done)
	}
}
