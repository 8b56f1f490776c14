package deploytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

const (
	namespace = "arshjul"
	registry  = "registry/1283"

	launcher domain.PersonID = "p-slf-cykelansvarig"
)

// installation is what the releases are deployed on. Which of their processes run, the test says.
type installation struct {
	t         *testing.T
	ctx       context.Context
	stack     *stack.Stack
	database  string // as the application's role
	workers   map[string]*stack.Child
	working   map[string]bool // which of them are up
	servers   map[string]*stack.Child
	addresses map[string]string // of the servers
	store     *store.Store
	temporal  client.Client
}

// install puts Postgres, Temporal and the first release's tables in place, without any process of ours.
func install(t *testing.T, first release, limit time.Duration) *installation {
	t.Helper()
	in := &installation{t: t, stack: stacktest.New(t), workers: map[string]*stack.Child{}, working: map[string]bool{}, servers: map[string]*stack.Child{}, addresses: map[string]string{}}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	in.ctx = ctx
	must(t, in.stack.EnsureDatabase(ctx, "arshjul"))
	in.database = in.stack.PostgresURL("arshjul", store.AppRole)
	in.migrate(first)
	var err error
	in.store, err = store.Open(ctx, in.database)
	must(t, err)
	t.Cleanup(in.store.Close)
	in.temporal, err = temporalx.Dial(ctx, in.stack.TemporalAddress(), namespace, zap.NewNop())
	must(t, err)
	t.Cleanup(in.temporal.Close)
	t.Cleanup(func() {
		if t.Failed() {
			in.showLogs()
		}
	})
	return in
}

// migrate brings tables and namespace up to a release.
func (in *installation) migrate(r release) {
	in.t.Helper()
	owner := in.stack.PostgresURL("arshjul", "postgres")
	out, err := exec.CommandContext(in.ctx, r.path, "migrate", "--database", owner, "--temporal", in.stack.TemporalAddress(), "--namespace", namespace).CombinedOutput()
	if err != nil {
		in.t.Fatalf("%s migrate: %v\n%s", r.name, err, out)
	}
}

func (in *installation) platform() []string {
	return []string{"--database", in.database, "--temporal", in.stack.TemporalAddress(), "--namespace", namespace}
}

// work starts a release's worker, with more flags.
func (in *installation) work(r release, more ...string) {
	in.t.Helper()
	in.working[r.name] = true
	if c := in.workers[r.name]; c != nil {
		must(in.t, c.Resume(in.ctx))
		return
	}
	c, err := in.stack.Supervise(in.ctx, "worker-"+r.name, append(append([]string{r.path, "worker"}, in.platform()...), more...), nil)
	must(in.t, err)
	in.workers[r.name] = c
}

// rest stops a release's worker.
func (in *installation) rest(r release) {
	in.t.Helper()
	must(in.t, in.workers[r.name].Halt(in.ctx, stack.Clean))
	delete(in.working, r.name)
}

// serve starts a release's server, with more flags, and waits until it answers.
func (in *installation) serve(r release, more ...string) {
	in.t.Helper()
	address := freeAddress(in.t)
	argv := append([]string{r.path, "serve", "--dev-login", "--addr", address, "--kommun", "1283", "--wheel", "helsingborg-1", "--found", "helsingborg-1"}, append(in.platform(), more...)...)
	var err error
	in.servers[r.name], err = in.stack.Supervise(in.ctx, "serve-"+r.name, argv, nil)
	must(in.t, err)
	in.addresses[r.name] = "http://" + address
	in.until("the server answers", func() error {
		var h api.Health
		return in.as(r, "").Get(in.ctx, "/health", &h)
	})
}

// as asks a release's server as a person.
func (in *installation) as(r release, person domain.PersonID) *api.Client {
	return api.NewClient(in.addresses[r.name], person)
}

// run runs a verb of a release on the platform and gives what it said and its exit code.
func (in *installation) run(r release, verb string, more ...string) (out string, code int) {
	in.t.Helper()
	cmd := in.verb(r, verb, more...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		in.t.Fatalf("%s %s: %v", r.name, verb, err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// verb is a verb of a release on the platform, to be run.
func (in *installation) verb(r release, verb string, more ...string) *exec.Cmd {
	platform := in.platform()
	if verb == "deploy" {
		platform = platform[2:] // it needs no database
	}
	return exec.CommandContext(in.ctx, r.path, append(append([]string{verb}, more...), platform...)...)
}

// replayCheck asks a release whether it could take over, and gives each stream's divergence.
func (in *installation) replayCheck(r release) map[string]temporalx.Divergence {
	in.t.Helper()
	out, code := in.run(r, "replay-check", "--json")
	var said struct {
		OK      bool                 `json:"ok"`
		Streams []temporalx.Replayed `json:"streams"`
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil || said.OK != (code == api.ExitOK) || len(said.Streams) < 2 {
		in.t.Fatalf("%s replay-check: exit %d, %v\n%s", r.name, code, err, out)
	}
	found := map[string]temporalx.Divergence{}
	for _, s := range said.Streams {
		found[s.Stream] = s.Divergence
		if s.Divergence != "" && said.OK {
			in.t.Errorf("%s replay-check is content, and %s diverges", r.name, s.Stream)
		}
	}
	return found
}

func comment(id string) domain.Command {
	return domain.Command{ID: id, Kind: domain.CmdComment, Actor: launcher, Text: domain.TextRef(domain.DigestOf([]byte("påhittat")))}
}

// entries gives a comment, and says how many entries came of it.
func (in *installation) entries(stream, id string) int {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(in.ctx, 2*time.Minute)
	defer cancel()
	r, err := temporalx.Send(ctx, in.temporal, stream, comment(id))
	if err != nil {
		in.t.Fatalf("comment %s: %v", id, err)
	}
	_, err = in.store.WaitJournalled(ctx, stream, r.Last)
	must(in.t, err)
	return int(r.Last - r.First + 1)
}

// blocked gives comments until one is not answered, waits until the release's worker says why, and sees that nothing was
// written. It gives the id of that comment. The first ones may still be answered by another build, which was current before.
func (in *installation) blocked(r release, stream, prefix string, why workflows.Block) (id string) {
	in.t.Helper()
	for n := 1; ; n++ {
		id = fmt.Sprintf("%s-%d", prefix, n)
		before, seen := in.written(stream), len(in.logged(r))
		ctx, cancel := context.WithCancel(in.ctx)
		told := make(chan error, 1)
		go func() {
			receipt, err := temporalx.Send(ctx, in.temporal, stream, comment(id))
			if err == nil {
				_, err = in.store.WaitJournalled(ctx, stream, receipt.Last)
			}
			told <- err
		}()
		answered := false
		in.until(fmt.Sprintf("the worker %s is blocked: %s", r.name, why), func() error {
			select {
			case err := <-told:
				answered = true
				return err
			default:
				return alarmed(in.logged(r)[seen:], stream, why)
			}
		})
		cancel()
		if answered {
			continue
		}
		err := <-told
		if err == nil && len(in.working) > 1 {
			continue
		}
		var unknown *temporalx.Unknown
		if !errors.As(err, &unknown) {
			in.t.Errorf("%s answered a command it cannot judge: %v", r.name, err)
		}
		if after := in.written(stream); after != before {
			in.t.Errorf("%s wrote: the log had %d entries and has %d", r.name, before, after)
		}
		return id
	}
}

// logged is what a release's worker has logged.
func (in *installation) logged(r release) string {
	in.t.Helper()
	text, err := os.ReadFile(in.workers[r.name].LogFile())
	must(in.t, err)
	return string(text)
}

// alarmed tells whether a worker's log says why it does not go on with a stream.
func alarmed(log, stream string, why workflows.Block) error {
	for line := range strings.Lines(log) {
		if strings.Contains(line, stream) && workflows.BlockOf(line) == why {
			return nil
		}
	}
	return errors.New("its log does not say so")
}

// written tells how much the log of a stream holds. A municipality's also gets what the night's comparison finds.
func (in *installation) written(stream string) uint64 {
	in.t.Helper()
	size, err := in.store.TreeSize(in.ctx, domain.LogOf(stream))
	must(in.t, err)
	return size
}

// rules tells which rules and form of state a stream's run keeps.
func (in *installation) rules(stream string) (rules, form int) {
	in.t.Helper()
	var v workflows.View
	in.until("the workflow answers", func() error {
		ctx, cancel := context.WithTimeout(in.ctx, 5*time.Second)
		defer cancel()
		answer, err := in.temporal.QueryWorkflow(ctx, stream, "", workflows.QueryState)
		if err != nil {
			return err
		}
		v = workflows.View{}
		return answer.Get(&v)
	})
	return v.Rules, v.State.Schema
}

// compare has a release compare its folded journal with what the workflows know.
func (in *installation) compare(r release, streams ...string) {
	in.t.Helper()
	out, err := exec.CommandContext(in.ctx, r.tests(in.t), "-compare", strings.Join(streams, ","), "-database", in.database,
		"-temporal", in.stack.TemporalAddress(), "-namespace", namespace).CombinedOutput()
	if err != nil {
		in.t.Errorf("%s: %v\n%s", r.name, err, out)
	}
	in.t.Logf("as %s folds it:\n%s", r.name, out)
}

func (in *installation) until(what string, ask func() error) {
	in.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-in.ctx.Done():
			in.t.Fatalf("%s: %v", what, errors.Join(in.ctx.Err(), err))
		case <-tick.C:
		}
	}
}

// showLogs puts the end of each of our processes' logs into the test's.
func (in *installation) showLogs() {
	const most = 3000
	show := func(c *stack.Child) {
		text, err := os.ReadFile(c.LogFile())
		if err != nil {
			in.t.Log(err)
			return
		}
		in.t.Logf("the end of %s.log:\n%s", c.Name(), text[max(0, len(text)-most):])
	}
	for _, c := range in.workers {
		show(c)
	}
	for _, c := range in.servers {
		show(c)
	}
}
