package temporalx

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"arshjul/domain"
	"arshjul/workflows"
)

// Unknown says that nobody knows whether the command was carried out: Temporal or the worker did not answer in time. It
// is never a no. The same command, sent again with the same id, gives the answer.
type Unknown struct {
	Stream  string
	Command string // its id
	Err     error
}

// Error is for logs.
func (u *Unknown) Error() string {
	return fmt.Sprintf("command %s to %s: answer unknown: %v", u.Command, u.Stream, u.Err)
}

// Unwrap gives what went wrong.
func (u *Unknown) Unwrap() error { return u.Err }

// Send gives a command to a running stream and waits for the answer as long as ctx lives; give ctx a deadline. A no is a
// *domain.Refusal, among them unknown_stream and cycle_ended; no answer is an *Unknown. Any other error is a fault of this
// build, for somebody to look at: a command that breaks the rules themselves was not carried out.
//
// An answer that gets lost is asked for again, with the same id. That happens in ordinary service: Temporal drops the
// commands that are on their way when a run ends just as a signal comes.
func Send(ctx context.Context, c client.Client, stream string, cmd domain.Command) (workflows.Receipt, error) {
	return persist(ctx, func() (workflows.Receipt, error) { return send(ctx, c, stream, cmd) })
}

// persist asks again, with longer and longer pauses, while the answer is unknown and ctx lives.
func persist[A any](ctx context.Context, ask func() (A, error)) (A, error) {
	pause := 20 * time.Millisecond
	for {
		a, err := ask()
		var unknown *Unknown
		if !errors.As(err, &unknown) || ctx.Err() != nil {
			return a, err
		}
		again := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			again.Stop()
			return a, err
		case <-again.C:
			pause = min(2*pause, time.Second)
		}
	}
}

func send(ctx context.Context, c client.Client, stream string, cmd domain.Command) (workflows.Receipt, error) {
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   stream,
		UpdateName:   workflows.UpdateCommand,
		UpdateID:     updateID(cmd),
		Args:         []any{cmd},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	var r workflows.Receipt
	if err == nil {
		err = handle.Get(ctx, &r)
	}
	if err != nil {
		return workflows.Receipt{}, meaning(ctx, c, stream, cmd, err)
	}
	return r, nil
}

// updateID lets Temporal recognise a command that is sent again. The body is part of it: the same id with another body
// must reach the rules, which refuse it, instead of getting the first one's answer.
func updateID(cmd domain.Command) string { return cmd.ID + "." + string(cmd.Body()[:16]) }

// meaning turns what Temporal says into what it means for the command.
func meaning(ctx context.Context, c client.Client, stream string, cmd domain.Command, err error) error {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		var r domain.Refusal
		if app.HasDetails() && app.Details(&r) == nil && string(r.Code) == app.Type() {
			return &r
		}
	}
	// Asked again at once it would only break them again, and hold up others meanwhile.
	if broken := (*temporal.PanicError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("command %s to %s breaks the rules of this build and was not carried out: %w", cmd.ID, stream, err)
	}
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return gone(ctx, c, stream, cmd, err)
	}
	var invalid *serviceerror.InvalidArgument
	var denied *serviceerror.PermissionDenied
	var namespace *serviceerror.NamespaceNotFound
	if errors.As(err, &invalid) || errors.As(err, &denied) || errors.As(err, &namespace) {
		return fmt.Errorf("command %s to %s: %w", cmd.ID, stream, err)
	}
	return &Unknown{stream, cmd.ID, err}
}

// gone tells a stream that has ended from one that never was.
func gone(ctx context.Context, c client.Client, stream string, cmd domain.Command, cause error) error {
	d, err := c.DescribeWorkflowExecution(ctx, stream, "")
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return domain.Refuse(domain.CodeUnknownStream, "Det finns ingen cykel eller inget register som heter %s. Kontrollera namnet.", stream)
	case err != nil:
		return &Unknown{stream, cmd.ID, errors.Join(cause, err)}
	case d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return &Unknown{stream, cmd.ID, cause} // it was between two runs
	}
	return domain.Refuse(domain.CodeCycleEnded, "%s är avslutad. Tillägg och rättelser görs i registret.", workflows.Title(stream))
}

// NextRun waits until a stream's run has ended, and another has begun if the stream goes on.
func NextRun(ctx context.Context, c client.Client, stream, run string) error {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		d, err := c.DescribeWorkflowExecution(ctx, stream, "")
		info := d.GetWorkflowExecutionInfo()
		if err != nil || info.GetExecution().GetRunId() != run || info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

// Roll tells a stream to end its run and begin a new one, by the newest rules of the workers that are up.
func Roll(ctx context.Context, c client.Client, stream string) error {
	return c.SignalWorkflow(ctx, stream, "", workflows.SignalRoll, nil)
}

// Nudge tells a municipality's registry to look for cycles that lack its changes: after a launch, whose snapshot may be
// older than the registry's last change.
func Nudge(ctx context.Context, c client.Client, kommun string) error {
	return c.SignalWorkflow(ctx, domain.RegistryStream(kommun), "", workflows.SignalNudge, nil)
}
