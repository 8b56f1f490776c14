package server

import (
	"context"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func (s *Server) about(http.ResponseWriter, *http.Request, domain.PersonID) (any, error) {
	a := api.About{Version: s.Version, Kommun: s.Kommun, Login: "dev"}
	for _, b := range domain.Books() {
		a.Rules = append(a.Rules, b.Version)
	}
	return a, nil
}

// health answers whether what the server stands on answers. It says what is wrong in plain, and no more than that to
// who is not logged in.
func (s *Server) health(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	h := api.Health{Status: "ok", Postgres: "ok", Temporal: "ok"}
	if err := s.Store.Ping(ctx); err != nil {
		s.log.Warn("postgres does not answer", zap.Error(err))
		h.Status, h.Postgres = "fel", "svarar inte"
	}
	if _, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		s.log.Warn("temporal does not answer", zap.Error(err))
		h.Status, h.Temporal = "fel", "svarar inte"
	}
	if h.Status != "ok" {
		writeJSON(w, http.StatusServiceUnavailable, h)
		return nil, nil
	}
	return h, nil
}
