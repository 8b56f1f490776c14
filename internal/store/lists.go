package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// ErrNoRow means that no cycle, or no step of the cycle, has that name.
var ErrNoRow = errors.New("store: no such row")

func one[R any](rows []R, err error) (R, error) {
	var none R
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, ErrNoRow
	}
	return rows[0], nil
}

// Cycles lists a municipality's cycles and exercises: the newest budget year first, and the real cycle before its exercises.
func (s *Store) Cycles(ctx context.Context, kommun string) ([]Cycle, error) {
	return cycles.query(ctx, s.pool, "where kommun = $1 order by year desc, exercise", kommun)
}

// Cycle gives a cycle or exercise by its stream, or ErrNoRow.
func (s *Store) Cycle(ctx context.Context, stream string) (Cycle, error) {
	return one(cycles.query(ctx, s.pool, "where stream = $1", stream))
}

// OpenCycles lists a municipality's real cycles that go on: those that registry changes are handed on to.
func (s *Store) OpenCycles(ctx context.Context, kommun string) ([]Cycle, error) {
	return cycles.query(ctx, s.pool, "where kommun = $1 and exercise = 0 and status = 'open' order by year", kommun)
}

// Open lists a municipality's cycles and exercises that go on: the real ones first, each by budget year. Its rows do not
// grow with the cycles that have ended.
func (s *Store) Open(ctx context.Context, kommun string) ([]Cycle, error) {
	return cycles.query(ctx, s.pool, "where kommun = $1 and status = 'open' order by exercise > 0, year, exercise", kommun)
}

// Steps lists a cycle's steps in the order of the wheel.
func (s *Store) Steps(ctx context.Context, stream string) ([]Step, error) {
	return steps.query(ctx, s.pool, "where stream = $1 order by place", stream)
}

// Step gives a step, or ErrNoRow.
func (s *Store) Step(ctx context.Context, stream string, id domain.StepID) (Step, error) {
	return one(steps.query(ctx, s.pool, "where stream = $1 and id = $2", stream, id))
}

// Tasks lists what a cycle waits for people to do, the most urgent first.
func (s *Store) Tasks(ctx context.Context, stream string) ([]Task, error) {
	return tasks.query(ctx, s.pool, "where stream = $1 order by due nulls last, step, command", stream)
}

// Units lists a registry's units in its order. source is a registry's stream or an exercise's.
func (s *Store) Units(ctx context.Context, source string) ([]Unit, error) {
	return units.query(ctx, s.pool, "where source = $1 order by place", source)
}

// Bindings lists who holds, held or will hold which role.
func (s *Store) Bindings(ctx context.Context, source string) ([]Binding, error) {
	return bindings.query(ctx, s.pool, "where source = $1 order by number", source)
}

// Substitutes lists who acts for whom.
func (s *Store) Substitutes(ctx context.Context, source string) ([]Substitute, error) {
	return substitutes.query(ctx, s.pool, "where source = $1 order by number", source)
}

// Exclusions lists who is kept from what.
func (s *Store) Exclusions(ctx context.Context, source string) ([]Exclusion, error) {
	return exclusions.query(ctx, s.pool, "where source = $1 order by number", source)
}

// Meetings lists a registry's meetings by day.
func (s *Store) Meetings(ctx context.Context, source string) ([]Meeting, error) {
	return meetings.query(ctx, s.pool, "where source = $1 order by day, id", source)
}

// PersonNames gives the name of each person of a registry, from the newest role that came with one. An erased name is
// there as such; a person whose roles all came without a name is missing.
func (s *Store) PersonNames(ctx context.Context, source string) (map[domain.PersonID]Text, error) {
	return s.personNames(ctx, source, "")
}

// PersonName gives one person's name; false when the registry has none.
func (s *Store) PersonName(ctx context.Context, source string, person domain.PersonID) (Text, bool, error) {
	names, err := s.personNames(ctx, source, person)
	name, ok := names[person]
	return name, ok, err
}

func (s *Store) personNames(ctx context.Context, source string, person domain.PersonID) (map[domain.PersonID]Text, error) {
	rows, err := s.pool.Query(ctx, `
		select distinct on (b.person) b.person, coalesce(t.body, ''), t.erased_at is not null, t.erased_note
		from binding b join text t on t.commitment = b.name
		where b.source = $1 and ($2 = '' or b.person = $2)
		order by b.person, b.number desc`, source, person)
	if err != nil {
		return nil, err
	}
	names := map[domain.PersonID]Text{}
	var (
		p domain.PersonID
		t Text
	)
	_, err = pgx.ForEachRow(rows, []any{&p, &t.Body, &t.Erased, &t.Note}, func() error {
		names[p] = t
		return nil
	})
	return names, err
}

// RegistryNumber gives the number of the municipality's last registry change in the journal; 0 before the registry is
// founded. It is also the sequence number of that change in the registry's stream.
func (s *Store) RegistryNumber(ctx context.Context, kommun string) (uint64, error) {
	var number uint64
	err := s.pool.QueryRow(ctx, lastSeq, domain.RegistryStream(kommun)).Scan(&number)
	return number, err
}

// RegistryChanges gives the registry changes with a higher number than after, in order, at most limit of them.
func (s *Store) RegistryChanges(ctx context.Context, kommun string, after uint64, limit int) ([]domain.Event, error) {
	entries, err := s.Entries(ctx, domain.RegistryStream(kommun), after+1, limit)
	events := make([]domain.Event, len(entries))
	for i := range entries {
		events[i] = entries[i].Event
	}
	return events, err
}
