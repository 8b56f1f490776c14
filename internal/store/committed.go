package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Committed is a text with what is needed to see that it is the one a commitment was made to: see [Commit].
type Committed struct {
	Ref    domain.TextRef
	Salt   []byte
	Body   string
	Erased bool // salt and body are gone
}

// CommittedTexts gives the texts behind commitments with their salts, for an evidence pack, ordered by commitment. One that
// the store never held is missing from the answer.
func (s *Store) CommittedTexts(ctx context.Context, refs []domain.TextRef) ([]Committed, error) {
	rows, err := s.pool.Query(ctx, "select commitment, salt, coalesce(body, ''), erased_at is not null from text where commitment = any($1) order by commitment", refs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Committed])
}
