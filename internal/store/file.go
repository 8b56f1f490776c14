package store

import (
	"context"
	"errors"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// File is a document's bytes and how they were sent.
type File struct {
	SHA256    domain.Digest
	Size      int64 // bytes
	MediaType string
	Name      string
	Bytes     []byte // nil from FileInfo, and when erased
	Erased    string // what stands where the document was; "" = it is there
}

// ErrNoFile means that nothing with that hash was ever kept.
var ErrNoFile = errors.New("store: no such file")

// PutFile keeps a document and gives its hash. Bytes that are there already are kept once, under the name they first
// came with. domain.CheckUpload judges the size before.
func (s *Store) PutFile(ctx context.Context, name, mediaType string, b []byte) (domain.Digest, error) {
	hash := domain.DigestOf(b)
	if b == nil {
		b = []byte{}
	}
	_, err := s.pool.Exec(ctx, `
		insert into file (sha256, size, media_type, name, bytes) values ($1, $2, $3, $4, $5)
		on conflict do nothing`, hash, len(b), clean(mediaType), clean(name), b)
	if err != nil {
		return "", err
	}
	f, err := s.FileInfo(ctx, hash)
	if err == nil && f.Erased != "" {
		err = domain.Refuse(domain.CodeErased, "Samma fil har funnits här och är gallrad: %s. Den går inte att lämna in igen.", f.Erased)
	}
	return hash, err
}

// GetFile gives a document with its bytes, or ErrNoFile.
func (s *Store) GetFile(ctx context.Context, hash domain.Digest) (File, error) {
	return s.file(ctx, hash, "bytes")
}

// FileInfo gives a document without its bytes, or ErrNoFile.
func (s *Store) FileInfo(ctx context.Context, hash domain.Digest) (File, error) {
	return s.file(ctx, hash, "null")
}

func (s *Store) file(ctx context.Context, hash domain.Digest, bytes string) (File, error) {
	var f File
	err := s.pool.QueryRow(ctx, "select sha256, size, media_type, name, "+bytes+"::bytea, erased_note from file where sha256 = $1", hash).
		Scan(&f.SHA256, &f.Size, &f.MediaType, &f.Name, &f.Bytes, &f.Erased)
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, ErrNoFile
	}
	return f, err
}
