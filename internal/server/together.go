package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

const (
	// mostTogether is how many commands are sent together. Each leads to some entries; a journal batch takes milliseconds.
	mostTogether = 32
	// gathering is how long others are waited for by who comes while people come together; who comes alone waits for nobody.
	gathering = 15 * time.Millisecond
	// lately is for how long people count as coming together after they did.
	lately = 100 * time.Millisecond
	// holding is for how long, while people come together, the next are held back until the journal has the last: so they
	// come together again, instead of by turns in two halves.
	holding = 200 * time.Millisecond
)

// together gathers the commands that come to one stream while others are on their way to it, and sends them as one: many
// people who sign off in the same minute cost hardly more than one. A command that comes alone is sent alone, at once.
type together struct {
	s   *Server
	mu  sync.Mutex
	all map[string]*queue // by stream
}

// queue is what waits to be sent to a stream, in the order in which it came.
type queue struct {
	commands []*oneOf
	carried  bool          // somebody sends them
	company  time.Time     // when some were last sent together
	many     int           // how many could come together next
	came     chan struct{} // has one when somebody has come; room for one
}

// oneOf is a command of many.
type oneOf struct {
	ctx     context.Context
	command domain.Command
	answer  chan outcome // has room for one
}

// outcome is what became of a command: its receipt, and its first entry when the journal had it in time.
type outcome struct {
	workflows.Receipt
	entry *store.Entry
	known bool // the journal knew it before it was sent, and so it was not
	err   error
}

// send gives a command to its stream and waits for the answer. What was not on its way yet when ctx ended was not sent.
func (t *together) send(ctx context.Context, stream string, c domain.Command) outcome {
	one := &oneOf{ctx, c, make(chan outcome, 1)}
	t.mu.Lock()
	q := t.all[stream]
	if q == nil {
		q = &queue{came: make(chan struct{}, 1)}
		t.all[stream] = q
	}
	q.commands = append(q.commands, one)
	select {
	case q.came <- struct{}{}:
	default:
	}
	if !q.carried {
		q.carried = true
		go t.carry(stream, q)
	}
	t.mu.Unlock()
	select {
	case o := <-one.answer:
		return o
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(q.commands, one); i >= 0 {
		q.commands = slices.Delete(q.commands, i, i+1)
		return outcome{err: fmt.Errorf("wait for the commands before it: %w", ctx.Err())}
	}
	return outcome{err: &temporalx.Unknown{Stream: stream, Command: c.ID, Err: ctx.Err()}}
}

// carry sends until nothing waits.
func (t *together) carry(stream string, q *queue) {
	for {
		t.gather(q)
		t.mu.Lock()
		n := min(len(q.commands), mostTogether)
		some := slices.Clone(q.commands[:n])
		q.commands = slices.Delete(q.commands, 0, n)
		if n == 0 {
			q.carried = false
		}
		if n > 1 {
			q.company = time.Now()
		}
		t.mu.Unlock()
		if n == 0 {
			return
		}
		journalled, ends := t.sendSome(stream, some)
		if ends != "" {
			t.nextRun(stream, ends)
		}
		if n > 1 {
			select {
			case <-journalled:
			case <-time.After(holding):
			}
			t.mu.Lock()
			q.many = n + len(q.commands) // those who were answered, should they come again, and those who wait
			t.mu.Unlock()
		}
	}
}

// gather waits, while people come together, until as many have come as could.
func (t *together) gather(q *queue) {
	over := time.NewTimer(gathering)
	defer over.Stop()
	for {
		t.mu.Lock()
		enough := len(q.commands) >= min(q.many, mostTogether) || time.Since(q.company) >= lately
		t.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-q.came:
		case <-over.C:
			return
		}
	}
}

// sendSome sends what came together, for as long as the last of those who asked waits. Whoever asked has the outcome when
// the journal has it, and then journalled is closed. ends is the run that ends with it, if it does.
func (t *together) sendSome(stream string, some []*oneOf) (journalled <-chan struct{}, ends string) {
	ctx, cancel := context.WithTimeout(context.Background(), commandTime+t.s.Patience)
	defer cancel()
	if len(some) == 1 {
		ctx = some[0].ctx
	}
	commands := make([]domain.Command, len(some))
	for i, one := range some {
		commands[i] = one.command
	}
	outcomes := t.carryOut(ctx, stream, commands, temporalx.SendTogether)
	for i := range outcomes {
		ends = cmp.Or(ends, outcomes[i].Ends)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.journalled(stream, outcomes, journalTime)
		for i, one := range some {
			one.answer <- outcomes[i]
		}
	}()
	return done, ends
}

// carryOut has commands sent, but for those that the journal knows: Temporal and the state forget ids, the journal never does.
func (t *together) carryOut(ctx context.Context, stream string, commands []domain.Command,
	send func(context.Context, client.Client, string, []domain.Command) []temporalx.Answer) []outcome {
	outcomes := make([]outcome, len(commands))
	failed := func(err error) []outcome {
		for i := range outcomes {
			outcomes[i].err = err
		}
		return outcomes
	}
	ids := make([]string, len(commands))
	for i := range commands {
		ids[i] = commands[i].ID
	}
	known, err := t.s.Store.Known(ctx, stream, ids)
	if err != nil {
		return failed(err)
	}
	var fresh []domain.Command
	var places []int
	for i, id := range ids {
		if outcomes[i].known = slices.Contains(known, id); !outcomes[i].known {
			fresh, places = append(fresh, commands[i]), append(places, i)
		}
	}
	if len(fresh) == 0 {
		return outcomes
	}
	release, err := t.s.Slots.Take(ctx, stream)
	if err != nil {
		return failed(fmt.Errorf("wait for a slot: %w", err))
	}
	defer release()
	for i, a := range send(ctx, t.s.Temporal, stream, fresh) {
		outcomes[places[i]] = outcome{Receipt: a.Receipt, err: a.Err}
	}
	return outcomes
}

// nextRun holds the next commands back until the stream's next run has begun. They may be sent before; then they take longer.
func (t *together) nextRun(stream, run string) {
	ctx, cancel := context.WithTimeout(context.Background(), journalTime)
	defer cancel()
	if err := temporalx.NextRun(ctx, t.s.Temporal, stream, run); err != nil {
		t.s.log.Warn("a run was to end, and the commands after it no longer wait", zap.String("stream", stream), zap.String("run", run), zap.Error(err))
	}
}

// journalled waits, so that people see what they just did, until the journal has what was carried out, and adds the entries.
// It waits for atMost; what comes later is told as received.
func (t *together) journalled(stream string, outcomes []outcome, atMost time.Duration) {
	var seqs []uint64
	for _, o := range outcomes {
		if o.err == nil && o.First > 0 { // another changed nothing, so nothing is to be written
			seqs = append(seqs, o.First, o.Last)
		}
	}
	if len(seqs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), atMost+t.s.Patience)
	defer cancel()
	entries, err := t.s.Store.WaitEntries(ctx, stream, seqs)
	if err != nil && ctx.Err() != nil {
		return // later
	}
	for i := range outcomes {
		o := &outcomes[i]
		switch {
		case o.err != nil || o.First == 0:
		case err != nil:
			o.err = err
		default:
			first := entries[o.First]
			o.entry = &first
		}
	}
}

// begin is how the command is sent that begins a stream.
func (t *together) begin(ctx context.Context, stream string, c domain.Command) outcome {
	o := t.carryOut(ctx, stream, []domain.Command{c}, func(ctx context.Context, c client.Client, stream string, one []domain.Command) []temporalx.Answer {
		receipt, err := temporalx.Start(ctx, c, stream, one[0])
		return []temporalx.Answer{{Receipt: receipt, Err: err}}
	})
	t.journalled(stream, o, startTime)
	return o[0]
}
