package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

// Found lays up the municipality's registry from an organisation file, when it has none, in the name of the file's own
// registeransvarig. It goes on trying until ctx ends: a worker may still be on its way up.
func (s *Server) Found(ctx context.Context, o *wheelfile.Organisation) error {
	stream := domain.RegistryStream(s.Kommun)
	if o.Registry.Kommun != s.Kommun {
		return domain.Refuse(domain.CodeWheel, "Organisationsfilen är för kommun %s, och servern för kommun %s. Ange rätt fil.", o.Registry.Kommun, s.Kommun)
	}
	for {
		err := s.foundOnce(ctx, stream, o)
		var unknown *temporalx.Unknown
		if err == nil || !errors.As(err, &unknown) && !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
		s.log.Info("waiting for a worker to found the registry", zap.String("stream", stream), zap.Error(err))
	}
}

func (s *Server) foundOnce(ctx context.Context, stream string, o *wheelfile.Organisation) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := s.foundRegistry(ctx, stream, o); err != nil || !o.Invented {
		return err
	}
	return s.inventAddresses(ctx, o)
}

// inventAddresses gives invented people, who cannot be reached, addresses that lead nowhere, so that a launch on trial
// is stopped by what would stop a real one and by nothing else.
func (s *Server) inventAddresses(ctx context.Context, o *wheelfile.Organisation) error {
	all := make([]store.Address, len(o.Names))
	for i, n := range o.Names {
		all[i] = store.Address{Person: n.Person, Address: mail.InventedAddress(n.Person), By: registrarOf(o), At: now()}
	}
	return s.Store.AddAddresses(ctx, s.Kommun, all)
}

func (s *Server) foundRegistry(ctx context.Context, stream string, o *wheelfile.Organisation) error {
	if number, err := s.Store.RegistryNumber(ctx, s.Kommun); err != nil || number > 0 {
		return err
	}
	c, err := s.foundingOf(ctx, stream, o)
	if err != nil {
		return err
	}
	answer, err := temporalx.Start(ctx, s.Temporal, stream, c)
	var refusal *domain.Refusal
	if errors.As(err, &refusal) && refusal.Code == domain.CodeCycleExists {
		return nil // another server was first
	}
	if err != nil {
		return err
	}
	_, err = s.Store.WaitJournalled(ctx, stream, answer.Last)
	return err
}

// foundingOf makes the founding command: the same for the same file, with the names stored outside it.
func (s *Server) foundingOf(ctx context.Context, stream string, o *wheelfile.Organisation) (domain.Command, error) {
	c := domain.Command{ID: "found-" + string(o.Hash[:16]), Kind: domain.CmdFound}
	registry := o.Registry
	registry.Bindings = make([]domain.Binding, len(o.Registry.Bindings))
	copy(registry.Bindings, o.Registry.Bindings)
	names := map[domain.PersonID]domain.TextRef{}
	for _, n := range o.Names {
		ref, err := s.Store.PutText(ctx, stream, c.ID, "name/"+string(n.Person), n.Name)
		if err != nil {
			return c, err
		}
		names[n.Person] = ref
	}
	for i := range registry.Bindings {
		b := &registry.Bindings[i]
		b.Name = names[b.Person]
	}
	if c.Actor = registrarOf(o); c.Actor == "" {
		return c, fmt.Errorf("organisationsfilen har ingen %s: lägg till en person med den rollen", domain.RoleRegistrar)
	}
	c.Found = &registry
	return c, nil
}

// registrarOf is the first in the file who keeps the registry, or "".
func registrarOf(o *wheelfile.Organisation) domain.PersonID {
	for _, b := range o.Registry.Bindings {
		if b.Role == domain.RoleRegistrar {
			return b.Person
		}
	}
	return ""
}
