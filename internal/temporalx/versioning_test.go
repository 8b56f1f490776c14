package temporalx_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"

	"arshjul/activities"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func TestCheckBuild(t *testing.T) {
	for id, ok := range map[string]bool{"2027.2": true, "v1-3_a": true, "": false, ".1": false, "å": false, "a b": false} {
		if err := temporalx.CheckBuild(id); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// A cycle that began without builds goes on with the build that is made current, from there to the next and back again,
// in the middle of its run each time; and with its next run to workers without a build.
func TestOneBuildIsCurrent(t *testing.T) {
	address, namespace := stacktest.Namespace(t)
	if err := temporalx.Setup(t.Context(), address, namespace); err != nil {
		t.Fatal(err)
	}
	c := dialTo(t, address, namespace)
	work(t, c)
	stream, first := launch(t, "start")
	if _, err := temporalx.Start(t.Context(), c, stream, first); err != nil {
		t.Fatal(err)
	}
	if builds, err := temporalx.Builds(t.Context(), c); err != nil || len(builds) > 0 {
		t.Errorf("builds before there are any: %+v, %v", builds, err)
	}
	for n, build := range []string{"1", "2", "1", ""} {
		if n < 2 {
			workAs(t, c, build)
		}
		if err := temporalx.SetCurrent(t.Context(), c, build); err != nil {
			t.Fatal(err)
		}
		builds, err := temporalx.Builds(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range builds {
			if b.Current != (b.ID == build) {
				t.Errorf("%q was made current: %+v", build, builds)
			}
		}
		if build == "" {
			// Out of the builds a run goes only with its next one.
			if err := temporalx.Roll(t.Context(), c, stream); err != nil {
				t.Fatal(err)
			}
		}
		// The services learn of the change a moment later; until then a command is answered by the build before.
		for i := 0; ; i++ {
			if _, err := temporalx.Send(t.Context(), c, stream, comment(fmt.Sprintf("c%d-%d", n, i))); err != nil {
				t.Fatal(err)
			}
			if lastBuild(t, c, stream) == build {
				break
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := temporalx.SetCurrent(ctx, c, "never-seen"); err == nil {
		t.Error("a build without workers is current")
	}
}

// workAs runs a worker of a build, which journals nothing.
func workAs(t *testing.T, c client.Client, build string) {
	t.Helper()
	w := temporalx.NewWorkerOf(c, build)
	workflows.Register(w, workflows.Workflows{})
	w.RegisterActivityWithOptions(func(_ context.Context, b activities.JournalBatch) (activities.JournalResult, error) {
		return b.Expect, nil
	}, activity.RegisterOptions{Name: workflows.ActivityJournal})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

// lastBuild tells which build did the last workflow task of a stream's run.
func lastBuild(t *testing.T, c client.Client, stream string) (build string) {
	t.Helper()
	for i := c.GetWorkflowHistory(t.Context(), stream, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
		e, err := i.Next()
		if err != nil {
			t.Fatal(err)
		}
		if done := e.GetWorkflowTaskCompletedEventAttributes(); done != nil {
			build = done.GetDeploymentVersion().GetBuildId()
		}
	}
	return build
}
