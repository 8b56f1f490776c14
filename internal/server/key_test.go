package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A key made on a page opens the API until it is ended, and nothing else; what is stored opens nothing.
func TestAKeyOpensTheAPI(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	v := h.visitor(t)
	v.logIn(string(writer), "/mina-inloggningar")
	_, doc := v.post("/mina-inloggningar/nyckel", url.Values{"namn": {"Nattkörning (påhittad)"}, "dagar": {"7"}})
	_, key, ok1 := strings.Cut(htmlOf(t, doc), `readonly="" value="`)
	key, _, ok2 := strings.Cut(key, `"`)
	if !ok1 || !ok2 || len(key) < 43 {
		t.Fatalf("the page shows no key: %s", content(doc))
	}
	if _, doc := v.get("/mina-inloggningar"); strings.Contains(htmlOf(t, doc), key) || !strings.Contains(content(doc), "Nattkörning (påhittad)") {
		t.Errorf("the key is shown again, or not listed: %s", content(doc))
	}
	c := api.NewClient(h.URL, "").Over(h.server.Client()).WithKey(key)
	var me api.Me
	ok(t, c.Get(t.Context(), "/me", &me))
	if me.Person != writer {
		t.Errorf("the key is %+v", me)
	}
	for _, row := range []struct {
		code domain.Code
		ask  func() error
	}{
		{domain.CodeNoAccess, func() error { return c.Post(t.Context(), "/keys", api.NewKey{Label: "en till"}, new(api.Key)) }},
		{domain.CodeNoAccess, func() error { return c.Get(t.Context(), "/logins", new(api.Sessions)) }},
		{domain.CodeNotLoggedIn, func() error { return c.WithKey(key+"x").Get(t.Context(), "/me", &me) }},
		{domain.CodeNotLoggedIn, func() error { return c.WithKey(v.cookie("__Host-arshjul")).Get(t.Context(), "/me", &me) }},
	} {
		if p := refusal(t, row.ask()); p.Code != row.code {
			t.Errorf("want %s, got %+v", row.code, p)
		}
	}
	// What anybody could be given on a server with --dev-login opens nothing here.
	var trial api.Key
	ok(t, h.As(servertest.Registrar).Post(t.Context(), "/keys", api.NewKey{Label: "prov (påhittad)"}, &trial))
	ok(t, api.NewClient(h.Door.URL, "").WithKey(trial.Key).Get(t.Context(), "/me", &me))
	if p := refusal(t, c.WithKey(trial.Key).Get(t.Context(), "/me", &me)); p.Code != domain.CodeNotLoggedIn {
		t.Errorf("a trial's key: %+v", p)
	}
	b := browse(t, h.Door, servertest.Registrar)
	at, err := url.Parse(h.Door.URL)
	ok(t, err)
	for _, cookie := range b.client.Jar.Cookies(at) {
		r, err := http.NewRequest(http.MethodGet, h.URL+"/api/v1/me", nil)
		ok(t, err)
		r.AddCookie(&http.Cookie{Name: "__Host-arshjul", Value: cookie.Value})
		answer, err := h.server.Client().Transport.RoundTrip(r)
		ok(t, err)
		ok(t, answer.Body.Close())
		if answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("a trial's cookie: %d", answer.StatusCode)
		}
	}
	// A key is no browser's: not as a cookie, and not on a page.
	for _, name := range []string{"cookie", "page"} {
		r, err := http.NewRequest(http.MethodGet, h.URL+"/inkorg", nil)
		ok(t, err)
		if name == "cookie" {
			r.AddCookie(&http.Cookie{Name: "__Host-arshjul", Value: key})
		} else {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		answer, err := h.server.Client().Transport.RoundTrip(r)
		ok(t, err)
		ok(t, answer.Body.Close())
		if answer.StatusCode != http.StatusSeeOther {
			t.Errorf("a key as a %s: %d", name, answer.StatusCode)
		}
	}
	var list api.Sessions
	ok(t, c.Get(t.Context(), "/sessions", &list))
	for _, s := range list.Sessions {
		if s.This {
			if !s.Key || s.Label != "Nattkörning (påhittad)" {
				t.Errorf("this one is %+v", s)
			}
			ok(t, c.Post(t.Context(), "/sessions/"+s.ID+"/end", struct{}{}, new(api.Sessions)))
		}
	}
	if p := refusal(t, c.Get(t.Context(), "/me", &me)); p.Code != domain.CodeNotLoggedIn {
		t.Errorf("after its end: %+v", p)
	}

	db, err := pgx.Connect(t.Context(), h.DatabaseURL)
	ok(t, err)
	defer func() { ok(t, db.Close(t.Context())) }()
	var found int
	ok(t, db.QueryRow(t.Context(), "select count(*) from session s where position(convert_to($1, 'UTF8') in s.hash) > 0 or s::text like '%' || $1 || '%' or s::text like '%' || $2 || '%'",
		key, v.cookie("__Host-arshjul")).Scan(&found))
	if found != 0 {
		t.Error("a secret stands in the database")
	}
}

// A command line shows a code and waits; somebody who is logged in says yes to that code, once.
func TestACommandLineIsLetIn(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	c := api.NewClient(h.URL, "").Over(h.server.Client())
	var d api.Device
	ok(t, c.Post(t.Context(), "/device", api.NewKey{Label: "arshjul på en dator (påhittad)"}, &d))
	if !strings.HasPrefix(d.Page, h.URL+"/slapp-in?kod=") || len(d.Secret) < 43 || strings.Contains(d.Page, d.Secret) {
		t.Fatalf("%+v", d)
	}
	ask := func(secret string) (k api.Key, err error) {
		err = c.Post(t.Context(), "/device/key", api.DeviceAsk{Secret: secret}, &k)
		return k, err
	}
	if _, err := ask(d.Secret); refusal(t, err).Code != domain.CodeRetryLater {
		t.Errorf("before anybody has said yes: %v", err)
	}
	if _, err := ask(d.Code); refusal(t, err).Code != domain.CodeNotFound {
		t.Errorf("the code for the secret: %v", err)
	}
	v := h.visitor(t)
	answer, doc := v.get(d.Page)
	if answer.Request.URL.Path != "/logga-in" {
		t.Fatalf("who is not logged in sees %s", content(doc))
	}
	page, err := url.Parse(d.Page)
	ok(t, err)
	if answer, doc = v.logIn(string(writer), page.RequestURI()); answer.Request.URL.Path != "/slapp-in" || !strings.Contains(content(doc), d.Code) || !strings.Contains(content(doc), "på en dator (påhittad)") {
		t.Fatalf("the page shows %s", content(doc))
	}
	if _, err := ask(d.Secret); refusal(t, err).Code != domain.CodeRetryLater {
		t.Errorf("looking is no yes: %v", err)
	}
	if answer, doc = v.post("/slapp-in", url.Values{"kod": {strings.ToLower(d.Code)}}); !strings.Contains(content(doc), "Klart.") {
		t.Fatalf("after yes: %d %s", answer.StatusCode, content(doc))
	}
	if answer, _ = h.stranger(t).post("/slapp-in", url.Values{"kod": {d.Code}}); answer.StatusCode != http.StatusNotFound {
		t.Errorf("yes again, by another: %d", answer.StatusCode)
	}
	k, err := ask(d.Secret)
	ok(t, err)
	var me api.Me
	ok(t, c.WithKey(k.Key).Get(t.Context(), "/me", &me))
	if me.Person != writer {
		t.Errorf("let in as %+v", me)
	}
	if _, err := ask(d.Secret); refusal(t, err).Code != domain.CodeNotFound {
		t.Errorf("the key again: %v", err)
	}
}

// What nobody has to log in for is bounded too, by the address.
func TestTooManyQuestions(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	handler := h.server.Config.Handler
	host := strings.TrimPrefix(h.URL, "https://")
	ask := func(from, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host, r.RemoteAddr = host, from
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	for n := 1; ; n++ {
		w := ask("192.0.2.1:1000", "/utloggad") // asks no database, so that it is quick on any machine
		if w.Code == http.StatusTooManyRequests {
			if n < 100 || w.Header().Get("Retry-After") == "" {
				t.Errorf("after %d questions: %v", n, w.Header())
			}
			break
		}
		if w.Code != http.StatusOK {
			t.Fatalf("question %d: %d", n, w.Code)
		}
		if n == 50000 {
			t.Fatal("an address may guess for ever")
		}
	}
	if w := ask("192.0.2.1:1000", "/kalender/gissning.ics"); w.Code != http.StatusTooManyRequests {
		t.Errorf("a guess at a secret, from the same address: %d", w.Code)
	}
	if w := ask("192.0.2.2:1000", "/kalender/gissning.ics"); w.Code != http.StatusNotFound {
		t.Errorf("another address: %d", w.Code)
	}
}

func htmlOf(t *testing.T, doc *html.Node) string {
	t.Helper()
	var b strings.Builder
	ok(t, html.Render(&b, doc))
	return b.String()
}
