package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu is the processor time that the parts of the installation have used.
type cpu struct {
	own, temporal, postgres time.Duration
}

func (c cpu) plus(o cpu) cpu {
	return cpu{c.own + o.own, c.temporal + o.temporal, c.postgres + o.postgres}
}

func (c cpu) minus(o cpu) cpu {
	return cpu{c.own - o.own, c.temporal - o.temporal, c.postgres - o.postgres}
}

// cpu reads what has been used so far.
func (r *rig) cpu() (c cpu) {
	r.Helper()
	c.temporal, c.postgres = r.used(r.stack.Temporal().PID()), r.used(r.stack.Postgres().PID())
	c.own = r.used(os.Getpid())
	return c
}

// tick is what /proc counts processor time in.
const tick = 10 * time.Millisecond

// used is the processor time of a process and of those below it.
func (r *rig) used(pid int) (sum time.Duration) {
	r.Helper()
	for _, p := range family(pid) {
		fields, err := stat(p)
		if err != nil {
			continue // it has just ended
		}
		times := fields[11:13] // user, system
		if p == pid {
			times = fields[11:15] // and of children that have ended
		}
		for _, f := range times {
			n, err := strconv.Atoi(f)
			r.must(err)
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

// memory is what a process and those below it have in memory, in bytes; what several share is shared among them.
func (r *rig) memory(pid int) (sum float64) {
	r.Helper()
	for _, p := range family(pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		if err != nil {
			continue // it has just ended
		}
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				n, err := strconv.Atoi(strings.Fields(rest)[0])
				r.must(err)
				sum += float64(n) * 1024
			}
		}
	}
	return sum
}

// stat is what /proc tells of a process, from its state on.
func stat(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])), nil
}

// family is a process and its children; this process' own are the stack, and left out. Neither Postgres' nor Temporal's
// children have children.
func family(pid int) []int {
	all := []int{pid}
	if pid == os.Getpid() {
		return all
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		panic(err) // only a malformed pattern
	}
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has just ended
		}
		for _, field := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}
