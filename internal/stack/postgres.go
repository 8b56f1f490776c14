package stack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// socketPort only names the socket's file; the cluster listens on no port.
const socketPort = "5432"

const superuser = "postgres"

func socketDir(cfg Config) string { return cfg.path("run") }

// initCluster makes the cluster unless it exists. An interrupted attempt leaves nothing that the next one would take for
// a cluster.
func initCluster(ctx context.Context, cfg Config, bin string, as *syscall.Credential) error {
	data, half := cfg.path("pg"), cfg.path("pg.new")
	if _, err := os.Stat(data); err == nil {
		return nil
	} else if !os.IsNotExist(err) {
		return err
	}
	cfg.tellf("Skapar databasen i %s …", data)
	if err := os.RemoveAll(half); err != nil {
		return notWritable(cfg, err)
	}
	if err := privateDir(half, as); err != nil {
		return notWritable(cfg, err)
	}
	// Anyone who can reach the socket is trusted; who can is decided by the socket's directory.
	args := []string{"--pgdata", half, "--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
		"--data-checksums", "--no-instructions"}
	if cfg.Ephemeral {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir = half
	cmd.Env = postgresEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "No space left") {
			return notWritable(cfg, syscall.ENOSPC)
		}
		return fmt.Errorf("databasen kunde inte skapas i %s: %w\n%s", data, err, out)
	}
	return os.Rename(half, data)
}

// postgresEnv leaves out everything that could steer Postgres from the caller's environment.
func postgresEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

func postgresArgs(cfg Config, bin string) []string {
	args := []string{filepath.Join(bin, "postgres"), "-D", cfg.path("pg")}
	settings := []string{
		"listen_addresses=",
		"port=" + socketPort,
		"unix_socket_directories=" + socketDir(cfg),
		"max_connections=200",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_line_prefix=%m [%p] %d ",
		"cluster_name=arshjul",
	}
	if cfg.Ephemeral {
		// Not synchronous_commit: a committed transaction must survive kill -9 in the tests too.
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// PostgresURL is the address of a database in the stack's cluster, for a role in it. The role "postgres" owns everything.
func (s *Stack) PostgresURL(database, role string) string {
	return postgresURL(s.cfg, database, role)
}

func postgresURL(cfg Config, database, role string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(role),
		Path:     "/" + database,
		RawQuery: url.Values{"host": {socketDir(cfg)}, "port": {socketPort}}.Encode(),
	}
	return u.String()
}

// EnsureDatabase creates the database if the cluster has none of that name.
func (s *Stack) EnsureDatabase(ctx context.Context, name string) error {
	return withPostgres(ctx, s.cfg, "postgres", func(c *pgx.Conn) error {
		var exists bool
		err := c.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists)
		if err != nil || exists {
			return err
		}
		_, err = c.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
		return err
	})
}

// withPostgres runs f on a connection of its own, as the cluster's owner.
func withPostgres(ctx context.Context, cfg Config, database string, f func(*pgx.Conn) error) (err error) {
	c, err := pgx.Connect(ctx, postgresURL(cfg, database, superuser))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(context.WithoutCancel(ctx))) }()
	return f(c)
}

func (s *Stack) startPostgres(ctx context.Context) error {
	bin, err := choosePostgres(postgresDirs(), s.cfg.path("pg"))
	if err != nil {
		return err
	}
	if err := clearOrphans(s.cfg); err != nil {
		return err
	}
	if err := initCluster(ctx, s.cfg, bin, s.postgresAs); err != nil {
		return err
	}
	return s.add(ctx, &Child{
		name:     "postgres",
		argv:     postgresArgs(s.cfg, bin),
		env:      postgresEnv(),
		dir:      s.cfg.path("pg"),
		as:       s.postgresAs,
		before:   func() error { return clearOrphans(s.cfg) },
		stop:     syscall.SIGINT,  // "fast": ends sessions, writes a checkpoint
		hurry:    syscall.SIGQUIT, // "immediate": recovers at the next start, but leaves no shared memory behind
		orphaned: syscall.SIGINT,
		ready: func(ctx context.Context) error {
			return withPostgres(ctx, s.cfg, "postgres", func(c *pgx.Conn) error {
				_, err := c.Exec(ctx, "select 1")
				return err
			})
		},
	})
}
