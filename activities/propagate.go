package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"arshjul/domain"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
)

// Propagate hands registry changes on to the cycles.
type Propagate struct {
	Store *store.Store
	// Send gives a command to a stream and waits for the answer.
	Send func(ctx context.Context, stream string, c domain.Command) error
}

// mostChanges bounds the size of one command.
const mostChanges = 100

// Propagate gives every open cycle of the municipality the registry changes that it lacks, in order, and says through
// which change all of them have them. What a cycle lacks is read from the journal, so a change may be sent twice; a cycle
// passes over the numbers it has. The cycles are asked side by side, so that one that does not answer holds up no other:
// the error comes at the end, and the retry finds what is left.
func (p Propagate) Propagate(ctx context.Context, in PropagateInput) (PropagateResult, error) {
	number, err := p.Store.RegistryNumber(ctx, in.Kommun)
	if err != nil {
		return PropagateResult{}, err
	}
	cycles, err := p.Store.OpenCycles(ctx, in.Kommun)
	if err != nil {
		return PropagateResult{}, err
	}
	failed := make([]error, len(cycles))
	var wg sync.WaitGroup
	for i, c := range cycles {
		wg.Go(func() {
			if err := p.bringUp(ctx, c, number); err != nil {
				activity.GetLogger(ctx).Warn("a cycle did not receive the registry's changes", "stream", c.Stream, "error", err)
				failed[i] = fmt.Errorf("%s: %w", c.Stream, err)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		return PropagateResult{}, err
	}
	return PropagateResult{Number: number}, nil
}

// bringUp sends a cycle the changes through number.
func (p Propagate) bringUp(ctx context.Context, c store.Cycle, number uint64) error {
	registry := domain.RegistryStream(c.Kommun)
	for has := c.Registry; has < number; {
		changes, err := p.Store.RegistryChanges(ctx, c.Kommun, has, mostChanges)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return fmt.Errorf("the journal has no registry change after %d", has)
		}
		has = changes[len(changes)-1].Seq
		cmd := domain.Command{ID: fmt.Sprintf("%s#%d", registry, has), Kind: domain.CmdChanges, Changes: changes}
		if err := p.Send(ctx, c.Stream, cmd); !received(err) {
			return err
		}
	}
	return nil
}

// received tells whether the cycle has the changes after this answer, or needs them no more. An id that is used stands
// for an earlier attempt with the same last change, sent when the journal showed less of what the cycle had.
func received(err error) bool {
	var no *domain.Refusal
	return err == nil || errors.As(err, &no) && (no.Code == domain.CodeIDReused || no.Code == domain.CodeCycleEnded)
}
