package workflows_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	historypb "go.temporal.io/api/history/v1"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func TestSameCommandBeforeAndAfterAJump(t *testing.T) {
	r, p := newRig(t), newTown("SN", "AN")
	r.work(workflows.Workflows{})
	first := r.start(p.stream(), p.launch(t, "start"))
	if first.First != 1 || first.Body != p.launch(t, "start").Body() {
		t.Errorf("the launch has the receipt %+v", first)
	}
	c := comment("c1")
	before := r.send(p.stream(), c)
	if again := r.send(p.stream(), c); again != before {
		t.Errorf("sent again in the same run: %+v, and %+v before", again, before)
	}
	armed := r.quiet(p.stream()).Armed
	r.roll(p.stream())
	if after := r.send(p.stream(), c); after != before {
		t.Errorf("sent again after the jump: %+v, and %+v before", after, before)
	}
	if again, err := temporalx.Start(t.Context(), r.client, p.stream(), p.launch(t, "start")); err != nil || again != first {
		t.Errorf("launched again with the same id: %+v (%v), and %+v before", again, err, first)
	}
	other := c
	other.Text = ref("something else")
	_, err := temporalx.Send(t.Context(), r.client, p.stream(), other)
	refused(t, err, domain.CodeIDReused)
	v := r.quiet(p.stream())
	if v.Armed != armed || armed == 0 {
		t.Errorf("the timer waits for %s, and for %s before the jump", v.Armed, armed)
	}
	n := 0
	for _, e := range r.journalled(p.stream()) {
		if e.Command == "c1" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries of the command, not one", n)
	}
}

func refused(t *testing.T, err error, code domain.Code) {
	t.Helper()
	var no *domain.Refusal
	if !errors.As(err, &no) || no.Code != code {
		t.Errorf("got %v, not the refusal %s", err, code)
	}
}

// Twelve nämnder hand in at the same moment, more than Temporal holds in flight.
func TestTwelveAtOnce(t *testing.T) {
	var boards []domain.UnitID
	for n := range 12 {
		boards = append(boards, domain.UnitID(fmt.Sprintf("N%02d", n)))
	}
	r, p := newRig(t), newTown(boards...)
	r.work(workflows.Workflows{})
	r.start(p.stream(), p.launch(t, "start"))
	for n := range 2 { // the step before theirs: submitted, finalised
		s := r.view(p.stream()).State
		task, _ := nextTask(&s, domain.InstantOf(s.Now.Time()).Date())
		r.send(p.stream(), perform(&s, task, fmt.Sprintf("a%d", n), s.Now.Date()))
	}
	s := r.view(p.stream()).State
	var wg sync.WaitGroup
	receipts := make([]workflows.Receipt, len(boards))
	for n, unit := range boards {
		task := domain.Task{Step: domain.StepID("forslag/" + string(unit)), Command: domain.CmdSubmit, Role: "processledare", Unit: "SOF"}
		c := perform(&s, task, "s-"+string(unit), s.Now.Date())
		wg.Go(func() {
			var err error
			if receipts[n], err = temporalx.Send(t.Context(), r.client, p.stream(), c); err != nil {
				t.Errorf("%s: %v", unit, err)
			}
		})
	}
	wg.Wait()
	events := r.journalled(p.stream())
	for n, unit := range boards {
		e := events[receipts[n].First-1]
		if e.Kind != domain.EvSubmitted || e.Command != "s-"+string(unit) {
			t.Errorf("%s has a receipt for entry %d, which is %s of %s", unit, e.Seq, e.Kind, e.Command)
		}
	}
}

// Eight clients, 600 commands, and a jump every 40: every acknowledged command is in the journal exactly once.
func TestBusyAcrossJumps(t *testing.T) {
	const clients, commands, every = 8, 600, 40
	r, p := newRig(t), newTown("SN")
	r.work(workflows.Workflows{})
	r.start(p.stream(), p.launch(t, "start"))
	var mu sync.Mutex
	acked := map[string]workflows.Receipt{}
	runs := map[string]bool{}
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			for i := n; i < commands; i += clients {
				c := comment(fmt.Sprintf("b%03d", i))
				receipt, err := temporalx.Send(t.Context(), r.client, p.stream(), c)
				if err != nil {
					t.Errorf("%s: %v", c.ID, err)
					return
				}
				mu.Lock()
				acked[c.ID] = receipt
				roll := len(acked)%every == 0
				mu.Unlock()
				if roll {
					if err := temporalx.Roll(t.Context(), r.client, p.stream()); err != nil {
						t.Error(err)
					}
				}
				run := r.runID(p.stream())
				mu.Lock()
				runs[run] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	events := r.journalled(p.stream())
	for _, e := range events {
		seen[e.Command]++
	}
	if len(acked) != commands {
		t.Errorf("%d of %d commands acknowledged", len(acked), commands)
	}
	for id, receipt := range acked {
		if seen[id] != 1 || events[receipt.First-1].Command != id {
			t.Errorf("%s: receipt %+v, %d entries", id, receipt, seen[id])
		}
	}
	if len(runs) <= commands/every/2 {
		t.Errorf("the commands were spread over %d runs only", len(runs))
	}
	t.Logf("%d commands over %d runs", len(acked), len(runs))
}

// A worker that stops in the middle loses nothing: the next one takes over from history.
func TestWorkerReplaced(t *testing.T) {
	r, p := newRig(t), newTown("SN")
	stop := r.work(workflows.Workflows{})
	r.start(p.stream(), p.launch(t, "start"))
	var wg sync.WaitGroup
	half := make(chan struct{})
	wg.Go(func() {
		for i := range 60 {
			if i == 30 {
				close(half)
			}
			if _, err := temporalx.Send(t.Context(), r.client, p.stream(), comment(fmt.Sprintf("w%02d", i))); err != nil {
				t.Errorf("w%02d: %v", i, err)
			}
		}
	})
	<-half
	stop()
	r.work(workflows.Workflows{})
	wg.Wait()
	n := 0
	for _, e := range r.journalled(p.stream()) {
		if e.Kind == domain.EvCommented {
			n++
		}
	}
	if n != 60 {
		t.Errorf("%d entries for 60 acknowledged commands", n)
	}
}

// What a lone sign-off costs in history: eleven events, and two more when the timer is set anew. A change of the shell
// that makes it dearer, or a timer that is re-armed for nothing, shows here. A worker that the machine let wait so long that
// Temporal asked another leaves events of its own: then another town is asked.
func TestHistoryOfALoneSignOff(t *testing.T) {
	r := newRig(t)
	r.work(workflows.Workflows{})
	cost := r.loneSignOffs(newTown("SN", "AN"))
	for i := 0; i < 5 && bytes.Contains(cost, []byte("TimedOut")); i++ {
		cost = r.loneSignOffs(newTown("SN", "AN"))
	}
	golden(t, "lone-sign-off.txt", cost)
}

func (r *rig) loneSignOffs(p town) []byte {
	r.start(p.stream(), p.launch(r.t, "start"))
	do := func(id string, step domain.StepID, kind domain.CommandKind, role domain.RoleID, unit domain.UnitID) {
		s := r.quiet(p.stream()).State
		r.send(p.stream(), perform(&s, domain.Task{Step: step, Command: kind, Role: role, Unit: unit}, id, s.Now.Date()))
	}
	var out bytes.Buffer
	cost := func(what string, signOff func()) {
		before := r.quiet(p.stream())
		had := len(r.history(p.stream(), ""))
		signOff()
		r.until("the turn is over", func() bool { v := r.view(p.stream()); return v.Turns == before.Turns+1 && v.Pending == 0 })
		events := r.history(p.stream(), "")[had:]
		fmt.Fprintf(&out, "%s: %d events\n", what, len(events))
		for _, e := range events {
			fmt.Fprintf(&out, "  %s\n", e.GetEventType())
		}
	}
	do("s1", "anvisning/SLF", domain.CmdSubmit, "processledare", "SLF")
	cost("the next deadline is another", func() { do("f1", "anvisning/SLF", domain.CmdFinalise, "chef", "SLF") })
	do("s2", "forslag/SN", domain.CmdSubmit, "processledare", "SOF")
	cost("the next deadline is the same", func() { do("f2", "forslag/SN", domain.CmdFinalise, "chef", "SOF") })
	return out.Bytes()
}

// The timer wakes the workflow, what fell due is journalled, and the timer is set for the next day; the history of it
// replays. No day is near while the test runs, so these rules let the first step be late soon after the launch: later when the
// machine is so slow that what fell due is found without a timer.
func TestTheTimerFires(t *testing.T) {
	for _, wait := range []domain.Instant{1500, 15_000, 60_000} {
		if timersFired(t, wait) > 0 {
			return
		}
	}
	t.Error("no timer fired")
}

// timersFired plays a cycle whose first step is late after wait, in milliseconds.
func timersFired(t *testing.T, wait domain.Instant) (fired int) {
	t.Helper()
	soon := func(s *domain.State) domain.Instant { return s.Now + wait }
	book := domain.Books()[0]
	book.NextDue = func(s *domain.State, now domain.Instant) domain.Instant {
		if s.Seq == 2 {
			return soon(s)
		}
		return domain.NextDue(s, now)
	}
	book.Tick = func(s *domain.State, now domain.Instant) []domain.Event {
		if s.Seq != 2 || now < soon(s) {
			return nil
		}
		return []domain.Event{{V: domain.EventVersion, Stream: s.Stream, Seq: 3, At: now, Kind: domain.EvLate,
			Step: s.Cycle.Steps[0].ID, Date: s.Cycle.Steps[0].Plan}}
	}
	r, p := newRig(t), newTown("SN")
	defer r.work(workflows.Workflows{Books: []domain.Book{book}})()
	r.start(p.stream(), p.launch(t, "start"))
	var v workflows.View
	r.until("the timer has fired", func() bool { v = r.view(p.stream()); return v.State.Seq == 3 && v.Pending == 0 })
	events := r.journalled(p.stream())
	if last := events[2]; last.Kind != domain.EvLate || last.At < soon(&domain.State{Now: events[1].At}) || last.Actor != "" {
		t.Errorf("the last entry is %+v", last)
	}
	if v.Armed != domain.NextDue(&v.State, v.State.Now) {
		t.Errorf("the timer now waits for %s", v.Armed)
	}
	h := &historypb.History{Events: r.history(p.stream(), "")}
	for _, e := range h.Events {
		if e.GetTimerFiredEventAttributes() != nil {
			fired++
		}
	}
	if fired > 1 {
		t.Errorf("%d timers fired", fired)
	}
	if err := replayHistory(t, h, with(book)); err != nil {
		t.Error(err)
	}
	return fired
}
