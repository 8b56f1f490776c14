package store

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// FaultReport is a fault in the pages that somebody has reported, such as something that cannot be read by ear.
type FaultReport struct {
	ID      int64
	At      domain.Instant
	Person  domain.PersonID // "" = somebody who had not logged in
	Page    string          // where, in the reporter's words
	Says    string
	Reach   string         // where an answer is wanted; "" = nowhere, or erased
	Settled domain.Instant // 0 = not yet
	By      domain.PersonID
}

// AddFaultReport keeps a report and gives its number.
func (s *Store) AddFaultReport(ctx context.Context, kommun string, r FaultReport) (id int64, err error) {
	err = s.pool.QueryRow(ctx, "insert into fault_report (kommun, at, person, page, says, reach) values ($1, $2, $3, $4, $5, $6) returning id",
		kommun, r.At.Time(), r.Person, r.Page, r.Says, r.Reach).Scan(&id)
	return id, err
}

// FaultReports lists reports, those that are not settled first, then the newest.
func (s *Store) FaultReports(ctx context.Context, kommun string, limit int) ([]FaultReport, error) {
	rows, err := s.pool.Query(ctx, `
		select id, (extract(epoch from at) * 1000)::bigint, person, page, says, reach, coalesce((extract(epoch from settled_at) * 1000)::bigint, 0), settled_by
		from fault_report where kommun = $1 order by settled_at is not null, id desc limit $2`, kommun, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[FaultReport])
}

// OpenFaults counts the reports that are not settled.
func (s *Store) OpenFaults(ctx context.Context, kommun string) (n int, err error) {
	err = s.pool.QueryRow(ctx, "select count(*) from fault_report where kommun = $1 and settled_at is null", kommun).Scan(&n)
	return n, err
}

// SettleFault says that a report has been dealt with, and erases how to reach who reported. Settling it again changes
// nothing. No such report is ErrNoRow.
func (s *Store) SettleFault(ctx context.Context, kommun string, id int64, by domain.PersonID, at domain.Instant) error {
	tag, err := s.pool.Exec(ctx, `update fault_report set reach = '', settled_at = coalesce(settled_at, $3), settled_by = case when settled_at is null then $4 else settled_by end
		where kommun = $1 and id = $2`, kommun, id, at.Time(), by)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNoRow
	}
	return err
}

// CommandFault is what a notice of reported faults asks for: that they are looked at and answered. It is no command of the rules.
const CommandFault domain.CommandKind = "answer-fault"

// faultStep stands for the step in such a notice, the same in each, so that a mail tells of reports once.
const faultStep = "felanmalan"

const faultSQL = `
insert into notice (stream, kommun, exercise, bridges, seq, cause, head, at, day, step, command, person, role, unit, due, rung, escalate, urgent)
select 'registry/' || $1, $1, false, false, $2, $2, $3, $4, $5::date, $6, $7, g.person, g.role, $8, null::date, '', false, false
from unnest($9::text[], $10::text[]) as g (person, role)
where $2 > coalesce((select max(n.seq) from notice n where n.stream = 'registry/' || $1 and n.command = $7 and n.person = g.person), 0)
on conflict do nothing`

// TellFaults writes notices of reports that nobody has settled, to each who may read them (domain.ThingFaults): once for the
// newest. It may be done any number of times.
func (s *Store) TellFaults(ctx context.Context, kommun string, now domain.Instant) error {
	var newest, at int64
	err := s.pool.QueryRow(ctx, `select id, (extract(epoch from at) * 1000)::bigint from fault_report
		where kommun = $1 and settled_at is null order by id desc limit 1`, kommun).Scan(&newest, &at)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var city domain.UnitID
	var people, roles []string
	err = s.View(ctx, domain.RegistryStream(kommun), func(st *domain.State) error {
		if st.Registry == nil {
			return nil // nobody can be told yet
		}
		city = st.Registry.City
		for _, role := range []domain.RoleID{domain.RoleRegistrar, domain.RoleLauncher} {
			for _, h := range st.Registry.Holders(role, city, now.Date()) {
				if !slices.Contains(people, string(h.Person)) {
					people, roles = append(people, string(h.Person)), append(roles, string(role))
				}
			}
		}
		return nil
	})
	if err != nil || len(people) == 0 {
		return err
	}
	// The report's own instant is in the notice's key: a number that comes again after a restore is of another report.
	_, err = s.pool.Exec(ctx, faultSQL, kommun, newest, strconv.FormatInt(at, 10), now.Time(), now.Date(), faultStep, CommandFault, city, people, roles)
	return err
}
