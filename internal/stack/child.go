package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Mode says how a child is brought down.
type Mode int

const (
	// Clean asks the child to end and lets it finish, and kills it only when it has not ended within its grace time.
	Clean Mode = iota
	// Kill ends the child at once, as a crash would.
	Kill
)

const (
	// maxDeaths is how many times in a row a child may die without having lived for healthyAfter.
	maxDeaths    = 6
	healthyAfter = 30 * time.Second
	firstBackoff = 250 * time.Millisecond
	grace        = 20 * time.Second
	hurryGrace   = 5 * time.Second

	// A log this large is set aside when its child is started anew.
	largeLog = 16 << 20
)

// A Child is a program that the stack keeps running: when it dies it is started again, with growing pauses, until it has
// died maxDeaths times in a row.
type Child struct {
	name     string
	argv     []string
	env      []string
	dir      string
	log      string
	as       *syscall.Credential
	before   func() error                    // run before each start; nil: nothing
	stop     syscall.Signal                  // asks for a clean end
	hurry    syscall.Signal                  // asks for an end at once, before it is forced with SIGKILL; 0: nothing does
	orphaned syscall.Signal                  // sent by the kernel when we die
	ready    func(ctx context.Context) error // no error once the child can be used; nil: it is ready when started
	tell     func(string)
	failed   func(error) // called when the child is given up

	turn sync.Mutex // held for the whole of Halt and Resume, so that they take turns

	mu     sync.Mutex
	proc   *process      // the latest run
	halt   chan struct{} // closed to stop the keeper; nil while the child is meant to be down
	kept   chan struct{} // closed by the keeper when it has ended
	gaveUp error
}

// Name is the child's name, which is also its log's.
func (c *Child) Name() string { return c.name }

// LogFile is where the child's output goes.
func (c *Child) LogFile() string { return c.log }

// PID is the process id of the child's latest run, which may have ended; 0 before the first.
func (c *Child) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc == nil {
		return 0
	}
	return c.proc.pid()
}

// Signal sends sig to the running program. If it dies of it, it is started again as after any death.
func (c *Child) Signal(sig syscall.Signal) error {
	c.mu.Lock()
	p := c.proc
	c.mu.Unlock()
	if p == nil {
		return fmt.Errorf("%s has never been started", c.name)
	}
	return p.signal(sig)
}

// Resume starts the child and waits until it is ready. It does nothing to a child that is up. A child that dies before
// it is ready is an error, which carries the end of its log.
func (c *Child) Resume(ctx context.Context) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.mu.Lock()
	up := c.halt != nil && c.gaveUp == nil
	c.mu.Unlock()
	if up {
		return nil
	}
	if info, err := os.Stat(c.log); err == nil && info.Size() > largeLog {
		if err := os.Rename(c.log, c.log+".1"); err != nil {
			return fmt.Errorf("set the log aside: %w", err)
		}
	}
	p, err := c.start()
	if err != nil {
		return err
	}
	if err := c.untilReady(ctx, p); err != nil {
		return errors.Join(err, c.bringDown(context.WithoutCancel(ctx), p, Clean))
	}
	c.mu.Lock()
	c.halt, c.kept, c.gaveUp = make(chan struct{}), make(chan struct{}), nil
	go c.keep(p, c.halt, c.kept)
	c.mu.Unlock()
	return nil
}

// Halt brings the child down and keeps it down until Resume. When ctx ends first, the child is killed; that is no error.
func (c *Child) Halt(ctx context.Context, mode Mode) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.mu.Lock()
	halt, kept := c.halt, c.kept
	c.halt = nil
	c.mu.Unlock()
	if halt == nil {
		return nil
	}
	close(halt)
	<-kept
	c.mu.Lock()
	p := c.proc
	c.mu.Unlock()
	return c.bringDown(ctx, p, mode)
}

// Restart brings the child down, however mode says, and up again, and waits until it is ready.
func (c *Child) Restart(ctx context.Context, mode Mode) error {
	if err := c.Halt(ctx, mode); err != nil {
		return err
	}
	return c.Resume(ctx)
}

// Ready waits until the child answers, for instance after Signal. It is an error if ctx ends or the child is given up.
func (c *Child) Ready(ctx context.Context) error { return c.untilReady(ctx, nil) }

func (c *Child) start() (*process, error) {
	if c.before != nil {
		if err := c.before(); err != nil {
			return nil, fmt.Errorf("before %s starts: %w", c.name, err)
		}
	}
	p, err := startProcess(c.argv, c.env, c.dir, c.log, c.as, c.orphaned)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.proc = p
	c.mu.Unlock()
	return p, nil
}

// bringDown ends one run that no keeper watches any more.
func (c *Child) bringDown(ctx context.Context, p *process, mode Mode) error {
	if mode == Clean {
		if err := p.signal(c.stop); err != nil {
			return fmt.Errorf("stop %s: %w", c.name, err)
		}
		select {
		case <-p.exited:
			return nil
		case <-time.After(grace):
			c.tell(fmt.Sprintf("%s avslutades inte på %s och stoppas nu hårt.", c.name, grace))
		case <-ctx.Done():
		}
		if c.hurry != 0 {
			if err := p.signal(c.hurry); err != nil {
				return fmt.Errorf("stop %s: %w", c.name, err)
			}
			select {
			case <-p.exited:
				return nil
			case <-time.After(hurryGrace):
			}
		}
	}
	if err := p.signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill %s: %w", c.name, err)
	}
	<-p.exited
	return nil
}

// keep is the keeper of a running child: it ends when halt is closed, with the child still running or between two runs,
// or when the child is given up.
func (c *Child) keep(p *process, halt <-chan struct{}, kept chan<- struct{}) {
	defer close(kept)
	for deaths := 0; ; {
		select {
		case <-halt:
			return
		case <-p.exited:
		}
		if time.Since(p.started) >= healthyAfter {
			deaths = 0
		}
		deaths++
		if deaths >= maxDeaths {
			c.giveUp(fmt.Errorf("%s gick inte att hålla i gång: den dog %d gånger i rad, senast med %q. Loggen finns i %s. "+
				"Det som är sparat är kvar; rätta felet och kör samma kommando igen", c.name, deaths, p.how(), c.log))
			return
		}
		pause := firstBackoff << (deaths - 1)
		c.tell(fmt.Sprintf("%s avslutades oväntat (%s) och startas igen om %s. Logg: %s", c.name, p.how(), pause, c.log))
		timer := time.NewTimer(pause)
		select {
		case <-halt:
			timer.Stop()
			return
		case <-timer.C:
		}
		next, err := c.start()
		if err != nil {
			next = stillborn(err)
		}
		p = next
	}
}

func (c *Child) giveUp(err error) {
	c.mu.Lock()
	c.gaveUp = err
	c.mu.Unlock()
	c.failed(err)
}

// untilReady polls until the child answers. A given process that ends first is an error; a nil one may come and go.
func (c *Child) untilReady(ctx context.Context, p *process) error {
	if c.ready == nil {
		return nil
	}
	return c.poll(ctx, p, c.ready)
}

func (c *Child) poll(ctx context.Context, p *process, ready func(ctx context.Context) error) error {
	var exited <-chan struct{}
	if p != nil {
		exited = p.exited
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		c.mu.Lock()
		gaveUp := c.gaveUp
		c.mu.Unlock()
		if p == nil && gaveUp != nil {
			return gaveUp
		}
		select {
		case <-exited:
			return &startError{name: c.name, how: p.how(), log: c.log, tail: tail(c.log)}
		case <-ctx.Done():
			return fmt.Errorf("%s svarade aldrig; se %s: %w", c.name, c.log, errors.Join(ctx.Err(), err))
		case <-poll.C:
		}
	}
}
