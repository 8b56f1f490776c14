package store

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"testing"

	"arshjul/internal/stack/stacktest"

	"github.com/jackc/pgx/v5/pgxpool"
)

// deaf is a connection that breaks when the database says that it has committed: the client never learns it.
type deaf struct {
	net.Conn
	armed *atomic.Bool
}

var committed = []byte("COMMIT\x00") // the tag of CommandComplete

func (d deaf) Read(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	if err == nil && bytes.Contains(p[:n], committed) && d.armed.CompareAndSwap(true, false) {
		return 0, errors.Join(errors.New("the answer to COMMIT is lost"), d.Conn.Close())
	}
	return n, err
}

// deafened gives a store whose next COMMIT is carried out without an answer, each time that armed is set.
func deafened(t *testing.T, ownerURL string) (s *Store, armed *atomic.Bool) {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(stacktest.AsRole(t, ownerURL, AppRole))
	if err != nil {
		t.Fatal(err)
	}
	armed = &atomic.Bool{}
	dial := cfg.ConnConfig.DialFunc
	cfg.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return deaf{conn, armed}, err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &Store{pool: pool}, armed
}

// When the answer to COMMIT is lost nobody knows whether the batch is there. Sent again it is written no second time and
// gives the places it had; the log is right, and so are the lists.
func TestAppendWhoseCommitIsNotAnswered(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	lossy, armed := deafened(t, url)
	for n := range 5 {
		before := verified(t, s, kommun).Size
		events := append(d.decide(comment(2*n)), d.decide(comment(2*n+1))...)
		armed.Store(true)
		if _, err := lossy.Append(t.Context(), d.state.Stream, events, d.state.Head); err == nil || armed.Load() {
			t.Fatalf("the answer was not lost: %v", err)
		}
		done, err := lossy.Append(t.Context(), d.state.Stream, events, d.state.Head)
		if err != nil {
			t.Fatal(err)
		}
		if want := []uint64{before, before + 1}; !slices.Equal(done.Indexes, want) || !done.Soon {
			t.Errorf("asked again: %+v, want the places %v", done, want)
		}
		if after := verified(t, s, kommun).Size; after != before+2 {
			t.Errorf("%d entries, want %d", after, before+2)
		}
	}
}
