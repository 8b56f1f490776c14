// Package stacktest gives tests a real Postgres and a real Temporal server of their own.
//
// A test package hands its TestMain over to Main. What its tests ask for is started at the first asking, once per
// package, in a throw-away directory, and stopped after the last test:
//
//	func TestMain(m *testing.M) { stacktest.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		url := stacktest.Database(t, migrate)
//		address, namespace := stacktest.Namespace(t)
//		…
//	}
//
// Tests that break things start a stack that nobody else uses, with New.
package stacktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"arshjul/internal/stack"
)

// shared is the package's one stack: Postgres from the first need of it, Temporal too once a test asks for that.
var shared struct {
	sync.Mutex
	inMain bool
	dir    string
	stack  *stack.Stack
}

// Main runs the package's tests, stops what they started and exits.
func Main(m *testing.M) {
	shared.Lock()
	shared.inMain = true
	shared.Unlock()
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stacktest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func stop() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.stack == nil {
		return nil
	}
	// Killed, not asked: what they hold is thrown away.
	dead, cancel := context.WithCancel(context.Background())
	cancel()
	return errors.Join(shared.stack.Stop(dead), os.RemoveAll(shared.dir))
}

// postgres returns the package's stack, of which at least Postgres runs.
func postgres(t testing.TB) *stack.Stack {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.inMain {
		t.Fatal("stacktest: the package lacks func TestMain(m *testing.M) { stacktest.Main(m) }")
	}
	if shared.stack != nil {
		return shared.stack
	}
	dir, err := makeDir()
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	s, err := stack.StartPostgres(t.Context(), stack.Config{Dir: dir, BinDir: BinDir(t), Ephemeral: true})
	if err != nil {
		t.Fatalf("stacktest: %v", errors.Join(err, os.RemoveAll(dir)))
	}
	shared.stack, shared.dir = s, dir
	return s
}

// Temporal returns the package's stack with Temporal running. It is shared: use New to break things.
func Temporal(t testing.TB) *stack.Stack {
	t.Helper()
	s := postgres(t)
	shared.Lock()
	defer shared.Unlock()
	if s.Temporal() == nil {
		if err := s.StartTemporal(t.Context()); err != nil {
			t.Fatalf("stacktest: %v", err)
		}
	}
	return s
}

// New starts a stack of the test's own, with Temporal, and stops it when the test ends.
func New(t testing.TB) *stack.Stack {
	t.Helper()
	return start(t, stack.Config{})
}

// NewApart is New with each of Temporal's services in a process of its own.
func NewApart(t testing.TB) *stack.Stack {
	t.Helper()
	return start(t, stack.Config{TemporalApart: true})
}

func start(t testing.TB, cfg stack.Config) *stack.Stack {
	t.Helper()
	cfg.Dir, cfg.BinDir, cfg.Ephemeral, cfg.Tell = Dir(t), BinDir(t), true, told(t)
	s, err := stack.Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	t.Cleanup(func() {
		dead, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Stop(dead); err != nil {
			t.Errorf("stacktest: %v", err)
		}
	})
	return s
}

// told passes what a stack tells on to the test's log for as long as the test runs.
func told(t testing.TB) func(string) {
	return func(line string) {
		if t.Context().Err() == nil {
			t.Log(line)
		}
	}
}

// BinDir is the checkout's bin, where make build-temporal leaves the server.
func BinDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	for {
		// The nested modules below deploy hold no tests, so the first go.mod is the product's.
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "bin")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("stacktest: no go.mod above the test's directory")
		}
		dir = filepath.Dir(dir)
	}
}
