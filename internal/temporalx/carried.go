package temporalx

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"arshjul/activities"
	"arshjul/workflows"
)

// Carrier is where Temporal's history holds an entry: the Journal activity that wrote it down.
type Carrier struct {
	Workflow, Run string
	Event         int64 // of the run's history
}

// ErrNotCarried means that no history that is left holds the entry: its run is older than what the server keeps.
var ErrNotCarried = errors.New("temporalx: no history that is left carries the entry")

// CarrierOf finds the run and the event that carried an entry of a stream, from the newest run back. It reads whole histories,
// so it is for when somebody asks, not for every page.
func CarrierOf(ctx context.Context, c client.Client, stream string, seq uint64) (Carrier, error) {
	dc, err := DataConverter()
	if err != nil {
		return Carrier{}, err
	}
	for run := ""; ; {
		h, err := runHistory(ctx, c, stream, run)
		if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
			return Carrier{}, ErrNotCarried
		}
		if err != nil {
			return Carrier{}, err
		}
		began := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
		if run == "" {
			run = began.GetOriginalExecutionRunId()
		}
		first := uint64(0)
		for _, e := range h.Events {
			asked := e.GetActivityTaskScheduledEventAttributes()
			if asked.GetActivityType().GetName() != workflows.ActivityJournal {
				continue
			}
			var b activities.JournalBatch
			if err := dc.FromPayloads(asked.GetInput(), &b); err != nil {
				return Carrier{}, fmt.Errorf("event %d: %w", e.GetEventId(), err)
			}
			for i := range b.Events {
				if first == 0 {
					first = b.Events[i].Seq
				}
				if b.Events[i].Seq == seq {
					return Carrier{stream, run, e.GetEventId()}, nil
				}
			}
		}
		if run = began.GetContinuedExecutionRunId(); run == "" || first != 0 && first <= seq {
			return Carrier{}, ErrNotCarried
		}
	}
}
