package temporalx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"arshjul/workflows"
)

// Divergence is how this build would fail a run that goes on.
type Divergence string

// The divergences; "" is none.
const (
	DivergesDigest  Divergence = "digest"  // the rules see the past otherwise than it was, under the same version
	DivergesNewer   Divergence = "newer"   // the run keeps rules or a form of state that this build does not have
	DivergesOrder   Divergence = "order"   // the workflow code does other things, or in another order (TMPRL1100)
	DivergesAnswer  Divergence = "answer"  // a command would be answered otherwise than it was
	DivergesUnknown Divergence = "unknown" // this build has no workflow of that type
	DivergesPanic   Divergence = "panic"   // the workflow code panics in some other way
)

// Replayed is what came of replaying the current run of a stream.
type Replayed struct {
	Stream     string     `json:"stream"`
	Type       string     `json:"type"` // of the workflow
	Run        string     `json:"run"`
	Rules      int        `json:"rules,omitempty"` // the version that the run keeps; 0 for a workflow that has none
	Events     int        `json:"events"`          // in the history
	Commands   int        `json:"commands"`        // whose answers were compared
	Divergence Divergence `json:"divergence,omitempty"`
	Detail     string     `json:"detail,omitempty"` // for engineers
}

// Replay runs the history of a stream's current run through this build's workflows, as a worker would that takes the run
// over, and compares the answers to commands, which Temporal itself does not. Nothing is written. The error says that
// it could not look.
func Replay(ctx context.Context, c client.Client, stream string) (Replayed, error) {
	h, err := runHistory(ctx, c, stream, "")
	if err != nil {
		return Replayed{}, err
	}
	return replay(stream, h, workflows.Workflows{})
}

func replay(stream string, h *historypb.History, w workflows.Workflows) (Replayed, error) {
	begun := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
	r := Replayed{Stream: stream, Type: begun.GetWorkflowType().GetName(), Run: begun.GetOriginalExecutionRunId(), Events: len(h.Events)}
	dc, err := DataConverter()
	if err != nil {
		return r, err
	}
	var in workflows.Input
	if workflows.TypeOf(stream) != "" {
		if err := dc.FromPayloads(begun.GetInput(), &in); err != nil {
			return r, fmt.Errorf("read what the run of %s began with: %w", stream, err)
		}
		r.Rules = in.Adopt
		// The replayer leaves out the task that is not done yet, which may be the run's first.
		if _, err := w.BookOf(in); err != nil {
			r.Divergence, r.Detail = divergenceOf(err), err.Error()
			return r, nil
		}
	}
	if !slices.ContainsFunc(h.Events, func(e *historypb.HistoryEvent) bool { return e.GetWorkflowTaskCompletedEventAttributes() != nil }) {
		return r, nil // nothing has been done yet
	}
	said := &answers{dc: dc, of: map[string]answer{}}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: dc, Interceptors: []interceptor.WorkerInterceptor{said}})
	if err != nil {
		return r, err
	}
	workflows.Register(replayer, w)
	err = replayer.ReplayWorkflowHistoryWithOptions(Logger(zap.NewNop()), h,
		worker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: stream, RunID: r.Run}})
	if err != nil {
		r.Divergence, r.Detail = divergenceOf(err), err.Error()
		return r, nil
	}
	if r.Commands, r.Detail = said.compare(h); r.Detail != "" {
		r.Divergence = DivergesAnswer
	}
	return r, nil
}

func divergenceOf(err error) Divergence {
	text := err.Error()
	switch block := workflows.BlockOf(text); {
	case block != "":
		return Divergence(block)
	case strings.Contains(text, "TMPRL1100"):
		return DivergesOrder
	case strings.Contains(text, "unable to find workflow type"):
		return DivergesUnknown
	}
	return DivergesPanic
}

// answers remembers what the replayed workflow answers to each update.
type answers struct {
	interceptor.WorkerInterceptorBase
	dc converter.DataConverter

	mu sync.Mutex
	of map[string]answer // by update id
}

// answer is a value, or the type of the error that was given instead.
type answer struct {
	value *commonpb.Payloads
	no    string
}

func (a *answers) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &answering{interceptor.WorkflowInboundInterceptorBase{Next: next}, a}
}

type answering struct {
	interceptor.WorkflowInboundInterceptorBase
	answers *answers
}

func (i *answering) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	value, err := i.Next.ExecuteUpdate(ctx, in)
	var got answer
	if err != nil {
		got.no = typeOf(err)
	} else if payloads, packErr := i.answers.dc.ToPayloads(value); packErr != nil {
		got.no = packErr.Error()
	} else {
		got.value = payloads
	}
	i.answers.mu.Lock()
	defer i.answers.mu.Unlock()
	i.answers.of[workflow.GetCurrentUpdateInfo(ctx).ID] = got
	return value, err
}

func typeOf(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() != "" {
		return app.Type()
	}
	return err.Error()
}

// compare tells how many answers history holds, and which is the first that is another now, or "".
func (a *answers) compare(h *historypb.History) (n int, first string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range h.Events {
		done := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
		if done == nil {
			continue
		}
		n++
		now, found := a.of[done.GetMeta().GetUpdateId()]
		was := answer{value: done.GetOutcome().GetSuccess()}
		if f := done.GetOutcome().GetFailure(); f != nil {
			was = answer{no: f.GetApplicationFailureInfo().GetType()}
			if was.no == "" {
				was.no = f.GetMessage()
			}
		}
		if first == "" && (!found || now.no != was.no || !proto.Equal(now.value, was.value)) {
			first = fmt.Sprintf("event %d: the command %s was answered %s, and now %s", e.GetEventId(), done.GetMeta().GetUpdateId(), a.show(was), a.show(now))
		}
	}
	return n, first
}

func (a *answers) show(s answer) string {
	if s.no != "" {
		return s.no
	}
	if s.value == nil {
		return "nothing"
	}
	return strings.Join(a.dc.ToStrings(s.value), ", ")
}
