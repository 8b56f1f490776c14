package officials

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"arshjul/internal/server/api"
)

// patience is how long an official goes on asking while the server is away or does not know the answer.
const patience = 2 * time.Minute

// give gives a command until it stands in the journal, so that the next look shows what was done.
func (p *player) give(ctx context.Context, client *api.Client, c api.Command) error {
	c.ID = rand.Text()
	return p.again(ctx, func() error {
		receipt, err := client.Give(ctx, p.stream, c)
		if err == nil && receipt.Status != api.StatusDone {
			return errNotYet
		}
		return err
	})
}

var errNotYet = errors.New("kommandot är mottaget men inte inskrivet i journalen")

// again asks until there is an answer: a command that is asked with the same id is done once, however often it is asked.
func (p *player) again(ctx context.Context, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := ask()
		var (
			problem     *api.Problem
			unreachable *api.Unreachable
		)
		unknown := errors.As(err, &problem) && problem.Exit() == api.ExitUnknown
		if !unknown && !errors.As(err, &unreachable) && !errors.Is(err, errNotYet) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}
