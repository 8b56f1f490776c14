package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// SlotsPerCycle is how many commands of one stream may be on their way to Temporal at once, over all servers. Measured,
// 12 clients get 91 commands/s through; 32 unbounded ones run into Temporal's limit of 10 and fall to 35/s.
const SlotsPerCycle = 8

// Slots hands out the places for commands on their way. A place is a session lock in Postgres, so all servers share
// them and a server that dies gives its own back. Losing the database's connection gives them back too early, which
// costs speed and nothing else.
type Slots struct {
	cfg *pgx.ConnConfig

	mu    sync.Mutex
	conn  *pgx.Conn        // holds all of this process' locks; nil until needed and after a fault
	held  map[string][]int // by stream: the places this process has on conn
	freed chan struct{}    // closed, and replaced, whenever this process gives a place back
	epoch int              // counts connections, so that a place taken on a lost one is not given back on the next
}

// NewSlots prepares for taking places; it connects when the first is asked for. url is that of [Open]. The connection
// must lead to Postgres itself: a pooler that shares sessions would lose the locks.
func NewSlots(url string) (*Slots, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: slots: %w", err)
	}
	for name, value := range sessionSettings {
		cfg.RuntimeParams[name] = value
	}
	return &Slots{cfg: cfg, held: map[string][]int{}, freed: make(chan struct{})}, nil
}

// Close gives every place back.
func (s *Slots) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop()
}

// Take waits for a place among the stream's and returns the function that gives it back, which must be called once. It
// returns ctx's error when ctx ends first.
func (s *Slots) Take(ctx context.Context, stream string) (release func(), err error) {
	const fastest, slowest = 5 * time.Millisecond, 40 * time.Millisecond
	for pause := fastest; ; pause = min(2*pause, slowest) {
		release, freed, err := s.try(ctx, stream)
		if release != nil || err != nil {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-freed: // by this process
			pause = fastest
		case <-time.After(pause): // perhaps by another
		}
	}
}

// try takes a place if one is free; otherwise release is nil and freed is closed when this process gives one back.
func (s *Slots) try(ctx context.Context, stream string) (release func(), freed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	// A session may take a lock that it has, so our own places are left out of the question.
	free := make([]int, 0, SlotsPerCycle)
	for n := range SlotsPerCycle {
		if !slices.Contains(s.held[stream], n) {
			free = append(free, n)
		}
	}
	if len(free) == 0 {
		return nil, s.freed, nil
	}
	var n int
	err = s.on(ctx, func(ctx context.Context) error {
		return s.conn.QueryRow(ctx, "select n from unnest($2::int[]) n where pg_try_advisory_lock($1, n) limit 1", slotClass(stream), free).Scan(&n)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, s.freed, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("store: slots: %w", err)
	}
	s.held[stream] = append(s.held[stream], n)
	epoch := s.epoch
	return func() { s.release(stream, n, epoch) }, nil, nil
}

func (s *Slots) release(stream string, n, epoch int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch != s.epoch || s.conn == nil {
		return // the connection that held it is gone, and the lock with it
	}
	err := s.on(context.Background(), func(ctx context.Context) error {
		_, err := s.conn.Exec(ctx, "select pg_advisory_unlock($1, $2)", slotClass(stream), n)
		return err
	})
	if err != nil {
		return // on has dropped the connection: every lock is given back
	}
	s.held[stream] = slices.DeleteFunc(s.held[stream], func(h int) bool { return h == n })
	if len(s.held[stream]) == 0 {
		delete(s.held, stream)
	}
	s.wake()
}

// on runs f with a connection. A query that is cut off closes its connection, and so gives back everybody's places;
// therefore f has a time limit of its own and does not end with the caller's ctx.
func (s *Slots) on(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if s.conn == nil {
		conn, err := pgx.ConnectConfig(ctx, s.cfg)
		if err != nil {
			return err
		}
		s.conn = conn
		s.epoch++
	}
	err := f(ctx)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		err = errors.Join(err, s.drop())
	}
	return err
}

// drop closes the connection and forgets the places that were held on it.
func (s *Slots) drop() error {
	if s.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.conn.Close(ctx)
	s.conn = nil
	clear(s.held)
	s.wake()
	return err
}

func (s *Slots) wake() {
	close(s.freed)
	s.freed = make(chan struct{})
}

// slotClass numbers a stream. Two streams with the same number share their places.
func slotClass(stream string) int32 {
	h := fnv.New32a()
	h.Write([]byte(stream)) // never fails
	return int32(h.Sum32())
}
