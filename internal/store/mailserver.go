package store

import (
	"context"
	"errors"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// MailServer says that a municipality's mail server does not take part in anything: nobody answers, or nobody is let in.
// Then no mail is tried, and none has failed.
type MailServer struct {
	Since    domain.Instant
	Attempts int
	Words    string // what went wrong
	Next     domain.Instant
}

// Backoff is how long to wait before the attempt after the n:th: a minute, then twice as long each time, at most a quarter
// of an hour.
func Backoff(n int) time.Duration {
	return min(time.Minute<<min(max(n-1, 0), 10), 15*time.Minute)
}

// MailServerDown writes down that the mail server could not be used, and when to try again.
func (s *Store) MailServerDown(ctx context.Context, kommun, words string, now domain.Instant) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		attempts := 0
		err := tx.QueryRow(ctx, `insert into mail_server (kommun, since, attempts, words, next_at) values ($1, $2, 1, $3, $2)
			on conflict (kommun) do update set attempts = mail_server.attempts + 1, words = $3 returning attempts`,
			kommun, now.Time(), clean(words)).Scan(&attempts)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update mail_server set next_at = $2 where kommun = $1", kommun, now.Time().Add(Backoff(attempts)))
		return err
	})
}

// MailServerUp writes down that the mail server answers.
func (s *Store) MailServerUp(ctx context.Context, kommun string) error {
	_, err := s.pool.Exec(ctx, "delete from mail_server where kommun = $1", kommun)
	return err
}

// MailServer tells what is wrong with the mail server; false when nothing is.
func (s *Store) MailServer(ctx context.Context, kommun string) (MailServer, bool, error) {
	var m MailServer
	err := s.pool.QueryRow(ctx, `select (extract(epoch from since) * 1000)::bigint, attempts, words, (extract(epoch from next_at) * 1000)::bigint
		from mail_server where kommun = $1`, kommun).Scan((*int64)(&m.Since), &m.Attempts, &m.Words, (*int64)(&m.Next))
	if errors.Is(err, pgx.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}
