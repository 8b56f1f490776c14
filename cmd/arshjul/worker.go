package main

import (
	"context"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/activity"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func newWorker() *cobra.Command {
	var w working
	verb := w.telemetry.flags(w.mailing.flags(w.platform.flags(&cobra.Command{
		Use:   "worker",
		Short: "Kör cyklerna: det här programmet dömer kommandon, skriver journalen och skickar mejlen",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if err := w.mailing.check(verb.Flags().Changed); err != nil {
				return err
			}
			return w.run(verb.Context())
		},
	})))
	verb.Flags().StringVar(&w.build, "build-id", "", "säg vilket bygge det här är, och ta bara det byggets arbete: se arshjul deploy")
	return verb
}

type working struct {
	platform
	mailing
	telemetry
	build string // "" = takes every task
}

// run serves workflows and activities until ctx ends. It does not start beside a database or a namespace that is
// not in order: it would block the first cycle it touches.
func (p *working) run(ctx context.Context) error {
	if err := temporalx.CheckBuild(p.build); p.build != "" && err != nil {
		return usagef("--build-id: %v", err)
	}
	log, err := newLog("worker")
	if err != nil {
		return err
	}
	told, err := p.telemetry.start(ctx, "worker", log)
	if err != nil {
		return err
	}
	defer told.end()
	o, err := p.open(ctx, log, told.client...)
	if err != nil {
		return err
	}
	defer o.close()
	if err := told.watch(o); err != nil {
		return err
	}
	if err := temporalx.Check(ctx, o.temporal, p.namespace); err != nil {
		return err
	}
	send := func(ctx context.Context, stream string, c domain.Command) error {
		_, err := temporalx.Send(ctx, o.temporal, stream, c)
		return err
	}
	w := temporalx.NewWorkerOf(o.temporal, p.build)
	workflows.Register(w, workflows.Workflows{})
	w.RegisterActivityWithOptions(activities.Journal{Store: o.store, Wake: wake(o.temporal)}.Journal, activity.RegisterOptions{Name: workflows.ActivityJournal})
	w.RegisterActivityWithOptions(activities.Propagate{Store: o.store, Send: send}.Propagate, activity.RegisterOptions{Name: workflows.ActivityPropagate})
	reconcileNightly(ctx, w, o)
	end, err := p.deliver(ctx, w, o)
	if err != nil {
		return err
	}
	defer end()
	interrupt := make(chan any)
	stop := context.AfterFunc(ctx, func() { close(interrupt) })
	defer stop()
	return w.Run(interrupt)
}
