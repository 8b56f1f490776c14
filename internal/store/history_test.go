package store

import (
	"bytes"
	"errors"
	"testing"
)

func TestHistoryRuns(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	const stream = "cycle/9999/2028"
	put := func(run string, complete bool, text string) {
		t.Helper()
		if err := s.PutHistory(t.Context(), stream, run, complete, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	put("a", true, `{"events":[1]}`)
	put("b", false, `{"events":[2]}`)
	put("b", false, `{"events":[2,3]}`)
	put("a", true, `{"events":["another"]}`) // whole already: it stays
	runs, err := s.HistoryRuns(t.Context(), stream)
	if err != nil || len(runs) != 2 || runs[0].Run != "a" || !runs[0].Complete || runs[1].Run != "b" || runs[1].Complete {
		t.Fatalf("%+v, %v", runs, err)
	}
	for run, want := range map[string]string{"a": `{"events":[1]}`, "b": `{"events":[2,3]}`} {
		if text, err := s.RunHistory(t.Context(), stream, run); err != nil || !bytes.Equal(text, []byte(want)) {
			t.Errorf("run %s: %s, %v", run, text, err)
		}
	}
	if _, err := s.RunHistory(t.Context(), stream, "c"); !errors.Is(err, ErrNoHistory) {
		t.Errorf("a run that was never archived: %v", err)
	}
	exec(t, owner(t, url), "update history_run set sha256 = $1 where run = 'a'", string(bytes.Repeat([]byte("0"), 64)))
	if _, err := s.RunHistory(t.Context(), stream, "a"); err == nil {
		t.Error("a history that was changed in the database is given out")
	}
}
