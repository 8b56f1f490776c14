package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
)

// Proposal is a role that the log-in service's groups propose for a person. It gives nothing by itself.
type Proposal struct {
	Person domain.PersonID
	Name   string // as the service calls the person; "" = not told
	Role   domain.RoleID
	Unit   domain.UnitID
	Made   domain.Instant
}

// Propose remembers proposals. One that has been answered stays answered.
func (s *Store) Propose(ctx context.Context, kommun string, all []Proposal) error {
	var batch pgx.Batch
	for _, p := range all {
		batch.Queue(`insert into proposal (kommun, person, role, unit, name, made_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (kommun, person, role, unit) do update set name = excluded.name where proposal.settled = ''`,
			kommun, p.Person, p.Role, p.Unit, p.Name, p.Made.Time())
	}
	if batch.Len() == 0 {
		return nil
	}
	return s.pool.SendBatch(ctx, &batch).Close()
}

// Proposals lists those that nobody has answered, the oldest first.
func (s *Store) Proposals(ctx context.Context, kommun string) ([]Proposal, error) {
	rows, err := s.pool.Query(ctx, `select person, name, role, unit, (extract(epoch from made_at) * 1000)::bigint
		from proposal where kommun = $1 and settled = '' order by made_at, person, role, unit limit 500`, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Proposal, err error) {
		return p, row.Scan(&p.Person, &p.Name, &p.Role, &p.Unit, (*int64)(&p.Made))
	})
}

// SettleProposal answers a proposal: the role was given, or not. The name is kept with the role, or not at all.
func (s *Store) SettleProposal(ctx context.Context, kommun string, p Proposal, given bool, by domain.PersonID, now domain.Instant) error {
	answer := "declined"
	if given {
		answer = "given"
	}
	_, err := s.pool.Exec(ctx, `update proposal set settled = $5, settled_by = $6, settled_at = $7, name = ''
		where kommun = $1 and person = $2 and role = $3 and unit = $4 and settled = ''`, kommun, p.Person, p.Role, p.Unit, answer, by, now.Time())
	return err
}
