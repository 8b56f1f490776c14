package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/workflows"
)

// steps plays one function after another, a minute apart, and then ends the run.
func steps(todo ...func(*run)) func(*run) time.Duration {
	return func(r *run) time.Duration {
		if len(todo) == 0 {
			r.env.SignalWorkflow(workflows.SignalRoll, nil)
			return 0
		}
		todo[0](r)
		todo = todo[1:]
		return time.Minute
	}
}

// must sends a command that is to be carried out; no is the code with which it is to be refused.
func must(c domain.Command) func(*run) { return expect(c, "") }

func expect(c domain.Command, no domain.Code) func(*run) {
	return func(r *run) {
		r.send(c, func(_ workflows.Receipt, err error) {
			var app *temporal.ApplicationError
			switch {
			case no == "" && err != nil:
				r.t.Errorf("%s: %v", c.ID, err)
			case no != "" && (!errors.As(err, &app) || app.Type() != string(no)):
				r.t.Errorf("%s: %v, not the refusal %s", c.ID, err, no)
			}
		})
	}
}

func TestARefusedLaunchIsAResultAndNoFailure(t *testing.T) {
	j := &journal{}
	in := smallTown.begin(t)
	in.First.Actor = "p-kf-sekreterare"
	played := playRun(t, workflows.Workflows{}, j, in, december, func(*run) time.Duration { return 0 })
	if played.Ended == nil || played.Ended.Refused != domain.CodeRoleNotHeld || played.Ended.Message == "" || played.Ended.Seq != 0 {
		t.Errorf("ended with %+v", played.Ended)
	}
	if len(j.events) != 0 || len(j.batches) != 1 || !j.batches[0].Expect.Done {
		t.Errorf("%d entries, batches %+v", len(j.events), j.batches)
	}
}

func TestJournalBehindForFiveMinutes(t *testing.T) {
	down := true
	j := &journal{fail: func(activities.JournalBatch) error {
		if down {
			return errors.New("the database is down")
		}
		return nil
	}}
	wait := func(*run) {}
	playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(
		must(comment("c1")), wait, wait, wait, wait, wait,
		expect(comment("c2"), domain.CodeJournalBehind),
		must(comment("c1")), // answered before: the same answer still
		func(*run) { down = false }, wait,
		must(comment("c3")),
	))
	if n := len(j.events); n != 4 || j.events[2].Command != "c1" || j.events[3].Command != "c3" {
		t.Errorf("%d entries", n)
	}
}

func TestJournalBehindByTwoHundred(t *testing.T) {
	down := true
	j := &journal{fail: func(activities.JournalBatch) error {
		if down {
			return errors.New("the database is down")
		}
		return nil
	}}
	pending := 0
	playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(
		func(r *run) {
			pending = r.view().Pending
			for n := pending; n <= workflows.MostPending; n++ {
				must(comment(fmt.Sprintf("c%03d", n)))(r)
			}
		},
		expect(comment("one-more"), domain.CodeJournalBehind),
		func(*run) { down = false },
		must(comment("after")),
	))
	if want := workflows.MostPending + 2; pending == 0 || len(j.events) != want || j.events[want-1].Command != "after" {
		t.Errorf("%d entries, not %d", len(j.events), want)
	}
}

// An error that forbids retries does not end the journal's retries.
func TestTheJournalIsTriedForEver(t *testing.T) {
	fails := 3
	j := &journal{fail: func(activities.JournalBatch) error {
		if fails--; fails >= 0 {
			return temporal.NewNonRetryableApplicationError("the row is another", "conflict", nil)
		}
		return nil
	}}
	playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(must(comment("c1"))))
	if len(j.events) != 3 {
		t.Errorf("%d entries", len(j.events))
	}
}

// Whoever cancels the workflow in Temporal stops nothing.
func TestCancelledInTemporal(t *testing.T) {
	j := &journal{}
	played := playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(
		func(r *run) { r.env.CancelWorkflow() },
		must(comment("c1")),
	))
	if len(j.events) != 3 || played.Ended != nil || played.Input.State.Seq != 3 {
		t.Errorf("%d entries, ended %+v", len(j.events), played.Ended)
	}
}

// A stream that is never quiet ends its run all the same, and hands on what it could not get written.
func TestABusyRunEndsAndCarriesItsOutbox(t *testing.T) {
	var busy *run
	n := 0
	j := &journal{}
	j.fail = func(b activities.JournalBatch) error {
		if busy != nil && b.Expect.Roll { // a command comes while each batch is being written
			n++
			r, c := busy, comment(fmt.Sprintf("busy%d", n))
			done := make(chan struct{})
			r.env.RegisterDelayedCallback(func() {
				r.send(c, func(_ workflows.Receipt, err error) {
					if err != nil {
						t.Errorf("%s: %v", c.ID, err)
					}
				})
				close(done)
			}, 0)
			<-done
		}
		return nil
	}
	first := playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(func(r *run) { busy = r }))
	carried := first.Input.Outbox
	if len(carried) == 0 {
		t.Fatal("the run ended in a quiet moment")
	}
	if last := carried[len(carried)-1]; last.Seq != first.Input.State.Seq || last.Command != fmt.Sprintf("busy%d", n) {
		t.Errorf("the outbox ends with entry %d of %s, the state with %d", last.Seq, last.Command, first.Input.State.Seq)
	}
	busy = nil
	written := len(j.events)
	playRun(t, workflows.Workflows{}, j, first.Input, first.At, steps(must(carriedCommand(carried))))
	if len(j.events) != written+len(carried) {
		t.Errorf("%d entries after the jump, of %d carried", len(j.events)-written, len(carried))
	}
	for i, e := range j.events {
		if e.Seq != uint64(i+1) {
			t.Errorf("entry %d stands in place %d", e.Seq, i+1)
		}
	}
}

func carriedCommand(carried []domain.Event) domain.Command {
	return comment(carried[len(carried)-1].Command)
}

// What made a run end.
func TestARunEnds(t *testing.T) {
	plain := workflows.Workflows{}
	large := domain.Books()[0]
	large.Apply = func(s *domain.State, e domain.Event) error {
		err := domain.Apply(s, e)
		s.Size += 60 << 10 // as if much had been written
		return err
	}
	for _, row := range []struct {
		why   string
		w     workflows.Workflows
		steps []func(*run)
	}{
		{"the SDK suggests it", plain, []func(*run){func(r *run) { r.env.SetContinueAsNewSuggested(true) }, must(comment("c1"))}},
		{"its state has grown", workflows.Workflows{Books: []domain.Book{large}}, []func(*run){func(r *run) {
			for n := range 8 {
				must(comment(fmt.Sprintf("c%d", n)))(r)
			}
		}}},
	} {
		t.Run(row.why, func(t *testing.T) {
			todo := row.steps
			played := playRun(t, row.w, &journal{}, smallTown.begin(t), december, func(r *run) time.Duration {
				if len(todo) == 0 {
					t.Error("the run did not end")
					r.env.SignalWorkflow(workflows.SignalRoll, nil)
					return 0
				}
				todo[0](r)
				todo = todo[1:]
				return time.Minute
			})
			if size := played.Input.State.Size; played.Ended != nil || size < 1000 || size > 100<<10 {
				t.Errorf("ended %+v, size handed on %d", played.Ended, size)
			}
		})
	}
}

// A run hands on what it may be asked for again, not all that it was ever asked.
func TestARunForgets(t *testing.T) {
	j := &journal{}
	played := playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps(must(comment("c0"))))
	in := played.Input
	for n := range 1500 {
		in.State.Answered = append(in.State.Answered, domain.Answer{ID: fmt.Sprintf("old-%d", n), First: in.State.Seq, Last: in.State.Seq, At: in.State.Now})
	}
	answered := playRun(t, workflows.Workflows{}, j, in, played.At, steps(must(comment("c1")))).Input.State.Answered
	if n := len(answered); n != 1000 || answered[n-1].ID != "c1" || answered[0].ID != "old-501" {
		t.Errorf("the next run knows %d commands, from %q to %q", n, answered[0].ID, answered[n-1].ID)
	}
}

// New rules leave a running run as it is; the next begins by adopting them.
func TestNewRulesBeginWithTheNextRun(t *testing.T) {
	strict := domain.Books()[0]
	strict.Version++
	strict.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
		if c.Kind == domain.CmdComment {
			return nil, domain.Refuse(domain.CodeNotNow, "Nya regler.")
		}
		return domain.Decide(s, c, now)
	}
	w := workflows.Workflows{Books: []domain.Book{strict, domain.Books()[0]}}
	j := &journal{}
	first := playRun(t, w, j, smallTown.begin(t), december, steps(must(comment("old-rules"))))
	if first.Input.Adopt != strict.Version || first.Input.State.Rules != domain.CurrentRules {
		t.Errorf("the next run is to adopt %d, and its state is under %d", first.Input.Adopt, first.Input.State.Rules)
	}
	written := len(j.events)
	second := playRun(t, w, j, first.Input, first.At, steps(expect(comment("new-rules"), domain.CodeNotNow), must(comment("old-rules"))))
	if len(j.events) != written+1 || j.events[written].Kind != domain.EvRulesAdopted || j.events[written].Rules != strict.Version {
		t.Errorf("after the jump: %+v", j.events[written:])
	}
	if second.Input.State.Rules != strict.Version {
		t.Errorf("the state is under rules %d", second.Input.State.Rules)
	}
}

// What fell due between two runs, or just before a command, is not passed over.
func TestWhatFellDueMeanwhile(t *testing.T) {
	j := &journal{}
	first := playRun(t, workflows.Workflows{}, j, smallTown.begin(t), december, steps())
	due := domain.NextDue(&first.Input.State, domain.InstantOf(first.At)) // 1 February: anvisningar are late
	var v workflows.View
	playRun(t, workflows.Workflows{}, j, first.Input, due.Time().Add(time.Hour), steps(func(r *run) { v = r.view() }))
	if last := j.events[len(j.events)-1]; last.Kind != domain.EvLate || last.Step != "anvisning/SLF" {
		t.Errorf("the last entry is %s of %s", last.Kind, last.Step)
	}
	if v.Armed <= due {
		t.Errorf("the timer waits for %s", v.Armed)
	}
}

// An exercise has no timer: its clock stands still until somebody moves it.
func TestAnExerciseHasNoTimer(t *testing.T) {
	c := smallTown.launch(t, "start")
	c.Launch.Exercise, c.Launch.Start = 1, "2026-12-01"
	j := &journal{}
	advance := domain.Command{ID: "a", Kind: domain.CmdAdvance, Actor: "p-slf-cykelansvarig"}
	playRun(t, workflows.Workflows{}, j, workflows.Begin(domain.ExerciseStream(smallTown.kommun, 2028, 1), c), december.AddDate(3, 0, 0), steps(
		func(r *run) {
			if v := r.view(); v.Armed != 0 || v.State.Cycle.Clock.Date() != "2026-12-01" {
				t.Errorf("the timer waits for %s, the clock says %s", v.Armed, v.State.Cycle.Clock)
			}
		},
		must(advance),
		func(r *run) {
			if v := r.view(); v.Armed != 0 || v.State.Cycle.Clock.Date() != "2027-02-01" {
				t.Errorf("after advance the timer waits for %s, the clock says %s", v.Armed, v.State.Cycle.Clock)
			}
		},
	))
	for _, b := range j.batches {
		if b.Expect.Next != 0 {
			t.Errorf("a batch waits for %s", b.Expect.Next)
		}
	}
}

// The registry hands its changes on after every turn and when nudged, and waits for nobody.
func TestTheRegistryPropagatesBesideItsTurns(t *testing.T) {
	registry := smallTown.registry()
	found := domain.Command{ID: "found", Kind: domain.CmdFound, Actor: "p-slf-registeransvarig", Found: &registry}
	bind := func(id string, person domain.PersonID) domain.Command {
		return domain.Command{ID: id, Kind: domain.CmdBind, Actor: "p-slf-registeransvarig",
			Binding: &domain.Binding{Person: person, Role: "chef", Unit: "SOF", From: "2027-01-01"}}
	}
	j := &journal{}
	stuck, begun, done := true, 0, 0
	var seen int
	play := steps(
		must(bind("b1", "p-ny-1")),
		must(bind("b2", "p-ny-2")),
		func(r *run) {
			if len(j.events) != 3 || done != 0 || begun == 0 {
				t.Errorf("%d entries, %d propagations begun and %d done while a cycle does not answer", len(j.events), begun, done)
			}
			stuck = false
		},
		func(*run) {}, func(*run) { seen = done },
		func(r *run) { r.env.SignalWorkflow(workflows.SignalNudge, nil) },
		func(*run) {
			if seen < 1 || done != seen+1 {
				t.Errorf("%d propagations before the nudge, %d after", seen, done)
			}
		},
	)
	playWith(t, workflows.Workflows{}, j, workflows.Begin(domain.RegistryStream(smallTown.kommun), found), december,
		func(r *run) {
			r.env.RegisterActivityWithOptions(func(_ context.Context, in activities.PropagateInput) (activities.PropagateResult, error) {
				begun++
				if in.Kommun != smallTown.kommun {
					t.Errorf("propagates for %q", in.Kommun)
				}
				if stuck {
					return activities.PropagateResult{}, errors.New("a cycle does not answer")
				}
				done++
				return activities.PropagateResult{Number: uint64(len(j.events))}, nil
			}, activity.RegisterOptions{Name: workflows.ActivityPropagate})
		}, play)
}
