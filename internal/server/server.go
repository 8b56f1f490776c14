package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// Config is what a server stands on.
type Config struct {
	Store    *store.Store
	Slots    *store.Slots
	Temporal client.Client
	Kommun   string          // the municipality it serves: four-digit kommunkod
	Wheel    *wheelfile.File // what a cycle is launched by when no other wheel is uploaded
	Version  string          // of the program
	Log      *zap.Logger
	Metrics  *Metrics // nil = nothing is counted
}

// Server is the one door to a municipality's cycles and registry.
type Server struct {
	Config
	log  *zap.Logger
	http *http.Server
}

// New makes a server. Nothing is opened yet.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, log: c.Log}
	errorLog, err := zap.NewStdLogAt(c.Log, zap.WarnLevel)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		// A file of 25 MB over a slow line takes a while.
		ReadTimeout:    2 * time.Minute,
		WriteTimeout:   2 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		ErrorLog:       errorLog,
	}
	return s, nil
}

// Handler is everything the server answers: the API under /api/v1 and the pages.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	operations := s.operations()
	for _, op := range operations {
		mux.Handle(op.method+" "+op.path, s.serve(op))
	}
	s.pages(mux)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, s.problemOf(r, domain.Refuse(domain.CodeNotFound, "Det finns ingen sådan adress i API:et. De som finns står i /api/v1/openapi.json.")))
	})
	return s.guard(onlyLocal(mux))
}

// Serve answers on l until ctx ends, and then lets what is under way finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err := s.http.Shutdown(last)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// now is the wall clock; a stream's own clock follows from it (domain.State.Clock).
func now() domain.Instant { return domain.InstantOf(time.Now()) }
