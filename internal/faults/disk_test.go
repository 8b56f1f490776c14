package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// The disk fills up under Postgres, which ends sessions and dies when it cannot write its log ahead. Once there is room
// again it recovers, by itself or started by hand, and everything goes on.
func TestExerciseOutlivesAFullDisk(t *testing.T) {
	t.Parallel()
	r := dice(t)
	disk := smallDisk(t)
	if !disk.own {
		t.Skip("a disk of one's own to fill takes the right to mount: run this test as root")
	}
	in := setup{stack: startOn(t, disk.dir)}.install(t, 8*time.Minute)
	disk.shrink(t, 0)
	stream := in.startExercise()
	const times = 3
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(int) {
			in.fillDisk(time.Second + time.Duration(r.Int64N(int64(5*time.Second))))
		})
		if hits <= times/2 { // work may be done before the last
			t.Errorf("the disk was full %d times of %d", hits, times)
		}
	})
	text, err := os.ReadFile(in.stack.Postgres().LogFile())
	must(t, err)
	if !strings.Contains(string(text), "No space left on device") || !strings.Contains(string(text), "PANIC") {
		t.Error("Postgres never ran out of disk for its log ahead")
	}
	in.outlived(stream)
}

// disk is a directory for a stack, on a file system of its own if one may be had.
type disk struct {
	dir string
	own bool
}

// smallDisk makes a disk. Who may not mount gets a directory.
func smallDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{dir: stacktest.Dir(t), own: true}
	err := syscall.Mount("arshjul", d.dir, "tmpfs", 0, "size=2g,mode=0755") // a stack does not start with less than it may need
	if errors.Is(err, os.ErrPermission) {
		d.own = false
		return d
	}
	must(t, err)
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

// shrink takes most of the room away, so that filling the rest does not take this machine's memory. What is left is enough
// for people who work that long: they write 30 MB a minute.
func (d *disk) shrink(t *testing.T, long time.Duration) {
	t.Helper()
	if d.own {
		size := fmt.Sprintf("size=%dm", 512+int(60*long.Minutes()))
		must(t, syscall.Mount("arshjul", d.dir, "tmpfs", syscall.MS_REMOUNT, size))
	}
}

// room tells whether the work itself has left any on the disk: when it has not, nothing heals, and nothing is found out.
func (d *disk) room(t *testing.T) bool {
	t.Helper()
	var fs syscall.Statfs_t
	must(t, syscall.Statfs(d.dir, &fs))
	left := fs.Bavail * uint64(fs.Bsize) >> 20
	if left < 64 {
		t.Errorf("the work itself has left %d MB on the disk: give it more", left)
	}
	return left >= 64
}

// startOn starts a stack in a directory, with Temporal's services apart.
func startOn(t *testing.T, dir string) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), stack.Config{Dir: dir, BinDir: stacktest.BinDir(t), Ephemeral: true, TemporalApart: true})
	must(t, err)
	t.Cleanup(func() {
		dead, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Stop(dead); err != nil {
			t.Error(err)
		}
	})
	// The log ahead must not fill a small disk by itself.
	c, err := pgx.Connect(t.Context(), s.PostgresURL("postgres", "postgres"))
	must(t, err)
	for _, sql := range []string{"alter system set max_wal_size = '128MB'", "select pg_reload_conf()"} {
		_, err = c.Exec(t.Context(), sql)
		must(t, err)
	}
	must(t, c.Close(t.Context()))
	return s
}

// fillDisk leaves no room on the stack's disk for a while.
func (in *installation) fillDisk(long time.Duration) {
	in.t.Helper()
	in.broke()
	ballast := filepath.Join(in.stack.Dir(), "ballast")
	full := time.Now().Add(long)
	for time.Now().Before(full) && in.ctx.Err() == nil {
		f, err := os.OpenFile(ballast, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			in.t.Errorf("fill the disk: %v", err)
			break
		}
		for megabyte := make([]byte, 1<<20); err == nil; {
			_, err = f.Write(megabyte)
		}
		_ = f.Close() // it is full, and is thrown away
		if !errors.Is(err, syscall.ENOSPC) {
			in.t.Errorf("fill the disk: %v", err)
			break
		}
		in.useUpLog()
	}
	if err := os.Remove(ballast); err != nil {
		in.t.Errorf("make room: %v", err)
	}
	in.revive()
}

// useUpLog makes Postgres want new files for its log ahead, until it has died of it or those that it had are used up.
func (in *installation) useUpLog() {
	ctx, cancel := context.WithTimeout(in.ctx, 2*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, in.owner)
	if err != nil {
		return // it is down
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for err == nil {
		_, err = c.Exec(ctx, "select pg_logical_emit_message(false, '', repeat('x', 1000)), pg_switch_wal()")
	}
}

// revive starts whatever was given up because it had died too often, and waits until the database answers.
func (in *installation) revive() {
	in.t.Helper()
	err := poll(in.ctx, func() error {
		children := append([]*stack.Child{in.stack.Postgres()}, in.stack.Temporal())
		for _, service := range []string{"history", "matching", "frontend", "worker"} {
			children = append(children, in.stack.TemporalService(service))
		}
		for _, c := range append(children, in.ours()...) {
			if c == nil {
				continue // Temporal is one process, or is four
			}
			if err := c.Resume(in.ctx); err != nil {
				return err
			}
		}
		ctx, cancel := context.WithTimeout(in.ctx, 5*time.Second)
		defer cancel()
		return in.stack.Postgres().Ready(ctx)
	})
	if err != nil {
		in.t.Errorf("start again: %v", err)
	}
}
