package server

import (
	"mime"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/export"
	"arshjul/internal/pack"
)

// packTime is how long the sending of a pack may take: all its files go with it, over a line that may be slow.
const packTime = time.Hour

// pack sends the evidence pack of a cycle or an exercise. It is gathered before the first byte is sent, but for files and
// histories, which are read one by one; should one of those fail the connection is broken, so that nobody takes half a pack
// for a whole.
func (s *Server) pack(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	c, err := s.theCycle(r.Context(), stream(r))
	if err != nil {
		return nil, err
	}
	src, err := export.Exporter{Store: s.Store, Temporal: s.Temporal, Program: s.Version, Keys: s.SignerKeys}.Gather(r.Context(), c.Stream)
	if err != nil {
		return nil, err
	}
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(packTime)); err != nil {
		s.log.Debug("the time for sending a pack is not prolonged", zap.Error(err)) // a test's recorder has none
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "bevispaket-" + strings.ReplaceAll(c.Stream, "/", "-") + ".zip"}))
	h.Set("Cache-Control", "no-store")
	if err := pack.Write(w, src); err != nil {
		s.log.Error("a pack was not sent whole", zap.String("stream", c.Stream), zap.Error(err))
		panic(http.ErrAbortHandler)
	}
	return nil, nil
}

// packFile is pack for a browser, which is told on a page why there is none.
func (s *Server) packFile(w http.ResponseWriter, r *http.Request) {
	person := s.personOf(r)
	if _, err := s.pack(w, r, person); err != nil {
		s.faultPage(w, r, &page{Person: person}, err)
	}
}
