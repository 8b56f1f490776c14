package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// house is everything on one machine: the stack, and on it this program's own worker and server as supervised children.
type house struct {
	dir       string // empty: the stack's default
	port      int
	ephemeral bool
	out       io.Writer
	// wheel and organisation are names that are built in, or files.
	wheel, organisation string

	stack    *stack.Stack
	platform platform
	client   *api.Client // as launcher
}

const (
	database = "arshjul"
	kommun   = "1283"
	// launcher is the organisation's cykelansvarig (domain/wheels), a function and no real person.
	launcher domain.PersonID = "p-slf-cykelansvarig"
	// startTime is how long worker and server are given to come up and lay up the registry.
	startTime = 90 * time.Second
	stopTime  = 30 * time.Second
)

func (h *house) flags(verb *cobra.Command) {
	verb.Flags().StringVar(&h.wheel, "wheel", "helsingborg", "årshjulet: helsingborg (inbyggt) eller en fil")
	verb.Flags().StringVar(&h.organisation, "org", "", "organisationen: helsingborg (inbyggd) eller en fil (annars den som hör till årshjulet)")
}

// sources gives the flags by which the server finds wheel and organisation: it may run in another directory.
func (h *house) sources() ([]string, error) {
	if h.organisation == "" {
		h.organisation = "helsingborg"
		if builtInNamed(h.wheel) != nil {
			h.organisation = h.wheel
		}
	}
	for _, name := range []*string{&h.wheel, &h.organisation} {
		if builtInNamed(*name) != nil {
			continue
		}
		path, err := filepath.Abs(*name)
		if err != nil {
			return nil, err
		}
		*name = path
	}
	return []string{"--wheel", h.wheel, "--found", h.organisation}, nil
}

// run starts everything, does the work, and stops everything. The work's context ends when somebody stops the program or
// a child cannot be kept running.
func (h *house) run(ctx context.Context, work func(context.Context) error) (err error) {
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
	if err := temporalx.Setup(ctx, s.TemporalAddress(), defaultNamespace); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the running program: %w", err)
	}
	h.platform = platform{s.PostgresURL(database, store.AppRole), s.TemporalAddress(), defaultNamespace}
	address := "127.0.0.1:" + strconv.Itoa(h.port)
	h.client = api.NewClient("http://"+address, launcher)
	left := note{h.platform.database, h.platform.temporal, h.platform.namespace, h.client.Base()}
	if err := left.write(s.Dir()); err != nil {
		return err
	}
	fmt.Fprintln(h.out, "Startar worker och server …")
	if _, err := s.Supervise(ctx, "worker", append([]string{program, "worker", "--mail", mailSink, "--pages", h.client.Base()}, h.platform.args()...), nil); err != nil {
		return err
	}
	sources, err := h.sources()
	if err != nil {
		return err
	}
	serve := slices.Concat([]string{program, "serve", "--dev-login", "--kommun", kommun, "--addr", address}, sources, h.platform.args())
	if _, err := s.Supervise(ctx, "serve", serve, nil); err != nil {
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

// launch starts the real cycle of a year, unless it is there; 0 is no year.
func (h *house) launch(ctx context.Context, year int) error {
	if year == 0 {
		return nil
	}
	stream := domain.CycleStream(kommun, year)
	head, found, err := h.find(ctx, stream)
	if err != nil {
		return err
	}
	if found {
		fmt.Fprintf(h.out, "%s finns redan: %d av %d steg klara.\n", head.Title, head.Done, head.Steps)
		return nil
	}
	second, err := h.second(ctx)
	if err != nil {
		return err
	}
	var r api.Receipt
	if second == "" {
		// A registry from before launches were ordered; should the rules want an order, they say so.
		err = h.post(ctx, h.client, "/cycles", api.Launch{ID: "up-" + strconv.Itoa(year), Year: year}, &r)
	} else {
		r, err = h.order(ctx, year, second)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(h.out, "Cykeln för %d är startad (%s).\n", year, r.Stream)
	return nil
}

// second finds another who may launch than the launcher, or "".
func (h *house) second(ctx context.Context) (domain.PersonID, error) {
	var registry api.Registry
	if err := h.client.Get(ctx, "/"+domain.RegistryStream(kommun)+"/registry", &registry); err != nil {
		return "", err
	}
	for _, b := range registry.Bindings {
		if b.Role == domain.RoleLauncher && b.Person != launcher && b.To == "" {
			return b.Person, nil
		}
	}
	return "", nil
}

// order launches as a municipality does: one person orders, on an invented decision, and another confirms.
func (h *house) order(ctx context.Context, year int, second domain.PersonID) (r api.Receipt, err error) {
	today := domain.InstantOf(time.Now()).Date()
	ask := api.OrderLaunch{ID: fmt.Sprintf("up-%d-%s", year, today), LaunchPlan: api.LaunchPlan{Year: year}, Dnr: "KS 1/" + strconv.Itoa(today.Year()) + " (påhittat)", Date: today}
	var check api.LaunchCheck
	if err := h.client.Post(ctx, "/launch-check", ask.LaunchPlan, &check); err != nil {
		return r, err
	}
	for _, f := range check.Findings {
		if f.Level == domain.LevelError {
			ask.Despite = "Prov på den egna datorn (påhittat)"
			fmt.Fprintln(h.out, "Repetitionen säger:", f.Text)
		}
	}
	// The same id at every attempt: should an answer be lost, the next attempt gets it.
	var ordered api.Ordered
	for ordered.Number == 0 && err == nil {
		err = h.post(ctx, h.client, "/orders", ask, &ordered)
	}
	if err != nil {
		return r, err
	}
	fmt.Fprintf(h.out, "Beställning %d är lagd av %s, och bekräftas av %s.\n", ordered.Number, launcher, second)
	err = h.post(ctx, h.client.As(second), fmt.Sprintf("/orders/%d/confirm", ordered.Number), api.ConfirmOrder{ID: ask.ID + "-confirm"}, &r)
	return r, err
}

// exercise plays an exercise of a year to its end: the one that is half-played, or a new one when none has been played.
func (h *house) exercise(ctx context.Context, year int) (api.CycleHead, error) {
	if year == 0 {
		return api.CycleHead{}, nil
	}
	var list api.Cycles
	if err := h.client.Get(ctx, "/cycles", &list); err != nil {
		return api.CycleHead{}, err
	}
	stream := ""
	for _, c := range list.Cycles {
		if c.Exercise == 0 || c.Year != year {
			continue
		}
		if c.Status == api.CycleEnded {
			fmt.Fprintf(h.out, "%s är redan spelad: %d av %d steg klara.\n", c.Title, c.Done, c.Steps)
			return c, nil
		}
		if c.Status == api.CycleOpen && stream == "" {
			stream = c.Stream
			fmt.Fprintf(h.out, "%s spelas vidare från den %s.\n", c.Title, c.Today.Swedish())
		}
	}
	if stream == "" {
		var r api.Receipt
		if err := h.post(ctx, h.client, "/exercises", api.Exercise{ID: fmt.Sprintf("up-%d-%d", year, len(list.Cycles)), Year: year}, &r); err != nil {
			return api.CycleHead{}, err
		}
		stream = r.Stream
		fmt.Fprintf(h.out, "ÖVNING: %s spelas av simulerade tjänstepersoner. Allt i den är påhittat.\n", stream)
	}
	head, err := officials.Play(ctx, h.client, stream, launcher, progress(h.out))
	if err != nil {
		return head, err
	}
	fmt.Fprintf(h.out, "%s är %s: %d av %d steg klara, %d journalposter.\n", head.Title, head.Status, head.Done, head.Steps, head.Entries)
	return head, nil
}

// post asks until there is an answer: a worker that has just started may not have answered in time.
func (h *house) post(ctx context.Context, client *api.Client, path string, in, out any) error {
	last, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		err := client.Post(last, path, in, out)
		var problem *api.Problem
		if !errors.As(err, &problem) || problem.Exit() != api.ExitUnknown {
			return err
		}
		select {
		case <-last.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// find looks for a cycle.
func (h *house) find(ctx context.Context, stream string) (api.CycleHead, bool, error) {
	var c api.Cycle
	err := h.client.Get(ctx, "/"+stream, &c)
	var problem *api.Problem
	if errors.As(err, &problem) && problem.Code == domain.CodeUnknownStream {
		return c.CycleHead, false, nil
	}
	return c.CycleHead, err == nil, err
}
