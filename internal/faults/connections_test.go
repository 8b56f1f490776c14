package faults

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Somebody else holds every connection that Postgres gives, and all that ours had were cut.
func TestExerciseOutlivesPostgresOutOfConnections(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	const times = 3
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(int) {
			if refused := in.exhaust(time.Second + time.Duration(r.Int64N(int64(4*time.Second)))); refused == 0 {
				t.Error("Postgres refused nobody a connection")
			}
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("Postgres was out of connections %d times of %d", hits, times)
		}
	})
	in.outlived(stream)
}

// exhaust cuts every connection and holds as many as Postgres gives, for a while after there are no more. It says how many
// it was refused.
func (in *installation) exhaust(long time.Duration) (refused int) {
	in.t.Helper()
	in.broke()
	var (
		mu    sync.Mutex
		hogs  sync.WaitGroup
		taken []*pgx.Conn
	)
	ctx, cancel := context.WithCancel(in.ctx)
	defer cancel()
	cut, err := pgx.Connect(ctx, in.owner)
	if err != nil {
		in.t.Errorf("cut the connections: %v", err)
		return 0
	}
	for range 8 {
		hogs.Go(func() {
			for ctx.Err() == nil {
				c, err := pgx.Connect(ctx, in.database+"&application_name=hog")
				var no *pgconn.PgError
				mu.Lock()
				switch {
				case err == nil:
					taken = append(taken, c)
				case errors.As(err, &no) && no.Code == "53300": // too_many_connections
					if refused++; refused == 1 { // from now on there is none
						time.AfterFunc(long, cancel)
					}
				}
				mu.Unlock()
			}
		})
	}
	for ctx.Err() == nil {
		// Temporal's too: it comes back by the places that are kept for superusers, one by one.
		if _, err := cut.Exec(ctx, `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend'
			and pid <> pg_backend_pid() and application_name <> 'hog' and (select count(*) > 150 from pg_stat_activity)`); err != nil && ctx.Err() == nil {
			in.t.Errorf("cut the connections: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	hogs.Wait()
	for _, c := range append(taken, cut) {
		_ = c.Close(context.WithoutCancel(ctx)) // it may have been cut
	}
	return refused
}
