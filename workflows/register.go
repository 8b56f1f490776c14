package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
)

// Workflows is what a worker runs. The zero value plays by the rules of this build.
type Workflows struct {
	Books []domain.Book // newest first; nil means domain.Books()
}

func (w Workflows) books() []domain.Book {
	if w.Books == nil {
		return domain.Books()
	}
	return w.Books
}

// Register makes every workflow known under its name. The worker, the replayer and the tests all come through here.
func Register(r worker.WorkflowRegistry, w Workflows) {
	r.RegisterWorkflowWithOptions(w.cycle, workflow.RegisterOptions{Name: TypeCycle})
	r.RegisterWorkflowWithOptions(w.registry, workflow.RegisterOptions{Name: TypeRegistry})
	r.RegisterWorkflowWithOptions(w.delivery, workflow.RegisterOptions{Name: TypeDelivery})
	r.RegisterWorkflowWithOptions(w.reconcile, workflow.RegisterOptions{Name: TypeReconcile})
}
