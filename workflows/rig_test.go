package workflows_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

// rig is the real thing: a Temporal server, a Postgres with the journal, a client, and a worker when one is started.
type rig struct {
	t      *testing.T
	client client.Client
	store  *store.Store
}

// one namespace serves all tests of the package, since a new one takes seconds to get known; towns keep tests apart.
var shared struct {
	sync.Once
	address, namespace string
}

var towns atomic.Int64

// newTown is a town of the test's own, whose cycle has no day that falls due while the test runs.
func newTown(boards ...domain.UnitID) town {
	return town{fmt.Sprintf("%04d", 1000+towns.Add(1)), time.Now().Year() + 2, boards}
}

// newRig brings up the rig with its own database, and without a worker.
func newRig(t *testing.T) *rig {
	t.Helper()
	shared.Do(func() {
		shared.address, shared.namespace = stacktest.Namespace(t)
		if err := temporalx.Setup(t.Context(), shared.address, shared.namespace); err != nil {
			t.Fatal(err)
		}
	})
	c, err := temporalx.Dial(t.Context(), shared.address, shared.namespace, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s, err := store.Open(t.Context(), stacktest.Database(t, store.Migrate))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &rig{t, c, s}
}

// work starts a worker, and returns what stops it; at the test's end it is stopped in any case.
func (r *rig) work(w workflows.Workflows) (stop func()) {
	r.t.Helper()
	wk := temporalx.NewWorker(r.client)
	workflows.Register(wk, w)
	r.activities(wk)
	if err := wk.Start(); err != nil {
		r.t.Fatal(err)
	}
	stop = sync.OnceFunc(wk.Stop)
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) activities(reg worker.ActivityRegistry) {
	propagate := activities.Propagate{Store: r.store, Send: func(ctx context.Context, stream string, c domain.Command) error {
		_, err := temporalx.Send(ctx, r.client, stream, c)
		return err
	}}
	reg.RegisterActivityWithOptions(activities.Journal{Store: r.store}.Journal, activity.RegisterOptions{Name: workflows.ActivityJournal})
	reg.RegisterActivityWithOptions(propagate.Propagate, activity.RegisterOptions{Name: workflows.ActivityPropagate})
}

func (r *rig) start(stream string, first domain.Command) workflows.Receipt {
	r.t.Helper()
	receipt, err := temporalx.Start(r.t.Context(), r.client, stream, first)
	if err != nil {
		r.t.Fatalf("start %s: %v", stream, err)
	}
	return receipt
}

func (r *rig) send(stream string, c domain.Command) workflows.Receipt {
	r.t.Helper()
	receipt, err := temporalx.Send(r.t.Context(), r.client, stream, c)
	if err != nil {
		r.t.Fatalf("%s %s to %s: %v", c.ID, c.Kind, stream, err)
	}
	return receipt
}

func (r *rig) view(stream string) workflows.View {
	r.t.Helper()
	v, err := r.client.QueryWorkflow(r.t.Context(), stream, "", workflows.QueryState)
	if err != nil {
		r.t.Fatalf("query %s: %v", stream, err)
	}
	var view workflows.View
	if err := v.Get(&view); err != nil {
		r.t.Fatal(err)
	}
	return view
}

// until waits for something that somebody else brings about.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Minute)
	defer cancel()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			r.t.Fatalf("never came about: %s", what)
		case <-poll.C:
		}
	}
}

// quiet waits until everything a stream decided is in the journal and its workflow waits.
func (r *rig) quiet(stream string) workflows.View {
	r.t.Helper()
	var v workflows.View
	r.until(stream+" is journalled", func() bool {
		v = r.view(stream)
		return v.Pending == 0 && v.Turns > 0
	})
	return v
}

// runID is the run that is open now, or the last one.
func (r *rig) runID(stream string) string {
	r.t.Helper()
	d, err := r.client.DescribeWorkflowExecution(r.t.Context(), stream, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}

// roll ends the run and waits for the next.
func (r *rig) roll(stream string) {
	r.t.Helper()
	was := r.runID(stream)
	if err := temporalx.Roll(r.t.Context(), r.client, stream); err != nil {
		r.t.Fatal(err)
	}
	r.until("a new run", func() bool { return r.runID(stream) != was })
}

// history gives a run's events; "" is the current run.
func (r *rig) history(stream, run string) []*historypb.HistoryEvent {
	r.t.Helper()
	var events []*historypb.HistoryEvent
	for it := r.client.GetWorkflowHistory(r.t.Context(), stream, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		e, err := it.Next()
		if err != nil {
			r.t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// journalled gives a stream's entries and checks that they add up to the workflow's state.
func (r *rig) journalled(stream string) []domain.Event {
	r.t.Helper()
	v := r.quiet(stream)
	entries, err := r.store.Entries(r.t.Context(), stream, 1, 100_000)
	if err != nil {
		r.t.Fatal(err)
	}
	events := make([]domain.Event, len(entries))
	for i := range entries {
		events[i] = entries[i].Event
	}
	folded, err := domain.Fold(stream, events)
	if err != nil {
		r.t.Fatal(err)
	}
	folded.Measure()
	v.State.Measure()
	if string(domain.Canonical(folded)) != string(domain.Canonical(&v.State)) {
		r.t.Errorf("%s: the journal adds up to another state than the workflow's", stream)
	}
	return events
}

// execute starts a workflow past the door, as nothing but a test does.
func (r *rig) execute(stream string, in workflows.Input) {
	r.t.Helper()
	if _, err := r.client.ExecuteWorkflow(r.t.Context(), client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue},
		workflows.TypeOf(stream), in); err != nil {
		r.t.Fatal(err)
	}
}
