package main

import (
	"encoding/json"
	"strings"
	"testing"

	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
)

func TestWheelCheckOfAYear(t *testing.T) {
	wheel := file(t, "hjul.yaml", string(wheels.Helsingborg))
	organisation := file(t, "organisation.yaml", string(wheels.HelsingborgOrganisation))
	ordinary := file(t, "utan-valår.yaml", strings.Replace(string(wheels.Helsingborg), "när i valår: kf-möte november", "när i valår: kf-möte juni", 1))
	for _, row := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a sound year", []string{wheel, organisation, "--year=2028"}, api.ExitOK, "65 steg"},
		{"a remark does not stop", []string{wheel, organisation, "--year=2028"}, api.ExitOK, ": anmärkning: Program för mandatperioden gäller till"},
		{"an election year", []string{wheel, organisation, "--year=2031"}, api.ExitOK, "65 steg"},
		{"an election year by an ordinary year's days", []string{ordinary, organisation, "--year=2031"}, api.ExitUsage, ":18: 2030 är valår"},
		{"without organisation", []string{wheel, "--year=2029"}, api.ExitOK, "anmärkning: ingen organisation är given"},
		{"no such year", []string{wheel, "--year=28"}, api.ExitUsage, "budgetåret 28 kan inte vara rätt"},
		{"no such file", []string{"/finns/inte.yaml"}, api.ExitUsage, "går inte att läsa"},
		{"a broken file", []string{file(t, "trasig.yaml", strings.Replace(string(wheels.Helsingborg), "slag: underlag", "slag: underlagg", 1))}, api.ExitUsage,
			`"underlagg" går inte att använda här. Menade du underlag?`},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := arshjul(append([]string{"wheel", "check"}, row.args...)...)
			if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
				t.Errorf("exit %d, want %d and %q\n%s%s", r.code, row.code, row.says, r.out, r.err)
			}
		})
	}
}

func TestWheelShowAndDiff(t *testing.T) {
	old, whole := file(t, "hjul-1.yaml", string(wheels.First)), file(t, "hjul-2.yaml", string(wheels.Helsingborg))
	var shown struct {
		Name, Hash string
		Version    int
		Steps      []map[string]any
	}
	r := arshjul("wheel", "show", whole, "--json")
	if err := json.Unmarshal([]byte(r.out), &shown); r.code != api.ExitOK || err != nil || len(shown.Steps) != 65 || shown.Version != 2 || len(shown.Hash) != 64 {
		t.Errorf("exit %d, %v, %d steps", r.code, err, len(shown.Steps))
	}
	if r := arshjul("wheel", "show", whole); r.code != api.ExitOK || !strings.Contains(r.out, "varje nämnd, av KF") || !strings.Contains(r.out, "(valbart)") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := arshjul("wheel", "diff", old, whole); r.code != api.ExitOK || !strings.Contains(r.out, "Nytt steg: Ansvarsfrihet (ansvarsfrihet), beslut för varje nämnd, av KF, kf-möte maj.\n") ||
		!strings.Contains(r.out, "Nämndens förslag: behöver har fått nulageskarta.\n") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := arshjul("wheel", "diff", old, old); r.code != api.ExitOK || r.out != "Årshjulen är lika.\n" {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	var changes []map[string]string
	r = arshjul("wheel", "diff", whole, old, "--json")
	if err := json.Unmarshal([]byte(r.out), &changes); err != nil || len(changes) == 0 || changes[0]["text"] == "" {
		t.Errorf("exit %d, %v\n%s", r.code, err, r.out)
	}
	if r := arshjul("wheel", "diff", old); r.code != api.ExitUsage || !strings.Contains(r.err, "de två årshjulen") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
}
