package server

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// kindUpload stands for an upload in the entry of its refusal; it is no command of a stream.
const kindUpload domain.CommandKind = "upload"

// drained is how much of a file that is too large is read and thrown away, in bytes, so that who sends it gets the
// answer and not a broken connection.
const drained = 8 * domain.MaxFile

// upload keeps a document's bytes.
func (s *Server) upload(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	query := r.URL.Query()
	file, err := s.keepFile(r.Context(), r.Body, r.ContentLength, query.Get("name"), r.Header.Get("Content-Type"), domain.Digest(query.Get("sha256")))
	if err != nil {
		_, _ = io.CopyN(io.Discard, r.Body, drained) // whatever is left; its end is no fault
		return nil, s.refused(r.Context(), domain.RegistryStream(s.Kommun), domain.Command{Actor: person, Kind: kindUpload}, err)
	}
	return file, nil
}

// mostUploads is how many documents one process takes in at once: each is held in memory until its hash is known.
const mostUploads = 8

// keepFile stores what it reads, which it does no further than the limit. announced is the size that the sender says, or
// less than 0.
func (s *Server) keepFile(ctx context.Context, body io.Reader, announced int64, name, mediaType string, declared domain.Digest) (api.File, error) {
	if declared != "" && !declared.Valid() {
		return api.File{}, domain.Refuse(domain.CodeBadCommand, "sha256 ska vara 64 tecken, 0–9 och a–f.")
	}
	if err := domain.CheckUpload(announced, "", ""); err != nil {
		return api.File{}, err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return api.File{}, ctx.Err()
	}
	bytes, err := io.ReadAll(io.LimitReader(body, domain.MaxFile+1))
	if err != nil {
		return api.File{}, domain.Refuse(domain.CodeBadCommand, "Filen kom inte fram hel. Skicka den igen.")
	}
	if err := domain.CheckUpload(int64(len(bytes)), declared, domain.DigestOf(bytes)); err != nil {
		return api.File{}, err
	}
	hash, err := s.Store.PutFile(ctx, name, mediaType, bytes)
	return api.File{SHA256: hash, Size: int64(len(bytes))}, err
}

// download sends a document's bytes. They are for saving, never for the browser to show: what somebody uploaded must
// not run as a page of ours.
func (s *Server) download(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	file, err := s.Store.GetFile(r.Context(), domain.Digest(r.PathValue("sha256")))
	if errors.Is(err, store.ErrNoFile) {
		return nil, domain.Refuse(domain.CodeNotFound, "Det finns ingen fil med den kontrollsumman här.")
	}
	if err != nil {
		return nil, err
	}
	if file.Erased != "" {
		return nil, domain.Refuse(domain.CodeErased, "Filen finns inte längre: %s.", file.Erased)
	}
	if file.Name == "" {
		file.Name = string(file.SHA256)
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("Cache-Control", "private, immutable, max-age=31536000")
	_, _ = w.Write(file.Bytes) // who asked may be gone
	return nil, nil
}

// leafHash is the hash of an entry in the log's tree (RFC 6962).
func leafHash(leaf []byte) domain.Digest {
	h := tlog.RecordHash(leaf)
	return domain.Digest(hex.EncodeToString(h[:]))
}
