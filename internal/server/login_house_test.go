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
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/net/html"

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

func (h *house) stranger(t *testing.T) *visitor {
	t.Helper()
	v := h.visitor(t)
	v.logIn("p-annan-kommun", "/mina-inloggningar")
	return v
}
