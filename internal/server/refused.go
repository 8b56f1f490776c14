package server

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/temporalx"
)

// refused turns what went wrong with a command into its answer. A no is written into the journal first, because Temporal
// keeps no trace of it: a no that cannot be written down is not given, and the answer is then unknown.
func (s *Server) refused(ctx context.Context, stream string, c domain.Command, err error) (answer error) {
	defer func() { s.Metrics.answered(c.Kind, answer) }()
	var (
		refusal *domain.Refusal
		unknown *temporalx.Unknown
	)
	switch {
	case errors.As(err, &refusal):
	case errors.As(err, &unknown), errors.Is(err, context.DeadlineExceeded):
		s.log.Warn("answer unknown", zap.String("stream", stream), zap.String("command", c.ID), zap.Error(err))
		return api.ProblemOf(unknownAnswer(), c.ID)
	default:
		s.log.Error("command failed", zap.String("stream", stream), zap.String("command", c.ID), zap.Error(err))
		return api.ProblemOf(noAnswer(err), c.ID)
	}
	if api.RowOf(refusal.Code).Exit != api.ExitUnknown { // "not yet" is no refusal: who asks will ask again
		if err := s.writeDown(context.WithoutCancel(ctx), stream, &c, refusal); err != nil {
			s.log.Error("refusal not journalled", zap.String("stream", stream), zap.String("command", c.ID), zap.String("code", string(refusal.Code)), zap.Error(err))
			return api.ProblemOf(unknownAnswer(), c.ID)
		}
	}
	problem := api.ProblemOf(refusal, c.ID)
	if stopped := (*stoppedError)(nil); errors.As(err, &stopped) {
		problem.Findings = stopped.findings
	}
	return problem
}

func (s *Server) writeDown(ctx context.Context, stream string, c *domain.Command, refusal *domain.Refusal) error {
	ctx, cancel := context.WithTimeout(ctx, commandTime+s.Patience)
	defer cancel()
	at := now()
	// What was refused may be anything that somebody wrote, and what stands in the log stands there for ever: only words
	// that are the rules' own or the cycle's go in. The rest is in the body's hash.
	e := domain.Event{Actor: c.Actor, Refused: &domain.Refused{Stream: stream, Code: refusal.Code}}
	if domain.ValidID(c.ID) {
		e.Command, e.Refused.Body = c.ID, c.Body()
	}
	if domain.Row(c.Kind) != nil || c.Kind == kindUpload || c.Kind == keepAddress || c.Kind == keepAgain {
		e.Refused.Kind = c.Kind
	}
	if s.checkStream(stream) != nil {
		e.Refused.Stream = ""
	}
	err := s.Store.View(ctx, stream, func(st *domain.State) error {
		at = st.Clock(at)
		if st.Cycle != nil && st.Cycle.Step(c.Step) != nil {
			e.Step = c.Step
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.At = at
	_, err = s.Store.AppendRefusal(ctx, s.Kommun, e)
	return err
}
