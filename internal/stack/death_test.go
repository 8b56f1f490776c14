package stack_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// stackDirEnv makes the test binary run a stack in that directory until it is killed, instead of tests.
const stackDirEnv = "ARSHJUL_TEST_RUN_STACK_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(stackDirEnv); dir != "" {
		runStack(dir, os.Getenv(stackDirEnv+"_BIN"))
	}
	os.Exit(m.Run())
}

func runStack(dir, bin string) {
	s, err := stack.Start(context.Background(), stack.Config{Dir: dir, BinDir: bin, Ephemeral: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	worker, err := s.Supervise(context.Background(), "worker", []string{"/bin/sleep", "1000"}, nil)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("children", s.Postgres().PID(), s.Temporal().PID(), worker.PID())
	<-s.Done()
	os.Exit(1)
}

// The process that runs the stack dies without a chance to stop anything: nothing of it stays, and the next start goes on.
func TestNothingOutlivesTheStacksProcess(t *testing.T) {
	t.Parallel()
	dir := stacktest.Dir(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), stackDirEnv+"="+dir, stackDirEnv+"_BIN="+stacktest.BinDir(t))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	var postgres, temporal, worker int
	if _, scanErr := fmt.Sscanf(line, "children %d %d %d", &postgres, &temporal, &worker); scanErr != nil {
		t.Fatalf("the stack's process said %q: %v, %v", line, err, scanErr)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the stack's process ended by itself")
	}

	// At once: the earlier Postgres may still be ending, which Start waits for.
	start(t, config(t, dir))
	for _, pid := range []int{postgres, temporal, worker} {
		awaitGone(t, pid)
	}
}

// Postgres itself is killed together with the stack's process, and its sessions have no postmaster left.
func TestPostgresKilledWithTheStacksProcess(t *testing.T) {
	t.Parallel()
	dir := stacktest.Dir(t)
	s, err := stack.StartPostgres(t.Context(), config(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	execSQL(t, s, "create table kept (n int); insert into kept values (5)")
	if err := s.Postgres().Halt(t.Context(), stack.Kill); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir + "/pg/postmaster.pid"); err != nil {
		t.Fatalf("the crash left no lock file, so this tests nothing: %v", err)
	}
	// The lock file names a living process that is no Postgres: ours.
	lock, err := os.ReadFile(dir + "/pg/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(lock), "\n")
	if err := os.WriteFile(dir+"/pg/postmaster.pid", fmt.Appendf(nil, "%d\n%s", os.Getpid(), rest), 0o600); err != nil {
		t.Fatal(err)
	}
	s = start(t, config(t, dir))
	if n := count(t, s, "select n from kept"); n != 5 {
		t.Errorf("row after the crash: %d", n)
	}
}

// awaitGone waits for the end of a process that is not our child, with a test that never ends as the deadline.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	for !gone(pid) {
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(state), ") Z ") {
			return // dead, and its new parent has not asked yet
		} else if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}
