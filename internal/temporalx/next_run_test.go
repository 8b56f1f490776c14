package temporalx_test

import (
	"fmt"
	"testing"

	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// A receipt says that its run ends, so that who sends more can wait for the next: a moment, instead of the half second for
// which Temporal lets a command wait that comes between two runs. When the stream has ended there is nothing to wait for.
func TestAReceiptSaysThatItsRunEnds(t *testing.T) {
	c := dial(t)
	work(t, c)
	ctx := t.Context()
	stream, first := launch(t, "start")
	begin := workflows.Begin(stream, first)
	begin.State.Size = 1 << 19 // as after some years of commands
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue}, workflows.TypeCycle, begin)
	if err != nil {
		t.Fatal(err)
	}
	current := func() string {
		t.Helper()
		d, err := c.DescribeWorkflowExecution(ctx, stream, "")
		if err != nil {
			t.Fatal(err)
		}
		return d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	}
	begun := current()
	ends := ""
	for n := 0; ends == ""; n++ {
		if n == 100 {
			t.Fatal("3200 commands, and the run does not end")
		}
		var all []domain.Command
		for i := range 32 {
			all = append(all, comment(fmt.Sprintf("c%d-%d", n, i)))
		}
		for _, a := range temporalx.SendTogether(ctx, c, stream, all) {
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			ends = a.Receipt.Ends // once it is said, it is said to all who come after
		}
	}
	if ends != begun {
		t.Errorf("run %s is to end, and %s began", ends, begun)
	}
	if err := temporalx.NextRun(ctx, c, stream, ends); err != nil {
		t.Fatal(err)
	}
	if current() == begun {
		t.Error("the next run has not begun")
	}
	receipt, err := temporalx.Send(ctx, c, stream, comment("after"))
	if err != nil || receipt.Ends != "" {
		t.Errorf("the new run answers %+v, %v", receipt, err)
	}
	last := current()
	if _, err := temporalx.Send(ctx, c, stream, domain.Command{ID: "stop", Kind: domain.CmdCancel, Actor: "p-cykelansvarig", Text: comment("").Text}); err != nil {
		t.Fatal(err)
	}
	if err := c.GetWorkflow(ctx, stream, last).GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true}); err != nil {
		t.Fatal(err)
	}
	if err := temporalx.NextRun(ctx, c, stream, last); err != nil {
		t.Errorf("after the end: %v", err)
	}
}
