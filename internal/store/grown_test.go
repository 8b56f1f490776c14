package store

import (
	"testing"

	"arshjul/domain"
)

// What is tried on a cycle of many events, as a preview does, is judged as the cycle itself judges it, by who has followed it
// from its beginning and by who has just begun to look.
func TestACycleOfManyEventsIsNotFull(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := launched(t, s, 2028, 0)
	written := 0
	for n := 0; written < 2<<20; n++ { // more than a state may hold
		var events []domain.Event
		for i := range 200 {
			d.now += 1000
			events = append(events, d.decide(comment(200*n+i))...)
		}
		for i := range events {
			written += len(events[i].Encode())
		}
		d.journal(events)
		d.state.HandOver()
	}
	for name, store := range map[string]*Store{"followed": s, "looks for the first time": again(t, url)} {
		err := store.View(t.Context(), d.state.Stream, func(st *domain.State) error {
			c := comment(0)
			c.ID = "tried"
			_, err := domain.Decide(st, c, d.now)
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
