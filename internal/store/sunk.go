package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// SunkMail is a mail as the sink received it: it went nowhere else.
type SunkMail struct {
	ID        int64
	Kommun    string
	Exercise  string // the exercise's stream; "" = a real cycle's, on a local stack
	MessageID string
	Recipient string
	Subject   string
	Received  domain.Instant
	Times     int    // how often it came
	Raw       []byte // as it came; empty in lists
}

// PutSunk keeps a mail that the sink received.
func (s *Store) PutSunk(ctx context.Context, m SunkMail) error {
	_, err := s.pool.Exec(ctx, `insert into sunk_mail (kommun, exercise, message_id, recipient, subject, raw) values ($1, $2, $3, $4, $5, $6)`,
		m.Kommun, m.Exercise, clean(m.MessageID), clean(m.Recipient), clean(m.Subject), m.Raw)
	return err
}

const sunkSQL = `select max(id), kommun, exercise, message_id, max(recipient), max(subject),
	(extract(epoch from min(received_at)) * 1000)::bigint, count(*), ''::bytea
	from sunk_mail `

// Sunk lists the mails in the sink, the newest first and each once however often it came. exercise "" means those of the
// real cycles.
func (s *Store) Sunk(ctx context.Context, kommun, exercise string, before int64, limit int) ([]SunkMail, error) {
	rows, err := s.pool.Query(ctx, sunkSQL+`where kommun = $1 and exercise = $2 group by kommun, exercise, message_id
		having $3 = 0 or max(id) < $3 order by max(id) desc limit $4`, kommun, exercise, before, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[SunkMail])
}

// SunkCount counts the mails in the sink, each once.
func (s *Store) SunkCount(ctx context.Context, kommun, exercise string) (n int, err error) {
	err = s.pool.QueryRow(ctx, "select count(distinct message_id) from sunk_mail where kommun = $1 and exercise = $2", kommun, exercise).Scan(&n)
	return n, err
}

// SunkBoxes lists whose mails the sink holds: "" for the real cycles, and exercises, the newest first.
func (s *Store) SunkBoxes(ctx context.Context, kommun string) ([]string, error) {
	rows, err := s.pool.Query(ctx, "select exercise from sunk_mail where kommun = $1 group by exercise order by max(id) desc", kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// SunkMail gives a mail in the sink with its text, or ErrNoRow.
func (s *Store) SunkMail(ctx context.Context, kommun string, id int64) (SunkMail, error) {
	rows, err := s.pool.Query(ctx, `select id, kommun, exercise, message_id, recipient, subject,
		(extract(epoch from received_at) * 1000)::bigint, 1, raw from sunk_mail where kommun = $1 and id = $2`, kommun, id)
	if err != nil {
		return SunkMail{}, err
	}
	return one(pgx.CollectRows(rows, pgx.RowToStructByPos[SunkMail]))
}
