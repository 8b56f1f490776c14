package store

import (
	"slices"
	"testing"
)

func TestKnown(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 0)
	done := d.do(comment(1))[0].Command
	other := d.do(comment(2))[0].Command
	known, err := s.Known(t.Context(), d.state.Stream, []string{"never", other, "", done})
	if err != nil || !slices.Equal(known, []string{other, done}) {
		t.Errorf("known: %q, %v", known, err)
	}
	if known, err := s.Known(t.Context(), "cycle/9999/2030", []string{done}); err != nil || len(known) > 0 {
		t.Errorf("in another stream: %q, %v", known, err)
	}
}
