package pack

import (
	"fmt"
	"testing"

	"arshjul/domain"
)

// BenchmarkVerify checks a pack of ten thousand entries: a cycle that people comment on every quarter of an hour. (A hundred thousand are in bench/.).
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := playUntil(b, 2)
			for i := range n {
				w.now += 15 * 60 * 1000
				w.state(theCycle).Size = 0 // as each run measures it anew
				w.do(theCycle, domain.Command{Kind: domain.CmdComment, Actor: "p-andra", Text: w.texts[i%5].Commitment})
			}
			w.sign()
			pack := w.pack()
			b.ReportMetric(float64(len(pack)), "bytes")
			for b.Loop() {
				if r, err := verify(pack, Options{}); err != nil || r.Judged < n {
					b.Fatal(err)
				}
			}
		})
	}
}
