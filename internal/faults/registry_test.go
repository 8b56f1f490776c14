package faults

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
)

// The worker is killed when some cycles have a change of the registry and others do not. Afterwards every cycle has
// every change, in order, once.
func TestWorkerDiesWhileTheRegistryChanges(t *testing.T) {
	t.Parallel()
	in := install(t, 6*time.Minute)
	var cycles []string
	for _, year := range []int{2027, 2028, 2029} {
		cycles = append(cycles, in.launch(year))
	}
	const kills = 3
	hits, ctx := 0, in.ctx
	watched, stop := context.WithCancel(ctx)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		hits = in.killBetween(watched, kills)
	}()
	const changes = 24
	for n := range changes {
		c := api.Command{ID: fmt.Sprintf("change-%d", n), Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{
			ID: domain.MeetingID(fmt.Sprintf("KS-2028-%02d-%02d", 1+n%12, 3+n)), Unit: "KS", Status: domain.MeetingProposed,
			Date: domain.Date(fmt.Sprintf("2028-%02d-%02d", 1+n%12, 3+n))}}
		in.persist("change the registry", func() error {
			_, err := in.client(registrar).Give(in.ctx, domain.RegistryStream(kommun), c)
			return err
		})
		if n%6 == 5 { // a cycle's own life goes on meanwhile
			in.persist("comment", func() error {
				_, err := in.client(preparer).Give(in.ctx, cycles[n%3], comment(fmt.Sprintf("meanwhile-%d", n), "Under tiden"))
				return err
			})
		}
	}
	stop()
	<-killed
	if hits == 0 {
		t.Error("the worker was never killed with a change halfway")
	}
	t.Logf("killed %d times with a change halfway", hits)
	registry := domain.RegistryStream(kommun)
	last := uint64(in.size(registry))
	for _, name := range cycles {
		in.until(name+" has every change", func() error {
			if number := in.view(name).State.Registry.Number; number != last {
				return fmt.Errorf("it has %d of %d", number, last)
			}
			return nil
		})
	}
	in.audit()
	for _, name := range cycles {
		in.hasEveryChange(name, in.view(registry).State.Registry)
	}
}

// killBetween kills the worker each time that it sees some cycles with a change and others without, at most so often.
func (in *installation) killBetween(ctx context.Context, most int) (hits int) {
	c, err := pgx.Connect(ctx, in.database)
	if err != nil {
		in.t.Error(err)
		return 0
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for hits < most {
		var differ bool
		if err := c.QueryRow(ctx, "select count(distinct registry) > 1 from cycle").Scan(&differ); err != nil {
			if ctx.Err() == nil {
				in.t.Error(err)
			}
			return hits
		}
		if !differ {
			continue
		}
		in.restart(in.worker, stack.Kill)
		hits++
		poll(ctx, func() error { // the next hit is another change's
			var differ bool
			if err := c.QueryRow(ctx, "select count(distinct registry) > 1 from cycle").Scan(&differ); err != nil || differ {
				return fmt.Errorf("the cycles have different changes (%w)", err)
			}
			return nil
		})
	}
	return hits
}

// hasEveryChange holds what a cycle received against the registry.
func (in *installation) hasEveryChange(cycle string, registry *domain.Registry) {
	in.t.Helper()
	entries, err := in.store.Entries(in.ctx, cycle, 1, 10_000)
	must(in.t, err)
	at := entries[0].Event.Launched.Registry.Number
	for _, e := range entries {
		for _, change := range e.Event.Changes {
			if at++; change.Seq != at {
				in.t.Errorf("%s: change %d came where %d was due", cycle, change.Seq, at)
				at = change.Seq
			}
			original, err := in.store.Entry(in.ctx, change.Stream, change.Seq)
			must(in.t, err)
			if !slices.Equal(original.Leaf, change.Encode()) {
				in.t.Errorf("%s: change %d is not what the registry wrote", cycle, change.Seq)
			}
		}
	}
	if at != registry.Number {
		in.t.Errorf("%s received changes through %d of %d", cycle, at, registry.Number)
	}
	if copied := in.view(cycle).State.Registry; string(domain.Canonical(*copied)) != string(domain.Canonical(*registry)) {
		in.t.Errorf("%s has another registry than the registry itself", cycle)
	}
}
