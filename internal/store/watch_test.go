package store

import (
	"fmt"
	"slices"
	"testing"

	"arshjul/domain"
)

// What has fallen due unnoticed, and which mails are not sent, is counted for real cycles and real mails only.
func TestWatch(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	look := func(now domain.Instant) Watch {
		t.Helper()
		w, err := s.Watch(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if w := look(at(firstDay)); w != (Watch{}) {
		t.Errorf("an empty database shows %+v", w)
	}
	founded(t, s)
	id, now := mailed(t, s)
	exercise := launched(t, s, 2029, 1).state.Stream
	cycle, err := s.Cycle(t.Context(), "cycle/9999/2028")
	if err != nil {
		t.Fatal(err)
	}
	if w := look(cycle.NextDue - 1); w.Overdue != 0 || w.OldestDue != 0 || w.UnsentMails != 1 || w.OldestMail != now {
		t.Errorf("before anything is due: %+v", w)
	}
	if w := look(now); w.Differences != 0 || w.Compared == 0 {
		t.Errorf("before the first comparison: %+v", w)
	}
	for n, found := range []int{domain.MostDifferences + 2, 1} {
		var r domain.Reconciled
		for range found {
			r.Add(domain.Difference{Stream: cycle.Stream, Kind: domain.DiffEntry, Seq: 1})
		}
		at := now + domain.Instant(n)
		for range 2 { // the answer to the first was lost
			e, err := s.AppendReconciled(t.Context(), "9999", fmt.Sprint("night-", n), r, at)
			if err != nil || e.Event.Seq != uint64(n+1) || e.Log != "9999" {
				t.Errorf("written as %+v, %v", e, err)
			}
		}
		if w := look(now); w.Differences != found || w.Compared != at {
			t.Errorf("after comparison %d: %+v", n, w)
		}
	}
	verified(t, s, "9999")
	if w := look(cycle.NextDue); w.Overdue != 1 || w.OldestDue != cycle.NextDue {
		t.Errorf("the moment it is due: %+v", w)
	}
	streams, err := s.OpenStreams(t.Context())
	if want := []string{cycle.Stream, exercise, "registry/9999"}; err != nil || !slices.Equal(streams, want) {
		t.Errorf("open streams %v, %v", streams, err)
	}
	claim(t, s, now)
	if w := look(now); w.UnsentMails != 1 {
		t.Errorf("while it is sent: %+v", w)
	}
	settle(t, s, id, Outcome{State: MailFailed, Reason: ReasonRefused, Words: "550 nej"}, now)
	if w := look(now); w.UnsentMails != 0 || w.OldestMail != 0 || w.FailedMails != 1 {
		t.Errorf("after it was refused: %+v", w)
	}
}
