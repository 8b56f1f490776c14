package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"arshjul/internal/stack/stacktest"

	"github.com/jackc/pgx/v5"
)

func newSlots(t *testing.T, ownerURL string) *Slots {
	t.Helper()
	s, err := NewSlots(stacktest.AsRole(t, ownerURL, AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func take(t *testing.T, s *Slots, stream string) (release func()) {
	t.Helper()
	release, err := s.Take(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// full tells whether no place is free.
func full(t *testing.T, s *Slots, stream string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	release, err := s.Take(ctx, stream)
	if err == nil {
		release()
		return false
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return true
}

// The limit holds over two servers, is the stream's own, and places come back.
func TestSlotsLimit(t *testing.T) {
	t.Parallel()
	_, url := open(t)
	a, b := newSlots(t, url), newSlots(t, url)
	var releases []func()
	for n := range SlotsPerCycle {
		releases = append(releases, take(t, []*Slots{a, b}[n%2], "cycle/9999/2028"))
	}
	if !full(t, a, "cycle/9999/2028") || !full(t, b, "cycle/9999/2028") {
		t.Error("a ninth place")
	}
	take(t, a, "cycle/9999/2029")()

	// Whoever waits gets the place that is given back, by the own server or another.
	for n, waits := range []*Slots{a, b, a, b} {
		got := make(chan func())
		go func() {
			release, err := waits.Take(t.Context(), "cycle/9999/2028")
			if err != nil {
				t.Error(err)
			}
			got <- release
		}()
		releases[n]()
		releases[n] = <-got
	}
	for _, release := range releases {
		release()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	release, err := a.Take(ctx, "cycle/9999/2028")
	if err != nil {
		t.Fatalf("places were not given back: %v", err)
	}
	release()
}

func TestSlotsAreNeverMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	servers := []*Slots{newSlots(t, url), newSlots(t, url)}
	var inFlight, most atomic.Int64
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			for range 5 {
				release, err := servers[n%2].Take(t.Context(), "cycle/9999/2028")
				if err != nil {
					t.Error(err)
					return
				}
				now := inFlight.Add(1)
				for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
				}
				if err := s.Ping(t.Context()); err != nil { // something to do while holding the place
					t.Error(err)
				}
				inFlight.Add(-1)
				release()
			}
		})
	}
	wg.Wait()
	if m := most.Load(); m > SlotsPerCycle {
		t.Errorf("%d at once, want at most %d", m, SlotsPerCycle)
	}
}

// A server that dies gives its places back, and one whose connection breaks goes on.
func TestSlotsSurviveALostConnection(t *testing.T) {
	t.Parallel()
	_, url := open(t)
	a, b := newSlots(t, url), newSlots(t, url)
	var releases []func()
	for range SlotsPerCycle {
		releases = append(releases, take(t, a, "cycle/9999/2028"))
	}
	var killed int
	err := owner(t, url).QueryRow(t.Context(), `
		select count(pg_terminate_backend(pid, 5000)) from (select distinct pid from pg_locks where locktype = 'advisory' and objsubid = 2
			and database = (select oid from pg_database where datname = current_database())) l`).Scan(&killed)
	if err != nil || killed != 1 {
		t.Fatalf("%d sessions hold the places, want 1; %v", killed, err)
	}
	take(t, b, "cycle/9999/2028")()
	// The first attempt on a dead connection may fail; the next connects anew.
	release, err := a.Take(t.Context(), "cycle/9999/2029")
	if err != nil {
		release = take(t, a, "cycle/9999/2029")
	}
	release()
	for range SlotsPerCycle {
		take(t, a, "cycle/9999/2028")
	}
	for _, release := range releases {
		release() // of the lost connection: nothing to give back
	}
	if !full(t, b, "cycle/9999/2028") {
		t.Error("a place that was lost with its connection was given back on the next one")
	}
}

func TestSlotsWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	s, err := NewSlots("postgres:///none?host=/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take(t.Context(), "cycle/9999/2028"); err == nil || errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
