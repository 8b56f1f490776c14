package stack

import (
	"fmt"
	"os"
	"path/filepath"
)

// Config says where a stack lives and how it is to run. The zero value is a durable stack in DefaultDir.
type Config struct {
	// Dir is the stack's directory; it is created when missing. Empty means DefaultDir.
	Dir string

	// BinDir holds temporal-server, temporal-sql-tool and temporal-schema. Empty means the running program's directory.
	BinDir string

	// TemporalPort is the loopback port of Temporal's frontend. At 0 a free port is picked and remembered in Dir.
	TemporalPort int

	// TemporalApart runs each of Temporal's services as a process of its own, as a cluster does, instead of all in one.
	TemporalApart bool

	// Ephemeral turns off the waits for the disk, for directories that are thrown away. Committed transactions still
	// survive the death of any process, but not of the machine.
	Ephemeral bool

	// Tell receives what a person at the terminal should know, in Swedish, one line at a time: what is being started,
	// what died and is restarted. It may be called from several goroutines at once. Nil means nobody is listening.
	Tell func(line string)
}

// DefaultDir is where a stack lives when nothing else is said: /var/lib/arshjul for root, whose home Postgres' user
// cannot enter, otherwise arshjul in the user's data directory.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/arshjul", nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "arshjul"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find a directory for the stack: %w", err)
	}
	return filepath.Join(home, ".local", "share", "arshjul"), nil
}

// resolved returns the configuration with every default filled in and absolute paths.
func (c Config) resolved() (Config, error) {
	var err error
	if c.Dir == "" {
		if c.Dir, err = DefaultDir(); err != nil {
			return c, err
		}
	}
	if c.BinDir == "" {
		program, err := os.Executable()
		if err != nil {
			return c, fmt.Errorf("find the running program's directory: %w", err)
		}
		if program, err = filepath.EvalSymlinks(program); err != nil {
			return c, fmt.Errorf("find the running program's directory: %w", err)
		}
		c.BinDir = filepath.Dir(program)
	}
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return c, fmt.Errorf("make %s absolute: %w", c.Dir, err)
	}
	if c.BinDir, err = filepath.Abs(c.BinDir); err != nil {
		return c, fmt.Errorf("make %s absolute: %w", c.BinDir, err)
	}
	if c.Tell == nil {
		c.Tell = func(string) {}
	}
	return c, nil
}

func (c Config) path(elem ...string) string {
	return filepath.Join(append([]string{c.Dir}, elem...)...)
}

func (c Config) tellf(format string, args ...any) {
	c.Tell(fmt.Sprintf(format, args...))
}
