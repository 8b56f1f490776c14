package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
)

// Commands are refused when this many events are unwritten, or one for this long: the journal is what people trust.
const (
	mostPending    = 200
	longestPending = 5 * time.Minute
)

// validate says no before anything is recorded. It is not run on replay, so it may get stricter at any time.
func (sh *shell) validate(ctx workflow.Context, c domain.Command) error {
	now := sh.now(ctx)
	if _, found, err := domain.Answered(sh.state, c); found || err != nil {
		return refuse(err)
	}
	since := sh.sentOld
	if since == 0 {
		since = sh.oldest
	}
	if len(sh.outbox)+sh.sent > mostPending || since != 0 && now.Time().Sub(since.Time()) > longestPending {
		return refuse(domain.Refuse(domain.CodeJournalBehind, "Journalen hinner inte skriva ned det som redan är gjort. Driften är "+
			"larmad. Försök igen om en stund."))
	}
	_, err := sh.book.Decide(sh.state, c, now)
	return refuse(err)
}

// command carries a command out and answers at once: no I/O, no waiting. Every accepted update takes a turn, also one
// that leads to nothing: whether the rules say so must not decide what history holds.
func (sh *shell) command(ctx workflow.Context, c domain.Command) (Receipt, error) {
	r, err := sh.carryOut(ctx, c)
	return r, refuse(err)
}

// carryOut is command with the rules' own refusals.
func (sh *shell) carryOut(ctx workflow.Context, c domain.Command) (Receipt, error) {
	sh.dirty = true
	answer, found, err := domain.Answered(sh.state, c)
	if err != nil {
		return Receipt{}, err
	}
	if found {
		return Receipt{Stream: sh.state.Stream, First: answer.First, Last: answer.Last, Body: answer.Body}, nil
	}
	now := sh.now(ctx)
	events, err := sh.book.Decide(sh.state, c, now)
	if err != nil {
		return Receipt{}, err
	}
	sh.accept(now, events)
	r := Receipt{Stream: sh.state.Stream, Last: sh.state.Seq, Body: c.Body()}
	if len(events) > 0 {
		r.First = events[0].Seq
	}
	if sh.rolling(ctx) {
		r.Ends = workflow.GetInfo(ctx).WorkflowExecution.RunID
	}
	return r, nil
}

func (sh *shell) accept(now domain.Instant, events []domain.Event) {
	for _, e := range events {
		if err := sh.book.Apply(sh.state, e); err != nil {
			panic(err)
		}
		if len(sh.outbox) == 0 {
			sh.oldest = now
		}
		sh.outbox = append(sh.outbox, e)
	}
}

func refusalOf(err error) *domain.Refusal {
	var r *domain.Refusal
	if !errors.As(err, &r) {
		panic(err) // the rules say no in no other way
	}
	return r
}

// refuse makes a refusal travel; no error stays none.
func refuse(err error) error {
	if err == nil {
		return nil
	}
	r := refusalOf(err)
	return temporal.NewApplicationErrorWithOptions(r.Message, string(r.Code),
		temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{r}})
}
