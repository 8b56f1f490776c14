package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
)

// Send tells people what the journal's notices say.
type Send struct {
	Store *store.Store
	// Open reaches the mail server that takes real mails, or the sink that takes those of exercises.
	Open func(ctx context.Context, kommun string, exercise bool) (Carrier, error)
	Now  func() time.Time // nil = the wall clock
}

// Carrier takes mails to one mail server, one at a time.
type Carrier interface {
	// Carry tries to send a mail that carries the notices, and says how that ended. The error is of the connection: nothing
	// more can be sent over it. A mail's own failure is an outcome.
	Carry(ctx context.Context, m store.Mail, told []store.Notice) (store.Outcome, error)
	Close()
}

const (
	// sendingTime is how long one activity goes on; what is left is for the next.
	sendingTime = 30 * time.Second
	// claimTime is how long a mail is nobody else's: longer than an activity may live (workflows.sendTime).
	claimTime = 3 * time.Minute
	atATime   = 20 // mails claimed
	// giveUp is for how long a mail is tried that the mail server asks to have later.
	giveUp = 5 * 24 * time.Hour
	// longestSleep is how soon delivery looks again at the latest, whatever it was told.
	longestSleep = time.Hour
	// beatTime is a quarter of what the workflow waits for a sign of life (workflows.sendBeat).
	beatTime = 5 * time.Second
	// patience is how soon it looks again at cycles that are behind.
	patience = 10 * time.Second
)

// Send makes mails of the notices that are due, tries every mail whose time it is, and says when to look again. Each mail
// keeps its Message-ID for as long as it lives, and that it was sent is written down as soon as the mail server has taken
// it: only a crash in between sends a mail twice. A mail server that does not answer fails nothing: no mail is tried, and
// what waits is gathered anew when it is back.
func (s Send) Send(ctx context.Context, in SendInput) (result SendResult, err error) {
	r := &round{Send: s, ctx: ctx, kommun: in.Kommun, result: &result}
	r.next(r.now() + domain.Instant(longestSleep/time.Millisecond))
	r.next(nextMorning(r.now()+1, false))
	work, cancel := context.WithTimeout(ctx, sendingTime)
	defer cancel()
	r.work = work
	defer beat(ctx)()
	if err := r.real(in.Patient); err != nil {
		return SendResult{}, err
	}
	if err := r.exercises(); err != nil {
		return SendResult{}, err
	}
	return result, nil
}

// beat says now and then that the activity is alive, until the function it returns is called: a worker that dies is soon
// found out, and another goes on.
func beat(ctx context.Context) (end func()) {
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		again := time.NewTicker(beatTime)
		defer again.Stop()
		for {
			select {
			case <-again.C:
				activity.RecordHeartbeat(ctx)
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// round is one activity under way.
type round struct {
	Send
	ctx    context.Context // of the activity
	work   context.Context // ends when nothing more is to be begun
	kommun string
	result *SendResult
}

func (r *round) now() domain.Instant {
	if r.Now == nil {
		return domain.InstantOf(time.Now())
	}
	return domain.InstantOf(r.Now())
}

func (r *round) next(at domain.Instant) {
	if at != 0 && (r.result.Next == 0 || at < r.result.Next) {
		r.result.Next = at
	}
}

func (r *round) real(patient bool) (err error) {
	now := r.now()
	if patient {
		behind, err := r.Store.Behind(r.ctx, r.kommun, now)
		if err != nil {
			return err
		}
		if behind {
			r.result.Behind = true
			r.next(now + domain.Instant(patience/time.Millisecond))
			return nil
		}
	}
	// Held mails are not even made, so that what waits is one mail for each person when it is let go.
	if err := r.Store.NoteRestore(r.ctx, now); err != nil {
		return err
	}
	if _, r.result.Held, err = r.Store.MailHold(r.ctx, r.kommun); err != nil || r.result.Held {
		return err
	}
	server, down, err := r.Store.MailServer(r.ctx, r.kommun)
	if err != nil {
		return err
	}
	if down && server.Next > now {
		r.result.Down = true
		r.next(server.Next)
		return nil
	}
	if err := r.Store.TellBegun(r.ctx, r.kommun, now); err != nil {
		return err
	}
	if err := r.Store.TellSigned(r.ctx, r.kommun, now); err != nil {
		return err
	}
	if err := r.Store.TellFaults(r.ctx, r.kommun, now); err != nil {
		return err
	}
	wishes, err := r.Store.Waiting(r.ctx, r.kommun, now.Date())
	if err != nil {
		return err
	}
	g := gather(wishes, now)
	if err := r.Store.MakeMails(r.ctx, r.kommun, g.mails, g.unwanted, now); err != nil {
		return err
	}
	r.next(g.next)
	return r.carry(false)
}

func (r *round) exercises() error {
	notices, err := r.Store.WaitingExercises(r.ctx, r.kommun)
	if err != nil {
		return err
	}
	if err := r.Store.MakeMails(r.ctx, r.kommun, gatherExercises(notices), nil, r.now()); err != nil {
		return err
	}
	return r.carry(true)
}

// carry tries every mail whose time it is.
func (r *round) carry(exercise bool) error {
	var line Carrier
	defer func() {
		if line != nil {
			line.Close()
		}
	}()
	for r.work.Err() == nil {
		mails, err := r.Store.ClaimMails(r.ctx, r.kommun, !exercise, r.now(), claimTime, atATime)
		if err != nil {
			return err
		}
		if len(mails) == 0 {
			break
		}
		for i := range mails {
			if r.work.Err() != nil {
				if err := r.putBack(mails[i:], r.now()); err != nil {
					return err
				}
				break
			}
			if line == nil {
				if line, err = r.Open(r.ctx, r.kommun, exercise); err != nil {
					return errors.Join(r.putBack(mails[i:], r.now()), r.unusable(exercise, err))
				}
				if !exercise {
					if err := r.Store.MailServerUp(r.ctx, r.kommun); err != nil {
						return err
					}
				}
			}
			broken, err := r.one(line, mails[i], exercise)
			if err != nil {
				return err
			}
			if broken != nil {
				return errors.Join(r.putBack(mails[i+1:], r.now()), r.unusable(exercise, broken))
			}
		}
	}
	next, err := r.Store.NextMail(r.ctx, r.kommun, !exercise)
	r.next(next)
	return err
}

// one tries a mail and writes down how it went; broken says that the connection is of no more use.
func (r *round) one(line Carrier, m store.Mail, exercise bool) (broken, err error) {
	told, err := r.Store.Told(r.ctx, m.ID)
	if err != nil {
		return nil, err
	}
	now := r.now()
	if closed := now.Date().Closed(told[0].Bridges); closed && !exercise {
		return nil, r.settle(m, store.Outcome{State: store.MailNew, Next: nextMorning(now, told[0].Bridges)})
	}
	o, broken := line.Carry(r.ctx, m, told)
	now = r.now()
	switch o.State {
	case store.MailSent:
		r.result.Sent++
	case store.MailLater:
		o.Next = now + domain.Instant(store.Backoff(m.Attempts)/time.Millisecond)
		if now-m.Made > domain.Instant(giveUp/time.Millisecond) && !o.Unsure {
			o = store.Outcome{State: store.MailFailed, Reason: store.ReasonExpired, Words: o.Words}
		}
	}
	switch o.State {
	case store.MailLater:
		r.result.Later++
	case store.MailFailed:
		r.result.Failed++
		activity.GetLogger(r.ctx).Warn("a mail failed", "mail", m.ID, "person", string(m.Person), "reason", o.Reason)
	}
	return broken, r.settle(m, o)
}

// settle writes an outcome down also when the worker is being stopped: a mail that was sent must not be sent again.
func (r *round) settle(m store.Mail, o store.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), 10*time.Second)
	defer cancel()
	return r.Store.SettleMail(ctx, m.ID, o, r.now())
}

// putBack gives back mails that were claimed and not tried.
func (r *round) putBack(mails []store.Mail, next domain.Instant) error {
	for _, m := range mails {
		if err := r.settle(m, store.Outcome{State: store.MailNew, Next: next}); err != nil {
			return err
		}
	}
	return nil
}

// unusable writes down that the mail server cannot be used. The sink is ours, and its failure is one of the activity.
func (r *round) unusable(exercise bool, cause error) error {
	if exercise {
		return fmt.Errorf("the sink: %w", cause)
	}
	activity.GetLogger(r.ctx).Warn("the mail server cannot be used", "kommun", r.kommun, "error", cause)
	if err := r.Store.MailServerDown(r.ctx, r.kommun, cause.Error(), r.now()); err != nil {
		return err
	}
	server, _, err := r.Store.MailServer(r.ctx, r.kommun)
	if err != nil {
		return err
	}
	r.result.Down = true
	r.next(server.Next)
	return r.Store.DissolveMails(r.ctx, r.kommun, r.now())
}
