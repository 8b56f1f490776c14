package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Mention is a comment that names a person and that the person has not answered.
type Mention struct {
	Stream string
	Step   domain.StepID
	Seq    uint64          // the comment's entry
	By     domain.PersonID // who wrote it
	At     domain.Instant  // on the cycle's clock
}

// mentionDays is how long a mention is shown that nobody answers, in days of the cycle's clock.
const mentionDays = 30

// Mentions lists the comments in a municipality's open cycles that name a person, the newest first, at most limit: those
// of the last mentionDays after which the person has not written anything on the same step. today is the civil day now.
func (s *Store) Mentions(ctx context.Context, kommun string, person domain.PersonID, today domain.Date, limit int) ([]Mention, error) {
	rows, err := s.pool.Query(ctx, `
		select n.stream, n.step, n.seq, e.actor, (extract(epoch from n.at) * 1000)::bigint
		from notice n
		join cycle c on c.stream = n.stream and c.status = 'open'
		join entry e on e.stream = n.stream and e.seq = n.seq
		where n.kommun = $1 and n.person = $2 and n.command = 'comment' and n.day > coalesce(c.clock_day, $3::date) - $4::int
			and not exists (select from entry a where a.stream = n.stream and a.step = n.step and a.seq > n.seq and a.kind = 'commented' and a.actor = n.person)
		order by n.id desc limit $5`, kommun, person, today, mentionDays, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Mention])
}
