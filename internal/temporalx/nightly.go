package temporalx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"arshjul/workflows"
)

const (
	// nightlyHour and nightlyMinute are when the comparisons begin, in UTC, which needs no zone file in Temporal's server:
	// at 02.15 in Stockholm in winter, and 03.15 in summer.
	nightlyHour, nightlyMinute = 1, 15
	// nightlySpread keeps the municipalities from being compared all at once; each has its own moment within it.
	nightlySpread = time.Hour
	// nightlyTime is after how long a comparison that gets nowhere gives up: before the next.
	nightlyTime = 20 * time.Hour
)

// ScheduleReconcile has a municipality's workflows, log and lists compared every night, unless that is arranged already.
func ScheduleReconcile(ctx context.Context, c client.Client, kommun string) error {
	id := workflows.ReconcileID(kommun)
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: id,
		Spec: client.ScheduleSpec{
			Calendars: []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: nightlyHour}}, Minute: []client.ScheduleRange{{Start: nightlyMinute}}}},
			Jitter:    nightlySpread,
		},
		// A night that was missed, because Temporal was down, is made up for if it was within a day.
		CatchupWindow: 24 * time.Hour,
		Action: &client.ScheduleWorkflowAction{
			ID:                       id,
			Workflow:                 workflows.TypeReconcile,
			Args:                     []any{workflows.ReconcileInput{Kommun: kommun}},
			TaskQueue:                workflows.TaskQueue,
			WorkflowExecutionTimeout: nightlyTime,
			TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrKommun.ValueSet(kommun)),
			StaticSummary:            workflows.Title(id),
			StaticDetails:            "Jämför arbetsflöden, logg och listor och skriver ned vad som kom fram. Ändrar inget annat.",
		},
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("schedule %s: %w", id, err)
	}
	return nil
}
