package faults

import (
	"context"
	"os/exec"
	"time"
)

// oracle looks at this installation.
func (in *installation) oracle() *oracle {
	o := &oracle{ledger: in.ledger.path, store: in.store, owner: in.owner, temporal: in.temporal, namespace: namespace,
		patience: 2 * time.Minute, delivery: 4 * time.Minute, broken: int(in.broken.Load()), post: in.setup.post, doctor: in.doctor} // a dead worker's sending is begun again after two
	for _, c := range in.ours() {
		o.logs = append(o.logs, c.LogFile())
	}
	return o
}

// doctor runs arshjul doctor, from outside as an operator would.
func (in *installation) doctor(ctx context.Context) (string, error) {
	argv := append([]string{"doctor", "--server", in.server}, in.platform(in.database, in.stack.TemporalAddress())...)
	out, err := exec.CommandContext(ctx, built(in.t), argv...).CombinedOutput()
	return string(out), err
}

// audit asks the oracle, and fails the test for everything that it finds.
func (in *installation) audit() tally {
	in.t.Helper()
	began := time.Now()
	found, compared, err := in.oracle().audit(in.ctx)
	must(in.t, err)
	for _, f := range found {
		in.t.Error(f)
	}
	in.t.Logf("audited in %.1f s: %d streams in %d runs, %d entries; %d commands acknowledged, %d denied, %d unknown; %d mails, %d of them again",
		time.Since(began).Seconds(), compared.streams, compared.runs, compared.entries, compared.acknowledged, compared.denied, compared.unknown, compared.mails, compared.repeats)
	if compared.acknowledged == 0 {
		in.t.Error("nothing was acknowledged, so nothing was compared")
	}
	return compared
}

// broke notes that something was broken, which a mail on its way just then may be repeated for.
func (in *installation) broke() { in.broken.Add(1) }
