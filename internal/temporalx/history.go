package temporalx

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/workflows"
)

// recorded is what Temporal's histories of a stream, over all its runs, say was journalled.
type recorded struct {
	cut    bool                // the histories of its first runs are gone
	events map[uint64][]byte   // the leaf of every event of every batch, by sequence number
	acked  map[uint64]struct{} // those that the workflow was told are written
	last   uint64              // the greatest of them
	// batches are those with events, the newest run's first, each run's in order.
	batches []recordedBatch
	// resumed is the state with which the first run began, when it was not the stream's beginning: its log goes further back
	// than its histories. Seq 0 = it was.
	resumed domain.State
}

// recordedBatch is a batch as a run's history holds it.
type recordedBatch struct {
	activities.JournalBatch
	run   string
	acked bool // the workflow was told that it is written
	at    time.Time
}

// history reads a stream's runs back to the first that is left. A workflow that does not exist is a *serviceerror.NotFound.
func history(ctx context.Context, c client.Client, stream string) (*recorded, error) {
	dc, err := DataConverter()
	if err != nil {
		return nil, err
	}
	r := &recorded{events: map[uint64][]byte{}, acked: map[uint64]struct{}{}}
	for run := ""; ; {
		h, err := runHistory(ctx, c, stream, run)
		if missing := (*serviceerror.NotFound)(nil); run != "" && errors.As(err, &missing) {
			r.cut = true
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		if err := r.read(dc, h.Events); err != nil {
			return nil, fmt.Errorf("history of %s: %w", stream, err)
		}
		begun := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
		if run = begun.GetContinuedExecutionRunId(); run == "" {
			var in workflows.Input
			if err := dc.FromPayloads(begun.GetInput(), &in); err != nil {
				return nil, fmt.Errorf("history of %s: what it began with: %w", stream, err)
			}
			r.resumed = in.State
			return r, nil
		}
	}
}

// runHistory reads the history of one run; "" is the current one.
func runHistory(ctx context.Context, c client.Client, stream, run string) (*historypb.History, error) {
	h := &historypb.History{}
	for i := c.GetWorkflowHistory(ctx, stream, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
		e, err := i.Next()
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", stream, err)
		}
		h.Events = append(h.Events, e)
	}
	if len(h.Events) == 0 {
		return nil, fmt.Errorf("the history of %s is empty", stream)
	}
	return h, nil
}

func (r *recorded) read(dc converter.DataConverter, events []*historypb.HistoryEvent) error {
	batches := map[int64]int{} // where in r.batches, by the event that asked for it
	run := events[0].GetWorkflowExecutionStartedEventAttributes().GetOriginalExecutionRunId()
	for _, e := range events {
		if asked := e.GetActivityTaskScheduledEventAttributes(); asked.GetActivityType().GetName() == workflows.ActivityJournal {
			var b activities.JournalBatch
			if err := dc.FromPayloads(asked.GetInput(), &b); err != nil {
				return fmt.Errorf("event %d: %w", e.GetEventId(), err)
			}
			if len(b.Events) > 0 {
				batches[e.GetEventId()] = len(r.batches)
				r.batches = append(r.batches, recordedBatch{JournalBatch: b, run: run, at: e.GetEventTime().AsTime()})
			}
			for i := range b.Events {
				r.events[b.Events[i].Seq] = b.Events[i].Encode()
				r.last = max(r.last, b.Events[i].Seq)
			}
		}
		if done := e.GetActivityTaskCompletedEventAttributes(); done != nil {
			if at, found := batches[done.GetScheduledEventId()]; found {
				b := &r.batches[at]
				b.acked, b.at = true, e.GetEventTime().AsTime()
				for i := range b.Events {
					r.acked[b.Events[i].Seq] = struct{}{}
				}
			}
		}
	}
	return nil
}

// first is the first event of the histories, 0 when they have none.
func (r *recorded) first() (first uint64) {
	for seq := range r.events {
		if first == 0 || seq < first {
			first = seq
		}
	}
	return first
}
