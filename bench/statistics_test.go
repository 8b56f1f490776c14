package bench

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

// latencies are those of one kind.
type latencies []time.Duration

func (l *latencies) add(d time.Duration) { *l = append(*l, d) }

// ms gives a percentile in milliseconds.
func (l latencies) ms(percent int) float64 {
	if len(l) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(l))
	return sorted[(len(sorted)-1)*percent/100].Seconds() * 1e3
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

// written is what Postgres has written since its beginning.
type written struct {
	commits, wal float64
	at           time.Time
}

// written gives what Postgres has written, once all sessions have said so.
func (r *rig) written() (w written) {
	r.Helper()
	time.Sleep(flushed)
	r.must(r.database.QueryRow(r.Context(), `
		select (select sum(xact_commit)::float8 from pg_stat_database), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`).Scan(&w.commits, &w.wal))
	w.at = time.Now()
	return w
}

// cost is what one time of something costs.
type cost struct {
	commits, wal, events float64 // transactions and bytes that Postgres wrote, events in Temporal's history
}

// idle is what is written in a second when nobody does anything.
func (r *rig) idle() cost {
	r.Helper()
	before := r.written()
	after := r.written()
	took := after.at.Sub(before.at).Seconds()
	return cost{commits: (after.commits - before.commits) / took, wal: (after.wal - before.wal) / took}
}

// count does something many times and gives what one time costs, less what is written when nobody does anything.
func (r *rig) count(idle cost, workflow string, do func()) cost {
	r.Helper()
	length := r.events(workflow)
	before := r.written()
	for range counts {
		do()
	}
	after := r.written()
	took := after.at.Sub(before.at).Seconds()
	return cost{(after.commits - before.commits - idle.commits*took) / counts, (after.wal - before.wal - idle.wal*took) / counts, (r.events(workflow) - length) / counts}
}

// events is how many events a workflow has in its history, over all its runs.
func (r *rig) events(workflow string) (n float64) {
	r.Helper()
	for run := ""; ; {
		d, err := r.Temporal.DescribeWorkflowExecution(r.Context(), workflow, run)
		r.must(err)
		n += float64(d.GetWorkflowExecutionInfo().GetHistoryLength())
		first, err := r.Temporal.GetWorkflowHistory(r.Context(), workflow, d.GetWorkflowExecutionInfo().GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT).Next()
		r.must(err)
		if run = first.GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(); run == "" {
			return n
		}
	}
}
