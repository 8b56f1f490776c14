package temporalx

import (
	"context"
	"errors"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"arshjul/domain"
	"arshjul/workflows"
)

// Restart begins the workflows of a municipality anew that Temporal has lost, or that somebody ended there: of every stream
// that goes on by the log and of which no run is open. Each begins with the state that its log adds up to, as if the last
// run had handed it on. The registry comes first. Delivery and the nightly comparison are arranged anew.
//
// What a workflow had accepted and that was not yet in the log is gone with Temporal's database: people were told
// "mottaget" and not "klar" of it, and who asks again with the same id has it done.
func (r *Repairer) Restart(ctx context.Context, kommun string) error {
	streams, err := r.Store.OpenStreams(ctx)
	if err != nil {
		return err
	}
	var registry, rest []string
	for _, stream := range streams {
		switch {
		case domain.Kommun(stream) != kommun:
		case strings.HasPrefix(stream, "registry/"):
			registry = append(registry, stream)
		default:
			rest = append(rest, stream)
		}
	}
	for _, stream := range append(registry, rest...) {
		if err := r.restart(ctx, stream); err != nil {
			return err
		}
	}
	if !r.Do {
		return nil
	}
	if err := StartDelivery(ctx, r.Temporal, kommun); err != nil {
		return fmt.Errorf("starta utskicken: %w", err)
	}
	return ScheduleReconcile(ctx, r.Temporal, kommun)
}

// restart begins one stream's workflow anew, unless it runs.
func (r *Repairer) restart(ctx context.Context, stream string) error {
	info, err := r.Temporal.DescribeWorkflowExecution(ctx, stream, "")
	if err != nil && !isNotFound(err) {
		return err
	}
	if err == nil && info.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return nil // a run that is open is never begun beside
	}
	log, err := r.Store.Recount(ctx, stream)
	if err != nil {
		return err
	}
	d := domain.Repaired{Kind: domain.RepairRestart, Stream: stream, Seq: log.State.Seq, Head: log.State.Head}
	switch {
	case log.Newer:
		err = errors.New("drivs av en nyare utgåva än den här. Kör den nyare")
	case log.Broken != 0 || len(log.Seqs) != int(log.State.Seq):
		err = fmt.Errorf("loggen är inte hel (post %d), så det läge som gällde går inte att räkna fram. Återläs databasen", max(log.Broken, log.State.Seq+1))
	case log.State.Done || log.State.Seq == 0:
		return nil
	}
	if err != nil {
		r.Each(d, err)
		return nil
	}
	if r.Do {
		// Written first: whoever finds the workflow finds why it begins in the middle.
		if err := r.record(ctx, fmt.Sprintf("%d:%s", d.Seq, d.Head), d); err != nil {
			return err
		}
		if err := resume(ctx, r.Temporal, stream, *log.State, r.Now()); err != nil {
			r.Each(d, err)
			return nil
		}
	}
	r.Each(d, nil)
	return nil
}

// resume starts a stream's workflow at a state. It fails when a run is open.
func resume(ctx context.Context, c client.Client, stream string, state domain.State, now domain.Instant) error {
	in := workflows.Resume(state)
	title := workflows.Title(stream)
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       stream,
		TaskQueue:                                workflows.TaskQueue,
		WorkflowIDConflictPolicy:                 enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes:                    temporal.NewSearchAttributes(workflows.Attributes(&in.State, domain.NextDue(&in.State, now))...),
		Memo:                                     map[string]any{"Titel": title},
		StaticSummary:                            title,
		StaticDetails:                            "Startad om från loggen: se posten om det i strömmen " + domain.RepairStream(stream) + ". Styrs av arshjul. Ge kommandon där, aldrig här.",
	}, workflows.TypeOf(stream), in)
	if err != nil {
		return fmt.Errorf("starta om %s: %w", stream, err)
	}
	return nil
}
