package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// What is said of a cycle from outside it: revisorernas iakttagelser and what came in after it had ended. The registry has
// both; that the cycle and its step exist is seen here, since the registry knows no cycles.

// afterwardsOf makes what the rules judge of an observation or a supplement.
func (s *Server) afterwardsOf(ctx context.Context, stream string, in *api.Command, put *texts) (*domain.Observation, *domain.Supplement, error) {
	if o := in.Observation; o != nil {
		if o.Text != "" || o.By != "" || o.Made != "" || o.Asked != 0 || o.Answer != "" || o.Answered != "" || o.Note != "" || o.Word != "" {
			return nil, nil, domain.Refuse(domain.CodeUnknownField, "Det som står i iakttagelsen skrivs i kommandots text. Ta bort det som bara ges tillbaka.")
		}
		if in.Kind == domain.CmdObserve {
			if err := s.theirStep(ctx, stream, o.Year, o.Step, false); err != nil {
				return nil, nil, err
			}
		}
		made := &domain.Observation{Number: o.Number, Year: o.Year, Step: o.Step, Unit: o.Unit, Role: o.Role, Due: o.Due, Status: o.Status}
		for i, a := range o.Actions {
			made.Actions = append(made.Actions, domain.Action{No: a.No, Text: put.ref(fmt.Sprintf("actions/%d", i), a.Text), Unit: a.Unit, Role: a.Role,
				Person: a.Person, Due: a.Due, Done: a.Done})
		}
		return made, nil, nil
	}
	x := in.Supplement
	if x == nil {
		return nil, nil, nil
	}
	if x.Number != 0 || x.Made != "" || x.By != "" || x.Text != "" {
		return nil, nil, domain.Refuse(domain.CodeUnknownField, "Vad kompletteringen är skrivs i kommandots text. Ta bort det som bara ges tillbaka.")
	}
	if err := s.theirStep(ctx, stream, x.Year, x.Step, true); err != nil {
		return nil, nil, err
	}
	made := &domain.Supplement{Year: x.Year, Step: x.Step, Entry: x.Entry, Reference: x.Reference}
	for i, d := range x.Documents {
		doc, err := s.documentOf(ctx, d)
		if err != nil {
			return nil, nil, err
		}
		doc.Link = put.ref(fmt.Sprintf("supplement/%d", i), d.Link)
		made.Documents = append(made.Documents, doc)
	}
	return nil, made, nil
}

// theirStep refuses a step that is none of the cycle's, and when the cycle must have ended one that goes on.
func (s *Server) theirStep(ctx context.Context, stream string, year int, id domain.StepID, ended bool) error {
	of := stream // an exercise speaks of its own cycle
	if strings.HasPrefix(stream, "registry/") {
		of = domain.CycleStream(s.Kommun, year)
	}
	c, err := s.Store.Cycle(ctx, of)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return domain.Refuse(domain.CodeUnknownStep, "Det finns ingen cykel för %d. De som finns står i listan över cykler.", year)
	case err != nil:
		return err
	case ended && c.Status == store.CycleOpen:
		return domain.Refuse(domain.CodeNotNow, "Cykeln %d pågår. Komplettera på steget i stället.", year)
	}
	if _, err := s.Store.Step(ctx, of, id); !errors.Is(err, store.ErrNoRow) {
		return err
	}
	return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q i cykeln %d. Kontrollera stegets namn.", id, year)
}

// afterwardsRefs lists the texts of a registry's observations and supplements.
func afterwardsRefs(r *domain.Registry) (refs []domain.TextRef) {
	add := func(all ...domain.TextRef) {
		for _, ref := range all {
			if ref != "" {
				refs = append(refs, ref)
			}
		}
	}
	for i := range r.Observations {
		o := &r.Observations[i]
		add(o.Text, o.Answer, o.Note)
		for _, a := range o.Actions {
			add(a.Text, a.Outcome)
		}
	}
	for _, x := range r.Supplements {
		add(x.Text)
		for _, d := range x.Documents {
			add(d.Link)
		}
	}
	return refs
}

func observationOf(o *domain.Observation, texts map[domain.TextRef]store.Text) api.Observation {
	a := api.Observation{Number: o.Number, Year: o.Year, Step: o.Step, Unit: o.Unit, Role: o.Role, Due: o.Due, Status: o.Status, Word: o.Status.Swedish(),
		Text: readable(texts, o.Text), By: o.By, Made: o.Made, Asked: o.Asked, Answer: readable(texts, o.Answer), Answered: o.Answered, Note: readable(texts, o.Note)}
	for _, act := range o.Actions {
		a.Actions = append(a.Actions, api.Action{No: act.No, Text: readable(texts, act.Text), Unit: act.Unit, Role: act.Role, Person: act.Person, Due: act.Due,
			Done: act.Done, Outcome: readable(texts, act.Outcome)})
	}
	return a
}

func supplementOf(x *domain.Supplement, texts map[domain.TextRef]store.Text) api.Supplement {
	a := api.Supplement{Number: x.Number, Year: x.Year, Step: x.Step, Entry: x.Entry, Reference: x.Reference, Made: x.Made, By: x.By, Text: readable(texts, x.Text)}
	for _, d := range x.Documents {
		a.Documents = append(a.Documents, api.Document{Def: d.Def, SHA256: d.SHA256, Link: readable(texts, d.Link)})
	}
	return a
}
