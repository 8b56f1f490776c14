package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// The file of municipalities replaces the flags of one, and what is wrong in it is told with its place.
func TestServeMunicipalitiesIsAskedRightly(t *testing.T) {
	t.Setenv("ARSHJUL_OIDC_ISSUER", "https://ingen.exempel.se") // of one municipality: holds for none of the file
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("hemlighet", "påhittad")
	const service = ", oidc-issuer: https://inloggning.exempel.se, oidc-client: arshjul, oidc-secret-file: "
	row := func(kommun, url, more string) string {
		return fmt.Sprintf("  - {kommun: %q, url: %q, wheel: helsingborg%s}\n", kommun, url, more)
	}
	one := row("1283", "https://a.exempel.se", service+"hemlighet")
	for n, c := range []struct {
		what, rows string
		flags      []string
		says       string
	}{
		{"a flag of one municipality", one, []string{"--wheel=helsingborg"}, "--wheel gäller en enda kommun"},
		{"an address of one", one, []string{"--url=https://b.exempel.se"}, "--url gäller en enda kommun"},
		{"an unknown member", row("1283", "https://a.exempel.se", ", port: \"8028\""), nil, `.yaml:2:71: uppgiften "port" finns inte här.`},
		{"two with one address", one + row("1277", "https://A.exempel.se", ""), nil, "kommun 1277 har samma adress, A.exempel.se, som kommun 1283 på rad 2"},
		{"nobody can log in", row("1283", "https://a.exempel.se", ""), nil, ".yaml:2:6: kommun 1283: ange alla tre: oidc-issuer"},
		{"anybody can and not", one, []string{"--dev-login"}, "kommun 1283: --dev-login låter vem som helst"},
		{"another's wheel", row("1277", "https://a.exempel.se", service+"hemlighet"), nil, "kommun 1277: årshjulet helsingborg är för kommun 1283"},
		{"no such secret", row("1283", "https://a.exempel.se", service+"finns-inte"), nil, "Kontrollera oidc-secret-file"},
		{"by http", row("1283", "http://a.exempel.se", service+"hemlighet"), nil, "måste börja med https://"},
		{"no such organisation", row("1283", "https://a.exempel.se", service+"hemlighet, found: finns-inte.yaml"), nil, filepath.Join(dir, "finns-inte.yaml")},
		{"all of it, and then the database", one, []string{"--addr=127.0.0.1:0"}, "ange --database"},
	} {
		file := write(fmt.Sprintf("kommuner-%d.yaml", n), "municipalities:\n"+c.rows)
		r := arshjul(append([]string{"serve", "--municipalities", file}, c.flags...)...)
		if r.code != api.ExitUsage || !strings.Contains(r.err, c.says) {
			t.Errorf("%s: %d %s, want %q", c.what, r.code, r.err, c.says)
		}
	}
	for _, file := range []string{"", filepath.Join(dir, "finns-inte")} {
		if r := arshjul("serve", "--dev-login", "--municipalities", file); r.code != api.ExitUsage || !strings.Contains(r.err, "municipalities") && !strings.Contains(r.err, "går inte att läsa") {
			t.Errorf("%q: %d %s", file, r.code, r.err)
		}
	}
}

// twoTowns is one arshjul serve for two municipalities.
type twoTowns struct {
	*testing.T
	door *servertest.Door
	at   string // where it listens
}

const (
	ourHost, theirHost = "arshjul.helsingborg.exempel.se", "arshjul.grannkommun.exempel.se"
	ourTown, theirTown = "1283", "1277"
	service            = "https://inloggning.exempel.se" // of both
)

// serveTwo starts it, with the neighbour's registry founded by it, and stops it when the test ends.
func serveTwo(t *testing.T) *twoTowns {
	t.Helper()
	d := servertest.New(t)
	dir := t.TempDir()
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	theirs := func(text []byte) []byte {
		text = bytes.ReplaceAll(text, []byte(`kommun: "`+ourTown+`"`), []byte(`kommun: "`+theirTown+`"`))
		return regexp.MustCompile(`\bp-([a-z])`).ReplaceAll(text, []byte("p-grannkommun-$1"))
	}
	write("wheel.yaml", theirs(wheels.First))
	write("organisation.yaml", theirs(wheels.FirstOrganisation))
	write("secret", []byte("påhittad"))
	const login = ", oidc-issuer: " + service + ", oidc-client: arshjul, oidc-secret-file: secret}\n"
	write("kommuner.yaml", []byte("municipalities:\n"+
		`  - {kommun: "`+ourTown+`", url: "https://`+ourHost+`", wheel: helsingborg-1`+login+
		`  - {kommun: "`+theirTown+`", url: "https://`+theirHost+`", wheel: wheel.yaml, found: organisation.yaml`+login))

	ctx, stop := context.WithCancel(context.Background())
	said, says := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		root := newRoot()
		root.SetArgs([]string{"serve", "--municipalities", filepath.Join(dir, "kommuner.yaml"), "--addr", "127.0.0.1:0",
			"--database", d.DatabaseURL, "--temporal", d.Address, "--namespace", d.Namespace})
		root.SetOut(says)
		err := root.ExecuteContext(ctx)
		says.CloseWithError(fmt.Errorf("it ended: %w", err))
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	first, err := bufio.NewReader(said).ReadString('\n')
	at, many, ok := strings.Cut(strings.TrimPrefix(first, "Servern svarar på "), " för ")
	if err != nil || !ok || many != "2 kommuner\n" {
		t.Fatalf("%q, %v", first, err)
	}
	return &twoTowns{t, d, at}
}

// asked is how somebody asks: with a browser's session, or a key.
type asked struct{ cookie, key string }

// enter gives a person a session and a key in a municipality, as logging in there does.
func (two *twoTowns) enter(kommun string, person domain.PersonID) asked {
	two.Helper()
	made := domain.InstantOf(time.Now())
	a := asked{fmt.Sprintf("cookie-%s-%s", kommun, person), fmt.Sprintf("key-%s-%s", kommun, person)}
	for _, one := range []struct {
		secret string
		store.Session
	}{
		{a.cookie, store.Session{Kind: store.SessionBrowser, Subject: "påhittad"}},
		{a.key, store.Session{Kind: store.SessionKey, Provider: service}},
	} {
		one.ID, one.Person, one.Label, one.Made = one.secret, person, "prov", made
		one.Ends = domain.InstantOf(made.Time().Add(time.Hour))
		if err := two.door.Store.AddSession(two.Context(), kommun, sha256.Sum256([]byte(one.secret)), one.Session); err != nil {
			two.Fatal(err)
		}
	}
	return a
}

// ask asks by a host name, as the proxy passes it on.
func (two *twoTowns) ask(host, method, path string, as asked, body string) (status int, text string, header http.Header) {
	two.Helper()
	r, err := http.NewRequestWithContext(two.Context(), method, two.at+path, strings.NewReader(body))
	if err != nil {
		two.Fatal(err)
	}
	r.Host = host
	if strings.HasPrefix(path, "/api/") && as.key != "" {
		r.Header.Set("Authorization", "Bearer "+as.key)
	} else if as.cookie != "" {
		r.Header.Set("Cookie", "__Host-arshjul="+as.cookie)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		two.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		two.Fatal(err)
	}
	return answer.StatusCode, string(all), answer.Header
}

// give gives a command until it stands in the journal: a busy machine may leave the answer unknown, or the journal behind.
func (two *twoTowns) give(host, path string, as asked, body string) {
	two.Helper()
	for range 60 {
		status, text, _ := two.ask(host, http.MethodPost, path, as, body)
		var receipt api.Receipt
		if status == http.StatusOK && json.Unmarshal([]byte(text), &receipt) == nil && receipt.Status == api.StatusDone {
			return
		}
		if status != http.StatusOK && status != http.StatusServiceUnavailable && status != http.StatusGatewayTimeout {
			two.Fatalf("%s: %d %s", path, status, text)
		}
		select {
		case <-two.Context().Done():
		case <-time.After(time.Second):
		}
	}
	two.Fatalf("%s is not answered", path)
}

// One process serves two municipalities, told apart by host name. Neither ever sees the other: what opens one opens nothing in
// the other, who is somebody in one is nobody in the other, and no address tells of the neighbour, by whatever name it is asked.
func TestServeTwoMunicipalities(t *testing.T) {
	t.Parallel()
	two := serveTwo(t)
	ours, theirs := two.enter(ourTown, servertest.Registrar), two.enter(theirTown, "p-grannkommun-slf-cykelansvarig")
	two.give(theirHost, "/api/v1/exercises", theirs, `{"id": "granne", "year": 2028}`)
	two.give(theirHost, "/api/v1/exercise/1277/2028/1/commands", theirs, `{"id": "granne-1", "kind": "comment", "step": "planeringsanvisningar/KS", "text": "Bara för grannkommunen (påhittat)"}`)

	// Each at home, where the neighbour sees what it has written.
	if status, text, _ := two.ask(theirHost, http.MethodGet, "/ovning/1277/2028/1/steg/planeringsanvisningar/KS", theirs, ""); !strings.Contains(text, "Bara för grannkommunen") {
		t.Errorf("the neighbour at home: %d", status)
	}
	for _, path := range []string{"/inkorg", "/enheter", "/api/v1/registry/1283/registry"} {
		if status, text, _ := two.ask(strings.ToUpper(ourHost), http.MethodGet, path, ours, ""); status != http.StatusOK {
			t.Errorf("at home %s: %d %s", path, status, text)
		}
	}

	// What opens one opens nothing in the other.
	for _, row := range []struct {
		host string
		as   asked
	}{{theirHost, ours}, {ourHost, theirs}} {
		for _, path := range []string{"/inkorg", "/journal", "/enheter", "/ovning/1277/2028/1"} {
			if status, _, h := two.ask(row.host, http.MethodGet, path, row.as, ""); status != http.StatusSeeOther || !strings.HasPrefix(h.Get("Location"), "/logga-in") {
				t.Errorf("%s of %s with %s: %d", path, row.host, row.as.cookie, status)
			}
		}
		for _, path := range []string{"/api/v1/me", "/api/v1/inbox", "/api/v1/journal"} {
			if status, text, _ := two.ask(row.host, http.MethodGet, path, row.as, ""); status != http.StatusUnauthorized {
				t.Errorf("%s of %s with %s: %d %s", path, row.host, row.as.key, status, text)
			}
		}
	}
	// Who is somebody in one is nobody in the other, also when the log-in service lets the person in there.
	astray := two.enter(theirTown, servertest.Registrar)
	for _, path := range []string{"/enheter", "/ovning/1277/2028/1", "/api/v1/registry/1277/registry", "/api/v1/cycles"} {
		if status, text, _ := two.ask(theirHost, http.MethodGet, path, astray, ""); status != http.StatusForbidden || strings.Contains(text, "p-grannkommun") {
			t.Errorf("%s by who is nobody there: %d", path, status)
		}
	}
	// The neighbour's pages, which lie in the same site, can do nothing in a person's name.
	forged, err := http.NewRequestWithContext(t.Context(), http.MethodPost, two.at+"/logga-ut", nil)
	if err != nil {
		t.Fatal(err)
	}
	forged.Host = ourHost
	forged.Header = http.Header{"Cookie": {"__Host-arshjul=" + ours.cookie}, "Origin": {"https://" + theirHost}, "Sec-Fetch-Site": {"same-site"}}
	answer, err := http.DefaultTransport.RoundTrip(forged)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a form of the neighbour's: %d", answer.StatusCode)
	}
	two.tellsNothing(ours)

	// By another name there is nobody, and nothing tells who there is; but whether the process is well.
	for _, host := range []string{"127.0.0.1", "exempel.se", "x." + ourHost, ourHost + ".", ourHost + ":8443"} {
		for _, path := range []string{"/", "/inkorg", "/api/v1/cycles", "/api/v1/openapi.json"} {
			status, text, _ := two.ask(host, http.MethodGet, path, ours, "")
			if status != http.StatusMisdirectedRequest || strings.Contains(text, "kommun") {
				t.Errorf("%s of %s: %d %s", path, host, status, text)
			}
		}
		if status, text, _ := two.ask(host, http.MethodGet, "/api/v1/health", asked{}, ""); status != http.StatusOK && status != http.StatusServiceUnavailable { // a busy machine is not always well
			t.Errorf("health by %s: %d %s", host, status, text)
		}
		if status, text, _ := two.ask(host, http.MethodGet, "/api/v1/version", asked{}, ""); status != http.StatusOK || !strings.Contains(text, `"kommun":""`) {
			t.Errorf("version by %s: %d %s", host, status, text)
		}
	}
}

// tellsNothing asks every address of the API that reads, and the pages that name a municipality, with our own names and with
// the neighbour's.
func (two *twoTowns) tellsNothing(as asked) {
	two.Helper()
	_, text, _ := two.ask(ourHost, http.MethodGet, "/api/v1/openapi.json", as, "")
	var described struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal([]byte(text), &described); err != nil {
		two.Fatalf("%v: %s", err, text)
	}
	paths := []string{"/inkorg", "/cykler", "/journal", "/ledning/roller", "/enheter", "/revision", "/ledning", "/ovningspost", "/ovning/{kommun}/{year}/{n}", "/ovning/{kommun}/{year}/{n}/steg/planeringsanvisningar/KS", "/ovning/{kommun}/{year}/{n}/rapport", "/cykel/{kommun}/{year}"}
	for path, methods := range described.Paths {
		if methods["get"] != nil {
			paths = append(paths, path)
		}
	}
	answered := 0
	for _, path := range paths {
		for _, kommun := range []string{ourTown, theirTown} {
			at := strings.NewReplacer("{kommun}", kommun, "{year}", "2028", "{n}", "1", "{step}", "planeringsanvisningar/KS", "{id}", "granne-1",
				"{sha256}", strings.Repeat("0", 64)).Replace(path)
			if kommun == theirTown && at == path {
				at += "?log=exercise/1277/2028/1&cycle=exercise/1277/2028/1&exercise=exercise/1277/2028/1"
			}
			status, text, _ := two.ask(ourHost, http.MethodGet, at, as, "")
			if status == http.StatusOK {
				answered++
			}
			if strings.Contains(text, "p-grannkommun") || strings.Contains(text, "Bara för grannkommunen") {
				two.Errorf("%s tells of the neighbour (%d)", at, status)
			}
			if status == http.StatusOK && strings.Contains(path, "{kommun}") && kommun == theirTown {
				two.Errorf("%s is answered", at)
			}
		}
	}
	if answered < 10 {
		two.Errorf("only %d of %d addresses were answered at all", answered, len(paths))
	}
}
