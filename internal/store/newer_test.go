package store

import (
	"errors"
	"testing"

	"arshjul/domain"
)

// A process of an older release, left running, neither shows nor writes nor judges a stream that went on under rules or a
// form of state that it does not have. What it does have, it goes on showing.
func TestAnOlderReleaseShowsNothingNewer(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]func(*domain.Event){
		"rules": func(e *domain.Event) { e.Rules++ },
		"form":  func(e *domain.Event) { e.Schema++ },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := open(t)
			d, other := launched(t, s, 2028, 0), launched(t, s, 2029, 0)
			stream := d.state.Stream
			adopted := domain.AdoptRules(d.state, domain.CurrentRules)
			adopt(&adopted)
			newer := func(what string, err error) {
				t.Helper()
				var n *NewerError
				if !errors.As(err, &n) || n.Stream != stream || n.Seq != adopted.Seq {
					t.Errorf("%s: %v", what, err)
				}
			}
			_, err := s.Append(t.Context(), stream, []domain.Event{adopted}, "")
			newer("write it", err)
			look := func(stream string) error {
				return s.View(t.Context(), stream, func(*domain.State) error { return nil })
			}
			if err := look(stream); err != nil {
				t.Errorf("nothing newer was written, and: %v", err)
			}

			// As the newer release writes it.
			exec(t, owner(t, url), `insert into entry (log, idx, stream, seq, leaf, kind, actor, command_id, body, step, at)
				select $1, max(idx) + 1, $2, $3, $4, $5, '', '', '', '', $6 from entry where log = $1`,
				kommun, stream, adopted.Seq, adopted.Encode(), adopted.Kind, adopted.At.Time())
			newer("look at it", look(stream))
			newer("look at it in another process", again(t, url).View(t.Context(), stream, func(*domain.State) error { return nil }))
			_, err = s.VerifyLog(t.Context(), kommun)
			newer("verify the log", err)
			if err := look(other.state.Stream); err != nil {
				t.Errorf("another stream: %v", err)
			}
		})
	}
}
