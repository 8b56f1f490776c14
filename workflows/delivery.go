package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
	"arshjul/domain"
)

// DeliveryID names the workflow that tells a municipality's people.
func DeliveryID(kommun string) string { return "delivery/" + kommun }

// DeliveryInput is what a run of delivery begins with. It stands in history for ever: members may be added, never renamed.
type DeliveryInput struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
}

const (
	// sendTime is how long an activity may take before it is begun again; it stops by itself long before.
	sendTime = 2 * time.Minute
	// sendBeat is how long an activity may be silent before its worker counts as dead.
	sendBeat = 20 * time.Second
	// mostLooks bounds the history of a run.
	mostLooks = 400
	// patientLooks is how often it waits for a cycle that is behind, a few seconds each time.
	patientLooks = 6
)

// delivery sends what the journal has to tell people, one activity at a time: it looks, sleeps until the activity said to
// look again or somebody wakes it, and looks again. It remembers nothing: what is to be sent stands in the database, and
// cycles never send. So a mail server that is dead holds up no cycle, and a run that ends leaves nothing behind.
func (w Workflows) delivery(ctx workflow.Context, in DeliveryInput) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	wakes, rolls := workflow.GetSignalChannel(ctx, SignalWake), workflow.GetSignalChannel(ctx, SignalRoll)
	behind := 0
	for looks := 0; ; looks++ {
		for wakes.ReceiveAsync(nil) {
		}
		if rolls.ReceiveAsync(nil) || looks == mostLooks || looks > 0 && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			for rolls.ReceiveAsync(nil) {
			}
			// The next run looks at once, so a wake that came meanwhile is answered there.
			return workflow.NewContinueAsNewError(ctx, TypeDelivery, in)
		}
		got := look(ctx, activities.SendInput{Kommun: in.Kommun, Patient: behind < patientLooks})
		if behind++; !got.Behind {
			behind = 0
		}
		// A timer of no time at all would leave no trace in history.
		wait := max(got.Next.Time().Sub(workflow.Now(ctx)), time.Second)
		_, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{Timeout: wait, TimerOptions: workflow.TimerOptions{Summary: sendSummary(got)}},
			func() bool { return wakes.Len() > 0 || rolls.Len() > 0 })
		if err != nil {
			return err
		}
	}
}

// look has the activity done. Its retries have no end; an error that forbids them is tried again too, after a while.
func look(ctx workflow.Context, in activities.SendInput) (got activities.SendResult) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: sendTime,
		HeartbeatTimeout:    sendBeat,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
		Summary:             "meddelar dem som har något att göra",
	})
	if err := workflow.ExecuteActivity(ctx, ActivitySend, in).Get(ctx, &got); err != nil {
		workflow.GetLogger(ctx).Error("sending refused for good; it is asked again", "kommun", in.Kommun, "error", err)
		got = activities.SendResult{Next: domain.InstantOf(workflow.Now(ctx).Add(time.Minute))}
	}
	return got
}

// sendSummary tells whoever looks in Temporal what was done, and until when it sleeps.
func sendSummary(got activities.SendResult) string {
	what := fmt.Sprintf("%d skickade", got.Sent)
	switch {
	case got.Down:
		what = "e-postservern går inte att använda"
	case got.Held:
		what = "mejlen hålls tills någon släpper dem"
	case got.Behind:
		what = "väntar på en cykel som inte är i tid"
	case got.Later+got.Failed > 0:
		what += fmt.Sprintf(", %d senare, %d misslyckade", got.Later, got.Failed)
	}
	return what + "; ser efter igen " + got.Next.Time().In(domain.Stockholm).Format("2006-01-02 15.04")
}
