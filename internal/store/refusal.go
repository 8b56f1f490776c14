package store

import (
	"context"
	"strings"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// AppendRefusal writes a refusal to the log: who asked what of which stream, and why not. The server does it, because
// Temporal keeps no trace of what it refused. e carries At, Actor, Command, Step and Refused; the store sets the rest.
// Refusals of an exercise that exists stand in the exercise's log, all others in the municipality's.
//
// The members come from a request that was refused, so they are cut to what a column holds.
func (s *Store) AppendRefusal(ctx context.Context, kommun string, e domain.Event) (Entry, error) {
	refused := *e.Refused
	refused.Stream, refused.Kind = clean(refused.Stream), clean(refused.Kind)
	e.V, e.Kind, e.Refused = domain.EventVersion, domain.EvRefused, &refused
	e.Actor, e.Command, e.Step = clean(e.Actor), clean(e.Command), clean(e.Step)
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var exercise bool
		err := tx.QueryRow(ctx, "select exists (select from cycle where stream = $1 and exercise > 0)", refused.Stream).Scan(&exercise)
		if err != nil {
			return err
		}
		e.Stream = domain.RefusalStream(domain.RegistryStream(kommun))
		if exercise {
			e.Stream = domain.RefusalStream(refused.Stream)
		}
		if err := lockThen(ctx, tx, "stream", e.Stream, &e.Seq, lastSeq, e.Stream); err != nil {
			return err
		}
		// The time is a server's, of which there may be several, with clocks that differ: in the log none goes back.
		last, err := queryEntries(ctx, tx, "where stream = $1 and seq = $2", e.Stream, e.Seq)
		if err != nil {
			return err
		}
		for i := range last {
			e.At = max(e.At, last[i].Event.At)
		}
		e.Seq++
		_, err = appendLeaves(ctx, tx, e.Stream, []domain.Event{e})
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return s.Entry(ctx, e.Stream, e.Seq)
}

// longest is more than any member of a well-formed command has.
const longest = 200

func clean[T ~string](v T) T {
	s := strings.ReplaceAll(strings.ToValidUTF8(string(v), "?"), "\x00", "?")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return T(s)
}
