package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server"
	"arshjul/internal/server/servertest"
	"arshjul/internal/wheelfile"
)

// Two municipalities in one database: whatever address is read, by whatever role, with our own names in it or with the
// neighbour's, nothing of the neighbour's is told.
func TestNoAddressTellsOfTheNeighbour(t *testing.T) {
	t.Parallel()
	const theirs = "1277"
	d := servertest.Shared(t)
	ours := d.Exercise(t, 2028)
	boss := neighbour(t, d)
	wheel, err := wheelfile.Read("granne.yaml", []byte(strings.ReplaceAll(string(wheels.First), `kommun: "1283"`, `kommun: "`+theirs+`"`)))
	ok(t, err)
	beside := d.Another(t, func(c *server.Config) { c.Kommun, c.Wheel = theirs, wheel }).Handler()
	ask := func(h http.Handler, method, path, body string, person domain.PersonID) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("X-Arshjul-Person", string(person))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	begun := ask(beside, http.MethodPost, "/api/v1/exercises", `{"id": "granne", "year": 2028}`, boss)
	if begun.Code != http.StatusOK {
		t.Fatalf("the neighbour's exercise: %d %s", begun.Code, begun.Body)
	}
	theirExercise := domain.ExerciseStream(theirs, 2028, 1)
	said := ask(beside, http.MethodPost, "/api/v1/"+theirExercise+"/commands", `{"id": "granne-1", "kind": "comment", "step": "planeringsanvisningar/KS", "text": "Bara för grannkommunen (påhittat)"}`, boss)
	if said.Code != http.StatusOK {
		t.Fatalf("the neighbour's comment: %d %s", said.Code, said.Body)
	}
	if at := ask(beside, http.MethodGet, "/ovning/1277/2028/1/steg/planeringsanvisningar/KS", "", boss); !strings.Contains(at.Body.String(), "Bara för grannkommunen") {
		t.Fatalf("the neighbour does not see it at home: %d", at.Code)
	}

	h := d.Server.Handler()
	asked, answered := 0, 0
	for _, route := range d.Server.Routes() {
		if !strings.HasPrefix(route.Pattern, http.MethodGet) || route.Pattern == "GET /folj" { // which goes on for minutes
			continue
		}
		_, own := address(route.Pattern, ours)
		_, other := address(route.Pattern, theirExercise)
		paths := []string{own, other}
		for _, place := range []string{"log", "exercise", "cycle", "cykel", "stream", "hos"} {
			paths = append(paths, own+"?"+url.Values{place: {theirExercise}}.Encode(), own+"?"+url.Values{place: {theirs}}.Encode())
		}
		for _, path := range paths {
			for _, person := range []domain.PersonID{servertest.Launcher, servertest.Registrar, writer} {
				w := ask(h, http.MethodGet, path, "", person)
				asked++
				if w.Code == http.StatusOK {
					answered++
				}
				// Their boss asks at our door in another test, and is refused: that stands in our journal.
				text := strings.ReplaceAll(w.Body.String(), string(boss), "")
				for _, secret := range []string{"p-grannkommun", "Bara för grannkommunen"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s as %s tells %q (%d)", path, person, secret, w.Code)
					}
				}
				if path == other && own != other && w.Code == http.StatusOK {
					t.Errorf("%s as %s is answered", path, person)
				}
			}
		}
	}
	if answered < asked/8 {
		t.Errorf("only %d of %d questions were answered at all", answered, asked)
	}
	t.Logf("%d questions, %d answered", asked, answered)
}
