package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// RegisterReordered registers a cycle whose shell does the same things in another order: it sets its timer before it
// journals. No recorded history may replay on it.
func RegisterReordered(r worker.WorkflowRegistry, w Workflows) {
	r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in Input) (Result, error) {
		sh := w.start(ctx, in)
		sh.alarm.set(ctx, sh.book.NextDue(sh.state, sh.now(ctx)), sh.state)
		return sh.run(ctx)
	}, workflow.RegisterOptions{Name: TypeCycle})
	r.RegisterWorkflowWithOptions(w.registry, workflow.RegisterOptions{Name: TypeRegistry})
}

// The limits, for tests that cross them.
const (
	MostPending    = mostPending
	LongestPending = longestPending
)

// The summaries are what people read beside activities and timers.
var (
	Summary     = summary
	DueSummary  = dueSummary
	SendSummary = sendSummary // beside delivery's
)
