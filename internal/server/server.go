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
	"arshjul/internal/login"
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
	// Login is the municipality's log-in service. Without one, anybody on this machine may be anyone (--dev-login): such a
	// server is to listen on the loopback address alone.
	Login *login.Provider
	// URL is where browsers reach the server, such as https://arshjul.exempel.se; it answers to no other host. Only with Login.
	URL string
	// TemporalUI is where Temporal's own pages of the namespace are, such as https://temporal.exempel.se/namespaces/default; "" = nowhere.
	TemporalUI  string
	BehindProxy bool    // who asks stands last in X-Forwarded-For
	Groups      []Group // which roles the log-in service's groups propose
	Log         *zap.Logger
	Metrics     *Metrics // nil = nothing is counted
	// SignerKeys is the file of the signer's public keys, which go with evidence packs; "" = none do.
	SignerKeys string
	// Patience is added to how long whoever asks is kept waiting for an answer and for the journal: none in service, a minute
	// where a machine does so much else that the ordinary limits say more about it than about the server, as in tests.
	Patience time.Duration
}

// Server is the one door to a municipality's cycles and registry.
type Server struct {
	Config
	log    *zap.Logger
	http   *http.Server
	routes *router
	limits *limits // nil = none
	// What anybody may send, by address and in all.
	reports, reportsInAll *buckets
	uploads               chan struct{}
	standings             standings
	tail                  *tail
	together              *together
	wheels                wheelTexts
}

// New makes a server. Nothing is opened yet.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, log: c.Log, uploads: make(chan struct{}, mostUploads)}
	s.tail = newTail(s)
	s.together = &together{s: s, all: map[string]*queue{}}
	s.reports, s.reportsInAll = newReportLimits()
	if c.Login != nil {
		s.limits = newLimits(c.BehindProxy)
	}
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
	s.http.RegisterOnShutdown(s.tail.close) // open pages would hold it up
	return s, nil
}

// Handler is everything the server answers: the API under /api/v1 and the pages.
func (s *Server) Handler() http.Handler {
	s.routes = &router{s: s, mux: http.NewServeMux()}
	for _, op := range s.operations() {
		s.routes.handle(op.method+" "+op.path, op.thing, s.serve(op))
	}
	s.pages(s.routes)
	s.loginPages(s.routes)
	s.routes.handle("/api/", domain.ThingPlain, s.notFoundAPI)
	return s.guard(s.onlyOwnHost(s.routes.mux))
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
