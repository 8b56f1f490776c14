package temporalx_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func TestAnswers(t *testing.T) {
	c := dial(t)
	work(t, c)
	ctx := t.Context()
	stream, first := launch(t, "start")
	_, err := temporalx.Send(ctx, c, stream, comment("c0"))
	refused(t, err, domain.CodeUnknownStream)
	receipt, err := temporalx.Start(ctx, c, stream, first)
	if err != nil || receipt != (workflows.Receipt{Stream: stream, First: 1, Last: 2, Body: first.Body()}) {
		t.Fatalf("started with %+v, %v", receipt, err)
	}
	if again, err := temporalx.Start(ctx, c, stream, first); err != nil || again != receipt {
		t.Errorf("started again with the same id: %+v, %v", again, err)
	}
	other := first
	other.ID = "start-2"
	_, err = temporalx.Start(ctx, c, stream, other)
	refused(t, err, domain.CodeCycleExists)
	got, err := temporalx.Send(ctx, c, stream, comment("c1"))
	if err != nil || got != (workflows.Receipt{Stream: stream, First: 3, Last: 3, Body: comment("c1").Body()}) {
		t.Errorf("%+v, %v", got, err)
	}
	otherBody := comment("c1")
	otherBody.Step = "underlag/SLF"
	_, err = temporalx.Send(ctx, c, stream, otherBody)
	refused(t, err, domain.CodeIDReused)
	stranger := comment("c2")
	stranger.Actor = "p-okand"
	_, err = temporalx.Send(ctx, c, stream, stranger)
	refused(t, err, domain.CodeUnknownPerson)

	cancel := domain.Command{ID: "stop", Kind: domain.CmdCancel, Actor: "p-cykelansvarig", Text: comment("").Text}
	if _, err := temporalx.Send(ctx, c, stream, cancel); err != nil {
		t.Fatal(err)
	}
	var end workflows.Result
	if err := c.GetWorkflow(ctx, stream, "").Get(ctx, &end); err != nil || end.Seq != 4 {
		t.Errorf("ended with %+v, %v", end, err)
	}
	_, err = temporalx.Send(ctx, c, stream, comment("c3"))
	refused(t, err, domain.CodeCycleEnded)
	_, err = temporalx.Start(ctx, c, stream, other)
	refused(t, err, domain.CodeCycleExists)
}

// The door says no before a workflow exists; a workflow that says no itself leaves its name free for another try.
func TestARefusedLaunchBlocksNothing(t *testing.T) {
	c := dial(t)
	work(t, c)
	ctx := t.Context()
	stream, first := launch(t, "start")
	no := first
	no.Actor = "p-chef"
	_, err := temporalx.Start(ctx, c, stream, no)
	refused(t, err, domain.CodeRoleNotHeld)
	_, err = temporalx.Send(ctx, c, stream, comment("c1"))
	refused(t, err, domain.CodeUnknownStream)
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue}, workflows.TypeCycle, workflows.Begin(stream, no))
	if err != nil {
		t.Fatal(err)
	}
	var end workflows.Result
	if err := run.Get(ctx, &end); err != nil || end.Refused != domain.CodeRoleNotHeld {
		t.Fatalf("ended with %+v, %v", end, err)
	}
	if receipt, err := temporalx.Start(ctx, c, stream, first); err != nil || receipt.First != 1 {
		t.Errorf("%+v, %v", receipt, err)
	}
	_, err = temporalx.Start(ctx, c, "meeting/1283", first)
	refused(t, err, domain.CodeUnknownStream)
}

// Two launches of the same cycle in the same moment: one is carried out, the other refused.
func TestTwoLaunchAtOnce(t *testing.T) {
	c := dial(t)
	work(t, c)
	stream, first := launch(t, "one")
	second := first
	second.ID = "two"
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, cmd := range []domain.Command{first, second} {
		wg.Go(func() { _, errs[i] = temporalx.Start(t.Context(), c, stream, cmd) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			refused(t, err, domain.CodeCycleExists)
		}
	}
	if won != 1 {
		t.Errorf("%d of two launches were carried out: %v", won, errs)
	}
}

// No answer in time is never a no; the same command asked again gives the answer.
func TestUnknown(t *testing.T) {
	c := dial(t)
	stream, first := launch(t, "start")
	impatient, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // nobody works
	defer cancel()
	_, err := temporalx.Start(impatient, c, stream, first)
	var unknown *temporalx.Unknown
	if !errors.As(err, &unknown) || unknown.Stream != stream || unknown.Command != "start" || unknown.Unwrap() == nil {
		t.Fatalf("%v", err)
	}
	var no *domain.Refusal
	if errors.As(err, &no) {
		t.Errorf("the unknown reads as a no: %v", no)
	}
	work(t, c)
	if receipt, err := temporalx.Start(t.Context(), c, stream, first); err != nil || receipt.First != 1 {
		t.Errorf("asked again: %+v, %v", receipt, err)
	}
}

// A fault of the installation is neither a no nor unknown.
func TestFaults(t *testing.T) {
	c := dial(t)
	elsewhere := dialTo(t, shared.address, "no-such-namespace")
	stream, _ := launch(t, "start")
	_, err := temporalx.Send(t.Context(), elsewhere, stream, comment("c1"))
	var unknown *temporalx.Unknown
	var no *domain.Refusal
	if err == nil || errors.As(err, &unknown) || errors.As(err, &no) {
		t.Errorf("a missing namespace: %v", err)
	}
	if err := temporalx.Roll(t.Context(), c, "cycle/0000/2028"); err == nil {
		t.Error("a stream that does not exist was told to roll")
	}
}
