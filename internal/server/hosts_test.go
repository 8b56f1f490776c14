package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/login"
	"arshjul/internal/wheelfile"
)

func configOf(t *testing.T, kommun, url string, trial bool) Config {
	t.Helper()
	wheel, err := wheelfile.Read("hjul.yaml", []byte(strings.ReplaceAll(string(wheels.First), `kommun: "1283"`, `kommun: "`+kommun+`"`)))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Kommun: kommun, Wheel: wheel, Version: "test", URL: url, Log: zap.NewNop()}
	if !trial {
		c.Login, err = login.New(login.Config{Issuer: "https://inloggning.exempel.se", ClientID: "arshjul", ClientSecret: "påhittad", Claim: "sub",
			Return: url + "/inloggad", Left: url + "/logga-in"})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// Municipalities that cannot be told apart, or where anybody could be anyone from another machine, are refused.
func TestHostsThatDoNotHold(t *testing.T) {
	t.Parallel()
	real, trial := configOf(t, "1283", "https://a.exempel.se", false), configOf(t, "1283", "http://a.localhost:8028", true)
	for _, row := range []struct {
		name string
		all  []Config
		says string
	}{
		{"none", nil, "ingen kommun"},
		{"the same host", []Config{real, configOf(t, "1277", "https://A.exempel.se", false)}, "Kommun 1283 och kommun 1277 har samma adress"},
		{"one with a log-in service and one without", []Config{trial, configOf(t, "1277", "https://b.exempel.se", false)}, "Kommun 1277 skiljer sig från kommun 1283"},
		{"no address", []Config{configOf(t, "1277", "", true)}, "ingen adress"},
		{"anybody from anywhere", []Config{trial, configOf(t, "1277", "http://b.exempel.se", true)}, "kommun 1277 måste ha en adress på den egna datorn"},
		{"a name that only looks like this machine's", []Config{configOf(t, "1277", "http://localhost.exempel.se:8028", true)}, "på den egna datorn"},
	} {
		_, err := NewHosts(row.all)
		if refusal := (*domain.Refusal)(nil); !errors.As(err, &refusal) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.name, err, row.says)
		}
	}
}

// With --dev-login each municipality answers by its own name alone, and another site's name made to point here gets nothing.
func TestHostsOnTrial(t *testing.T) {
	t.Parallel()
	h, err := NewHosts([]Config{configOf(t, "1283", "http://a.localhost:8028", true), configOf(t, "1277", "http://127.0.0.2:8028", true)})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		host, path string
		status     int
		says       string
	}{
		{"a.localhost:8028", "/api/v1/version", http.StatusOK, `"kommun":"1283"`},
		{"A.LOCALHOST:8028", "/api/v1/version", http.StatusOK, `"kommun":"1283"`},
		{"127.0.0.2:8028", "/api/v1/version", http.StatusOK, `"kommun":"1277"`},
		{"127.0.0.1:8028", "/api/v1/version", http.StatusOK, `"kommun":""`},
		{"127.0.0.1:8028", "/inkorg", http.StatusMisdirectedRequest, "inte på det namnet"},
		{"b.localhost:8028", "/inkorg", http.StatusMisdirectedRequest, "inte på det namnet"},
		{"elak.exempel.se", "/inkorg", http.StatusMisdirectedRequest, "inte på det namnet"},
		{"elak.exempel.se", "/api/v1/version", http.StatusMisdirectedRequest, "inte på det namnet"},
		{"a.localhost:8028.elak.exempel.se", "/inkorg", http.StatusMisdirectedRequest, "inte på det namnet"},
	} {
		r := httptest.NewRequest(http.MethodGet, row.path, nil)
		r.Host = row.host
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.says) || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s of %s: %d %s", row.path, row.host, w.Code, w.Body)
		}
	}
}

// One municipality's followers do not hear of another's, whatever stream they ask for; and one's many leave room for another's.
func TestFollowersOfSeveralMunicipalities(t *testing.T) {
	t.Parallel()
	tail := newTail(nil, zap.NewNop())
	tail.looking = true // this test tells
	of := func(kommun, person, stream string) *follower {
		return &follower{somebody: somebody{kommun, domain.PersonID(person)}, stream: stream, news: make(chan uint64, 1)}
	}
	join := func(kommun, person, stream string) *follower {
		t.Helper()
		f := of(kommun, person, stream)
		if !tail.join(f) {
			t.Fatalf("no room for %+v", f.somebody)
		}
		return f
	}
	ours, astray, theirs := join("1283", "p", ""), join("1283", "p", "cycle/1277/2028"), join("1277", "p", "cycle/1277/2028")
	tail.tell(map[string]uint64{"cycle/1277/2028": 7, "registry/1277": 2, "cycle/1283/2028": 4, "registry/1283": 1})
	for _, row := range []struct {
		name string
		f    *follower
		want uint64 // 0 = hears nothing
	}{{"of all in ours", ours, 5}, {"of theirs in ours", astray, 0}, {"of theirs", theirs, 7}} {
		got := uint64(0)
		select {
		case got = <-row.f.news:
		default:
		}
		if got != row.want {
			t.Errorf("a follower %s hears %d, want %d", row.name, got, row.want)
		}
	}
	for n := range mostOfTown - 2 {
		join("1283", fmt.Sprint("p-", n), "")
	}
	if tail.join(of("1283", "p-till", "")) {
		t.Error("one municipality has more than its share")
	}
	join("1277", "p-till", "")
	tail.leave(ours)
	join("1283", "p-till", "")
}
