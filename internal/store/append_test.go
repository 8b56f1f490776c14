package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"arshjul/domain"
)

func TestAppendAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	events := append(d.decide(comment(1)), d.decide(comment(2))...)
	first := d.journal(events)
	before := verified(t, s, kommun)

	for name, store := range map[string]*Store{"the same process": s, "another process": again(t, url)} {
		done, err := store.Append(t.Context(), d.state.Stream, events, d.state.Head)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(done.Indexes, first) || !done.Soon {
			t.Errorf("%s: %+v, want indexes %v, and that delivery looks again", name, done, first)
		}
	}
	// A batch whose beginning is there is completed.
	more := d.decide(comment(3))
	indexes := d.journal(append(slices.Clone(events), more...))
	if want := append(slices.Clone(first), first[len(first)-1]+1); !slices.Equal(indexes, want) {
		t.Errorf("indexes %v, want %v", indexes, want)
	}
	// An old batch that arrives late, when the journal has gone on, is still the same batch.
	if done, err := s.Append(t.Context(), d.state.Stream, events, "the head of that time"); err != nil || !slices.Equal(done.Indexes, first) {
		t.Errorf("late batch: %+v, %v", done, err)
	}
	if after := verified(t, s, kommun); after.Size != before.Size+1 {
		t.Errorf("the log has %d entries, want %d", after.Size, before.Size+1)
	}
}

func TestAppendRefusesWhatContradicts(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	stream, head, end := d.state.Stream, d.state.Head, d.state.Seq
	next := d.decide(comment(1))[0]
	other := next
	other.Actor = "p-cykel"
	later := next
	later.Seq++
	entry, err := s.Entry(t.Context(), stream, 2)
	if err != nil {
		t.Fatal(err)
	}
	changed := entry.Event
	changed.At++
	foreign := next
	foreign.Stream = "cycle/9999/2029"

	for _, tt := range []struct {
		name   string
		events []domain.Event
		head   domain.Digest
		want   Conflict
		seq    uint64
	}{
		{"a gap", []domain.Event{later}, "x", ConflictGap, later.Seq},
		{"a gap inside the batch", []domain.Event{next, func() domain.Event { e := later; e.Seq++; return e }()}, "x", ConflictGap, later.Seq},
		{"before the first", []domain.Event{func() domain.Event { e := next; e.Seq = 0; return e }()}, "x", ConflictGap, 0},
		{"an event of another stream", []domain.Event{foreign}, "x", ConflictGap, next.Seq},
		{"another event in a written place", []domain.Event{changed}, head, ConflictDiffers, 2},
		{"another head", []domain.Event{other}, d.state.Head, ConflictHead, other.Seq},
		{"another head and no events", nil, d.state.Head, ConflictHead, end},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, store := range map[string]*Store{"warm": s, "cold": again(t, url)} {
				_, err := store.Append(t.Context(), stream, tt.events, tt.head)
				var conflict *ConflictError
				if !errors.As(err, &conflict) || conflict.Conflict != tt.want || conflict.Seq != tt.seq || conflict.Stream != stream {
					t.Errorf("%s: got %v, want conflict %s at %d", name, err, tt.want, tt.seq)
				}
			}
		})
	}
	if v := verified(t, s, kommun); v.Size != end {
		t.Errorf("%d entries, want %d: a refused batch was written", v.Size, end)
	}
	// Nothing is in the way of the right batch afterwards.
	if _, err := s.Append(t.Context(), stream, nil, head); err != nil {
		t.Errorf("empty batch: %v", err)
	}
	d.journal([]domain.Event{next})
}

func TestAppendEmptyBatchOfNoStream(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	stream := domain.CycleStream(kommun, 2028)
	if done, err := s.Append(t.Context(), stream, nil, domain.NewState(stream).Head); err != nil || done.Indexes != nil || done.Soon {
		t.Errorf("got %+v, %v", done, err)
	}
}

// Three streams of two processes grow one log at once, each batch sent twice at the same time.
func TestAppendAtOnceKeepsTheTreeRight(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	stores := []*Store{s, again(t, url)}
	const batches = 25
	var wg sync.WaitGroup
	for _, year := range []int{2028, 2029, 2030} {
		d := launched(t, s, year, 0)
		wg.Go(func() {
			for i := range batches {
				var events []domain.Event
				for n := range i%3 + 1 {
					events = append(events, d.decide(comment(100*i+n))...)
				}
				var both sync.WaitGroup
				got := make([][]uint64, len(stores))
				for n, store := range stores {
					both.Go(func() {
						done, err := store.Append(t.Context(), d.state.Stream, events, d.state.Head)
						if err != nil {
							t.Error(err)
						}
						got[n] = done.Indexes
					})
				}
				both.Wait()
				if !slices.Equal(got[0], got[1]) {
					t.Errorf("the two attempts got %v and %v", got[0], got[1])
				}
			}
		})
	}
	for i := range 20 {
		wg.Go(func() {
			e := domain.Event{At: at(firstDay), Actor: "p-chef", Command: fmt.Sprint(i),
				Refused: &domain.Refused{Stream: "cycle/9999/2028", Kind: domain.CmdSubmit, Code: domain.CodeNotNow}}
			if _, err := stores[i%2].AppendRefusal(t.Context(), kommun, e); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v := verified(t, s, kommun)
	if v.Streams != 4 {
		t.Errorf("%d streams, want 4", v.Streams)
	}
	root, err := s.TreeHash(t.Context(), kommun, v.Size)
	if err != nil || root != v.Root {
		t.Errorf("the stored tree's root is %v (%v), the recomputed one's %v", root, err, v.Root)
	}
}
