package store

import (
	"context"

	"arshjul/domain"
)

// begunSQL adds notices for those who came to a task by the passing of days alone: their role or substitution began, as the
// registry had said it would, after the step had begun to wait. Nothing happened then, so no entry told them. Who has been
// told of the task since it waits is not told again. A cycle that has not received all of the registry is left for later.
const begunSQL = `
insert into notice (stream, kommun, exercise, bridges, seq, cause, head, at, day, step, command, person, role, unit, due, rung, escalate, urgent)
select distinct on (t.stream, t.step, t.command, h.person)
	c.stream, c.kommun, false, coalesce((select n.bridges from notice n where n.stream = c.stream limit 1), false),
	c.seq, c.seq, c.head, $2, $3::date, t.step, t.command, h.person, t.role, t.unit, t.due, '', false, false
from cycle c
join task t on t.stream = c.stream
join step s on s.stream = t.stream and s.id = t.step
cross join lateral (
	select b.person, b.first_day as begins
	from binding b
	where b.source = c.source and b.role = t.role and b.unit = t.unit
		and $3::date between b.first_day and coalesce(b.last_day, 'infinity')
	union all
	select v.person, greatest(b.first_day, v.first_day)
	from binding b join substitute v on v.source = b.source and v.binding = b.number
	where b.source = c.source and b.role = t.role and b.unit = t.unit
		and $3::date between b.first_day and coalesce(b.last_day, 'infinity')
		and $3::date between v.first_day and v.last_day
) h
where c.kommun = $1 and c.exercise = 0 and c.status = 'open' and t.command <> 'proceed'
	and c.registry >= (select coalesce(max(e.seq), 0) from entry e where e.stream = c.source)
	and t.since < h.begins and h.person <> t.barred
	and not exists (select from exclusion x
		where x.source = c.source and x.person = h.person
			and x.year in (0, c.year) and x.def in ('', s.def) and x.unit in ('', s.unit))
	and not exists (select from notice n
		where n.stream = c.stream and n.command = t.command and n.person = h.person and n.day >= t.since
			and (n.step = t.step or t.command = 'confirm-meeting'))
on conflict do nothing`

// TellBegun writes notices for those whose role has begun, in the open real cycles of a municipality. It may be done at any
// time and any number of times.
func (s *Store) TellBegun(ctx context.Context, kommun string, now domain.Instant) error {
	_, err := s.pool.Exec(ctx, begunSQL, kommun, now.Time(), now.Date())
	return err
}
