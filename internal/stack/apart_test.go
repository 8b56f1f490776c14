package stack_test

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// Temporal's four services as four processes: any of them may die alone, and is back.
func TestTemporalApart(t *testing.T) {
	t.Parallel()
	s := stacktest.NewApart(t)
	if s.Temporal() != nil {
		t.Error("there is a process with all of Temporal too")
	}
	conn, err := grpc.NewClient(s.TemporalAddress(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stacktest.NamespaceAt(t, s.TemporalAddress(), "apart")
	var pids []int
	for _, name := range []string{"frontend", "history", "matching", "worker"} {
		child := s.TemporalService(name)
		before := child.PID()
		if err := child.Halt(t.Context(), stack.Kill); err != nil {
			t.Fatal(err)
		}
		if name == "history" {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := stack.NamespaceServes(ctx, conn, "apart"); err == nil {
				t.Error("workflows are reached without the history service")
			}
			cancel()
		}
		if err := child.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if child.PID() == before {
			t.Errorf("%s is the same process", name)
		}
		pids = append(pids, child.PID())
	}
	if slices.Sort(pids); len(slices.Compact(pids)) != 4 {
		t.Errorf("the services' processes are %v", pids)
	}
	serves := func() error { return stack.NamespaceServes(t.Context(), conn, "apart") }
	until(t, serves)
	// A service that dies by itself is started again.
	history := s.TemporalService("history")
	before := history.PID()
	if err := history.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, func() error {
		if history.PID() == before {
			return errors.New("the history service is not started again")
		}
		return nil
	})
	until(t, serves)
	d, err := workflowservice.NewWorkflowServiceClient(conn).DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "apart"})
	if err != nil || d.GetNamespaceInfo().GetName() != "apart" {
		t.Errorf("the namespace is %v: %v", d, err)
	}
}

func until(t *testing.T, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-poll.C:
		}
	}
}
