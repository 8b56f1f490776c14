package signer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"arshjul/domain"
	"arshjul/internal/proof"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// logs lists the logs there are. It jumps from one to the next in the index, since it is asked often.
func (s *Signer) logs(ctx context.Context) ([]string, error) {
	rows, err := s.DB.Query(ctx, `
		with recursive l as (
			(select log from entry order by log limit 1)
			union all
			select (select e.log from entry e where e.log > l.log order by e.log limit 1) from l where l.log is not null)
		select log from l where log is not null`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// view is one snapshot of the database for one log.
type view struct {
	tx  pgx.Tx
	log string
}

func (s *Signer) view(ctx context.Context, log string, f func(view) error) error {
	return pgx.BeginTxFunc(ctx, s.DB, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return f(view{tx, log})
	})
}

func (v view) size(ctx context.Context) (size int64, err error) {
	err = v.tx.QueryRow(ctx, "select coalesce((select idx + 1 from entry where log = $1 order by idx desc limit 1), 0)", v.log).Scan(&size)
	return size, err
}

type leafAt struct {
	Index int64
	Leaf  []byte
}

func (v view) leaves(ctx context.Context, from int64, limit int) ([]leafAt, error) {
	rows, err := v.tx.Query(ctx, "select idx, leaf from entry where log = $1 and idx >= $2 order by idx limit $3", v.log, from, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[leafAt])
}

// hashes gives the stored hashes at positions [from, to); a position that has none is left out.
func (v view) hashes(ctx context.Context, from, to int64) (map[int64]tlog.Hash, error) {
	rows, err := v.tx.Query(ctx, "select pos, hash from entry_hash where log = $1 and pos >= $2 and pos < $3", v.log, from, to)
	if err != nil {
		return nil, err
	}
	found := map[int64]tlog.Hash{}
	var pos int64
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&pos, &hash}, func() error {
		found[pos] = tlog.Hash(hash) // 32 bytes: the table says so
		return nil
	})
	return found, err
}

var errNoHash = errors.New("signer: a stored hash is missing")

// storedRoot is the root that the stored hashes give.
func (v view) storedRoot(ctx context.Context, size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, tlog.HashReaderFunc(func(positions []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(positions))
		for i, pos := range positions {
			at, err := v.hashes(ctx, pos, pos+1)
			if err != nil {
				return nil, err
			}
			h, ok := at[pos]
			if !ok {
				return nil, errNoHash
			}
			found[i] = h
		}
		return found, nil
	}))
}

// shown is a checkpoint as the database has it.
type shown struct {
	Epoch int
	Size  int64
	Note  string
}

// shown gives the log's checkpoints in the database that come after one of ours, or all of them.
func (v view) shown(ctx context.Context, epoch int, size uint64) ([]shown, error) {
	rows, err := v.tx.Query(ctx, "select epoch, size, note from checkpoint where log = $1 and (epoch, size) > ($2, $3) order by epoch, size", v.log, epoch, int64(size))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[shown])
}

// epochs gives the declarations of the log that two persons have made, each with both of its entries in the log.
func (v view) epochs(ctx context.Context) ([]domain.Epoch, error) {
	rows, err := v.tx.Query(ctx, "select leaf from entry where log = $1 and kind in ('epoch_declared', 'epoch_confirmed') order by idx", v.log)
	if err != nil {
		return nil, err
	}
	leaves, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, err
	}
	var events []domain.Event
	for _, leaf := range leaves {
		var e domain.Event
		if err := json.Unmarshal(leaf, &e); err != nil {
			return nil, fmt.Errorf("signer: an entry about an epoch is no event: %w", err)
		}
		events = append(events, e)
	}
	return proof.Declared(v.log, events), nil
}

// show writes a checkpoint where receipts are made from; that it is there is no fault.
func (s *Signer) show(ctx context.Context, log string, epoch int, c proof.Checkpoint, note []byte) error {
	_, err := s.DB.Exec(ctx, "insert into checkpoint (log, epoch, size, root, note) values ($1, $2, $3, $4, $5) on conflict do nothing",
		log, epoch, int64(c.Size), c.Root[:], string(note))
	return err
}

// complain writes a refusal down, unless the newest one of the log says the same.
func (s *Signer) complain(ctx context.Context, r *Refusal) error {
	root := ""
	if r.Last.Origin != "" {
		root = r.Last.Root.String()
	}
	_, err := s.DB.Exec(ctx, `
		insert into signer_refusal (log, code, detail, origin, size, root, whole) select $1, $2, $3, $4, $5, $6, $7
		where not exists (select from (select * from signer_refusal where log = $1 order by id desc limit 1) l where l.code = $2 and l.detail = $3
			and not exists (select from checkpoint c where c.log = $1 and c.at > l.at))`,
		r.Log, string(r.Code), r.Text, r.Last.Origin, int64(r.Last.Size), root, int64(r.Whole))
	return err
}
