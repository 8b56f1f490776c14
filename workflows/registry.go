package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
)

// registry owns the stream of one municipality's registry, and hands its changes on to the open cycles.
func (w Workflows) registry(ctx workflow.Context, in Input) (Result, error) {
	sh := w.start(ctx, in)
	workflow.Go(ctx, sh.propagate)
	return sh.run(ctx)
}

// propagate hands on what the journal holds, after every turn and when nudged, one activity at a time and beside the
// turns: a cycle that does not answer delays no change of the registry. A run that ends leaves its activity behind and
// the next begins its own, since every run begins with a turn; changes are numbered, so receiving one twice is nothing.
func (sh *shell) propagate(ctx workflow.Context) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	nudges := workflow.GetSignalChannel(ctx, SignalNudge)
	in := activities.PropagateInput{Kommun: strings.TrimPrefix(sh.state.Stream, "registry/")}
	for seen := 0; ; {
		if err := workflow.Await(ctx, func() bool { return sh.turns > seen || nudges.Len() > 0 }); err != nil {
			return
		}
		seen = sh.turns
		for nudges.ReceiveAsync(nil) {
		}
		var out activities.PropagateResult
		insist(ctx, ActivityPropagate, in, &out, 5*time.Second, "för registrets ändringar vidare till öppna cykler")
	}
}
