package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// AuditQuery picks from a log's entries. What is left empty picks nothing away.
type AuditQuery struct {
	Log    string
	Stream string
	Step   domain.StepID
	Unit   domain.UnitID // of the step
	Person domain.PersonID
	Kind   domain.EventKind
	Quiet  []domain.EventKind // kinds that are left out
	Before uint64             // only entries with a lower index; 0 = from the newest
	Until  domain.Instant     // only entries of that moment or earlier, on their stream's clock; 0 = all
	Limit  int
}

// Audit gives the entries of a log that a query picks, the newest first.
func (s *Store) Audit(ctx context.Context, q AuditQuery) ([]Entry, error) {
	where := []string{"log = $1"}
	args := []any{q.Log}
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if q.Stream != "" {
		add("stream = $%d", q.Stream)
	}
	if q.Step != "" {
		add("step = $%d", q.Step)
	}
	if q.Unit != "" {
		add("split_part(split_part(step, '/', 2), '#', 1) = $%d", q.Unit)
	}
	if q.Person != "" {
		add("actor = $%d", q.Person)
	}
	if q.Kind != "" {
		add("kind = $%d", q.Kind)
	}
	if len(q.Quiet) > 0 {
		add("kind <> all($%d)", q.Quiet)
	}
	if q.Before > 0 {
		add("idx < $%d", q.Before)
	}
	if q.Until > 0 {
		add("at <= $%d", q.Until.Time())
	}
	args = append(args, q.Limit)
	return queryEntries(ctx, s.pool, fmt.Sprintf("where %s order by idx desc limit $%d", strings.Join(where, " and "), len(args)), args...)
}

// SignedLog is a log, and how much of it the newest checkpoint covers.
type SignedLog struct {
	ID     string
	Size   uint64
	Signed uint64    // entries; 0 = no checkpoint is signed
	At     time.Time // of that checkpoint
}

// SignedLogs lists every log with its newest checkpoint.
func (s *Store) SignedLogs(ctx context.Context) ([]SignedLog, error) {
	rows, err := s.pool.Query(ctx, `
		select e.log, e.size, coalesce(c.size, 0), coalesce(c.at, '0001-01-01T00:00:00Z')
		from (select log, max(idx) + 1 as size from entry group by log) e
		left join lateral (select size, at from checkpoint where log = e.log order by epoch desc, size desc limit 1) c on true
		order by e.log`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[SignedLog])
}
