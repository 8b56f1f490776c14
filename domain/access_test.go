package domain

import (
	"slices"
	"testing"
)

// standings are a person of each kind, by a registry of two municipalities' worth of trouble.
func accessTown() *Registry {
	return &Registry{Kommun: "9999", City: "SLF", Units: []Unit{{ID: "SLF"}, {ID: "SOF"}}, Bindings: []Binding{
		{Number: 1, Person: "p-cykel", Role: RoleLauncher, Unit: "SLF", From: "2026-01-01"},
		{Number: 2, Person: "p-register", Role: RoleRegistrar, Unit: "SLF", From: "2026-01-01"},
		{Number: 3, Person: "p-processledare", Role: "processledare", Unit: "SOF", From: "2026-01-01"},
		{Number: 4, Person: "p-slutat", Role: "processledare", Unit: "SOF", From: "2026-01-01", To: "2026-06-30"},
		{Number: 5, Person: "p-borjar", Role: "processledare", Unit: "SOF", From: "2027-01-01"},
		{Number: 10, Person: "p-revisor", Role: RoleAuditor, Unit: "SLF", From: "2026-01-01"},
		{Number: 6, Person: "p-fel-enhet", Role: RoleRegistrar, Unit: "SOF", From: "2026-01-01"},
	}, Substitutes: []Substitute{
		{Number: 7, Binding: 2, Person: "p-vikarie", From: "2026-11-01", To: "2026-11-30"},
		{Number: 8, Binding: 3, Person: "p-vikariat-slut", From: "2026-05-01", To: "2026-05-30"},
	}, Exclusions: []Exclusion{{Number: 9, Person: "p-processledare"}}}
}

func TestStanding(t *testing.T) {
	for _, row := range []struct {
		person PersonID
		day    Date
		want   Standing
	}{
		{"", "2026-11-22", Standing{}},
		{"p-annan-kommun", "2026-11-22", Standing{LoggedIn: true}},
		{"p-processledare", "2026-11-22", Standing{LoggedIn: true, Member: true}},
		{"p-cykel", "2026-11-22", Standing{LoggedIn: true, Member: true, Launcher: true}},
		{"p-register", "2026-11-22", Standing{LoggedIn: true, Member: true, Registrar: true}},
		{"p-revisor", "2026-11-22", Standing{LoggedIn: true, Member: true, Auditor: true}},
		{"p-vikarie", "2026-11-22", Standing{LoggedIn: true, Member: true, Registrar: true}},
		{"p-vikarie", "2026-12-01", Standing{LoggedIn: true}},
		{"p-vikariat-slut", "2026-11-22", Standing{LoggedIn: true}},
		{"p-slutat", "2026-06-30", Standing{LoggedIn: true, Member: true}},
		{"p-slutat", "2026-07-01", Standing{LoggedIn: true}},
		{"p-borjar", "2026-12-31", Standing{LoggedIn: true}},
		{"p-fel-enhet", "2026-11-22", Standing{LoggedIn: true, Member: true}},
	} {
		if got := accessTown().Standing(row.person, row.day); got != row.want {
			t.Errorf("%s on %s: %+v, want %+v", row.person, row.day, got, row.want)
		}
	}
	if got := (*Registry)(nil).Standing("p-cykel", "2026-11-22"); got != (Standing{LoggedIn: true}) {
		t.Errorf("without a registry: %+v", got)
	}
}

// The policy, row by row as it is meant: a change of AccessTable has to be made here too.
func TestAccess(t *testing.T) {
	people := []PersonID{"", "p-annan-kommun", "p-processledare", "p-revisor", "p-cykel", "p-register"}
	for _, row := range []struct {
		thing Thing
		want  []May // of the people, in order
	}{
		{ThingPlain, []May{MayAll, MayAll, MayAll, MayAll, MayAll, MayAll}},
		{ThingFront, []May{MayAll, MayAll, MayAll, MayAll, MayAll, MayAll}},
		{ThingProof, []May{MayAll, MayAll, MayAll, MayAll, MayAll, MayAll}},
		{ThingSelf, []May{MayNot, MayOwn, MayOwn, MayOwn, MayOwn, MayOwn}},
		{ThingAsk, []May{MayNot, MayAsk, MayAsk, MayAsk, MayAsk, MayAsk}},
		{ThingRead, []May{MayNot, MayNot, MayAll, MayAll, MayAll, MayAll}},
		{ThingUpload, []May{MayNot, MayNot, MayAll, MayAll, MayAll, MayAll}},
		{ThingRehearse, []May{MayNot, MayNot, MayAll, MayAll, MayAll, MayAll}},
		{ThingInbox, []May{MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayOwn}},
		{ThingFeeds, []May{MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayOwn}},
		{ThingMail, []May{MayNot, MayNot, MayOwn, MayAll, MayAll, MayAll}},
		{ThingAddresses, []May{MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayAll}},
		{ThingSink, []May{MayNot, MayNot, MayAll, MayAll, MayAll, MayAll}},
		{ThingLogins, []May{MayNot, MayNot, MayNot, MayNot, MayNot, MayAll}},
		{ThingProposals, []May{MayNot, MayNot, MayNot, MayNot, MayNot, MayAll}},
		{ThingPack, []May{MayNot, MayNot, MayNot, MayAll, MayAll, MayAll}},
		{ThingReview, []May{MayNot, MayNot, MayNot, MayAll, MayAll, MayAll}},
		{"", []May{MayNot, MayNot, MayNot, MayNot, MayNot, MayNot}},
		{"nothing we know", []May{MayNot, MayNot, MayNot, MayNot, MayNot, MayNot}},
	} {
		for i, p := range people {
			if got := Access(row.thing, accessTown().Standing(p, "2026-11-22")); got != row.want[i] {
				t.Errorf("%s for %q: %q, want %q", row.thing, p, got, row.want[i])
			}
		}
		if row.thing != "" && row.thing[0] != 'n' && !slices.ContainsFunc(AccessTable, func(r AccessRow) bool { return r.Thing == row.thing && r.Says != "" }) {
			t.Errorf("%s has no row that says what it is", row.thing)
		}
	}
}

// Nobody may less by being more: every column reaches at least as far as the one before it.
func TestAccessOnlyGrows(t *testing.T) {
	seen := map[Thing]bool{}
	for _, row := range AccessTable {
		if seen[row.Thing] {
			t.Errorf("%s has two rows", row.Thing)
		}
		seen[row.Thing] = true
		for _, more := range [][]May{{row.Anyone, row.LoggedIn, row.Member, row.Launcher}, {row.Member, row.Auditor}, {row.Member, row.Registrar}} {
			for i := 1; i < len(more); i++ {
				if more[i].reach() < more[i-1].reach() {
					t.Errorf("%s: %q after %q", row.Thing, more[i], more[i-1])
				}
			}
		}
	}
}
