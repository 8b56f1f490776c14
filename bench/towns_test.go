package bench

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/temporalx"
)

var (
	municipalities = flag.Int("municipalities", 290, "how many BenchmarkMunicipalities has")
	workingTime    = flag.Duration("working-time", time.Minute, "how long people work in BenchmarkMunicipalities, each time")
)

// towns are many municipalities on one installation: one arshjul worker, and one arshjul serve.
type towns struct {
	*rig
	all    []*town
	worker *stack.Child
	serve  *stack.Child
}

// town is one of them.
type town struct {
	code    string
	base    *api.Client
	wheel   domain.Wheel
	signers []*townSigner
}

// townSigner signs off and takes back, one command at a time.
type townSigner struct {
	mu sync.Mutex
	*signOff
}

// years have a cycle each: one in its closing, one in its follow-up, one in planning.
var years = []int{2026, 2027, 2028}

// BenchmarkMunicipalities has all of Sweden's municipalities on one machine, each with three open cycles of the whole wheel.
func BenchmarkMunicipalities(b *testing.B) {
	t := newTowns(b)
	title := fmt.Sprintf("%d municipalities × %d open cycles on this machine (one arshjul worker, one arshjul serve)", *municipalities, len(years))
	began := time.Now()
	t.serve = t.startServe()
	b.Logf("founded in %s", time.Since(began))
	began = time.Now()
	t.each(2, func(one *town) { t.start(one, years[0]); t.start(one, years[2]); t.submit(one) })
	b.Logf("two cycles each in %s", time.Since(began))

	// The third is launched while people work in the others.
	began = time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.each(2, func(one *town) { t.start(one, years[1]) })
	}()
	meanwhile := t.openLoop(2.4, func() bool {
		select {
		case <-done:
			return false
		default:
			return true
		}
	})
	<-done
	figure(title, "launch of one cycle in every municipality, while people work", seconds, time.Since(began).Seconds(), noAim)
	figure(title, "  sign-offs meanwhile, 2.4/s open loop, p50", ms, meanwhile.ms(50), noAim)
	figure(title, "  p99", ms, meanwhile.ms(99), noAim)

	for _, rate := range []float64{2.4, 25} {
		aim := noAim
		if rate < 10 {
			aim = atMost(ms, 500)
		}
		until := time.Now().Add(*workingTime)
		took := t.openLoop(rate, func() bool { return time.Now().Before(until) })
		figure(title, fmt.Sprintf("sign-offs at %g/s, open loop, in %d of %s: p50", rate, len(took), *workingTime), ms, took.ms(50), noAim)
		figure(title, "  p99", ms, took.ms(99), aim)
	}
	t.tellMemory(title)
	t.tellIdle(title)
	one := t.all[0]
	wheel := *t.rig.wheel
	wheel.Wheel = one.wheel
	t.tellPages(fmt.Sprintf("Pages of one municipality of %d", *municipalities), t.server(one.code, &wheel), domain.CycleStream(one.code, years[2]), nil)
	t.tellColdStart(title)
	b.ReportMetric(0, "ns/op")
}

// newTowns starts the installation, without what serves it yet.
func newTowns(b *testing.B) *towns {
	b.Helper()
	t := &towns{rig: platform(b)}
	people := toTowns()
	for n := range *municipalities {
		wheel := t.rig.wheel.Wheel
		wheel.Kommun = code(n)
		t.all = append(t.all, &town{code: code(n), wheel: wheel, base: api.NewClient("http://"+townHost(code(n)), launcher).Over(people)})
	}
	t.worker = t.startWorker()
	return t
}

// each does something for every municipality, so many at once.
func (t *towns) each(atOnce int, do func(*town)) {
	t.Helper()
	next := make(chan *town)
	var wait sync.WaitGroup
	for range atOnce {
		wait.Go(func() {
			for one := range next {
				if !t.Failed() {
					do(one)
				}
			}
		})
	}
	for _, one := range t.all {
		next <- one
	}
	close(next)
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// check says that something went wrong, from any goroutine.
func (t *towns) check(err error) bool {
	if err != nil {
		t.Error(err)
	}
	return err == nil
}

// start launches a cycle that was ordered and confirmed before.
func (t *towns) start(one *town, year int) {
	registry := t.organisation.Registry
	registry.Kommun, registry.Number = one.code, 1
	registry.Bindings = append([]domain.Binding(nil), registry.Bindings...)
	for i := range registry.Bindings {
		registry.Issued++
		registry.Bindings[i].Number = registry.Issued
	}
	launch := domain.Launch{Kommun: one.code, Year: year, Wheel: one.wheel, Registry: registry}
	switch year {
	case years[0]:
		launch.From = domain.StageClosing
	case years[1]:
		launch.From = domain.StageFollowUp
	default:
		for _, before := range t.inAutumn(year).Before {
			launch.Before = append(launch.Before, domain.DoneBefore{Step: before.Step, Reason: domain.TextRef(domain.DigestOf([]byte(before.Reason)))})
		}
	}
	receipt, err := temporalx.Start(t.Context(), t.Temporal, domain.CycleStream(one.code, year),
		domain.Command{ID: fmt.Sprintf("launch-%d", year), Kind: domain.CmdLaunch, Actor: launcher, Launch: domaintest.Ordered(launch)})
	if t.check(err) {
		_, err = t.Store.WaitJournalled(t.Context(), domain.CycleStream(one.code, year), receipt.Last)
		t.check(err)
	}
}

// submit has something to sign off for two förvaltningar of a municipality.
func (t *towns) submit(one *town) {
	for _, u := range t.administrations()[:2] {
		s := *t.rig
		s.client = one.base
		ready, err := s.prepare(domain.CycleStream(one.code, years[2]), u)
		if t.check(err) {
			one.signers = append(one.signers, &townSigner{signOff: ready})
		}
	}
}

// openLoop has people sign off at a rate, whenever the earlier ones are done, in municipalities at random, and gives how long
// each took from the moment that was meant for it.
func (t *towns) openLoop(rate float64, on func() bool) (took latencies) {
	t.Helper()
	dice := rand.New(rand.NewPCG(2028, uint64(rate*10)))
	var mu sync.Mutex
	var wait sync.WaitGroup
	for meant := time.Now(); on(); {
		meant = meant.Add(time.Duration(dice.ExpFloat64() / rate * float64(time.Second)))
		time.Sleep(time.Until(meant))
		one := t.all[dice.IntN(len(t.all))]
		s := one.signers[dice.IntN(len(one.signers))]
		wait.Go(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			_, err := s.ask(t.Context())
			if !t.check(err) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			took.add(time.Since(meant))
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return took
}

// parts are the processes of the installation, by name.
func (t *towns) parts() map[string]int {
	return map[string]int{"Postgres": t.stack.Postgres().PID(), "Temporal": t.stack.Temporal().PID(), "worker": t.worker.PID(), "server": t.serve.PID()}
}

func (t *towns) tellMemory(title string) {
	sum := 0.0
	for _, name := range []string{"Postgres", "Temporal", "worker", "server"} {
		bytes := t.memory(t.parts()[name])
		sum += bytes
		figure(title, "memory after that: "+name, mb, bytes/(1<<20), noAim)
	}
	figure(title, "  all of it", mb, sum/(1<<20), atMost(mb, 4096))
}

// tellIdle measures what the machine does when nobody does anything, as a share of one processor.
func (t *towns) tellIdle(title string) {
	t.settle()
	before := map[string]time.Duration{}
	for name, pid := range t.parts() {
		before[name] = t.used(pid)
	}
	began := time.Now()
	time.Sleep(*workingTime)
	sum := 0.0
	for _, name := range []string{"Postgres", "Temporal", "worker", "server"} {
		share := (t.used(t.parts()[name]) - before[name]).Seconds() / time.Since(began).Seconds() * 100
		sum += share
		figure(title, "nobody does anything: "+name+", of one processor", percent, share, noAim)
	}
	figure(title, "  all of it", percent, sum, atMost(percent, 5))
}

// settle waits until what people did has been told, as far as it is told at once.
func (t *towns) settle() { time.Sleep(30 * time.Second) }

// tellColdStart has a new worker with nothing in memory answer, and a new server.
func (t *towns) tellColdStart(title string) {
	t.must(t.worker.Halt(t.Context(), stack.Clean))
	began := time.Now()
	t.must(t.worker.Resume(t.Context()))
	one := t.all[len(t.all)-1]
	_, err := one.signers[0].ask(context.WithoutCancel(t.Context()))
	t.must(err)
	figure(title, "a new worker: from its start until it has answered one sign-off", seconds, time.Since(began).Seconds(), noAim)
	t.must(t.serve.Halt(t.Context(), stack.Clean))
	began = time.Now()
	t.must(t.serve.Resume(t.Context()))
	t.answers()
	figure(title, "a new server: from its start until it answers for all of them", seconds, time.Since(began).Seconds(), noAim)
}
