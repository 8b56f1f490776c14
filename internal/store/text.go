package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// Text is a text as it can be read today.
type Text struct {
	Body   string
	Erased bool   // the text was there and has been erased
	Note   string // erased: what stands there instead
}

// Readable is what people read: the text, or what stands where it was.
func (t Text) Readable() string {
	switch {
	case !t.Erased:
		return t.Body
	case t.Note == "":
		return "[gallrat]"
	}
	return t.Note
}

// PutText keeps a text or name outside the log and gives the commitment that commands carry instead. field tells the
// texts of one command apart: "text", "fields/ram", "name".
//
// The same text under the same (stream, commandID, field) always gives the same commitment, so that a repeated request
// is the same command; another text, or the same under another id, gives another. A text that Postgres cannot hold is
// refused with bad_command.
func (s *Store) PutText(ctx context.Context, stream, commandID, field, body string) (domain.TextRef, error) {
	if !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
		return "", domain.Refuse(domain.CodeBadCommand, "Texten i %s innehåller tecken som inte går att spara. Skriv den som vanlig text.", field)
	}
	var ref domain.TextRef
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Two servers that get the same request at once must end up with one salt.
		if err := lock(ctx, tx, "text", stream+"\x00"+commandID+"\x00"+field); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select commitment from text
			where stream = $1 and command_id = $2 and field = $3 and body = $4`, stream, commandID, field, body)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[domain.TextRef])
		if err != nil {
			return err
		}
		var note string
		err = tx.QueryRow(ctx, `select coalesce(max(erased_note), '') from text
			where stream = $1 and command_id = $2 and field = $3 and erased_at is not null`, stream, commandID, field).Scan(&note)
		if err == nil && note != "" { // asked again, it must not come back
			err = domain.Refuse(domain.CodeErased, "Texten i %s har sparats förut och är gallrad: %s. Det som gjordes står kvar.", field, note)
		}
		if err != nil {
			return err
		}
		if len(found) > 0 {
			ref = found[0]
			return nil
		}
		salt := make([]byte, 32)
		rand.Read(salt) // never fails
		ref = Commit(salt, body)
		_, err = tx.Exec(ctx, `
			insert into text (commitment, salt, body, stream, command_id, field) values ($1, $2, $3, $4, $5, $6)`,
			ref, salt, body, stream, commandID, field)
		return err
	})
	if err != nil {
		return "", err
	}
	return ref, nil
}

// Commit computes the commitment to a text: SHA-256 of the salt followed by the text, in hex.
func Commit(salt []byte, body string) domain.TextRef {
	sum := sha256.Sum256(append(salt[:len(salt):len(salt)], body...))
	return domain.TextRef(hex.EncodeToString(sum[:]))
}

// Texts gives the texts behind commitments. One that the store never held is missing from the answer.
func (s *Store) Texts(ctx context.Context, refs ...domain.TextRef) (map[domain.TextRef]Text, error) {
	rows, err := s.pool.Query(ctx, "select commitment, coalesce(body, ''), erased_at is not null, erased_note from text where commitment = any($1)", refs)
	if err != nil {
		return nil, err
	}
	texts := make(map[domain.TextRef]Text, len(refs))
	var (
		ref domain.TextRef
		t   Text
	)
	_, err = pgx.ForEachRow(rows, []any{&ref, &t.Body, &t.Erased, &t.Note}, func() error {
		texts[ref] = t
		return nil
	})
	return texts, err
}

// TextsAt picks of the commitments those to texts that came to a municipality's own streams.
func (s *Store) TextsAt(ctx context.Context, kommun string, refs []domain.TextRef) ([]domain.TextRef, error) {
	rows, err := s.pool.Query(ctx, "select commitment from text where commitment = any($1) and split_part(stream, '/', 2) = $2", refs, kommun)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[domain.TextRef])
}
