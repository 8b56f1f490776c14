package faults

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// history is what Temporal's decoded histories tell about one stream, over all its runs.
type history struct {
	runs int
	// commands holds the answers that each command got; one that was sent again after a jump is answered again.
	commands map[string][]answer
	// written is every event of every batch that the journal acknowledged, in order.
	written []domain.Event
	// pending is how many events batches carry that the journal has not acknowledged.
	pending int
}

// answer is a command that a workflow accepted, and what it answered.
type answer struct {
	command domain.Command
	receipt *workflows.Receipt // nil: it said no after all, or has not answered yet
}

// chain reads a stream's runs, the oldest first, each with its events.
func chain(ctx context.Context, c client.Client, stream string) (runs [][]*historypb.HistoryEvent, err error) {
	run := ""
	for {
		var events []*historypb.HistoryEvent
		for iter := c.GetWorkflowHistory(ctx, stream, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); iter.HasNext(); {
			e, err := iter.Next()
			if err != nil {
				return nil, fmt.Errorf("history of %s: %w", stream, err)
			}
			events = append(events, e)
		}
		if len(events) == 0 {
			return nil, fmt.Errorf("history of %s is empty", stream)
		}
		runs = append([][]*historypb.HistoryEvent{events}, runs...)
		if run = events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(); run == "" {
			return runs, nil
		}
	}
}

// readHistory decodes a stream's histories.
func readHistory(ctx context.Context, c client.Client, stream string) (*history, error) {
	runs, err := chain(ctx, c, stream)
	if err != nil {
		return nil, err
	}
	dc, err := temporalx.DataConverter()
	if err != nil {
		return nil, err
	}
	h := &history{runs: len(runs), commands: map[string][]answer{}}
	for _, events := range runs {
		if err := h.run(dc, events); err != nil {
			return nil, fmt.Errorf("history of %s: %w", stream, err)
		}
	}
	return h, nil
}

func (h *history) run(dc converter.DataConverter, events []*historypb.HistoryEvent) error {
	accepted := map[int64][]domain.Command{}
	batches := map[int64]activities.JournalBatch{}
	for _, e := range events {
		var err error
		switch e.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			asked := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput()
			all := make([]domain.Command, 1)
			if asked.GetName() == workflows.UpdateCommands {
				err = dc.FromPayloads(asked.GetArgs(), &all)
			} else {
				err = dc.FromPayloads(asked.GetArgs(), &all[0])
			}
			accepted[e.GetEventId()] = all
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
			a := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
			all, found := accepted[a.GetAcceptedEventId()]
			if !found {
				return fmt.Errorf("event %d completes an update that was never accepted", e.GetEventId())
			}
			delete(accepted, a.GetAcceptedEventId())
			answers := make([]workflows.Answer, len(all))
			failed := a.GetOutcome().GetFailure() != nil
			switch {
			case failed:
			case len(all) > 1: // they come together only when they are several
				err = dc.FromPayloads(a.GetOutcome().GetSuccess(), &answers)
			default:
				err = dc.FromPayloads(a.GetOutcome().GetSuccess(), &answers[0].Receipt)
			}
			for i, c := range all {
				told := answer{command: c}
				if !failed && i < len(answers) && answers[i].Refused == "" {
					told.receipt = &answers[i].Receipt
				}
				h.commands[c.ID] = append(h.commands[c.ID], told)
			}
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			a := e.GetActivityTaskScheduledEventAttributes()
			if a.GetActivityType().GetName() != workflows.ActivityJournal {
				continue
			}
			var b activities.JournalBatch
			err = dc.FromPayloads(a.GetInput(), &b)
			batches[e.GetEventId()] = b
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			scheduled := e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId()
			h.written = append(h.written, batches[scheduled].Events...)
			delete(batches, scheduled)
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED: // the workflow sends the batch again
			delete(batches, e.GetActivityTaskFailedEventAttributes().GetScheduledEventId())
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED, enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
			err = errors.New("an activity was given up")
		}
		if err != nil {
			return fmt.Errorf("event %d: %w", e.GetEventId(), err)
		}
	}
	for _, all := range accepted { // accepted, not answered
		for _, c := range all {
			h.commands[c.ID] = append(h.commands[c.ID], answer{command: c})
		}
	}
	h.pending = 0
	for _, b := range batches {
		h.pending += len(b.Events)
	}
	return nil
}
