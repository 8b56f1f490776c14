package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
)

// FeedKind says what a calendar shows.
type FeedKind string

// The kinds of calendar.
const (
	FeedPerson FeedKind = "person" // the steps that the owner has a part in
	FeedUnit   FeedKind = "enhet"
	FeedCycle  FeedKind = "cykel"
)

// Feed is a calendar with a secret address.
type Feed struct {
	ID     string
	Person domain.PersonID // whose it is
	Kind   FeedKind
	Target string // the unit, or the cycle's stream
	Made   domain.Instant
	Read   domain.Instant // when it was last read, to the hour; 0 = never
}

const feedColumns = "id, person, kind, target, (extract(epoch from made_at) * 1000)::bigint, coalesce((extract(epoch from read_at) * 1000)::bigint, 0)"

func (f *Feed) fields() []any {
	return []any{&f.ID, &f.Person, &f.Kind, &f.Target, (*int64)(&f.Made), (*int64)(&f.Read)}
}

// AddFeed makes a calendar.
func (s *Store) AddFeed(ctx context.Context, kommun string, hash SecretHash, f Feed) error {
	_, err := s.pool.Exec(ctx, "insert into feed (hash, id, kommun, person, kind, target, made_at) values ($1, $2, $3, $4, $5, $6, $7)",
		hash[:], f.ID, kommun, f.Person, f.Kind, f.Target, f.Made.Time())
	return err
}

// Feeds lists a person's calendars.
func (s *Store) Feeds(ctx context.Context, kommun string, person domain.PersonID) ([]Feed, error) {
	rows, err := s.pool.Query(ctx, "select "+feedColumns+" from feed where kommun = $1 and person = $2 and ended_at is null order by made_at, id", kommun, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Feed, err error) { return f, row.Scan(f.fields()...) })
}

// EndFeed takes a calendar's address back; it tells whether the person had it.
func (s *Store) EndFeed(ctx context.Context, kommun, id string, person domain.PersonID, now domain.Instant) (bool, error) {
	tag, err := s.pool.Exec(ctx, "update feed set ended_at = $4 where kommun = $1 and id = $2 and person = $3 and ended_at is null", kommun, id, person, now.Time())
	return tag.RowsAffected() > 0, err
}

// ReadFeed finds the calendar with a secret address, or ErrNoRow, and remembers that it was read.
func (s *Store) ReadFeed(ctx context.Context, kommun string, hash SecretHash, now domain.Instant) (f Feed, err error) {
	err = s.pool.QueryRow(ctx, "select "+feedColumns+" from feed where hash = $1 and kommun = $2 and ended_at is null", hash[:], kommun).Scan(f.fields()...)
	if err != nil {
		return f, noRow(err)
	}
	if now.Time().Sub(f.Read.Time()) >= time.Hour {
		_, err = s.pool.Exec(ctx, "update feed set read_at = $2 where hash = $1", hash[:], now.Time())
	}
	return f, err
}

// Told is what calendars have been told of one thing: how many times it has changed since, and when it last did.
type Told struct {
	Sequence int
	Changed  domain.Instant
}

// TellFeeds numbers changes: a thing whose digest is another than the last time gets the next number. uids are those of
// digests, each once.
func (s *Store) TellFeeds(ctx context.Context, kommun string, uids []string, digests []domain.Digest, now domain.Instant) (map[string]Told, error) {
	told := make(map[string]Told, len(uids))
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// In one order, so that two calendars that are read at once do not wait for each other in a circle.
		_, err := tx.Exec(ctx, `
			insert into feed_entry (kommun, uid, digest, sequence, changed_at)
			select $1, t.uid, t.digest, 0, $4 from unnest($2::text[], $3::text[]) as t (uid, digest)
			left join feed_entry e on e.kommun = $1 and e.uid = t.uid
			where e.digest is distinct from t.digest order by t.uid
			on conflict (kommun, uid) do update set digest = excluded.digest, sequence = feed_entry.sequence + 1, changed_at = excluded.changed_at
			where feed_entry.digest <> excluded.digest`, kommun, uids, digests, now.Time())
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select uid, sequence, (extract(epoch from changed_at) * 1000)::bigint from feed_entry where kommun = $1 and uid = any($2)", kommun, uids)
		if err != nil {
			return err
		}
		var (
			uid      string
			sequence int
			changed  int64
		)
		_, err = pgx.ForEachRow(rows, []any{&uid, &sequence, &changed}, func() error {
			told[uid] = Told{sequence, domain.Instant(changed)}
			return nil
		})
		return err
	})
	return told, err
}
