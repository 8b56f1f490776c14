package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// BenchmarkWheel launches the whole wheel, plays an exercise of it, and starts a worker that has nothing in memory beside
// three cycles of which nearly everything has happened.
func BenchmarkWheel(b *testing.B) {
	r := newRig(b)
	r.Worker.Stop()
	r.Worker = nil
	child := r.startWorker()

	_, took := r.launch(api.LaunchPlan{Year: 2028})
	figure(wheelTitle, "launch: from the second person's yes, rehearsed once more, until the cycle is in the journal", seconds, took.Seconds(), atMost(seconds, 2))

	began := time.Now()
	played := r.exercise("played", 2028)
	head := r.play(played, 0)
	figure(wheelTitle, fmt.Sprintf("exercise of 2028, played to its end by simulated officials through the door: %d steps, %d entries", head.Steps, head.Entries), seconds, time.Since(began).Seconds(), noAim)

	r.tellPack(played, head.Entries)

	const left = 8 // steps
	var wait sync.WaitGroup
	full := make([]string, 3)
	for i := range full {
		wait.Go(func() { full[i] = r.exercise(fmt.Sprint("full-", i), 2028); r.play(full[i], left) })
	}
	wait.Wait()
	if b.Failed() {
		b.FailNow()
	}
	entries := uint64(0)
	for _, stream := range full {
		entries += r.head(stream).Entries
		r.rest(stream)
	}
	r.must(child.Halt(b.Context(), stack.Clean))
	began = time.Now()
	r.must(child.Resume(b.Context()))
	var first, last time.Duration
	for _, stream := range full {
		wait.Go(func() {
			_, err := r.client.As(launcher).Give(b.Context(), stream, api.Command{ID: "after-cold-start", Kind: domain.CmdComment, Text: "Kommentar (påhittat)"})
			if err != nil {
				b.Error(err)
			}
			last = time.Since(began)
			if first == 0 {
				first = last
			}
		})
	}
	wait.Wait()
	what := fmt.Sprintf("cold start of a worker, 3 open cycles with all but %d steps done, %d entries: process start to first answer", left, entries)
	figure(wheelTitle, what, seconds, first.Seconds(), noAim)
	figure(wheelTitle, "  until all three have answered", seconds, last.Seconds(), noAim)
	b.ReportMetric(0, "ns/op")
}

// startWorker starts the program's own worker.
func (r *rig) startWorker() *stack.Child {
	r.Helper()
	program := filepath.Join(stacktest.BinDir(r.B), "arshjul")
	c, err := r.stack.Supervise(r.Context(), "worker", []string{program, "worker", "--database", r.DatabaseURL, "--temporal", r.Address, "--namespace", namespace, "--mail", "sink"}, nil)
	r.must(err)
	return c
}

// exercise begins one.
func (r *rig) exercise(id string, year int) string {
	var receipt api.Receipt
	if err := r.patiently(func() error {
		return r.client.As(launcher).Post(r.Context(), "/exercises", api.Exercise{ID: id, Year: year}, &receipt)
	}); err != nil {
		r.Error(err)
	}
	return receipt.Stream
}

// play plays an exercise until no more than so many steps are left.
func (r *rig) play(stream string, left int) api.CycleHead {
	ctx, enough := context.WithCancel(r.Context())
	defer enough()
	_, err := officials.Play(ctx, r.client, stream, launcher, func(p officials.Progress) {
		if left > 0 && p.Steps-p.Done <= left {
			enough()
		}
	})
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		r.Error(err)
	}
	return r.head(stream)
}

func (r *rig) head(stream string) (head api.CycleHead) {
	if err := r.patiently(func() error { return r.client.As(launcher).Get(r.Context(), "/"+stream, &head) }); err != nil {
		r.Error(err)
	}
	return head
}
