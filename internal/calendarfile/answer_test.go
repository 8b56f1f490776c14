package calendarfile_test

import (
	"errors"
	"strings"
	"testing"

	"arshjul/internal/calendarfile"
	"arshjul/internal/wheelfile"
)

func checkAnswer(t *testing.T, data []byte) {
	t.Helper()
	meetings, err := calendarfile.Read("prov", data, town)
	var faults wheelfile.Errors
	switch {
	case err == nil && len(meetings) == 0, err != nil && meetings != nil:
		t.Fatalf("%d meetings and %v", len(meetings), err)
	case err != nil && (!errors.As(err, &faults) || len(faults) == 0 || len(faults) > 51):
		t.Fatalf("got %v", err)
	}
	lines := strings.Count(string(data), "\n") + 1
	for _, e := range faults {
		if e.Text == "" || e.Line < 0 || e.Line > lines+1 || e.Line > 0 && e.Column < 1 {
			t.Fatalf("no such place, or nothing said: %+v (the file has %d lines)", e, lines)
		}
	}
	seen := map[string]bool{}
	for _, m := range meetings {
		if key := string(m.Unit) + string(m.Date); !m.Date.Valid() || m.Status == "" || m.ID == "" || len(m.ID) > 60 || seen[key] {
			t.Fatalf("an unsound meeting: %+v", m)
		} else {
			seen[key] = true
		}
	}
}
