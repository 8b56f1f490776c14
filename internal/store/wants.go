package store

import (
	"context"

	"arshjul/domain"
)

// Want is how often a person wants mail, and whether there is anywhere to send it.
type Want struct {
	Choice  Choice
	Chosen  bool // the person has said so; otherwise it is what holds until then
	Mailed  bool // the person has got the mail of the day
	Address bool
}

// Wants tells of people how they want mail. today is the civil day now.
func (s *Store) Wants(ctx context.Context, kommun string, people []domain.PersonID, today domain.Date) (map[domain.PersonID]Want, error) {
	rows, err := s.pool.Query(ctx, `
		select p.person,
			coalesce((select c.choice from mail_choice c where c.kommun = $1 and c.person = p.person order by c.id desc limit 1), $4),
			exists (select from mail_choice c where c.kommun = $1 and c.person = p.person),
			exists (select from mail m where m.kommun = $1 and m.person = p.person and m.day = $3::date and m.exercise = ''
				and not m.urgent and m.state <> 'released'),
			coalesce((select a.address from mail_address a where a.kommun = $1 and a.person = p.person order by a.id desc limit 1), '') <> ''
		from unnest($2::text[]) as p (person)`, kommun, people, today, ChoiceDaily)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	wants := map[domain.PersonID]Want{}
	for rows.Next() {
		var p domain.PersonID
		var w Want
		if err := rows.Scan(&p, &w.Choice, &w.Chosen, &w.Mailed, &w.Address); err != nil {
			return nil, err
		}
		wants[p] = w
	}
	return wants, rows.Err()
}
