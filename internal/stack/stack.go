package stack

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"

	"google.golang.org/grpc"
)

// A Stack is a running stack, which holds its directory's lock until Stop.
type Stack struct {
	cfg        Config
	lock       *os.File
	postgresAs *syscall.Credential

	temporalAddress string
	temporalConn    *grpc.ClientConn // for readiness only

	mu       sync.Mutex
	children []*Child // in the order of their start
	err      error
	done     chan struct{}
}

// Start brings up Postgres and Temporal and returns when both can be used. ctx bounds the start only. What keeps it from
// starting and can be mended by a person is a *Problem.
func Start(ctx context.Context, cfg Config) (*Stack, error) {
	cfg, err := cfg.resolved()
	if err != nil {
		return nil, err
	}
	if err := checkTemporal(cfg); err != nil {
		return nil, err
	}
	s, err := StartPostgres(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.StartTemporal(ctx); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// StartPostgres is Start without Temporal.
func StartPostgres(ctx context.Context, cfg Config) (*Stack, error) {
	cfg, err := cfg.resolved()
	if err != nil {
		return nil, err
	}
	as, err := postgresUser()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkDisk(cfg), checkSocketPath(cfg)); err != nil {
		return nil, err
	}
	if err := makeDirs(cfg, as); err != nil {
		return nil, err
	}
	lock, err := lockDir(cfg)
	if err != nil {
		return nil, err
	}
	s := &Stack{cfg: cfg, lock: lock, postgresAs: as, done: make(chan struct{})}
	if err := s.startPostgres(ctx); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// Dir is the stack's directory.
func (s *Stack) Dir() string { return s.cfg.Dir }

// Postgres is the database's child.
func (s *Stack) Postgres() *Child { return s.child("postgres") }

// Temporal is the Temporal server's child; nil for a stack without Temporal, or with Config.TemporalApart.
func (s *Stack) Temporal() *Child { return s.child("temporal") }

// Supervise starts a program and keeps it running until Stop, which ends it before everything that was started earlier.
// env is added to our own environment. The program is asked to end with SIGTERM.
func (s *Stack) Supervise(ctx context.Context, name string, argv, env []string) (*Child, error) {
	c := &Child{
		name:     name,
		argv:     argv,
		env:      append(os.Environ(), env...),
		stop:     syscall.SIGTERM,
		orphaned: syscall.SIGKILL,
	}
	return c, s.add(ctx, c)
}

// Done is closed when a child could not be kept running; Err then says which and why. The other children still run: call
// Stop.
func (s *Stack) Done() <-chan struct{} { return s.done }

// Err is why Done is closed, in Swedish; nil while it is open.
func (s *Stack) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Stop ends all children, the latest started first, and lets go of the directory. When ctx ends before they have ended,
// those that are left are killed, which loses nothing that was committed. Stopping twice is harmless.
func (s *Stack) Stop(ctx context.Context) error {
	s.mu.Lock()
	children, lock, conn := slices.Clone(s.children), s.lock, s.temporalConn
	s.lock, s.temporalConn = nil, nil
	s.mu.Unlock()
	var errs []error
	for _, c := range slices.Backward(children) {
		errs = append(errs, c.Halt(ctx, Clean))
	}
	if conn != nil {
		errs = append(errs, conn.Close())
	}
	if lock != nil {
		errs = append(errs, lock.Close())
	}
	return errors.Join(errs...)
}

// add starts a child, and makes it one of the stack's once it is ready.
func (s *Stack) add(ctx context.Context, c *Child) error {
	c.log = s.cfg.path("logs", c.name+".log")
	c.tell = s.cfg.Tell
	c.failed = s.fail
	if err := c.Resume(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	s.children = append(s.children, c)
	s.mu.Unlock()
	return nil
}

func (s *Stack) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
		close(s.done)
	}
}

func (s *Stack) child(name string) *Child {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.children {
		if c.name == name {
			return c
		}
	}
	return nil
}
