package store

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"arshjul/domain"
)

// pastKept bounds the memory that states of earlier moments take: each is about a megabyte of a large cycle.
const pastKept = 12

// pastStates keeps the states of earlier moments that were looked at last. A moment is a sequence number: what a stream was
// after an entry never changes, so nothing here grows old.
type pastStates struct {
	mu  sync.Mutex
	all []*pastState // the last used at the end
}

// pastState is a stream as it was after an entry. Whoever looks at it holds mu, since what is derived from a state is made
// when it is first asked for.
type pastState struct {
	mu     sync.Mutex
	stream string
	seq    uint64
	fold   fold
}

// SeqAt gives the last entry of a stream at an instant of its own clock; 0 = it had not begun.
func (s *Store) SeqAt(ctx context.Context, stream string, at domain.Instant) (seq uint64, err error) {
	err = s.pool.QueryRow(ctx, "select coalesce(max(seq), 0) from entry where stream = $1 and at <= $2", stream, at.Time()).Scan(&seq)
	return seq, err
}

// Past gives f the state of a stream as it was after an entry, and for a cycle the row that it then had in lists. The state is
// shared: f must not change it, nor keep it. A stream without that entry gives ErrNoRow.
func (s *Store) Past(ctx context.Context, stream string, seq uint64, f func(*domain.State, Cycle) error) error {
	if seq == 0 {
		return ErrNoRow
	}
	p, err := s.pastOf(ctx, stream, seq)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var c Cycle
	if p.fold.state.Cycle != nil {
		c = show(p.fold.state, p.fold.begun, p.fold.wheel).cycles[0]
	}
	return f(p.fold.state, c)
}

// pastOf finds a past state, or folds it from the nearest earlier one that is kept.
func (s *Store) pastOf(ctx context.Context, stream string, seq uint64) (*pastState, error) {
	s.past.mu.Lock()
	var from *pastState
	for i, p := range s.past.all {
		if p.stream != stream || p.seq > seq {
			continue
		}
		if p.seq == seq {
			s.past.all = append(slices.Delete(s.past.all, i, i+1), p)
			s.past.mu.Unlock()
			return p, nil
		}
		if from == nil || p.seq > from.seq {
			from = p
		}
	}
	s.past.mu.Unlock()
	made := &pastState{stream: stream, seq: seq, fold: fold{state: domain.NewState(stream)}}
	if from != nil {
		from.mu.Lock()
		made.fold.state, made.fold.begun, made.fold.wheel = from.fold.state.Clone(), from.fold.begun, from.fold.wheel
		from.mu.Unlock()
	}
	for made.fold.state.Seq < seq {
		limit := min(chunk, int(seq-made.fold.state.Seq))
		entries, err := queryEntries(ctx, s.pool, "where stream = $1 and seq > $2 order by seq limit $3", stream, made.fold.state.Seq, limit)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			return nil, ErrNoRow
		}
		for i := range entries {
			if err := made.fold.apply(entries[i].Event); err != nil {
				return nil, fmt.Errorf("store: as of entry %d: %w", seq, err)
			}
		}
	}
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	s.past.all = append(s.past.all, made)
	if n := len(s.past.all) - pastKept; n > 0 {
		s.past.all = slices.Delete(s.past.all, 0, n)
	}
	return made, nil
}
