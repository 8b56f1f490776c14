package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// confirmOrder confirms an order as the second person, and starts its cycle. Should the server die between the two, the
// same request again, by anybody who may launch, does what is left.
func (s *Server) confirmOrder(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.ConfirmOrder
	registry := domain.RegistryStream(s.Kommun)
	c := domain.Command{Actor: person, Kind: domain.CmdConfirmOrder}
	if err := readJSON(w, r, &in); err != nil {
		return nil, s.refused(r.Context(), registry, c, err)
	}
	number, err := strconv.ParseUint(r.PathValue("n"), 10, 63)
	if err != nil {
		return nil, s.refused(r.Context(), registry, c, noOrder(r.PathValue("n")))
	}
	return s.confirm(r.Context(), person, number, in.ID)
}

func (s *Server) confirm(ctx context.Context, person domain.PersonID, number uint64, id string) (api.Receipt, error) {
	registry := domain.RegistryStream(s.Kommun)
	c := domain.Command{ID: id, Actor: person, Kind: domain.CmdConfirmOrder}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rehearsalTime+s.Patience)
	defer cancel()
	o, err := s.orderNumbered(ctx, number)
	if err != nil {
		return api.Receipt{}, s.refused(ctx, registry, c, err)
	}
	if o.Confirmed == "" {
		c.Order = &domain.Order{Number: number}
		if err := s.rehearsedAgain(ctx, c, o); err != nil {
			return api.Receipt{}, s.refused(ctx, registry, c, err)
		}
		_, err := s.give(ctx, registry, person, api.Command{ID: id, Kind: domain.CmdConfirmOrder, Order: &api.Order{Number: number}})
		var problem *api.Problem
		if errors.As(err, &problem) && problem.Code == domain.CodeNothingChanged {
			err = nil // somebody else was first
		}
		if err != nil {
			return api.Receipt{}, err // give has written the refusal down
		}
		if err := s.untilConfirmed(ctx, number); err != nil {
			return api.Receipt{}, s.refused(ctx, registry, c, err)
		}
	}
	return s.carryOutOrder(ctx, person, api.Launch{ID: "order/" + strconv.FormatUint(number, 10), Order: number})
}

// untilConfirmed waits until the journal has an order's confirmation, since the start is read from there.
func (s *Server) untilConfirmed(ctx context.Context, number uint64) error {
	for {
		o, err := s.orderNumbered(ctx, number)
		if err != nil || o.Confirmed != "" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(catchUp):
		}
	}
}

// rehearsedAgain refuses to confirm what a rehearsal now finds errors in: something may have changed since the order. What
// the registry refuses anyhow it will say itself.
func (s *Server) rehearsedAgain(ctx context.Context, c domain.Command, o *domain.Order) error {
	if would, err := s.wouldDo(ctx, c); err != nil || !would {
		return err
	}
	wheel, err := s.orderedWheel(ctx, o, "")
	if err != nil {
		return err
	}
	return s.stopsOrder(ctx, wheel, o)
}

func (s *Server) stopsOrder(ctx context.Context, wheel *wheelfile.File, o *domain.Order) error {
	if o.Despite != "" {
		return nil
	}
	check, err := s.check(ctx, wheel, domain.Launch{Year: o.Year, With: o.With, From: o.From, Before: o.Before})
	if err != nil {
		return err
	}
	return stops(check)
}

// carryOutOrder starts the cycle that was ordered, with what stands in the order, or gives the receipt of the start that
// was made on it already, by whomever.
func (s *Server) carryOutOrder(ctx context.Context, person domain.PersonID, in api.Launch) (api.Receipt, error) {
	c := domain.Command{ID: in.ID, Kind: domain.CmdLaunch, Actor: person}
	registry := domain.RegistryStream(s.Kommun)
	o, err := s.orderNumbered(ctx, in.Order)
	if err == nil && in.Year != 0 && in.Year != o.Year {
		err = domain.Refuse(domain.CodeOrderUnknown, "Beställning %d gäller budgetåret %d, inte %d. Kontrollera numret i registret.", o.Number, o.Year, in.Year)
	}
	if err != nil {
		return api.Receipt{}, s.refused(ctx, registry, c, err)
	}
	first, err := s.launchOf(ctx, o.Year)
	if err != nil {
		return api.Receipt{}, err
	}
	if first != nil && first.Launched.Order == o.Number {
		receipt, _, err := s.journalled(ctx, first.Stream, first.Command, "")
		return receipt, err
	}
	if o.Confirmed == "" {
		return api.Receipt{}, s.refused(ctx, registry, c, domain.Refuse(domain.CodeOrderUnknown, "Beställning %d är inte bekräftad. Låt en annan cykelansvarig bekräfta den.", o.Number))
	}
	wheel, err := s.orderedWheel(ctx, o, in.Wheel)
	if err == nil && first == nil {
		err = s.stopsOrder(ctx, wheel, o)
	}
	if err != nil {
		return api.Receipt{}, s.refused(ctx, registry, c, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime+s.Patience)
	defer cancel()
	return s.launchReal(ctx, beginning{id: in.ID, kommun: in.Kommun, file: wheel, person: person,
		launch: domain.Launch{Year: o.Year, With: o.With, From: o.From, Before: o.Before, Order: o.Number}})
}

func (s *Server) orderNumbered(ctx context.Context, number uint64) (*domain.Order, error) {
	registry, err := s.registrySnapshot(ctx)
	if err != nil {
		return nil, err
	}
	if o := registry.Order(number); o != nil && number != 0 {
		found := *o
		return &found, nil
	}
	return nil, noOrder(strconv.FormatUint(number, 10))
}

func noOrder(number string) *domain.Refusal {
	return domain.Refuse(domain.CodeOrderUnknown, "Det finns ingen beställning med nummer %s. Kontrollera numret med \"arshjul launch list\".", number)
}

// orderedWheel finds the wheel that an order names by the hash of its rules: the one that was uploaded now, the one that
// was kept with the order, or the municipality's own.
func (s *Server) orderedWheel(ctx context.Context, o *domain.Order, uploaded domain.Digest) (*wheelfile.File, error) {
	own, err := s.wheelFile(ctx, uploaded)
	if err != nil || own.Wheel.Hash() == o.Wheel {
		return own, err
	}
	kept, err := s.Store.Wheel(ctx, o.Wheel)
	if err != nil && !errors.Is(err, store.ErrNoWheel) {
		return nil, err
	}
	if err == nil {
		file, err := s.readWheel("årshjulet", []byte(kept.YAML))
		if err != nil {
			return nil, fmt.Errorf("read the wheel of order %d: %w", o.Number, err)
		}
		if file.Wheel.Hash() == o.Wheel {
			return file, nil
		}
	}
	return nil, domain.Refuse(domain.CodeFileUnknown, "Årshjulet i beställning %d (sha256 %s) finns inte på servern. Ladda upp årshjulsfilen, och ange den när cykeln startas.", o.Number, o.Wheel)
}
