package deploytest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// A new release with new rules and a new form of state comes under an open exercise, and goes back again; before roll
// neither matters to what goes on. After roll the old release stops without writing, and the new one goes on to the end.
// A release that changes the past is found by replay-check, and deployed all the same it writes nothing.
func TestReleasesUnderAnOpenExercise(t *testing.T) {
	t.Parallel()
	this, next, careless := thisRelease(t), nextRelease(t), carelessRelease(t)
	in := install(t, this, 15*time.Minute)
	in.work(this)
	in.serve(this)
	stream := in.startExercise(this)
	in.playHalf(this, stream)

	keeps := func(when string, rules, form int) {
		t.Helper()
		for _, s := range []string{stream, registry} {
			if gotRules, gotForm := in.rules(s); gotRules != rules || gotForm != form {
				t.Errorf("%s: %s has rules %d and form %d, not %d and %d", when, s, gotRules, gotForm, rules, form)
			}
		}
	}
	noted := func(id string, want int) {
		t.Helper()
		if n := in.entries(stream, id); n != want {
			t.Errorf("comment %s led to %d entries, not %d", id, n, want)
		}
	}
	replays := func(r release, want temporalx.Divergence, streams ...string) {
		t.Helper()
		found := in.replayCheck(r)
		for _, s := range streams {
			if got, looked := found[s]; !looked || got != want {
				t.Errorf("%s replay-check: %s diverges by %q, not %q (looked at: %v)", r.name, s, got, want, looked)
			}
		}
	}
	noted("under-this-1", 1)
	replays(next, "", stream, registry)

	// Forward and back again.
	in.migrate(next)
	if !in.hasTable("more") {
		t.Error("the next release's migration has added no table")
	}
	in.work(next)
	in.rest(this)
	keeps("under the next release", domain.CurrentRules, domain.SchemaVersion)
	noted("under-next-1", 1)
	in.work(this)
	in.rest(next)
	keeps("back again", domain.CurrentRules, domain.SchemaVersion)
	noted("under-this-2", 1)

	// The past, changed under its own version.
	replays(careless, temporalx.DivergesDigest, stream)
	replays(careless, "", registry)
	in.rest(this)
	in.work(careless)
	id := in.blocked(careless, stream, "careless", workflows.BlockDigest)
	in.rest(careless)
	in.work(this)
	noted(id, 1)

	// Forward for good. While a worker of the old release does the work, roll leads to runs that follow the old rules: it
	// says so, and tells them again until the new release's worker has come.
	in.until("roll says that the old release's worker works", func() error {
		if out, code := in.run(next, "roll", "--wait=3"); code != api.ExitFault || !strings.Contains(out, "följer ändå den förra utgåvan") {
			return fmt.Errorf("exit %d\n%s", code, out)
		}
		return nil
	})
	var said bytes.Buffer
	before, roll := in.currentRun(stream), in.verb(next, "roll", "--wait=300")
	roll.Stdout, roll.Stderr = &said, &said
	must(t, roll.Start())
	in.until("the old release's worker rolls", func() error {
		if in.currentRun(stream) == before {
			return errors.New("no new run")
		}
		return nil
	})
	in.work(next)
	in.rest(this)
	if err := roll.Wait(); err != nil {
		t.Fatalf("roll: %v\n%s", err, said.String())
	}
	in.serve(next)
	var problem *api.Problem // a server that was left running shows nothing of what it cannot follow
	if err := in.as(this, launcher).Get(in.ctx, "/"+stream, new(json.RawMessage)); !errors.As(err, &problem) || problem.Code != domain.CodeUnavailable || !strings.Contains(problem.Message, "nyare") {
		t.Errorf("the old release's server still shows %s: %v", stream, err)
	}
	keeps("after roll", domain.CurrentRules+1, domain.SchemaVersion+1)
	noted("under-next-2", 2)
	replays(this, temporalx.DivergesNewer, stream, registry)
	replays(next, "", stream, registry)
	replays(laterRelease(t), "", stream, registry) // which keeps to the form that the runs adopted
	in.rest(next)
	in.work(this)
	id = in.blocked(this, stream, "this", workflows.BlockNewer)
	in.work(next)
	in.rest(this)
	noted(id, 2)

	head, err := officials.Play(in.ctx, in.as(next, launcher), stream, launcher, func(officials.Progress) {})
	if err != nil || head.Status != api.CycleEnded || head.Done != head.Steps {
		t.Errorf("played on to %s, %d of %d steps: %v", head.Status, head.Done, head.Steps, err)
	}
	in.compare(next, stream, registry)
	if out, code := in.run(next, "doctor", "--server", in.addresses[next.name]); code != api.ExitOK || !strings.Contains(out, "Loggen "+stream+" är hel") {
		t.Errorf("doctor: exit %d\n%s", code, out)
	}
}

// With Worker Deployment versioning both releases' workers run, and one command moves all work between them: forward, back,
// and forward again after roll.
func TestBuildsUnderAnOpenExercise(t *testing.T) {
	t.Parallel()
	this, next := thisRelease(t), nextRelease(t)
	in := install(t, this, 15*time.Minute)
	current := func(r release, build string) {
		t.Helper()
		if out, code := in.run(r, "deploy", "set-current", "--build-id", build); code != api.ExitOK {
			t.Fatalf("set-current %s: exit %d\n%s", build, code, out)
		}
	}
	in.work(this, "--build-id", "1")
	current(this, "1") // without it nobody would found the registry
	in.serve(this)
	stream := in.startExercise(this)
	in.migrate(next)
	in.work(next, "--build-id", "2")
	for n, step := range []struct {
		build   string
		roll    bool
		entries int // of a comment
	}{{"1", false, 1}, {"2", false, 1}, {"1", false, 1}, {"2", true, 2}} {
		current(this, step.build)
		if step.roll { // at once: the services learn of the change a moment later, and roll sees to it
			if out, code := in.run(next, "roll"); code != api.ExitOK {
				t.Fatalf("roll: exit %d\n%s", code, out)
			}
		}
		in.untilBuild(stream, step.build)
		if got := in.entries(stream, fmt.Sprintf("comment-%d", n)); got != step.entries {
			t.Errorf("step %d: a comment led to %d entries", n, got)
		}
	}
	current(this, "1")
	id := in.blocked(this, stream, "back", workflows.BlockNewer)
	current(this, "2")
	if got := in.entries(stream, id); got != 2 {
		t.Errorf("a comment led to %d entries", got)
	}
	if out, code := in.run(this, "deploy", "show"); code != api.ExitOK || strings.Count(out, "får arbetet") != 1 || !strings.Contains(out, "2, sågs") {
		t.Errorf("exit %d\n%s", code, out)
	}
	in.compare(next, stream, registry)
}

// untilBuild gives comments until a build has done a stream's last workflow task: the services learn of a change of
// build a moment after it.
func (in *installation) untilBuild(stream, build string) {
	in.t.Helper()
	n := 0
	in.until("build "+build+" does the work", func() error {
		n++
		in.entries(stream, fmt.Sprintf("until-%s-%d-%d", build, n, time.Now().UnixNano()))
		last := ""
		for i := in.temporal.GetWorkflowHistory(in.ctx, stream, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
			e, err := i.Next()
			if err != nil {
				return err
			}
			if done := e.GetWorkflowTaskCompletedEventAttributes(); done != nil {
				last = done.GetDeploymentVersion().GetBuildId()
			}
		}
		if last != build {
			return fmt.Errorf("build %q did the last", last)
		}
		return nil
	})
}

func (in *installation) hasTable(name string) (found bool) {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.database)
	must(in.t, err)
	defer func() { must(in.t, c.Close(in.ctx)) }()
	must(in.t, c.QueryRow(in.ctx, "select to_regclass($1) is not null", name).Scan(&found))
	return found
}

func (in *installation) currentRun(stream string) string {
	in.t.Helper()
	d, err := in.temporal.DescribeWorkflowExecution(in.ctx, stream, "")
	must(in.t, err)
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}

func (in *installation) startExercise(r release) string {
	in.t.Helper()
	var receipt api.Receipt
	must(in.t, in.answered(func() error {
		return in.as(r, launcher).Post(in.ctx, "/exercises", api.Exercise{ID: "exercise", Year: 2028}, &receipt)
	}))
	return receipt.Stream
}

// playHalf has officials play an exercise until half of its steps are done.
func (in *installation) playHalf(r release, stream string) {
	in.t.Helper()
	ctx, stop := context.WithCancel(in.ctx)
	defer stop()
	done, steps := 0, 0
	_, err := officials.Play(ctx, in.as(r, launcher), stream, launcher, func(p officials.Progress) {
		if done, steps = p.Done, p.Steps; 2*done >= steps {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || done == steps {
		in.t.Fatalf("the exercise should be half-played, and is at %d of %d steps: %v", done, steps, err)
	}
}
