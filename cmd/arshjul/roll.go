package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

type rolling struct {
	platform
	stream string
	wait   int // seconds
}

func newRoll() *cobra.Command {
	var r rolling
	verb := r.flags(&cobra.Command{
		Use:   "roll",
		Short: "Låt varje öppen cykel gå över till den nya utgåvan",
		Long: `Låt varje öppen cykel, övning och register gå över till den nya utgåvan: en ny körning börjar, som följer de nyaste
reglerna. Kör det sist i en driftsättning, när alla gamla workers är stoppade. Efter det går det inte att gå tillbaka
till den förra utgåvan. Ingen cykel avbryts och inget kommando går förlorat.`,
		Example: "  arshjul roll\n  arshjul roll --stream cycle/1283/2028",
		Args:    takes(0, 0, ""),
		RunE:    func(verb *cobra.Command, _ []string) error { return r.run(verb.Context(), verb.OutOrStdout()) },
	})
	f := verb.Flags()
	f.StringVar(&r.stream, "stream", "", "bara den här strömmen, till exempel cycle/1283/2028")
	f.IntVar(&r.wait, "wait", 120, "sekunder att vänta på att alla har gått över")
	return verb
}

func (r *rolling) run(ctx context.Context, out io.Writer) error {
	o, err := r.open(ctx, zap.NewNop())
	if err != nil {
		return err
	}
	defer o.close()
	streams := []string{r.stream}
	if r.stream == "" {
		if streams, err = openStreams(ctx, o); err != nil {
			return err
		}
		// A comparison under way keeps no rules and ends by itself.
		streams = slices.DeleteFunc(streams, func(s string) bool { return strings.HasPrefix(s, workflows.TypeReconcile+"/") })
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.wait)*time.Second)
	defer cancel()
	builds, err := temporalx.Builds(ctx, o.temporal)
	if err != nil {
		return err
	}
	unversioned := !slices.ContainsFunc(builds, func(b temporalx.Build) bool { return b.Current })
	before := map[string]*workflowpb.WorkflowExecutionInfo{}
	failed := 0
	tell := func(stream, what string, err error) {
		if err != nil {
			failed++
			what = "FEL: " + err.Error()
		}
		fmt.Fprintf(out, "%s: %s\n", stream, what)
	}
	// Every run is told first, so that they end side by side.
	for _, stream := range streams {
		d, err := o.temporal.DescribeWorkflowExecution(ctx, stream, "")
		if err == nil && d.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			tell(stream, "avslutad, inget att göra", nil)
			continue
		}
		if err == nil {
			err = temporalx.Roll(ctx, o.temporal, stream)
		}
		if err != nil {
			tell(stream, "", inTemporal(err))
			continue
		}
		before[stream] = d.GetWorkflowExecutionInfo()
	}
	for _, stream := range streams {
		if info := before[stream]; info != nil {
			what, err := goneOver(ctx, o.temporal, stream, info.GetExecution().GetRunId(), unversioned)
			tell(stream, what, err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d av %d har inte gått över. Det går att köra roll igen", failed, len(streams))
	}
	fmt.Fprintf(out, "Alla %d har gått över.\n", len(streams))
	return r.relist(ctx, out, o)
}

// relist has the lists show everything as this program shows it, also what has ended: rows that the release before wrote
// may say it otherwise.
func (r *rolling) relist(ctx context.Context, out io.Writer, o *opened) error {
	streams := []string{r.stream}
	if r.stream == "" {
		streams = nil
		kommuns, err := o.store.Municipalities(ctx)
		if err != nil {
			return err
		}
		for _, kommun := range kommuns {
			of, err := o.store.StreamsOf(ctx, kommun)
			if err != nil {
				return err
			}
			streams = append(streams, of...)
		}
	}
	changed := 0
	for _, stream := range streams {
		n, err := o.store.Reproject(ctx, stream)
		if err != nil {
			return fmt.Errorf("listorna över %s kunde inte räknas om: %w", stream, err)
		}
		changed += n
	}
	if changed > 0 {
		fmt.Fprintf(out, "Listorna är omräknade: %d rader ändrades.\n", changed)
	}
	return nil
}

// goneOver waits until a stream that was told to roll has a run that follows this program's rules, and that no build
// holds on to when workers without a build have the work. The new run may be begun by a worker of the build before, to
// which Temporal still gave the task; then the stream is told again.
func goneOver(ctx context.Context, c client.Client, stream, before string, unversioned bool) (string, error) {
	pause := 100 * time.Millisecond
	for {
		what, run, err := nextRun(ctx, c, stream, before)
		if err != nil || run == "" {
			return what, err
		}
		behind := ""
		if workflows.TypeOf(stream) != "" {
			behind, err = behindUs(ctx, c, stream, run)
		}
		if err == nil && behind == "" && unversioned {
			behind, err = heldByBuild(ctx, c, stream)
		}
		if err != nil || behind == "" {
			return what, err
		}
		again := time.NewTimer(pause)
		pause = min(2*pause, 2*time.Second)
		select {
		case <-ctx.Done():
			again.Stop()
			return "", errors.New(behind)
		case <-again.C:
		}
		if err := temporalx.Roll(ctx, c, stream); err != nil {
			if ctx.Err() != nil {
				return "", errors.New(behind)
			}
			return "", inTemporal(err)
		}
		before = run
	}
}

// heldByBuild tells which build still holds on to a stream's run; "" when none does.
func heldByBuild(ctx context.Context, c client.Client, stream string) (string, error) {
	d, err := c.DescribeWorkflowExecution(ctx, stream, "")
	if err != nil {
		return "", err
	}
	build := d.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId()
	if build == "" {
		return "", nil
	}
	return fmt.Sprintf("den nya körningen hör ändå till bygget %s, vars workers måste vara kvar så länge", build), nil
}

// behindUs tells in what way a run follows an older release than this program; "" when it does not.
func behindUs(ctx context.Context, c client.Client, stream, run string) (string, error) {
	v, err := view(ctx, c, stream, run)
	if err != nil {
		return "", err
	}
	if v.Rules >= domain.CurrentRules && v.State.Schema >= domain.SchemaVersion {
		return "", nil
	}
	return fmt.Sprintf("den nya körningen följer ändå den förra utgåvan (regelversion %d och form %d, inte %d och %d): en worker av den "+
		"utgåvan började den. Kontrollera att alla sådana är stoppade, eller att arshjul deploy show visar det nya bygget",
		v.Rules, v.State.Schema, domain.CurrentRules, domain.SchemaVersion), nil
}

// view asks a run what it keeps, until a worker answers.
func view(ctx context.Context, c client.Client, stream, run string) (v workflows.View, err error) {
	const patience = 5 * time.Second // with one try; whoever got the question may be on its way out
	for {
		try, cancel := context.WithTimeout(ctx, patience)
		answer, err := c.QueryWorkflow(try, stream, run, workflows.QueryState)
		cancel()
		if err == nil {
			return v, answer.Get(&v)
		}
		again := time.NewTimer(100 * time.Millisecond)
		select {
		case <-ctx.Done():
			again.Stop()
			return v, fmt.Errorf("en ny körning %s har börjat, men ingen worker svarar på vilka regler den följer: %w", run, err)
		case <-again.C:
		}
	}
}

// nextRun waits until a stream's run is another than the one before, and gives its id; or none, when the stream has ended.
func nextRun(ctx context.Context, c client.Client, stream, before string) (what, run string, err error) {
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	why := "det kom inget svar"
	for {
		d, err := c.DescribeWorkflowExecution(ctx, stream, "")
		info := d.GetWorkflowExecutionInfo()
		switch {
		case err != nil && ctx.Err() == nil:
			return "", "", inTemporal(err)
		case err == nil && info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
			return "avslutades under tiden", "", nil
		case err == nil && info.GetExecution().GetRunId() != before:
			run := info.GetExecution().GetRunId()
			return "ny körning " + run, run, nil
		case err == nil:
			why = waitsFor(d)
		}
		select {
		case <-ctx.Done():
			return "", "", fmt.Errorf("ingen ny körning ännu: %s", why)
		case <-poll.C:
		}
	}
}

// waitsFor tells why a run does not go on, as far as Temporal shows it.
func waitsFor(d *workflowservice.DescribeWorkflowExecutionResponse) string {
	task := d.GetPendingWorkflowTask()
	switch {
	case len(d.GetPendingActivities()) > 0:
		a := d.GetPendingActivities()[0]
		return fmt.Sprintf("aktiviteten %s är inte klar, försök %d (%s)", a.GetActivityType().GetName(), a.GetAttempt(), or(a.GetLastFailure().GetMessage(), "inget fel ännu"))
	case task.GetAttempt() > 1:
		return fmt.Sprintf("körningen är blockerad, försök %d: se workerns logg, och kör arshjul replay-check", task.GetAttempt())
	case task != nil:
		return "ingen worker har tagit den: kontrollera att den nya utgåvans workers kör"
	}
	return "den har inte nått slutet av sitt varv"
}

// inTemporal says in words what the commonest fault of a named stream is.
func inTemporal(err error) error {
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return errors.New("ingen sådan körning finns i Temporal")
	}
	return err
}

// openStreams lists every stream whose workflow is open: those of the journal, and those that only Temporal knows,
// because they have just begun or because they are no stream's (delivery).
func openStreams(ctx context.Context, o *opened) ([]string, error) {
	all, err := o.store.OpenStreams(ctx)
	if err != nil {
		return nil, err
	}
	query := fmt.Sprintf("ExecutionStatus = 'Running' and TaskQueue = '%s'", workflows.TaskQueue)
	for page := []byte(nil); ; {
		list, err := o.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("fråga Temporal vad som kör: %w", err)
		}
		for _, e := range list.GetExecutions() {
			all = append(all, e.GetExecution().GetWorkflowId())
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			break
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
