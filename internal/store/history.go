package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"
)

// HistoryRun is Temporal's history of one run of a stream's workflow, as it was archived.
type HistoryRun struct {
	Stream     string
	Run        string // Temporal's run id
	Complete   bool   // the run has ended, so this is all of it
	SHA256     domain.Digest
	ArchivedAt time.Time
}

// HistoryRuns lists a stream's archived runs, the oldest first.
func (s *Store) HistoryRuns(ctx context.Context, stream string) ([]HistoryRun, error) {
	rows, err := s.pool.Query(ctx, "select stream, run, complete, sha256, archived_at from history_run where stream = $1 order by nr", stream)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[HistoryRun])
}

// PutHistory archives the history of a run, as JSON: the newest run of its stream, or one that is archived already and goes
// on. What was archived whole is not replaced.
func (s *Store) PutHistory(ctx context.Context, stream, run string, complete bool, text []byte) error {
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	packed := packer.EncodeAll(text, nil)
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, "history", stream); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into history_run (stream, run, nr, bytes, sha256, complete)
			values ($1, $2, (select coalesce(max(nr), 0) + 1 from history_run where stream = $1), $3, $4, $5)
			on conflict (stream, run) do update set bytes = excluded.bytes, sha256 = excluded.sha256, complete = excluded.complete, archived_at = clock_timestamp()
			where not history_run.complete`, stream, run, packed, domain.DigestOf(text), complete)
		return err
	})
}

// ErrNoHistory means that the run was never archived.
var ErrNoHistory = errors.New("store: no such history")

// mostHistory bounds what an archived history may unpack to, in bytes: Temporal ends a run at 50 MB.
const mostHistory = 1 << 30

// RunHistory gives the archived history of a run, as JSON, or ErrNoHistory.
func (s *Store) RunHistory(ctx context.Context, stream, run string) ([]byte, error) {
	var packed []byte
	var sum domain.Digest
	err := s.pool.QueryRow(ctx, "select bytes, sha256 from history_run where stream = $1 and run = $2", stream, run).Scan(&packed, &sum)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNoHistory
	}
	if err != nil {
		return nil, err
	}
	unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostHistory))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer unpacker.Close()
	text, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("store: the history of %s, run %s, cannot be unpacked: %w", stream, run, err)
	}
	if domain.DigestOf(text) != sum {
		return nil, fmt.Errorf("store: the history of %s, run %s, is not the one that was archived", stream, run)
	}
	return text, nil
}
