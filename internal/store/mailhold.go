package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// HoldReason says why a municipality's mails are held.
type HoldReason string

// The reasons.
const (
	HoldRestored HoldReason = "restored" // the database was put back to an earlier point in time
	HoldAsked    HoldReason = "asked"    // a person said so
)

// MailHold says that no mail of a municipality is made or sent until a person lets them go.
type MailHold struct {
	Since  domain.Instant
	Reason HoldReason
	By     domain.PersonID // of HoldAsked
}

// placeSQL says where the database is: its cluster, and the cluster's timeline, which is another once it has been restored to
// a point in time, or a standby has taken over.
const placeSQL = "select system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) from pg_control_system()"

// NoteRestore holds the mails of every municipality when the database is not where it was when somebody last looked. What
// was sent in the time that was lost is then not known here, and must not be sent again because of that.
func (s *Store) NoteRestore(ctx context.Context, now domain.Instant) error {
	var place, was string
	if err := s.pool.QueryRow(ctx, placeSQL).Scan(&place); err != nil {
		return err
	}
	const known = "select place from mail_place"
	switch err := s.pool.QueryRow(ctx, known).Scan(&was); {
	case err == nil && was == place:
		return nil
	case err != nil && !errors.Is(err, pgx.ErrNoRows):
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := lockThen(ctx, tx, "mail", "place", &was, known)
		var batch pgx.Batch
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			batch.Queue("insert into mail_place (place, at) values ($1, $2)", place, now.Time())
		case err != nil || was == place:
			return err
		default:
			batch.Queue("update mail_place set place = $1, at = $2", place, now.Time())
			batch.Queue(`insert into mail_hold (kommun, since, reason) select distinct kommun, $1::timestamptz, $2 from cycle
				on conflict (kommun) where released_at is null do nothing`, now.Time(), HoldRestored)
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
}

// MailHold tells whether a municipality's mails are held.
func (s *Store) MailHold(ctx context.Context, kommun string) (h MailHold, held bool, err error) {
	err = s.pool.QueryRow(ctx, "select (extract(epoch from since) * 1000)::bigint, reason, by from mail_hold where kommun = $1 and released_at is null", kommun).
		Scan((*int64)(&h.Since), &h.Reason, &h.By)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, false, nil
	}
	return h, err == nil, err
}

// HoldMails holds a municipality's mails; held before, nothing changes.
func (s *Store) HoldMails(ctx context.Context, kommun string, by domain.PersonID, now domain.Instant) error {
	_, err := s.pool.Exec(ctx, `insert into mail_hold (kommun, since, reason, by) values ($1, $2, $3, $4)
		on conflict (kommun) where released_at is null do nothing`, kommun, now.Time(), HoldAsked, by)
	return err
}

// LetMailsGo ends a hold; false when there was none. With sent, everything that waited counts as sent before the restore and
// is never sent. Otherwise all of it is gathered anew, so that nobody gets more than the mail of the day; only a mail that
// may have arrived keeps its Message-ID, and is sent by itself.
func (s *Store) LetMailsGo(ctx context.Context, kommun string, by domain.PersonID, sent bool, now domain.Instant) (ended bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, "mail", kommun); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "update mail_hold set released_at = $2, released_by = $3, sent = $4 where kommun = $1 and released_at is null",
			kommun, now.Time(), by, sent)
		if ended = tag.RowsAffected() > 0; err != nil || !ended {
			return err
		}
		var batch pgx.Batch
		if sent {
			batch.Queue("update notice set left_out = 'restored' where kommun = $1 and not exercise and mail is null and left_out = ''", kommun)
			batch.Queue(`update mail set state = 'unneeded', words = 'räknas som skickat före återläsningen', claimed_until = null, settled_at = $2
				where kommun = $1 and exercise = '' and state in ('new', 'sending', 'later')`, kommun, now.Time())
		} else {
			batch.Queue(`with freed as (
				update mail set state = 'released', claimed_until = null, settled_at = $2
				where kommun = $1 and exercise = '' and not unsure and state in ('new', 'later') returning id
			) update notice n set mail = null from freed where n.mail = freed.id`, kommun, now.Time())
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
	return ended, err
}

// HeldFor is how much waits for a person while mails are held.
type HeldFor struct {
	Person domain.PersonID
	Things int // that no mail has carried yet
	Mails  int // that were made, and not sent as far as is known here
	Unsure int // of those, how many may have arrived
}

// Held lists what waits, person by person.
func (s *Store) Held(ctx context.Context, kommun string) ([]HeldFor, error) {
	rows, err := s.pool.Query(ctx, `
		select person, sum(things)::int, sum(mails)::int, sum(unsure)::int from (
			select person, count(*) as things, 0 as mails, 0 as unsure from notice
				where kommun = $1 and not exercise and mail is null and left_out = '' group by person
			union all
			select person, 0, count(*), count(*) filter (where unsure or state = 'sending') from mail
				where kommun = $1 and exercise = '' and state in ('new', 'sending', 'later') group by person
		) held group by person order by person`, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[HeldFor])
}

// KeepMailsInside marks a database as a local stack's, for ever: its mails go to the sink and nowhere else, whatever a worker
// is told. url names a role that may write anything.
func KeepMailsInside(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "insert into mail_inside default values on conflict do nothing")
	return errors.Join(err, conn.Close(ctx))
}

// MailsStayInside tells whether the database is a local stack's.
func (s *Store) MailsStayInside(ctx context.Context) (inside bool, err error) {
	err = s.pool.QueryRow(ctx, "select exists (select from mail_inside)").Scan(&inside)
	return inside, err
}
