package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Recounted is a stream as its entries add up when they are read anew from the first, and where the read model shows
// something else; all of one moment.
type Recounted struct {
	State  *domain.State   // after the last entry that could be folded; Seq 0 = none
	Leaves [][]byte        // of every entry, in order
	Seqs   []uint64        // of every entry: 1, 2, 3 and so on unless some are missing
	Heads  []domain.Digest // after every entry that could be folded
	// Broken is the first entry that does not follow from those before it; 0 = none.
	Broken uint64
	// Newer is true when the stream is of a release that this build cannot follow: then nothing more is said of it.
	Newer bool
	Shown []ShownDifference

	has, want *shown
}

// ShownDifference is a table of the read model in which rows are missing, are not what the entries add up to, or should
// not be there.
type ShownDifference struct {
	Table string
	Rows  []string // their keys, at least one
}

// Recount reads a stream anew and compares the read model with it.
func (s *Store) Recount(ctx context.Context, stream string) (r Recounted, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if r, err = recountIn(ctx, tx, stream); err != nil || r.Newer || r.Broken != 0 {
			return err
		}
		r.has.allow(r.want)
		for _, t := range readModel {
			if rows := t.differ(r.has, r.want); len(rows) > 0 {
				r.Shown = append(r.Shown, ShownDifference{t.String(), rows})
			}
		}
		return nil
	})
	return r, err
}

// recountIn reads a stream's entries and rows in a transaction.
func recountIn(ctx context.Context, tx pgx.Tx, stream string) (r Recounted, err error) {
	r.State, r.want = domain.NewState(stream), &shown{}
	begun, err := r.read(ctx, tx, stream)
	if err != nil || r.Newer || r.Broken != 0 {
		return r, err
	}
	if r.State.Seq > 0 {
		r.want = show(r.State, begun, wheelOf(r.State))
	}
	r.has, err = readShown(ctx, tx, stream)
	return r, err
}

func (r *Recounted) read(ctx context.Context, tx pgx.Tx, stream string) (begun domain.Instant, err error) {
	for last := uint64(0); ; {
		entries, err := queryEntries(ctx, tx, "where stream = $1 and seq > $2 order by seq limit $3", stream, last, chunk)
		if err != nil {
			return 0, err
		}
		for i := range entries {
			e := &entries[i]
			last = e.Event.Seq
			r.Leaves, r.Seqs = append(r.Leaves, e.Leaf), append(r.Seqs, last)
			if last == 1 {
				begun = e.Event.At
			}
			r.fold(e.Event)
		}
		if len(entries) < chunk {
			return begun, nil
		}
	}
}

func (r *Recounted) fold(e domain.Event) {
	if r.Newer = r.Newer || known(&e) != nil; r.Newer || r.Broken != 0 {
		return
	}
	if err := domain.Apply(r.State, e); err != nil {
		r.Broken = e.Seq
		return
	}
	r.Heads = append(r.Heads, r.State.Head)
}

// differ names the rows in which two read models of a stream differ.
func (t *table[R]) differ(has, want *shown) (rows []string) {
	had := map[R]R{}
	for _, r := range *t.rows(has) {
		had[t.key(r)] = r
	}
	for _, r := range *t.rows(want) {
		key := t.key(r)
		if was, ok := had[key]; !ok || was != r {
			rows = append(rows, t.say(key))
		}
		delete(had, key)
	}
	for key := range had {
		rows = append(rows, t.say(key))
	}
	slices.Sort(rows)
	return rows
}

// say writes a key without the stream that all rows of it share.
func (t *table[R]) say(key R) string {
	v := reflect.ValueOf(key)
	var parts []string
	for _, i := range t.keys {
		if i > 0 || len(t.keys) == 1 {
			parts = append(parts, fmt.Sprint(v.Field(i).Interface()))
		}
	}
	return strings.Join(parts, " ")
}

// Municipalities lists every municipality of which there is a cycle or a registry.
func (s *Store) Municipalities(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		select kommun from cycle
		union select substr(stream, length('registry/') + 1) from entry where seq = 1 and stream like 'registry/%'
		order by 1`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// StreamsOf lists every stream of a municipality of which log or read model know anything, ended ones and exercises
// included, but not those without a state.
func (s *Store) StreamsOf(ctx context.Context, kommun string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		select stream from cycle where kommun = $1
		union select stream from step where stream like 'cycle/' || $1 || '/%' or stream like 'exercise/' || $1 || '/%'
		union select source from unit where source = 'registry/' || $1
		union select stream from entry where stream = 'registry/' || $1 or stream like 'cycle/' || $1 || '/%' or stream like 'exercise/' || $1 || '/%'
		order by 1`, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// AppendReconciled writes down what came of a comparison of a municipality's workflows, log and lists; id is the
// comparison's, and one that is written already is written no second time.
func (s *Store) AppendReconciled(ctx context.Context, kommun, id string, r domain.Reconciled, at domain.Instant) (Entry, error) {
	return s.appendAside(ctx, domain.Event{V: domain.EventVersion, Stream: domain.ReconcileStream(kommun), At: at, Kind: domain.EvReconciled, Command: id, Reconciled: &r})
}

// LastReconciled is the latest comparison that is written down for a municipality, or ErrNoEntry.
func (s *Store) LastReconciled(ctx context.Context, kommun string) (Entry, error) {
	return queryEntry(ctx, s.pool, "where stream = $1 and kind = $2 order by seq desc limit 1", domain.ReconcileStream(kommun), domain.EvReconciled)
}
