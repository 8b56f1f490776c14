package store

import (
	"context"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// InboxQuery picks from what the open cycles of a municipality wait for.
type InboxQuery struct {
	Kommun string
	Person domain.PersonID // "" = everybody's, and what nobody can do
	Stream string          // one cycle or exercise; "" = all
	Today  domain.Date     // for real cycles; exercises go by their own clock
}

// InboxRow is something that a person may do today, and what the person does it as.
type InboxRow struct {
	Stream    string
	Year      int
	Exercise  int // 0 = the real cycle
	Step      domain.StepID
	Title     string        // of the step's definition
	Unit      domain.UnitID // the step's
	UnitName  string
	Status    domain.Status
	Version   domain.Digest // the current submission
	VersionNo int
	Command   domain.CommandKind
	Role      domain.RoleID
	RoleUnit  domain.UnitID // where the role is held
	Meeting   domain.MeetingID
	Due       domain.Date
	Late      bool
	Person    domain.PersonID // "" = nobody can do it today: no holder, or only such as jäv or the second person keeps from it
	Binding   uint64
	// Substitute is the number of the substitution by which Person acts for the holder, or 0.
	Substitute uint64
}

// inboxSQL joins the tasks with those who hold the role, or a substitution for it, on the day, less the excluded and the
// barred. It says in SQL what domain.Registry's Holders and Excluded say; a test holds them together.
const inboxSQL = `
select * from (
	select distinct on (t.stream, t.step, t.command, h.person)
		t.stream, c.year, c.exercise, t.step, s.title, s.unit, s.unit_name, s.status, s.version, s.version_no,
		t.command, t.role, t.unit as role_unit, t.meeting, coalesce(t.due::text, '') as due, t.late,
		coalesce(h.person, '') as person, coalesce(h.binding, 0) as binding, coalesce(h.substitute, 0) as substitute
	from cycle c
	join task t on t.stream = c.stream
	join step s on s.stream = t.stream and s.id = t.step
	cross join lateral (select coalesce(c.clock_day, $4::date) as today) d
	left join lateral (
		select b.person, b.number as binding, 0 as substitute
		from binding b
		where b.source = c.source and b.role = t.role and b.unit = t.unit
			and d.today between b.first_day and coalesce(b.last_day, 'infinity')
		union all
		select v.person, b.number, v.number
		from binding b join substitute v on v.source = b.source and v.binding = b.number
		where b.source = c.source and b.role = t.role and b.unit = t.unit
			and d.today between b.first_day and coalesce(b.last_day, 'infinity')
			and d.today between v.first_day and v.last_day
		union all
		select x.replacement, b.number, 0
		from binding b join exclusion x on x.source = b.source and x.person = b.person
		where b.source = c.source and b.role = t.role and b.unit = t.unit and x.replacement <> ''
			and d.today between b.first_day and coalesce(b.last_day, 'infinity')
			and x.year in (0, c.year) and x.def in ('', s.def) and x.unit in ('', s.unit)
	) h on h.person <> t.barred and not exists (
		select from exclusion x
		where x.source = c.source and x.person = h.person
			and x.year in (0, c.year) and x.def in ('', s.def) and x.unit in ('', s.unit))
	where c.kommun = $1 and c.status = 'open' and ($2 = '' or h.person = $2) and ($3 = '' or c.stream = $3)
	order by t.stream, t.step, t.command, h.person, h.substitute
) inbox
order by due = '', due, year, exercise, step, command, person`

// Inbox lists what people may do today, the most urgent first: one row for each task and person.
func (s *Store) Inbox(ctx context.Context, q InboxQuery) ([]InboxRow, error) {
	rows, err := s.pool.Query(ctx, inboxSQL, q.Kommun, q.Person, q.Stream, q.Today)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[InboxRow])
}
