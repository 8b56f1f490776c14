package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// row is an entry with its columns as they stand, and the event that its leaf is.
type row struct {
	Index                            uint64
	Stream                           string
	Seq                              uint64
	Leaf                             []byte
	Kind, Actor, Command, Body, Step string
	At                               time.Time

	event domain.Event
	fault error // what is wrong with the row by itself
}

// storedHash is a hash of the tree as it stands.
type storedHash struct {
	Pos  int64
	Hash []byte
}

// logPage is some entries of a log, and the hashes that were stored with them.
type logPage struct {
	rows   []row
	hashes []storedHash
}

// pages reads the log to its end, and has verify look at a page while the next is read. A transaction has one connection, so
// nothing else may use it meanwhile.
func (v *verifier) pages(ctx context.Context, tx pgx.Tx, verify func(*logPage) error) error {
	pages, stop, fault := make(chan *logPage, 1), make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(pages)
		fault <- v.read(ctx, tx, pages, stop)
	}()
	var err error
	for p := range pages {
		if err != nil {
			continue // what was under way when it was told to stop
		}
		if err = verify(p); err != nil {
			close(stop)
		}
	}
	if reading := <-fault; err == nil {
		err = reading
	}
	return err
}

func (v *verifier) read(ctx context.Context, tx pgx.Tx, pages chan<- *logPage, stop <-chan struct{}) error {
	for next, hashed := uint64(0), int64(0); ; {
		p, err := v.readPage(ctx, tx, next, hashed)
		if err != nil {
			return err
		}
		select {
		case pages <- p:
		case <-stop:
			return nil
		}
		n := len(p.rows)
		if n < chunk {
			return nil
		}
		next = p.rows[n-1].Index + 1
		hashed = tlog.StoredHashIndex(0, int64(next))
	}
}

// readPage reads from the entry next on, and from the hash that stands at hashed.
func (v *verifier) readPage(ctx context.Context, tx pgx.Tx, next uint64, hashed int64) (p *logPage, err error) {
	p = &logPage{}
	rows, err := tx.Query(ctx, `
		select idx, stream, seq, leaf, kind, actor, command_id, body, step, at
		from entry where log = $1 and idx >= $2 order by idx limit $3`, v.log, next, chunk)
	if err != nil {
		return nil, err
	}
	p.rows, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (row row, err error) {
		err = r.Scan(&row.Index, &row.Stream, &row.Seq, &row.Leaf, &row.Kind, &row.Actor, &row.Command, &row.Body, &row.Step, &row.At)
		return row, err
	})
	if err != nil {
		return nil, err
	}
	for i := range p.rows {
		p.rows[i].fault = v.written(&p.rows[i])
	}
	limit := tlog.StoredHashIndex(0, int64(next)+int64(len(p.rows))) - hashed
	if len(p.rows) < chunk {
		limit++ // there must be no more
	}
	stored, err := tx.Query(ctx, "select pos, hash from entry_hash where log = $1 and pos >= $2 order by pos limit $3", v.log, hashed, limit)
	if err != nil {
		return nil, err
	}
	p.hashes, err = pgx.CollectRows(stored, pgx.RowToStructByPos[storedHash])
	return p, err
}

// written reads the leaf, and compares the columns with it.
func (v *verifier) written(r *row) error {
	e := &r.event
	if err := json.Unmarshal(r.Leaf, e); err != nil {
		return v.broken(r.Index, "lövet går inte att läsa som en händelse.")
	}
	if !bytes.Equal(e.Encode(), r.Leaf) {
		return v.broken(r.Index, "lövet är inte skrivet i den fastställda formen.")
	}
	differs := func(column, has, leaf string) error {
		return v.broken(r.Index, "kolumnen %s är %q men lövet säger %q.", column, has, leaf)
	}
	for _, c := range [...]struct{ column, has, leaf string }{
		{"stream", r.Stream, e.Stream}, {"kind", r.Kind, string(e.Kind)}, {"actor", r.Actor, string(e.Actor)}, {"command_id", r.Command, e.Command},
		{"body", r.Body, string(e.Body)}, {"step", r.Step, string(e.Step)}, {"log", v.log, domain.LogOf(e.Stream)},
	} {
		if c.has != c.leaf {
			return differs(c.column, c.has, c.leaf)
		}
	}
	if r.Seq != e.Seq {
		return differs("seq", fmt.Sprint(r.Seq), fmt.Sprint(e.Seq))
	}
	if at := e.At.Time(); !r.At.Equal(at) {
		return differs("at", r.At.UTC().Format(time.RFC3339Nano), at.Format(time.RFC3339Nano))
	}
	return nil
}
