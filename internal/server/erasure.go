package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// erasureOf makes what is to be erased from what a person names: an entry stands for all its texts, and a person for the
// names that exercises gave it too (the rules know the registry's own). What has been erased already counts among them:
// the same request must give the same command also afterwards.
func (s *Server) erasureOf(ctx context.Context, in *api.Erasure) (*domain.Erasure, error) {
	if in == nil {
		return nil, nil
	}
	if in.By != "" || in.What != "" {
		return nil, domain.Refuse(domain.CodeUnknownField, "En gallring får sina personer här. Ta bort by och what.")
	}
	e := &domain.Erasure{Number: in.Number, Person: in.Person, Dnr: in.Dnr, Paragraph: in.Paragraph, Date: in.Date}
	var named []domain.TextRef
	for _, ref := range in.Texts {
		named = append(named, domain.TextRef(ref))
	}
	known, err := s.Store.TextsAt(ctx, s.Kommun, named)
	if err != nil {
		return nil, err
	}
	add := func(refs ...domain.TextRef) {
		for _, ref := range refs {
			if !slices.Contains(e.Texts, ref) {
				e.Texts = append(e.Texts, ref)
			}
		}
	}
	for _, ref := range named {
		if !slices.Contains(known, ref) {
			return nil, domain.Refuse(domain.CodeNotFound, "Det finns ingen text med kontrollsumman %q. Kopiera den ur posten.", ref)
		}
		add(ref)
	}
	for _, entry := range in.Entries {
		refs, err := s.textsOfEntry(ctx, entry)
		if err != nil {
			return nil, err
		}
		add(refs...)
	}
	for _, f := range in.Files {
		hash := domain.Digest(f)
		switch _, err := s.Store.FileInfo(ctx, hash); {
		case errors.Is(err, store.ErrNoFile):
			return nil, domain.Refuse(domain.CodeFileUnknown, "Det finns ingen fil med kontrollsumman %q.", f)
		case err != nil:
			return nil, err
		}
		e.Files = append(e.Files, hash)
	}
	if e.Person != "" {
		names, err := s.Store.NamesInExercises(ctx, s.Kommun, e.Person)
		if err != nil {
			return nil, err
		}
		add(names...)
	}
	return e, nil
}

// erasureShown is an erasure that waits for a second person.
func erasureShown(e *domain.Erasure) api.Erasure {
	shown := api.Erasure{Number: e.Number, Person: e.Person, Dnr: e.Dnr, Paragraph: e.Paragraph, Date: e.Date, By: e.By, What: e.What()}
	for _, ref := range e.Texts {
		shown.Texts = append(shown.Texts, string(ref))
	}
	for _, hash := range e.Files {
		shown.Files = append(shown.Files, string(hash))
	}
	return shown
}

// textsOfEntry lists the commitments in an entry, "stream#number", to texts and names.
func (s *Server) textsOfEntry(ctx context.Context, named string) ([]domain.TextRef, error) {
	stream, no, _ := strings.Cut(named, "#")
	seq, err := strconv.ParseUint(no, 10, 63)
	if err != nil || domain.Kommun(stream) != s.Kommun {
		return nil, domain.Refuse(domain.CodeBadCommand, "%q är ingen post här. Skriv strömmen och numret, till exempel cycle/%s/2028#117.", named, s.Kommun)
	}
	entry, err := s.Store.Entry(ctx, stream, seq)
	if errors.Is(err, store.ErrNoEntry) {
		return nil, domain.Refuse(domain.CodeEntryUnknown, "Det finns ingen post %s. Kontrollera numret i historiken.", named)
	}
	if err != nil {
		return nil, err
	}
	refs, err := s.Store.TextsIn(ctx, &entry)
	if err == nil && len(refs) == 0 {
		err = domain.Refuse(domain.CodeEntryUnknown, "Posten %s har ingen text som kan gallras.", named)
	}
	return refs, err
}
