package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Store is the application's database. It is safe for use by several goroutines.
type Store struct {
	pool  *pgxpool.Pool
	folds folds
	past  pastStates
}

// querier is what a pool, a connection and a transaction have in common.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Open connects to the database as the role that the URL names, which should be AppRole. It fails when the database
// cannot be reached.
func Open(ctx context.Context, url string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	cfg.MaxConns = max(cfg.MaxConns, 10)
	for name, value := range sessionSettings {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
	cfg.ConnConfig.Tracer = counter{}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("store: %w", err)
	}
	return &Store{pool: pool}, nil
}

// sessionSettings let the database find out that a client is gone, so that its locks do not outlive it by hours.
var sessionSettings = map[string]string{
	"application_name":                    "arshjul",
	"timezone":                            "UTC",
	"idle_in_transaction_session_timeout": "60s",
	"tcp_keepalives_idle":                 "30",
	"tcp_keepalives_interval":             "10",
	"tcp_keepalives_count":                "3",
}

// Close waits for the connections in use and closes all.
func (s *Store) Close() { s.pool.Close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// lock holds a lock until the transaction ends. Names that happen to share a number only wait for each other.
func lock(ctx context.Context, tx pgx.Tx, kind, name string) error {
	_, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", lockNumber(kind, name))
	return err
}

// lockThen takes a lock and then asks for one value, in one round trip. The question sees what whoever had the lock
// before has committed.
func lockThen(ctx context.Context, tx pgx.Tx, kind, name string, value any, question string, args ...any) error {
	var batch pgx.Batch
	batch.Queue("select pg_advisory_xact_lock($1)", lockNumber(kind, name))
	batch.Queue(question, args...).QueryRow(func(row pgx.Row) error { return row.Scan(value) })
	return tx.SendBatch(ctx, &batch).Close()
}

func lockNumber(kind, name string) int64 {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}
