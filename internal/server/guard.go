package server

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

// guard stands before every handler: it refuses what another site sends in a person's name, tells browsers what a page
// may do (nothing but show itself, its style sheet and its own forms), logs each request, and turns a panic into an
// answer. The log carries ids and paths, never names.
func (s *Server) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Frågan kom från en annan webbplats och görs därför inte.", http.StatusForbidden)
	}))
	protected := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		began := time.Now()
		r, span := traced(r)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic", zap.String("path", r.URL.Path), zap.Any("panic", p), zap.Stack("stack"))
				if !seen.began {
					http.Error(seen, unknownAnswer().Message, http.StatusInternalServerError)
				}
			}
			route := routeOf(r)
			s.Metrics.request(route, seen.status, time.Since(began))
			endTrace(span, route, seen.status)
			s.log.Info("request", zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Int("status", seen.status),
				zap.Duration("took", time.Since(began)))
		}()
		protected.ServeHTTP(seen, r)
	})
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
	began  bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.began = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection's deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
