package stacktest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	root := t.TempDir()
	long := time.Now().Add(-time.Hour)
	dir := func(name string, age time.Time) string {
		d := filepath.Join(root, name)
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "lock"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(d, age, age); err != nil {
			t.Fatal(err)
		}
		return d
	}
	left, fresh, other := dir(dirPrefix+"left", long), dir(dirPrefix+"fresh", time.Now()), dir("somebody-elses", long)
	used := dir(dirPrefix+"used", long)
	lock, err := os.Open(filepath.Join(used, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	sweep(root)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what a killed test left is still there: %v", err)
	}
	for _, d := range []string{fresh, other, used} {
		if _, err := os.Stat(d); err != nil {
			t.Errorf("swept away: %v", err)
		}
	}
}
