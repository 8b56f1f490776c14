package store

import (
	"context"
	"fmt"
	"sync"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// fold is a stream's state, folded from the journal, and the read model as it stands in the database.
type fold struct {
	mu    sync.Mutex
	state *domain.State  // nil = not folded yet
	size  int            // of the state when it was last measured
	begun domain.Instant // of the stream's first event
	wheel domain.Digest  // of the cycle's wheel, which never changes
	shown *shown         // nil = not read yet
	used  uint64         // guarded by folds.mu
}

// foldsKept bounds the memory: the state of a large cycle is about a megabyte. It has room for a cycle at work in each of
// Sweden's municipalities; a stream that is not kept is read from its beginning.
const foldsKept = 320

// folds keeps the folds of the streams in use. Whoever uses one locks it; a database connection is taken before that
// lock and never while it is held, so that no one waits in a circle.
type folds struct {
	mu   sync.Mutex
	all  map[string]*fold
	uses uint64
}

func (f *folds) of(stream string) *fold {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[string]*fold{}
	}
	found := f.all[stream]
	if found == nil {
		found = &fold{}
		f.all[stream] = found
		if len(f.all) > foldsKept {
			f.forgetOldest()
		}
	}
	f.uses++
	found.used = f.uses
	return found
}

func (f *folds) forgetOldest() {
	oldest := ""
	for stream, fold := range f.all {
		if fold.used != 0 && (oldest == "" || fold.used < f.all[oldest].used) {
			oldest = stream
		}
	}
	delete(f.all, oldest)
}

// reset forgets everything: the next to come folds the journal from its beginning.
func (f *fold) reset() { f.state, f.size, f.shown, f.begun, f.wheel = nil, 0, nil, 0, "" }

// chunk is how many entries are read at a time.
const chunk = 500

// catchUp applies what the journal holds beyond the state. What another process has journalled it has also shown.
func (f *fold) catchUp(ctx context.Context, db querier, stream string) error {
	if f.state == nil {
		f.state = domain.NewState(stream)
	}
	for {
		entries, err := queryEntries(ctx, db, "where stream = $1 and seq > $2 order by seq limit $3", stream, f.state.Seq, chunk)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			f.shown = nil
		}
		for i := range entries {
			if err := f.apply(entries[i].Event); err != nil {
				return err
			}
		}
		if len(entries) < chunk {
			f.measure()
			return nil
		}
	}
}

// grown is by how many bytes of events a state may have grown since it was measured.
const grown = 128 << 10

// measure does what a workflow does when its next run begins. By the events alone the state of a long cycle would seem so large
// that the rules refuse every command that is tried on it.
func (f *fold) measure() {
	if f.state.Size-f.size > grown {
		f.state.HandOver()
		f.size = f.state.Size
	}
}

func (f *fold) apply(e domain.Event) error {
	if err := known(&e); err != nil {
		return err
	}
	if err := domain.Apply(f.state, e); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if e.Seq == 1 {
		f.begun, f.wheel = e.At, wheelOf(f.state)
	}
	return nil
}

// project applies a batch to the state and writes the rows that it changes, and the notices that it gives rise to. The
// journal ends at end, just before the batch, and the stream is locked in the database. soon tells whether a notice
// should not wait for the morning.
func (f *fold) project(ctx context.Context, tx pgx.Tx, stream string, end uint64, fresh []domain.Event) (soon bool, err error) {
	if f.state == nil || f.state.Seq != end {
		if err := f.catchUp(ctx, tx, stream); err != nil {
			return false, err
		}
	}
	if len(fresh) == 0 {
		return false, nil
	}
	told, err := f.applyTelling(fresh)
	if err != nil {
		return false, err
	}
	if f.shown == nil {
		if f.shown, err = readShown(ctx, tx, stream); err != nil {
			return false, err
		}
	}
	f.measure()
	next := show(f.state, f.begun, f.wheel)
	batch, _ := replacing(f.shown, next)
	told.queue(batch, &soon)
	if batch.Len() > 0 {
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return false, err
		}
	}
	f.shown = next
	return soon, nil
}

// agrees compares the state with what the workflow has after the batch. When the journal has gone further since the
// batch was sent there is nothing to compare: the leaves were equal, and the head follows from the leaves.
func (f *fold) agrees(events []domain.Event, head domain.Digest) error {
	if n := len(events); n > 0 && events[n-1].Seq < f.state.Seq || f.state.Head == head {
		return nil
	}
	return &ConflictError{ConflictHead, f.state.Stream, f.state.Seq, fmt.Sprintf("the journal has %.12q and the workflow %.12q", f.state.Head, head)}
}

// View gives f the state of a stream as it stands in the journal. The state is shared: f must not change it, nor keep
// it. A stream without entries has a state with Seq 0.
func (s *Store) View(ctx context.Context, stream string, f func(*domain.State) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	fold := s.folds.of(stream)
	fold.mu.Lock()
	defer fold.mu.Unlock()
	if err := fold.catchUp(ctx, conn, stream); err != nil {
		fold.reset()
		return err
	}
	return f(fold.state)
}

// ViewAt is View for who knows how far the journal goes, as from the rows of Cycles: when the state that was folded last is
// as new as seq, the database is not asked.
func (s *Store) ViewAt(ctx context.Context, stream string, seq uint64, f func(*domain.State) error) error {
	fold := s.folds.of(stream)
	fold.mu.Lock()
	if fold.state != nil && fold.state.Seq >= seq {
		defer fold.mu.Unlock()
		return f(fold.state)
	}
	fold.mu.Unlock() // a connection is taken before the lock, never while it is held
	return s.View(ctx, stream, f)
}
