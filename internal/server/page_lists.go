package server

import (
	"net/http"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

func (s *Server) cyclesPage(r *http.Request, p *page) (string, error) {
	cycles, err := s.listCycles(r.Context())
	p.Title, p.Menu, p.Body = "Cykler och övningar", "cykler", cycles
	return "cykler", err
}

func (s *Server) journalPage(r *http.Request, p *page) (string, error) {
	answer, err := s.journal(nil, r, p.Person)
	if err != nil {
		return "", err
	}
	entries := answer.(api.Entries) // what journal answers
	logs, err := s.Store.Logs(r.Context())
	if err != nil {
		return "", err
	}
	type logRow struct {
		store.Log
		Title string
	}
	body := struct {
		names
		Page      api.Entries
		Logs      []logRow
		Signed    *api.Signed // how far the log is signed; nil = no signer has seen it
		HasBefore bool
		Before    uint64
	}{Page: entries}
	if body.Signed, err = s.howSigned(r.Context(), entries.Log); err != nil {
		return "", err
	}
	source := domain.RegistryStream(s.Kommun)
	for _, l := range logs {
		title := "Kommunens logg"
		if strings.HasPrefix(l.ID, "exercise/") {
			title = "ÖVNING " + strings.TrimPrefix(l.ID, "exercise/")
		}
		body.Logs = append(body.Logs, logRow{l, title})
	}
	if strings.HasPrefix(entries.Log, "exercise/") {
		source, p.Exercise = entries.Log, true
	}
	if body.names, err = s.names(r.Context(), source); err != nil {
		return "", err
	}
	if from, err := number(r, "from", 0); err == nil && from > 0 {
		body.HasBefore, body.Before = true, from-min(from, usualPage)
	}
	p.Title, p.Menu, p.Body = "Journal", "journal", body
	return "journal", nil
}
