package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

// house is everything on one machine: the stack, and on it this program's own worker and server as supervised children.
type house struct {
	dir       string // empty: the stack's default
	port      int
	ephemeral bool
	out       io.Writer
	// wheel and organisation are names that are built in, or files.
	wheel, organisation string
	with                []string // the optional steps of the exercise

	kommun   string          // of the organisation
	launcher domain.PersonID // its first cykelansvarig
	stack    *stack.Stack
	platform platform
	client   *api.Client // as launcher
}

const (
	database = "arshjul"
	// startTime is how long worker and server are given to come up and lay up the registry.
	startTime = 90 * time.Second
	stopTime  = 30 * time.Second
)

func (h *house) flags(verb *cobra.Command) {
	townFlags(verb, &h.wheel, &h.organisation)
	verb.Flags().StringSliceVar(&h.with, "with", nil, withHelp)
}

// read reads wheel and organisation and refuses what does not fit together, before anything is started. The server reads
// them again by the same names, which are made absolute: it may run in another directory.
func (h *house) read() (*wheelfile.File, *wheelfile.Organisation, error) {
	wheel, organisation, err := readTown(h.wheel, h.organisation)
	if err != nil {
		return nil, nil, err
	}
	h.organisation = organisationOf(h.wheel, h.organisation)
	for _, name := range []*string{&h.wheel, &h.organisation} {
		if builtInNamed(*name) != nil {
			continue
		}
		if *name, err = filepath.Abs(*name); err != nil {
			return nil, nil, err
		}
	}
	h.kommun = organisation.Registry.Kommun
	for _, b := range organisation.Registry.Bindings {
		if b.Role == domain.RoleLauncher && h.launcher == "" {
			h.launcher = b.Person
		}
	}
	if h.launcher == "" {
		return nil, nil, usagef("organisationen har ingen %s, så ingen kan starta en cykel eller en övning. Lägg till en person med den rollen", domain.RoleLauncher)
	}
	return wheel, organisation, nil
}

// run starts everything, does the work, and stops everything. The work's context ends when somebody stops the program or
// a child cannot be kept running.
func (h *house) run(ctx context.Context, work func(context.Context) error) (err error) {
	if h.kommun == "" {
		if _, _, err := h.read(); err != nil {
			return err
		}
	}
	s, err := stack.Start(ctx, stack.Config{Dir: h.dir, Ephemeral: h.ephemeral, Tell: func(line string) { fmt.Fprintln(h.out, line) }})
	if err != nil {
		return err
	}
	h.stack = s
	defer func() {
		fmt.Fprintln(h.out, "Stoppar allt …")
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err = errors.Join(err, s.Stop(stop))
	}()
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-s.Done():
			cancel(s.Err())
		case <-inner.Done():
		}
	}()
	if err = h.start(inner); err == nil {
		err = work(inner)
	}
	if cause := context.Cause(inner); cause != nil && ctx.Err() == nil {
		return cause // a child is gone, which explains the rest
	}
	if ctx.Err() != nil {
		return nil // asked to stop
	}
	return err
}

// start puts the database and the namespace in order, and the worker and the server on them.
func (h *house) start(ctx context.Context) error {
	s := h.stack
	if err := s.EnsureDatabase(ctx, database); err != nil {
		return err
	}
	if err := store.Migrate(ctx, s.PostgresURL(database, "postgres")); err != nil {
		return err
	}
	if err := store.KeepMailsInside(ctx, s.PostgresURL(database, "postgres")); err != nil {
		return err
	}
	if err := temporalx.Setup(ctx, s.TemporalAddress(), defaultNamespace); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the running program: %w", err)
	}
	h.platform = platform{s.PostgresURL(database, store.AppRole), s.TemporalAddress(), defaultNamespace}
	address := "127.0.0.1:" + strconv.Itoa(h.port)
	h.client = api.NewClient("http://"+address, h.launcher)
	left := note{h.platform.database, h.platform.temporal, h.platform.namespace, h.client.Base()}
	if err := left.write(s.Dir()); err != nil {
		return err
	}
	fmt.Fprintln(h.out, "Startar worker, server och undertecknare …")
	if _, err := s.Supervise(ctx, "worker", append([]string{program, "worker", "--mail", mailSink, "--pages", h.client.Base()}, h.platform.args()...), nil); err != nil {
		return err
	}
	serve := append([]string{program, "serve", "--dev-login", "--addr", address, "--wheel", h.wheel, "--found", h.organisation, "--signer-keys", filepath.Join(h.checkpoints(), "keys.txt")}, h.platform.args()...)
	if _, err := s.Supervise(ctx, "serve", serve, nil); err != nil {
		return err
	}
	if err := h.sign(ctx, program); err != nil {
		return err
	}
	return h.ready(ctx)
}

// ready waits until the server answers, which it does when the registry is there.
func (h *house) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		var health api.Health
		err := h.client.Get(ctx, "/health", &health)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("servern kom inte igång: %w. Se %s/logs/serve.log och worker.log", err, h.stack.Dir())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
