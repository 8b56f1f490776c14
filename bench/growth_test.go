package bench

import (
	"fmt"
	"slices"
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
		ended := r.exercise(fmt.Sprint("closed-", n), 2028)
		_, err := r.client.As(launcher).Give(b.Context(), ended, api.Command{ID: "cancel", Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
		r.must(err)
	}
	r.row(one, fmt.Sprintf("3 open and %d closed", closed), first)
	for _, entries := range []uint64{10_000, 100_000} {
		appended := r.fill(entries)
		r.row(one, fmt.Sprintf("the same, %d entries in the log", entries), first)
		figure(growthTitle, "  an entry appended to it, by hundreds in a transaction, p50", us, appended.ms(50)*10, noAim)
	}
	began := time.Now()
	v, err := r.Store.VerifyLog(b.Context(), kommun)
	r.must(err)
	figure(proofTitle, fmt.Sprintf("verify all %d entries of a log: tree and rules, from the database", v.Size), seconds, time.Since(began).Seconds(), noAim)
	b.ReportMetric(0, "ns/op")
}

// row measures sign-offs as things are now, beside what they were at first.
func (r *rig) row(one *signOff, what string, first latencies) (took latencies) {
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

// atOnce is how many entries fill appends in a transaction.
const atOnce = 100

// fill brings the municipality's log to a number of entries: comments in small cycles of years to come, which no workflow
// has.
func (r *rig) fill(entries uint64) (took latencies) {
	r.Helper()
	wheel, err := wheelfile.Read("wheel.yaml", wheels.First)
	r.must(err)
	text := domain.TextRef(domain.DigestOf([]byte("text")))
	for year := 2100 + int(entries/1000); ; year++ {
		now := domain.NewDate(year-2, 12, 1).Start()
		stream := domain.CycleStream(kommun, year)
		state := domain.NewState(stream)
		decide := func(c domain.Command) []domain.Event {
			events, err := domain.Decide(state, c, now)
			r.must(err)
			for _, e := range events {
				r.must(domain.Apply(state, e))
			}
			return events
		}
		batch := decide(domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: launcher, Launch: ordered(r.organisation, domain.Launch{Kommun: kommun, Year: year, Wheel: wheel.Wheel})})
		for n := range 2000 {
			batch = append(batch, decide(domain.Command{ID: fmt.Sprint("comment-", n), Kind: domain.CmdComment, Actor: launcher, Text: text})...)
			if len(batch) < atOnce {
				continue
			}
			began := time.Now()
			_, err := r.Store.Append(r.Context(), stream, batch, state.Head)
			r.must(err)
			took.add(time.Since(began))
			batch = nil
			if size, err := r.Store.TreeSize(r.Context(), kommun); err != nil || size >= entries {
				r.must(err)
				return took
			}
		}
	}
}

// ordered is a launch that two persons have ordered and confirmed, by an organisation's registry.
func ordered(o *wheelfile.Organisation, l domain.Launch) *domain.Launch {
	l.Registry = o.Registry
	l.Registry.Bindings = slices.Clone(l.Registry.Bindings)
	for i := range l.Registry.Bindings {
		l.Registry.Issued++
		l.Registry.Bindings[i].Number = l.Registry.Issued
	}
	return domaintest.Ordered(l)
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
		l := ordered(organisation, domain.Launch{Kommun: kommun, Year: 2028, Wheel: wheel.Wheel})
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
