package server_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/login"
	"arshjul/internal/login/oidctest"
	"arshjul/internal/server"
	"arshjul/internal/server/servertest"
)

// house is a server that people log in to by a log-in service.
type house struct {
	*servertest.Door
	URL     string
	service *oidctest.Provider
	server  *httptest.Server
	logs    *observer.ObservedLogs
}

const newcomer = "p-ny-genom-grupp"

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{Door: servertest.Shared(t), server: httptest.NewUnstartedServer(nil)}
	h.URL = "https://" + h.server.Listener.Addr().String()
	core, logs := observer.New(zap.InfoLevel)
	h.logs = logs
	var answers http.Handler // there before the first question is
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers.ServeHTTP(w, r) })
	h.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	h.server.StartTLS()
	t.Cleanup(h.server.Close)
	certificate := filepath.Join(t.TempDir(), "ca.pem")
	ok(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.server.Certificate().Raw}), 0o600))
	h.service = oidctest.New(t, h.URL+"/inloggad", h.URL+"/logga-in", h.URL+"/utloggad-av-tjansten", certificate,
		map[string][]string{newcomer: {"sg-processledare-sof", "sg-annat"}})
	provider, err := login.New(login.Config{Issuer: h.service.Issuer, ClientID: oidctest.Client, ClientSecret: oidctest.Secret,
		Claim: "sub", Name: "name", Groups: "groups", Scopes: []string{"profile", "groups"}, Return: h.URL + "/inloggad", Left: h.URL + "/logga-in"})
	ok(t, err)
	answers = h.Another(t, func(c *server.Config) {
		c.Login, c.URL, c.Log = provider, h.URL, zap.New(core)
		c.Groups = []server.Group{{Group: "sg-processledare-sof", Role: "processledare", Unit: "SOF"}, {Group: "sg-ingen", Role: "processledare", Unit: "SLF"}}
	}).Handler()
	return h
}

// visitor is a browser that goes where it is sent, and stops where it is told.
type visitor struct {
	t      *testing.T
	h      *house
	client *http.Client
	stop   func(*url.URL) bool
}

func (h *house) visitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	ok(t, err)
	v := &visitor{t: t, h: h, stop: func(*url.URL) bool { return false }}
	v.client = &http.Client{Jar: jar, Transport: h.server.Client().Transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if v.stop(r.URL) || len(via) > 20 {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return v
}

func (v *visitor) get(address string) (*http.Response, *html.Node) {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.h.URL + address
	}
	answer, err := v.client.Get(address)
	ok(v.t, err)
	return v.read(answer)
}

func (v *visitor) post(address string, form url.Values) (*http.Response, *html.Node) {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.h.URL + address
	}
	answer, err := v.client.PostForm(address, form)
	ok(v.t, err)
	return v.read(answer)
}

func (v *visitor) read(answer *http.Response) (*http.Response, *html.Node) {
	v.t.Helper()
	text, err := io.ReadAll(answer.Body)
	ok(v.t, err)
	ok(v.t, answer.Body.Close())
	doc, err := html.Parse(bytes.NewReader(text))
	ok(v.t, err)
	return answer, doc
}

// through fills in the service's own forms until it sends the browser away.
func (v *visitor) through(answer *http.Response, doc *html.Node, account string) (*http.Response, *html.Node) {
	v.t.Helper()
	for range 6 {
		if !strings.HasPrefix(answer.Request.URL.String(), v.h.service.Issuer) || answer.StatusCode != http.StatusOK {
			return answer, doc
		}
		form := find(doc, "form", nil)
		if form == nil { // its last word
			return answer, doc
		}
		fields := url.Values{}
		for n := range form.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "input" || n.Data == "button") && attr(n, "name") != "" {
				fields.Set(attr(n, "name"), attr(n, "value"))
			}
		}
		if fields.Has("login") {
			fields.Set("login", account)
			fields.Set("password", "påhittat")
		}
		if fields.Has("xsrf") { // "do you want to sign out?"; its button stands outside the form
			fields.Set("logout", "yes")
		}
		to, err := answer.Request.URL.Parse(attr(form, "action"))
		ok(v.t, err)
		answer, doc = v.post(to.String(), fields)
	}
	v.t.Fatalf("the service does not let go: %s", content(doc))
	return nil, nil
}

// logIn logs in from a page on, and gives where that led.
func (v *visitor) logIn(account string, till string) (*http.Response, *html.Node) {
	v.t.Helper()
	answer, doc := v.get("/logga-in/start?" + url.Values{"till": {till}}.Encode())
	return v.through(answer, doc, account)
}

func (v *visitor) inside() bool {
	v.t.Helper()
	answer, _ := v.get("/inkorg")
	return answer.Request.URL.Path == "/inkorg" && answer.StatusCode == http.StatusOK
}

func (v *visitor) cookie(name string) string {
	v.t.Helper()
	u, err := url.Parse(v.h.URL)
	ok(v.t, err)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

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

func (h *house) stranger(t *testing.T) *visitor {
	t.Helper()
	v := h.visitor(t)
	v.logIn("p-annan-kommun", "/mina-inloggningar")
	return v
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
