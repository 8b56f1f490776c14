package temporalx_test

import (
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"arshjul/domain"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func retention(t *testing.T, c client.Client, namespace string) time.Duration {
	t.Helper()
	d, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil {
		t.Fatal(err)
	}
	return d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
}

// A worker must not start on a namespace that was not set up; set up, it may, and set-up can be run again.
func TestSetupAndCheck(t *testing.T) {
	address, namespace := stacktest.Namespace(t)
	c := dialTo(t, address, namespace)
	if err := temporalx.Check(t.Context(), c, namespace); err == nil || !strings.Contains(err.Error(), "sökattributet Kommun saknas") {
		t.Errorf("a bare namespace: %v", err)
	}
	for range 2 {
		if err := temporalx.Setup(t.Context(), address, namespace); err != nil {
			t.Fatal(err)
		}
		if err := temporalx.Check(t.Context(), c, namespace); err != nil {
			t.Error(err)
		}
	}
	if got := retention(t, c, namespace); got != temporalx.Retention || got < 12*365*24*time.Hour {
		t.Errorf("histories are kept for %v", got)
	}
	set := func(d time.Duration) {
		if _, err := c.WorkflowService().UpdateNamespace(t.Context(), &workflowservice.UpdateNamespaceRequest{Namespace: namespace,
			Config: &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(d)}}); err != nil {
			t.Fatal(err)
		}
	}
	set(30 * 24 * time.Hour)
	if err := temporalx.Check(t.Context(), c, namespace); err == nil || !strings.Contains(err.Error(), "30 dygn, och 4500 behövs") {
		t.Errorf("a short retention: %v", err)
	}
	set(2 * temporalx.Retention)
	if err := temporalx.Setup(t.Context(), address, namespace); err != nil {
		t.Fatal(err)
	}
	if got := retention(t, c, namespace); got != 2*temporalx.Retention {
		t.Errorf("set-up shortened the retention to %v", got)
	}
}

func TestAnAttributeOfAnotherType(t *testing.T) {
	address, namespace := stacktest.Namespace(t)
	c := dialTo(t, address, namespace)
	if _, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{Namespace: namespace,
		SearchAttributes: map[string]enumspb.IndexedValueType{"Kommun": enumspb.INDEXED_VALUE_TYPE_INT}}); err != nil {
		t.Fatal(err)
	}
	if err := temporalx.Setup(t.Context(), address, namespace); err == nil || !strings.Contains(err.Error(), "typen Int och måste vara Keyword") {
		t.Errorf("%v", err)
	}
}

// What people see in Temporal's own pages: the title, the search attributes, and that they follow through a jump.
func TestWhatTemporalShows(t *testing.T) {
	c := dial(t)
	work(t, c)
	stream, first := launch(t, "start")
	if _, err := temporalx.Start(t.Context(), c, stream, first); err != nil {
		t.Fatal(err)
	}
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) string {
		t.Helper()
		d, err := c.DescribeWorkflow(t.Context(), stream, "")
		if err != nil {
			t.Fatal(err)
		}
		a := d.TypedSearchAttributes
		kommun, _ := a.GetKeyword(workflows.AttrKommun)
		year, _ := a.GetInt64(workflows.AttrBudgetYear)
		stage, _ := a.GetKeyword(workflows.AttrCycleStage)
		exercise, hasExercise := a.GetBool(workflows.AttrExercise)
		next, hasNext := a.GetTime(workflows.AttrNextDeadline)
		deadline := domain.NewDate(first.Launch.Year-1, 4, 1).Start()
		if kommun != first.Launch.Kommun || year != int64(first.Launch.Year) || stage != "planering" || exercise || !hasExercise || !hasNext || domain.InstantOf(next) != deadline {
			t.Errorf("%s: %v", when, a.GetUntypedValues())
		}
		var title string
		if v := d.Memo.GetFields()["Titel"]; v == nil {
			t.Errorf("%s: no title", when)
		} else if err := dc.FromPayload(v, &title); err != nil || title != workflows.Title(stream) {
			t.Errorf("%s: titled %q, %v", when, title, err)
		}
		return d.WorkflowExecution.RunID
	}
	was := check("in the first run")
	d, err := c.DescribeWorkflow(t.Context(), stream, "")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := d.GetStaticSummary(); err != nil || s != workflows.Title(stream) {
		t.Errorf("summary %q, %v", s, err)
	}
	if err := temporalx.Roll(t.Context(), c, stream); err != nil {
		t.Fatal(err)
	}
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		v, err := c.QueryWorkflow(t.Context(), stream, "", workflows.QueryState)
		if err != nil {
			t.Fatal(err)
		}
		var view workflows.View
		if err := v.Get(&view); err != nil {
			t.Fatal(err)
		}
		if now, err := c.DescribeWorkflow(t.Context(), stream, ""); err != nil {
			t.Fatal(err)
		} else if now.WorkflowExecution.RunID != was && view.Turns > 0 {
			break
		}
		<-poll.C
	}
	check("after a jump")
}
