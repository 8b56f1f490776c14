package domain

import (
	"fmt"
	"testing"
)

// BenchmarkDecide judges one sign-off in a cycle of 325 steps, the size of a whole year of Helsingborg.
func BenchmarkDecide(b *testing.B) {
	g := launched(b)
	g.play(func() bool { return g.step("forslag/SN").Status == StatusOpen })
	for i := len(g.s.Cycle.Steps); i < 325; i++ {
		st := *g.step("prognos/SOF")
		st.ID = StepID(fmt.Sprintf("prognos/SOF#%d", i))
		g.s.Cycle.Steps = append(g.s.Cycle.Steps, st)
	}
	c := submitSN(g)
	c.ID = "bench"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decide(g.s, c, g.now); err != nil {
			b.Fatal(err)
		}
	}
}
