package faults

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// The worker is killed at every boundary of every activity: handed it and not begun, done and not answered, answered and
// never told what follows. Everything is done in the end, and once: entries, changes of the registry, mails, the record of
// the nightly comparison.
func TestWorkerDiesAtEveryActivityBoundary(t *testing.T) {
	t.Parallel()
	var c *crossing
	in := setup{dials: func(part, database, temporal string) (string, string) {
		if part != "worker" {
			return database, temporal
		}
		c = newCrossing(t, temporal)
		return database, c.address
	}}.install(t, 8*time.Minute)
	began, deaths := time.Now(), 0
	struck := make(chan struct{}, 1)
	c.struck = func(at boundary, sending bool) {
		deaths++
		t.Logf("%5.1f s: the worker dies: %s", time.Since(began).Seconds(), at)
		if sending { // and only then may a mail come twice: it was taken, and that was not yet written down
			in.broke()
		}
		if err := in.worker.Halt(in.ctx, stack.Kill); err != nil {
			t.Error(err)
		}
		select {
		case struck <- struct{}{}:
		default:
		}
	}
	c.revived = func() {
		if err := in.worker.Resume(in.ctx); err != nil {
			t.Error(err)
		}
	}

	cycle, exercise, registry := in.launch(2028), in.startExercise(), domain.RegistryStream(kommun)
	in.until("both are in the lists", func() error {
		if open, err := in.store.Open(in.ctx, kommun); err != nil || len(open) != 2 {
			return fmt.Errorf("%d are (%w)", len(open), err)
		}
		return nil
	})
	submission := in.firstSubmission(exercise, "boundary-in")
	planned := boundaries(workflows.ActivityJournal, workflows.ActivityPropagate, workflows.ActivitySend)
	c.kill(planned)
	in.giveAll(preparer, exercise, submission)
	first := domain.Date("2029-02-01")
	given, last := 1, uint64(0) // commands, and the registry's change
	for n := 0; len(c.left()) > 0; n++ {
		id := func(what string) string { return fmt.Sprintf("boundary-%s-%d", what, n) }
		open, err := in.store.OpenCycles(in.ctx, kommun)
		must(t, err)
		if open[0].Registry >= last { // each change gets there by itself, since the next would take it along
			day := first.Add(n)
			in.persist("change the registry", func() error {
				r, err := in.client(registrar).Give(in.ctx, registry, api.Command{ID: id("meeting"), Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{
					ID: domain.MeetingID("KS-" + string(day)), Unit: "KS", Status: domain.MeetingProposed, Date: day}})
				last = r.Last
				return err
			})
			given++
		}
		in.giveAll(preparer, cycle, comment(id("comment"), "Vid en gräns"))
		given++
		if slices.Contains(c.left(), boundary{workflows.ActivitySend, unanswered}) {
			// Who is named has a mail of the exercise's day, which goes when its clock has passed it.
			named := comment(id("named"), "Vid en gräns")
			named.Step, named.Mentions = submission.Step, []domain.PersonID{confirmer}
			in.giveAll(preparer, exercise, named)
			in.giveAll(launcher, exercise, api.Command{ID: id("advance"), Kind: domain.CmdAdvance})
			given += 2
		}
		must(t, temporalx.WakeDelivery(in.ctx, in.temporal, kommun))
		select {
		case <-struck:
		case <-time.After(500 * time.Millisecond):
		}
	}
	t.Logf("%5.1f s: %d commands", time.Since(began).Seconds(), given)
	in.audit() // and everything is at rest, so that a comparison can find nothing

	compares := boundaries(workflows.ActivityReconcile, workflows.ActivityRecord)
	c.kill(compares)
	run, err := in.temporal.ExecuteWorkflow(in.ctx, client.StartWorkflowOptions{ID: workflows.ReconcileID(kommun) + "-boundaries", TaskQueue: workflows.TaskQueue},
		workflows.TypeReconcile, workflows.ReconcileInput{Kommun: kommun})
	must(t, err)
	var compared domain.Reconciled
	must(t, run.Get(in.ctx, &compared))
	if len(compared.Found) > 0 || compared.Streams == 0 {
		t.Errorf("a comparison found %+v", compared)
	}
	written, err := in.store.Entries(in.ctx, domain.ReconcileStream(kommun), 1, 10)
	must(t, err)
	if at := positionsOf(written, run.GetRunID()); len(at) != 1 {
		t.Errorf("one comparison is written down at %v", at)
	}
	if left := c.left(); len(left) > 0 || deaths < len(planned)+len(compares) {
		t.Errorf("the worker died %d times, and never %v", deaths, left)
	}
	if told := in.audit(); told.acknowledged < given || told.mails == 0 {
		t.Errorf("%d commands were given and %d acknowledged; %d mails", given, told.acknowledged, told.mails)
	}
	in.hasEveryChange(cycle, in.view(registry).State.Registry)
}
