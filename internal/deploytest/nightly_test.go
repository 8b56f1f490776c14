package deploytest

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/workflows"
)

// reconcilesNightly sees that the worker has arranged for workflows, log and lists to be compared every night, and that
// such a comparison, done now, writes down that nothing differs.
func (in *installation) reconcilesNightly(r release) {
	in.t.Helper()
	nightly := in.temporal.ScheduleClient().GetHandle(in.ctx, workflows.ReconcileID("1283"))
	in.until("the comparison is scheduled", func() error {
		d, err := nightly.Describe(in.ctx)
		if err != nil {
			return err
		}
		if n := len(d.Info.NextActionTimes); n < 2 {
			return fmt.Errorf("%d times are known", n)
		}
		if night := d.Info.NextActionTimes[1].Sub(d.Info.NextActionTimes[0]).Hours(); night < 22 || night > 26 {
			return fmt.Errorf("it is done again after %.1f hours", night)
		}
		return nil
	})
	must(in.t, nightly.Trigger(in.ctx, client.ScheduleTriggerOptions{}))
	in.until("the result is in the log", func() error {
		e, err := in.store.LastReconciled(in.ctx, "1283")
		if err != nil {
			return err
		}
		got := e.Event.Reconciled
		if e.Log != "1283" || e.Event.Kind != domain.EvReconciled || got == nil || got.Streams != 2 || got.Entries == 0 || got.Total() != 0 {
			return fmt.Errorf("it says %s", e.Leaf)
		}
		return nil
	})
	var page api.Entries
	must(in.t, in.answered(func() error { return in.as(r, launcher).Get(in.ctx, "/journal?log=1283", &page) }))
	if !slices.ContainsFunc(page.Entries, func(e api.Entry) bool {
		return e.Kind == domain.EvReconciled && strings.Contains(e.Text, "säger detsamma")
	}) {
		in.t.Errorf("the journal's page does not tell of it: %+v", page.Entries)
	}
}
