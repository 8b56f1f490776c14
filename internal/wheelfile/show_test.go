package wheelfile_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

func TestShow(t *testing.T) {
	w, _ := whole(t)
	b, err := json.Marshal(w.Show())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Hash  string
		Steps []map[string]any
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Hash != string(w.Wheel.Hash()) || len(got.Steps) != len(w.Wheel.Steps) {
		t.Errorf("hash %s, %d steps", got.Hash, len(got.Steps))
	}
	want := []string{"act", "basis", "body", "id", "needs", "occurrences", "roles", "scope", "stage", "title"}
	for _, s := range got.Steps {
		if keys := slices.Sorted(maps.Keys(s)); !slices.Equal(keys, want) {
			t.Fatalf("%v has the members %v", s["id"], keys)
		}
		switch s["id"] {
		case "agardirektiv-uppfoljning":
			if needs := s["needs"].([]any); s["occurrences"] != 3.0 || len(needs) != 4 || s["scope"] != "bolag" || s["body"] != "" {
				t.Errorf("%v", s)
			}
		case "ansvarsfrihet":
			if roles := s["roles"].(map[string]any); s["body"] != "KF" || s["scope"] != "namnd" || s["occurrences"] != 1.0 || roles["register"] != "namndsekreterare" || s["basis"] != "L" {
				t.Errorf("%v", s)
			}
		}
	}
}
