package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
	"arshjul/domain"
)

const (
	// activityTime is how long an activity may take before it is begun again. Each takes milliseconds and may be done twice;
	// what a worker was doing when it died is begun again only after this.
	activityTime = 10 * time.Second

	// A run ends when its state has grown past largeState canonical bytes, and by at least growth since it began, so that
	// the size, which each event only adds to, is measured anew.
	largeState = 512 << 10
	growth     = 128 << 10

	// patience is how many more turns a run that is to end waits for one in which nobody sent a command. Then it ends
	// with events in its outbox, which the next run writes: a busy stream would otherwise never get there.
	patience = 3
)

// shell is one run of a stream's workflow: the state, what is not yet written, and the one timer.
type shell struct {
	books []domain.Book // newest first
	book  domain.Book   // the rules that this run keeps to its end
	state *domain.State
	// refused is why the stream's first command was not carried out; then the stream ends before it began.
	refused *domain.Refusal

	outbox  []domain.Event // decided, and in no batch
	oldest  domain.Instant // when the outbox got its first event
	sent    int            // events of the batch on its way
	sentOld domain.Instant // the oldest of that batch

	dirty bool // an update was accepted since the turn began
	rolls workflow.ReceiveChannel
	roll  bool // this run is to end; once true it stays so
	late  int  // turns that could have ended the run, had it been quiet
	turns int  // journalled

	beganSize, beganStages int
	alarm                  alarm
}

// start makes the shell of a run and registers every handler, all before the first wait. Whatever is wrong with the
// input panics, which blocks the workflow task until a worker comes that can read it.
func (w Workflows) start(ctx workflow.Context, in Input) *shell {
	book, err := w.BookOf(in)
	if err != nil {
		panic(err)
	}
	sh := &shell{books: w.books(), book: book, state: &in.State, outbox: in.Outbox, beganSize: in.State.Size,
		rolls: workflow.GetSignalChannel(ctx, SignalRoll)}
	now := sh.now(ctx)
	if c := in.State.Cycle; c != nil {
		sh.beganStages = len(c.Ended)
	}
	if len(in.Outbox) > 0 {
		sh.oldest = now
	}
	if in.First == nil {
		next := sh.book.NextDue(sh.state, now)
		if err := workflow.UpsertTypedSearchAttributes(ctx, Attributes(sh.state, next)...); err != nil {
			panic(err)
		}
		if form := in.form(); in.Adopt != in.State.Rules || form != in.State.Schema {
			adopted := domain.AdoptRules(sh.state, in.Adopt)
			adopted.Schema = form // as recorded, not as this build has it
			sh.accept(now, []domain.Event{adopted})
		}
	} else if events, err := sh.book.Decide(sh.state, *in.First, now); err != nil {
		sh.refused = refusalOf(err)
	} else {
		sh.accept(now, events)
	}
	if err := workflow.SetQueryHandler(ctx, QueryState, sh.view); err != nil {
		panic(err)
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateCommand, sh.command, workflow.UpdateHandlerOptions{
		Validator:   sh.validate,
		Description: "Ett kommando till cykeln eller registret. Svaret är ett kvitto.",
	}); err != nil {
		panic(err)
	}
	if book.Version < togetherFrom {
		return sh
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateCommands, sh.commands, workflow.UpdateHandlerOptions{
		Validator:   sh.validateAll,
		Description: "Flera kommandon på en gång. Svaret är ett kvitto eller ett nej för vart och ett.",
	}); err != nil {
		panic(err)
	}
	return sh
}

// BookOf finds the rules that a run was told to keep, or says that this build cannot go on with it.
func (w Workflows) BookOf(in Input) (domain.Book, error) {
	if in.form() > domain.SchemaVersion {
		return domain.Book{}, fmt.Errorf(unknownForm+"%d, and this worker knows forms up to %d: start the newer release",
			in.form(), domain.SchemaVersion)
	}
	books := w.books()
	for _, b := range books {
		if b.Version == in.Adopt {
			return b, nil
		}
	}
	return domain.Book{}, fmt.Errorf(unknownRules+"%d of the rules, and this worker has versions %d to %d: start a release that has it",
		in.Adopt, books[len(books)-1].Version, books[0].Version)
}

// run takes turns until the stream or the run ends. Someone who cancels the workflow in Temporal stops nothing: a cycle
// is called off by a command, with a reason and a name on it.
func (sh *shell) run(ctx workflow.Context) (Result, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	for {
		move := sh.turn(ctx)
		quiet := !sh.dirty && !sh.alarm.rung()
		switch {
		case move.Done && quiet:
			return sh.result(), nil
		case move.Roll && (quiet || sh.late == patience):
			return Result{}, sh.next(ctx)
		case move.Roll:
			sh.late++
		}
		if !sh.alarm.rung() {
			sh.alarm.set(ctx, move.Next, sh.state)
		}
		sh.describe(ctx, move)
		sh.state.Rest()
		if err := workflow.Await(ctx, func() bool { return sh.dirty || sh.alarm.rung() || sh.rolls.Len() > 0 }); err != nil {
			return Result{}, err
		}
	}
}

// turn has everything that is not yet written journalled, and returns what to do next: what the activity echoed, never
// what the rules of this build say.
func (sh *shell) turn(ctx workflow.Context) activities.JournalResult {
	now := sh.now(ctx)
	if sh.alarm.rung() {
		sh.alarm = alarm{}
	}
	// At every turn, not only when the timer fires: what falls due just before it would be passed over by NextDue.
	sh.accept(now, sh.book.Tick(sh.state, now))
	batch := activities.JournalBatch{Stream: sh.state.Stream, Events: sh.outbox, Expect: sh.expect(ctx, now)}
	sh.sent, sh.sentOld, sh.outbox, sh.oldest, sh.dirty = len(sh.outbox), sh.oldest, nil, 0, false
	got := sh.journal(ctx, batch)
	if got != batch.Expect {
		panic(fmt.Sprintf(digestAlarm+"this build's rules see the past of %s otherwise than it was: recorded %+v, computed %+v. "+
			"Nothing was written. Go back to the release before, or give the changed rules a new version", batch.Stream, got, batch.Expect))
	}
	sh.sent, sh.sentOld = 0, 0
	sh.turns++
	return got
}

func (sh *shell) journal(ctx workflow.Context, batch activities.JournalBatch) (got activities.JournalResult) {
	insist(ctx, ActivityJournal, batch, &got, 10*time.Second, summary(sh.state, batch.Events))
	return got
}

// insist has an activity done, however long it takes, with at most pause between two attempts. Its retries have no end,
// so only an error that forbids them comes back; giving up is no choice then either.
func insist(ctx workflow.Context, name string, in, out any, pause time.Duration, summary string) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: activityTime,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 250 * time.Millisecond, MaximumInterval: pause},
		Summary:             summary,
	})
	for {
		err := workflow.ExecuteActivity(ctx, name, in).Get(ctx, out)
		if err == nil {
			return
		}
		workflow.GetLogger(ctx).Error("an activity refused for good; it is asked again", "activity", name, "error", err)
		if err := workflow.Sleep(ctx, 10*time.Second); err != nil {
			panic(err)
		}
	}
}

// expect is the run's next move as this build sees it, at the moment the batch is handed over.
func (sh *shell) expect(ctx workflow.Context, now domain.Instant) activities.JournalResult {
	for sh.rolls.ReceiveAsync(nil) {
		sh.roll = true
	}
	s := sh.state
	sh.roll = sh.rolling(ctx)
	e := activities.JournalResult{Head: s.Head, Roll: sh.roll, Done: s.Done || sh.refused != nil}
	if s.Cycle == nil || s.Cycle.Exercise == 0 { // an exercise's clock stands still
		e.Next = sh.book.NextDue(s, now)
	}
	return e
}

// rolling tells whether this run is to end, as this build sees it; once it is so it stays so.
func (sh *shell) rolling(ctx workflow.Context) bool {
	s, grown := sh.state, sh.state.Size-sh.beganSize
	return sh.roll || workflow.GetInfo(ctx).GetContinueAsNewSuggested() || s.Size > largeState && grown > growth ||
		s.Cycle != nil && len(s.Cycle.Ended) > sh.beganStages
}

// next hands everything to a new run, which plays by the newest rules of the worker that began it. Here, and nowhere
// else, a state of an older form would be brought up; there is none yet.
func (sh *shell) next(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	for _, name := range []string{SignalRoll, SignalNudge} { // both are answered by the new run's beginning
		for c := workflow.GetSignalChannel(ctx, name); c.ReceiveAsync(nil); {
		}
	}
	in := Input{State: *sh.state, Outbox: sh.outbox, Adopt: sh.books[0].Version, Form: domain.SchemaVersion}
	in.State.HandOver()
	return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, in)
}

func (sh *shell) now(ctx workflow.Context) domain.Instant { return domain.InstantOf(workflow.Now(ctx)) }

func (sh *shell) result() Result {
	r := Result{Seq: sh.state.Seq}
	if sh.refused != nil {
		r.Refused, r.Message = sh.refused.Code, sh.refused.Message
	}
	return r
}
