package wheelfile_test

import (
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

func helsingborg(t *testing.T) (*wheelfile.File, *wheelfile.Organisation) {
	t.Helper()
	w, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", wheels.HelsingborgOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	return w, o
}

func TestTheEmbeddedFilesFitTogether(t *testing.T) {
	w, o := helsingborg(t)
	if err := wheelfile.Agree(w, o); err != nil {
		t.Fatal(err)
	}
	_ = domain.Wheel{}
}
