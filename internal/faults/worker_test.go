package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/temporalx"
)

// play plays an exercise to its end while breakIt breaks things beside it, until it is told to stop.
func (in *installation) play(stream string, breakIt func(ctx context.Context)) {
	in.t.Helper()
	ctx, stop := context.WithCancel(in.ctx)
	broke := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(broke)
		breakIt(ctx)
	}()
	head, err := officials.Play(in.ctx, in.client(launcher), stream, launcher, func(p officials.Progress) {
		in.t.Logf("%5.1f s: %s, %d acts, %d of %d steps", time.Since(began).Seconds(), p.Today, p.Acts, p.Done, p.Steps)
	})
	stop()
	<-broke
	if err != nil {
		in.t.Fatalf("the exercise did not come to its end: %v", err)
	}
	if head.Status != api.CycleEnded || head.Done != head.Steps {
		in.t.Errorf("the exercise ended as %s with %d of %d steps done", head.Status, head.Done, head.Steps)
	}
}

// outlived looks at what is left of an installation after an exercise in which things broke.
func (in *installation) outlived(stream string) tally {
	in.t.Helper()
	told := in.audit()
	if told.unknown == 0 {
		in.t.Error("everybody got an answer, so none was missing")
	}
	in.noName(stream)
	return told
}

// atRandom calls hit at random moments of an exercise that is being played, so many times, some commands apart.
func (in *installation) atRandom(ctx context.Context, r *rand.Rand, stream string, times int, hit func(n int)) (hits int) {
	for n := range times {
		moment := in.ledger.acknowledged() + 5 + r.IntN(180/times-5) // the whole exercise takes about 250
		for in.ledger.acknowledged() < moment {
			select {
			case <-ctx.Done():
				return hits
			case <-time.After(time.Millisecond):
			}
		}
		left := in.leave(r, stream, n)
		time.Sleep(time.Duration(r.Int64N(int64(20 * time.Millisecond)))) // anywhere in the next commands
		hit(n)
		left()
		hits++
		in.t.Logf("hit no. %d, after %d acknowledged commands", hits, in.ledger.acknowledged())
	}
	return hits
}

// leave lets some people ask for something and go away before the answer comes, or without waiting for one that never
// does. They never ask again, so nobody is told what became of it. wait waits until they have gone.
func (in *installation) leave(r *rand.Rand, stream string, n int) (wait func()) {
	var gone sync.WaitGroup
	for i := range 4 {
		patience := time.Duration(r.Int64N(int64(60 * time.Millisecond)))
		gone.Go(func() {
			ctx, cancel := context.WithTimeout(in.ctx, patience)
			defer cancel()
			_, err := in.client(preparer).Give(ctx, stream, comment(fmt.Sprintf("left-%d-%d", n, i), "Den som skrev detta gick sin väg"))
			if err != nil && !askAgain(err) && !over(err) {
				in.t.Errorf("somebody in a hurry was told no: %v", err)
			}
		})
	}
	return gone.Wait
}

// over tells whether a no means that the exercise has come to its end.
func over(err error) bool {
	var problem *api.Problem
	return errors.As(err, &problem) && problem.Code == domain.CodeCycleEnded
}

func TestExerciseOutlivesItsWorker(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	const times = 4
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(n int) {
			if n%2 == 0 { // a jump is on its way
				if err := temporalx.Roll(in.ctx, in.temporal, stream); err != nil {
					t.Error(err)
				}
			}
			in.restart(in.worker, stack.Kill)
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("the worker was killed %d times of %d", hits, times)
		}
	})
	if told := in.outlived(stream); told.runs == told.streams {
		t.Error("no stream began another run")
	}
}
