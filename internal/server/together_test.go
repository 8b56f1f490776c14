package server_test

import (
	"fmt"
	"sync"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Many people give commands to one cycle in the same moment, a no among them: each has an answer of their own, every
// command stands in the journal once, and Temporal was asked fewer times than they were many.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	const people, times = 8, 4
	receipts := make([]api.Receipt, people*times)
	var wait sync.WaitGroup
	for who := range people {
		wait.Go(func() {
			for n := range times {
				i := who*times + n
				c := api.Command{ID: fmt.Sprintf("at-once-%d", i), Kind: domain.CmdComment, Text: fmt.Sprintf("Kommentar %d (påhittat)", i)}
				if who == 0 {
					c.Step = "finns-inte/KS"
				}
				var err error
				receipts[i], err = d.As(writer).Give(t.Context(), stream, c)
				if who == 0 {
					if p := refusal(t, err); p.Code != domain.CodeUnknownStep {
						t.Errorf("%s: %+v", c.ID, p)
					}
				} else if err != nil {
					t.Errorf("%s: %v", c.ID, err)
				}
			}
		})
	}
	wait.Wait()
	seen := map[uint64]bool{}
	for i, r := range receipts[times:] {
		if seen[r.First] || r.First != r.Last {
			t.Errorf("answer %d: %+v", i, r)
		}
		seen[r.First] = true
		e, err := d.Store.Entry(t.Context(), stream, r.First)
		ok(t, err)
		if e.Event.Command != r.ID || r.Status == api.StatusDone && (r.Index == nil || *r.Index != e.Index || r.Leaf == "" || r.At != e.Event.At) {
			t.Errorf("answer %d is %+v, and the journal has %s at %d", i, r, e.Event.Command, e.Index)
		}
	}
	accepted := 0
	for events := d.Temporal.GetWorkflowHistory(t.Context(), stream, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		e, err := events.Next()
		ok(t, err)
		if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED {
			accepted++
		}
	}
	if carriedOut := (people - 1) * times; accepted >= carriedOut {
		t.Errorf("Temporal took %d updates for %d commands", accepted, carriedOut)
	}
}
