package stack

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What depends on the machine is tested from within, on machines made of directories.

func fakePostgres(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + " (Debian)'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChoosePostgres(t *testing.T) {
	v13, v15, v17, beta := fakePostgres(t, "13.4"), fakePostgres(t, "15.14"), fakePostgres(t, "17.2"), fakePostgres(t, "18beta1")
	half := fakePostgres(t, "17.9")
	if err := os.Remove(filepath.Join(half, "initdb")); err != nil {
		t.Fatal(err)
	}
	made := func(version string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte(version+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct {
		name       string
		dirs       []string
		data       string
		want, code string
	}{
		{"newest", []string{v15, v17, v13, beta, half}, "no cluster", v17, ""},
		{"the cluster's own, not the newest", []string{v17, v15}, made("15"), v15, ""},
		{"the cluster's own, though old", []string{v17, v13}, made("13"), v13, ""},
		{"cluster of another version", []string{v15, v17}, made("16"), "", "postgres_version"},
		{"too old for a new cluster", []string{v13}, "no cluster", "", "postgres_missing"},
		{"none", nil, "no cluster", "", "postgres_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := choosePostgres(c.dirs, c.data)
			var p *Problem
			errors.As(err, &p)
			switch {
			case c.code == "" && (err != nil || got != c.want):
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			case c.code != "" && (p == nil || p.Code != c.code || !strings.Contains(p.Message, "apt-get install postgresql")):
				t.Errorf("got %v; want %s", err, c.code)
			}
		})
	}
}

func TestTooLittleDisk(t *testing.T) {
	if err := enough("/here", leastFree); err != nil {
		t.Errorf("just enough: %v", err)
	}
	var p *Problem
	if err := enough("/here", 700<<20); !errors.As(err, &p) || p.Code != "disk_full" ||
		!strings.Contains(p.Message, "700 MB") || !strings.Contains(p.Message, "/here") {
		t.Errorf("700 MB: %v", err)
	}
}

func TestBarrier(t *testing.T) {
	base := t.TempDir()
	nobody := &syscall.Credential{Uid: 65533, Gid: 65533, Groups: []uint32{uint32(os.Getgid())}}
	inner := filepath.Join(base, "closed", "inner")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for d := base; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	closed := filepath.Join(base, "closed")
	for _, c := range []struct {
		mode os.FileMode
		as   *syscall.Credential
		dir  string
		want string
	}{
		{0o755, nobody, inner, ""},
		{0o700, nobody, inner, closed},
		{0o710, nobody, inner, ""},     // through the group
		{0o701, nobody, inner, closed}, // shut out by it
		{0o700, nil, inner, ""},        // we run it ourselves
		{0o700, nobody, filepath.Join(base, "not-yet", "made"), ""},
	} {
		if err := os.Chmod(closed, c.mode); err != nil {
			t.Fatal(err)
		}
		if got, err := barrier(c.dir, c.as); err != nil || got != c.want {
			t.Errorf("mode %o: got %q, %v; want %q", c.mode, got, err, c.want)
		}
	}
}
