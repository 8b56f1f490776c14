package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/login/oidctest"
	"arshjul/internal/server/servertest"
)

// The whole way in and out, and what the browser is given on it.
func TestLogInByOpenIDConnect(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	v := h.visitor(t)
	if answer, doc := v.get("/cykler?sida=2"); answer.Request.URL.Path != "/logga-in" || find(doc, "a", func(a *html.Node) bool {
		return attr(a, "href") == "/logga-in/start?till=%2fcykler%3fsida%3d2" || attr(a, "href") == "/logga-in/start?till=%2Fcykler%3Fsida%3D2"
	}) == nil {
		t.Errorf("who is not logged in is sent to %s: %s", answer.Request.URL, content(doc))
	}
	var asked *url.URL
	v.stop = func(u *url.URL) bool {
		if u.Path == "/auth" {
			asked = u
		}
		return false
	}
	answer, doc := v.logIn(string(writer), "/cykler?sida=2")
	if answer.StatusCode != http.StatusOK || answer.Request.URL.RequestURI() != "/cykler?sida=2" || !strings.Contains(content(doc), "Stadens processledare") {
		t.Fatalf("after logging in: %d %s %s", answer.StatusCode, answer.Request.URL, content(doc))
	}
	for name, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "response_mode": "query", "client_id": oidctest.Client} {
		if got := asked.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Query().Get(name)) < 26 {
			t.Errorf("%s is %q", name, asked.Query().Get(name))
		}
	}
	secret := v.cookie("__Host-arshjul")
	if len(secret) < 43 || v.cookie("__Host-arshjul-login") != "" {
		t.Errorf("the session's cookie is %d letters, the log-in's %q", len(secret), v.cookie("__Host-arshjul-login"))
	}
	if csp := answer.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("CSP %s", csp)
	}
	if answer.Header.Get("Strict-Transport-Security") == "" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", answer.Header)
	}

	// Another log-in is another session, and the browser's new one.
	v.logIn(string(writer), "/inkorg")
	if again := v.cookie("__Host-arshjul"); again == secret || again == "" {
		t.Error("the second log-in kept the first one's cookie")
	}

	// Only by the service's own host name, and never by a header.
	r, err := http.NewRequest(http.MethodGet, h.URL+"/api/v1/me", nil)
	ok(t, err)
	r.Header.Set("X-Arshjul-Person", string(writer))
	bare, err := h.server.Client().Do(r)
	ok(t, err)
	ok(t, bare.Body.Close())
	if bare.StatusCode != http.StatusUnauthorized {
		t.Errorf("a header names a person, and the answer is %d", bare.StatusCode)
	}
	r.Host = "annan.exempel.invalid"
	bare, err = h.server.Client().Do(r)
	ok(t, err)
	ok(t, bare.Body.Close())
	if bare.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host name: %d", bare.StatusCode)
	}

	// Out: here, and with the service.
	answer, doc = v.post("/logga-ut", nil)
	link := find(doc, "a", func(a *html.Node) bool { return strings.HasPrefix(attr(a, "href"), h.service.Issuer) })
	if link == nil || v.inside() {
		t.Fatalf("after logging out: %s %s", answer.Request.URL, content(doc))
	}
	answer, doc = v.get(attr(link, "href"))
	if answer, doc = v.through(answer, doc, ""); answer.Request.URL.Path != "/logga-in" || !strings.HasPrefix(answer.Request.URL.String(), h.URL) {
		t.Errorf("the service sends the browser to %s: %s", answer.Request.URL, content(doc))
	}
	for _, entry := range h.logs.All() {
		text := entry.Message
		for _, f := range entry.Context {
			text += " " + f.String
		}
		if strings.Contains(text, secret) || strings.Contains(text, "Namn på") || strings.Contains(text, asked.Query().Get("state")) || strings.Contains(text, asked.Query().Get("nonce")) {
			t.Errorf("the log says %s", text)
		}
	}
}

// What does not hold opens nothing: a tampered nonce or state, a code that was used, another browser's answer.
func TestAnswersThatDoNotHold(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	refusedBy := func(what string, v *visitor, answer *http.Response, doc *html.Node) {
		t.Helper()
		if answer.StatusCode != http.StatusUnauthorized || !strings.Contains(content(doc), "Inloggningen gick inte igenom") || v.inside() {
			t.Errorf("%s: %d %s", what, answer.StatusCode, content(doc))
		}
	}
	// callback logs in and stops before the answer reaches us.
	callback := func(v *visitor, change func(url.Values)) string {
		t.Helper()
		v.stop = func(u *url.URL) bool { return u.Path == "/auth" || u.Path == "/inloggad" }
		answer, _ := v.get("/logga-in/start")
		to, err := url.Parse(answer.Header.Get("Location"))
		ok(t, err)
		query := to.Query()
		change(query)
		to.RawQuery = query.Encode()
		v.stop = func(u *url.URL) bool { return u.Path == "/inloggad" }
		answer, doc := v.get(to.String())
		answer, _ = v.through(answer, doc, string(writer))
		back := answer.Header.Get("Location")
		if !strings.HasPrefix(back, h.URL+"/inloggad?code=") {
			t.Fatalf("the service sends the browser to %q", back)
		}
		v.stop = func(*url.URL) bool { return false }
		return back
	}
	same := func(url.Values) {}

	v := h.visitor(t)
	answer, doc := v.get(callback(v, func(q url.Values) { q.Set("nonce", "en-annan-inloggnings-nonce") }))
	refusedBy("another nonce", v, answer, doc)

	v = h.visitor(t)
	back := callback(v, same)
	tampered := strings.Replace(back, "state=", "state=x", 1)
	answer, doc = v.get(tampered)
	refusedBy("another state", v, answer, doc)
	answer, doc = v.get(back)
	refusedBy("the right state after a wrong one", v, answer, doc)

	v = h.visitor(t)
	answer, doc = v.get(callback(v, func(q url.Values) { q.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM") }))
	refusedBy("another PKCE challenge", v, answer, doc)

	first, thief := h.visitor(t), h.visitor(t)
	back = callback(first, same)
	answer, doc = thief.get(back)
	refusedBy("another browser's answer", thief, answer, doc)
	if answer, doc = first.get(back); !first.inside() {
		t.Fatalf("its own browser is not let in: %d %s", answer.StatusCode, content(doc))
	}
	used, err := url.Parse(back)
	ok(t, err)
	again := h.visitor(t)
	answer, doc = again.get(back)
	refusedBy("the same answer again", again, answer, doc)
	// The code that was used, in a log-in that is under way and whose state fits.
	next, err := url.Parse(callback(again, same))
	ok(t, err)
	query := next.Query()
	query.Set("code", used.Query().Get("code"))
	next.RawQuery = query.Encode()
	answer, doc = again.get(next.String())
	refusedBy("a code that was used", again, answer, doc)
	if !slices.ContainsFunc(h.logs.All(), func(e observer.LoggedEntry) bool {
		err, _ := e.ContextMap()["error"].(string)
		return strings.Contains(err, "invalid_grant")
	}) {
		t.Error("the service did not refuse the code")
	}
	answer, doc = h.visitor(t).get("/inloggad?code=x&state=")
	refusedBy("an answer to nothing", h.visitor(t), answer, doc)
}

// A new key of the service's is picked up; while it is down those who are inside stay, and others are told so.
func TestTheServiceChangesItsKeyAndIsDown(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	inside := h.visitor(t)
	inside.logIn(string(writer), "/inkorg")
	h.service.Stop(t)
	if !inside.inside() {
		t.Error("who was inside is out when the service is down")
	}
	// One that has never asked the service has to ask it first.
	other := h.visitor(t)
	answer, doc := other.get("/logga-in")
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the log-in page: %d %s", answer.StatusCode, content(doc))
	}
	other.stop = func(u *url.URL) bool { return strings.HasPrefix(u.String(), h.service.Issuer) }
	answer, _ = other.get("/logga-in/start")
	if answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the service was known, and the answer is %d", answer.StatusCode)
	}
	fake := h.URL + "/inloggad?" + url.Values{"code": {"x"}, "state": {stateOf(t, answer)}}.Encode()
	answer, doc = other.get(fake)
	if answer.StatusCode != http.StatusGatewayTimeout || !strings.Contains(content(doc), "svarar inte just nu") || other.inside() {
		t.Errorf("while the service is down: %d %s", answer.StatusCode, content(doc))
	}
	// Its word that somebody has logged out cannot be checked now: it is asked to say so again later.
	answer, _ = other.post("/utloggad-av-tjansten", url.Values{"logout_token": {"eyJhbGciOiJFUzI1NiIsImtpZCI6Ing" + "ifQ.e30.AAAA"}})
	if answer.StatusCode/100 == 2 {
		t.Errorf("a log-out that nobody signed: %d", answer.StatusCode)
	}
	h.service.Start(t)
	if !inside.inside() {
		t.Error("who was inside is out when the service is back")
	}
	if answer, doc := h.visitor(t).logIn(string(director), "/inkorg"); answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/inkorg" {
		t.Errorf("with the new key: %d %s", answer.StatusCode, content(doc))
	}
}

func stateOf(t *testing.T, answer *http.Response) string {
	t.Helper()
	u, err := url.Parse(answer.Header.Get("Location"))
	ok(t, err)
	return u.Query().Get("state")
}

// A group proposes a role and gives nothing; the registeransvarig gives it, in the registry.
func TestGroupsOnlyPropose(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	v := h.visitor(t)
	answer, doc := v.logIn(newcomer, "/cykler")
	if answer.StatusCode != http.StatusForbidden || !strings.Contains(content(doc), "har ingen roll här") {
		t.Fatalf("who has only a group: %d %s", answer.StatusCode, content(doc))
	}
	registrar := h.visitor(t)
	registrar.logIn(string(servertest.Registrar), "/forslag")
	_, doc = registrar.get("/forslag")
	if text := content(doc); !strings.Contains(text, "Namn på "+newcomer+" (påhittat): processledare i SOF") || strings.Contains(text, "SLF") {
		t.Fatalf("the page of proposals says %s", text)
	}
	form := url.Values{"person": {newcomer}, "roll": {"processledare"}, "enhet": {"SOF"}, "fran": {"2026-01-01"}, "svar": {"ge"}}
	if answer, _ := v.post("/forslag", form); answer.StatusCode != http.StatusForbidden {
		t.Errorf("who was proposed gives the role: %d", answer.StatusCode)
	}
	more := url.Values{"person": {newcomer}, "roll": {string(domain.RoleRegistrar)}, "enhet": {"SLF"}, "fran": {"2026-01-01"}, "svar": {"ge"}}
	if answer, _ := registrar.post("/forslag", more); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a role that nobody proposed: %d", answer.StatusCode)
	}
	if answer, doc := registrar.post("/forslag", form); answer.StatusCode != http.StatusOK || strings.Contains(content(doc), newcomer) {
		t.Fatalf("after giving: %d %s", answer.StatusCode, content(doc))
	}
	if answer, doc := v.get("/cykler"); answer.StatusCode != http.StatusOK || !strings.Contains(content(doc), "Du är Namn på "+newcomer) {
		t.Errorf("with the role: %d %s", answer.StatusCode, content(doc))
	}
}
