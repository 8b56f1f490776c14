package server

import (
	"context"
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// registry answers the registry that holds for a stream: the municipality's, or an exercise's own.
func (s *Server) registry(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	source := stream(r)
	if r.PathValue("year") != "" {
		c, err := s.theCycle(r.Context(), source)
		if err != nil {
			return nil, err
		}
		source = c.Source
	}
	return s.theRegistry(r.Context(), source)
}

func (s *Server) theRegistry(ctx context.Context, source string) (api.Registry, error) {
	a := api.Registry{Stream: source, Kommun: domain.Kommun(source), Units: []domain.Unit{}, Bindings: []api.Binding{},
		Substitutes: []domain.Substitute{}, Exclusions: []api.Exclusion{},
		Meetings: []domain.Meeting{}, Orders: []api.Order{}}
	var registry domain.Registry
	err := s.Store.View(ctx, source, func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Det finns inget register som heter %q.", source)
		}
		registry = *st.Registry // its lists are replaced by later changes, never changed
		return nil
	})
	if err != nil {
		return a, err
	}
	a.Number, a.City = registry.Number, registry.City
	refs := []domain.TextRef{}
	for _, b := range registry.Bindings {
		refs = append(refs, b.Name)
	}
	for _, x := range registry.Exclusions {
		refs = append(refs, x.Reason)
	}
	for _, o := range registry.Orders {
		refs = append(refs, o.Despite)
		for _, b := range o.Before {
			refs = append(refs, b.Reason)
		}
	}
	refs = append(refs, afterwardsRefs(&registry)...)
	texts, err := s.Store.Texts(ctx, refs...)
	if err != nil {
		return a, err
	}
	a.Units = append(a.Units, registry.Units...)
	a.Substitutes = append(a.Substitutes, registry.Substitutes...)
	a.Meetings = append(a.Meetings, registry.Meetings...)
	for _, b := range registry.Bindings {
		a.Bindings = append(a.Bindings, bindingOf(b, texts))
	}
	for _, x := range registry.Exclusions {
		a.Exclusions = append(a.Exclusions, api.Exclusion{Person: x.Person, Year: x.Year, Def: x.Def, Unit: x.Unit, Reason: readable(texts, x.Reason), Number: x.Number,
			Replacement: x.Replacement, Ruling: x.Ruling})
	}
	a.Deficits, a.CarryOvers, a.Epochs = registry.Deficits, registry.CarryOvers, registry.Epochs
	for i := range registry.Observations {
		a.Observations = append(a.Observations, observationOf(&registry.Observations[i], texts))
	}
	for i := range registry.Supplements {
		a.Supplements = append(a.Supplements, supplementOf(&registry.Supplements[i], texts))
	}
	for i := range registry.Erasures {
		a.Erasures = append(a.Erasures, erasureShown(&registry.Erasures[i]))
	}
	for _, o := range registry.Orders {
		a.Orders = append(a.Orders, orderOf(o, texts))
	}
	return a, nil
}

func orderOf(o domain.Order, texts map[domain.TextRef]store.Text) api.Order {
	told := api.Order{Number: o.Number, Year: o.Year, Wheel: o.Wheel, With: o.With, From: o.From, Dnr: o.Dnr, Paragraph: o.Paragraph, Date: o.Date,
		Despite: readable(texts, o.Despite), By: o.By, Confirmed: o.Confirmed}
	for _, b := range o.Before {
		told.Before = append(told.Before, api.DoneBefore{Step: b.Step, Reason: readable(texts, b.Reason), Reference: b.Reference})
	}
	return told
}

func bindingOf(b domain.Binding, texts map[domain.TextRef]store.Text) api.Binding {
	return api.Binding{Number: b.Number, Person: b.Person, Name: readable(texts, b.Name), Role: b.Role, Unit: b.Unit, From: b.From, To: b.To}
}

func (s *Server) me(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.whoIs(r.Context(), person)
}

// whoIs tells who a person is today, by the municipality's registry.
func (s *Server) whoIs(ctx context.Context, person domain.PersonID) (api.Me, error) {
	me := api.Me{Person: person, Functions: []api.Binding{}}
	registry, err := s.theRegistry(ctx, domain.RegistryStream(s.Kommun))
	if err != nil {
		return me, err
	}
	today := now().Date()
	for _, b := range registry.Bindings {
		if b.Person == person && (b.From == "" || b.From <= today) && (b.To == "" || today <= b.To) {
			me.Functions = append(me.Functions, b)
			me.Name = b.Name
		}
	}
	return me, nil
}
