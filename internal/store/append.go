package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Conflict is the way in which a batch contradicts the journal.
type Conflict string

// The conflicts. None of them can come from a crash or a repeated request: each means that history and journal have
// parted, and somebody must look.
const (
	ConflictGap     Conflict = "gap"     // entries before Seq are missing
	ConflictDiffers Conflict = "differs" // the journal holds another event at Seq
	ConflictHead    Conflict = "head"    // folding the journal through Seq gives another head than the workflow has
)

// ConflictError says that a batch contradicts the journal. Nothing of the batch was written.
type ConflictError struct {
	Conflict Conflict
	Stream   string
	Seq      uint64
	detail   string
}

// Error names the stream and the entry.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("store: journal conflict (%s) in %s at %d: %s", e.Conflict, e.Stream, e.Seq, e.detail)
}

// Appended is what came of a batch.
type Appended struct {
	Indexes []uint64 // the place in the log of each event
	// Soon is true when somebody should be told before the next morning: delivery is to look at once. It may be true for
	// nothing, and is for a batch that was there already, since whoever wrote it may have died before saying so.
	Soon bool
}

// Append writes a batch of a stream's events to the log, the read model that follows from them, and the notices to people,
// in one transaction. head is the digest of the workflow's state after the batch.
//
// A batch that is already there, or begins with events that are, is written no second time and gives the same places: so
// a batch may be sent again whenever its answer was lost. An empty batch only compares head. A batch that contradicts
// the journal gives a *ConflictError.
func (s *Store) Append(ctx context.Context, stream string, events []domain.Event, head domain.Digest) (Appended, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return Appended{}, err
	}
	defer conn.Release()
	fold := s.folds.of(stream)
	fold.mu.Lock()
	defer fold.mu.Unlock()
	var done Appended
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// The stream's lock comes first, so that rows are shown in the order of the stream; the log's comes last, so that
		// other streams wait for nothing but the leaves.
		var end uint64
		if err := lockThen(ctx, tx, "stream", stream, &end, lastSeq, stream); err != nil {
			return err
		}
		had, fresh, err := recorded(ctx, tx, stream, end, events)
		if err != nil {
			return err
		}
		soon, err := fold.project(ctx, tx, stream, end, fresh)
		if err != nil {
			return err
		}
		if err := fold.agrees(events, head); err != nil {
			return err
		}
		if err := eraseFresh(ctx, tx, fresh); err != nil {
			return err
		}
		added, err := appendLeaves(ctx, tx, stream, fresh)
		done = Appended{append(had, added...), soon || len(had) > 0}
		return err
	})
	if err != nil {
		fold.reset() // it may hold what was not committed
		return Appended{}, err
	}
	return done, nil
}

// lastSeq asks for the last sequence number of a stream in the journal.
const lastSeq = "select coalesce((select seq from entry where stream = $1 order by seq desc limit 1), 0)"

// recorded splits a batch in what the journal, which ends at end, already holds, and what is new. What it holds must be
// the same to the byte.
func recorded(ctx context.Context, tx pgx.Tx, stream string, end uint64, events []domain.Event) (indexes []uint64, fresh []domain.Event, err error) {
	if len(events) == 0 {
		return nil, nil, nil
	}
	for i := range events {
		if want := events[0].Seq + uint64(i); events[i].Stream != stream || events[i].Seq != want {
			return nil, nil, &ConflictError{ConflictGap, stream, want, fmt.Sprintf("the batch has %s %d there", events[i].Stream, events[i].Seq)}
		}
	}
	first := events[0].Seq
	if first == 0 || first > end+1 {
		return nil, nil, &ConflictError{ConflictGap, stream, first, fmt.Sprintf("the journal ends at %d", end)}
	}
	if first == end+1 {
		return nil, events, nil
	}
	old, err := queryEntries(ctx, tx, "where stream = $1 and seq >= $2 order by seq limit $3", stream, first, len(events))
	if err != nil {
		return nil, nil, err
	}
	for i := range old {
		if !bytes.Equal(old[i].Leaf, events[i].Encode()) {
			return nil, nil, &ConflictError{ConflictDiffers, stream, events[i].Seq, "the journal holds another event"}
		}
		indexes = append(indexes, old[i].Index)
	}
	return indexes, events[len(old):], nil
}

// appendLeaves gives a stream's events the next places in its log.
func appendLeaves(ctx context.Context, tx pgx.Tx, stream string, events []domain.Event) ([]uint64, error) {
	if len(events) == 0 {
		return nil, nil
	}
	log := domain.LogOf(stream)
	if log == "" {
		return nil, fmt.Errorf("store: stream %q belongs to no log", stream)
	}
	tree, err := grow(ctx, tx, log)
	if err != nil {
		return nil, err
	}
	var (
		indexes   []uint64
		positions []int64
		hashes    [][]byte
		rows      entryRows
		batch     pgx.Batch
	)
	for i := range events {
		leaf := events[i].Encode()
		indexes = append(indexes, uint64(tree.size))
		rows.add(&events[i], leaf)
		first, added, err := tree.add(leaf)
		if err != nil {
			return nil, err
		}
		for j, h := range added {
			positions, hashes = append(positions, first+int64(j)), append(hashes, h[:])
		}
	}
	batch.Queue(`
		insert into entry (log, stream, idx, seq, leaf, kind, actor, command_id, body, step, at)
		select $1, $2, * from unnest($3::bigint[], $4::bigint[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[])`,
		log, stream, indexes, rows.seqs, rows.leaves, rows.kinds, rows.actors, rows.commands, rows.bodies, rows.steps, rows.ats)
	batch.Queue("insert into entry_hash (log, pos, hash) select $1, * from unnest($2::bigint[], $3::bytea[])", log, positions, hashes)
	return indexes, tx.SendBatch(ctx, &batch).Close()
}

// entryRows are the columns of new entries.
type entryRows struct {
	seqs                                   []uint64
	leaves                                 [][]byte
	kinds, actors, commands, bodies, steps []string
	ats                                    []time.Time
}

func (r *entryRows) add(e *domain.Event, leaf []byte) {
	r.seqs, r.leaves, r.ats = append(r.seqs, e.Seq), append(r.leaves, leaf), append(r.ats, e.At.Time())
	r.kinds, r.actors, r.commands = append(r.kinds, string(e.Kind)), append(r.actors, string(e.Actor)), append(r.commands, e.Command)
	r.bodies, r.steps = append(r.bodies, string(e.Body)), append(r.steps, string(e.Step))
}
