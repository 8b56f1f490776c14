package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
)

// tryTime is how long a log-in, or a command line that asks to be let in, may be under way.
const tryTime = 10 * time.Minute

// LoginTry is what the answer to a log-in must match.
type LoginTry struct {
	State, Nonce, Verifier string
	Target                 string // the page that was asked for
}

// AddLoginTry remembers a log-in under way, and forgets those that came to nothing.
func (s *Store) AddLoginTry(ctx context.Context, hash SecretHash, try LoginTry, now domain.Instant) error {
	var batch pgx.Batch
	batch.Queue("delete from login_try where made_at < $1", now.Time().Add(-tryTime))
	batch.Queue("insert into login_try (hash, state, nonce, verifier, target, made_at) values ($1, $2, $3, $4, $5, $6)",
		hash[:], try.State, try.Nonce, try.Verifier, try.Target, now.Time())
	return s.pool.SendBatch(ctx, &batch).Close()
}

// TakeLoginTry gives a log-in under way, once: whatever comes of it, the next to ask finds none. ErrNoRow = none.
func (s *Store) TakeLoginTry(ctx context.Context, hash SecretHash, now domain.Instant) (try LoginTry, err error) {
	err = s.pool.QueryRow(ctx, "delete from login_try where hash = $1 and made_at >= $2 returning state, nonce, verifier, target",
		hash[:], now.Time().Add(-tryTime)).Scan(&try.State, &try.Nonce, &try.Verifier, &try.Target)
	return try, noRow(err)
}

func noRow(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNoRow
	}
	return err
}

// DeviceTry is a command line that waits for somebody to let it in.
type DeviceTry struct {
	Code   string // what the person sees in both places
	Label  string
	Person domain.PersonID // who let it in; "" = nobody yet
}

// AddDeviceTry remembers a command line that waits, and forgets those that nobody let in.
func (s *Store) AddDeviceTry(ctx context.Context, kommun string, hash SecretHash, try DeviceTry, now domain.Instant) error {
	var batch pgx.Batch
	batch.Queue("delete from device_try where made_at < $1", now.Time().Add(-tryTime))
	batch.Queue("insert into device_try (hash, code, kommun, label, made_at) values ($1, $2, $3, $4, $5)", hash[:], try.Code, kommun, try.Label, now.Time())
	return s.pool.SendBatch(ctx, &batch).Close()
}

// DeviceTry finds who waits under a code, or ErrNoRow.
func (s *Store) DeviceTry(ctx context.Context, kommun, code string, now domain.Instant) (try DeviceTry, err error) {
	err = s.pool.QueryRow(ctx, "select code, label, person from device_try where kommun = $1 and code = $2 and made_at >= $3",
		kommun, code, now.Time().Add(-tryTime)).Scan(&try.Code, &try.Label, &try.Person)
	return try, noRow(err)
}

// LetIn says yes to who waits under a code; ErrNoRow = nobody does, or somebody has said yes already.
func (s *Store) LetIn(ctx context.Context, kommun, code string, person domain.PersonID, now domain.Instant) error {
	tag, err := s.pool.Exec(ctx, "update device_try set person = $3 where kommun = $1 and code = $2 and person = '' and made_at >= $4",
		kommun, code, person, now.Time().Add(-tryTime))
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNoRow
	}
	return err
}

// TakeDeviceTry gives who was let in, once. waits tells that nobody has said yes yet; ErrNoRow = nobody waits with that secret.
func (s *Store) TakeDeviceTry(ctx context.Context, kommun string, hash SecretHash, now domain.Instant) (try DeviceTry, waits bool, err error) {
	since := now.Time().Add(-tryTime)
	err = s.pool.QueryRow(ctx, "delete from device_try where hash = $1 and kommun = $2 and made_at >= $3 and person <> '' returning code, label, person",
		hash[:], kommun, since).Scan(&try.Code, &try.Label, &try.Person)
	if !errors.Is(err, pgx.ErrNoRows) {
		return try, false, err
	}
	err = s.pool.QueryRow(ctx, "select true from device_try where hash = $1 and kommun = $2 and made_at >= $3", hash[:], kommun, since).Scan(&waits)
	return try, waits, noRow(err)
}
