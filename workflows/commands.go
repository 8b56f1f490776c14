package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
)

// togetherFrom is the version of the rules from which on a run takes commands together. A build that does not know how has
// no later rules either, so it never meets a history in which it was done.
const togetherFrom = 3

// Answer is what became of one of several commands that came together: a receipt, or a refusal. It stands in history:
// members may be added, never renamed.
type Answer struct {
	Receipt
	Refused domain.Code `json:"refused,omitempty"`
	Message string      `json:"message,omitempty"` // in Swedish
}

// NoneCarriedOut is the type of the application error by which commands that came together were all refused. Its one detail
// is the []Answer; nothing stands in history.
const NoneCarriedOut = "none_carried_out"

// validateAll lets commands through that came together when one of them is to be carried out; the rest are refused one by
// one. Like validate it is not run on replay.
func (sh *shell) validateAll(ctx workflow.Context, all []domain.Command) error {
	if len(all) == 0 {
		return temporal.NewNonRetryableApplicationError("no commands", "no_commands", nil)
	}
	var answers []Answer
	for _, c := range all {
		err := sh.validate(ctx, c)
		if err == nil {
			return nil
		}
		var refused *temporal.ApplicationError
		var r domain.Refusal
		if !errors.As(err, &refused) || refused.Details(&r) != nil {
			return err
		}
		answers = append(answers, Answer{Refused: r.Code, Message: r.Message})
	}
	return temporal.NewNonRetryableApplicationError("none of the commands was carried out", NoneCarriedOut, nil, answers)
}

// commands carries out several commands in the order in which they came, each as if it had come by itself, in one turn.
func (sh *shell) commands(ctx workflow.Context, all []domain.Command) ([]Answer, error) {
	answers := make([]Answer, len(all))
	for i, c := range all {
		receipt, err := sh.carryOut(ctx, c)
		if err != nil {
			r := refusalOf(err)
			answers[i] = Answer{Refused: r.Code, Message: r.Message}
			continue
		}
		answers[i] = Answer{Receipt: receipt}
	}
	return answers, nil
}
