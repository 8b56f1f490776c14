package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// AppendRepaired writes down what was put right in a stream, and who answers for it. id is the repair's: one that is
// written already is written no second time.
func (s *Store) AppendRepaired(ctx context.Context, id string, r domain.Repaired, by domain.PersonID, at domain.Instant) (Entry, error) {
	return s.appendAside(ctx, domain.Event{V: domain.EventVersion, Stream: domain.RepairStream(r.Stream), At: at, Kind: domain.EvRepaired, Actor: by,
		Command: id, Repaired: &r})
}

// appendAside writes an event of a stream that no workflow owns, once for each command id.
func (s *Store) appendAside(ctx context.Context, e domain.Event) (Entry, error) {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var last uint64
		if err := lockThen(ctx, tx, "stream", e.Stream, &last, lastSeq, e.Stream); err != nil {
			return err
		}
		written, err := queryEntry(ctx, tx, "where stream = $1 and command_id = $2", e.Stream, e.Command)
		if !errors.Is(err, ErrNoEntry) {
			e.Seq = written.Event.Seq
			return err
		}
		e.Seq = last + 1
		_, err = appendLeaves(ctx, tx, e.Stream, []domain.Event{e})
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return s.Entry(ctx, e.Stream, e.Seq)
}

// Restarted is the entry by which a stream's workflow began anew with the state at seq, or ErrNoEntry.
func (s *Store) Restarted(ctx context.Context, stream string, seq uint64) (Entry, error) {
	all, err := queryEntries(ctx, s.pool, "where stream = $1 and kind = $2 order by seq desc", domain.RepairStream(stream), domain.EvRepaired)
	if err != nil {
		return Entry{}, err
	}
	for i := range all {
		if r := all[i].Event.Repaired; r.Kind == domain.RepairRestart && r.Stream == stream && r.Seq == seq {
			return all[i], nil
		}
	}
	return Entry{}, ErrNoEntry
}

// Unlist removes the rows of a stream that the log has no entry of, and gives how many there were.
func (s *Store) Unlist(ctx context.Context, stream string) (rows int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var end uint64
		if err := lockThen(ctx, tx, "stream", stream, &end, lastSeq, stream); err != nil || end > 0 {
			return err
		}
		has, err := readShown(ctx, tx, stream)
		if err != nil {
			return err
		}
		batch, differ := replacing(has, &shown{})
		if rows = differ; rows == 0 {
			return nil
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	return rows, err
}
