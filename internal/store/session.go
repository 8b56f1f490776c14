package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
)

// SecretHash is the SHA-256 of a secret that opens the door. The secret itself is never stored.
type SecretHash [32]byte

// SessionKind tells a browser's log-in from a key of the command line.
type SessionKind string

// The kinds of session.
const (
	SessionBrowser SessionKind = "webb"
	SessionKey     SessionKind = "nyckel"
)

// Session is somebody's log-in.
type Session struct {
	ID      string // names it to people; opens nothing
	Person  domain.PersonID
	Kind    SessionKind
	Label   string // which browser, or what the person calls the key
	Subject string // the log-in service's name for the person; "" = none
	// Provider is the log-in service's name for its own log-in, or of a key the service under which it was made; "" = none.
	Provider string
	Made     domain.Instant
	Seen     domain.Instant // when it was last used, to the minute
	Idle     time.Duration  // ends when it has not been used for so long; 0 = never for that
	Ends     domain.Instant // at the latest
}

// IdleEnds is when the session ends unless it is used before; 0 = never for that.
func (s *Session) IdleEnds() domain.Instant {
	if s.Idle == 0 {
		return 0
	}
	return domain.InstantOf(s.Seen.Time().Add(s.Idle))
}

const (
	sessionColumns = `s.id, s.person, s.kind, s.label, s.subject, s.provider, (extract(epoch from s.made_at) * 1000)::bigint,
		(extract(epoch from s.seen_at) * 1000)::bigint, coalesce(extract(epoch from s.idle), 0)::bigint, (extract(epoch from s.ends_at) * 1000)::bigint`
	// sessionLives is the one place that says when a session holds: $1 is the kommun, $2 now.
	sessionLives = "s.kommun = $1 and s.ended_at is null and s.ends_at > $2 and (s.idle is null or s.seen_at + s.idle > $2)"
)

func (s *Session) fields(idle *int64) []any {
	return []any{&s.ID, &s.Person, &s.Kind, &s.Label, &s.Subject, &s.Provider, (*int64)(&s.Made), (*int64)(&s.Seen), idle, (*int64)(&s.Ends)}
}

// AddSession begins a session.
func (s *Store) AddSession(ctx context.Context, kommun string, hash SecretHash, n Session) error {
	_, err := s.pool.Exec(ctx, `
		insert into session (hash, id, kommun, person, kind, label, subject, provider, made_at, seen_at, idle, ends_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, make_interval(secs => nullif($10::bigint, 0)), $11)`,
		hash[:], n.ID, kommun, n.Person, n.Kind, n.Label, n.Subject, n.Provider, n.Made.Time(), int64(n.Idle/time.Second), n.Ends.Time())
	return err
}

// Doorstep is what must be known of a request before anything else, read with one question.
type Doorstep struct {
	Session  *Session // nil = none that holds
	Registry uint64   // the number of the last registry change
	// Pulse grows with everything that happens in the stream asked for, or without one in any of the municipality's.
	Pulse uint64
}

// Doorstep looks at who knocks. A zero hash is nobody; stream "" means all of the municipality's.
func (s *Store) Doorstep(ctx context.Context, kommun string, hash SecretHash, stream string, now domain.Instant) (Doorstep, error) {
	var (
		d                                     Doorstep
		id, person, kind, label, subject, its *string // null where there is no session
		made, seen, idle, ends                *int64
	)
	err := s.pool.QueryRow(ctx, `
		select r.seq, case when $4 = '' then r.seq + coalesce((select sum(seq) from cycle where kommun = $1), 0)
				else coalesce((select seq from cycle where stream = $4), r.seq) end::bigint, `+sessionColumns+`
		from (select coalesce((select seq from entry where stream = 'registry/' || $1::text order by seq desc limit 1), 0) as seq) r
		left join session s on s.hash = $3 and `+sessionLives,
		kommun, now.Time(), hash[:], stream).
		Scan(&d.Registry, &d.Pulse, &id, &person, &kind, &label, &subject, &its, &made, &seen, &idle, &ends)
	if err != nil || id == nil {
		return d, err
	}
	d.Session = &Session{ID: *id, Person: domain.PersonID(*person), Kind: SessionKind(*kind), Label: *label, Subject: *subject, Provider: *its,
		Made: domain.Instant(*made), Seen: domain.Instant(*seen), Idle: time.Duration(*idle) * time.Second, Ends: domain.Instant(*ends)}
	return d, nil
}

// Pulses gives the sequence numbers of the municipalities' streams: their cycles and exercises, and the registries.
func (s *Store) Pulses(ctx context.Context, kommuns []string) (map[string]uint64, error) {
	rows, err := s.pool.Query(ctx, `
		select stream, seq from cycle where kommun = any($1)
		union all select 'registry/' || k, coalesce((select seq from entry where stream = 'registry/' || k order by seq desc limit 1), 0) from unnest($1::text[]) k`, kommuns)
	if err != nil {
		return nil, err
	}
	all := map[string]uint64{}
	var (
		stream string
		seq    int64
	)
	_, err = pgx.ForEachRow(rows, []any{&stream, &seq}, func() error {
		all[stream] = uint64(seq)
		return nil
	})
	return all, err
}

// SawSession remembers that a session was used. It is asked once a minute and not at every request.
func (s *Store) SawSession(ctx context.Context, hash SecretHash, now domain.Instant) error {
	_, err := s.pool.Exec(ctx, "update session set seen_at = $2 where hash = $1 and seen_at < $2", hash[:], now.Time())
	return err
}

// Sessions lists the sessions that hold, the newest first: one person's, or with "" everybody's.
func (s *Store) Sessions(ctx context.Context, kommun string, person domain.PersonID, now domain.Instant) ([]Session, error) {
	rows, err := s.pool.Query(ctx, "select "+sessionColumns+" from session s where "+sessionLives+
		" and ($3 = '' or s.person = $3) order by s.made_at desc, s.id limit 1000", kommun, now.Time(), person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Session, error) {
		var (
			one  Session
			idle int64
		)
		err := row.Scan(one.fields(&idle)...)
		one.Idle = time.Duration(idle) * time.Second
		return one, err
	})
}

// EndSession ends the session of that id; person "" = whoever's. It tells whether there was one.
func (s *Store) EndSession(ctx context.Context, kommun, id string, of, by domain.PersonID, now domain.Instant) (bool, error) {
	tag, err := s.pool.Exec(ctx, `update session set ended_at = $4, ended_by = $5
		where kommun = $1 and id = $2 and ($3 = '' or person = $3) and ended_at is null`, kommun, id, of, now.Time(), by)
	return tag.RowsAffected() > 0, err
}

// EndProvided ends the sessions that a log-in service says are over: of one of its log-ins, or with provider "" all of the
// subject's. Only those that were begun before it said so.
func (s *Store) EndProvided(ctx context.Context, kommun, subject, provider string, said, now domain.Instant) (int64, error) {
	tag, err := s.pool.Exec(ctx, `update session set ended_at = $5
		where kommun = $1 and ($2 = '' or subject = $2) and ($3 = '' or provider = $3) and ($2 <> '' or $3 <> '')
			and subject <> '' and made_at <= $4 and ended_at is null`, kommun, subject, provider, said.Time(), now.Time())
	return tag.RowsAffected(), err
}

// LastLogins tells when each person last logged in, or used a key.
func (s *Store) LastLogins(ctx context.Context, kommun string) (map[domain.PersonID]domain.Instant, error) {
	rows, err := s.pool.Query(ctx, "select person, (extract(epoch from max(seen_at)) * 1000)::bigint from session where kommun = $1 group by person", kommun)
	if err != nil {
		return nil, err
	}
	last := map[domain.PersonID]domain.Instant{}
	var (
		person domain.PersonID
		at     int64
	)
	_, err = pgx.ForEachRow(rows, []any{&person, &at}, func() error {
		last[person] = domain.Instant(at)
		return nil
	})
	return last, err
}
