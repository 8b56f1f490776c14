package stack_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := config(t, stacktest.Dir(t))
	cfg.TemporalPort = l.Addr().(*net.TCPAddr).Port
	_, err = stack.Start(t.Context(), cfg)
	problem(t, err, "port_taken", fmt.Sprint(cfg.TemporalPort), "--temporal-port")
	problem(t, stack.Check(cfg), "port_taken", fmt.Sprint(cfg.TemporalPort), "--temporal-port")
}

func TestRememberedPortThatIsTakenMoves(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	s, err := stack.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	was := s.TemporalAddress()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", was)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if s = start(t, cfg); s.TemporalAddress() == was {
		t.Errorf("Temporal is said to be at %s, where somebody else listens", was)
	}
}

func TestChosenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(t, stacktest.Dir(t))
	cfg.TemporalPort = l.Addr().(*net.TCPAddr).Port
	l.Close()
	if s := start(t, cfg); s.TemporalAddress() != fmt.Sprintf("127.0.0.1:%d", cfg.TemporalPort) {
		t.Errorf("asked for port %d, got %s", cfg.TemporalPort, s.TemporalAddress())
	}
}

func TestMissingTemporal(t *testing.T) {
	t.Parallel()
	bin := stacktest.BinDir(t)
	for name, spoil := range map[string]func(t *testing.T, dir string) error{
		"temporal-server missing":   func(t *testing.T, dir string) error { return os.Remove(dir + "/temporal-server") },
		"temporal-sql-tool missing": func(t *testing.T, dir string) error { return os.Remove(dir + "/temporal-sql-tool") },
		"temporal-schema missing":   func(t *testing.T, dir string) error { return os.Remove(dir + "/temporal-schema") },
		"temporal-server half-built": func(t *testing.T, dir string) error {
			if err := os.Remove(dir + "/temporal-server"); err != nil {
				return err
			}
			return os.WriteFile(dir+"/temporal-server", nil, 0o755)
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t, stacktest.Dir(t))
			cfg.BinDir = t.TempDir()
			for _, part := range []string{"temporal-server", "temporal-sql-tool", "temporal-schema"} {
				if err := os.Symlink(filepath.Join(bin, part), filepath.Join(cfg.BinDir, part)); err != nil {
					t.Fatal(err)
				}
			}
			if err := stack.Check(cfg); err != nil {
				t.Fatalf("whole: %v", err)
			}
			if err := spoil(t, cfg.BinDir); err != nil {
				t.Fatal(err)
			}
			what, _, _ := strings.Cut(name, " ")
			_, err := stack.Start(t.Context(), cfg)
			problem(t, err, "temporal_missing", filepath.Join(cfg.BinDir, what), "make build-temporal")
			problem(t, stack.Check(cfg), "temporal_missing", what)
		})
	}
}

func TestTemporalThatDoesNotStartShowsItsLog(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	bin := cfg.BinDir
	cfg.BinDir = t.TempDir()
	for _, part := range []string{"temporal-sql-tool", "temporal-schema"} {
		if err := os.Symlink(filepath.Join(bin, part), filepath.Join(cfg.BinDir, part)); err != nil {
			t.Fatal(err)
		}
	}
	script := "#!/bin/sh\necho cannot go on; exit 1\n"
	if err := os.WriteFile(filepath.Join(cfg.BinDir, "temporal-server"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := stack.Start(t.Context(), cfg)
	if err == nil || !strings.Contains(err.Error(), "cannot go on") || !strings.Contains(err.Error(), "logs/temporal.log") {
		t.Errorf("the error does not show the log: %v", err)
	}
	cfg.BinDir = bin
	start(t, cfg) // the failed start has let go of everything
}

func TestUnusableDirectories(t *testing.T) {
	t.Parallel()
	base := stacktest.Dir(t)
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := stack.StartPostgres(t.Context(), config(t, filepath.Join(file, "stack")))
	problem(t, err, "dir_not_writable", file, "--dir")

	_, err = stack.StartPostgres(t.Context(), config(t, filepath.Join(base, strings.Repeat("lång", 25))))
	problem(t, err, "dir_too_long", "--dir")
}

func TestInterruptedFirstStart(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	// As initdb, killed half-way, leaves it; and the sql tool, killed between its verbs.
	if err := os.MkdirAll(filepath.Join(cfg.Dir, "pg.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := stack.StartPostgres(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureDatabase(t.Context(), "temporal"); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureDatabase(t.Context(), "temporal"); err != nil {
		t.Errorf("ensured twice: %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
}

func TestPortsFileCutShort(t *testing.T) {
	t.Parallel()
	cfg := config(t, stacktest.Dir(t))
	if err := os.WriteFile(filepath.Join(cfg.Dir, "ports"), []byte(`{"frontend":{"gr`), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
}
