package bench

import (
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

const wheelTitle = "The whole wheel of Helsingborg"

// BenchmarkRehearse plays the whole of Helsingborg's 2028 in memory, from the files as officials write them.
func BenchmarkRehearse(b *testing.B) {
	var took latencies
	for b.Loop() {
		began := time.Now()
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
		took.add(time.Since(began))
	}
	figure(wheelTitle, "rehearse all of 2028 in memory, p50", seconds, took.ms(50)/1e3, atMost(seconds, 1))
}
