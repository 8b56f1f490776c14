package temporalx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/workflows"
)

// Reconciler compares, for one municipality at a time, what Temporal's histories, the workflows themselves, the log and
// the read model say. It changes nothing. People may work meanwhile: what is only on its way is waited for.
type Reconciler struct {
	Store    *store.Store
	Temporal client.Client
	// Patience is how long what a workflow has decided may take to be written, and a workflow to answer.
	Patience time.Duration
}

// Compared is what came of comparing one stream.
type Compared struct {
	Stream  string
	Entries uint64 // of the log
	Found   []domain.Difference
}

// Reconcile compares every stream of a municipality, and calls each after it. The error says that it could not look.
func (r Reconciler) Reconcile(ctx context.Context, kommun string, each func(Compared)) (sum domain.Reconciled, err error) {
	streams, err := r.Store.StreamsOf(ctx, kommun)
	if err != nil {
		return sum, err
	}
	running, err := r.running(ctx, kommun)
	if err != nil {
		return sum, err
	}
	streams = append(streams, running...)
	slices.Sort(streams)
	for _, stream := range slices.Compact(streams) {
		c := &comparison{Reconciler: r, Compared: Compared{Stream: stream}}
		if err := c.compare(ctx); err != nil {
			return sum, fmt.Errorf("compare %s: %w", stream, err)
		}
		sum.Streams++
		sum.Entries += c.Entries
		for _, d := range c.Found {
			sum.Add(d)
		}
		each(c.Compared)
	}
	return sum, nil
}

// running lists the municipality's streams of which Temporal runs a workflow.
func (r Reconciler) running(ctx context.Context, kommun string) (streams []string, err error) {
	query := fmt.Sprintf("ExecutionStatus = 'Running' and WorkflowType in ('%s', '%s')", workflows.TypeCycle, workflows.TypeRegistry)
	for page := []byte(nil); ; {
		list, err := r.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("list the workflows: %w", err)
		}
		for _, e := range list.GetExecutions() {
			if id := e.GetExecution().GetWorkflowId(); domain.Kommun(id) == kommun {
				streams = append(streams, id)
			}
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return streams, nil
		}
	}
}

// comparison is of one stream.
type comparison struct {
	Reconciler
	Compared
	log     store.Recounted
	history *recorded       // nil = Temporal has no workflow
	view    *workflows.View // nil = it did not tell, or does not run
}

func (c *comparison) found(d domain.Difference) {
	d.Stream = c.Stream
	c.Found = append(c.Found, d)
}

// compare asks the workflow first, reads the history then and the log last: what the first knows, the next must know
// too. Only what the log has beyond the history may simply be newer, and then the history is read again.
func (c *comparison) compare(ctx context.Context) error {
	running, err := c.ask(ctx)
	if err != nil {
		return err
	}
	waited, err := c.wait(ctx)
	if err != nil {
		return err
	}
	if c.history, err = history(ctx, c.Temporal, c.Stream); err != nil && !isNotFound(err) {
		return err
	}
	if c.log, err = c.Store.Recount(ctx, c.Stream); err != nil {
		return err
	}
	c.Entries = uint64(len(c.log.Seqs))
	if c.log.Newer {
		c.found(domain.Difference{Kind: domain.DiffNewer})
		return nil
	}
	switch last := c.log.State.Seq; {
	case c.Entries == 0 && running:
		c.found(domain.Difference{Kind: domain.DiffNoLog})
	case c.Entries == 0 && c.history != nil && len(c.history.acked) > 0:
		c.found(domain.Difference{Kind: domain.DiffMissing, Seq: c.history.first(), Count: uint64(len(c.history.acked))})
	case c.Entries == 0:
	case c.history == nil && !c.log.State.Done:
		c.found(domain.Difference{Kind: domain.DiffNoWorkflow, Seq: last})
	case c.history == nil: // it ended so long ago that Temporal has forgotten it
	default:
		if err := c.compareEntries(ctx); err != nil {
			return err
		}
		if !running && !c.log.State.Done && c.log.Broken == 0 {
			c.found(domain.Difference{Kind: domain.DiffStopped, Seq: last})
		}
		if running {
			c.compareState(waited)
		}
	}
	if c.log.Broken != 0 {
		c.found(domain.Difference{Kind: domain.DiffBroken, Seq: c.log.Broken})
	}
	for _, t := range c.log.Shown {
		c.found(domain.Difference{Kind: domain.DiffShown, Table: t.Table, Row: t.Rows[0], Count: uint64(len(t.Rows))})
	}
	return nil
}

// ask asks the workflow what it knows, if it runs.
func (c *comparison) ask(ctx context.Context) (running bool, err error) {
	d, err := c.Temporal.DescribeWorkflowExecution(ctx, c.Stream, "")
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if d.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return false, nil
	}
	limit, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	for pause := 50 * time.Millisecond; c.view == nil; pause = min(2*pause, 2*time.Second) {
		answer, err := c.Temporal.QueryWorkflow(limit, c.Stream, "", workflows.QueryState)
		v := workflows.View{}
		if err == nil && answer.Get(&v) == nil {
			c.view = &v
			break
		}
		select {
		case <-limit.Done():
			return true, ctx.Err() // what it does not tell is found by compareState
		case <-time.After(pause):
		}
	}
	return true, nil
}

// wait gives what the workflow has decided time to be written.
func (c *comparison) wait(ctx context.Context) (waited bool, err error) {
	if c.view == nil || c.view.Pending == 0 {
		return false, nil
	}
	limit, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	_, err = c.Store.WaitJournalled(limit, c.Stream, c.view.State.Seq)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return true, nil
	}
	return true, err
}

// compareEntries holds the log against the histories, entry by entry.
func (c *comparison) compareEntries(ctx context.Context) error {
	acked := c.history.acked // as it was before the log was read
	if n := len(c.log.Seqs); c.log.Seqs[n-1] > c.history.last {
		again, err := history(ctx, c.Temporal, c.Stream)
		if err != nil {
			return err
		}
		c.history = again
	}
	first := c.history.first()
	resumed, err := c.resumed(ctx)
	if err != nil {
		return err
	}
	if c.history.cut {
		c.found(domain.Difference{Kind: domain.DiffCut, Seq: first})
	}
	has := map[uint64]bool{}
	var unknown []uint64
	for i, seq := range c.log.Seqs {
		has[seq] = true
		leaf, known := c.history.events[seq]
		switch {
		case !known && c.history.cut && seq < first:
		case !known && seq <= resumed:
		case !known:
			unknown = append(unknown, seq)
		case !bytes.Equal(leaf, c.log.Leaves[i]):
			c.found(domain.Difference{Kind: domain.DiffEntry, Seq: seq})
		}
	}
	var missing []uint64
	for seq := range acked {
		if !has[seq] {
			missing = append(missing, seq)
		}
	}
	c.inARow(domain.DiffUnknown, unknown)
	c.inARow(domain.DiffMissing, missing)
	return nil
}

// resumed is the last entry that no history need hold, because the workflow began anew after it, and the log says that it was
// to, and from this state; 0 = the histories go back to the stream's beginning, or should.
func (c *comparison) resumed(ctx context.Context) (uint64, error) {
	began := &c.history.resumed
	if began.Seq == 0 {
		return 0, nil
	}
	entry, err := c.Store.Restarted(ctx, c.Stream, began.Seq)
	if errors.Is(err, store.ErrNoEntry) {
		return 0, nil // told of as entries that no history has
	}
	if err != nil {
		return 0, err
	}
	head := entry.Event.Repaired.Head
	if began.Head != head || began.Seq > uint64(len(c.log.Heads)) || c.log.Heads[began.Seq-1] != head {
		c.found(domain.Difference{Kind: domain.DiffState, Seq: began.Seq})
	}
	return began.Seq, nil
}

// inARow tells of entries, those that follow one another together.
func (c *comparison) inARow(kind domain.DifferenceKind, seqs []uint64) {
	slices.Sort(seqs)
	for i := 0; i < len(seqs); {
		n := 1
		for i+n < len(seqs) && seqs[i+n] == seqs[i]+uint64(n) {
			n++
		}
		c.found(domain.Difference{Kind: kind, Seq: seqs[i], Count: uint64(n)})
		i += n
	}
}

// compareState holds what the workflow knows against what the log adds up to at the same entry.
func (c *comparison) compareState(waited bool) {
	if c.view == nil {
		c.found(domain.Difference{Kind: domain.DiffSilent})
		return
	}
	knows, adds := c.view.State, *c.log.State
	if waited && knows.Seq > adds.Seq {
		written := max(adds.Seq, knows.Seq-uint64(c.view.Pending))
		c.found(domain.Difference{Kind: domain.DiffUnwritten, Seq: written + 1, Count: knows.Seq - written})
		return
	}
	if knows.Seq == 0 || knows.Seq > uint64(len(c.log.Heads)) {
		return // what is missing is told of already
	}
	same := c.log.Heads[knows.Seq-1] == knows.Head
	if same && knows.Seq == adds.Seq {
		knows.Size, adds.Size = 0, 0 // a bound, measured anew at each jump
		same = bytes.Equal(domain.Canonical(knows), domain.Canonical(adds))
	}
	if !same {
		c.found(domain.Difference{Kind: domain.DiffState, Seq: knows.Seq})
	}
}

func isNotFound(err error) bool {
	var missing *serviceerror.NotFound
	return errors.As(err, &missing)
}
