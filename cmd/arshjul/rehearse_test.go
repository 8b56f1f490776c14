package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
)

// without takes a person out of the first release's organisation.
func without(t *testing.T, person string) string {
	t.Helper()
	text := string(wheels.FirstOrganisation)
	before, after, found := strings.Cut(text, "  - id: "+person+"\n")
	if !found {
		t.Fatalf("the organisation has no %s", person)
	}
	_, after, _ = strings.Cut(after, "\n  - id: ")
	return before + "  - id: " + after
}

func TestRehearse(t *testing.T) {
	orphaned := file(t, "utan-sekreterare.yaml", without(t, "p-sn-namndsekreterare"))
	for _, row := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"the whole wheel", []string{"--wheel=helsingborg", "--year=2028"}, api.ExitOK, []string{"421 av 421 steg blir klara", "juni 2029\n", "Fel som stoppar en start: inga"}},
		{"and a year later", []string{"--wheel=helsingborg", "--year=2029"}, api.ExitOK, []string{"421 av 421 steg blir klara", "juni 2030\n", "Fel som stoppar en start: inga"}},
		{"all well", []string{"--year=2028"}, api.ExitOK,
			[]string{"51 av 51 steg blir klara", "juni 2027\n", "Kommunfullmäktiges beslut om mål och ekonomi: KF. Lagens gräns 2027-11-30", "Nämndsekreterare, Socialnämnden\n", "v. 11 2027: ", "Fel som stoppar en start: inga"}},
		{"a role that nobody holds", []string{"--year=2028", "--org=" + orphaned}, api.ExitRefused,
			[]string{"(blir aldrig klart)", "Ingen har rollen: ", "Steg som aldrig öppnar: ", "Socialnämnden", "fel som stoppar en start"}},
		{"started late", []string{"--year=2028", "--start=2027-04-01"}, api.ExitOK, []string{"Att se över: ", "Senare än senast-dagen: 13", "… och 3 till", "klart först 2027-"}},
		{"no year", nil, api.ExitUsage, []string{"--year"}},
		{"no such date", []string{"--year=2028", "--start=2027-02-30"}, api.ExitUsage, []string{"--start"}},
		{"no such file", []string{"--year=2028", "--wheel=/finns/inte.yaml"}, api.ExitUsage, []string{"årshjulsfilen går inte att läsa"}},
		{"no such organisation", []string{"--year=2028", "--org=/finns/inte.yaml"}, api.ExitUsage, []string{"organisationsfilen går inte att läsa"}},
		{"a broken file", []string{"--year=2028", "--wheel=" + file(t, "hjul.yaml", "årshjul: inget\n")}, api.ExitUsage, []string{"hjul.yaml:1:"}},
		{"no such optional step", []string{"--year=2028", "--with=finns-inte"}, api.ExitRefused, []string{"finns-inte"}},
		{"nobody may launch", []string{"--year=2028", "--start=2025-12-01"}, api.ExitRefused, []string{"cykelansvarig"}},
		{"a year out of reach", []string{"--year=2040", "--start=2026-12-01"}, api.ExitRefused, []string{"2040"}},
	} {
		r := arshjul(append([]string{"rehearse", "--wheel=helsingborg-1"}, row.args...)...)
		if r.code != row.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", row.name, r.code, row.code, r.out, r.err)
		}
		for _, says := range row.says {
			if !strings.Contains(r.out+r.err, says) {
				t.Errorf("%s: does not say %q\n%s%s", row.name, says, r.out, r.err)
			}
		}
		for line := range strings.Lines(r.out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
				t.Errorf("%s: %d characters wide: %s", row.name, n, line)
			}
		}
	}
}

// The JSON has the members that scripts were promised, no others, and null for a day that never came.
func TestRehearseJSON(t *testing.T) {
	for _, row := range []struct {
		name, organisation string
		code               int
	}{
		{"all well", string(wheels.FirstOrganisation), api.ExitOK},
		{"with errors", without(t, "p-sn-namndsekreterare"), api.ExitRefused},
	} {
		r := arshjul("rehearse", "--wheel=helsingborg-1", "--year=2028", "--json", "--org="+file(t, "organisation.yaml", row.organisation))
		if r.code != row.code {
			t.Fatalf("%s: exit %d\n%s", row.name, r.code, r.err)
		}
		var a map[string]json.RawMessage
		var steps []map[string]any
		var findings []map[string]any
		for _, err := range []error{json.Unmarshal([]byte(r.out), &a), json.Unmarshal(a["steps"], &steps), json.Unmarshal(a["findings"], &findings)} {
			if err != nil {
				t.Fatalf("%s: %v\n%s", row.name, err, r.out)
			}
		}
		hasMembers(t, a, "events", "findings", "mails", "steps", "wheel", "year")
		undone := 0
		for _, s := range steps {
			hasMembers(t, s, "done", "id", "legal", "occurrence", "opens", "plan", "unit")
			for _, member := range []string{"opens", "plan", "legal", "done"} {
				if day, ok := s[member].(string); s[member] != nil && (!ok || !domain.Date(day).Valid()) {
					t.Errorf("%s: %s of %s is %v", row.name, member, s["id"], s[member])
				}
			}
			if s["done"] == nil {
				undone++
			}
		}
		errs := 0
		for _, f := range findings {
			hasMembers(t, f, "code", "level", "step", "text", "unit")
			if f["level"] == "error" {
				errs++
			}
		}
		if len(steps) != 51 || (errs == 0) != (row.code == api.ExitOK) || (undone == 0) != (errs == 0) {
			t.Errorf("%s: %d steps, %d of them never done, %d errors", row.name, len(steps), undone, errs)
		}
	}
}

func hasMembers[V any](t *testing.T, of map[string]V, want ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(of)); !slices.Equal(got, want) {
		t.Errorf("members %v, want %v", got, want)
	}
}
