package server

import (
	"context"
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
	// URL is where browsers reach the server, such as https://arshjul.exempel.se; it answers to no other host. Without Login it
	// is "", and this machine's own names are answered, except among several ([NewHosts]), where it names this machine.
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
	*process
	log    *zap.Logger
	http   *http.Server // nil = another answers for it (Hosts)
	routes *router
	limits *limits // nil = none
	// What anybody may send, by address and in all.
	reports, reportsInAll *buckets
	standings             standings
	together              *together
}

// process is what all servers of one process have in common: what bounds its memory, and what is known of who asks before
// anybody knows which municipality it is about.
type process struct {
	uploads chan struct{}
	front   *buckets // what is asked by nobody in particular, by address
	tail    *tail
	wheels  wheelTexts
}

func newProcess(c Config) *process {
	return &process{uploads: make(chan struct{}, mostUploads), front: newBuckets(10, 300), tail: newTail(c.Store, c.Log)}
}

// New makes a server that has its process to itself. Nothing is opened yet.
func New(c Config) (*Server, error) {
	s := newServer(c, newProcess(c))
	var err error
	s.http, err = s.process.listening(s.Handler(), c.Log)
	return s, err
}

func newServer(c Config, p *process) *Server {
	s := &Server{Config: c, process: p, log: c.Log}
	s.together = &together{s: s, all: map[string]*queue{}}
	s.reports, s.reportsInAll = newReportLimits()
	if c.Login != nil {
		s.limits = newLimits(c.BehindProxy, p.front)
	}
	return s
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
	return guard(s.Config, s.onlyOwnHost(s.routes.mux))
}

// Serve answers on l until ctx ends, and then lets what is under way finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return serve(ctx, s.http, l) }

// now is the wall clock; a stream's own clock follows from it (domain.State.Clock).
func now() domain.Instant { return domain.InstantOf(time.Now()) }
