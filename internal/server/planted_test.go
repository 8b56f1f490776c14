package server_test

import (
	"net/http"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/servertest"
)

// What somebody writes where it does not belong is refused, and the refusal is written down without it: a log is for ever.
func TestNoWordsOfTheCallersInARefusal(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	const name = "Kalle-Påhittad"
	for _, row := range []struct{ path, body string }{
		{stream, `{"id":"a1","kind":"` + name + `","text":"x"}`},
		{stream, `{"id":"` + name + `","kind":"comment","text":"x"}`},
		{stream, `{"id":"a3","kind":"comment","step":"` + name + `/KS","text":"x"}`},
		{stream, `{"id":"a4","kind":"comment","text":"x","` + name + `":1}`},
		{stream, `{"id":"a5","kind":"decide","step":"planeringsanvisningar/KS","version":"` + name + `","outcome":"` + name + `","meeting":"` + name + `","paragraph":"` + name + `"}`},
		{"cycle/" + servertest.Kommun + "/" + name, `{"id":"a6","kind":"comment","text":"x"}`},
		{"registry/" + name, `{"id":"a7","kind":"comment","text":"x"}`},
	} {
		status, text := raw(t, http.MethodPost, d.URL+"/api/v1/"+row.path+"/commands", writer, strings.NewReader(row.body), nil)
		if status < 400 || status >= 500 {
			t.Errorf("%s: %d %s", row.body, status, text)
		}
	}
	written := 0
	for _, refusals := range []string{domain.RefusalStream(stream), domain.RefusalStream(domain.RegistryStream(servertest.Kommun))} {
		entries, err := d.Store.Entries(t.Context(), refusals, 1, 100)
		ok(t, err)
		for _, e := range entries {
			written++
			if strings.Contains(string(e.Leaf), "Kalle") || strings.Contains(string(e.Leaf), "hittad") {
				t.Errorf("%s", e.Leaf)
			}
			if !strings.Contains(string(e.Leaf), string(writer)) { // the search does find
				t.Errorf("an entry without its actor: %s", e.Leaf)
			}
		}
	}
	if written != 7 {
		t.Errorf("%d refusals are written down, want 7", written)
	}
}
