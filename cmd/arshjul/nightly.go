package main

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// nightlyPatience is how long the nightly comparison waits for what is on its way.
const nightlyPatience = time.Minute

// reconcileNightly lets a worker compare what workflows, log and lists say, and sees to it that it is done every night,
// until ctx ends.
func reconcileNightly(ctx context.Context, w worker.ActivityRegistry, o *opened) {
	with := temporalx.Reconciler{Store: o.store, Temporal: o.temporal, Patience: nightlyPatience}
	look := func(ctx context.Context, kommun string, looked func(stream string)) (domain.Reconciled, error) {
		archive(ctx, o, kommun, looked)
		return with.Reconcile(ctx, kommun, func(c temporalx.Compared) { looked(c.Stream) })
	}
	r := activities.Reconcile{Store: o.store, Look: look}
	w.RegisterActivityWithOptions(r.Compare, activity.RegisterOptions{Name: workflows.ActivityReconcile})
	w.RegisterActivityWithOptions(r.Record, activity.RegisterOptions{Name: workflows.ActivityRecord})
	go keepReconciling(ctx, o.store, o.temporal, o.log)
}

// archive keeps the histories of a municipality's runs before Temporal's retention takes them. What cannot be archived tonight
// is tried again tomorrow, and keeps nobody from comparing.
func archive(ctx context.Context, o *opened, kommun string, looked func(stream string)) {
	streams, err := o.store.StreamsOf(ctx, kommun)
	if err != nil {
		o.log.Error("the histories of the runs are not archived", zap.String("kommun", kommun), zap.Error(err))
	}
	for _, stream := range streams {
		if err := temporalx.Archive(ctx, o.store, o.temporal, stream); err != nil {
			o.log.Error("the histories of a stream's runs are not archived", zap.String("stream", stream), zap.Error(err))
		}
		looked(stream)
	}
}

// lookForMunicipalities is how often a worker looks whether a registry has been founded since.
const lookForMunicipalities = 15 * time.Second

// keepReconciling sees to it that every municipality has its schedule, also one whose registry is founded later.
func keepReconciling(ctx context.Context, st *store.Store, c client.Client, log *zap.Logger) {
	scheduled := map[string]bool{}
	for again := time.NewTimer(0); ; again.Reset(lookForMunicipalities) {
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		}
		kommuns, err := st.Municipalities(ctx)
		for _, kommun := range kommuns {
			if scheduled[kommun] {
				continue
			}
			failed := temporalx.ScheduleReconcile(ctx, c, kommun)
			scheduled[kommun] = failed == nil
			err = errors.Join(err, failed)
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("workflows, log and lists may not be compared every night for every municipality; that is tried again", zap.Error(err))
		}
	}
}
