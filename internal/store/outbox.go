package store

import (
	"context"
	"fmt"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Notice is one thing that one person is to be told, as a cycle's journal transaction wrote it.
type Notice struct {
	ID       int64
	Stream   string
	Cause    uint64         // the stream's last entry of the command or tick that caused it
	At       domain.Instant // on the cycle's clock
	Day      domain.Date    // that clock's civil day
	Step     domain.StepID
	Command  domain.CommandKind // what is to be done
	Person   domain.PersonID
	Role     domain.RoleID // by which the person is told
	Unit     domain.UnitID // where the role is held
	Due      domain.Date
	Rung     string // the reminder rule, as the wheel says it; "" = the task is new, or another than it was
	Change   domain.Change
	Was      domain.Date // moved: the day by which it was to be done before; "" = the same
	Sat      domain.Date // moved: the day of the step's meeting before; "" = the same
	Escalate bool        // somebody else's task, told to who escalates
	Urgent   bool
	// Bridges says that a klämdag is no working day in the cycle.
	Bridges bool
	Key     string // names it for ever, by the journal's own digest: of what the Message-ID is made
}

// noticeColumns are those of Notice, in order.
const noticeColumns = `n.id, n.stream, n.cause, (extract(epoch from n.at) * 1000)::bigint, n.day::text, n.step, n.command, n.person,
	n.role, n.unit, coalesce(n.due::text, ''), n.rung, n.change, coalesce(n.was::text, ''), coalesce(n.sat::text, ''), n.escalate, n.urgent, n.bridges,
	concat_ws('|', n.stream, n.seq, n.head, n.person, n.step, n.command, n.rung)`

// outgoing is what a batch of a stream has to tell people: the columns of the rows.
type outgoing struct {
	stream, kommun    string
	exercise, bridges bool
	notices           []domain.Notice
	causes            []uint64
	heads             []domain.Digest
	ats               []domain.Instant
	// moved is true when an exercise's clock went on, or the stream began or ended: what waits may be due now.
	moved bool
}

// applyTelling applies events and collects whom they concern: the events of one command belong together, and those of a
// tick, which have no command.
func (f *fold) applyTelling(events []domain.Event) (*outgoing, error) {
	out := &outgoing{}
	before := domain.Awaited(f.state)
	for first := 0; first < len(events); {
		last := first
		for last+1 < len(events) && events[last+1].Command == events[first].Command {
			last++
		}
		group := events[first : last+1]
		for i := range group {
			if err := f.apply(group[i]); err != nil {
				return nil, err
			}
			k := group[i].Kind
			out.moved = out.moved || k == domain.EvLaunched || k == domain.EvAdvanced || k == domain.EvCompleted || k == domain.EvCancelled
		}
		after := domain.Awaited(f.state)
		for _, n := range domain.NoticesBetween(before, after, f.state, group) {
			out.notices = append(out.notices, n)
			out.causes = append(out.causes, f.state.Seq)
			out.heads = append(out.heads, f.state.Head)
			out.ats = append(out.ats, group[len(group)-1].At)
		}
		first, before = last+1, after
	}
	if r := f.state.Registry; r != nil && f.state.Cycle == nil {
		out.stream, out.kommun = f.state.Stream, r.Kommun
	}
	if c := f.state.Cycle; c != nil {
		out.stream, out.kommun, out.exercise, out.bridges = f.state.Stream, c.Kommun, c.Exercise > 0, c.Wheel.Bridges
	}
	return out, nil
}

// noticeSQL adds what is not there already, and tells whether any of it should not wait for the morning: what is urgent, a
// reminder, a comment that names somebody, or for somebody who wants to know at once.
const noticeSQL = `
with given as (
	select * from unnest($6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::text[],
		$13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::boolean[], $20::text[], $21::text[], $22::text[])
		as g (seq, cause, head, at, day, step, command, person, role, unit, due, rung, escalate, urgent, change, was, sat)
), added as (
	insert into notice (stream, kommun, exercise, bridges, seq, cause, head, at, day, step, command, person, role, unit, due, rung, escalate, urgent, change, was, sat)
	select $1, $2, $3, $4, seq, cause, head, to_timestamp(at / 1000.0), day::date, step, command, person, role, unit, nullif(due, '')::date, rung, escalate, urgent,
		change, nullif(was, '')::date, nullif(sat, '')::date
	from given
	on conflict (stream, seq, person, step, command, rung) do nothing
	returning person, urgent, rung, command
)
select coalesce(bool_or(a.urgent or not $3 and (a.rung <> '' or a.command = 'comment' or $5 = any(select c.choice from mail_choice c
	where c.kommun = $2 and c.person = a.person order by c.id desc limit 1))), false)
from added a`

// queue adds the rows to a batch; now is set when delivery should look at once.
func (o *outgoing) queue(batch *pgx.Batch, now *bool) {
	if o.moved {
		*now = true
	}
	n := len(o.notices)
	if n == 0 {
		return
	}
	var (
		seqs, causes             = make([]uint64, n), make([]uint64, n)
		ats                      = make([]int64, n)
		heads, days, steps       = make([]string, n), make([]string, n), make([]string, n)
		commands, persons, roles = make([]string, n), make([]string, n), make([]string, n)
		units, dues, rungs       = make([]string, n), make([]string, n), make([]string, n)
		escalates, urgents       = make([]bool, n), make([]bool, n)
		changes, wases, sats     = make([]string, n), make([]string, n), make([]string, n)
	)
	for i, t := range o.notices {
		seqs[i], causes[i], heads[i], ats[i] = t.Seq, o.causes[i], string(o.heads[i]), int64(o.ats[i])
		days[i], steps[i], commands[i], persons[i] = string(t.Day), string(t.Step), string(t.Command), string(t.Person)
		roles[i], units[i], dues[i], rungs[i] = string(t.Role), string(t.Unit), string(t.Due), t.Rung
		escalates[i], urgents[i] = t.Escalate, t.Urgent
		changes[i], wases[i], sats[i] = string(t.Change), string(t.Was), string(t.Sat)
	}
	batch.Queue(noticeSQL, o.stream, o.kommun, o.exercise, o.bridges, ChoiceAtOnce, seqs, causes, heads, ats, days, steps, commands,
		persons, roles, units, dues, rungs, escalates, urgents, changes, wases, sats).QueryRow(func(row pgx.Row) error {
		var soon bool
		err := row.Scan(&soon)
		*now = *now || soon
		return err
	})
}

// Wish is a notice that no mail has yet, and what decides when it goes.
type Wish struct {
	Notice
	Choice Choice
	// Chosen is true when the person has said how often, and false when Choice is what holds until then.
	Chosen bool
	// Mailed is true when the person has got the mail of the day already.
	Mailed bool
}

func scanNotice(row pgx.CollectableRow, more ...any) (n Notice, err error) {
	err = row.Scan(append([]any{&n.ID, &n.Stream, &n.Cause, (*int64)(&n.At), &n.Day, &n.Step, &n.Command, &n.Person, &n.Role, &n.Unit, &n.Due,
		&n.Rung, &n.Change, &n.Was, &n.Sat, &n.Escalate, &n.Urgent, &n.Bridges, &n.Key}, more...)...)
	return n, err
}

// Waiting lists a municipality's real notices that no mail has, person by person. today is the civil day now.
func (s *Store) Waiting(ctx context.Context, kommun string, today domain.Date) ([]Wish, error) {
	rows, err := s.pool.Query(ctx, `
		select `+noticeColumns+`,
			coalesce((select c.choice from mail_choice c where c.kommun = n.kommun and c.person = n.person order by c.id desc limit 1), $2),
			exists (select from mail_choice c where c.kommun = n.kommun and c.person = n.person),
			exists (select from mail m where m.kommun = n.kommun and m.person = n.person and m.day = $3::date and m.exercise = ''
				and not m.urgent and m.state <> 'released')
		from notice n where n.kommun = $1 and not n.exercise and n.mail is null and n.left_out = ''
		order by n.person, n.id`, kommun, ChoiceDaily, today)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Wish, err error) {
		w.Notice, err = scanNotice(row, &w.Choice, &w.Chosen, &w.Mailed)
		return w, err
	})
}

// WaitingExercises lists the notices of a municipality's exercises that are due: their exercise's clock has passed the
// day, or the exercise is over, or they are urgent.
func (s *Store) WaitingExercises(ctx context.Context, kommun string) ([]Notice, error) {
	rows, err := s.pool.Query(ctx, `
		select `+noticeColumns+` from notice n join cycle c on c.stream = n.stream
		where n.kommun = $1 and n.exercise and n.mail is null and n.left_out = ''
			and (n.urgent or n.day < c.clock_day or c.status <> 'open')
		order by n.stream, n.day, n.person, n.id`, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Notice, error) { return scanNotice(row) })
}

// Behind tells whether a real cycle of the municipality has not yet noticed what time has brought: then the day's notices
// are not all here.
func (s *Store) Behind(ctx context.Context, kommun string, now domain.Instant) (behind bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from cycle where kommun = $1 and exercise = 0 and status = 'open' and next_due <= $2)`,
		kommun, now.Time()).Scan(&behind)
	return behind, err
}

// Told lists the notices that a mail carries.
func (s *Store) Told(ctx context.Context, mail string) ([]Notice, error) {
	rows, err := s.pool.Query(ctx, "select "+noticeColumns+" from notice n where n.mail = $1 order by n.id", mail)
	if err != nil {
		return nil, err
	}
	notices, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Notice, error) { return scanNotice(row) })
	if err == nil && len(notices) == 0 {
		err = fmt.Errorf("store: mail %s carries nothing", mail)
	}
	return notices, err
}
