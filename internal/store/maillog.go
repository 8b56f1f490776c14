package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// MailQuery picks from the delivery log.
type MailQuery struct {
	Person   domain.PersonID // "" = everybody's
	Exercise string          // an exercise's stream; "" = real mails
	State    MailState       // "" = all
	Before   string          // only mails listed after this one; "" = from the newest
	Limit    int
}

// Mails lists mails, the newest first.
func (s *Store) Mails(ctx context.Context, kommun string, q MailQuery) ([]Mail, error) {
	return queryMails(ctx, s.pool, `
		where kommun = $1 and exercise = $2 and ($3 = '' or person = $3) and ($4 = '' or state = $4)
			and ($5 = '' or (made_at, id) < (select b.made_at, b.id from mail b where b.id = $5))
		order by made_at desc, id desc limit $6`, kommun, q.Exercise, q.Person, q.State, q.Before, q.Limit)
}

// MailCounts counts the mails of the municipality, or of an exercise, in each state.
func (s *Store) MailCounts(ctx context.Context, kommun, exercise string) (map[MailState]int, error) {
	rows, err := s.pool.Query(ctx, "select state, count(*) from mail where kommun = $1 and exercise = $2 group by state", kommun, exercise)
	if err != nil {
		return nil, err
	}
	counts := map[MailState]int{}
	var (
		state MailState
		n     int
	)
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		counts[state] = n
		return nil
	})
	return counts, err
}

// Attempt is one try to send a mail.
type Attempt struct {
	Number  int
	At      domain.Instant
	Outcome MailState
	Words   string
}

// Attempts lists the tries of a mail, the first first.
func (s *Store) Attempts(ctx context.Context, mail string) ([]Attempt, error) {
	rows, err := s.pool.Query(ctx, "select number, (extract(epoch from at) * 1000)::bigint, outcome, words from mail_attempt where mail = $1 order by number", mail)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Attempt])
}

// MailDesk is how a municipality's real mails do.
type MailDesk struct {
	Server MailServer
	Down   bool // Server does not take part in anything just now
	Hold   MailHold
	Held   bool
	Failed bool           // some were given up
	Unsent domain.Instant // when the oldest was made that is still to be sent; 0 = none
	// Notice is when the oldest notice came that no mail carries although its person wants mail daily or at once; 0 = none.
	Notice domain.Instant
}

// MailDesk looks at all of that at once.
func (s *Store) MailDesk(ctx context.Context, kommun string) (d MailDesk, err error) {
	err = s.pool.QueryRow(ctx, `
		select s.kommun is not null, coalesce((extract(epoch from s.since) * 1000)::bigint, 0), coalesce(s.attempts, 0), coalesce(s.words, ''),
				coalesce((extract(epoch from s.next_at) * 1000)::bigint, 0),
			h.kommun is not null, coalesce((extract(epoch from h.since) * 1000)::bigint, 0), coalesce(h.reason, ''), coalesce(h.by, ''),
			exists (select from mail where kommun = $1 and exercise = '' and state = 'failed'),
			coalesce((select (extract(epoch from min(made_at)) * 1000)::bigint from mail
				where kommun = $1 and exercise = '' and state in ('new', 'sending', 'later')), 0),
			coalesce((select (extract(epoch from min(n.at)) * 1000)::bigint from notice n
				where n.kommun = $1 and not n.exercise and n.mail is null and n.left_out = '' and $2 <> coalesce(
					(select c.choice from mail_choice c where c.kommun = n.kommun and c.person = n.person order by c.id desc limit 1), '')), 0)
		from (select) one
		left join mail_server s on s.kommun = $1
		left join mail_hold h on h.kommun = $1 and h.released_at is null`, kommun, ChoiceWeekly).
		Scan(&d.Down, (*int64)(&d.Server.Since), &d.Server.Attempts, &d.Server.Words, (*int64)(&d.Server.Next),
			&d.Held, (*int64)(&d.Hold.Since), &d.Hold.Reason, &d.Hold.By, &d.Failed, (*int64)(&d.Unsent), (*int64)(&d.Notice))
	return d, err
}

// Mail gives a mail, or ErrNoRow.
func (s *Store) Mail(ctx context.Context, kommun, id string) (Mail, error) {
	return one(queryMails(ctx, s.pool, "where kommun = $1 and id = $2", kommun, id))
}

// Kommuns lists the municipalities that have a cycle or an exercise.
func (s *Store) Kommuns(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, "select distinct kommun from cycle order by kommun")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
