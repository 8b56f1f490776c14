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
	growthTitle  = "What grows with what: a sign-off through the door, alone"
	growthHeader = "\treceipt, p50\tnext inbox, p50\tprocessor time for each\tan entry appended, p50\tthe log verified"
	stepsTitle   = "What grows with the number of steps"
	stepsHeader  = "\tthe rules of a launch\tof a command, p50\tone command journalled, p50\tstate of a run, not packed\t"
)

// BenchmarkGrowth measures what costs more when there is more: steps, open cycles, closed cycles, entries in the log.
func BenchmarkGrowth(b *testing.B) {
	r := newRig(b)
	r.tellSteps()
	one := r.signers(2028)[0]
	for range warmUp {
		one.next()
	}
	r.row(one, fmt.Sprintf("1 open cycle of %d steps", r.head(one.stream).Steps), nil)
	r.launch(api.LaunchPlan{Year: 2027, From: domain.StageFollowUp})
	r.launch(api.LaunchPlan{Year: 2026, From: domain.StageClosing})
	r.row(one, "3 open cycles", nil)
	closed := 12
	for n := range closed {
		ended := r.exercise(fmt.Sprint("closed-", n), 2028)
		_, err := r.client.As(launcher).Give(b.Context(), ended, api.Command{ID: "cancel", Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
		r.must(err)
	}
	r.row(one, fmt.Sprintf("3 open and %d closed", closed), nil)
	var verified time.Duration
	for _, entries := range []uint64{10_000, 100_000} {
		appended, more := r.fill(entries)
		closed += more
		verified = r.row(one, fmt.Sprintf("3 open and %d closed, %d entries in the log", closed, entries), appended)
	}
	figure(proofTitle, "verify the log of 100000 entries: tree, rules and lists, from the database", seconds, verified.Seconds(), atMost(seconds, 2))
	b.ReportMetric(0, "ns/op")
}

// row measures sign-offs as things are now, and how long the log takes to verify; appended is what its last entries took.
func (r *rig) row(one *signOff, what string, appended latencies) (verified time.Duration) {
	r.Helper()
	const often = rounds / 4
	var signed, seen latencies
	used := r.cpu()
	for range often {
		took, saw := one.do()
		signed.add(took)
		seen.add(saw)
	}
	spent := r.cpu().minus(used)
	one.takeBack()
	began := time.Now()
	_, err := r.Store.VerifyLog(r.Context(), kommun)
	r.must(err)
	verified = time.Since(began)
	l := line{what: what, ours: ms.write(signed.ms(50)), bare: ms.write(seen.ms(50)),
		ratio: ms.write((spent.own + spent.temporal + spent.postgres).Seconds() * 1e3 / often), met: ms.write(verified.Seconds() * 1e3)}
	if len(appended) > 0 {
		l.aim = us.write(appended.ms(50) * 1e3 / atOnce)
	}
	told.under(growthTitle, growthHeader, l)
	return verified
}

// atOnce is how many entries fill appends in a transaction.
const atOnce = 100

// fill brings the municipality's log to a number of entries: comments in small cycles of years to come, which no workflow
// has, and which are called off when they have had theirs. It says how many those were, and what each transaction took.
func (r *rig) fill(entries uint64) (took latencies, closed int) {
	r.Helper()
	wheel, err := wheelfile.Read("wheel.yaml", wheels.First)
	r.must(err)
	for year := 2100 + int(entries/1000); ; year++ {
		d := r.drawn(domain.CycleStream(kommun, year), year, wheel.Wheel, r.organisation)
		size := uint64(0)
		for n := 0; n < 2000/atOnce && size < entries; n++ {
			var batch []domain.Event
			for range atOnce {
				batch = append(batch, d.comment()...)
			}
			took.add(d.journal(batch))
			size, err = r.Store.TreeSize(r.Context(), kommun)
			r.must(err)
		}
		d.journal(d.decide(domain.Command{ID: "cancel", Kind: domain.CmdCancel, Actor: launcher, Text: d.text}))
		if closed++; size >= entries {
			return took, closed
		}
	}
}

// drawn is a cycle that no workflow has: what is decided is journalled by hand.
type drawn struct {
	*rig
	state *domain.State
	now   domain.Instant
	text  domain.TextRef
	n     int
	// What the rules took: for the launch, and for each comment.
	launched time.Duration
	took     latencies
}

// drawn launches a cycle of a year.
func (r *rig) drawn(stream string, year int, wheel domain.Wheel, organisation *wheelfile.Organisation) *drawn {
	r.Helper()
	d := &drawn{rig: r, state: domain.NewState(stream), now: domain.NewDate(year-2, 12, 1).Start(), text: domain.TextRef(domain.DigestOf([]byte("text")))}
	wheel.Kommun = domain.Kommun(stream)
	launch := ordered(organisation, domain.Launch{Kommun: wheel.Kommun, Year: year, Wheel: wheel})
	began := time.Now()
	events := d.decide(domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: launcher, Launch: launch})
	d.launched = time.Since(began)
	d.journal(events)
	return d
}

func (d *drawn) decide(c domain.Command) []domain.Event {
	d.Helper()
	events, err := domain.Decide(d.state, c, d.now)
	d.must(err)
	for _, e := range events {
		d.must(domain.Apply(d.state, e))
	}
	return events
}

// comment is a comment two hours after the one before: so many as a busy month has.
func (d *drawn) comment() []domain.Event {
	d.Helper()
	d.n++
	d.now += domain.Instant(2 * time.Hour / time.Millisecond)
	began := time.Now()
	events := d.decide(domain.Command{ID: fmt.Sprint("comment-", d.n), Kind: domain.CmdComment, Actor: launcher, Text: d.text})
	d.took.add(time.Since(began))
	return events
}

// journal appends events, and gives the time that took.
func (d *drawn) journal(events []domain.Event) time.Duration {
	d.Helper()
	began := time.Now()
	_, err := d.Store.Append(d.Context(), d.state.Stream, events, d.state.Head)
	d.must(err)
	return time.Since(began)
}

// ordered is a launch that two persons have ordered and confirmed, by an organisation's registry.
func ordered(o *wheelfile.Organisation, l domain.Launch) *domain.Launch {
	l.Registry = o.Registry
	l.Registry.Kommun = l.Kommun
	l.Registry.Bindings = slices.Clone(l.Registry.Bindings)
	for i := range l.Registry.Bindings {
		l.Registry.Issued++
		l.Registry.Bindings[i].Number = l.Registry.Issued
	}
	return domaintest.Ordered(l)
}

// tellSteps compares cycles of more and of fewer steps: what the rules take, how long a command takes to be journalled, with
// the lists, and how large a state is.
func (r *rig) tellSteps() {
	r.Helper()
	for town, size := range []struct{ wheel, organisation []byte }{{wheels.First, wheels.FirstOrganisation}, {wheels.Helsingborg, wheels.HelsingborgOrganisation}} {
		wheel, err := wheelfile.Read("wheel.yaml", size.wheel)
		r.must(err)
		organisation, err := wheelfile.ReadOrganisation("organisation.yaml", size.organisation)
		r.must(err)
		var launched, journalled latencies
		var d *drawn
		for year := 2028; year < 2033; year++ {
			d = r.drawn(domain.CycleStream(fmt.Sprintf("900%d", town+1), year), year, wheel.Wheel, organisation)
			launched.add(d.launched)
		}
		d.state.Measure()
		size := float64(d.state.Size)
		for range rounds {
			journalled.add(d.journal(d.comment()))
		}
		told.under(stepsTitle, stepsHeader, line{what: fmt.Sprintf("a cycle of %d steps", len(d.state.Cycle.Steps)),
			ours: ms.write(launched.ms(50)), bare: us.write(d.took.ms(50) * 1e3), ratio: ms.write(journalled.ms(50)), aim: kB.write(size / 1000)})
	}
}
