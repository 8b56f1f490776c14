package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/login"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/wheelfile"
)

// openToAll are the addresses that whoever asks is answered at. A new one is written here by somebody who has thought.
var openToAll = []string{
	"/", "/api/", "GET /{$}", "GET /stil.css", "GET /folj.js", "GET /skript.js", "GET /ikon.svg", "GET /kalender/{hemlighet}", "GET /hjalp", "GET /tillganglighet", "POST /tillganglighet",
	"GET /logga-in", "POST /logga-in", "POST /logga-ut", "GET /utloggad", "GET /logga-in/start", "GET /inloggad", "POST /utloggad-av-tjansten",
	"GET /api/v1/version", "GET /api/v1/health", "GET /api/v1/openapi.json", "POST /api/v1/device", "POST /api/v1/device/key",
}

var wildcard = regexp.MustCompile(`\{([a-z0-9]+)(\.\.\.)?\}`)

// address makes an address of a pattern: in this exercise, and otherwise of nothing in particular.
func address(pattern string, exercise string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	parts := strings.Split(exercise, "/")
	path = strings.TrimSuffix(path, "{$}")
	return method, wildcard.ReplaceAllStringFunc(path, func(w string) string {
		switch wildcard.FindStringSubmatch(w)[1] {
		case "kommun":
			return parts[1]
		case "year":
			return parts[2]
		case "n":
			return parts[3]
		case "step":
			return string(directives)
		case "sha256":
			return strings.Repeat("0", 64)
		}
		return "x"
	})
}

// Every address × everybody: nobody, somebody of another municipality, and each role of ours. Who is turned away, and who
// is not, is what the table says.
func TestEveryAddressAsEverybody(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	exercise := d.Exercise(t, 2028)
	other := neighbour(t, d)
	core, logs := observer.New(zap.InfoLevel)
	provider, err := login.New(login.Config{Issuer: "http://127.0.0.1:1", ClientID: "x", ClientSecret: "x", Claim: "sub", Return: "http://127.0.0.1:1/inloggad", Left: "http://127.0.0.1:1/logga-in"})
	ok(t, err)
	withLogin := d.Another(t, func(c *server.Config) { c.Login, c.URL = provider, "http://127.0.0.1:1" })
	trial := d.Another(t, func(c *server.Config) { c.Log = zap.New(core) })
	handler := trial.Handler()
	withLogin.Handler()

	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/registry/"+servertest.Kommun+"/registry", &registry))
	type one struct {
		person domain.PersonID
		is     domain.Standing
	}
	people := []one{{"", domain.Standing{}}, {other, domain.Standing{LoggedIn: true}}, {stranger, domain.Standing{LoggedIn: true}}}
	var roles []domain.RoleID
	today := registryDay()
	for _, b := range registry.Bindings {
		if slices.Contains(roles, b.Role) || b.From > today || b.To != "" && b.To < today {
			continue
		}
		roles = append(roles, b.Role)
		is := domain.Standing{LoggedIn: true, Member: true}
		for _, own := range registry.Bindings {
			if own.Person == b.Person && own.Unit == registry.City {
				is.Auditor = is.Auditor || own.Role == domain.RoleAuditor
				is.Launcher = is.Launcher || own.Role == domain.RoleLauncher
				is.Registrar = is.Registrar || own.Role == domain.RoleRegistrar
			}
		}
		people = append(people, one{b.Person, is})
	}
	if len(roles) < 8 {
		t.Fatalf("the organisation has only the roles %v", roles)
	}

	things := map[domain.Thing]bool{}
	for _, row := range domain.AccessTable {
		things[row.Thing] = true
	}
	asked := 0
	for _, route := range slices.Concat(trial.Routes(), withLogin.Routes()) {
		if !things[route.Thing] {
			t.Errorf("%s opens to %q, which has no row in domain.AccessTable", route.Pattern, route.Thing)
		}
		if domain.Access(route.Thing, domain.Standing{}) != domain.MayNot && !slices.Contains(openToAll, route.Pattern) {
			t.Errorf("%s is open to all, and nobody has said here that it should be", route.Pattern)
		}
	}
	for _, route := range trial.Routes() {
		method, path := address(route.Pattern, exercise)
		for _, p := range people {
			logs.TakeAll()
			r := httptest.NewRequest(method, path, nil)
			r.Host = "127.0.0.1"
			if p.person != "" {
				r.Header.Set("X-Arshjul-Person", string(p.person))
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			asked++
			code := ""
			for _, e := range logs.FilterMessage("turned away").All() {
				code, _ = e.ContextMap()["code"].(string)
			}
			want := ""
			if domain.Access(route.Thing, p.is) == domain.MayNot {
				if want = string(domain.CodeNoAccess); p.person == "" {
					want = string(domain.CodeNotLoggedIn)
				}
			}
			if code != want {
				t.Errorf("%s %s as %q (%+v): turned away by %q, want %q (answer %d)", method, path, p.person, p.is, code, want, w.Code)
			}
			if want != "" && (w.Code != http.StatusForbidden && w.Code != http.StatusUnauthorized && !strings.HasPrefix(w.Header().Get("Location"), "/logga-in")) {
				t.Errorf("%s %s as %q: %d", method, path, p.person, w.Code)
			}
		}
	}
	t.Logf("%d addresses × %d people = %d questions", len(trial.Routes()), len(people), asked)
}

func registryDay() domain.Date { return domain.InstantOf(time.Now()).Date() }

// neighbour founds the registry of another municipality in the same database, and gives somebody who may everything there.
func neighbour(t *testing.T, d *servertest.Door) domain.PersonID {
	t.Helper()
	return neighbourAt(t, d, "1277", "p-grannkommun")
}

func neighbourAt(t *testing.T, d *servertest.Door, kommun, people string) domain.PersonID {
	t.Helper()
	person := people + "-cykelansvarig"
	text := strings.ReplaceAll(string(wheels.FirstOrganisation), `kommun: "1283"`, fmt.Sprintf("kommun: %q", kommun))
	text = regexp.MustCompile(`\bp-([a-z])`).ReplaceAllString(text, people+"-$1")
	text = strings.ReplaceAll(text, people+"-slf-cykelansvarig", person)
	organisation, err := wheelfile.ReadOrganisation("granne.yaml", []byte(text))
	ok(t, err)
	beside := d.Another(t, func(c *server.Config) { c.Kommun = kommun })
	ok(t, beside.Found(t.Context(), organisation))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/registry/"+kommun+"/registry", nil)
	r.Host = "127.0.0.1"
	r.Header.Set("X-Arshjul-Person", person)
	w := httptest.NewRecorder()
	beside.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("at home the neighbour is answered %d %s", w.Code, w.Body)
	}
	return domain.PersonID(person)
}

// What is another municipality's is not there for ours either, by whatever name it is asked for.
func TestAnotherMunicipalitysIsNotThere(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	neighbour(t, d)
	for _, path := range []string{
		"/registry/1277/registry", "/registry/1277/entries", "/registry/1277/receipts/x", "/cycle/1277/2028", "/cycle/1277/2028/steps", "/exercise/1277/2028/1/tasks",
		"/journal?log=1277", "/journal?log=exercise/1277/2028/1", "/inbox?cycle=cycle/1277/2028", "/mail/sink?exercise=exercise/1277/2028/1", "/mail?exercise=exercise/1277/2028/1",
	} {
		var raw []byte
		err := d.As(servertest.Registrar).Get(t.Context(), path, &raw)
		if err == nil {
			t.Errorf("%s: %s", path, raw)
			continue
		}
		if p := refusal(t, err); p.Code != domain.CodeUnknownStream {
			t.Errorf("%s: %+v", path, p)
		}
	}
	b := browse(t, d, servertest.Registrar)
	for _, path := range []string{"/journal?log=1277", "/cykel/1277/2028", "/ovningspost?exercise=" + url.QueryEscape("exercise/1277/2028/1"), "/folj?fran=0&stream=cycle/1277/2028",
		"/inkorg?kvitto=x&hos=registry/1277"} {
		b.open(path, http.StatusNotFound)
	}
}

// There is no way to add an address but by naming what it opens to.
func TestNoRouteBesideTheTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	ok(t, err)
	beside := regexp.MustCompile(`\.(HandleFunc|Handle)\(|http\.NewServeMux|http\.DefaultServeMux`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		ok(t, err)
		found := beside.FindAllString(string(text), -1)
		want := map[string]string{"router.go": "[.HandleFunc(]", "server.go": "[http.NewServeMux]"}[name]
		if got := fmt.Sprint(found); got != want && len(found)+len(want) > 0 {
			t.Errorf("%s has %s: routes are added by router.handle", name, got)
		}
	}
}
