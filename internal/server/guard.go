package server

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

// guard stands before every handler: it refuses what another site sends in a person's name, tells browsers what a page
// may do (nothing but show itself, run our one script and send our own forms), logs each request, and turns a panic into
// an answer. The log carries ids and patterns, never names, secrets or what somebody typed.
func guard(c Config, next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Frågan kom från en annan webbplats och görs därför inte. Öppna årshjul i en egen flik och gör det där.", http.StatusForbidden)
	}))
	protected := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'")
		if c.Login != nil { // reached by https
			h.Set("Strict-Transport-Security", "max-age=63072000")
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		began := time.Now()
		r, span := traced(r)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if p := recover(); p != nil {
				c.Log.Error("panic", zap.String("route", routeOf(r)), zap.Any("panic", p), zap.Stack("stack"))
				if !seen.began {
					http.Error(seen, unknownAnswer().Message, http.StatusInternalServerError)
				}
			}
			route := routeOf(r)
			if route != followRoute { // it goes on for minutes
				c.Metrics.request(route, seen.status, time.Since(began))
			}
			endTrace(span, route, seen.status)
			c.Log.Info("request", zap.String("route", route), zap.String("path", pathOf(r, route)), zap.Int("status", seen.status),
				zap.Duration("took", time.Since(began)))
		}()
		protected.ServeHTTP(seen, r)
	})
}

// pathOf is the path as it may stand in a log: a calendar's is a secret.
func pathOf(r *http.Request, route string) string {
	if route == feedRoute || route == "none" {
		return ""
	}
	return r.URL.Path
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
