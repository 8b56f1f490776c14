package stacktest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"arshjul/internal/stack"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

var namespaces atomic.Int64 // numbers their names

// Namespace creates a Temporal namespace for this test alone, usable at return, on the package's shared server.
func Namespace(t testing.TB) (address, namespace string) {
	t.Helper()
	address = Temporal(t).TemporalAddress()
	namespace = fmt.Sprintf("test-%d", namespaces.Add(1))
	NamespaceAt(t, address, namespace)
	return address, namespace
}

// NamespaceAt creates a namespace on a given server, with a retention of a day, and waits until it can be used.
func NamespaceAt(t testing.TB, address, namespace string) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	defer conn.Close()
	frontend := workflowservice.NewWorkflowServiceClient(conn)
	_, err = frontend.RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace:                        namespace,
		WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		t.Fatalf("stacktest: create namespace %s: %v", namespace, err)
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := stack.NamespaceServes(t.Context(), conn, namespace)
		if err == nil {
			return
		}
		select {
		case <-poll.C:
		case <-t.Context().Done():
			t.Fatalf("stacktest: namespace %s cannot be used: %v", namespace, err)
		}
	}
}
