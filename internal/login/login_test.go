package login

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func agreed(issuer string) Config {
	return Config{Issuer: issuer, ClientID: "arshjul", ClientSecret: "påhittad", Claim: "sub", Return: "https://arshjul.exempel.invalid/inloggad", Left: "https://arshjul.exempel.invalid/logga-in"}
}

// What could be listened in on, or points at nobody, is refused before the server starts.
func TestTheAgreement(t *testing.T) {
	for _, row := range []struct {
		what   string
		change func(*Config)
		says   string
	}{
		{"all is there", func(*Config) {}, ""},
		{"a service on this machine", func(c *Config) { c.Issuer = "http://127.0.0.1:4444" }, ""},
		{"no client", func(c *Config) { c.ClientID = "" }, "klientens id"},
		{"no secret", func(c *Config) { c.ClientSecret = "" }, "hemlighet"},
		{"no claim", func(c *Config) { c.Claim = "" }, "pekar ut"},
		{"a service by http", func(c *Config) { c.Issuer = "http://login.exempel.invalid" }, "https://"},
		{"back by http", func(c *Config) { c.Return = "http://arshjul.exempel.invalid/inloggad" }, "https://"},
		{"no address", func(c *Config) { c.Issuer = "login" }, "ingen adress"},
		{"an address with more", func(c *Config) { c.Issuer = "https://login.exempel.invalid/?x=1" }, "ingen adress"},
	} {
		c := agreed("https://login.exempel.invalid")
		row.change(&c)
		_, err := New(c)
		if (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
}

// A service that has never answered is asked again at the next question, and until then nobody is let in.
func TestAServiceThatHasNeverAnswered(t *testing.T) {
	var well bool
	var issuer string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !well {
			http.Error(w, "nere", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer":"` + issuer + `","authorization_endpoint":"` + issuer + `/auth","token_endpoint":"` + issuer + `/token","jwks_uri":"` + issuer + `/jwks"}`))
	}))
	defer service.Close()
	issuer = service.URL
	p, err := New(agreed(issuer))
	if err != nil {
		t.Fatal(err)
	}
	down := func(err error) bool {
		var d *Down
		return errors.As(err, &d)
	}
	ctx := context.Background()
	if _, _, err := p.Begin(ctx); !down(err) {
		t.Errorf("begin: %v", err)
	}
	if _, err := p.Finish(ctx, Try{State: "s"}, url.Values{"state": {"s"}, "code": {"c"}}); !down(err) {
		t.Errorf("finish: %v", err)
	}
	if _, err := p.LoggedOut(ctx, "x"); !down(err) || p.LogOut(ctx) != "" {
		t.Errorf("logged out: %v", err)
	}
	well = true
	if to, try, err := p.Begin(ctx); err != nil || !strings.HasPrefix(to, issuer+"/auth?") || try.Nonce == try.State {
		t.Errorf("when it is back: %s, %v", to, err)
	}
	for _, answer := range []url.Values{{}, {"state": {""}}, {"state": {"another"}}, {"state": {"s"}, "iss": {"https://annan.exempel.invalid"}}, {"state": {"s"}, "error": {"access_denied"}}} {
		var refused *Refused
		if _, err := p.Finish(ctx, Try{State: "s"}, answer); !errors.As(err, &refused) {
			t.Errorf("%v: %v", answer, err)
		}
	}
	var refused *Refused
	if _, err := p.Finish(ctx, Try{}, url.Values{"state": {""}}); !errors.As(err, &refused) {
		t.Errorf("an empty state fits an empty try: %v", err)
	}
}

// What says who somebody is does not become an id, which would stand in the journal for ever.
func TestIDsThatTell(t *testing.T) {
	for id, tell := range map[string]bool{
		"p-slf-cykelansvarig": false, "00u1a2b3c4": false, "8f1d2c3e-1111-2222-3333-444455556666": false, "12345": false, "12345678901": false,
		"namn@exempel.invalid": true, "191212121212": true, "19121212-1212": true, "1212121212": true, "121212-1212": true, "121212+1212": true,
	} {
		if tells.MatchString(id) != tell {
			t.Errorf("%q tells: %v", id, !tell)
		}
	}
}
