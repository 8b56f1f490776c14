package bench

import (
	"fmt"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

const (
	growthTitle = "What grows with what: a sign-off through the door, alone, p50 now (ours) beside p50 at first (bare)"
	stepsTitle  = "What grows with the number of steps, in memory"
)

// BenchmarkGrowth measures what costs more when there is more: steps, open cycles, closed cycles, entries in the log.
func BenchmarkGrowth(b *testing.B) {
	tellSteps(b)
	r := newRig(b)
	one := r.signers()[0]
	for range warmUp {
		one.next()
	}
	steps := r.head(one.stream).Steps
	first := r.row(one, fmt.Sprintf("1 open cycle of %d steps", steps), latencies{})
	r.launch(api.LaunchPlan{Year: 2027, From: domain.StageFollowUp})
	r.launch(api.LaunchPlan{Year: 2026, From: domain.StageClosing})
	r.row(one, "3 open cycles", first)
	const closed = 12
	for n := range closed {
		ended := r.exercise(2030 + n)
		_, err := r.client.As(launcher).Give(b.Context(), ended, api.Command{ID: "cancel", Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
		r.must(err)
	}
	r.row(one, fmt.Sprintf("3 open and %d closed", closed), first)
	for _, entries := range []uint64{10_000, 30_000} {
		r.fill(kommun, entries)
		r.row(one, fmt.Sprintf("the same, %d entries in the log", entries), first)
	}
	began := time.Now()
	v, err := r.Store.VerifyLog(b.Context(), kommun)
	r.must(err)
	figure(growthTitle, fmt.Sprintf("verify the whole log in the database, %d entries", v.Size), seconds, time.Since(began).Seconds(), noAim)
	b.ReportMetric(0, "ns/op")
}

// row measures sign-offs as things are now, beside what they were at first.
func (r *rig) row(one *signer, what string, first latencies) (took latencies) {
	r.Helper()
	for range rounds / 4 {
		signed, _ := one.do()
		took.add(signed)
	}
	if len(first) == 0 {
		first = took
	}
	beside(growthTitle, what, ms, took.ms(50), first.ms(50), noAim)
	return took
}

// fill brings a municipality's log to a number of entries: questions that were refused, which nobody waits for.
func (r *rig) fill(kommun string, entries uint64) {
	r.Helper()
	for size, err := r.Store.TreeSize(r.Context(), kommun); size < entries; size++ {
		r.must(err)
		_, err = r.Store.AppendRefusal(r.Context(), kommun, domain.Event{At: domain.InstantOf(time.Now()), Actor: launcher, Command: fmt.Sprint("refused-", size),
			Refused: &domain.Refused{Stream: domain.CycleStream(kommun, 2028), Kind: domain.CmdComment, Code: domain.CodeNotNow}})
		r.must(err)
	}
}

// tellSteps compares cycles of more and of fewer steps, in memory: what the rules take, and how large a state is.
func tellSteps(b *testing.B) {
	b.Helper()
	for _, size := range []struct{ wheel, organisation []byte }{{wheels.First, wheels.FirstOrganisation}, {wheels.Helsingborg, wheels.HelsingborgOrganisation}} {
		wheel, err := wheelfile.Read("wheel.yaml", size.wheel)
		if err != nil {
			b.Fatal(err)
		}
		organisation, err := wheelfile.ReadOrganisation("organisation.yaml", size.organisation)
		if err != nil {
			b.Fatal(err)
		}
		l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Wheel: wheel.Wheel, Registry: organisation.Registry})
		for i := range l.Registry.Bindings {
			l.Registry.Issued++
			l.Registry.Bindings[i].Number = l.Registry.Issued
		}
		now := domain.Date("2026-12-01").Start()
		state := domain.NewState(domain.CycleStream(kommun, 2028))
		give := func(c domain.Command) {
			events, err := domain.Decide(state, c, now)
			if err != nil {
				b.Fatal(err)
			}
			for _, e := range events {
				if err := domain.Apply(state, e); err != nil {
					b.Fatal(err)
				}
			}
		}
		began := time.Now()
		give(domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: launcher, Launch: l})
		launched := time.Since(began)
		state.Measure()
		var took latencies
		for n := range rounds {
			began := time.Now()
			give(domain.Command{ID: fmt.Sprint("comment-", n), Kind: domain.CmdComment, Actor: launcher, Text: domain.TextRef(domain.DigestOf([]byte("text")))})
			took.add(time.Since(began))
		}
		steps := len(state.Cycle.Steps)
		figure(stepsTitle, fmt.Sprintf("%d steps: the rules of a launch, in memory", steps), ms, launched.Seconds()*1e3, noAim)
		figure(stepsTitle, fmt.Sprintf("%d steps: the rules of one command, in memory", steps), ms, took.ms(50), noAim)
		figure(stepsTitle, fmt.Sprintf("%d steps: the state that a run begins with, before packing", steps), kB, float64(state.Size)/1000, noAim)
	}
}
