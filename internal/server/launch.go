package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

// launch starts the real cycle of a budget year.
func (s *Server) launch(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.Launch
	if err := readJSON(w, r, &in); err != nil {
		return nil, s.refused(r.Context(), domain.RegistryStream(s.Kommun), domain.Command{Actor: person, Kind: domain.CmdLaunch}, err)
	}
	return s.launchCycle(r.Context(), person, in)
}

func (s *Server) launchCycle(ctx context.Context, person domain.PersonID, in api.Launch) (api.Receipt, error) {
	if in.Order != 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rehearsalTime+s.Patience)
		defer cancel()
		return s.carryOutOrder(ctx, person, in)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime+s.Patience)
	defer cancel()
	b := beginning{id: in.ID, kommun: in.Kommun, wheel: in.Wheel, person: person, launch: domain.Launch{Year: in.Year}}
	return s.launchReal(ctx, b)
}

// launchReal starts a real cycle, and sees to it that it has the registry's last change.
func (s *Server) launchReal(ctx context.Context, b beginning) (api.Receipt, error) {
	stream := domain.CycleStream(s.Kommun, b.launch.Year)
	receipt, c, err := s.begin(ctx, stream, b)
	if err != nil {
		return receipt, s.refused(ctx, stream, c, err)
	}
	// The snapshot may be older than the registry's last change.
	if err := temporalx.Nudge(ctx, s.Temporal, s.Kommun); err != nil {
		s.log.Warn("the registry could not be nudged", zap.String("stream", stream), zap.Error(err))
	}
	return receipt, nil
}

// exercise starts a cycle played for practice, under the lowest number that is free.
func (s *Server) exercise(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.Exercise
	if err := readJSON(w, r, &in); err != nil {
		return nil, s.refused(r.Context(), domain.RegistryStream(s.Kommun), domain.Command{Actor: person, Kind: domain.CmdLaunch}, err)
	}
	return s.launchExercise(r.Context(), person, in)
}

func (s *Server) launchExercise(ctx context.Context, person domain.PersonID, in api.Exercise) (api.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime+s.Patience)
	defer cancel()
	if in.Start == "" {
		in.Start = rehearsal.FirstDay(in.Year, in.From)
	}
	known, taken, err := s.exercisesOf(ctx, in)
	for n := 1; err == nil; n++ {
		stream := domain.ExerciseStream(s.Kommun, in.Year, n)
		if taken[n] && stream != known {
			continue
		}
		b := beginning{id: in.ID, kommun: in.Kommun, wheel: in.Wheel, person: person,
			launch: domain.Launch{Year: in.Year, Exercise: n, Start: in.Start, With: in.With, From: in.From}}
		put := &texts{s.Store, ctx, stream, in.ID, checkID(in.ID)}
		if b.launch.Before = doneBefore(put, in.Before); put.err != nil {
			return api.Receipt{}, s.refused(ctx, stream, domain.Command{Actor: person, Kind: domain.CmdLaunch}, put.err)
		}
		receipt, c, err := s.begin(ctx, stream, b)
		var refusal *domain.Refusal
		if errors.As(err, &refusal) && refusal.Code == domain.CodeCycleExists && known == "" {
			continue // somebody else took the number just now
		}
		if err != nil {
			return receipt, s.refused(ctx, stream, c, err)
		}
		return receipt, nil
	}
	return api.Receipt{}, s.refused(ctx, domain.RegistryStream(s.Kommun), domain.Command{Actor: person, ID: in.ID, Kind: domain.CmdLaunch}, err)
}

// exercisesOf lists the numbers that the year's exercises have in the journal, and finds the exercise that this id began.
func (s *Server) exercisesOf(ctx context.Context, in api.Exercise) (known string, taken map[int]bool, err error) {
	taken = map[int]bool{}
	rows, err := s.Store.Cycles(ctx, s.Kommun)
	if err != nil {
		return "", nil, err
	}
	for _, row := range rows {
		if row.Exercise == 0 || row.Year != in.Year {
			continue
		}
		taken[row.Exercise] = true
		if _, found, err := s.Store.Receipt(ctx, row.Stream, in.ID); err != nil {
			return "", nil, err
		} else if found {
			known = row.Stream
		}
	}
	return known, taken, nil
}

// beginning is what somebody asks for who starts a cycle or an exercise.
type beginning struct {
	id, kommun string
	wheel      domain.Digest   // an uploaded file's hash; "" = the municipality's own
	file       *wheelfile.File // the wheel itself, when it has been read already
	person     domain.PersonID
	launch     domain.Launch // what was asked for, without wheel and registry
}

// begin starts a stream. The wheel and the registry as it stands travel with the command, so the same request sent again
// may make another command; it is known by its id and by what was asked for.
func (s *Server) begin(ctx context.Context, stream string, b beginning) (api.Receipt, domain.Command, error) {
	c := domain.Command{ID: b.id, Kind: domain.CmdLaunch, Actor: b.person}
	if b.kommun == "" {
		b.kommun = s.Kommun
	}
	if b.kommun != s.Kommun {
		return api.Receipt{}, c, domain.Refuse(domain.CodeUnknownStream, "Den här servern är för kommun %s, inte %s.", s.Kommun, b.kommun)
	}
	if err := checkID(b.id); err != nil {
		return api.Receipt{}, c, err
	}
	wheel := b.file
	if wheel == nil {
		var err error
		if wheel, err = s.wheelFile(ctx, b.wheel); err != nil {
			return api.Receipt{}, c, err
		}
	}
	if receipt, found, err := s.begun(ctx, stream, b, &wheel.Wheel); found || err != nil {
		return receipt, c, err
	}
	launch := b.launch
	launch.Kommun, launch.Wheel = s.Kommun, wheel.Wheel
	var err error
	if launch.Registry, err = s.registrySnapshot(ctx); err != nil {
		return api.Receipt{}, c, err
	}
	c.Launch = &launch
	if err := s.Store.PutWheel(ctx, store.WheelText{Hash: wheel.Wheel.Hash(), Name: wheel.Wheel.Name, YAML: string(wheel.Text)}); err != nil {
		return api.Receipt{}, c, err
	}
	receipt, err := s.carryOut(ctx, stream, c, s.together.begin)
	if refusal := (*domain.Refusal)(nil); errors.As(err, &refusal) && refusal.Code == domain.CodeIDReused {
		// The same request was under way, with an older registry. Until it is journalled nobody knows whether it was the same.
		if _, err := s.Store.WaitJournalled(ctx, stream, 1); err != nil {
			return api.Receipt{}, c, err
		}
		if receipt, found, err := s.begun(ctx, stream, b, &wheel.Wheel); found || err != nil {
			return receipt, c, err
		}
	}
	return receipt, c, err
}

// registrySnapshot is the municipality's registry as it stands; its lists are replaced by later changes, never changed.
func (s *Server) registrySnapshot(ctx context.Context) (registry domain.Registry, err error) {
	err = s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		if st.Registry == nil {
			return domain.Refuse(domain.CodeUnknownStream, "Registret för kommun %s är inte upplagt än. Lägg upp det innan en cykel startas.", s.Kommun)
		}
		registry = *st.Registry
		return nil
	})
	return registry, err
}

// begun finds the receipt of a launch that was asked for before, by its id and what was asked for.
func (s *Server) begun(ctx context.Context, stream string, b beginning, wheel *domain.Wheel) (api.Receipt, bool, error) {
	receipt, found, err := s.journalled(ctx, stream, b.id, "")
	if err != nil || !found {
		return receipt, false, err
	}
	entry, err := s.Store.Entry(ctx, stream, receipt.First)
	if err != nil {
		return receipt, false, err
	}
	l := entry.Event.Launched
	// What starts on an order starts once, whoever asks.
	same := l != nil && (entry.Event.Actor == b.person || l.Order > 0) && l.Year == b.launch.Year && l.Order == b.launch.Order && l.Wheel.Hash() == wheel.Hash()
	if same && l.Exercise > 0 {
		same = entry.Event.At == b.launch.Start.Start()
	}
	if !same {
		return receipt, false, idReused()
	}
	return receipt, true, nil
}

// wheelFile reads an uploaded wheel, or gives the municipality's own.
func (s *Server) wheelFile(ctx context.Context, hash domain.Digest) (*wheelfile.File, error) {
	if hash == "" {
		return s.forKommun(s.Wheel)
	}
	file, err := s.Store.GetFile(ctx, hash)
	if errors.Is(err, store.ErrNoFile) {
		return nil, domain.Refuse(domain.CodeFileUnknown, "Årshjulsfilen är inte uppladdad. Ladda upp den först, och starta sedan cykeln igen.")
	}
	if err != nil {
		return nil, err
	}
	return s.readWheel("årshjulet", file.Bytes)
}

func (s *Server) readWheel(name string, text []byte) (*wheelfile.File, error) {
	file, err := wheelfile.Read(name, text)
	var faults wheelfile.Errors
	if errors.As(err, &faults) {
		return nil, domain.Refuse(domain.CodeWheel, "Årshjulet går inte att använda:\n%v", faults)
	}
	if err != nil {
		return nil, fmt.Errorf("read wheel: %w", err)
	}
	return s.forKommun(file)
}

// forKommun refuses a wheel of another municipality.
func (s *Server) forKommun(file *wheelfile.File) (*wheelfile.File, error) {
	if file.Wheel.Kommun != s.Kommun {
		return nil, domain.Refuse(domain.CodeWheel, "Årshjulet är för kommun %s, och servern för kommun %s. Ange en årshjulsfil för rätt kommun.", file.Wheel.Kommun, s.Kommun)
	}
	return file, nil
}
