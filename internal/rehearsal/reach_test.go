package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
)

// A role whose holders nobody can reach stops a launch; one of several without an address is only told. The role, the unit
// and the person are named, and how to mend it.
func TestUnreachable(t *testing.T) {
	l := helsingborg(t)
	l.Registry.Bindings = append(l.Registry.Bindings, domain.Binding{Number: 1000, Person: "p-sn-andra", Role: "namndsekreterare", Unit: "SN", From: "2026-01-01"})
	r, err := rehearsal.Play(l)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[domain.PersonID]bool{}
	for _, b := range l.Registry.Bindings {
		reached[b.Person] = true
	}
	if found := rehearsal.Unreachable(&l, r, reached); len(found) > 0 {
		t.Fatalf("everybody has an address: %+v", found)
	}
	reached["p-sn-andra"] = false
	found := rehearsal.Unreachable(&l, r, reached)
	if len(found) != 1 || found[0].Level != domain.LevelWarning || found[0].Code != rehearsal.NoAddress || !strings.Contains(found[0].Text, "p-sn-andra har rollen Nämndsekreterare i Socialnämnden") {
		t.Fatalf("one of two: %+v", found)
	}
	reached["p-sn-namndsekreterare"], reached["p-slf-ekonomidirektor"] = false, false
	found = rehearsal.Unreachable(&l, r, reached)
	for _, want := range []struct {
		step domain.StepID
		unit domain.UnitID
		says string
	}{
		{"namndens-forslag/SN", "SN", "p-sn-namndsekreterare och p-sn-andra är de som har rollen Nämndsekreterare i Socialnämnden"},
		{"planeringsanvisningar/KS", "KS", "p-slf-ekonomidirektor är ensam om rollen Ekonomidirektör i Stadsledningsförvaltningen"},
	} {
		i := slices.IndexFunc(found, func(f domain.Finding) bool { return strings.Contains(f.Text, want.says) })
		if i < 0 || found[i].Step != want.step || found[i].Unit != want.unit || found[i].Level != domain.LevelError ||
			!strings.Contains(found[i].Text, "arshjul mail set-address --person p-s") || rehearsal.Heading(found[i].Code) == found[i].Code {
			t.Errorf("want %q among %+v", want.says, found)
		}
	}
	if len(found) != 2 {
		t.Errorf("%d findings: %+v", len(found), found)
	}
}

// Whoever takes a role over in the middle of the cycle must be reachable too.
func TestUnreachableLater(t *testing.T) {
	l := helsingborg(t)
	i := slices.IndexFunc(l.Registry.Bindings, func(b domain.Binding) bool { return b.Person == "p-sn-namndsekreterare" })
	l.Registry.Bindings[i].To = "2027-06-30"
	l.Registry.Bindings = append(l.Registry.Bindings, domain.Binding{Number: 1000, Person: "p-sn-nasta", Role: "namndsekreterare", Unit: "SN", From: "2027-07-01"})
	r, err := rehearsal.Play(l)
	if err != nil || len(r.Errors()) > 0 {
		t.Fatal(err, r.Errors())
	}
	reached := map[domain.PersonID]bool{}
	for _, b := range l.Registry.Bindings {
		reached[b.Person] = b.Person != "p-sn-nasta"
	}
	found := rehearsal.Unreachable(&l, r, reached)
	if len(found) != 1 || found[0].Level != domain.LevelError || !strings.Contains(found[0].Text, "p-sn-nasta är ensam") {
		t.Errorf("%+v", found)
	}
}

// A role that nobody holds any more when it is needed is found before anything is played, not only one that nobody ever held.
func TestARoleThatEnds(t *testing.T) {
	l := helsingborg(t)
	i := slices.IndexFunc(l.Registry.Bindings, func(b domain.Binding) bool { return b.Person == "p-sn-namndsekreterare" })
	l.Registry.Bindings[i].To = "2027-06-30"
	r, err := rehearsal.Play(l)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Errors(), func(f domain.Finding) bool {
		return f.Code == domain.FindingNoHolder && f.Unit == "SN" && strings.Contains(f.Text, "ingen har rollen nämndsekreterare i Socialnämnden den")
	}) {
		t.Errorf("%+v", r.Errors())
	}
}
