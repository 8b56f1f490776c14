package server

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// order writes down that a cycle is to be launched.
func (s *Server) order(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.OrderLaunch
	registry := domain.RegistryStream(s.Kommun)
	if err := readJSON(w, r, &in); err != nil {
		return nil, s.refused(r.Context(), registry, domain.Command{Actor: person, Kind: domain.CmdOrder}, err)
	}
	return s.orderLaunch(r.Context(), person, in)
}

func (s *Server) orderLaunch(ctx context.Context, person domain.PersonID, in api.OrderLaunch) (api.Ordered, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rehearsalTime+s.Patience)
	defer cancel()
	registry := domain.RegistryStream(s.Kommun)
	c := domain.Command{ID: in.ID, Actor: person, Kind: domain.CmdOrder}
	if err := checkID(in.ID); err != nil {
		return api.Ordered{}, s.refused(ctx, registry, c, err)
	}
	wheel, err := s.wheelFile(ctx, in.Wheel)
	if err != nil {
		return api.Ordered{}, s.refused(ctx, registry, c, err)
	}
	command := api.Command{ID: in.ID, Kind: domain.CmdOrder, Text: in.Despite, Order: &api.Order{Year: in.Year, Wheel: wheel.Wheel.Hash(),
		With: in.With, From: in.From, Before: in.Before, Dnr: in.Dnr, Paragraph: in.Paragraph, Date: in.Date}}
	check, err := s.rehearsed(ctx, person, wheel, &command)
	if err != nil {
		return api.Ordered{}, s.refused(ctx, registry, c, err)
	}
	receipt, err := s.give(ctx, registry, person, command)
	if err != nil {
		return api.Ordered{}, err // give has written the refusal down
	}
	answer := api.Ordered{Receipt: receipt, Check: check}
	if receipt.Status == api.StatusDone {
		entry, err := s.Store.Entry(ctx, registry, receipt.First)
		if err != nil {
			return api.Ordered{}, err
		}
		answer.Number = entry.Event.Order.Number
	}
	return answer, nil
}

// rehearsed rehearses the launch of an order. Errors stop it, unless the order says why it is to be launched despite them.
// There is no answer for an order that the registry will answer by itself: one that was given before, or that it refuses.
func (s *Server) rehearsed(ctx context.Context, person domain.PersonID, wheel *wheelfile.File, in *api.Command) (*api.LaunchCheck, error) {
	c, err := s.commandOf(ctx, domain.RegistryStream(s.Kommun), person, in)
	if err != nil {
		return nil, err
	}
	if _, ordered, err := s.Store.Receipt(ctx, domain.RegistryStream(s.Kommun), c.ID); err != nil || ordered {
		return nil, err
	}
	if may, err := s.wouldDo(ctx, c); err != nil || !may {
		return nil, err
	}
	first, err := s.launchOf(ctx, c.Order.Year)
	if err != nil {
		return nil, err
	}
	if first != nil {
		return nil, domain.Refuse(domain.CodeCycleExists, "%s finns redan. Öppna det som finns.", first.Stream)
	}
	// Who confirms has only the hash to find the wheel by.
	if err := s.Store.PutWheel(ctx, store.WheelText{Hash: wheel.Wheel.Hash(), Name: wheel.Wheel.Name, YAML: string(wheel.Text)}); err != nil {
		return nil, err
	}
	check, err := s.check(ctx, wheel, domain.Launch{Year: c.Order.Year, With: c.Order.With, From: c.Order.From, Before: c.Order.Before})
	if err == nil && c.Text == "" {
		err = stops(check)
	}
	return &check, err
}

// wouldDo tells whether the registry, as it stands in the journal, would do what the command asks for.
func (s *Server) wouldDo(ctx context.Context, c domain.Command) (would bool, err error) {
	err = s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		_, err := domain.Decide(st, c, now())
		would = err == nil
		return nil
	})
	return would, err
}

// orders lists the orders and the cycles that were launched on them.
func (s *Server) orders(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	registry, err := s.theRegistry(r.Context(), domain.RegistryStream(s.Kommun))
	if err != nil {
		return nil, err
	}
	list := api.Orders{Orders: []api.OrderRow{}}
	for _, o := range slices.Backward(registry.Orders) {
		row := api.OrderRow{Order: o}
		first, err := s.launchOf(r.Context(), o.Year)
		if err != nil {
			return nil, err
		}
		if first != nil && first.Launched.Order == o.Number {
			row.Stream = first.Stream
		}
		list.Orders = append(list.Orders, row)
	}
	return list, nil
}

// launchOf is the entry by which the real cycle of a year was launched, or nil.
func (s *Server) launchOf(ctx context.Context, year int) (*domain.Event, error) {
	entry, err := s.Store.Entry(ctx, domain.CycleStream(s.Kommun, year), 1)
	if errors.Is(err, store.ErrNoEntry) {
		return nil, nil
	}
	return &entry.Event, err
}
