package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// eraseFresh takes out of the tables what the erasures among a registry's new entries name: in the entry's own transaction,
// so that there is never the one without the other.
func eraseFresh(ctx context.Context, tx pgx.Tx, fresh []domain.Event) error {
	for i := range fresh {
		if fresh[i].Kind == domain.EvErased {
			if _, err := eraseIn(ctx, tx, &fresh[i]); err != nil {
				return fmt.Errorf("store: erasure %d of %s: %w", fresh[i].Seq, fresh[i].Stream, err)
			}
		}
	}
	return nil
}

// eraseIn takes what an erasure names out of every table that holds such text ([TestEveryColumnIsJudged] lists them all),
// and gives how many rows were changed. What is gone already stays as it was.
func eraseIn(ctx context.Context, tx pgx.Tx, e *domain.Event) (rows int64, err error) {
	x, kommun, note := e.Erasure, domain.Kommun(e.Stream), domain.ErasedNote(e.At.Date(), e.Erasure.Dnr)
	do := func(sql string, args ...any) {
		if err != nil {
			return
		}
		tag, failed := tx.Exec(ctx, sql, args...)
		rows, err = rows+tag.RowsAffected(), failed
	}
	bodies, err := clearTexts(ctx, tx, x.Texts)
	if err != nil {
		return 0, err
	}
	do(`update text set salt = null, body = null, erased_at = clock_timestamp(), erased_by = $2, erased_seq = $3, erased_note = $4
		where commitment = any($1) and body is not null`, x.Texts, e.Stream, e.Seq, note)
	// The same words in a command that was refused, and that no entry refers to, go too. What came just now may be on its way.
	do(`update text t set salt = null, body = null, erased_at = clock_timestamp(), erased_by = $3, erased_seq = $4, erased_note = $5
		where body = any($1) and split_part(t.stream, '/', 2) = $2 and stored_at < clock_timestamp() - interval '1 hour'
		and not exists (select from entry where position(t.commitment::bytea in leaf) > 0)`, bodies, kommun, e.Stream, e.Seq, note)
	do(`update file set bytes = null, name = '', erased_at = clock_timestamp(), erased_by = $2, erased_seq = $3, erased_note = $4
		where sha256 = any($1) and bytes is not null`, x.Files, e.Stream, e.Seq, note)
	addresses := []string{}
	if x.Person != "" && err == nil {
		if addresses, err = addressesOf(ctx, tx, kommun, x.Person); err != nil {
			return rows, err
		}
		do("update mail_address set address = '' where kommun = $1 and person = $2 and address <> ''", kommun, x.Person)
		do("update mail set words = '' where kommun = $1 and person = $2 and words <> ''", kommun, x.Person)
		do(`update mail_attempt a set words = '' from mail m where m.id = a.mail and m.kommun = $1 and m.person = $2 and a.words <> ''`, kommun, x.Person)
		do("update proposal set name = '' where kommun = $1 and person = $2 and name <> ''", kommun, x.Person)
		do(`update session set label = '', subject = '', provider = '', ended_at = coalesce(ended_at, clock_timestamp())
			where kommun = $1 and person = $2 and (label <> '' or subject <> '' or provider <> '' or ended_at is null)`, kommun, x.Person)
		do("delete from device_try where kommun = $1 and person = $2", kommun, x.Person)
		do("update feed set ended_at = clock_timestamp() where kommun = $1 and person = $2 and ended_at is null", kommun, x.Person)
		do(`update sunk_mail k set recipient = '', subject = $3, raw = '' from mail m
			where k.kommun = $1 and m.kommun = $1 and m.person = $2 and split_part(trim(both '<>' from k.message_id), '@', 1) = m.id and length(k.raw) > 0`,
			kommun, x.Person, note)
	}
	// Reports of faults are written by anybody, and may quote what they were about.
	do(`update fault_report set says = $4, page = '', reach = '' where kommun = $1 and says <> $4
		and (person = $2 and person <> '' or exists (select from unnest($3::text[]) b where position(b in says || ' ' || page || ' ' || reach) > 0))`,
		kommun, x.Person, append(bodies, addresses...), note)
	if err != nil {
		return rows, err
	}
	sunk, err := eraseSunk(ctx, tx, kommun, note, append(bodies, addresses...))
	return rows + sunk, err
}

// clearTexts reads the texts that are still there.
func clearTexts(ctx context.Context, tx pgx.Tx, refs []domain.TextRef) ([]string, error) {
	rows, err := tx.Query(ctx, "select body from text where commitment = any($1) and body is not null and body <> ''", refs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func addressesOf(ctx context.Context, tx pgx.Tx, kommun string, person domain.PersonID) ([]string, error) {
	rows, err := tx.Query(ctx, "select distinct address from mail_address where kommun = $1 and person = $2 and address <> ''", kommun, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// eraseSunk blanks the mails in the sink that tell any of some texts or addresses.
func eraseSunk(ctx context.Context, tx pgx.Tx, kommun, note string, told []string) (n int64, err error) {
	if len(told) == 0 {
		return 0, nil
	}
	rows, err := tx.Query(ctx, "select id, recipient, subject, raw from sunk_mail where kommun = $1 and length(raw) > 0", kommun)
	if err != nil {
		return 0, err
	}
	var (
		id                 int64
		recipient, subject string
		raw                []byte
		found              []int64
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &recipient, &subject, &raw}, func() error {
		if mailTells(recipient+"\n"+subject, raw, told) {
			found = append(found, id)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	tag, err := tx.Exec(ctx, "update sunk_mail set recipient = '', subject = $2, raw = '' where id = any($1)", found, note)
	return tag.RowsAffected(), err
}

var blanks = regexp.MustCompile(`\s+`)

// mailTells looks for texts in a mail as it came, and as it reads when its quoted-printable parts are undone; lines may be
// broken anywhere.
func mailTells(head string, raw []byte, told []string) bool {
	plain, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw))) // what cannot be undone is looked at as it is
	hay := blanks.ReplaceAllString(head+"\n"+string(raw)+"\n"+string(plain), " ")
	for _, t := range told {
		if t = strings.TrimSpace(blanks.ReplaceAllString(t, " ")); t != "" && strings.Contains(hay, t) {
			return true
		}
	}
	return false
}

// commitment finds what may be a commitment in a leaf.
var commitment = regexp.MustCompile(`"[0-9a-f]{64}"`)

// TextsIn lists the commitments in an entry to texts and names, erased ones too, in the order in which they stand there.
func (s *Store) TextsIn(ctx context.Context, e *Entry) (refs []domain.TextRef, err error) {
	var maybe []domain.TextRef
	for _, m := range commitment.FindAll(e.Leaf, -1) {
		maybe = append(maybe, domain.TextRef(bytes.Trim(m, `"`)))
	}
	known, err := s.Texts(ctx, maybe...)
	if err != nil {
		return nil, err
	}
	for _, ref := range maybe {
		if _, found := known[ref]; found {
			refs = append(refs, ref)
			delete(known, ref)
		}
	}
	return refs, nil
}

// NamesInExercises lists the commitments to the names under which exercises of a municipality gave a person roles.
func (s *Store) NamesInExercises(ctx context.Context, kommun string, person domain.PersonID) ([]domain.TextRef, error) {
	rows, err := s.pool.Query(ctx, `select name from binding where source like 'exercise/' || $1 || '/%' and person = $2 and name <> ''
		group by name order by min(source), min(number)`, kommun, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[domain.TextRef])
}

// errCounted takes back what was only to be counted.
var errCounted = errors.New("store: counted")

// EraseAgain carries every erasure of a municipality's log out once more: after texts came back with a part of an older
// backup. It gives how many rows were changed, which is none when all of it is gone; without do they are only counted.
func (s *Store) EraseAgain(ctx context.Context, kommun string, do bool) (rows int64, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		all, err := queryEntries(ctx, tx, "where stream = $1 and kind = $2 order by seq", domain.RegistryStream(kommun), domain.EvErased)
		for i := range all {
			if err == nil {
				var n int64
				n, err = eraseIn(ctx, tx, &all[i].Event)
				rows += n
			}
		}
		if err == nil && !do {
			err = errCounted
		}
		return err
	})
	if errors.Is(err, errCounted) {
		err = nil
	}
	return rows, err
}
