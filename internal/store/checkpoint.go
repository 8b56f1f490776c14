package store

import (
	"context"
	"errors"
	"time"

	"arshjul/internal/proof"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is one that the signer has signed.
type Checkpoint struct {
	proof.Checkpoint
	Epoch int
	Note  []byte // as signed
	At    time.Time
}

const checkpointColumns = "epoch, size, root, note, at"

func scanCheckpoint(log string) func(pgx.CollectableRow) (Checkpoint, error) {
	return func(row pgx.CollectableRow) (Checkpoint, error) {
		var c Checkpoint
		var root []byte
		err := row.Scan(&c.Epoch, &c.Size, &root, &c.Note, &c.At)
		if err == nil {
			c.Root = tlog.Hash(root) // 32 bytes: the table says so
		}
		c.Origin = proof.Origin(log, c.Epoch)
		return c, err
	}
}

// Checkpoints gives a log's checkpoints, the oldest first. The rows are the database's word: who is to believe them opens
// the notes with the keys.
func (s *Store) Checkpoints(ctx context.Context, log string) ([]Checkpoint, error) {
	rows, err := s.pool.Query(ctx, "select "+checkpointColumns+" from checkpoint where log = $1 order by epoch, size", log)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanCheckpoint(log))
}

// ErrNoCheckpoint means that nothing is signed that covers what was asked about: not yet, or because the signer refuses.
var ErrNoCheckpoint = errors.New("store: no checkpoint covers it")

// LastCheckpoint gives a log's newest checkpoint, or ErrNoCheckpoint.
func (s *Store) LastCheckpoint(ctx context.Context, log string) (Checkpoint, error) {
	rows, err := s.pool.Query(ctx, "select "+checkpointColumns+" from checkpoint where log = $1 order by epoch desc, size desc limit 1", log)
	if err != nil {
		return Checkpoint{}, err
	}
	return oneCheckpoint(log, rows)
}

func oneCheckpoint(log string, rows pgx.Rows) (Checkpoint, error) {
	c, err := pgx.CollectExactlyOneRow(rows, scanCheckpoint(log))
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNoCheckpoint
	}
	return c, err
}

// ReceiptOf gives the receipt of the entry at a place in a log, under the newest checkpoint; ErrNoCheckpoint when that does
// not cover it, or is not of the log as it is now.
func (s *Store) ReceiptOf(ctx context.Context, log string, index uint64) (proof.Receipt, error) {
	e, err := s.EntryAt(ctx, log, index)
	if err != nil {
		return proof.Receipt{}, err
	}
	c, err := s.LastCheckpoint(ctx, log)
	if err != nil {
		return proof.Receipt{}, err
	}
	size, err := s.TreeSize(ctx, log)
	if err != nil {
		return proof.Receipt{}, err
	}
	if index >= c.Size || c.Size > size {
		return proof.Receipt{}, ErrNoCheckpoint
	}
	path, err := s.ProveEntry(ctx, log, c.Size, index)
	if err != nil {
		return proof.Receipt{}, err
	}
	if tlog.CheckRecord(path, int64(c.Size), c.Root, int64(index), tlog.RecordHash(e.Leaf)) != nil {
		return proof.Receipt{}, ErrNoCheckpoint
	}
	return proof.Receipt{Leaf: e.Leaf, Index: index, Path: path, Note: c.Note}, nil
}

// SignerRefusal is why the signer signs no more of a log.
type SignerRefusal struct {
	Log, Code, Detail string
	At                time.Time
	// Origin, Size and Root (in base64) are the last checkpoint that it remembers; "" = it remembers none. The entries before
	// Whole are as they were signed.
	Origin string
	Size   uint64
	Root   string
	Whole  uint64
}

// SignerRefusals gives what the signer refuses now: of each log the newest refusal that no checkpoint has come after.
func (s *Store) SignerRefusals(ctx context.Context) ([]SignerRefusal, error) {
	rows, err := s.pool.Query(ctx, `
		select distinct on (r.log) r.log, r.code, r.detail, r.at, r.origin, r.size, r.root, r.whole from signer_refusal r
		where not exists (select from checkpoint c where c.log = r.log and c.at > r.at)
		order by r.log, r.id desc`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[SignerRefusal])
}

// Unsigned tells how a log stands with its signer: how many entries the newest checkpoint leaves out, and when the first
// of those was recorded; zero when there is none.
func (s *Store) Unsigned(ctx context.Context, log string) (entries uint64, since time.Time, err error) {
	err = s.pool.QueryRow(ctx, `
		with signed as (select coalesce((select size from checkpoint where log = $1 order by epoch desc, size desc limit 1), 0) as size)
		select greatest(coalesce((select idx + 1 from entry where log = $1 order by idx desc limit 1), 0) - size, 0),
			coalesce((select recorded_at from entry where log = $1 and idx = size), '0001-01-01T00:00:00Z') from signed`, log).Scan(&entries, &since)
	return entries, since, err
}
