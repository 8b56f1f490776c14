package faults

import (
	"context"
	"fmt"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// Our processes read the time two minutes wrong, each in its own direction, and now and then jump an hour, while Temporal
// and Postgres keep the machine's. What is journalled follows Temporal's clock, which never goes back.
func TestOurClockIsWrong(t *testing.T) {
	t.Parallel()
	r := dice(t)
	worker, serve := newClock(t, 2*time.Minute), newClock(t, -2*time.Minute)
	in := setup{program: clockGoes.program(t), env: map[string][]string{"worker": {worker.env()}, "serve": {serve.env()}}}.install(t, 6*time.Minute)
	began := time.Now()
	cycle, exercise := in.launch(2028), in.startExercise()
	jumps := []time.Duration{time.Hour, -time.Hour, 2 * time.Minute, -2 * time.Minute}
	const times = 6
	in.play(exercise, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, exercise, times, func(n int) {
			worker.set(jumps[n%len(jumps)])
			serve.set(jumps[r.IntN(len(jumps))])
			id := fmt.Sprintf("%s-%d", newID(cycle, "clock"), n)
			in.persist("comment", func() error { _, err := in.client(preparer).Give(in.ctx, cycle, comment(id, "Kommentar")); return err })
			_, err := in.client("p-okand").Give(in.ctx, cycle, api.Command{ID: id + "-denied", Kind: domain.CmdCancel, Text: "Nej (påhittat)"})
			if err == nil || askAgain(err) {
				t.Errorf("a stranger was told %v", err)
			}
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("the clocks jumped %d times of %d", hits, times)
		}
	})
	worker.set(2 * time.Minute)
	serve.set(-2 * time.Minute)
	in.outlived(exercise)
	in.inOrder(began)
}

// inOrder sees that time never goes back in any stream of the log, and that a real stream's is the machine's.
func (in *installation) inOrder(began time.Time) {
	in.t.Helper()
	logs, err := in.store.Logs(in.ctx)
	must(in.t, err)
	last, refusals := map[string]domain.Instant{}, 0
	for _, l := range logs {
		rows, err := in.store.LogEntries(in.ctx, l.ID, 0, 10_000)
		must(in.t, err)
		for _, e := range rows {
			stream, at := e.Event.Stream, e.Event.At
			if at < last[stream] {
				in.t.Errorf("%s: time goes back from %v to %v at entry %d", stream, last[stream].Time(), at.Time(), e.Event.Seq)
			}
			last[stream] = at
			if e.Event.Kind == domain.EvRefused {
				refusals++
			} else if l.ID == kommun && !began.IsZero() && (at.Time().Before(began.Add(-time.Minute)) || at.Time().After(time.Now().Add(time.Minute))) {
				in.t.Errorf("%s: entry %d is of %v, and this test began at %v", stream, e.Event.Seq, at.Time(), began)
			}
		}
	}
	if refusals == 0 && !began.IsZero() {
		in.t.Error("nothing was refused, so nothing has the server's time")
	}
}
