package server

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// proofPath is where the receipt file of an entry is fetched.
func proofPath(log string, index uint64) string {
	return "/bevis?" + url.Values{"log": {log}, "index": {fmt.Sprint(index)}}.Encode()
}

// proofLink is proofPath of what a page may not know yet.
func proofLink(log string, index *uint64) string {
	if index == nil {
		return ""
	}
	return proofPath(log, *index)
}

// signed tells whether an entry is covered by a checkpoint, so that there is a receipt file to fetch.
func (s *Server) signed(ctx context.Context, log string, index uint64) (bool, error) {
	c, err := s.Store.LastCheckpoint(ctx, log)
	if errors.Is(err, store.ErrNoCheckpoint) {
		return false, nil
	}
	return err == nil && index < c.Size, err
}

// howSigned tells how far a log is signed; nil when no signer has seen it.
func (s *Server) howSigned(ctx context.Context, log string) (*api.Signed, error) {
	c, err := s.Store.LastCheckpoint(ctx, log)
	if errors.Is(err, store.ErrNoCheckpoint) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	waiting, _, err := s.Store.Unsigned(ctx, log)
	return &api.Signed{Size: c.Size, At: domain.InstantOf(c.At), Epoch: c.Epoch, Waiting: waiting}, err
}

// proof answers an entry's receipt file (c2sp.org/tlog-proof@v1), with the entry in it: it is checked without us.
func (s *Server) proof(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	log := r.URL.Query().Get("log")
	if log == "" {
		log = s.Kommun
	}
	if log != s.Kommun && !strings.HasPrefix(log, "exercise/"+s.Kommun+"/") {
		return nil, domain.Refuse(domain.CodeUnknownStream, "Det finns ingen logg som heter %q här.", log)
	}
	index, err := number(r, "index", 0)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Store.ReceiptOf(r.Context(), log, index)
	switch {
	case errors.Is(err, store.ErrNoEntry):
		return nil, domain.Refuse(domain.CodeNotFound, "Loggen %s har ingen post %d.", log, index)
	case errors.Is(err, store.ErrNoCheckpoint):
		return nil, domain.Refuse(domain.CodeNotFound, "Post %d är inskriven i journalen, men journalen är inte underskriven så långt än. Det sker oftast inom en minut. Försök igen då.", index)
	case err != nil:
		return nil, err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("kvitto-%s-%d.tlog-proof", strings.ReplaceAll(log, "/", "-"), index)}))
	h.Set("Cache-Control", "no-store") // the next one is under a newer checkpoint
	_, _ = w.Write(receipt.Encode())   // who asked may be gone
	return nil, nil
}

// proofFile is proof for a browser, which is told on a page when there is none yet.
func (s *Server) proofFile(w http.ResponseWriter, r *http.Request) {
	person := s.personOf(r)
	if _, err := s.proof(w, r, person); err != nil {
		s.faultPage(w, r, &page{Person: person}, err)
	}
}
