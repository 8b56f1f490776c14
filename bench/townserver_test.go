package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// code is the kommunkod of the nth municipality, from 0. All but the codes are Helsingborg's.
func code(n int) string { return strconv.Itoa(2000 + n) }

// ofTown makes a file another municipality's.
func ofTown(file []byte, code string) []byte {
	return []byte(strings.ReplaceAll(string(file), `kommun: "`+kommun+`"`, `kommun: "`+code+`"`))
}

// townsAddress is where the process listens that serves them all.
const townsAddress = "127.0.0.1:8028"

// townHost is the host name by which it knows which municipality is asked for.
func townHost(code string) string { return "kommun-" + code + ".localhost:8028" }

// toTowns finds every municipality where the process listens, and keeps as many connections open as there are people.
func toTowns() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 100, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, townsAddress)
	}}}
}

// startServe starts arshjul serve for all the municipalities, each with a wheel and an organisation of its own, and waits until
// it answers: then every registry is founded.
func (t *towns) startServe() *stack.Child {
	t.Helper()
	dir := filepath.Join(t.stack.Dir(), "municipalities")
	t.must(os.Mkdir(dir, 0o755))
	var list strings.Builder
	list.WriteString("municipalities:\n")
	for _, one := range t.all {
		wheel, organisation := one.code+"-wheel.yaml", one.code+"-organisation.yaml"
		t.must(os.WriteFile(filepath.Join(dir, wheel), ofTown(wheels.Helsingborg, one.code), 0o644))
		t.must(os.WriteFile(filepath.Join(dir, organisation), ofTown(wheels.HelsingborgOrganisation, one.code), 0o644))
		fmt.Fprintf(&list, "  - {kommun: %q, url: %q, wheel: %q, found: %q}\n", one.code, "http://"+townHost(one.code), wheel, organisation)
	}
	file := filepath.Join(dir, "municipalities.yaml")
	t.must(os.WriteFile(file, []byte(list.String()), 0o644))
	c, err := t.stack.Supervise(t.Context(), "serve", []string{filepath.Join(stacktest.BinDir(t.B), "arshjul"), "serve", "--dev-login", "--addr", townsAddress,
		"--municipalities", file, "--database", t.DatabaseURL, "--temporal", t.Address, "--namespace", namespace}, nil)
	t.must(err)
	t.answers()
	return c
}

// answers waits until the process that serves answers.
func (t *towns) answers() {
	t.Helper()
	var health api.Health
	t.must(t.patiently(func() error { return t.all[0].base.Get(t.Context(), "/health", &health) }))
}
