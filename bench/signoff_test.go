package bench

import (
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"arshjul/domain"
	"arshjul/workflows"
)

const (
	warmUp = 20
	rounds = 200 // latencies
	counts = 100 // events and commits
)

// BenchmarkLoneSignOff measures one official's sign-off ("klar för beslut"), from the asking to the receipt, when nobody
// else does anything: its commands, the rules, Temporal's history and the journal are the real ones. Beside it stands the
// least that an approval in Temporal costs: a workflow that takes an update and remembers it, with no rules, no journal
// and no second record. The two take turns, so that whatever else the machine does slows both.
//
//	signoff-p50-ms, signoff-p95-ms   from the asking to the receipt
//	bare-p50-ms, bare-p95-ms         the same for the bare approval
//	p50-ratio                        signoff-p50 / bare-p50
//	journalled-p50-ms                from the asking until the entry stands in the journal
//	signoff-events, bare-events      events in Temporal's history for each
//	signoff-commits, bare-commits    transactions that Postgres committed for each, in all databases, less what it
//	                                 commits when nobody does anything
//	fdatasync-us                     what the disk takes to write 8 kB for good
func BenchmarkLoneSignOff(b *testing.B) {
	r := newRig(b)
	s, bare := r.signOffs(), r.approvals()
	for range warmUp {
		s.do()
		s.undo()
		bare.do()
	}
	var signed, journalled, approved latencies
	for b.Loop() { // once: rounds are many times b's second
		for n := range rounds {
			if n%2 == 0 {
				signed.add(s.do())
				approved.add(bare.do())
			} else {
				approved.add(bare.do())
				signed.add(s.do())
			}
			journalled.add(s.journalled)
			s.undo()
		}
	}
	b.ReportMetric(0, "ns/op") // of both together it says nothing
	b.ReportMetric(signed.ms(50), "signoff-p50-ms")
	b.ReportMetric(signed.ms(95), "signoff-p95-ms")
	b.ReportMetric(approved.ms(50), "bare-p50-ms")
	b.ReportMetric(approved.ms(95), "bare-p95-ms")
	b.ReportMetric(signed.ms(50)/approved.ms(50), "p50-ratio")
	b.ReportMetric(journalled.ms(50), "journalled-p50-ms")

	b.ReportMetric(r.fdatasync().Seconds()*1e6, "fdatasync-us")
	idle := r.idleCommits()
	// A sign-off that is taken back is two commands of the same weight.
	commits, events := r.count(idle, s.stream, func() {
		s.ask()
		s.rest(s.stream)
		s.undo()
	})
	b.ReportMetric(commits/2, "signoff-commits")
	b.ReportMetric(events/2, "signoff-events")
	commits, events = r.count(idle, bareWorkflow, func() { bare.do() })
	b.ReportMetric(commits, "bare-commits")
	b.ReportMetric(events, "bare-events")
}

// signOffs signs a step of a real cycle off, again and again.
type signOffs struct {
	*rig
	stream     string
	ready      domain.Command
	n          int
	journalled time.Duration // of the last do
}

// signOffs launches a cycle of Helsingborg's wheel and brings its first step to where it can be signed off.
func (r *rig) signOffs() *signOffs {
	r.Helper()
	s := &signOffs{rig: r, stream: r.launch()}
	step := domain.StepID("planeringsanvisningar/KS")
	submit := domain.Command{ID: "submit", Kind: domain.CmdSubmit, Actor: preparer, Step: step, Reference: "KS 1/2026 (påhittat)"}
	for _, def := range []string{"planeringsanvisningar", "bastilldelning"} {
		submit.Documents = append(submit.Documents, domain.Document{Def: def, Link: r.text(s.stream, "submit", def)})
	}
	submit.Fields = []domain.FieldValue{{ID: "inlamningsdag", Value: r.text(s.stream, "submit", "inlamningsdag")}}
	receipt := r.send(s.stream, submit)
	_, err := r.store.WaitJournalled(r.Context(), s.stream, receipt.Last)
	r.must(err)
	r.must(r.store.View(r.Context(), s.stream, func(st *domain.State) error {
		s.ready = domain.Command{Kind: domain.CmdReady, Actor: readier, Step: step, Version: st.Cycle.Step(step).Submission.Hash}
		return nil
	}))
	r.rest(s.stream)
	return s
}

// do signs off and gives the time to the receipt, with the cycle at rest before and after.
func (s *signOffs) do() time.Duration {
	began := time.Now()
	receipt := s.ask()
	took := time.Since(began)
	_, err := s.store.WaitJournalled(s.Context(), s.stream, receipt.Last)
	s.journalled = time.Since(began)
	s.must(err)
	s.rest(s.stream)
	return took
}

// ask signs off and waits for the receipt.
func (s *signOffs) ask() workflows.Receipt {
	s.n++
	c := s.ready
	c.ID = fmt.Sprintf("ready-%d", s.n)
	return s.send(s.stream, c)
}

// undo takes the sign-off back.
func (s *signOffs) undo() {
	id := fmt.Sprintf("take-back-%d", s.n)
	s.send(s.stream, domain.Command{ID: id, Kind: domain.CmdTakeBack, Actor: readier, Step: s.ready.Step, Text: s.reason})
	s.rest(s.stream)
}

// approvals approves something in a bare workflow, again and again.
type approvals struct {
	*rig
	n int
}

const (
	bareWorkflow = "bare"
	bareQueue    = "bare"
	bareUpdate   = "approve"
)

// approval is what a bare approval asks, about as much as a sign-off's command.
type approval struct {
	ID, Actor, Step, Version string
}

// bare takes approvals and remembers them; it does nothing else.
func bare(ctx workflow.Context, approved []string) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, bareUpdate, func(_ workflow.Context, a approval) (int, error) {
		approved = append(approved, a.ID)
		return len(approved), nil
	}, workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, a approval) error {
		if a.Actor == "" {
			return fmt.Errorf("nobody approves")
		}
		return nil
	}})
	if err != nil {
		return err
	}
	if err := workflow.Await(ctx, func() bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, bare, approved)
}

func (a *approvals) do() time.Duration {
	a.n++
	ask := approval{ID: fmt.Sprintf("approval-%d", a.n), Actor: string(readier), Step: "planeringsanvisningar/KS", Version: string(domain.DigestOf(nil))}
	began := time.Now()
	a.must(a.update(a.Context(), ask))
	took := time.Since(began)
	a.rest(bareWorkflow)
	return took
}
