package bench

import (
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

// BenchmarkRehearse plays the whole of Helsingborg's 2028 in memory, from the files as officials write them.
func BenchmarkRehearse(b *testing.B) {
	for b.Loop() {
		wheel, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
		if err != nil {
			b.Fatal(err)
		}
		organisation, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", wheels.HelsingborgOrganisation)
		if err != nil {
			b.Fatal(err)
		}
		r, err := domain.Rehearse(domain.Launch{Kommun: kommun, Year: 2028, Wheel: wheel.Wheel, Registry: organisation.Registry}, launcher)
		if err != nil {
			b.Fatal(err)
		}
		if errs := r.Errors(); len(errs) > 0 {
			b.Fatalf("rehearsal found %+v", errs[0])
		}
	}
}
