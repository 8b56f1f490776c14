package faults

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

func TestExerciseOutlivesPostgres(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	const times = 4
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(n int) {
			if n%2 == 0 {
				in.immediately(in.stack.Postgres())
			} else {
				in.restart(in.stack.Postgres(), stack.Kill)
			}
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("Postgres was restarted %d times of %d", hits, times)
		}
	})
	in.outlived(stream)
}

// immediately is pg_ctl restart -m immediate: sessions end where they are, and the next start recovers from the log.
func (in *installation) immediately(postgres *stack.Child) {
	in.t.Helper()
	in.broke()
	was := postgres.PID()
	if err := postgres.Signal(syscall.SIGQUIT); err != nil {
		in.t.Errorf("stop Postgres: %v", err)
	}
	err := poll(in.ctx, func() error {
		// It is given up when it has died too often within a short time, and then somebody starts it.
		if err := postgres.Resume(in.ctx); err != nil {
			return err
		}
		if postgres.PID() == was {
			return fmt.Errorf("process %d is still there", was)
		}
		ctx, cancel := context.WithTimeout(in.ctx, 10*time.Second)
		defer cancel()
		return postgres.Ready(ctx)
	})
	if err != nil {
		in.t.Errorf("Postgres does not come back: %v", err)
	}
}

func TestExerciseOutlivesTemporal(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	const times = 3
	in.play(stream, func(ctx context.Context) {
		if hits := in.atRandom(ctx, r, stream, times, func(int) { in.restart(in.stack.Temporal(), stack.Kill) }); hits <= times/2 {
			t.Errorf("Temporal was killed %d times of %d", hits, times)
		}
	})
	in.outlived(stream)
}

// Of Temporal's services only the one that has the histories dies; the others go on and find it again.
func TestExerciseOutlivesTemporalsHistoryService(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := setup{stack: stacktest.NewApart(t)}.install(t, 6*time.Minute)
	stream := in.startExercise()
	const times = 3
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(int) { in.restart(in.stack.TemporalService("history"), stack.Kill) })
		if hits == 0 { // work goes on before it says that it is ready, and may be done by then
			t.Error("the history service was never killed")
		}
	})
	in.outlived(stream)
}
