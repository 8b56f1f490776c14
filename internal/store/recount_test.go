package store

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Rows that an older release wrote in another way are found, computed anew, and right from then on; what is right is left.
func TestRowsAreComputedAnew(t *testing.T) {
	t.Parallel()
	s, owner := open(t)
	founded(t, s)
	stream := launched(t, s, 2028, 0).state.Stream
	recount := func() []ShownDifference {
		t.Helper()
		r, err := s.Recount(t.Context(), stream)
		if err != nil || r.State.Seq == 0 || r.Broken != 0 || r.Newer || len(r.Heads) != len(r.Leaves) || r.Heads[len(r.Heads)-1] != r.State.Head {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Shown
	}
	reproject := func() int {
		t.Helper()
		n, err := s.Reproject(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if shown, n := recount(), reproject(); len(shown) != 0 || n != 0 {
		t.Errorf("at first %+v differ, and %d rows are written", shown, n)
	}
	c, err := pgx.Connect(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "update step set plan_rule = 'på ett annat sätt' where stream = $1 and place < 2", stream); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "insert into step select (jsonb_populate_record(s, '{\"id\": \"planted\"}')).* from step s where stream = $1 and place = 0", stream); err != nil {
		t.Fatal(err)
	}
	shown := recount()
	if len(shown) != 1 || shown[0].Table != "step" || len(shown[0].Rows) != 3 || !slices.Contains(shown[0].Rows, "planted") {
		t.Errorf("%+v differ", shown)
	}
	if n := reproject(); n != 3 {
		t.Errorf("%d rows were written", n)
	}
	if shown, n := recount(), reproject(); len(shown) != 0 || n != 0 {
		t.Errorf("afterwards %+v differ, and %d rows are written", shown, n)
	}
	verified(t, s, "9999")
	if of, err := s.StreamsOf(t.Context(), "9999"); err != nil || !slices.Equal(of, []string{stream, "registry/9999"}) {
		t.Errorf("streams %v, %v", of, err)
	}
	if kommuns, err := s.Municipalities(t.Context()); err != nil || !slices.Equal(kommuns, []string{"9999"}) {
		t.Errorf("municipalities %v, %v", kommuns, err)
	}
	if n, err := s.Reproject(t.Context(), "cycle/9999/1999"); n != 0 || err != nil {
		t.Errorf("of no stream: %d, %v", n, err)
	}
}
