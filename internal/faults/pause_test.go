package faults

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"arshjul/internal/stack"
)

// Postgres answers nobody for a while and then goes on where it was, as behind a disk or a machine that hangs.
func TestExerciseOutlivesPostgresStandingStill(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 8*time.Minute)
	stream := in.startExercise()
	const times = 4
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(n int) {
			// The last time longer than an activity may take, and a command's answer.
			in.pause(in.stack.Postgres(), time.Duration(n*n)*1500*time.Millisecond+time.Duration(r.Int64N(int64(time.Second))))
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("Postgres stood still %d times of %d", hits, times)
		}
	})
	in.outlived(stream)
}

// pause stops a child and all that it has started, and lets them go on after a while.
func (in *installation) pause(c *stack.Child, long time.Duration) {
	in.t.Helper()
	in.broke()
	stopped, err := stopAll(c.PID())
	defer func() {
		for _, pid := range stopped {
			_ = syscall.Kill(pid, syscall.SIGCONT) // it may have ended
		}
	}()
	if err != nil {
		in.t.Errorf("pause %s: %v", c.Name(), err)
	}
	select {
	case <-time.After(long):
	case <-in.ctx.Done():
	}
}

// stopAll stops a process and everything below it, also what it started while it was being stopped.
func stopAll(pid int) (stopped []int, err error) {
	for wait := []int{pid}; len(wait) > 0; {
		for _, p := range wait {
			if err := syscall.Kill(p, syscall.SIGSTOP); err == nil || p == pid {
				stopped = append(stopped, p)
			}
		}
		all, err := below(pid)
		if err != nil {
			return stopped, err
		}
		wait = slices.DeleteFunc(all, func(p int) bool { return slices.Contains(stopped, p) })
	}
	return stopped, nil
}

// below lists the processes that a process has started, and those that they have.
func below(pid int) (all []int, err error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// 123 (name) S 1 …: the name may hold anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			return nil, err
		}
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		children[parent] = append(children[parent], child)
	}
	for wait := []int{pid}; len(wait) > 0; wait = wait[1:] {
		all = append(all, children[wait[0]]...)
		wait = append(wait, children[wait[0]]...)
	}
	return all, nil
}
