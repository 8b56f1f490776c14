package store

import (
	"errors"
	"testing"

	"arshjul/domain"
)

// A page that knows how far the journal goes does not ask for it again, and never sees an older state.
func TestViewAt(t *testing.T) {
	t.Parallel()
	s, owner := open(t)
	d := launched(t, s, 2028, 0)
	stream := d.state.Stream
	other := again(t, owner) // as another process
	view := func(seq uint64) (at uint64, queries int64) {
		ctx, n := CountQueries(t.Context())
		if err := other.ViewAt(ctx, stream, seq, func(st *domain.State) error { at = st.Seq; return nil }); err != nil {
			t.Fatal(err)
		}
		return at, n.Load()
	}
	first := d.state.Seq
	if at, queries := view(first); at != first || queries == 0 {
		t.Errorf("the first look: entry %d with %d queries", at, queries)
	}
	if at, queries := view(first); at != first || queries != 0 {
		t.Errorf("the second look: entry %d with %d queries", at, queries)
	}
	d.do(comment(1))
	if at, queries := view(d.state.Seq); at != d.state.Seq || at <= first || queries == 0 {
		t.Errorf("after a comment: entry %d with %d queries, want %d", at, queries, d.state.Seq)
	}
	stop := errors.New("stop")
	if err := other.ViewAt(t.Context(), stream, 0, func(*domain.State) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error: %v", err)
	}
}

func TestOpenLeavesOutWhatHasEnded(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	launched(t, s, 2028, 1)
	real := launched(t, s, 2028, 0)
	list, err := s.Open(t.Context(), kommun)
	if err != nil || len(list) != 2 || list[0].Stream != real.state.Stream || list[1].Exercise != 1 {
		t.Errorf("open: %+v, %v", list, err)
	}
	real.do(domain.Command{Kind: domain.CmdCancel, Actor: "p-cykel", Text: domain.TextRef(domain.DigestOf([]byte("slut")))})
	if list, err = s.Open(t.Context(), kommun); err != nil || len(list) != 1 || list[0].Exercise != 1 {
		t.Errorf("after one was cancelled: %+v, %v", list, err)
	}
}
