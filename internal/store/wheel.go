package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// WheelText is a wheel file as it was written.
type WheelText struct {
	Hash domain.Digest // of the rule part (domain.Wheel.Hash), which is what cycles pin
	Name string
	YAML string
}

// ErrNoWheel means that no wheel with that hash was ever kept.
var ErrNoWheel = errors.New("store: no such wheel")

// PutWheel keeps the text of a wheel. Of texts with the same rules the first is kept.
func (s *Store) PutWheel(ctx context.Context, w WheelText) error {
	_, err := s.pool.Exec(ctx, "insert into wheel (hash, name, yaml) values ($1, $2, $3) on conflict do nothing", w.Hash, w.Name, w.YAML)
	return err
}

// Wheel gives the text of a wheel, or ErrNoWheel.
func (s *Store) Wheel(ctx context.Context, hash domain.Digest) (WheelText, error) {
	w := WheelText{Hash: hash}
	err := s.pool.QueryRow(ctx, "select name, yaml from wheel where hash = $1", hash).Scan(&w.Name, &w.YAML)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNoWheel
	}
	return w, err
}
