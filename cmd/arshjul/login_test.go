package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A command line is let in by somebody in a browser, keeps its key where only its owner may read it, and is out again.
func TestLogin(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("ARSHJUL_AS", "")
	t.Setenv("ARSHJUL_KEY", "")
	d := servertest.Shared(t)
	to := "--server=" + d.URL
	if r := arshjul("inbox", to); r.code != api.ExitUsage || !strings.Contains(r.err, "arshjul login") {
		t.Errorf("before logging in: %+v", r)
	}

	reads, writes := io.Pipe()
	var out bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run([]string{"login", to}, &out, writes)
		_ = writes.Close()
	}()
	var told strings.Builder
	shown := regexp.MustCompile(`koden är ([A-Z]{4}-[A-Z]{4})\n`)
	part := make([]byte, 1000)
	for shown.FindString(told.String()) == "" {
		n, err := reads.Read(part)
		if err != nil {
			t.Fatalf("no code: %v %s", err, told.String())
		}
		told.Write(part[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, reads) }()
	r, err := http.NewRequest(http.MethodPost, d.URL+"/slapp-in", strings.NewReader(url.Values{"kod": {shown.FindStringSubmatch(told.String())[1]}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Arshjul-Person", "p-slf-stadens-processledare")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if code := <-ended; code != api.ExitOK || !strings.Contains(out.String(), "som Stadens processledare") {
		t.Fatalf("login ended with %d: %s", code, out.String())
	}
	kept, err := os.Stat(home + "/arshjul/keys.json")
	if err != nil || kept.Mode().Perm() != 0o600 {
		t.Errorf("the key is kept as %v, %v", kept, err)
	}
	if r := arshjul("inbox", to); r.code != api.ExitOK {
		t.Errorf("inbox: %+v", r)
	}
	if r := arshjul("sessions", to); r.code != api.ExitOK || !strings.Contains(r.out, "nyckel (den här)") {
		t.Errorf("sessions: %+v", r)
	}
	if r := arshjul("access", to); r.code != api.ExitOK || !strings.Contains(r.out, "Se och avsluta allas inloggningar") || !strings.Contains(r.out, "reglerna avgör") {
		t.Errorf("access: %+v", r)
	}
	if r := arshjul("sessions", "--all", to); r.code != api.ExitRefused {
		t.Errorf("everybody's: %+v", r)
	}
	text, err := os.ReadFile(home + "/arshjul/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	if r := arshjul("logout", to); r.code != api.ExitOK || !strings.Contains(r.out, "avslutad") {
		t.Errorf("logout: %+v", r)
	}
	_, key, _ := strings.Cut(string(text), `":"`)
	key, _, _ = strings.Cut(key, `"`)
	t.Setenv("ARSHJUL_KEY", key)
	if r := arshjul("inbox", to); len(key) < 43 || r.code != api.ExitUsage {
		t.Errorf("with the key of %d letters that was ended: %+v", len(key), r)
	}
}

// There is no server without a way to log in, and none with both.
func TestHowPeopleLogIn(t *testing.T) {
	for _, name := range []string{"ARSHJUL_URL", "ARSHJUL_OIDC_ISSUER", "ARSHJUL_OIDC_CLIENT", "ARSHJUL_OIDC_SECRET_FILE"} {
		t.Setenv(name, "")
	}
	secret := "--oidc-secret-file=" + file(t, "hemlighet", "påhittad\n")
	all := []string{"--oidc-issuer=https://login.exempel.invalid", "--oidc-client=arshjul", secret, "--url=https://arshjul.exempel.invalid"}
	with := func(more ...string) []string { return append(append([]string{"serve"}, all...), more...) }
	for _, row := range []struct {
		what string
		args []string
		says string
	}{
		{"nothing", []string{"serve"}, "välj hur folk loggar in"},
		{"both", with("--dev-login"), "kan inte stå tillsammans"},
		{"a trial with an address", []string{"serve", "--dev-login", "--url=https://arshjul.exempel.invalid"}, "kan inte stå tillsammans"},
		{"a part", []string{"serve", all[0], all[1]}, "ange alla fyra"},
		{"a secret that is not there", []string{"serve", all[0], all[1], all[3], "--oidc-secret-file=/finns/inte"}, "hemlighet går inte att läsa"},
		{"by http", with("--url=http://arshjul.exempel.invalid"), "https://"},
		{"an address with a path", with("--url=https://arshjul.exempel.invalid/portal"), "utan något efter"},
		{"no claim", with("--oidc-claim="), "pekar ut personen"},
		{"a group without a role", with("--oidc-group=sg-x"), "GRUPP=roll@ENHET"},
		{"all of it, and then the database", with("--oidc-group=sg-x=processledare@SOF", "--addr=127.0.0.1:0"), "--database"},
		{"a trial, and then the database", []string{"serve", "--dev-login", "--addr=127.0.0.1:0"}, "--database"},
		{"a trial for everybody", []string{"serve", "--dev-login", "--addr=0.0.0.0:0"}, "bara lyssna på den egna datorn"},
	} {
		if r := arshjul(row.args...); r.code != api.ExitUsage || !strings.Contains(r.err, row.says) {
			t.Errorf("%s: %d %s", row.what, r.code, r.err)
		}
	}
	if g, err := server.ParseGroup("cn=sg,ou=x=processledare@SOF"); err != nil || g.Group != "cn=sg,ou=x" || g.Role != "processledare" || g.Unit != "SOF" {
		t.Errorf("%+v, %v", g, err)
	}
}
