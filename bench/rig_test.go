package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/domain/wheels"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
	"arshjul/workflows"
)

const (
	kommun    = "1283"
	namespace = "arshjul"

	// People of helsingborg-organisation.yaml, and what they do in the first step of helsingborg.yaml.
	launcher domain.PersonID = "p-slf-cykelansvarig"
	preparer domain.PersonID = "p-slf-stadens-processledare"
	readier  domain.PersonID = "p-slf-ekonomidirektor"
)

// rig is a stack that waits for its disk, with a worker in this process.
type rig struct {
	*testing.B
	stack    *stack.Stack
	store    *store.Store
	temporal client.Client
	database *pgx.Conn // as owner, for the statistics
	reason   domain.TextRef
}

func newRig(b *testing.B) *rig {
	b.Helper()
	r := &rig{B: b}
	// On a disk, not in memory, where stacktest's directories are.
	dir, err := os.MkdirTemp("/var/tmp", "arshjul-bench-")
	r.must(err)
	b.Cleanup(func() { r.must(os.RemoveAll(dir)) })
	r.must(os.Chmod(dir, 0o755)) // Postgres' user must get in
	r.stack, err = stack.Start(b.Context(), stack.Config{Dir: dir, BinDir: stacktest.BinDir(b)})
	r.must(err)
	b.Cleanup(func() { r.must(r.stack.Stop(context.Background())) })
	r.must(r.stack.EnsureDatabase(b.Context(), "arshjul"))
	r.must(store.Migrate(b.Context(), r.stack.PostgresURL("arshjul", "postgres")))
	r.must(temporalx.Setup(b.Context(), r.stack.TemporalAddress(), namespace))
	r.store, err = store.Open(b.Context(), r.stack.PostgresURL("arshjul", store.AppRole))
	r.must(err)
	b.Cleanup(r.store.Close)
	r.database, err = pgx.Connect(b.Context(), r.stack.PostgresURL("arshjul", "postgres"))
	r.must(err)
	b.Cleanup(func() { r.must(r.database.Close(context.Background())) })
	r.temporal, err = temporalx.Dial(b.Context(), r.stack.TemporalAddress(), namespace, zap.NewNop())
	r.must(err)
	b.Cleanup(r.temporal.Close)
	w := temporalx.NewWorker(r.temporal)
	workflows.Register(w, workflows.Workflows{})
	w.RegisterActivityWithOptions(activities.Journal{Store: r.store}.Journal, activity.RegisterOptions{Name: workflows.ActivityJournal})
	r.must(w.Start())
	b.Cleanup(w.Stop)
	return r
}

// must ends the benchmark at an error.
func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// launch starts the real cycle of 2028 by Helsingborg's wheel and organisation.
func (r *rig) launch() (stream string) {
	r.Helper()
	wheel, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	r.must(err)
	organisation, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", wheels.HelsingborgOrganisation)
	r.must(err)
	registry := organisation.Registry
	for i := range registry.Bindings {
		registry.Issued++
		registry.Bindings[i].Number = registry.Issued
	}
	stream = domain.CycleStream(kommun, 2028)
	_, err = temporalx.Start(r.Context(), r.temporal, stream, domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: launcher,
		Launch: domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Wheel: wheel.Wheel, Registry: registry})})
	r.must(err)
	r.reason = r.text(stream, "take-back", "text")
	return stream
}

// text stores a text and gives the commitment to it.
func (r *rig) text(stream, command, field string) domain.TextRef {
	r.Helper()
	ref, err := r.store.PutText(r.Context(), stream, command, field, "Provtext (påhittat)")
	r.must(err)
	return ref
}

// send gives a command and waits for its receipt.
func (r *rig) send(stream string, c domain.Command) workflows.Receipt {
	r.Helper()
	receipt, err := temporalx.Send(r.Context(), r.temporal, stream, c)
	r.must(err)
	return receipt
}

// rest waits until a workflow has nothing under way: what comes next is alone.
func (r *rig) rest(id string) {
	r.Helper()
	for {
		d, err := r.temporal.DescribeWorkflowExecution(r.Context(), id, "")
		r.must(err)
		if d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// approvals starts the bare workflow, with a worker as ours is.
func (r *rig) approvals() *approvals {
	r.Helper()
	pollers := worker.NewPollerBehaviorSimpleMaximum(worker.PollerBehaviorSimpleMaximumOptions{MaximumNumberOfPollers: 16})
	w := worker.New(r.temporal, bareQueue, worker.Options{WorkflowTaskPollerBehavior: pollers})
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: bareWorkflow})
	r.must(w.Start())
	r.Cleanup(w.Stop)
	_, err := r.temporal.ExecuteWorkflow(r.Context(), client.StartWorkflowOptions{ID: bareWorkflow, TaskQueue: bareQueue}, bareWorkflow, nil)
	r.must(err)
	return &approvals{rig: r}
}

func (a *approvals) update(ctx context.Context, ask approval) error {
	h, err := a.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: bareWorkflow, UpdateName: bareUpdate, UpdateID: ask.ID,
		Args: []any{ask}, WaitForStage: client.WorkflowUpdateStageCompleted})
	if err != nil {
		return err
	}
	var n int
	return h.Get(ctx, &n)
}

// fdatasync is how long the stack's disk takes to write 8 kB for good: the median of many.
func (r *rig) fdatasync() time.Duration {
	r.Helper()
	f, err := os.Create(filepath.Join(r.stack.Dir(), "fdatasync"))
	r.must(err)
	var all latencies
	page := make([]byte, 8<<10)
	for range 500 {
		began := time.Now()
		_, err := f.WriteAt(page, 0)
		r.must(errors.Join(err, syscall.Fdatasync(int(f.Fd()))))
		all.add(time.Since(began))
	}
	r.must(errors.Join(f.Close(), os.Remove(f.Name())))
	return time.Duration(all.ms(50) * float64(time.Millisecond))
}

// flushed is how long Postgres' idle sessions take, at the most, to hand in their statistics (10 s), and some.
const flushed = 11 * time.Second

// commits is how many transactions the cluster has committed, once all sessions have said so.
func (r *rig) commits() (n float64) {
	r.Helper()
	time.Sleep(flushed)
	r.must(r.database.QueryRow(r.Context(), "select sum(xact_commit)::float8 from pg_stat_database").Scan(&n))
	return n
}

// idleCommits is how many transactions a second are committed when nobody does anything.
func (r *rig) idleCommits() float64 {
	r.Helper()
	before, began := r.commits(), time.Now()
	return (r.commits() - before) / time.Since(began).Seconds()
}

// count does something many times and gives what one time costs in commits and in events of a workflow's history.
func (r *rig) count(idle float64, workflow string, do func()) (commits, events float64) {
	r.Helper()
	run, length := r.history(workflow)
	before, began := r.commits(), time.Now()
	for range counts {
		do()
	}
	after := r.commits()
	took := time.Since(began).Seconds()
	lastRun, last := r.history(workflow)
	if lastRun != run {
		r.Fatalf("%s began another run while its events were counted", workflow)
	}
	return (after - before - idle*took) / counts, float64(last-length) / counts
}

func (r *rig) history(workflow string) (run string, length int64) {
	r.Helper()
	d, err := r.temporal.DescribeWorkflowExecution(r.Context(), workflow, "")
	r.must(err)
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId(), d.GetWorkflowExecutionInfo().GetHistoryLength()
}

// latencies are those of one kind.
type latencies []time.Duration

func (l *latencies) add(d time.Duration) { *l = append(*l, d) }

// ms gives a percentile in milliseconds.
func (l latencies) ms(percent int) float64 {
	sorted := slices.Sorted(slices.Values(l))
	return sorted[(len(sorted)-1)*percent/100].Seconds() * 1e3
}
