package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// OpenStreams lists the streams that go on, over all municipalities: registries, cycles and exercises. It reads no more
// than every release's tables have, so that a new release can look at what it is to take over before it migrates.
func (s *Store) OpenStreams(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		select stream from cycle where status = 'open'
		union select stream from entry where seq = 1 and stream like 'registry/%'
		order by 1`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
