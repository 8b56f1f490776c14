package stacktest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const dirPrefix = "arshjul-test-"

// Dir makes a directory for a stack, removed when the test ends. Unlike t.TempDir's, its name is short enough for a
// socket and Postgres' user can enter it.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := makeDir()
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("stacktest: %v", err)
		}
	})
	return dir
}

func makeDir() (string, error) {
	root := os.TempDir()
	// Memory is faster than the disk, where there is room for it; containers have 64 MB.
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err == nil && fs.Bavail*uint64(fs.Bsize) > 4<<30 {
		root = "/dev/shm"
	}
	sweep(root)
	dir, err := os.MkdirTemp(root, dirPrefix)
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// sweep removes what test processes that were killed have left. A directory in use is locked, or has just been made.
func sweep(root string) {
	left, err := filepath.Glob(filepath.Join(root, dirPrefix+"*"))
	if err != nil {
		panic(err) // only a malformed pattern
	}
	for _, dir := range left {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < 10*time.Minute {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			// Somebody else's litter, perhaps on a disk of its own: tidied up as far as we may.
			_ = syscall.Unmount(dir, syscall.MNT_DETACH)
			_ = os.RemoveAll(dir)
		}
		lock.Close()
	}
}
