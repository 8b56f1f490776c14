package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Choice is how often a person wants mail.
type Choice string

// The choices. Escalations come daily whatever is chosen, and what blocks a gate at once unless none is wanted.
const (
	ChoiceAtOnce Choice = "direkt"
	ChoiceDaily  Choice = "dag" // who has chosen nothing
	ChoiceWeekly Choice = "vecka"
	ChoiceNone   Choice = "inga"
)

// Choices lists them in order.
var Choices = []Choice{ChoiceAtOnce, ChoiceDaily, ChoiceWeekly, ChoiceNone}

// Address is where a person can be reached, and who said so.
type Address struct {
	Person  domain.PersonID
	Address string
	By      domain.PersonID
	At      domain.Instant
}

// SetAddress says where a person can be reached; "" is nowhere. The address before is erased, and that it was changed, by
// whom and when, is kept. What could not be sent to the old one goes with the person's next mail.
func (s *Store) SetAddress(ctx context.Context, kommun string, a Address) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, "address", kommun+"\x00"+string(a.Person)); err != nil {
			return err
		}
		var now string
		err := tx.QueryRow(ctx, addressSQL, kommun, a.Person).Scan(&now)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) || err == nil && now == a.Address {
			return err
		}
		var batch pgx.Batch
		batch.Queue("update mail_address set address = '' where kommun = $1 and person = $2", kommun, a.Person)
		batch.Queue("insert into mail_address (kommun, person, address, by, at) values ($1, $2, $3, $4, $5)", kommun, a.Person, a.Address, a.By, a.At.Time())
		if a.Address != "" {
			batch.Queue(releaseSQL, kommun, a.Person, "", a.At.Time())
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
}

// AddAddresses says where people can be reached of whom nobody has said anything yet; what was said of the others stands.
func (s *Store) AddAddresses(ctx context.Context, kommun string, all []Address) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		for _, a := range all {
			batch.Queue("select pg_advisory_xact_lock($1)", lockNumber("address", kommun+"\x00"+string(a.Person)))
			batch.Queue(`insert into mail_address (kommun, person, address, by, at) select $1, $2, $3, $4, $5
				where not exists (select from mail_address where kommun = $1 and person = $2)`, kommun, a.Person, a.Address, a.By, a.At.Time())
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
}

const addressSQL = "select address from mail_address where kommun = $1 and person = $2 order by id desc limit 1"

// AddressOf gives where a person can be reached, or "".
func (s *Store) AddressOf(ctx context.Context, kommun string, person domain.PersonID) (address string, err error) {
	err = s.pool.QueryRow(ctx, addressSQL, kommun, person).Scan(&address)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return address, err
}

// Addresses lists where everybody can be reached: the last word about each person.
func (s *Store) Addresses(ctx context.Context, kommun string) ([]Address, error) {
	rows, err := s.pool.Query(ctx, `select distinct on (person) person, address, by, (extract(epoch from at) * 1000)::bigint
		from mail_address where kommun = $1 order by person, id desc`, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Address])
}

// SetChoice says how often a person wants mail. Earlier choices are kept with their times.
func (s *Store) SetChoice(ctx context.Context, kommun string, person domain.PersonID, choice Choice, at domain.Instant) error {
	_, err := s.pool.Exec(ctx, "insert into mail_choice (kommun, person, choice, at) values ($1, $2, $3, $4)", kommun, person, choice, at.Time())
	return err
}

// Chosen is a choice and when it was made.
type Chosen struct {
	Choice Choice
	At     domain.Instant
}

// ChoicesOf lists a person's choices, the one that counts first; none means ChoiceDaily.
func (s *Store) ChoicesOf(ctx context.Context, kommun string, person domain.PersonID) ([]Chosen, error) {
	rows, err := s.pool.Query(ctx, `select choice, (extract(epoch from at) * 1000)::bigint from mail_choice
		where kommun = $1 and person = $2 order by id desc`, kommun, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Chosen])
}
