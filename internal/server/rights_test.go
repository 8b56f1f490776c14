package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Who goes through who may what sees everybody's roles, whom they stand in for, and when they last logged in.
func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	const person, other = "p-mif-processledare", "p-vikarie-for-miljo"
	browse(t, d, person)
	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/registry/"+servertest.Kommun+"/registry", &registry))
	at := slices.IndexFunc(registry.Bindings, func(b api.Binding) bool { return b.Person == person })
	give(t, d.As(servertest.Registrar), domain.RegistryStream(servertest.Kommun), api.Command{ID: t.Name(), Kind: domain.CmdSubstitute,
		Substitute: &domain.Substitute{Binding: registry.Bindings[at].Number, Person: other, From: "2029-06-01", To: "2029-08-31"}})
	var r api.Review
	ok(t, d.As(servertest.Launcher).Get(t.Context(), "/review", &r))
	find := func(p domain.PersonID) *api.ReviewPerson {
		t.Helper()
		i := slices.IndexFunc(r.People, func(x api.ReviewPerson) bool { return x.Person == p })
		if i < 0 {
			t.Fatalf("%s is missing", p)
		}
		return &r.People[i]
	}
	if p := find(person); len(p.Roles) != 1 || !strings.EqualFold(p.Roles[0].Title, "processledare") || p.Roles[0].UnitName != "Miljöförvaltningen" || p.LastLogin == 0 || p.Name != "Processledare, Miljöförvaltningen" {
		t.Errorf("%+v", p)
	}
	if p := find(other); len(p.Roles) != 1 || p.Roles[0].For != "Processledare, Miljöförvaltningen" || p.Roles[0].From != "2029-06-01" || p.LastLogin != 0 {
		t.Errorf("%+v", p)
	}
	if p := refusal(t, d.As(writer).Get(t.Context(), "/review", &r)); p.Code != domain.CodeNoAccess {
		t.Errorf("to anybody: %+v", p)
	}
	page := content(browse(t, d, servertest.Registrar).open("/behorigheter", http.StatusOK))
	for _, want := range []string{"Processledare i Miljöförvaltningen", "ersättare för Processledare, Miljöförvaltningen", "aldrig", "Se och avsluta allas inloggningarnejnejnejnejnejja"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
}
