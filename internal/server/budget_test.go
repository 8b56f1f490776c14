package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

const (
	mostQueries = 8       // that a page may ask the database
	mostBytes   = 100_000 // that the first page takes in all, with what it loads
)

// asked gets a page as a person, and counts what it asked the database.
func asked(t *testing.T, h http.Handler, path string, person domain.PersonID) (*httptest.ResponseRecorder, int64) {
	t.Helper()
	ctx, queries := store.CountQueries(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	r.Host = "127.0.0.1"
	r.Header.Set("X-Arshjul-Person", string(person))
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w, queries.Load()
}

// fewest is how often a page asks the database at the least: what has just been journalled is folded once, by whoever looks
// first, and what works behind the door journals when it will. It looks twice, and again while the page asks more than most.
func fewest(t *testing.T, h http.Handler, path string, person domain.PersonID, most int64) int64 {
	t.Helper()
	_, least := asked(t, h, path, person)
	for i := 1; i < 2 || least > most && i < 20; i++ {
		_, n := asked(t, h, path, person)
		least = min(least, n)
	}
	return least
}

// Each page keeps to its budget of questions, and asks no more when there are more cycles: open ones, or ended ones.
func TestPageBudget(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	pages := []string{"/inkorg", "/inkorg?cykel=" + stream, "/arshjulet", "/arshjulet?cykel=" + stream, at, at + "?del=uppfoljning",
		at + "/steg/planeringsanvisningar/KS", at + "/steg/namndens-forslag/SN", "/cykler", "/journal", "/utskick", "/revision", "/revision/historik?stream=" + stream, "/revision/post?nr=1&stream=" + stream,
		at + "/rapport", at + "/steg/planeringsanvisningar/KS?per=2030-01-01",
		"/ledning/register", "/ledning/register?cykel=" + stream, "/enheter", "/enheter?cykel=" + stream, "/enhet/SN", "/enhet/KS?cykel=" + stream, "/beslut", "/beslut?cykel=" + stream, "/beslut?cykel=" + stream + "&mote=KS-2027-02-10"}
	h := d.Server.Handler()
	look := func(most func(page int) int64) (queries []int64) {
		for i, path := range pages {
			person := writer
			if path == "/utskick" {
				person = servertest.Launcher // who sees everybody's mails, and what hinders them
			}
			queries = append(queries, fewest(t, h, path, person, most(i)))
		}
		return queries
	}
	few := look(func(int) int64 { return mostQueries })
	for i, n := range few {
		t.Logf("%s: %d", pages[i], n)
		if n == 0 || n > mostQueries {
			t.Errorf("%s asks the database %d times, and %d is the most", pages[i], n, mostQueries)
		}
	}
	d.Launch(t, 2028)
	d.Exercise(t, 2029)
	ended := d.Exercise(t, 2030)
	give(t, d.As(servertest.Launcher), ended, api.Command{Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
	for i, n := range look(func(page int) int64 { return few[page] }) {
		if n > few[i] {
			t.Errorf("%s asks %d times with one exercise, and %d times with more cycles", pages[i], few[i], n)
		}
	}
}

// The first page and all that it loads is small: a förvaltning on a telephone line sees it at once.
func TestFirstPageIsSmall(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	h := d.Server.Handler()
	for _, path := range []string{"/inkorg?cykel=" + stream, "/arshjulet?cykel=" + stream} {
		page, _ := asked(t, h, path, writer)
		size := page.Body.Len()
		loads := 0
		doc := browse(t, d, writer).open(path, http.StatusOK)
		for n := range doc.Descendants() {
			from := ""
			switch {
			case n.Type != html.ElementNode:
			case n.Data == "script" || n.Data == "img":
				from = attr(n, "src")
			case n.Data == "link":
				from = attr(n, "href")
			}
			if from != "" {
				loads++
				file, _ := asked(t, h, from, writer)
				size += file.Body.Len()
			}
		}
		if loads < 2 || size > mostBytes {
			t.Errorf("%s takes %d bytes with its %d files, and %d is the most", path, size, loads, mostBytes)
		}
	}
}
