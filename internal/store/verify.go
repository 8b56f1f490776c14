package store

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// Log is a log and how many entries it has.
type Log struct {
	ID   string
	Size uint64
}

// Logs lists every log.
func (s *Store) Logs(ctx context.Context) ([]Log, error) {
	rows, err := s.pool.Query(ctx, "select log, max(idx) + 1 from entry group by log order by log")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Log])
}

// Verified is what VerifyLog found to be true.
type Verified struct {
	Size    uint64    // entries
	Root    tlog.Hash // of the tree of all of them
	Streams int
}

// BrokenError names the first thing in a log that is not as it should be.
type BrokenError struct {
	Log     string
	Index   uint64 // of the entry where it was found
	Message string // in Swedish
}

// Error says it in a sentence.
func (e *BrokenError) Error() string { return e.Message }

// VerifyLog recomputes a log from its leaves and compares: no entry is missing in the log or in a stream, each entry's
// columns say what its leaf says, each stored hash is the recomputed one, each stream folds, the read model shows what the
// folds show, and exactly what an entry says is erased is gone. The first thing that is wrong gives a *BrokenError.
//
// Entries that were cut off the end, with their hashes and the read model put right, it cannot miss: that needs a root
// from an earlier time, kept elsewhere, to compare [Store.TreeHash] with.
func (s *Store) VerifyLog(ctx context.Context, log string) (Verified, error) {
	v := verifier{log: log, streams: map[string]*domain.State{}, begun: map[string]domain.Instant{}, seqs: map[string]uint64{}}
	// One snapshot for all the reads, so that what is being written meanwhile is not half seen.
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := v.pages(ctx, tx, v.page); err != nil {
			return err
		}
		if err := v.gone(ctx, tx); err != nil {
			return err
		}
		return v.shown(ctx, tx)
	})
	if err != nil {
		return Verified{}, err
	}
	root, err := v.tree.root()
	return Verified{Size: v.next, Root: root, Streams: len(v.seqs)}, err
}

// verifier goes through one log from its first entry.
type verifier struct {
	log     string
	next    uint64 // the index expected
	seqs    map[string]uint64
	streams map[string]*domain.State
	begun   map[string]domain.Instant // at of each stream's first event
	tree    growing
	made    []tlog.Hash // recomputed and not yet compared
	checked int64       // stored hashes that were compared
	erased  []domain.Erasure
}

func (v *verifier) broken(index uint64, format string, args ...any) error {
	return &BrokenError{v.log, index, fmt.Sprintf("Loggen %s, post %d: ", v.log, index) + fmt.Sprintf(format, args...)}
}

// page verifies what was read.
func (v *verifier) page(p *logPage) error {
	for i := range p.rows {
		if err := v.entry(&p.rows[i]); err != nil {
			return err
		}
	}
	return v.hashes(p.hashes)
}

func (v *verifier) entry(r *row) error {
	if r.Index != v.next {
		return v.broken(v.next, "posten saknas. Nästa post som finns är %d.", r.Index)
	}
	v.next++
	if r.fault != nil {
		return r.fault
	}
	e := &r.event
	if want := v.seqs[e.Stream] + 1; e.Seq != want {
		return v.broken(r.Index, "här skulle %s ha händelse %d, men det står händelse %d.", e.Stream, want, e.Seq)
	}
	v.seqs[e.Stream] = e.Seq
	if e.Kind == domain.EvErased {
		v.erased = append(v.erased, *e.Erasure)
	}
	return v.fold(r)
}

// fold applies the event to its stream's state, if it has any.
func (v *verifier) fold(r *row) error {
	e := &r.event
	if !domain.Stateless(e.Stream) {
		state := v.streams[e.Stream]
		if state == nil {
			state = domain.NewState(e.Stream)
			v.streams[e.Stream], v.begun[e.Stream] = state, e.At
		}
		if err := known(e); err != nil {
			return err // this build cannot judge it; that breaks no log
		}
		if err := domain.ApplyLeaf(state, *e, r.Leaf); err != nil {
			return v.broken(r.Index, "händelsen går inte ihop med det som hänt före den (%v).", err)
		}
		// Nobody asks again here. All the commands of a month, copied at each, took longer than the rest.
		state.Answered = state.Answered[max(0, len(state.Answered)-1):]
	}
	_, hashes, err := v.tree.add(r.Leaf)
	v.made = append(v.made, hashes...)
	return err
}

// hashes compares the stored hashes of a page with those recomputed; after the last page there must be no more.
func (v *verifier) hashes(found []storedHash) error {
	for i, want := range v.made {
		pos := v.checked + int64(i)
		level, n := tlog.SplitStoredHashIndex(pos)
		index := uint64((n+1)<<level - 1) // the entry it was stored with
		switch {
		case i >= len(found) || found[i].Pos != pos:
			return v.broken(index, "kontrollsumma %d saknas.", pos)
		case !bytes.Equal(found[i].Hash, want[:]):
			return v.broken(index, "kontrollsumma %d stämmer inte med posterna: något av löven %d till %d är ändrat, eller kontrollsumman.", pos, n<<level, index)
		}
	}
	if len(found) > len(v.made) {
		return v.broken(v.next, "kontrollsumma %d finns men inte posten: poster i slutet är borttagna.", found[len(v.made)].Pos)
	}
	v.checked += int64(len(v.made))
	v.made = v.made[:0]
	return nil
}

// shown compares the read model with what the folded states show.
func (v *verifier) shown(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, "select stream from cycle where kommun = $1 and exercise = 0 or stream = $1 order by stream", v.log)
	if err != nil {
		return err
	}
	listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, stream := range listed {
		if v.streams[stream] == nil {
			return v.broken(v.next, "listorna visar %s, som inte har någon post i loggen: poster i slutet är borttagna.", stream)
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(v.streams)) {
		has, err := readShown(ctx, tx, stream)
		if err != nil {
			return err
		}
		state := v.streams[stream]
		want := show(state, v.begun[stream], wheelOf(state))
		has.allow(want)
		for _, t := range readModel {
			var batch pgx.Batch
			if rows := t.sync(&batch, has, want); rows > 0 {
				return v.broken(v.next, "%s slutar i loggen med händelse %d, och tabellen %s visar något annat (%d rader): poster i slutet är borttagna, eller tabellen är ändrad.", stream, state.Seq, t, rows)
			}
		}
	}
	return nil
}
