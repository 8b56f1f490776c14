package workflows

import "go.temporal.io/sdk/workflow"

// cycle owns the stream of one cycle or one exercise.
func (w Workflows) cycle(ctx workflow.Context, in Input) (Result, error) {
	return w.start(ctx, in).run(ctx)
}
