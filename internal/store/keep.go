package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"arshjul/domain"
)

// CommandKeep is what a notice of a checkpoint asks for: that somebody outside keeps it. It is no command of the rules.
const CommandKeep domain.CommandKind = "keep-checkpoint"

// keepStep names the checkpoint that a notice is of: "kontrollpunkt/2/1042".
const keepStep = "kontrollpunkt/"

// keepSQL adds, for each who holds the role of revisor, a notice of the log's newest checkpoint: one a day when the log has
// grown, and one at once when an epoch has begun. A checkpoint is not told twice.
const keepSQL = `
insert into notice (stream, kommun, exercise, bridges, seq, cause, head, at, day, step, command, person, role, unit, due, rung, escalate, urgent)
select distinct on (b.person) 'registry/' || $1, $1, false, false, c.size, c.size, encode(c.root, 'hex'), $2, $3::date,
	$4 || c.epoch || '/' || c.size, $5, b.person, b.role, b.unit, null::date, '', true,
	c.epoch > coalesce((select max(split_part(n.step, '/', 2)::int) from notice n where n.stream = 'registry/' || $1 and n.command = $5 and n.person = b.person), c.epoch)
from (select epoch, size, root from checkpoint where log = $1 order by epoch desc, size desc limit 1) c
join binding b on b.source = 'registry/' || $1 and b.role = $6 and $3::date between b.first_day and coalesce(b.last_day, 'infinity')
where not exists (select from notice n where n.stream = 'registry/' || $1 and n.command = $5 and n.person = b.person
	and (n.step = $4 || c.epoch || '/' || c.size or n.day >= $3::date and split_part(n.step, '/', 2)::int = c.epoch))
on conflict do nothing`

// TellSigned writes notices of what the signer has signed of a municipality's log, for revisorerna to keep outside. An
// exercise's log is told to nobody. It may be done any number of times.
func (s *Store) TellSigned(ctx context.Context, kommun string, now domain.Instant) error {
	_, err := s.pool.Exec(ctx, keepSQL, kommun, now.Time(), now.Date(), keepStep, CommandKeep, domain.RoleAuditor)
	return err
}

// KeptCheckpoint gives the checkpoint that a notice asks to keep, or ErrNoCheckpoint.
func (s *Store) KeptCheckpoint(ctx context.Context, kommun string, n Notice) (Checkpoint, error) {
	epoch, size, _ := strings.Cut(strings.TrimPrefix(string(n.Step), keepStep), "/")
	nr, err := strconv.Atoi(epoch)
	entries, err2 := strconv.ParseUint(size, 10, 63)
	if err != nil || err2 != nil {
		return Checkpoint{}, fmt.Errorf("store: %q is no checkpoint", n.Step)
	}
	rows, err := s.pool.Query(ctx, "select "+checkpointColumns+" from checkpoint where log = $1 and epoch = $2 and size = $3", kommun, nr, int64(entries))
	if err != nil {
		return Checkpoint{}, err
	}
	return oneCheckpoint(kommun, rows)
}
