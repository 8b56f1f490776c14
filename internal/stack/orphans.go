package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clearOrphans ends what a crash has left of an earlier Postgres on the same data, and removes its lock file, which
// Postgres would otherwise honour if the process id is in use again. The caller holds the directory's lock and runs no
// Postgres on it, so nothing that it finds belongs to anybody.
func clearOrphans(cfg Config) error {
	data := cfg.path("pg")
	pidFile := filepath.Join(data, "postmaster.pid")
	postmaster, err := firstLineNumber(pidFile)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	patience := time.Now().Add(30 * time.Second)
	for asked := false; ; {
		left, err := processesIn(data)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			break
		}
		switch late := time.Now().After(patience); {
		case late:
			return fmt.Errorf("en tidigare Postgres i %s vill inte avslutas (process %v). Stoppa den och försök igen", data, left)
		case !asked && slices.Contains(left, postmaster):
			cfg.tellf("En tidigare Postgres i %s är kvar (process %d) och avslutas först …", data, postmaster)
			_ = syscall.Kill(postmaster, syscall.SIGINT) // it may have ended by itself
			asked = true
		case !asked && time.Until(patience) < 29*time.Second:
			// Sessions whose postmaster is dead end by themselves; those that have not by now are busy or stuck.
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGQUIT)
			}
			asked = true
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := os.Remove(pidFile); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// processesIn returns the processes that have dir as their working directory, as every process of a Postgres has its data's.
func processesIn(dir string) ([]int, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var in []int
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// Fails for those that have just ended and for other people's, which cannot be in our private directory.
		if cwd, err := os.Readlink(filepath.Join("/proc", e.Name(), "cwd")); err == nil && cwd == dir {
			in = append(in, pid)
		}
	}
	return in, nil
}

func firstLineNumber(file string) (int, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0, nil // cut short by a crash: names no process
	}
	return n, nil
}
