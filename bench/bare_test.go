package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
)

const (
	bareWorkflow = "bare"
	bareQueue    = "bare"
	bareUpdate   = "approve"
	bareCommit   = "commit"
)

// approval is what a bare approval asks, about as much as a sign-off's command.
type approval struct {
	ID, Actor, Step, Version string
}

// bare is the least that an approval in Temporal is: a workflow whose update has an activity commit one row, and then
// answers. It has no rules, no log that proves anything, no lists and nobody to tell.
func bare(ctx workflow.Context, approved int) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, bareUpdate, func(ctx workflow.Context, a approval) (int, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
		if err := workflow.ExecuteActivity(ctx, bareCommit, a).Get(ctx, nil); err != nil {
			return 0, err
		}
		approved++
		return approved, nil
	}, workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, a approval) error {
		if a.Actor == "" {
			return errors.New("nobody approves")
		}
		return nil
	}})
	if err != nil {
		return err
	}
	err = workflow.Await(ctx, func() bool {
		return workflow.GetInfo(ctx).GetContinueAsNewSuggested() && workflow.AllHandlersFinished(ctx)
	})
	if err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, bare, approved)
}

// row is the activity: it commits one row, once.
func row(database *pgxpool.Pool) func(context.Context, approval) error {
	return func(ctx context.Context, a approval) error {
		_, err := database.Exec(ctx, "insert into bare.approval (id, actor, step, version) values ($1, $2, $3, $4) on conflict (id) do nothing",
			a.ID, a.Actor, a.Step, a.Version)
		return err
	}
}

// approvals approves something in a bare workflow, again and again.
type approvals struct {
	*rig
	n atomic.Int64
}

// approvals starts the bare workflow, with a worker as ours is, and a table in the same database.
func (r *rig) approvals() *approvals {
	r.Helper()
	_, err := r.database.Exec(r.Context(), `create schema bare; create table bare.approval (id text primary key, actor text not null,
		step text not null, version text not null, at timestamptz not null default now())`)
	r.must(err)
	pollers := worker.NewPollerBehaviorSimpleMaximum(worker.PollerBehaviorSimpleMaximumOptions{MaximumNumberOfPollers: 16})
	w := worker.New(r.Temporal, bareQueue, worker.Options{WorkflowTaskPollerBehavior: pollers, ActivityTaskPollerBehavior: pollers})
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: bareWorkflow})
	w.RegisterActivityWithOptions(row(r.database), activity.RegisterOptions{Name: bareCommit})
	r.must(w.Start())
	r.Cleanup(w.Stop)
	_, err = r.Temporal.ExecuteWorkflow(r.Context(), client.StartWorkflowOptions{ID: bareWorkflow, TaskQueue: bareQueue}, bareWorkflow, 0)
	r.must(err)
	return &approvals{rig: r}
}

// ask approves once, and asks again with the same id when the answer got lost between two runs.
func (a *approvals) ask(ctx context.Context) error {
	id := fmt.Sprintf("approval-%d", a.n.Add(1))
	ask := approval{ID: id, Actor: "p-sof-forvaltningschef", Step: "forvaltningens-verksamhetsplan/SOF", Version: string(domain.DigestOf(nil))}
	for {
		h, err := a.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: bareWorkflow, UpdateName: bareUpdate, UpdateID: id,
			Args: []any{ask}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err == nil {
			var n int
			err = h.Get(ctx, &n)
		}
		var gone *serviceerror.NotFound
		if err == nil || ctx.Err() != nil || !errors.As(err, &gone) {
			return err
		}
	}
}

// do approves alone.
func (a *approvals) do() time.Duration {
	began := time.Now()
	a.must(a.ask(a.Context()))
	took := time.Since(began)
	a.rest(bareWorkflow)
	return took
}
