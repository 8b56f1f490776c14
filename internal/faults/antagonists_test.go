package faults

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/temporalx"
)

var minutesFlag = flag.Float64("minutes", 6, "how long TestSoak breaks things")

// Officials play one exercise after the other, others work in real cycles and change the registry, some click twice and
// some leave, on two servers and two workers whose clocks are wrong, while antagonists break one thing after the other.
// Which, when and for how long follows from the seed. When they stop, everything heals, and all that is open is played to its end.
func TestSoak(t *testing.T) {
	t.Parallel()
	r := dice(t)
	long := time.Duration(*minutesFlag * float64(time.Minute))
	t.Logf("seed %d, %s", *seedFlag, long)
	worker, serve := newClock(t, 2*time.Minute), newClock(t, -2*time.Minute)
	disk := smallDisk(t)
	in := setup{stack: startOn(t, disk.dir), servers: 2, program: clockGoes.program(t),
		env: map[string][]string{"worker": {worker.env()}, "serve": {serve.env()}}}.install(t, long+8*time.Minute)
	disk.shrink(t, long)
	in.others = append(in.others, in.part("worker-2", "worker", in.setup.mail...))
	s := &soak{installation: in, cycles: []string{in.launch(2028), in.launch(2029)}}
	ctx, stop := context.WithTimeout(in.ctx, long)
	defer stop()
	var people sync.WaitGroup
	people.Go(func() { s.playOn(ctx) })
	people.Go(func() { s.workOn(ctx) })
	people.Go(func() { s.changeRegistry(ctx) })

	struck := map[string]int{}
	all := s.antagonists(r, worker, serve, disk)
	for s.quiet(ctx, time.Duration(r.Int64N(int64(6*time.Second)))) && disk.room(t) {
		a := all[r.IntN(len(all))]
		left := in.leave(r, s.cycles[0], s.strikes)
		began := time.Now()
		a.strike()
		left()
		s.strikes++
		struck[a.name]++
		t.Logf("%3d. %s, %.1f s", s.strikes, a.name, time.Since(began).Seconds())
	}
	people.Wait()
	in.revive()
	worker.set(0)
	serve.set(0)
	t.Logf("struck %d times: %v; %d exercises, %d commands in cycles, %d changes of the registry", s.strikes, struck, s.exercises, s.worked, s.changes)
	if told := in.audit(); told.unknown == 0 || s.exercises == 0 || s.worked == 0 || s.changes == 0 {
		t.Error("not everybody was at work")
	}
	registry := in.view(domain.RegistryStream(kommun)).State.Registry
	for _, cycle := range s.cycles {
		in.hasEveryChange(cycle, registry)
	}
	in.inOrder(time.Time{})
}

// soak is a long run.
type soak struct {
	*installation
	cycles  []string
	strikes int
	// Each is counted by one goroutine.
	exercises, worked, changes int
}

// quiet waits, and tells whether the time is not out.
func (s *soak) quiet(ctx context.Context, long time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(long):
		return true
	}
}

// playOn plays exercises until the time is out, and the last one to its end.
func (s *soak) playOn(ctx context.Context) {
	for ctx.Err() == nil {
		var r api.Receipt
		id := fmt.Sprintf("soak-exercise-%d", s.exercises)
		s.persist("start an exercise", func() error {
			err := s.client(launcher).Post(s.ctx, "/exercises", api.Exercise{ID: id, Year: 2028}, &r)
			if err == nil && r.Status != api.StatusDone {
				err = &api.Unreachable{Err: fmt.Errorf("%s is not journalled yet", r.Stream)} // and shown to nobody
			}
			return err
		})
		head, err := officials.Play(s.ctx, s.client(launcher), r.Stream, launcher, func(officials.Progress) {})
		if err != nil || head.Status != api.CycleEnded || head.Done != head.Steps {
			s.t.Errorf("%s came to %s with %d of %d steps done: %v", r.Stream, head.Status, head.Done, head.Steps, err)
			return
		}
		s.exercises++
	}
}

// workOn gives commands in the real cycles, each twice at once.
func (s *soak) workOn(ctx context.Context) {
	for s.quiet(ctx, 50*time.Millisecond) {
		cycle := s.cycles[s.worked%len(s.cycles)]
		c := comment(fmt.Sprintf("soak-%d", s.worked), "Under tiden")
		if n := s.worked / 10; s.worked%10 == 9 && n < len(s.cycles) {
			cycle = s.cycles[n]
			c = s.firstSubmission(cycle, c.ID)
		}
		var clicks sync.WaitGroup
		for range 2 {
			clicks.Go(func() {
				s.persist(string(c.Kind), func() error { _, err := s.client(preparer).Give(s.ctx, cycle, c); return err })
			})
		}
		clicks.Wait()
		s.worked++
	}
}

// changeRegistry adds meetings.
func (s *soak) changeRegistry(ctx context.Context) {
	first := domain.Date("2029-02-01")
	for s.quiet(ctx, 700*time.Millisecond) {
		day := first.Add(s.changes)
		c := api.Command{ID: fmt.Sprintf("soak-meeting-%d", s.changes), Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{
			ID: domain.MeetingID("KS-" + string(day)), Unit: "KS", Status: domain.MeetingProposed, Date: day}}
		s.persist("change the registry", func() error {
			_, err := s.client(registrar).Give(s.ctx, domain.RegistryStream(kommun), c)
			return err
		})
		s.changes++
	}
}

// antagonist breaks something, and lets it heal.
type antagonist struct {
	name   string
	strike func()
}

func (s *soak) antagonists(r *rand.Rand, worker, serve clock, disk *disk) []antagonist {
	some := func(most time.Duration) time.Duration { return time.Duration(r.Int64N(int64(most))) }
	kill := func(name string, c *stack.Child) antagonist {
		return antagonist{"killed " + name, func() { s.restart(c, stack.Kill) }}
	}
	pause := func(name string, c *stack.Child, most time.Duration) antagonist {
		return antagonist{name + " stood still", func() { s.pause(c, some(most)) }}
	}
	postgres, history := s.stack.Postgres(), s.stack.TemporalService("history")
	all := []antagonist{
		kill("a worker", s.worker), kill("the other worker", s.others[0]), kill("a server", s.serves[0]), kill("the other server", s.serves[1]),
		kill("Postgres", postgres), {"stopped Postgres at once", func() { s.immediately(postgres) }},
		kill("Temporal's history", history), kill("Temporal's matching", s.stack.TemporalService("matching")), kill("Temporal's frontend", s.stack.TemporalService("frontend")),
		{"killed both workers", func() { s.restart(s.worker, stack.Kill); s.restart(s.others[0], stack.Kill) }},
		pause("Postgres", postgres, 8*time.Second), pause("Temporal's history", history, 8*time.Second), pause("a worker", s.worker, 15*time.Second), pause("a server", s.serves[0], 5*time.Second),
		{"took all connections", func() { s.exhaust(time.Second + some(3*time.Second)) }},
		{"began new runs", func() {
			for _, stream := range append([]string{domain.RegistryStream(kommun)}, s.cycles...) {
				ctx, cancel := context.WithTimeout(s.ctx, 2*time.Minute)
				if err := temporalx.Roll(ctx, s.temporal, stream); err != nil {
					s.t.Errorf("roll %s: %v", stream, err)
				}
				cancel()
			}
		}},
		{"moved the clocks", func() {
			jumps := []time.Duration{time.Hour, -time.Hour, 2 * time.Minute, -2 * time.Minute}
			worker.set(jumps[r.IntN(len(jumps))])
			serve.set(jumps[r.IntN(len(jumps))])
		}},
	}
	if disk.own {
		all = append(all, antagonist{"filled the disk", func() { s.fillDisk(time.Second + some(4*time.Second)) }})
	}
	return all
}
