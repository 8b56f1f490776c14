// Package officials plays an exercise: simulated officials who see their tasks through the HTTP API, do them with small
// invented documents that say so, and move the exercise's clock when nothing is left to do. They know no more than a
// person with the same role would, and go in by the same door.
package officials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// atOnce is how many officials act at the same time: as many as a cycle's commands may be on their way (store.Slots).
const atOnce = 8

// Progress is told after each day on which something was done.
type Progress struct {
	Today domain.Date // on the exercise's clock
	Acts  int         // done that day
	Done  int         // steps done so far
	Steps int
}

// Play plays an exercise until its cycle is complete and returns the cycle as it then is. launcher is who moves the
// clock. It returns an error when the exercise gets stuck, saying on what.
//
// An exercise that was left half-played is played on from where it is.
func Play(ctx context.Context, client *api.Client, stream string, launcher domain.PersonID, tell func(Progress)) (api.CycleHead, error) {
	p := &player{client: client.As(launcher), stream: stream, paragraphs: map[domain.MeetingID]int{}, forms: map[string]api.Step{}}
	today := 0 // acts
	for {
		head, tasks, err := p.look(ctx)
		if err != nil {
			return api.CycleHead{}, err
		}
		acts := 0
		if head.Status == api.CycleOpen {
			if acts, err = p.work(ctx, head, tasks); err != nil {
				return api.CycleHead{}, err
			}
		}
		today += acts
		if acts > 0 {
			continue
		}
		if today > 0 {
			tell(Progress{head.Today, today, head.Done, head.Steps})
			today = 0
		}
		if head.Status != api.CycleOpen {
			return head, nil
		}
		if err := p.advance(ctx, tasks); err != nil {
			return api.CycleHead{}, err
		}
	}
}

type player struct {
	client *api.Client
	stream string

	mu         sync.Mutex
	paragraphs map[domain.MeetingID]int // the last § used at each meeting
	forms      map[string]api.Step      // a step of each definition, as it was read first
}

func (p *player) look(ctx context.Context) (head api.CycleHead, tasks []api.Task, err error) {
	var all api.Cycles // the list is light; the cycle's own answer has every step
	if err := p.again(ctx, func() error { return p.client.Get(ctx, "/cycles", &all) }); err != nil {
		return head, nil, fmt.Errorf("se på %s: %w", p.stream, err)
	}
	i := slices.IndexFunc(all.Cycles, func(c api.CycleHead) bool { return c.Stream == p.stream })
	if i < 0 {
		return head, nil, domain.Refuse(domain.CodeUnknownStream, "Det finns ingen övning som heter %q. De som finns: arshjul cycles", p.stream)
	}
	var list api.Tasks
	if err := p.again(ctx, func() error { return p.client.Get(ctx, "/"+p.stream+"/tasks", &list) }); err != nil {
		return head, nil, fmt.Errorf("se på uppgifterna i %s: %w", p.stream, err)
	}
	return all.Cycles[i], list.Tasks, nil
}

// work does every task that somebody can do, several at once, and says how many were done.
func (p *player) work(ctx context.Context, head api.CycleHead, tasks []api.Task) (acts int, err error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		seats = make(chan struct{}, atOnce)
	)
	for _, t := range tasks {
		if t.Command == domain.CmdProceed {
			continue // the late unit does its part instead
		}
		if len(t.People) == 0 {
			wg.Wait()
			return 0, fmt.Errorf("övningen har kört fast den %s: ingen kan göra %q (%s). Rollen %s i %s behöver en innehavare som varken är jävig eller själv har lämnat in", head.Today, t.Title, t.Command, t.Role, t.Unit)
		}
		seats <- struct{}{}
		wg.Go(func() {
			defer func() { <-seats }()
			taskErr := p.do(ctx, head, t)
			mu.Lock()
			defer mu.Unlock()
			acts++
			if taskErr != nil {
				err = errors.Join(err, fmt.Errorf("%s (%s) som %s den %s: %w", t.Title, t.Command, t.People[0], head.Today, taskErr))
			}
		})
	}
	wg.Wait()
	return acts, err
}

// advance moves the clock; when nothing waits for time either, the exercise is stuck.
func (p *player) advance(ctx context.Context, left []api.Task) error {
	err := p.give(ctx, p.client, api.Command{Kind: domain.CmdAdvance})
	var problem *api.Problem
	if errors.As(err, &problem) && problem.Code == domain.CodeNothingDue {
		return fmt.Errorf("övningen %s har kört fast: ingen har något att göra, ingen tid väntas in, och cykeln är inte klar (%d erbjudanden att gå vidare utan en sen enhet är kvar)", p.stream, len(left))
	}
	if err != nil {
		return fmt.Errorf("flytta klockan i %s: %w", p.stream, err)
	}
	return nil
}
