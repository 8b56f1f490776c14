package deploytest

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/workflows"
)

// What the processes tell about themselves is true: when all is well, when Postgres is away, and when a workflow is
// blocked. A request's trace goes through both of them.
func TestTelemetry(t *testing.T) {
	t.Parallel()
	this, careless := thisRelease(t), carelessRelease(t)
	in := install(t, this, 15*time.Minute)
	spans := collect(t)
	worker, serve := freeAddress(t), freeAddress(t)
	in.work(this, "--metrics", worker, "--traces", "http://"+spans.address)
	in.serve(this, "--metrics", serve, "--traces", "http://"+spans.address)
	stream := in.startExercise(this)
	must(t, in.give(this, stream, "well")) // may be journalled in one batch with the launch, in whose trace that then is
	must(t, in.give(this, stream, "well-too"))

	is := func(from, series string, ok func(float64) bool) {
		t.Helper()
		in.until(series, func() error {
			all, err := scrape(in.ctx, from)
			if err != nil {
				return err
			}
			v, found := all[series]
			if !found {
				return fmt.Errorf("no such series among %d", len(all))
			}
			if !ok(v) {
				return fmt.Errorf("it is %v", v)
			}
			return nil
		})
	}
	zero, positive := func(v float64) bool { return v == 0 }, func(v float64) bool { return v > 0 }
	for _, from := range []string{worker, serve} {
		for _, series := range []string{"arshjul_overdue_cycles", "arshjul_overdue_seconds", "arshjul_unsent_mails", "arshjul_unsent_mail_seconds",
			"arshjul_failed_mails", "arshjul_mail_servers_silent", "arshjul_reconcile_differences", "arshjul_workflows_blocked"} {
			is(from, series, zero)
		}
		is(from, `arshjul_watch_up{what="postgres"}`, positive)
		is(from, `arshjul_watch_up{what="temporal"}`, positive)
		is(from, "process_start_time_seconds", positive)
	}
	is(worker, "arshjul_journal_seconds_count", positive)
	is(worker, "arshjul_journal_unwritten_events", zero)
	is(serve, `arshjul_commands_total{code="klar",kind="comment"}`, positive)
	is(serve, `arshjul_http_seconds_count{route="GET /api/v1/health",status="200"}`, positive)

	spans.until(in, "POST /api/v1/exercise/{kommun}/{year}/{n}/commands", "UpdateWorkflow:command", "HandleUpdate:command", "RunActivity:journal")

	in.watchedFor(worker, serve)
	in.reconcilesNightly(this)

	// Postgres goes away under a batch: Temporal cannot work either, until it is back.
	must(t, in.stack.Postgres().Halt(in.ctx, stack.Kill))
	is(worker, `arshjul_watch_up{what="postgres"}`, zero)
	must(t, in.stack.Postgres().Resume(in.ctx))
	is(worker, `arshjul_watch_up{what="postgres"}`, positive)

	// A blocked workflow is counted as soon as five of its tasks have failed, by whoever looks.
	in.rest(this)
	bad := freeAddress(t)
	in.work(careless, "--metrics", bad)
	id := in.blocked(careless, stream, "careless", workflows.BlockDigest)
	is(bad, `arshjul_alarms_total{alarm="digest"}`, positive)
	is(serve, "arshjul_workflows_blocked", func(v float64) bool { return v == 1 })
	in.rest(careless)
	in.work(this)
	if n := in.entries(stream, id); n != 1 {
		t.Errorf("a comment led to %d entries", n)
	}
	is(serve, "arshjul_workflows_blocked", zero)
}

// give gives a comment through a server, until there is an answer.
func (in *installation) give(r release, stream, id string) error {
	in.t.Helper()
	return in.answered(func() error {
		_, err := in.as(r, launcher).Give(in.ctx, stream, api.Command{ID: id, Kind: domain.CmdComment, Text: "Prov (påhittat)"})
		return err
	})
}

// answered asks again for as long as the answer is unknown: a busy machine is slow.
func (in *installation) answered(ask func() error) (answer error) {
	in.t.Helper()
	in.until("there is an answer", func() error {
		var problem *api.Problem
		var unreachable *api.Unreachable
		if answer = ask(); errors.As(answer, &unreachable) || errors.As(answer, &problem) && problem.Exit() == api.ExitUnknown {
			return answer
		}
		return nil
	})
	return answer
}

func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := stack.FreePort()
	must(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// scrape reads every series as Prometheus would.
func scrape(ctx context.Context, address string) (map[string]float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	all := map[string]float64{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		line := lines.Text()
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			if all[line[:i]], err = strconv.ParseFloat(line[i+1:], 64); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// collector takes traces in, as OpenTelemetry's would.
type collector struct {
	collectorpb.UnimplementedTraceServiceServer
	address string

	mu    sync.Mutex
	spans []span
}

type span struct{ trace, id, parent, name, service string }

func collect(t *testing.T) *collector {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &collector{address: l.Addr().String()}
	s := grpc.NewServer()
	collectorpb.RegisterTraceServiceServer(s, c)
	go func() { _ = s.Serve(l) }() // ends with Stop
	t.Cleanup(s.Stop)
	return c
}

// Export takes spans in.
func (c *collector) Export(_ context.Context, in *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range in.GetResourceSpans() {
		service := ""
		for _, a := range r.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				service = a.GetValue().GetStringValue()
			}
		}
		for _, scope := range r.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, span{hex.EncodeToString(s.GetTraceId()), hex.EncodeToString(s.GetSpanId()),
					hex.EncodeToString(s.GetParentSpanId()), s.GetName(), service})
			}
		}
	}
	return &collectorpb.ExportTraceServiceResponse{}, nil
}

// until waits for a trace in which each name is the child of the one before, and which both processes have told of.
func (c *collector) until(in *installation, names ...string) {
	in.t.Helper()
	in.until("a trace from the door to the journal", func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		chain := c.chain(span{}, names)
		if chain == nil {
			return fmt.Errorf("%v are no trace among %d spans: %v", names, len(c.spans), c.spans)
		}
		var services []string
		for _, s := range chain {
			services = append(services, s.service)
		}
		if slices.Sort(services); !slices.Equal(slices.Compact(services), []string{"arshjul-serve", "arshjul-worker"}) {
			return fmt.Errorf("it is told of by %v", services)
		}
		return nil
	})
}

// chain finds spans of these names below one another.
func (c *collector) chain(below span, names []string) []span {
	if len(names) == 0 {
		return []span{}
	}
	for _, s := range c.spans {
		if s.name == names[0] && s.parent == below.id && (below.trace == "" || s.trace == below.trace) {
			if rest := c.chain(s, names[1:]); rest != nil {
				return append([]span{s}, rest...)
			}
		}
	}
	return nil
}
