package stack_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

func TestStopAndStartAgainGoesOn(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	cfg.Ephemeral = false
	s, err := stack.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	execSQL(t, s, "create table kept (n int); insert into kept values (41)")
	stacktest.NamespaceAt(t, s.TemporalAddress(), "kept")
	address, pids := s.TemporalAddress(), []int{s.Postgres().PID(), s.Temporal().PID()}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if !gone(pid) {
			t.Errorf("process %d is left after Stop", pid)
		}
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Errorf("stopping twice: %v", err)
	}

	s = start(t, cfg)
	if n := count(t, s, "select n from kept"); n != 41 {
		t.Errorf("row after a second start: %d", n)
	}
	if !namespaceKnown(t, s, "kept") {
		t.Error("the namespace is gone after a second start")
	}
	if s.TemporalAddress() != address {
		t.Errorf("the remembered address %s became %s", address, s.TemporalAddress())
	}
	log, err := os.ReadFile(s.Postgres().LogFile())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(log), "was not properly shut down") {
		t.Errorf("Stop did not stop Postgres cleanly:\n%s", log)
	}
}

func TestCrashesAreRecoveredFrom(t *testing.T) {
	t.Parallel()
	heard := listen()
	cfg := config(t, stacktest.Dir(t))
	cfg.Tell = heard.tell
	s := start(t, cfg)
	execSQL(t, s, "create table kept (n int)")
	stacktest.NamespaceAt(t, s.TemporalAddress(), "kept")

	for name, child := range map[string]*stack.Child{"postgres": s.Postgres(), "temporal": s.Temporal()} {
		execSQL(t, s, "insert into kept values (1)")
		before := child.PID()
		if err := child.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		heard.wait(t, name+" avslutades oväntat (signal: killed)")
		if err := child.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if child.PID() == before {
			t.Errorf("%s still has process %d", name, before)
		}
	}
	if err := s.Temporal().Ready(t.Context()); err != nil { // it has lost its database meanwhile
		t.Fatal(err)
	}
	if n := count(t, s, "select count(*) from kept"); n != 2 {
		t.Errorf("%d of 2 committed rows after the crashes", n)
	}
	if !namespaceKnown(t, s, "kept") {
		t.Error("the namespace is gone after the crashes")
	}
	if s.Err() != nil {
		t.Errorf("given up: %v", s.Err())
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	s := start(t, config(t, stacktest.Dir(t)))
	execSQL(t, s, "create table kept (n int); insert into kept values (1)")
	for _, child := range []*stack.Child{s.Postgres(), s.Temporal()} {
		for _, mode := range []stack.Mode{stack.Clean, stack.Kill} {
			before := child.PID()
			if err := child.Restart(t.Context(), mode); err != nil {
				t.Fatalf("restart %s: %v", child.Name(), err)
			}
			if child.PID() == before || !gone(before) {
				t.Errorf("%s was not restarted", child.Name())
			}
		}
	}
	if n := count(t, s, "select n from kept"); n != 1 {
		t.Errorf("row after the restarts: %d", n)
	}
	if err := s.Temporal().Halt(t.Context(), stack.Clean); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", s.TemporalAddress()); err == nil {
		conn.Close()
		t.Error("halted Temporal still listens")
	}
	if err := s.Temporal().Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSecondStackOnADirectoryIsRefused(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	s := start(t, cfg)
	_, err := stack.StartPostgres(t.Context(), cfg)
	problem(t, err, "already_running", cfg.Dir, fmt.Sprint(os.Getpid()), "--dir")
	if count(t, s, "select 1") != 1 {
		t.Error("the refused one disturbed the first")
	}
}

func TestTwoStacksSideBySide(t *testing.T) {
	t.Parallel()
	a, b := start(t, config(t, stacktest.Dir(t))), start(t, config(t, stacktest.Dir(t)))
	if a.TemporalAddress() == b.TemporalAddress() {
		t.Fatalf("both at %s", a.TemporalAddress())
	}
	stacktest.NamespaceAt(t, a.TemporalAddress(), "only-a")
	if namespaceKnown(t, b, "only-a") {
		t.Error("the stacks share a Temporal")
	}
}

func TestSupervisedChild(t *testing.T) {
	t.Parallel()
	heard := listen()
	cfg := config(t, stacktest.Dir(t))
	cfg.Tell = heard.tell
	s, err := stack.StartPostgres(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop(context.Background())
	up := filepath.Join(cfg.Dir, "up")
	if err := syscall.Mkfifo(up, 0o600); err != nil {
		t.Fatal(err)
	}
	awaitUp := func() { // reading from the pipe waits for a writer
		if b, err := os.ReadFile(up); err != nil || string(b) != "up\n" {
			t.Fatalf("worker said %q: %v", b, err)
		}
	}
	// It says what it was given, and starts a program of its own.
	worker, err := s.Supervise(t.Context(), "worker", []string{"/bin/sh", "-c", `echo "$GREETING"; echo up >"$UP"; sleep 1000 & wait`},
		[]string{"GREETING=hej", "UP=" + up})
	if err != nil {
		t.Fatal(err)
	}
	awaitUp()
	if err := worker.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitUp()
	heard.wait(t, "worker avslutades oväntat")
	if s.Err() != nil {
		t.Errorf("given up after one death: %v", s.Err())
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !gone(worker.PID()) {
		t.Errorf("process %d is left after Stop", worker.PID())
	}
	log, err := os.ReadFile(filepath.Join(cfg.Dir, "logs", "worker.log"))
	if err != nil || string(log) != "hej\nhej\n" {
		t.Errorf("worker's log: %q, %v", log, err)
	}
}

func TestChildThatCannotBeKeptIsGivenUp(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	s, err := stack.StartPostgres(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop(context.Background())
	if _, err := s.Supervise(t.Context(), "worker", []string{"/bin/sh", "-c", "exit 3"}, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-t.Context().Done():
		t.Fatal("never given up")
	}
	for _, says := range []string{"worker", "exit status 3", filepath.Join(cfg.Dir, "logs", "worker.log")} {
		if !strings.Contains(s.Err().Error(), says) {
			t.Errorf("%q is not in: %v", says, s.Err())
		}
	}
}
