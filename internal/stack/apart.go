package stack

import (
	"context"
	"errors"

	"google.golang.org/grpc"
)

// TemporalService is the child of one of Temporal's services (frontend, history, matching, worker) in a stack with
// Config.TemporalApart; nil in any other.
func (s *Stack) TemporalService(service string) *Child { return s.child("temporal-" + service) }

// startTemporalApart starts each of Temporal's services as a process of its own, and returns when the frontend reaches the
// others. They find one another through the database, as in a cluster of machines.
func (s *Stack) startTemporalApart(ctx context.Context, ports map[string]servicePorts, frontend *grpc.ClientConn) (err error) {
	began := len(s.children)
	defer func() {
		if err == nil {
			return
		}
		s.mu.Lock()
		started := s.children[began:]
		s.children = s.children[:began]
		s.mu.Unlock()
		for _, c := range started {
			err = errors.Join(err, c.Halt(context.WithoutCancel(ctx), Kill))
		}
	}()
	// The system worker has no health of its own: it is ready when it runs, and waits for the frontend by itself.
	for _, service := range []struct{ name, health string }{{"history", "HistoryService"}, {"matching", "MatchingService"}, {"frontend", "WorkflowService"}, {"worker", ""}} {
		c := s.temporalChild("temporal-"+service.name, service.name)
		if service.health != "" {
			address := loopback(ports[service.name].GRPC)
			c.ready = func(ctx context.Context) error { return servesAt(ctx, address, service.health) }
		}
		if err := s.add(ctx, c); err != nil {
			return err
		}
	}
	return s.TemporalService("frontend").poll(ctx, nil, func(ctx context.Context) error { return temporalServes(ctx, frontend) })
}

// servesAt is serves on a connection of its own: a service that is down for long is asked seldom.
func servesAt(ctx context.Context, address, service string) (err error) {
	conn, err := dialTemporal(address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return serves(ctx, conn, service)
}
