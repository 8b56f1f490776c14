package activities

import (
	"context"
	"errors"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
)

// Journal writes what a workflow has decided to the log and the read model.
type Journal struct {
	Store *store.Store
	// Wake makes a municipality's delivery look at once for what to send; nil = nobody delivers.
	Wake func(ctx context.Context, kommun string) error
}

// Journal writes a batch in one transaction and echoes what the workflow means to do next. A batch that was written
// before, because its answer was lost, is left as it stands.
//
// Every error may be retried, and is, for ever: the workflow cannot go on without its journal. A batch that contradicts
// the journal will not get through by itself; it is logged as an error, for somebody to look at.
func (j Journal) Journal(ctx context.Context, batch JournalBatch) (JournalResult, error) {
	done, err := j.Store.Append(ctx, batch.Stream, batch.Events, batch.Expect.Head)
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		activity.GetLogger(ctx).Error("the journal and the workflow contradict each other; nothing is written for this stream until that is solved",
			"stream", conflict.Stream, "seq", conflict.Seq, "conflict", string(conflict.Conflict))
	}
	if err != nil {
		return JournalResult{}, err
	}
	if done.Soon && j.Wake != nil {
		j.wake(ctx, domain.Kommun(batch.Stream))
	}
	return batch.Expect, nil
}

// wake is a courtesy: delivery looks by itself within the hour, and no cycle waits for it.
func (j Journal) wake(ctx context.Context, kommun string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := j.Wake(ctx, kommun); err != nil {
		activity.GetLogger(ctx).Warn("delivery was not woken; it looks by itself within the hour", "kommun", kommun, "error", err)
	}
}
