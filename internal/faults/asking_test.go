package faults

import (
	"context"
	"errors"
	"fmt"
	"time"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

// client asks as a person, through the door that keeps the ledger.
func (in *installation) client(as domain.PersonID) *api.Client {
	return api.NewClient(in.door.address, as)
}

func (in *installation) healthy() error {
	var h api.Health
	return api.NewClient(in.server, "").Get(in.ctx, "/health", &h)
}

// startExercise starts an exercise of 2028 and gives its stream.
func (in *installation) startExercise() string {
	in.t.Helper()
	var r api.Receipt
	in.persist("start an exercise", func() error {
		return in.client(launcher).Post(in.ctx, "/exercises", api.Exercise{ID: "exercise", Year: 2028}, &r)
	})
	return r.Stream
}

// launch starts the real cycle of a year, ordered by one person and confirmed by another, and gives its stream.
func (in *installation) launch(year int) string {
	in.t.Helper()
	wheel, err := wheelfile.Read("helsingborg-1.yaml", wheels.First)
	if err != nil {
		in.t.Fatal(err)
	}
	registry, id := domain.RegistryStream(kommun), fmt.Sprintf("launch-%d", year)
	give := func(as domain.PersonID, c api.Command) {
		in.persist(string(c.Kind), func() error {
			_, err := in.client(as).Give(in.ctx, registry, c)
			return err
		})
	}
	give(launcher, api.Command{ID: id + "-order", Kind: domain.CmdOrder, Text: "Prov, vad repetitionen än säger (påhittat)",
		Order: &api.Order{Year: year, Wheel: wheel.Wheel.Hash(), Dnr: "KS 1/2026 (påhittat)", Date: "2026-11-01"}})
	var list api.Orders
	in.persist("find the order", func() error { return in.client(launcher).Get(in.ctx, "/orders", &list) })
	number := list.Orders[0].Number // the newest first
	give(confirmer, api.Command{ID: id + "-confirm", Kind: domain.CmdConfirmOrder, Order: &api.Order{Number: number}})
	var r api.Receipt
	in.persist("launch", func() error {
		return in.client(launcher).Post(in.ctx, "/cycles", api.Launch{ID: id, Year: year, Order: number}, &r)
	})
	return r.Stream
}

// persist asks until there is an answer. A no fails the test.
func (in *installation) persist(what string, ask func() error) {
	in.t.Helper()
	in.until(what, func() error {
		err := ask()
		if err != nil && !askAgain(err) {
			in.t.Fatalf("%s: %v", what, err)
		}
		return err
	})
}

// askAgain tells whether an answer is none: nobody answered, or nobody knows yet.
func askAgain(err error) bool {
	var (
		problem     *api.Problem
		unreachable *api.Unreachable
	)
	return errors.As(err, &unreachable) || errors.As(err, &problem) && problem.Exit() == api.ExitUnknown
}

// until asks until there is no error, and fails the test when its time is out.
func (in *installation) until(what string, ask func() error) {
	in.t.Helper()
	if err := poll(in.ctx, ask); err != nil {
		in.t.Fatalf("%s: %v", what, err)
	}
}

func poll(ctx context.Context, ask func() error) error {
	var last error
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // what comes after that is only that the time is out
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-tick.C:
		}
	}
}
