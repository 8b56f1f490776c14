// Package oidctest gives tests of logging in a log-in service to ask: oidc-provider, a certified implementation, as a
// process of its own. install.sh puts it into bin/oidctest; make test runs that first.
package oidctest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"arshjul/internal/stack"
)

// Client is how the service knows who asks it.
const (
	Client = "arshjul"
	Secret = "paahittad-hemlighet-som-aer-laang-nog" // made up
)

// Provider is the service. Each start makes a new signing key, and forgets who had logged in there.
type Provider struct {
	Issuer string
	given  given
	child  *exec.Cmd
	stdin  io.Closer
	said   *bytes.Buffer
}

type given struct {
	Port        int                 `json:"port"`
	Client      string              `json:"client"`
	Secret      string              `json:"secret"`
	Return      string              `json:"return"`
	Left        string              `json:"left"`
	BackChannel string              `json:"backchannel"`
	Groups      map[string][]string `json:"groups"`
	CA          string              `json:"-"`
}

// New starts a service that knows one client: at these addresses, whose certificate is in the PEM file. groups are those
// of each account; an account's id is what is typed into its form. It ends with the test.
func New(t testing.TB, back, left, backChannel, certificate string, groups map[string][]string) *Provider {
	t.Helper()
	port, err := stack.FreePort() // which is free also when it is started again
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{given: given{Port: port, Client: Client, Secret: Secret, Return: back, Left: left, BackChannel: backChannel, Groups: groups, CA: certificate}}
	p.Start(t)
	t.Cleanup(func() { p.Stop(t) })
	return p
}

// Start starts the service where it was, with a new key.
func (p *Provider) Start(t testing.TB) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "..", "..", "..", "bin", "oidctest")
	if _, err := os.Stat(filepath.Join(dir, ".installed")); err != nil {
		t.Fatal("oidctest: the log-in service of the tests is not installed; run internal/login/oidctest/install.sh (make test does)")
	}
	node := filepath.Join(dir, "node")
	if _, err := os.Stat(node); err != nil {
		node = "node"
	}
	text, err := json.Marshal(p.given)
	if err != nil {
		t.Fatal(err)
	}
	p.child = exec.Command(node, filepath.Join(dir, "provider.mjs"))
	p.child.Env = append(os.Environ(), "OIDCTEST="+string(text), "NODE_EXTRA_CA_CERTS="+p.given.CA)
	p.said = &bytes.Buffer{}
	p.child.Stderr = p.said
	out, err := p.child.StdoutPipe()
	if err == nil {
		p.stdin, err = p.child.StdinPipe()
	}
	if err == nil {
		err = p.child.Start()
	}
	if err != nil {
		t.Fatalf("oidctest: %v", err)
	}
	var told struct{ Issuer string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &told)
	}
	if err != nil {
		_ = p.child.Process.Kill()
		_ = p.child.Wait()
		t.Fatalf("oidctest: the service did not start: %v\n%s", err, p.said)
	}
	p.Issuer = told.Issuer
	u, err := url.Parse(told.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	if p.given.Port, err = strconv.Atoi(u.Port()); err != nil {
		t.Fatal(err)
	}
}

// Stop kills the service, as when it is down. Stopping it twice is stopping it once.
func (p *Provider) Stop(t testing.TB) {
	t.Helper()
	if p.child == nil {
		return
	}
	if err := p.child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	_ = p.child.Wait() // it was killed
	_ = p.stdin.Close()
	p.child = nil
	if t.Failed() {
		t.Logf("the log-in service said:\n%s", p.said)
	}
}
