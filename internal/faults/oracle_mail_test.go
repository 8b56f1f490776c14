package faults

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"arshjul/internal/temporalx"
)

// mail holds what the journal had to tell people against what the sink took: everything that is due is in a mail, every
// mail was sent, and what counts as sent has come. Real mails wait for their morning, and an exercise's
// for its clock to pass the day.
func (a *audit) mail(ctx context.Context) error {
	db, err := pgx.Connect(ctx, a.owner)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
	// What a dead worker had claimed is nobody's after some minutes; nobody waits for them here.
	if _, err := db.Exec(ctx, "update mail set claimed_until = least(claimed_until, now()), next_at = least(next_at, now()) where state in ('sending', 'later')"); err != nil {
		return err
	}
	if err := temporalx.WakeDelivery(ctx, a.temporal, kommun); err != nil {
		return err
	}
	waits := errors.New("nobody has looked")
	deadline, cancel := context.WithTimeout(ctx, a.delivery)
	defer cancel()
	if poll(deadline, func() error { waits = unsent(ctx, db); return waits }) != nil {
		a.wrong(inMail, "%v", waits)
	}
	for _, question := range []struct{ what, sql string }{
		{"mail %s counts as sent and never came", `select id from mail m where state = 'sent' and not exists (
			select from sunk_mail s where s.exercise = m.exercise and split_part(s.message_id, '@', 1) = m.id)`},
		{"mail %s came and was made by nobody", `select s.message_id from sunk_mail s where not exists (
			select from mail m where m.exercise = s.exercise and m.id = split_part(s.message_id, '@', 1))`},
		{"mail %s carries nothing", `select id from mail m where state = 'sent' and not exists (select from notice n where n.mail = m.id)`},
		{"mail %s failed", `select id from mail where state = 'failed' and reason <> 'no_address'`},
	} {
		rows, err := db.Query(ctx, question.sql)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, id := range ids {
			a.wrong(inMail, question.what, id)
		}
	}
	return db.QueryRow(ctx, `select count(*), coalesce(sum(times - 1), 0) from (select count(*) as times from sunk_mail group by exercise, message_id) m`).Scan(&a.mails, &a.repeats)
}

// unsent says what should have been sent and is not.
func unsent(ctx context.Context, db *pgx.Conn) error {
	var notices, mails int
	err := db.QueryRow(ctx, `select
		(select count(*) from notice n join cycle c on c.stream = n.stream where n.exercise and n.mail is null and n.left_out = ''
			and (n.urgent or n.day < c.clock_day or c.status <> 'open')),
		(select count(*) from mail where state in ('new', 'sending', 'later') and (exercise <> '' or next_at < now()))`).Scan(&notices, &mails)
	if err == nil && notices+mails > 0 {
		err = fmt.Errorf("%d notices are in no mail, and %d mails are not sent", notices, mails)
	}
	return err
}
