package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	came, err := a.came(ctx, db)
	if err != nil {
		return err
	}
	a.mails = len(came)
	for _, times := range came {
		a.repeats += times - 1
	}
	if a.repeats > a.broken {
		a.wrong(inMail, "%d mails came again, and only %d times did anything break", a.repeats, a.broken)
	}
	var id, state, reason string
	var carries int
	rows, err := db.Query(ctx, "select m.id, m.state, m.reason, (select count(*) from notice n where n.mail = m.id) from mail m")
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&id, &state, &reason, &carries}, func() error {
		switch times := came[id]; {
		case state == "sent" && times == 0:
			a.wrong(inMail, "mail %s counts as sent and never came", id)
		case state == "sent" && carries == 0:
			a.wrong(inMail, "mail %s carries nothing", id)
		case state == "failed" && reason != "no_address": // of which doctor tells
			a.wrong(inMail, "mail %s failed: %s", id, reason)
		}
		delete(came, id)
		return nil
	})
	for id := range came {
		a.wrong(inMail, "mail %s came and was made by nobody", id)
	}
	return err
}

// came counts how often each mail was taken, by the sink and by the mail server, by its id before the @.
func (a *audit) came(ctx context.Context, db *pgx.Conn) (map[string]int, error) {
	rows, err := db.Query(ctx, "select message_id from sunk_mail")
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	if a.post != nil {
		for _, m := range a.post.Mails() {
			all = append(all, m.ID)
		}
	}
	came := map[string]int{}
	for _, id := range all {
		before, _, _ := strings.Cut(id, "@")
		came[before]++
	}
	return came, nil
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
