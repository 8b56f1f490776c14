package temporalx

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/workflows"
)

// Dial connects to a namespace at host:port. The caller closes the client. With more, it counts or traces (Metrics.Option,
// Tracing).
func Dial(ctx context.Context, address, namespace string, log *zap.Logger, more ...func(*client.Options)) (client.Client, error) {
	dc, err := DataConverter()
	if err != nil {
		return nil, err
	}
	options := client.Options{
		HostPort:      address,
		Namespace:     namespace,
		Logger:        Logger(log),
		DataConverter: dc,
		// Messages of failures stay readable; there is no personal data in them.
		FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: dc}),
		// What is large, the payloads, is compressed already, and for good.
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	}
	for _, change := range more {
		change(&options)
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", address, err)
	}
	return c, nil
}

const (
	// pollers is what was measured to serve bursts; the SDK's default of two throttles them.
	pollers = 16

	// cached is how many runs a worker keeps in memory, about a megabyte for a cycle; a run that is not kept is replayed at its
	// next task. On a deadline day 290 municipalities have each a cycle and a delivery at work; kept for half as many, most
	// sign-offs were replays.
	cached = 640

	// deadlock is how long a workflow may reckon without giving way. The rules reckon for milliseconds and wait for nobody; the
	// SDK's second is passed on a machine that is starved, and the task would fail, be replayed, and fail again.
	deadlock = 8 * time.Second
)

// NewWorker makes a worker for the task queue. Activities and workflows are registered by the caller. A panic in a workflow
// blocks that workflow until another release comes: it never fails a cycle of 31 months.
func NewWorker(c client.Client) worker.Worker { return NewWorkerOf(c, "") }

// NewWorkerOf makes a worker that takes the tasks of its own build only, see [SetCurrent]. Without a build it takes
// every task.
func NewWorkerOf(c client.Client, build string) worker.Worker {
	worker.SetStickyWorkflowCacheSize(cached)
	return worker.New(c, workflows.TaskQueue, worker.Options{
		DeploymentOptions:          deployment(build),
		WorkflowPanicPolicy:        worker.BlockWorkflow,
		DeadlockDetectionTimeout:   deadlock,
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorSimpleMaximum(worker.PollerBehaviorSimpleMaximumOptions{MaximumNumberOfPollers: pollers}),
		ActivityTaskPollerBehavior: worker.NewPollerBehaviorSimpleMaximum(worker.PollerBehaviorSimpleMaximumOptions{MaximumNumberOfPollers: pollers}),
	})
}
