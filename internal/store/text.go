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
	salt := make([]byte, 32)
	rand.Read(salt) // never fails
	var (
		ref   domain.TextRef
		note  string
		batch pgx.Batch // is one transaction
	)
	// Two servers that get the same request at once must end up with one salt.
	batch.Queue("select pg_advisory_xact_lock($1)", lockNumber("text", stream+"\x00"+commandID+"\x00"+field))
	batch.Queue(putTextSQL, stream, commandID, field, body, Commit(salt, body), salt).QueryRow(func(row pgx.Row) error { return row.Scan(&ref, &note) })
	if err := s.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return "", err
	}
	if note != "" { // asked again, it must not come back
		return "", domain.Refuse(domain.CodeErased, "Texten i %s har sparats förut och är gallrad: %s. Det som gjordes står kvar.", field, note)
	}
	return ref, nil
}

// putTextSQL gives the commitment under which the text stands, which is the new one unless it stood there before, or what
// stands in the place of an erased one.
const putTextSQL = `
with field as (
	select commitment, body, erased_at, erased_note from text where stream = $1 and command_id = $2 and field = $3
), added as (
	insert into text (commitment, salt, body, stream, command_id, field)
	select $5, $6, $4, $1, $2, $3
	where not exists (select from field where body = $4 or erased_at is not null and erased_note <> '')
	returning commitment
)
select coalesce((select commitment from added), (select commitment from field where body = $4), ''),
	coalesce((select max(erased_note) from field where erased_at is not null), '')`

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
