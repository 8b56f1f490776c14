package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Entry is a line of the log.
type Entry struct {
	Log        string
	Index      uint64 // place in the log, from 0
	Event      domain.Event
	Leaf       []byte // the bytes that the tree covers
	RecordedAt time.Time
}

const entryColumns = "log, idx, leaf, recorded_at"

func scanEntry(row pgx.CollectableRow) (Entry, error) {
	var e Entry
	if err := row.Scan(&e.Log, &e.Index, &e.Leaf, &e.RecordedAt); err != nil {
		return Entry{}, err
	}
	if err := json.Unmarshal(e.Leaf, &e.Event); err != nil {
		return Entry{}, fmt.Errorf("store: log %s, index %d is not an event: %w", e.Log, e.Index, err)
	}
	return e, nil
}

func queryEntries(ctx context.Context, db querier, tail string, args ...any) ([]Entry, error) {
	rows, err := db.Query(ctx, "select "+entryColumns+" from entry "+tail, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanEntry)
}

// ErrNoEntry means that the log has no such entry.
var ErrNoEntry = errors.New("store: no such entry")

func queryEntry(ctx context.Context, db querier, tail string, args ...any) (Entry, error) {
	all, err := queryEntries(ctx, db, tail, args...)
	if err == nil && len(all) == 0 {
		err = ErrNoEntry
	}
	if err != nil {
		return Entry{}, err
	}
	return all[0], nil
}

// Entries gives a stream's entries in order, from sequence number from (1 is the first), at most limit of them.
func (s *Store) Entries(ctx context.Context, stream string, from uint64, limit int) ([]Entry, error) {
	return queryEntries(ctx, s.pool, "where stream = $1 and seq >= $2 order by seq limit $3", stream, from, limit)
}

// Entry gives an entry by its place in its stream, or ErrNoEntry.
func (s *Store) Entry(ctx context.Context, stream string, seq uint64) (Entry, error) {
	return queryEntry(ctx, s.pool, "where stream = $1 and seq = $2", stream, seq)
}

// EntryAt gives an entry by its place in its log, or ErrNoEntry.
func (s *Store) EntryAt(ctx context.Context, log string, index uint64) (Entry, error) {
	return queryEntry(ctx, s.pool, "where log = $1 and idx = $2", log, index)
}

// LogEntries gives a log's entries in order, from index from (0 is the first), at most limit of them.
func (s *Store) LogEntries(ctx context.Context, log string, from uint64, limit int) ([]Entry, error) {
	return queryEntries(ctx, s.pool, "where log = $1 and idx >= $2 order by idx limit $3", log, from, limit)
}

// HistoryQuery picks from a stream's entries.
type HistoryQuery struct {
	Step   domain.StepID // only entries of this step; "" = all
	Before uint64        // only entries with a lower sequence number; 0 = from the newest
	Limit  int
}

// History gives a stream's entries, newest first.
func (s *Store) History(ctx context.Context, stream string, q HistoryQuery) ([]Entry, error) {
	tail := "where stream = $1 and ($2 = 0 or seq < $2) order by seq desc limit $3"
	args := []any{stream, q.Before, q.Limit}
	if q.Step != "" {
		tail = "where stream = $1 and ($2 = 0 or seq < $2) and step = $4 order by seq desc limit $3"
		args = append(args, q.Step)
	}
	return queryEntries(ctx, s.pool, tail, args...)
}

// Receipt is what the log says about a command that was carried out.
type Receipt struct {
	Body    domain.Digest // of the command
	First   uint64        // its first event in the stream
	Last    uint64
	Indexes []uint64 // of its events, in the log
}

// Receipt finds a command's events, however old. false means that the log holds none: the command was never carried
// out, or is not journalled yet.
func (s *Store) Receipt(ctx context.Context, stream, commandID string) (Receipt, bool, error) {
	var r Receipt
	err := s.pool.QueryRow(ctx, `
		select coalesce(max(body), ''), coalesce(min(seq), 0), coalesce(max(seq), 0), array_agg(idx order by seq)
		from entry where stream = $1 and command_id = $2 and command_id <> ''`, stream, commandID,
	).Scan(&r.Body, &r.First, &r.Last, &r.Indexes)
	if err != nil || r.First == 0 {
		return Receipt{}, false, err
	}
	return r, true, nil
}

// Known tells which of these commands the log knows as carried out, however old.
func (s *Store) Known(ctx context.Context, stream string, commandIDs []string) ([]string, error) {
	// Each by itself: see hashReader.
	rows, err := s.pool.Query(ctx, `
		select id from unnest($2::text[]) id
		cross join lateral (select from entry where stream = $1 and command_id = id and command_id <> '' limit 1) e`, stream, commandIDs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// WaitEntries waits until the log holds all of these entries of a stream, and gives them by their numbers. There is at least
// one. It asks as WaitJournalled does.
func (s *Store) WaitEntries(ctx context.Context, stream string, seqs []uint64) (map[uint64]Entry, error) {
	found := map[uint64]Entry{}
	err := poll(ctx, func() (bool, error) {
		// A span, which hardly holds others: "any of these", planned while the log is young, reads all of the stream ever after.
		entries, err := queryEntries(ctx, s.pool, "where stream = $1 and seq between $2 and $3", stream, slices.Min(seqs), slices.Max(seqs))
		for _, e := range entries {
			found[e.Event.Seq] = e
		}
		missing := slices.ContainsFunc(seqs, func(seq uint64) bool { _, ok := found[seq]; return !ok })
		return !missing, err
	})
	return found, err
}

// WaitJournalled waits until the log holds the stream's entry seq and gives its index. It asks the database every few
// milliseconds, since NOTIFY would make all commits wait for one another; when ctx ends first it returns ctx's error.
func (s *Store) WaitJournalled(ctx context.Context, stream string, seq uint64) (index uint64, err error) {
	err = poll(ctx, func() (bool, error) {
		err := s.pool.QueryRow(ctx, "select idx from entry where stream = $1 and seq = $2", stream, seq).Scan(&index)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, nil
		}
		return true, err
	})
	return index, err
}

// poll looks again and again until look is done, often at first.
func poll(ctx context.Context, look func() (done bool, err error)) error {
	const shortest, longest = 2 * time.Millisecond, 25 * time.Millisecond
	for began := time.Now(); ; {
		if done, err := look(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(max(time.Since(began)/8, shortest), longest)):
		}
	}
}

// Telling gives what tells what became of a cycle, oldest first: the entries with the sequence numbers given, and every one
// that submits, decides or ends, through the entry last.
func (s *Store) Telling(ctx context.Context, stream string, seqs []uint64, last uint64) ([]Entry, error) {
	kinds := []domain.EventKind{domain.EvSubmitted, domain.EvDecided, domain.EvRejected, domain.EvReturned, domain.EvTabled, domain.EvCompleted, domain.EvCancelled}
	return queryEntries(ctx, s.pool, "where stream = $1 and seq <= $4 and (seq = any($2) or kind = any($3)) order by seq", stream, seqs, kinds, last)
}
