package server

import (
	"context"
	"net/http"
	"slices"

	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

func (s *Server) addresses(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.theAddresses(r.Context(), person)
}

// theAddresses lists where people can be reached: everybody for who keeps them, else only the person's own.
func (s *Server) theAddresses(ctx context.Context, person domain.PersonID) (api.MailAddresses, error) {
	list := api.MailAddresses{Addresses: []api.MailAddress{}}
	keeper, err := s.holds(ctx, person, domain.RoleRegistrar)
	if err != nil {
		return list, err
	}
	all, err := s.Store.Addresses(ctx, s.Kommun)
	for _, a := range all {
		if keeper || a.Person == person {
			list.Addresses = append(list.Addresses, api.MailAddress(a))
		}
	}
	return list, err
}

func (s *Server) setAddress(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.MailAddress
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	return s.keepAddress(r.Context(), person, in)
}

func (s *Server) keepAddress(ctx context.Context, person domain.PersonID, in api.MailAddress) (api.MailAddress, error) {
	if err := s.mayKeep(ctx, person, keepAddress); err != nil {
		return in, err
	}
	if in.By != "" || in.At != 0 {
		return in, domain.Refuse(domain.CodeUnknownField, "Vem som satte adressen, och när, skrivs in här. Ta bort by och at.")
	}
	if in.Address != "" {
		if err := mail.CheckAddress(in.Address); err != nil {
			return in, err
		}
	}
	known := false
	err := s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		r := st.Registry
		known = r != nil && (slices.ContainsFunc(r.Bindings, func(b domain.Binding) bool { return b.Person == in.Person }) ||
			slices.ContainsFunc(r.Substitutes, func(b domain.Substitute) bool { return b.Person == in.Person }))
		return nil
	})
	if err == nil && !known {
		err = domain.Refuse(domain.CodeNotFound, "Det finns ingen person %q i registret. Kontrollera id:t.", in.Person)
	}
	if err != nil {
		return in, err
	}
	in.By, in.At = person, now()
	if err := s.Store.SetAddress(ctx, s.Kommun, store.Address(in)); err != nil {
		return in, err
	}
	s.wakeDelivery(ctx)
	return in, nil
}

func (s *Server) choice(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.theChoice(r.Context(), person)
}

func (s *Server) theChoice(ctx context.Context, person domain.PersonID) (api.MailChoice, error) {
	c := api.MailChoice{Choice: string(store.ChoiceDaily)}
	all, err := s.Store.ChoicesOf(ctx, s.Kommun, person)
	for _, was := range all {
		c.History = append(c.History, api.MailChoiceWas{Choice: string(was.Choice), At: was.At})
	}
	if len(all) > 0 {
		c.Choice = c.History[0].Choice
	}
	return c, err
}

func (s *Server) choose(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.MailChoice
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	return s.makeChoice(r.Context(), person, in)
}

func (s *Server) makeChoice(ctx context.Context, person domain.PersonID, in api.MailChoice) (api.MailChoice, error) {
	switch {
	case !slices.Contains(store.Choices, store.Choice(in.Choice)):
		return in, domain.Refuse(domain.CodeBadCommand, "%q går inte att välja. Välj direkt, dag, vecka eller inga.", in.Choice)
	case in.History != nil:
		return in, domain.Refuse(domain.CodeUnknownField, "Vad som har valts förut skrivs in här. Ta bort history.")
	}
	is, err := s.theChoice(ctx, person)
	if err != nil || len(is.History) > 0 && is.Choice == in.Choice {
		return is, err
	}
	if err := s.Store.SetChoice(ctx, s.Kommun, person, store.Choice(in.Choice), now()); err != nil {
		return in, err
	}
	s.wakeDelivery(ctx)
	return s.theChoice(ctx, person)
}
