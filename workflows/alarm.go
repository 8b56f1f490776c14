package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
)

// alarm is the one timer of a run; the zero alarm is not set.
type alarm struct {
	at     domain.Instant
	timer  workflow.Future
	cancel workflow.CancelFunc
}

// rung tells whether the timer has fired.
func (a *alarm) rung() bool { return a.timer != nil && a.timer.IsReady() }

// set makes the alarm ring at an instant (0 = never). An alarm that waits for it already is left alone, any other is
// cancelled: a forgotten timer would wake the workflow months later.
func (a *alarm) set(ctx workflow.Context, at domain.Instant, s *domain.State) {
	if at == a.at {
		return
	}
	if a.cancel != nil {
		a.cancel()
	}
	*a = alarm{at: at}
	if at == 0 {
		return
	}
	timer, cancel := workflow.WithCancel(ctx)
	a.cancel = cancel
	// A timer of no time at all would leave no trace in history, and whether it is one depends on the rules.
	wait := max(at.Time().Sub(workflow.Now(ctx)), time.Second)
	a.timer = workflow.NewTimerWithOptions(timer, wait, workflow.TimerOptions{Summary: dueSummary(s, at)})
}
