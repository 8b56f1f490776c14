package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// MailState says how far a mail has come.
type MailState string

// The states of a mail.
const (
	MailNew      MailState = "new"
	MailSending  MailState = "sending"  // somebody is trying; after a crash nobody knows whether it arrived
	MailLater    MailState = "later"    // was tried, and is tried again
	MailSent     MailState = "sent"     // the mail server took it
	MailFailed   MailState = "failed"   // is not tried again by itself: somebody must look
	MailUnneeded MailState = "unneeded" // what it told of was done before it could be sent
	MailReleased MailState = "released" // was never sent; what it carried goes with another
)

// Why a mail failed.
const (
	ReasonRefused   = "refused"    // the mail server said no for good (5xx)
	ReasonExpired   = "expired"    // tried for days
	ReasonNoAddress = "no_address" // nobody has said where the person can be reached
	ReasonBounced   = "bounced"    // the mail server took it, and it came back
)

// Mail is a mail to one person, as the delivery log knows it: never its text or address.
type Mail struct {
	ID       string // the Message-ID before the @
	Kommun   string
	Person   domain.PersonID
	Exercise string // the exercise's stream; "" = real
	Urgent   bool
	Day      domain.Date // real: the civil day on which it was made; exercise: the clock's
	State    MailState
	Reason   string
	Words    string // the mail server's, of the last attempt
	Attempts int
	Unsure   bool // an attempt ended without an answer: the mail may have arrived
	Made     domain.Instant
	Next     domain.Instant // when it is tried next
	Settled  domain.Instant // when it came to its end; 0 = not yet
}

const mailColumns = `id, kommun, person, exercise, urgent, day::text, state, reason, words, attempts, unsure,
	(extract(epoch from made_at) * 1000)::bigint, (extract(epoch from next_at) * 1000)::bigint,
	coalesce((extract(epoch from settled_at) * 1000)::bigint, 0)`

func scanMail(row pgx.CollectableRow) (m Mail, err error) {
	err = row.Scan(&m.ID, &m.Kommun, &m.Person, &m.Exercise, &m.Urgent, &m.Day, &m.State, &m.Reason, &m.Words, &m.Attempts, &m.Unsure,
		(*int64)(&m.Made), (*int64)(&m.Next), (*int64)(&m.Settled))
	return m, err
}

func queryMails(ctx context.Context, db querier, tail string, args ...any) ([]Mail, error) {
	rows, err := db.Query(ctx, "select "+mailColumns+" from mail "+tail, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanMail)
}

// NewMail is a mail to be made of notices that have none.
type NewMail struct {
	ID       string
	Person   domain.PersonID
	Exercise string
	Urgent   bool
	Day      domain.Date
	Notices  []int64
}

// MakeMails makes mails of notices, and leaves other notices out for good because their persons want no mail. All of it is
// done or nothing: when another did part of it at the same time, that is an error and the next attempt sees what is left.
func (s *Store) MakeMails(ctx context.Context, kommun string, mails []NewMail, unwanted []int64, now domain.Instant) error {
	if len(mails) == 0 && len(unwanted) == 0 {
		return nil
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, "mail", kommun); err != nil {
			return err
		}
		var (
			batch   pgx.Batch
			mailIDs []string
			notices []int64
		)
		for _, m := range mails {
			batch.Queue(`insert into mail (id, kommun, person, exercise, urgent, day, state, made_at, next_at)
				values ($1, $2, $3, $4, $5, $6::text::date, 'new', $7, $7)
				on conflict (id) do update set state = 'new', reason = '', words = '', next_at = $7, settled_at = null where mail.state = 'released'`,
				m.ID, kommun, m.Person, m.Exercise, m.Urgent, m.Day, now.Time())
			for _, n := range m.Notices {
				mailIDs, notices = append(mailIDs, m.ID), append(notices, n)
			}
		}
		taken := int64(0)
		count := func(sql string, args ...any) {
			batch.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
				taken += tag.RowsAffected()
				return nil
			})
		}
		count(`update notice n set mail = g.mail from unnest($1::bigint[], $2::text[]) as g (id, mail)
			where n.id = g.id and n.kommun = $3 and n.mail is null and n.left_out = ''`, notices, mailIDs, kommun)
		count("update notice set left_out = 'inga' where id = any($1) and kommun = $2 and mail is null and left_out = ''", unwanted, kommun)
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		if want := len(notices) + len(unwanted); taken != int64(want) {
			return fmt.Errorf("store: %d of %d notices already had a mail", want-int(taken), want)
		}
		return nil
	})
}

// ClaimMails takes mails that are to be tried now, for so long that nobody else tries them; a mail whose claim has run
// out was left by one that died, and may have arrived. real says whether real mails are meant, or those of exercises.
func (s *Store) ClaimMails(ctx context.Context, kommun string, real bool, now domain.Instant, lease time.Duration, most int) ([]Mail, error) {
	rows, err := s.pool.Query(ctx, `
		update mail set unsure = unsure or state = 'sending', state = 'sending', attempts = attempts + 1, claimed_until = $4
		where id in (
			select id from mail
			where kommun = $1 and (exercise = '') = $2
				and (state in ('new', 'later') and next_at <= $3 or state = 'sending' and claimed_until <= $3)
			order by not urgent, next_at, day, id limit $5 for update skip locked)
		returning `+mailColumns, kommun, real, now.Time(), now.Time().Add(lease), most)
	if err != nil {
		return nil, err
	}
	mails, err := pgx.CollectRows(rows, scanMail)
	slices.SortFunc(mails, func(a, b Mail) int {
		return cmp.Or(cmp.Compare(a.Next, b.Next), strings.Compare(string(a.Day), string(b.Day)), strings.Compare(a.ID, b.ID))
	})
	return mails, err
}

// Outcome is how an attempt to send a mail ended.
type Outcome struct {
	State  MailState // MailSent, MailLater, MailFailed, MailUnneeded, or MailNew for one that was not tried after all
	Reason string    // of MailFailed
	Words  string    // the mail server's
	Unsure bool      // it may have arrived although no answer came
	Next   domain.Instant
}

// SettleMail writes down how an attempt ended.
func (s *Store) SettleMail(ctx context.Context, id string, o Outcome, now domain.Instant) error {
	var batch pgx.Batch
	if o.State == MailNew {
		batch.Queue(`update mail set state = 'later', attempts = attempts - 1, claimed_until = null, next_at = $2 where id = $1 and state = 'sending'`,
			id, max(o.Next, now).Time())
	} else {
		batch.Queue(`insert into mail_attempt (mail, number, at, outcome, words) select id, attempts, $2, $3, $4 from mail where id = $1 on conflict do nothing`,
			id, now.Time(), o.State, clean(o.Words))
		batch.Queue(`update mail set state = $2, reason = $3, words = $4, unsure = unsure or $5, claimed_until = null,
			next_at = greatest(next_at, to_timestamp($6::bigint / 1000.0)), settled_at = case when $2 = 'later' then null else $7::timestamptz end
			where id = $1 and state = 'sending'`, id, o.State, o.Reason, clean(o.Words), o.Unsure, int64(o.Next), now.Time())
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &batch).Close() })
}

// NextMail is when a real mail, or an exercise's, is to be tried next, or its claim runs out; 0 when none waits.
func (s *Store) NextMail(ctx context.Context, kommun string, real bool) (next domain.Instant, err error) {
	err = s.pool.QueryRow(ctx, `
		select coalesce((extract(epoch from min(case state when 'sending' then claimed_until else next_at end)) * 1000)::bigint, 0)
		from mail where kommun = $1 and (exercise = '') = $2 and state in ('new', 'sending', 'later')`, kommun, real).Scan((*int64)(&next))
	return next, err
}

// DissolveMails takes the real mails apart that nobody has tried, so that what they carry is gathered anew when the mail
// server answers again.
func (s *Store) DissolveMails(ctx context.Context, kommun string, now domain.Instant) error {
	_, err := s.pool.Exec(ctx, `
		with freed as (
			update mail set state = 'released', settled_at = $2
			where kommun = $1 and exercise = '' and attempts = 0 and not unsure and state in ('new', 'later') returning id
		)
		update notice n set mail = null from freed where n.mail = freed.id`, kommun, now.Time())
	return err
}

// BounceMail writes down that a mail that was sent came back; false when no sent mail has that id.
func (s *Store) BounceMail(ctx context.Context, kommun, id, words string, now domain.Instant) (bounced bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update mail set state = 'failed', reason = $3, words = $4, settled_at = $5 where kommun = $1 and id = $2 and state = 'sent'`,
			kommun, id, ReasonBounced, clean(words), now.Time())
		if bounced = tag.RowsAffected() > 0; err != nil || !bounced {
			return err
		}
		_, err = tx.Exec(ctx, `insert into mail_attempt (mail, number, at, outcome, words)
			select id, coalesce((select max(number) from mail_attempt a where a.mail = m.id), 0) + 1, $2, 'failed', $3 from mail m where id = $1`, id, now.Time(), clean(words))
		return err
	})
	return bounced, err
}

// releaseSQL takes a person's failed mails apart, so that what they carried goes with the next mail.
const releaseSQL = `
with freed as (
	update mail set state = 'released', settled_at = $4
	where kommun = $1 and ($2 = '' or person = $2) and ($3 = '' or id = $3) and state = 'failed' returning id
)
update notice n set mail = null from freed where n.mail = freed.id`

// ReleaseMail lets what a failed mail carried go with the person's next mail; false when no failed mail has that id.
func (s *Store) ReleaseMail(ctx context.Context, kommun, id string, now domain.Instant) (bool, error) {
	tag, err := s.pool.Exec(ctx, releaseSQL, kommun, "", id, now.Time())
	return tag.RowsAffected() > 0, err
}
