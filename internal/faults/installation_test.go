package faults

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

const (
	kommun    = "1283"
	namespace = "arshjul"

	// People of helsingborg-organisation.yaml.
	launcher  domain.PersonID = "p-slf-cykelansvarig"
	confirmer domain.PersonID = "p-slf-ekonomidirektor"
	registrar domain.PersonID = "p-slf-registeransvarig"
)

var seedFlag = flag.Uint64("seed", 0, "seed of what is random; 0 picks one")

// program is the one build of cmd/arshjul that every test runs.
var program struct {
	once sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	flag.Parse()
	if *seedFlag == 0 {
		*seedFlag = uint64(time.Now().UnixNano())
	}
	dir, err := os.MkdirTemp("", "arshjul-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
	program.path = filepath.Join(dir, "arshjul")
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func built(t *testing.T) string {
	t.Helper()
	program.once.Do(func() {
		if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program.path, "arshjul/cmd/arshjul").CombinedOutput(); err != nil {
			program.err = fmt.Errorf("build cmd/arshjul: %w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.path
}

// dice is the test's randomness; a test that fails says how to throw the same again.
func dice(t *testing.T) *rand.Rand {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("throw the same again: go test ./internal/faults -run '^%s$' -seed %d", t.Name(), *seedFlag)
		}
	})
	return rand.New(rand.NewPCG(*seedFlag, 0))
}

// installation is everything that a municipality runs, on a stack of its own.
type installation struct {
	t        *testing.T
	ctx      context.Context // ends when the test's time is out
	stack    *stack.Stack
	database string // the application's own role
	owner    string // the superuser
	server   string // http://127.0.0.1:port, the server itself
	worker   *stack.Child
	serve    *stack.Child
	store    *store.Store
	temporal client.Client
	ledger   *ledger
	door     *door
}

// install starts it all; the registry is Helsingborg's. limit is the time that the test has.
func install(t *testing.T, limit time.Duration) *installation {
	t.Helper()
	binary := built(t)
	began := time.Now()
	in := &installation{t: t, stack: stacktest.New(t)}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	in.ctx = ctx
	must(t, in.stack.EnsureDatabase(ctx, "arshjul"))
	in.owner, in.database = in.stack.PostgresURL("arshjul", "postgres"), in.stack.PostgresURL("arshjul", store.AppRole)
	platform := func(verb, database string, more ...string) []string {
		return append([]string{binary, verb, "--database", database, "--temporal", in.stack.TemporalAddress(), "--namespace", namespace}, more...)
	}
	argv := platform("migrate", in.owner)
	if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	var err error
	in.worker, err = in.stack.Supervise(ctx, "worker", platform("worker", in.database), nil)
	must(t, err)
	address := freeAddress(t)
	in.serve, err = in.stack.Supervise(ctx, "serve",
		platform("serve", in.database, "--dev-login", "--addr", address, "--kommun", kommun, "--wheel", "helsingborg-1", "--found", "helsingborg-1"), nil)
	must(t, err)
	in.server = "http://" + address
	in.store, err = store.Open(ctx, in.database)
	must(t, err)
	t.Cleanup(in.store.Close)
	in.temporal, err = temporalx.Dial(ctx, in.stack.TemporalAddress(), namespace, zap.NewNop())
	must(t, err)
	t.Cleanup(in.temporal.Close)
	in.ledger = newLedger(t)
	in.door = openDoor(t, in.server, in.ledger)
	in.until("the server answers", in.healthy)
	in.t.Logf("installed in %.1f s", time.Since(began).Seconds())
	t.Cleanup(func() {
		if t.Failed() {
			in.showLogs()
		}
	})
	return in
}

// client asks as a person, through the door that keeps the ledger.
func (in *installation) client(as domain.PersonID) *api.Client {
	return api.NewClient(in.door.address, as)
}

func (in *installation) healthy() error {
	var h api.Health
	return api.NewClient(in.server, "").Get(in.ctx, "/health", &h)
}

// startExercise starts an exercise of 2028 and gives its stream.
func (in *installation) startExercise() string {
	in.t.Helper()
	var r api.Receipt
	in.persist("start an exercise", func() error {
		return in.client(launcher).Post(in.ctx, "/exercises", api.Exercise{ID: "exercise", Year: 2028}, &r)
	})
	return r.Stream
}

// launch starts the real cycle of a year, ordered by one person and confirmed by another, and gives its stream.
func (in *installation) launch(year int) string {
	in.t.Helper()
	wheel, err := wheelfile.Read("helsingborg-1.yaml", wheels.First)
	if err != nil {
		in.t.Fatal(err)
	}
	registry, id := domain.RegistryStream(kommun), fmt.Sprintf("launch-%d", year)
	give := func(as domain.PersonID, c api.Command) {
		in.persist(string(c.Kind), func() error {
			_, err := in.client(as).Give(in.ctx, registry, c)
			return err
		})
	}
	give(launcher, api.Command{ID: id + "-order", Kind: domain.CmdOrder, Text: "Prov, vad repetitionen än säger (påhittat)",
		Order: &api.Order{Year: year, Wheel: wheel.Wheel.Hash(), Dnr: "KS 1/2026 (påhittat)", Date: "2026-11-01"}})
	var list api.Orders
	in.persist("find the order", func() error { return in.client(launcher).Get(in.ctx, "/orders", &list) })
	number := list.Orders[0].Number // the newest first
	give(confirmer, api.Command{ID: id + "-confirm", Kind: domain.CmdConfirmOrder, Order: &api.Order{Number: number}})
	var r api.Receipt
	in.persist("launch", func() error {
		return in.client(launcher).Post(in.ctx, "/cycles", api.Launch{ID: id, Year: year, Order: number}, &r)
	})
	return r.Stream
}

// persist asks until there is an answer. A no fails the test.
func (in *installation) persist(what string, ask func() error) {
	in.t.Helper()
	in.until(what, func() error {
		err := ask()
		if err != nil && !askAgain(err) {
			in.t.Fatalf("%s: %v", what, err)
		}
		return err
	})
}

// askAgain tells whether an answer is none: nobody answered, or nobody knows yet.
func askAgain(err error) bool {
	var (
		problem     *api.Problem
		unreachable *api.Unreachable
	)
	return errors.As(err, &unreachable) || errors.As(err, &problem) && problem.Exit() == api.ExitUnknown
}

// until asks until there is no error, and fails the test when its time is out.
func (in *installation) until(what string, ask func() error) {
	in.t.Helper()
	if err := poll(in.ctx, ask); err != nil {
		in.t.Fatalf("%s: %v", what, err)
	}
}

func poll(ctx context.Context, ask func() error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// restart brings a child down and up again. It may be called from any goroutine.
func (in *installation) restart(c *stack.Child, mode stack.Mode) {
	in.t.Helper()
	if err := c.Restart(in.ctx, mode); err != nil {
		in.t.Errorf("restart %s: %v", c.Name(), err)
	}
}

func (in *installation) logFile(name string) string {
	return filepath.Join(in.stack.Dir(), "logs", name+".log")
}

// showLogs puts the end of each of our processes' logs into the test's.
func (in *installation) showLogs() {
	for _, name := range []string{"worker", "serve"} {
		text, err := os.ReadFile(in.logFile(name))
		if err != nil {
			in.t.Log(err)
			continue
		}
		const most = 4000
		in.t.Logf("the end of %s.log:\n%s", name, text[max(0, len(text)-most):])
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// oracle looks at this installation.
func (in *installation) oracle() *oracle {
	return &oracle{ledger: in.ledger.path, store: in.store, temporal: in.temporal, namespace: namespace,
		logs: []string{in.logFile("worker"), in.logFile("serve")}, patience: time.Minute}
}

// audit asks the oracle, and fails the test for everything that it finds.
func (in *installation) audit() tally {
	in.t.Helper()
	began := time.Now()
	found, compared, err := in.oracle().audit(in.ctx)
	must(in.t, err)
	for _, f := range found {
		in.t.Error(f)
	}
	in.t.Logf("audited in %.1f s: %d streams in %d runs, %d entries; %d commands acknowledged, %d denied, %d unknown", time.Since(began).Seconds(), compared.streams, compared.runs, compared.entries, compared.acknowledged, compared.denied, compared.unknown)
	if compared.acknowledged == 0 {
		in.t.Error("nothing was acknowledged, so nothing was compared")
	}
	return compared
}
