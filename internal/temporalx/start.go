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

// Start begins a stream with its first command, launch or found, and gives the receipt. Sent again with the same id it
// gives the same receipt, whoever began the stream; another command for a stream that exists is refused with
// cycle_exists. Other errors are as for [Send].
func Start(ctx context.Context, c client.Client, stream string, first domain.Command) (workflows.Receipt, error) {
	kind := workflows.TypeOf(stream)
	if kind == "" {
		return workflows.Receipt{}, domain.Refuse(domain.CodeUnknownStream, "%q är inget namn på en cykel, en övning eller ett register.", stream)
	}
	reuse := enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	r, err := Send(ctx, c, stream, first)
	switch refusal := asRefusal(err); {
	case refusal == nil:
		return r, err
	case refusal.Code == domain.CodeCycleEnded:
		never, err := neverBegan(ctx, c, stream)
		if err != nil {
			return workflows.Receipt{}, &Unknown{stream, first.ID, err}
		}
		if never == nil {
			return workflows.Receipt{}, domain.Refuse(domain.CodeCycleExists, "%s finns redan och är avslutad. Öppna den som finns.", workflows.Title(stream))
		}
		reuse = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	case refusal.Code != domain.CodeUnknownStream:
		return workflows.Receipt{}, refusal
	}
	// Judged here too, so that a no leaves no empty workflow behind. The workflow judges again, on its own clock.
	state := domain.NewState(stream)
	now := domain.InstantOf(time.Now())
	events, err := domain.Decide(state, first, now)
	if err != nil {
		return workflows.Receipt{}, err
	}
	for _, e := range events {
		if err := domain.Apply(state, e); err != nil {
			return workflows.Receipt{}, fmt.Errorf("begin %s: %w", stream, err)
		}
	}
	title := workflows.Title(stream)
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       stream,
		TaskQueue:                                workflows.TaskQueue,
		WorkflowIDConflictPolicy:                 enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowIDReusePolicy:                    reuse,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes:                    temporal.NewSearchAttributes(workflows.Attributes(state, domain.NextDue(state, now))...),
		Memo:                                     map[string]any{"Titel": title}, // the summary is the first run's only
		StaticSummary:                            title,
		StaticDetails: "Styrs av arshjul. Ge kommandon där, aldrig här: den som avslutar, återställer eller signalerar ett " +
			"arbetsflöde här går förbi reglerna, och journalen visar det.",
	}, kind, workflows.Begin(stream, first))
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &started) {
		return workflows.Receipt{}, meaning(ctx, c, stream, first, err)
	}
	// Either it began with our command and answers as to one sent twice, or somebody else was first.
	r, err = Send(ctx, c, stream, first)
	if refusal := asRefusal(err); refusal != nil && refusal.Code == domain.CodeCycleEnded {
		never, err := neverBegan(ctx, c, stream)
		if err != nil {
			return workflows.Receipt{}, &Unknown{stream, first.ID, err}
		}
		if never != nil {
			return workflows.Receipt{}, never
		}
	}
	return r, err
}

// neverBegan tells why an ended stream's first command was refused, or nil when it was not.
func neverBegan(ctx context.Context, c client.Client, stream string) (*domain.Refusal, error) {
	var r workflows.Result
	err := c.GetWorkflow(ctx, stream, "").Get(ctx, &r)
	var failed *temporal.WorkflowExecutionError
	if errors.As(err, &failed) {
		return nil, nil // terminated by hand: whatever it was, it had begun
	}
	if err != nil || r.Refused == "" {
		return nil, err
	}
	return &domain.Refusal{Code: r.Refused, Message: r.Message}, nil
}

func asRefusal(err error) *domain.Refusal {
	var r *domain.Refusal
	errors.As(err, &r)
	return r
}
