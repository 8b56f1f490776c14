package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
	"arshjul/domain"
)

// ReconcileID names the schedule by which a municipality's workflows, log and lists are compared. Each comparison is a
// workflow of its own, under this name with its time after it.
func ReconcileID(kommun string) string { return "reconcile/" + kommun }

// ReconcileInput is what a comparison begins with. It stands in history: members may be added, never renamed.
type ReconcileInput struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
}

const (
	// compareTime is how long a comparison may take; compareBeat how long it may be silent about one stream.
	compareTime = time.Hour
	compareBeat = 5 * time.Minute
)

// reconcile compares, and has the result written to the log, in a stream that no workflow owns: a registry that is itself
// what is wrong must not keep it from being written. It gives up when the next night's begins (see the schedule).
func (w Workflows) reconcile(ctx workflow.Context, in ReconcileInput) (domain.Reconciled, error) {
	retry := &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: 5 * time.Minute}
	compare := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: compareTime, HeartbeatTimeout: compareBeat,
		RetryPolicy: retry, Summary: "jämför arbetsflöden, logg och listor"})
	var got domain.Reconciled
	if err := workflow.ExecuteActivity(compare, ActivityReconcile, activities.ReconcileInput{Kommun: in.Kommun}).Get(ctx, &got); err != nil {
		return domain.Reconciled{}, err
	}
	record := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: activityTime, RetryPolicy: retry,
		Summary: shorten("skriver ned: " + got.Sentence())})
	err := workflow.ExecuteActivity(record, ActivityRecord, activities.RecordInput{Kommun: in.Kommun,
		ID: workflow.GetInfo(ctx).OriginalRunID, At: domain.InstantOf(workflow.Now(ctx)), Result: got}).Get(ctx, nil)
	return got, err
}
