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

// health answers whether what the server stands on answers too.
func (s *Server) health(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		return nil, s.unwell("Postgres", err)
	}
	if _, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return nil, s.unwell("Temporal", err)
	}
	return api.Health{Status: "ok"}, nil
}

func (s *Server) unwell(what string, err error) error {
	s.log.Warn("not well", zap.String("what", what), zap.Error(err))
	p := api.ProblemOf(domain.Refuse(domain.CodeUnavailable, "Servern når inte %s. Kontrollera att det kör, och se serverns logg.", what), "")
	p.Status = http.StatusServiceUnavailable
	return p
}
