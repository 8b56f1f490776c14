package faults

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"arshjul/activities"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// crossing stands between a worker and Temporal and passes everything on, so it sees each activity begin and end. At the
// boundaries that are planned it kills the worker, which hears nothing more once a boundary is reached: what died there, died
// exactly there. The program itself knows nothing of it.
type crossing struct {
	address string // host:port, for the worker
	// struck kills the worker and returns when it is dead; revived starts another. sending tells whether the worker died with a
	// round of mails under way that had not come to this boundary.
	struck  func(at boundary, sending bool)
	revived func()

	striking sync.Mutex // held from a death to the next worker's beginning

	mu   sync.Mutex
	life int // the worker's, counted
	deaf int // the last life that hears nothing more
	plan map[boundary]int
	// under is what the present worker has been handed and has not answered, by token.
	under map[string]string
}

// moment is when, in an activity's course, its worker dies.
type moment string

const (
	handedOut  moment = "before it begins"            // Temporal has it that somebody does it, and nobody does
	unanswered moment = "done and not answered"       // what it does is done, and nobody is told
	answered   moment = "answered, and never the end" // Temporal has been told, and the worker does not know
)

// boundary is a moment of an activity.
type boundary struct {
	activity string
	moment   moment
}

func (b boundary) String() string { return b.activity + " " + string(b.moment) }

// boundaries is every moment of some activities.
func boundaries(activities ...string) (all []boundary) {
	for _, a := range activities {
		for _, m := range []moment{handedOut, unanswered, answered} {
			all = append(all, boundary{a, m})
		}
	}
	return all
}

// newCrossing opens a crossing to Temporal at host:port.
func newCrossing(t *testing.T, temporal string) *crossing {
	t.Helper()
	const largest = 64 << 20
	on, err := grpc.NewClient(temporal, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largest), grpc.MaxCallSendMsgSize(largest)))
	must(t, err)
	t.Cleanup(func() { must(t, on.Close()) })
	c := &crossing{plan: map[boundary]int{}, under: map[string]string{}, deaf: -1}
	passes, err := proxy.NewWorkflowServiceProxyServer(proxy.WorkflowServiceProxyOptions{Client: workflowservice.NewWorkflowServiceClient(on)})
	must(t, err)
	s := grpc.NewServer(grpc.UnaryInterceptor(c.pass), grpc.MaxRecvMsgSize(largest), grpc.MaxSendMsgSize(largest))
	workflowservice.RegisterWorkflowServiceServer(s, passes)
	operatorservice.RegisterOperatorServiceServer(s, operator{on: operatorservice.NewOperatorServiceClient(on)})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c.address = listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	t.Cleanup(func() {
		s.Stop()
		must(t, <-ended)
	})
	return c
}

// operator passes on what a worker asks when it starts.
type operator struct {
	operatorservice.UnimplementedOperatorServiceServer
	on operatorservice.OperatorServiceClient
}

func (o operator) ListSearchAttributes(ctx context.Context, r *operatorservice.ListSearchAttributesRequest) (*operatorservice.ListSearchAttributesResponse, error) {
	return o.on.ListSearchAttributes(ctx, r)
}

// kill plans that the worker dies once at each of some boundaries.
func (c *crossing) kill(at []boundary) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range at {
		c.plan[b]++
	}
}

// left is which boundaries are planned and not reached.
func (c *crossing) left() (all []boundary) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for b := range c.plan {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b boundary) int {
		return slices.Compare([]string{a.activity, string(a.moment)}, []string{b.activity, string(b.moment)})
	})
	return all
}

// errDead is what a worker that is being killed is told, should it live so long.
var errDead = status.Error(codes.Unavailable, "the worker is dead")

// pass passes one request on, and its answer back, unless the worker is to die of it.
func (c *crossing) pass(ctx context.Context, request any, _ *grpc.UnaryServerInfo, on grpc.UnaryHandler) (any, error) {
	life, dead := c.present()
	if dead {
		return nil, errDead
	}
	ends := ""
	switch r := request.(type) {
	case *workflowservice.RespondWorkflowTaskCompletedRequest:
		soonerSilent(r)
	case *workflowservice.RespondActivityTaskFailedRequest:
		c.ended(r.GetTaskToken())
	case *workflowservice.RespondActivityTaskCompletedRequest:
		if ends = c.ended(r.GetTaskToken()); didSomething(ends, r.GetResult()) && c.reached(life, boundary{ends, unanswered}) {
			c.strike(life, boundary{ends, unanswered})
			return nil, errDead
		}
		if c.reached(life, boundary{ends, answered}) {
			if _, err := on(context.WithoutCancel(ctx), request); err != nil {
				c.kill([]boundary{{ends, answered}}) // Temporal did not take it, so this was another boundary
			}
			c.strike(life, boundary{ends, answered})
			return nil, errDead
		}
	}
	answer, err := on(ctx, request)
	var tasks []*workflowservice.PollActivityTaskQueueResponse
	switch a := answer.(type) {
	case *workflowservice.PollActivityTaskQueueResponse:
		tasks = append(tasks, a)
	case *workflowservice.RespondWorkflowTaskCompletedResponse: // with what this very worker may begin at once
		tasks = a.GetActivityTasks()
	}
	for _, task := range tasks {
		if begins := task.GetActivityType().GetName(); hasSomething(begins, task.GetInput()) {
			c.begun(life, task.GetTaskToken(), begins)
			if task.GetAttempt() == 1 && c.reached(life, boundary{begins, handedOut}) { // nobody has begun it before either
				c.ended(task.GetTaskToken())
				c.strike(life, boundary{begins, handedOut})
			}
		}
	}
	if c.isDeaf(life) {
		return nil, errDead
	}
	return answer, err
}

// hasSomething tells whether there is an activity, and anything in it that can be lost, or done twice: a batch for the
// journal may be empty.
func hasSomething(activity string, input *commonpb.Payloads) bool {
	if activity != workflows.ActivityJournal {
		return activity != ""
	}
	var batch activities.JournalBatch
	return decoded(input, &batch) && len(batch.Events) > 0
}

// didSomething is hasSomething of what was done: a round of mails may have had none to send.
func didSomething(activity string, result *commonpb.Payloads) bool {
	var sent activities.SendResult
	return activity != workflows.ActivitySend || decoded(result, &sent) && sent.Sent > 0
}

func decoded(from *commonpb.Payloads, to any) bool {
	dc, err := temporalx.DataConverter()
	return err == nil && dc.FromPayloads(from, to) == nil
}

// soonerSilent has a comparison's worker missed as soon as those of other activities are, and not first after minutes, for
// which nobody waits here.
func soonerSilent(r *workflowservice.RespondWorkflowTaskCompletedRequest) {
	for _, command := range r.GetCommands() {
		a := command.GetScheduleActivityTaskCommandAttributes()
		if command.GetCommandType() == enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK && a.GetActivityType().GetName() == workflows.ActivityReconcile {
			a.HeartbeatTimeout = durationpb.New(10 * time.Second)
		}
	}
}

// present is which worker asks, and whether it is to hear nothing more.
func (c *crossing) present() (life int, dead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.life, c.life <= c.deaf
}

func (c *crossing) isDeaf(life int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return life <= c.deaf
}

func (c *crossing) begun(life int, token []byte, activity string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if life == c.life { // a dead worker does nothing with it
		c.under[string(token)] = activity
	}
}

func (c *crossing) ended(token []byte) (activity string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	activity = c.under[string(token)]
	delete(c.under, string(token))
	return activity
}

// reached tells whether a worker is to die here. It hears nothing from then on.
func (c *crossing) reached(life int, at boundary) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plan[at] == 0 || life <= c.deaf {
		return false
	}
	if c.plan[at]--; c.plan[at] == 0 {
		delete(c.plan, at)
	}
	c.deaf = life
	return true
}

// strike kills the worker that has reached a boundary, and starts the next.
func (c *crossing) strike(life int, at boundary) {
	c.striking.Lock()
	defer c.striking.Unlock()
	c.mu.Lock()
	sending := false
	for _, activity := range c.under {
		sending = sending || activity == workflows.ActivitySend
	}
	c.mu.Unlock()
	c.struck(at, sending)
	c.mu.Lock()
	c.life, c.under = life+1, map[string]string{}
	c.mu.Unlock()
	c.revived()
}
