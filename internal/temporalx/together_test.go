package temporalx_test

import (
	"errors"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// Commands that come together are answered one by one, a no among them stops no other, and they cost Temporal what one does.
// A run by older rules, which takes none together, is given them one by one.
func TestTogether(t *testing.T) {
	c := dial(t)
	work(t, c)
	ctx := t.Context()
	accepted := func(stream string) (n int) {
		for events := c.GetWorkflowHistory(ctx, stream, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			e, err := events.Next()
			if err != nil {
				t.Fatal(err)
			}
			if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED {
				n++
			}
		}
		return n
	}
	for _, rules := range []int{domain.CurrentRules, 2} {
		stream, first := launch(t, "start")
		begin := workflows.Begin(stream, first)
		begin.Adopt = rules
		_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue}, workflows.TypeCycle, begin)
		if err != nil {
			t.Fatal(err)
		}
		begun, err := temporalx.Send(ctx, c, stream, first)
		if err != nil {
			t.Fatal(err)
		}
		stranger := comment("c2")
		stranger.Actor = "p-okand"
		other := comment("c1")
		other.Step = "underlag/SLF"
		got := temporalx.SendTogether(ctx, c, stream, []domain.Command{comment("c1"), stranger, comment("c3"), comment("c1"), other})
		for i, want := range []uint64{1, 0, 2, 1, 0} {
			if got[i].Err == nil && got[i].Receipt.Last != begun.Last+want {
				t.Errorf("rules %d: command %d was answered %+v", rules, i, got[i].Receipt)
			}
			if (got[i].Err == nil) != (want > 0) {
				t.Errorf("rules %d: command %d: %v", rules, i, got[i].Err)
			}
		}
		refused(t, got[1].Err, domain.CodeUnknownPerson)
		refused(t, got[4].Err, domain.CodeIDReused)
		if again := temporalx.SendTogether(ctx, c, stream, []domain.Command{comment("c3"), comment("c4")}); again[0] != got[2] || again[1].Err != nil {
			t.Errorf("rules %d: asked again in other company: %+v", rules, again)
		}

		before := accepted(stream)
		if together := rules == domain.CurrentRules; together != (before == 3) { // the first, and each company
			t.Errorf("rules %d: Temporal took %d updates", rules, before)
		}
		for _, a := range temporalx.SendTogether(ctx, c, stream, []domain.Command{stranger, stranger}) {
			refused(t, a.Err, domain.CodeUnknownPerson)
		}
		if after := accepted(stream); after != before {
			t.Errorf("rules %d: what was refused left %d events", rules, after-before)
		}
		cancel := domain.Command{ID: "stop", Kind: domain.CmdCancel, Actor: "p-cykelansvarig", Text: comment("").Text}
		for i, a := range temporalx.SendTogether(ctx, c, stream, []domain.Command{cancel, comment("late")}) {
			if i == 0 && a.Err != nil {
				t.Error(a.Err)
			}
			if i == 1 {
				refused(t, a.Err, domain.CodeCycleEnded)
			}
		}
	}
	none := temporalx.SendTogether(ctx, c, "cycle/9999/2028", []domain.Command{comment("a"), comment("b")})
	for _, a := range none {
		if unknown := (*temporalx.Unknown)(nil); errors.As(a.Err, &unknown) {
			t.Errorf("a stream that never was: %v", a.Err)
		}
		refused(t, a.Err, domain.CodeUnknownStream)
	}
}
