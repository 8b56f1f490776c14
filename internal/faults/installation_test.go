package faults

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
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
	if what := os.Getenv(relayAs); what != "" {
		if err := relayOnly(what); err != nil {
			fmt.Fprintln(os.Stderr, "relay:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
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
		if was := os.Getenv(inNamespace); was != "" { // who started this process has built it
			program.path = was
			return
		}
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
	setup    setup
	stack    *stack.Stack
	database string // the application's own role
	owner    string // the superuser
	server   string // http://127.0.0.1:port, the first server itself
	worker   *stack.Child
	serve    *stack.Child   // the first
	serves   []*stack.Child // all
	others   []*stack.Child // more workers
	store    *store.Store
	temporal client.Client
	ledger   *ledger
	door     *door
	broken   atomic.Int64 // how often something was broken, for each of which a mail may have come twice
}

// setup is how an installation differs from the usual one.
type setup struct {
	stack   *stack.Stack        // nil: a new one
	program string              // "": the checkout's
	env     map[string][]string // more, by part
	post    *mailtest.Server    // takes real mails; nil: the sink does
	mail    []string            // flags of the worker; nil: every mail goes to the sink
	servers int                 // 0: one
	// dials changes the addresses by which a part ("worker", "serve") reaches others; nil: as they are.
	dials func(part, database, temporal string) (string, string)
	// within changes the command line of a part; nil: as it is.
	within func(part string, argv []string) []string
	// answers gives the address at which people reach a server that listens at another; nil: that one.
	answers func(listens string) string
}

// install starts it all as usual. limit is the time that the test has.
func install(t *testing.T, limit time.Duration) *installation {
	t.Helper()
	return setup{}.install(t, limit)
}

// install starts it all; the registry is Helsingborg's.
func (s setup) install(t *testing.T, limit time.Duration) *installation {
	t.Helper()
	if s.program == "" {
		s.program = built(t)
	}
	if s.mail == nil {
		s.mail = []string{"--mail", "sink"}
	}
	began := time.Now()
	in := &installation{t: t, setup: s, stack: s.stack}
	if in.stack == nil {
		in.stack = stacktest.New(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	in.ctx = ctx
	must(t, in.stack.EnsureDatabase(ctx, "arshjul"))
	in.owner, in.database = in.stack.PostgresURL("arshjul", "postgres"), in.stack.PostgresURL("arshjul", store.AppRole)
	out, err := exec.CommandContext(ctx, built(t), append([]string{"migrate"}, in.platform(in.owner, in.stack.TemporalAddress())...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	in.worker = in.part("worker", "worker", s.mail...)
	var servers []string
	for n := range max(s.servers, 1) {
		listens := freeAddress(t)
		name := "serve"
		if n > 0 {
			name += fmt.Sprintf("-%d", n+1)
		}
		in.serves = append(in.serves, in.part(name, "serve", "--dev-login", "--addr", listens, "--kommun", kommun, "--wheel", "helsingborg-1", "--found", "helsingborg-1"))
		if s.answers != nil {
			listens = s.answers(listens)
		}
		servers = append(servers, "http://"+listens)
	}
	in.serve, in.server = in.serves[0], servers[0]
	in.store, err = store.Open(ctx, in.database)
	must(t, err)
	t.Cleanup(in.store.Close)
	in.temporal, err = temporalx.Dial(ctx, in.stack.TemporalAddress(), namespace, zap.NewNop())
	must(t, err)
	t.Cleanup(in.temporal.Close)
	in.ledger = newLedger(t)
	in.door = openDoor(t, in.ledger, servers...)
	in.until("the server answers", in.healthy)
	in.t.Logf("installed in %.1f s", time.Since(began).Seconds())
	t.Cleanup(func() {
		if t.Failed() {
			in.showLogs()
		}
	})
	return in
}

func (in *installation) platform(database, temporal string) []string {
	return []string{"--database", database, "--temporal", temporal, "--namespace", namespace}
}

// part starts a process of ours.
func (in *installation) part(name, verb string, more ...string) *stack.Child {
	in.t.Helper()
	database, temporal := in.database, in.stack.TemporalAddress()
	if in.setup.dials != nil {
		database, temporal = in.setup.dials(verb, database, temporal)
	}
	argv := append(append([]string{in.setup.program, verb}, in.platform(database, temporal)...), more...)
	if in.setup.within != nil {
		argv = in.setup.within(verb, argv)
	}
	c, err := in.stack.Supervise(in.ctx, name, argv, in.setup.env[verb])
	must(in.t, err)
	return c
}

// restart brings a child down and up again. It may be called from any goroutine.
func (in *installation) restart(c *stack.Child, mode stack.Mode) {
	in.t.Helper()
	in.broke()
	if err := c.Restart(in.ctx, mode); err != nil {
		in.t.Errorf("restart %s: %v", c.Name(), err)
	}
}

// ours are the processes of this program.
func (in *installation) ours() []*stack.Child {
	return slices.Concat([]*stack.Child{in.worker}, in.others, in.serves)
}

// showLogs puts the end of each of our processes' logs into the test's, and before it what no process may write: a test that
// waited in vain may have done so for that, long ago.
func (in *installation) showLogs() {
	for _, c := range in.ours() {
		text, err := os.ReadFile(c.LogFile())
		if err != nil {
			in.t.Log(err)
			continue
		}
		for _, at := range alarming.FindAllIndex(text, 5) {
			in.t.Logf("%s.log: %.600s", c.Name(), text[bytes.LastIndexByte(text[:at[0]], '\n')+1:])
		}
		const most = 4000
		in.t.Logf("the end of %s.log:\n%s", c.Name(), text[max(0, len(text)-most):])
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := stack.FreePort()
	must(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
