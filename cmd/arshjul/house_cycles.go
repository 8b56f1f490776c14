package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
)

// launch starts the real cycle of a year, unless it is there; 0 is no year.
func (h *house) launch(ctx context.Context, year int) error {
	if year == 0 {
		return nil
	}
	stream := domain.CycleStream(h.kommun, year)
	head, found, err := h.find(ctx, stream)
	if err != nil {
		return err
	}
	if found {
		fmt.Fprintf(h.out, "%s finns redan: %d av %d steg klara.\n", head.Title, head.Done, head.Steps)
		return nil
	}
	second, err := h.second(ctx)
	if err != nil {
		return err
	}
	if second == "" {
		return fmt.Errorf("cykeln för %d kan inte startas: registret har bara en %s, och en cykel beställs av en och bekräftas av en annan. Ge rollen till en till i organisationsfilen eller registret", year, domain.RoleLauncher)
	}
	r, err := h.order(ctx, year, second)
	if err != nil {
		return err
	}
	fmt.Fprintf(h.out, "Cykeln för %d är startad (%s).\n", year, r.Stream)
	return nil
}

// second finds another who may launch than the launcher, or "".
func (h *house) second(ctx context.Context) (domain.PersonID, error) {
	var registry api.Registry
	if err := h.client.Get(ctx, "/"+domain.RegistryStream(h.kommun)+"/registry", &registry); err != nil {
		return "", err
	}
	for _, b := range registry.Bindings {
		if b.Role == domain.RoleLauncher && b.Person != h.launcher && b.To == "" {
			return b.Person, nil
		}
	}
	return "", nil
}

// order launches as a municipality does: one person orders, on an invented decision, and another confirms.
func (h *house) order(ctx context.Context, year int, second domain.PersonID) (r api.Receipt, err error) {
	today := domain.InstantOf(time.Now()).Date()
	ask := api.OrderLaunch{ID: fmt.Sprintf("up-%d-%s", year, today), LaunchPlan: api.LaunchPlan{Year: year, With: h.with}, Dnr: "KS 1/" + strconv.Itoa(today.Year()) + " (påhittat)", Date: today}
	var check api.LaunchCheck
	if err := h.client.Post(ctx, "/launch-check", ask.LaunchPlan, &check); err != nil {
		return r, err
	}
	for _, f := range check.Findings {
		if f.Level == domain.LevelError {
			ask.Despite = "Prov på den egna datorn (påhittat)"
			fmt.Fprintln(h.out, "Repetitionen säger:", f.Text)
		}
	}
	// The same id at every attempt: should an answer be lost, the next attempt gets it.
	var ordered api.Ordered
	for ordered.Number == 0 && err == nil {
		err = h.post(ctx, h.client, "/orders", ask, &ordered)
	}
	if err != nil {
		return r, err
	}
	fmt.Fprintf(h.out, "Beställning %d är lagd av %s, och bekräftas av %s.\n", ordered.Number, h.launcher, second)
	err = h.post(ctx, h.client.As(second), fmt.Sprintf("/orders/%d/confirm", ordered.Number), api.ConfirmOrder{ID: ask.ID + "-confirm"}, &r)
	return r, err
}

// exercise plays an exercise of a year to its end: the one that is half-played, or a new one when none has been played.
func (h *house) exercise(ctx context.Context, year int) (api.CycleHead, error) {
	if year == 0 {
		return api.CycleHead{}, nil
	}
	var list api.Cycles
	if err := h.client.Get(ctx, "/cycles", &list); err != nil {
		return api.CycleHead{}, err
	}
	stream := ""
	for _, c := range list.Cycles {
		if c.Exercise == 0 || c.Year != year {
			continue
		}
		if c.Status == api.CycleEnded {
			fmt.Fprintf(h.out, "%s är redan spelad: %d av %d steg klara.\n", c.Title, c.Done, c.Steps)
			return c, nil
		}
		if c.Status == api.CycleOpen && stream == "" {
			stream = c.Stream
			fmt.Fprintf(h.out, "%s spelas vidare från den %s.\n", c.Title, c.Today.Swedish())
		}
	}
	if stream == "" {
		var r api.Receipt
		for r.Status != api.StatusDone { // before it stands in the journal nobody sees it
			if err := h.post(ctx, h.client, "/exercises", api.Exercise{ID: fmt.Sprintf("up-%d-%d", year, len(list.Cycles)), Year: year, With: h.with}, &r); err != nil {
				return api.CycleHead{}, err
			}
		}
		stream = r.Stream
		fmt.Fprintf(h.out, "ÖVNING: %s spelas av simulerade tjänstepersoner. Allt i den är påhittat.\n", stream)
	}
	head, err := officials.Play(ctx, h.client, stream, h.launcher, progress(h.out))
	if err != nil {
		return head, err
	}
	fmt.Fprintf(h.out, "%s är %s: %d av %d steg klara, %d journalposter.\n", head.Title, head.Status, head.Done, head.Steps, head.Entries)
	return head, nil
}

// post asks until there is an answer: a worker that has just started may not have answered in time.
func (h *house) post(ctx context.Context, client *api.Client, path string, in, out any) error {
	last, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		err := client.Post(last, path, in, out)
		var problem *api.Problem
		if !errors.As(err, &problem) || problem.Exit() != api.ExitUnknown {
			return err
		}
		select {
		case <-last.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// find looks for a cycle.
func (h *house) find(ctx context.Context, stream string) (api.CycleHead, bool, error) {
	var c api.Cycle
	err := h.client.Get(ctx, "/"+stream, &c)
	var problem *api.Problem
	if errors.As(err, &problem) && problem.Code == domain.CodeUnknownStream {
		return c.CycleHead, false, nil
	}
	return c.CycleHead, err == nil, err
}
