package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// hashReader reads the stored hashes of a log.
func hashReader(ctx context.Context, db querier, log string) tlog.HashReaderFunc {
	return func(positions []int64) ([]tlog.Hash, error) {
		// Each by itself: a plain join, planned while the log is young, reads all of it ever after.
		rows, err := db.Query(ctx, `
			select h.hash from unnest($2::bigint[]) with ordinality as want (pos, nr)
			left join lateral (select hash from entry_hash where log = $1 and pos = want.pos limit 1) h on true order by want.nr`, log, positions)
		if err != nil {
			return nil, err
		}
		i := 0
		return pgx.CollectRows(rows, func(row pgx.CollectableRow) (tlog.Hash, error) {
			var b []byte
			if err := row.Scan(&b); err != nil {
				return tlog.Hash{}, err
			}
			i++
			if len(b) != tlog.HashSize {
				return tlog.Hash{}, fmt.Errorf("store: log %s has no hash at position %d", log, positions[i-1])
			}
			return tlog.Hash(b), nil
		})
	}
}

// growing is a tree that leaves are being added to: the hashes already read or made, by position.
type growing struct {
	size   int64
	hashes map[int64]tlog.Hash
}

// logSize asks for the number of entries in a log. Not by max: planned while the log is young, it would read all of it.
const logSize = "select coalesce((select idx + 1 from entry where log = $1 order by idx desc limit 1), 0)"

// grow locks a log until the transaction ends, and reads its size and the hashes on the right edge of its tree, which is
// all that adding leaves needs.
func grow(ctx context.Context, tx pgx.Tx, log string) (*growing, error) {
	g := &growing{}
	if err := lockThen(ctx, tx, "log", log, &g.size, logSize, log); err != nil {
		return nil, err
	}
	// The right edge is what the root is computed from.
	_, err := tlog.TreeHash(g.size, tlog.HashReaderFunc(func(positions []int64) ([]tlog.Hash, error) {
		hashes, err := hashReader(ctx, tx, log)(positions)
		for i := range hashes {
			g.keep(positions[i], hashes[i])
		}
		return hashes, err
	}))
	return g, err
}

func (g *growing) keep(position int64, h tlog.Hash) {
	if g.hashes == nil {
		g.hashes = map[int64]tlog.Hash{}
	}
	g.hashes[position] = h
}

// ReadHashes gives hashes that were read or made before.
func (g *growing) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(positions))
	for i, pos := range positions {
		h, ok := g.hashes[pos]
		if !ok {
			return nil, fmt.Errorf("store: hash %d is not on the tree's right edge", pos)
		}
		found[i] = h
	}
	return found, nil
}

func (g *growing) root() (tlog.Hash, error) { return tlog.TreeHash(g.size, g) }

// add adds a leaf and gives the positions and hashes to store for it.
func (g *growing) add(leaf []byte) (first int64, hashes []tlog.Hash, err error) {
	hashes, err = tlog.StoredHashes(g.size, leaf, g)
	if err != nil {
		return 0, nil, err
	}
	first = tlog.StoredHashIndex(0, g.size)
	for i, h := range hashes {
		g.keep(first+int64(i), h)
	}
	g.size++
	return first, hashes, nil
}

// TreeSize gives the number of entries in a log; 0 when there is no such log.
func (s *Store) TreeSize(ctx context.Context, log string) (uint64, error) {
	var size uint64
	err := s.pool.QueryRow(ctx, logSize, log).Scan(&size)
	return size, err
}

// TreeHash gives the root of a log when it had size entries.
func (s *Store) TreeHash(ctx context.Context, log string, size uint64) (tlog.Hash, error) {
	return tlog.TreeHash(int64(size), hashReader(ctx, s.pool, log))
}

// ProveEntry proves that the entry at index is in the log that had size entries: tlog.CheckRecord checks the proof
// against the root and the entry's leaf hash.
func (s *Store) ProveEntry(ctx context.Context, log string, size, index uint64) (tlog.RecordProof, error) {
	if index >= size {
		return nil, fmt.Errorf("store: log %s of %d entries has no index %d", log, size, index)
	}
	return tlog.ProveRecord(int64(size), int64(index), hashReader(ctx, s.pool, log))
}
