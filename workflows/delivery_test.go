package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// delivered plays delivery in the test environment, where time jumps: each look is answered in turn, and the run is told to
// roll after the last. It gives what each look was asked, and when.
func delivered(t *testing.T, wake time.Duration, answers ...func(now domain.Instant) (activities.SendResult, error)) (asked []string, err error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporalx.Logger(zap.NewNop()))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(idle)
	begin := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	env.SetStartTime(begin)
	workflows.Register(env, workflows.Workflows{})
	env.RegisterActivityWithOptions(func(_ context.Context, in activities.SendInput) (activities.SendResult, error) {
		now := env.Now()
		if in.Kommun != "9999" {
			t.Errorf("asked for %s", in.Kommun)
		}
		asked = append(asked, fmt.Sprintf("%s %t", now.Sub(begin).Round(time.Second), in.Patient))
		if len(asked) == len(answers) {
			env.SignalWorkflow(workflows.SignalRoll, nil)
		}
		if len(asked) > len(answers) {
			t.Fatal("asked once more than the test has answers")
		}
		return answers[len(asked)-1](domain.InstantOf(now))
	}, activity.RegisterOptions{Name: workflows.ActivitySend})
	if wake > 0 {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalWake, nil) }, wake)
	}
	env.ExecuteWorkflow(workflows.TypeDelivery, workflows.DeliveryInput{Kommun: "9999"})
	if !env.IsWorkflowCompleted() {
		t.Fatal("delivery still runs")
	}
	return asked, env.GetWorkflowError()
}

func in(wait time.Duration) func(domain.Instant) (activities.SendResult, error) {
	return func(now domain.Instant) (activities.SendResult, error) {
		return activities.SendResult{Next: now + domain.Instant(wait/time.Millisecond)}, nil
	}
}

func TestDeliveryLooksWhenItWasToldTo(t *testing.T) {
	behind := func(now domain.Instant) (activities.SendResult, error) {
		return activities.SendResult{Next: now + 10_000, Behind: true}, nil
	}
	for _, tt := range []struct {
		name    string
		wake    time.Duration
		answers []func(domain.Instant) (activities.SendResult, error)
		want    []string
	}{
		{"it sleeps", 0, []func(domain.Instant) (activities.SendResult, error){in(time.Hour), in(20 * time.Minute), in(time.Hour)}, []string{"0s true", "1h0m0s true", "1h20m0s true"}},
		{"it is woken", 10 * time.Minute, []func(domain.Instant) (activities.SendResult, error){in(time.Hour), in(time.Hour), in(time.Hour)}, []string{"0s true", "10m0s true", "1h10m0s true"}},
		{"what is past is soon", 0, []func(domain.Instant) (activities.SendResult, error){in(-time.Hour), in(0), in(time.Hour)}, []string{"0s true", "1s true", "2s true"}},
		{"its patience ends, and comes back", 0, []func(domain.Instant) (activities.SendResult, error){behind, behind, behind, behind, behind, behind, in(time.Hour), in(time.Hour)},
			[]string{"0s true", "10s true", "20s true", "30s true", "40s true", "50s true", "1m0s false", "1h1m0s true"}},
		{"it is never refused for good", 0, []func(domain.Instant) (activities.SendResult, error){
			func(domain.Instant) (activities.SendResult, error) {
				return activities.SendResult{}, temporal.NewNonRetryableApplicationError("nej", "nej", nil)
			}, in(time.Hour)}, []string{"0s true", "1m0s true"}},
		{"an error is tried again", 0, []func(domain.Instant) (activities.SendResult, error){
			func(domain.Instant) (activities.SendResult, error) {
				return activities.SendResult{}, errors.New("no database")
			}, in(time.Hour)}, []string{"0s true", "1s true"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked, err := delivered(t, tt.wake, tt.answers...)
			if !slices.Equal(asked, tt.want) {
				t.Errorf("looked %q, want %q", asked, tt.want)
			}
			var again *workflow.ContinueAsNewError
			if !errors.As(err, &again) || again.WorkflowType.Name != workflows.TypeDelivery {
				t.Errorf("a roll ended it with %v", err)
			}
		})
	}
}

func TestDeliverysHistoryStaysBounded(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporalx.Logger(zap.NewNop()))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(idle)
	workflows.Register(env, workflows.Workflows{})
	looks := 0
	env.RegisterActivityWithOptions(func(context.Context, activities.SendInput) (activities.SendResult, error) {
		looks++
		return in(time.Hour)(domain.InstantOf(env.Now()))
	}, activity.RegisterOptions{Name: workflows.ActivitySend})
	env.SetWorkflowRunTimeout(365 * 24 * time.Hour)
	env.ExecuteWorkflow(workflows.TypeDelivery, workflows.DeliveryInput{Kommun: "9999"})
	var again *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &again) || looks != 400 {
		t.Errorf("after %d looks: %v", looks, err)
	}
}

func TestDeliverysSummaryIsShortEnough(t *testing.T) {
	for want, r := range map[string]activities.SendResult{
		"3 skickade; ser efter igen 2027-03-01 07.30":                                         {Sent: 3},
		"0 skickade, 2 senare, 1 misslyckade; ser efter igen 2027-03-01 07.30":                {Later: 2, Failed: 1},
		"e-postservern går inte att använda; ser efter igen 2027-03-01 07.30":                 {Down: true, Later: 1},
		"mejlen hålls tills någon släpper dem; ser efter igen 2027-03-01 07.30":               {Held: true},
		"väntar på en cykel som inte är i tid; ser efter igen 2027-03-01 07.30":               {Behind: true},
		"999999 skickade, 999999 senare, 999999 misslyckade; ser efter igen 2027-03-01 07.30": {Sent: 999999, Later: 999999, Failed: 999999},
	} {
		r.Next = domain.InstantOf(time.Date(2027, 3, 1, 6, 30, 0, 0, time.UTC))
		got := workflows.SendSummary(r)
		p, err := converter.GetDefaultDataConverter().ToPayload(got)
		if err != nil || got != want || proto.Size(p) > 400 {
			t.Errorf("%q (%d bytes), want %q, %v", got, proto.Size(p), want, err)
		}
	}
}

// On the real server: begun once however often, woken, rolled, and nothing in history but the kommunkod and numbers.
func TestDeliveryOnTheServer(t *testing.T) {
	r := newRig(t)
	kommun := newTown().kommun
	looks, _ := r.deliver()
	r.playDelivery(kommun, looks)
	id := workflows.DeliveryID(kommun)
	for run := range map[string]bool{"": true, r.history(id, "")[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(): true} {
		for _, e := range r.history(id, run) {
			if text := e.String(); strings.Contains(text, "@") && strings.Contains(text, "invalid") {
				t.Errorf("history holds an address: %s", text)
			}
		}
	}
}

// deliver starts a worker whose sending counts its looks and sends nothing, and returns what stops it.
func (r *rig) deliver() (looks *atomic.Int64, stop func()) {
	r.t.Helper()
	looks = &atomic.Int64{}
	wk := temporalx.NewWorker(r.client)
	workflows.Register(wk, workflows.Workflows{})
	wk.RegisterActivityWithOptions(func(context.Context, activities.SendInput) (activities.SendResult, error) {
		n := looks.Add(1)
		return activities.SendResult{Next: domain.InstantOf(time.Now().Add(time.Hour)), Sent: int(n)}, nil
	}, activity.RegisterOptions{Name: workflows.ActivitySend})
	if err := wk.Start(); err != nil {
		r.t.Fatal(err)
	}
	stop = sync.OnceFunc(wk.Stop)
	r.t.Cleanup(stop)
	return looks, stop
}

func (r *rig) playDelivery(kommun string, looks *atomic.Int64) {
	r.t.Helper()
	id := workflows.DeliveryID(kommun)
	looked := func(n int64) {
		r.t.Helper()
		r.until(fmt.Sprintf("%d looks", n), func() bool { return looks.Load() >= n })
	}
	for range 3 {
		if err := temporalx.StartDelivery(r.t.Context(), r.client, kommun); err != nil {
			r.t.Fatal(err)
		}
	}
	first := r.runID(id)
	looked(1)
	// It is asleep once its timer is in history.
	r.until("it sleeps", func() bool {
		h := r.history(id, "")
		return slices.ContainsFunc(h, func(e *historypb.HistoryEvent) bool { return e.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED })
	})
	if err := temporalx.WakeDelivery(r.t.Context(), r.client, kommun); err != nil {
		r.t.Fatal(err)
	}
	looked(2)
	if now := r.runID(id); now != first {
		r.t.Errorf("it was begun anew: %s, not %s", now, first)
	}
	r.roll(id)
	looked(3)
}

// recordDelivery writes the histories of two runs of delivery.
func (r *rig) recordDelivery(dir string) {
	r.t.Helper()
	looks, stop := r.deliver()
	defer stop()
	r.playDelivery("9002", looks)
	id := workflows.DeliveryID("9002")
	r.until("it sleeps", func() bool {
		h := r.history(id, "")
		return h[len(h)-1].GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED
	})
	r.save(dir, "delivery", id)
}
