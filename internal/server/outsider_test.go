package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/servertest"
)

// Whoever has logged in may ask, and a form that is refused is shown again: but not to who has no role here, and may not read
// the page that it stands on.
func TestARefusedFormTellsAnOutsiderNothing(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	exercise := d.Exercise(t, 2028)
	h := d.Server.Handler()
	multipart := map[string]url.Values{}
	for _, at := range []string{"/granska", "/kommando"} {
		multipart[strings.Replace(exercise, "exercise/", "/ovning/", 1)+at] = url.Values{"kind": {"comment"}, "step": {string(directives)}, "text": {"prov"}}
		multipart[strings.Replace(exercise, "exercise/", "/ovning/", 1)+at+"?"] = url.Values{"kind": {"cancel"}, "text": {"prov"}}
	}
	multipart["/revision/iakttagelse"] = url.Values{"kind": {"observe"}, "hos": {exercise}, "text": {"prov"}, "iakttagelse.step": {string(directives)}, "iakttagelse.year": {"2028"}}
	multipart["/enhet/SLF/ersattare"] = url.Values{"cykel": {exercise}, "roll": {"1"}, "person": {string(writer)}, "fran": {"2027-01-01"}, "till": {"2027-02-01"}}
	multipart["/ledning/register"] = url.Values{"cykel": {exercise}, "kind": {"note-deficit"}, "ar": {"2026"}, "belopp": {"1 mnkr"}}
	multipart["/ledning/sammantraden"] = url.Values{"cykel": {exercise}, "kind": {"add-meeting"}, "enhet": {"KS"}, "dag": {"2027-03-03"}}
	multipart["/ledning/roller"] = url.Values{"cykel": {exercise}, "person": {string(writer)}, "till": {string(director)}, "fran": {"2027-01-01"}, "roll": {"1"}}
	multipart["/beslut/registrera"] = url.Values{"cykel": {exercise}, "mote": {"KF-2027-06-16"}}
	check := func(path, kind, body string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("X-Arshjul-Person", string(stranger))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if text := w.Body.String(); w.Code < 400 || !strings.Contains(text, "<title>Fel: Det gick inte – ") || strings.Contains(text, "Planeringsanvisningar") {
			t.Errorf("%s: %d %.3000s", path, w.Code, text)
		}
	}
	for path, fields := range multipart {
		fields.Set("id", "utomstaende-"+string(domain.DigestOf([]byte(path + exercise)))[:10])
		kind, body := inParts(t, fields)
		check(path, kind, body)
	}
	for path, fields := range map[string]url.Values{
		"/starta/bestall":  {"id": {"utomstaende"}, "ar": {"2028"}, "dnr": {"KS 1 (påhittat)"}, "datum": {"2026-11-02"}},
		"/starta/bekrafta": {"id": {"utomstaende"}, "nummer": {"1"}},
		"/utskick/adress":  {"person": {string(writer)}, "adress": {"x@exempel.invalid"}},
	} {
		check(path, "application/x-www-form-urlencoded", fields.Encode())
	}
}
