package faults

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/store"
	"arshjul/workflows"
)

// oracle compares what people were told with everything that the installation remembers.
type oracle struct {
	ledger    string // its file
	store     *store.Store
	owner     string // the database's superuser
	temporal  client.Client
	namespace string
	logs      []string         // of worker and server
	patience  time.Duration    // for the streams to become quiet
	broken    int              // how often anything was broken: so many mails may have come twice
	delivery  time.Duration    // for the mails to be sent
	post      *mailtest.Server // takes real mails; nil: the sink does
	doctor    func(ctx context.Context) (says string, err error)
}

// The places where something can be wrong.
const (
	inLedger  = "ledger"  // the answers contradict one another
	inHistory = "history" // Temporal's decoded histories
	inJournal = "journal" // the log's entries
	inState   = "state"   // the folded journal, and what the workflow answers
	inLog     = "log"     // the log's hashes, and the read model
	inRest    = "rest"    // a stream does not come to rest
	inOutput  = "output"  // what the processes wrote
	inMail    = "mail"    // what people were to be told, and what the sink took
	inDoctor  = "doctor"  // what the operator's round finds
)

// finding is one thing that is not as it must be.
type finding struct{ where, what string }

func (f finding) String() string { return f.where + ": " + f.what }

// tally says how much was compared, so that an audit of nothing is seen.
type tally struct {
	streams, entries, runs        int
	acknowledged, denied, unknown int // commands
	mails, repeats                int // that the sink took; and took again
}

type audit struct {
	*oracle
	tally
	found    []finding
	promises map[string]*promise
	streams  map[string]*evidence
}

// evidence is all that is known of one stream.
type evidence struct {
	history *history
	entries []store.Entry
	folded  *domain.State
	view    workflows.View
}

// audit looks at everything once every stream is at rest, and returns what is wrong. The error says that it could not look.
func (o *oracle) audit(ctx context.Context) ([]finding, tally, error) {
	a := &audit{oracle: o, streams: map[string]*evidence{}}
	var err error
	if a.promises, err = promises(o.ledger); err != nil {
		return nil, a.tally, err
	}
	if err := a.collect(ctx); err != nil {
		return nil, a.tally, err
	}
	for _, name := range slices.Sorted(maps.Keys(a.streams)) {
		a.stream(name, a.streams[name])
	}
	for _, id := range slices.Sorted(maps.Keys(a.promises)) {
		a.command(id, a.promises[id])
	}
	if err := a.verifyLogs(ctx); err != nil {
		return nil, a.tally, err
	}
	if err := a.mail(ctx); err != nil {
		return nil, a.tally, err
	}
	if err := a.output(); err != nil {
		return nil, a.tally, err
	}
	if says, err := a.doctor(ctx); err != nil {
		a.wrong(inDoctor, "%v\n%s", err, says)
	}
	return a.found, a.tally, nil
}

func (a *audit) wrong(where, format string, args ...any) {
	a.found = append(a.found, finding{where, fmt.Sprintf(format, args...)})
}

// collect waits until every stream rests and reads all there is about it.
func (a *audit) collect(ctx context.Context) error {
	names := map[string]bool{}
	for _, p := range a.promises {
		for _, r := range p.done {
			names[r.Stream] = true
		}
	}
	logs, err := a.store.Logs(ctx)
	if err != nil {
		return err
	}
	for _, l := range logs {
		for from := uint64(0); from < l.Size; from += 500 {
			rows, err := a.store.LogEntries(ctx, l.ID, from, 500)
			if err != nil {
				return err
			}
			for i := range rows {
				names[rows[i].Event.Stream] = true
			}
		}
	}
	deadline, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	for name := range names {
		if workflows.TypeOf(name) == "" { // refusals have no workflow
			continue
		}
		e := &evidence{}
		if err := poll(deadline, func() error { return a.rest(ctx, name, e) }); err != nil {
			a.wrong(inRest, "%s: %v", name, err)
		}
		if e.history, err = readHistory(ctx, a.temporal, name); err != nil {
			return err
		}
		if e.entries, err = a.entries(ctx, name); err != nil {
			return err
		}
		a.streams[name] = e
	}
	return a.open(ctx)
}

// rest says why a stream does not rest yet, and reads what its workflow knows.
func (a *audit) rest(ctx context.Context, name string, e *evidence) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	d, err := a.temporal.DescribeWorkflowExecution(ctx, name, "")
	if err != nil {
		return err
	}
	if n := len(d.GetPendingActivities()); n > 0 {
		return fmt.Errorf("%d activities are under way (%s, attempt %d)", n, d.GetPendingActivities()[0].GetActivityType().GetName(), d.GetPendingActivities()[0].GetAttempt())
	}
	if task := d.GetPendingWorkflowTask(); task != nil {
		return fmt.Errorf("a workflow task waits, attempt %d", task.GetAttempt())
	}
	v, err := a.temporal.QueryWorkflow(ctx, name, "", workflows.QueryState)
	if err != nil {
		return err
	}
	e.view = workflows.View{}
	if err := v.Get(&e.view); err != nil {
		return err
	}
	if e.view.Pending > 0 {
		return fmt.Errorf("%d events are not journalled", e.view.Pending)
	}
	return nil
}

// open finds workflows outside every stream, which nobody should have started, and says what their tasks do.
func (a *audit) open(ctx context.Context) error {
	list, err := a.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: a.namespace, Query: "ExecutionStatus = 'Running'"})
	if err != nil {
		return err
	}
	for _, e := range list.GetExecutions() {
		name := e.GetExecution().GetWorkflowId()
		if a.streams[name] != nil {
			continue
		}
		d, err := a.temporal.DescribeWorkflowExecution(ctx, name, "")
		if err != nil {
			return err
		}
		// Delivery lives as long as the municipality does, and the nightly comparison as long as it takes. Neither has a stream:
		// they are at rest unless their task is stuck.
		if (name == workflows.DeliveryID(kommun) || strings.HasPrefix(name, workflows.ReconcileID(kommun))) && d.GetPendingWorkflowTask().GetAttempt() < 5 {
			continue
		}
		a.wrong(inRest, "%s is open and no stream of the journal, its workflow task at attempt %d", name, d.GetPendingWorkflowTask().GetAttempt())
	}
	return nil
}

func (a *audit) entries(ctx context.Context, name string) (all []store.Entry, err error) {
	for {
		rows, err := a.store.Entries(ctx, name, uint64(len(all))+1, 500)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) < 500 {
			return all, nil
		}
	}
}

func (a *audit) verifyLogs(ctx context.Context) error {
	logs, err := a.store.Logs(ctx)
	if err != nil {
		return err
	}
	for _, l := range logs {
		if _, err := a.store.VerifyLog(ctx, l.ID); err != nil {
			a.wrong(inLog, "%s: %v", l.ID, err)
		}
	}
	return nil
}

// alarming is what no process may write, whatever else was broken.
var alarming = regexp.MustCompile(`(?i)non-?deterministic|TMPRL1100|workflow panic|"msg":"panic"|contradict each other|digest: this build`)

func (a *audit) output() error {
	for _, path := range a.logs {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for row := range bytes.Lines(text) {
			if alarming.Match(row) {
				a.wrong(inOutput, "%s: %.400s", path, row)
			}
		}
	}
	return nil
}
