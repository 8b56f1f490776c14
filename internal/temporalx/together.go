package temporalx

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"arshjul/domain"
	"arshjul/workflows"
)

// Answer is what Send would have answered one of several commands.
type Answer struct {
	Receipt workflows.Receipt
	Err     error
}

// SendTogether gives several commands to a running stream at once, in their order, and has the answer of each: Temporal does
// for all of them what it does for one. A stream that does not take them together (its run keeps older rules, or it ends just
// now) is given them one by one.
func SendTogether(ctx context.Context, c client.Client, stream string, all []domain.Command) []Answer {
	if len(all) > 1 {
		answers, err := persist(ctx, func() ([]Answer, error) { return sendTogether(ctx, c, stream, all) })
		if err == nil {
			return answers
		}
		if unknown := (*Unknown)(nil); errors.As(err, &unknown) {
			answers = make([]Answer, len(all))
			for i := range all {
				answers[i].Err = &Unknown{stream, all[i].ID, unknown.Err}
			}
			return answers
		}
	}
	answers := make([]Answer, len(all))
	for i, cmd := range all {
		answers[i].Receipt, answers[i].Err = Send(ctx, c, stream, cmd)
	}
	return answers
}

func sendTogether(ctx context.Context, c client.Client, stream string, all []domain.Command) ([]Answer, error) {
	ids := make([]string, len(all))
	for i, cmd := range all {
		ids[i] = updateID(cmd)
	}
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: stream,
		UpdateName: workflows.UpdateCommands,
		// The same commands sent again in the same company are recognised; in another, the rules know each by its id.
		UpdateID:     "together." + string(domain.DigestOf([]byte(strings.Join(ids, "\n")))),
		Args:         []any{all},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	var got []workflows.Answer
	if err == nil {
		err = handle.Get(ctx, &got)
	}
	var no *temporal.ApplicationError
	if errors.As(err, &no) {
		if no.Type() != workflows.NoneCarriedOut {
			return nil, fmt.Errorf("%s takes no commands together: %w", stream, err)
		}
		err = no.Details(&got)
	}
	if err != nil {
		return nil, meaning(ctx, c, stream, all[0], err)
	}
	answers := make([]Answer, len(all))
	for i := range answers {
		switch {
		case i >= len(got):
			answers[i].Err = &Unknown{stream, all[i].ID, errors.New("it was not answered with the others")}
		case got[i].Refused != "":
			answers[i].Err = &domain.Refusal{Code: got[i].Refused, Message: got[i].Message}
		default:
			answers[i].Receipt = got[i].Receipt
		}
	}
	return answers, nil
}
