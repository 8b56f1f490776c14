package store

import (
	"context"

	"arshjul/domain"
)

// Watch is how the whole installation does, as far as the database shows it: over all municipalities, exercises left out.
type Watch struct {
	Overdue        int            // open cycles in which something has fallen due that nobody has noticed
	OldestDue      domain.Instant // when the first of it fell due; 0 = none
	UnsentMails    int
	OldestMail     domain.Instant // when the oldest of them was made; 0 = none
	FailedMails    int            // given up: refused, expired, or nowhere to send them
	SilentServers  int            // municipalities whose mail server does not take part in anything just now
	Differences    int            // that the last comparison of workflows, log and lists found, over all municipalities
	SignerRefused  int            // logs that the signer refuses to sign
	OldestUnsigned domain.Instant // when the oldest entry was recorded that no checkpoint covers; 0 = none
	Compared       domain.Instant // when the municipality was compared whose turn was longest ago, or founded if it never was; 0 = no municipality
}

// Watch looks at the installation at an instant.
func (s *Store) Watch(ctx context.Context, now domain.Instant) (w Watch, err error) {
	err = s.pool.QueryRow(ctx, `
		select c.n, c.oldest, m.n, m.oldest, m.failed, (select count(*) from mail_server)
		from (select count(*) as n, coalesce((extract(epoch from min(next_due)) * 1000)::bigint, 0) as oldest
				from cycle where exercise = 0 and status = 'open' and next_due <= $1) c,
			(select count(*) filter (where open) as n, coalesce((extract(epoch from min(made_at) filter (where open)) * 1000)::bigint, 0) as oldest,
					count(*) filter (where not open) as failed
				from (select made_at, state <> 'failed' as open from mail
					where exercise = '' and state in ('new', 'sending', 'later', 'failed')) of) m`, now.Time()).
		Scan(&w.Overdue, (*int64)(&w.OldestDue), &w.UnsentMails, (*int64)(&w.OldestMail), &w.FailedMails, &w.SilentServers)
	if err != nil {
		return Watch{}, err
	}
	err = s.pool.QueryRow(ctx, `
		select coalesce(sum(last.found), 0), coalesce((extract(epoch from min(coalesce(last.at, founded.recorded_at))) * 1000)::bigint, 0)
		from (select substr(stream, length('registry/') + 1) as kommun, recorded_at from entry where stream like 'registry/%' and seq = 1) founded
		left join lateral (
			select at, coalesce(jsonb_array_length(r -> 'found'), 0) + coalesce((r ->> 'more')::int, 0) as found
			from (select at, convert_from(leaf, 'UTF8')::jsonb -> 'reconciled' as r
				from entry where stream = 'reconcile/' || founded.kommun order by seq desc limit 1) latest) last on true`).
		Scan(&w.Differences, (*int64)(&w.Compared))
	if err != nil {
		return Watch{}, err
	}
	err = s.pool.QueryRow(ctx, `
		with recursive l as (
			(select log from entry order by log limit 1)
			union all
			select (select e.log from entry e where e.log > l.log order by e.log limit 1) from l where l.log is not null)
		select (select count(distinct r.log) from signer_refusal r where not exists (select from checkpoint c where c.log = r.log and c.at > r.at)),
			coalesce((extract(epoch from min(e.recorded_at)) * 1000)::bigint, 0)
		from l left join lateral (select size from checkpoint c where c.log = l.log order by epoch desc, size desc limit 1) signed on true
		join entry e on e.log = l.log and e.idx = coalesce(signed.size, 0)
		where l.log is not null`).
		Scan(&w.SignerRefused, (*int64)(&w.OldestUnsigned))
	return w, err
}
