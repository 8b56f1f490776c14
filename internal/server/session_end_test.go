package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/net/html"

	"arshjul/internal/server/servertest"
)

// The service ends a log-in by its own word, and only that one. Sessions end by themselves, by the person and by the
// registeransvarig.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const patient = "p-vof-processledare" // whose sessions no other test touches
	one, two := h.visitor(t), h.visitor(t)
	one.logIn(patient, "/inkorg")
	two.logIn(patient, "/inkorg")
	answer, doc := one.get(h.service.Issuer + "/session/end")
	one.through(answer, doc, "") // its last page is the service's own, or ours
	if one.inside() || !two.inside() {
		t.Fatalf("after the service's word: the one inside %v, the other %v", one.inside(), two.inside())
	}
	for _, token := range []string{"", "skräp", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwLXNsZi1zdGFkZW5zLXByb2Nlc3NsZWRhcmUifQ."} {
		if answer, _ := one.post("/utloggad-av-tjansten", url.Values{"logout_token": {token}}); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%q for a log-out: %d", token, answer.StatusCode)
		}
	}
	if !two.inside() {
		t.Fatal("anybody's word ends a session")
	}

	// The person sees both browsers, and ends the other.
	one.logIn(patient, "/inkorg")
	id := func(v *visitor, page string, mine bool) string {
		t.Helper()
		_, doc := v.get(page)
		row := find(doc, "tr", func(tr *html.Node) bool {
			return find(tr, "form", nil) != nil && strings.Contains(content(tr), "(den här)") == mine && (page == "/mina-inloggningar" || strings.Contains(content(tr), "Processledare, Vård- och omsorgsförvaltningen"))
		})
		if row == nil {
			t.Fatalf("%s lists no such log-in: %s", page, content(doc))
		}
		return attr(find(row, "input", func(i *html.Node) bool { return attr(i, "name") == "id" }), "value")
	}
	others := id(one, "/mina-inloggningar", false)
	if answer, _ := h.stranger(t).post("/mina-inloggningar/avsluta", url.Values{"id": {others}}); answer.StatusCode != http.StatusNotFound || !two.inside() {
		t.Errorf("somebody else's: %d", answer.StatusCode)
	}
	one.post("/mina-inloggningar/avsluta", url.Values{"id": {others}})
	if two.inside() || !one.inside() {
		t.Error("the person's own word did not end the other log-in, or ended both")
	}
	registrar := h.visitor(t)
	registrar.logIn(string(servertest.Registrar), "/inkorg")
	registrar.post("/inloggningar/avsluta", url.Values{"id": {id(registrar, "/inloggningar", false)}})
	if one.inside() {
		t.Error("the registeransvarig's word did not end the log-in")
	}
	if answer, _ := h.stranger(t).get("/inloggningar"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("everybody's log-ins to anybody: %d", answer.StatusCode)
	}

	// By itself, when nothing has been done for an hour; what an open page asks by itself is nothing.
	one.logIn(patient, "/inkorg")
	db, err := pgx.Connect(t.Context(), h.DatabaseURL)
	ok(t, err)
	defer func() { ok(t, db.Close(t.Context())) }()
	wait := func(ago string) {
		t.Helper()
		_, err := db.Exec(t.Context(), "update session set seen_at = now() - $2::interval where person = $1 and ended_at is null", patient, ago)
		ok(t, err)
	}
	wait("58 minutes")
	r, err := http.NewRequest(http.MethodGet, h.URL+"/inkorg", nil)
	ok(t, err)
	r.Header.Set("X-Arshjul-Foljer", "1")
	answer, err = one.client.Do(r)
	ok(t, err)
	_, doc = one.read(answer)
	if !strings.Contains(content(doc), "Du loggas snart ut.") {
		t.Errorf("two minutes before the end the page says %s", content(doc))
	}
	var soon bool
	ok(t, db.QueryRow(t.Context(), "select max(seen_at) < now() - interval '50 minutes' from session where person = $1 and ended_at is null", patient).Scan(&soon))
	if !soon {
		t.Error("what an open page asks by itself keeps its person logged in")
	}
	if !one.inside() {
		t.Error("out before the hour has gone")
	}
	wait("61 minutes")
	if one.inside() {
		t.Error("still in after an hour without a sign of life")
	}
}
