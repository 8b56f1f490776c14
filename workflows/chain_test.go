package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the difference. Got:\n%s", path, got)
	}
}

// idle is how long the SDK's test environment may wait in real time for what the machine has not come to.
const idle = 5 * time.Minute

// journal is one in memory for the SDK's test environment: it takes entries in order, each once, and echoes.
type journal struct {
	mu      sync.Mutex
	events  []domain.Event
	batches []activities.JournalBatch
	fail    func(activities.JournalBatch) error // nil: never
}

func (j *journal) write(_ context.Context, b activities.JournalBatch) (activities.JournalResult, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail != nil {
		if err := j.fail(b); err != nil {
			return activities.JournalResult{}, err
		}
	}
	for _, e := range b.Events {
		switch n := uint64(len(j.events)); {
		case e.Seq == n+1:
			j.events = append(j.events, e)
		case e.Seq > n+1:
			return activities.JournalResult{}, fmt.Errorf("entry %d comes after %d", e.Seq, n)
		case !reflect.DeepEqual(e, j.events[e.Seq-1]):
			return activities.JournalResult{}, fmt.Errorf("entry %d is another", e.Seq)
		}
	}
	j.batches = append(j.batches, b)
	return b.Expect, nil
}

// link is one run of a chain, played in the test environment. play is called when the run has begun and may ask to be
// called again after some time by returning more than zero.
type link struct {
	Input  workflows.Input // of the next run, when Ended is nil
	Ended  *workflows.Result
	At     time.Time
	Before workflows.View // the state in which the run ended
}

type run struct {
	t    *testing.T
	env  *testsuite.TestWorkflowEnvironment
	sent int
}

func (r *run) view() workflows.View {
	r.t.Helper()
	v, err := r.env.QueryWorkflow(workflows.QueryState)
	if err != nil {
		r.t.Fatal(err)
	}
	var view workflows.View
	if err := v.Get(&view); err != nil {
		r.t.Fatal(err)
	}
	return view
}

func (r *run) now() domain.Instant { return domain.InstantOf(r.env.Now()) }

// send gives a command and calls back with the answer.
func (r *run) send(c domain.Command, answer func(workflows.Receipt, error)) {
	r.sent++ // an update id of its own each time: it is the workflow that must know a command again
	r.env.UpdateWorkflow(workflows.UpdateCommand, fmt.Sprint(r.sent), &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { answer(workflows.Receipt{}, err) },
		OnComplete: func(v any, err error) {
			receipt, _ := v.(workflows.Receipt)
			answer(receipt, err)
		},
	}, c)
}

// playRun plays one run from an input and an instant.
func playRun(t *testing.T, w workflows.Workflows, j *journal, in workflows.Input, from time.Time, play func(*run) time.Duration) link {
	t.Helper()
	return playWith(t, w, j, in, from, func(*run) {}, play)
}

// playWith is playRun with something to prepare in the environment.
func playWith(t *testing.T, w workflows.Workflows, j *journal, in workflows.Input, from time.Time, prepare func(*run), play func(*run) time.Duration) link {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporalx.Logger(zap.NewNop()))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(from)
	env.SetTestTimeout(idle)
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: in.State.Stream, TaskQueue: workflows.TaskQueue})
	workflows.Register(env, w)
	env.RegisterActivityWithOptions(j.write, activity.RegisterOptions{Name: workflows.ActivityJournal})
	r := &run{t: t, env: env}
	prepare(r)
	var last workflows.View
	var again func()
	again = func() {
		if wait := play(r); wait > 0 {
			env.RegisterDelayedCallback(again, wait)
		}
		last = r.view()
	}
	env.RegisterDelayedCallback(again, time.Second)
	env.ExecuteWorkflow(workflows.TypeOf(in.State.Stream), in)
	if !env.IsWorkflowCompleted() {
		t.Fatal("the run did not end")
	}
	out := link{At: env.Now(), Before: last}
	err := env.GetWorkflowError()
	var can *workflow.ContinueAsNewError
	switch {
	case errors.As(err, &can):
		if err := converter.GetDefaultDataConverter().FromPayloads(can.Input, &out.Input); err != nil {
			t.Fatal(err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		out.Ended = &workflows.Result{}
		if err := env.GetWorkflowResult(out.Ended); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// officials do whatever can be done, and come back when something falls due.
type officials struct {
	t        *testing.T
	commands []domain.Command
	receipts map[string]workflows.Receipt
}

func (o *officials) play(r *run) time.Duration {
	if o.t.Failed() {
		o.t.FailNow() // what was refused would be tried for ever
	}
	v := r.view()
	task, found := nextTask(&v.State, r.now().Date())
	if !found {
		if v.Armed == 0 {
			o.t.Fatalf("nothing to do and nothing to wait for on %s, after entry %d", r.now().Date(), v.State.Seq)
		}
		return v.Armed.Time().Sub(r.env.Now()) + 5*time.Minute
	}
	c := perform(&v.State, task, fmt.Sprintf("k%03d", len(o.commands)), r.now().Date())
	o.commands = append(o.commands, c)
	r.send(c, func(receipt workflows.Receipt, err error) {
		if err != nil {
			o.t.Errorf("%s %s: %v", c.Kind, c.Step, err)
		}
		receipt.Ends = "" // a run ends once
		o.receipts[c.ID] = receipt
	})
	return time.Minute
}

// again sends a command of an earlier run once more: it has the same answer, and no second event.
func (o *officials) again(r *run, c domain.Command) {
	before := r.view().State.Seq
	r.send(c, func(receipt workflows.Receipt, err error) {
		if err != nil || receipt != o.receipts[c.ID] {
			o.t.Errorf("%s answered %+v (%v) after the jump, and %+v before", c.ID, receipt, err, o.receipts[c.ID])
		}
		if now := r.view().State.Seq; now != before {
			o.t.Errorf("%s led to entries after %d a second time", c.ID, before)
		}
	})
	c.Text = ref("something else")
	r.send(c, func(_ workflows.Receipt, err error) {
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.Type() != string(domain.CodeIDReused) {
			o.t.Errorf("%s with another body after the jump: %v", c.ID, err)
		}
	})
}

var december = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// A whole cycle over every continue-as-new, in milliseconds: of a small wheel with three stages, and of Helsingborg's.
// The golden timelines have every entry with its day, and each jump: replay looks at neither dates nor values.
func TestWholeCycle(t *testing.T) {
	for name, in := range map[string]workflows.Input{"small": smallTown.begin(t), "helsingborg": beginHelsingborg(t, 2028)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &journal{}
			timeline, runs, last := playCycle(t, workflows.Workflows{}, j, in)
			dc, err := temporalx.DataConverter()
			if err != nil {
				t.Fatal(err)
			}
			if p, err := dc.ToPayload(workflows.Input{State: last, Adopt: last.Rules}); err != nil || proto.Size(p) > 256<<10 {
				t.Errorf("what a run hands to the next is %d bytes, %v", proto.Size(p), err)
			} else {
				last.Measure()
				t.Logf("a state of %d bytes is handed on as %d", last.Size, proto.Size(p))
			}
			golden(t, "timeline-"+name+".txt", timeline)
			folded, err := domain.Fold(in.State.Stream, j.events)
			if err != nil {
				t.Fatal(err)
			}
			if !folded.Done || len(folded.Cycle.Ended) == 0 || folded.Cycle.Cancelled {
				t.Errorf("the journal ends with stages %v ended, done %v", folded.Cycle.Ended, folded.Done)
			}
			if runs != len(folded.Cycle.Ended) {
				t.Errorf("%d runs for %d stages", runs, len(folded.Cycle.Ended))
			}
		})
	}
}

// playCycle plays a chain of runs to its end, and checks every run after a jump.
func playCycle(t *testing.T, w workflows.Workflows, j *journal, in workflows.Input) (timeline []byte, runs int, last domain.State) {
	t.Helper()
	o := &officials{t: t, receipts: map[string]workflows.Receipt{}}
	var out bytes.Buffer
	written := 0
	for at, n := december, 1; ; n++ {
		first := n > 1
		played := playRun(t, w, j, in, at, func(r *run) time.Duration {
			if first {
				first = false
				afterJump(t, r, in)
				o.again(r, o.commands[len(o.commands)-1])
				return time.Second
			}
			return o.play(r)
		})
		fmt.Fprintf(&out, "run %d from %s\n", n, domain.InstantOf(at).Date())
		state := played.Before.State
		for ; written < len(j.events); written++ {
			e := &j.events[written]
			fmt.Fprintf(&out, "%4d %s %s\n", e.Seq, e.At.Date(), domain.Sentence(&state, e))
		}
		if played.Ended != nil {
			fmt.Fprintf(&out, "ended %s after entry %d\n", domain.InstantOf(played.At).Date(), played.Ended.Seq)
			return out.Bytes(), n, state
		}
		if len(played.Input.Outbox) != 0 {
			t.Errorf("run %d jumped with %d events in its outbox, and nobody was busy", n, len(played.Input.Outbox))
		}
		in, at = played.Input, played.At
	}
}

// afterJump checks the run after a continue-as-new: it knows what the run before knew, and waits for the same day.
func afterJump(t *testing.T, r *run, in workflows.Input) {
	t.Helper()
	v := r.view()
	was, is := in.State, v.State
	if !reflect.DeepEqual(is.Registry, was.Registry) {
		t.Error("another registry after the jump")
	}
	if !reflect.DeepEqual(is.Cycle, was.Cycle) {
		t.Error("other steps, deadlines or wheel after the jump")
	}
	if !reflect.DeepEqual(is.Answered, was.Answered) || len(is.Answered) == 0 {
		t.Errorf("%d answered commands after the jump, %d before", len(is.Answered), len(was.Answered))
	}
	if due := domain.NextDue(&was, r.now()); v.Armed != due {
		t.Errorf("the timer waits for %s, and %s is due", v.Armed, due)
	}
	measured := was
	if measured.Measure(); was.Size != measured.Size {
		t.Errorf("size %d was not measured at the jump: %d", was.Size, measured.Size)
	}
}
