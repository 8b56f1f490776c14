package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is what the municipality has agreed with its log-in service.
type Config struct {
	Issuer       string // exactly as the service writes it, https
	ClientID     string
	ClientSecret string
	// Claim names the person: its value is the person's id in the registry and stands in the journal for ever, so it should
	// tell nothing by itself, such as sub or oid, and never be an address or a personnummer.
	Claim  string
	Name   string   // the claim that says what the person is called; "" = none is read
	Groups string   // the claim that lists groups; "" = none is read
	Scopes []string // besides openid
	Return string   // our address that the service sends the browser back to
	Left   string   // our address after logging out
}

// Provider is the log-in service. It is safe for use by several goroutines.
type Provider struct {
	Config
	http *http.Client

	mu    sync.Mutex
	found *service // nil = it has not answered yet
}

// service is what the log-in service says of itself.
type service struct {
	oidc     *oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	endpoint string // where logging out is asked for; "" = nowhere
}

// askTime is how long the service is given for one answer.
const askTime = 10 * time.Second

// algorithms are those of signatures that we trust: none that a secret known to both could have made.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// New checks the agreement. The service is not asked anything yet: it may be down just now.
func New(c Config) (*Provider, error) {
	for _, must := range []struct{ value, says string }{{c.ClientID, "klientens id"}, {c.ClientSecret, "klientens hemlighet"}, {c.Claim, "uppgiften som pekar ut personen"}} {
		if must.value == "" {
			return nil, fmt.Errorf("inloggningen saknar %s", must.says)
		}
	}
	for _, address := range []string{c.Issuer, c.Return, c.Left} {
		if err := checkAddress(address); err != nil {
			return nil, err
		}
	}
	return &Provider{Config: c, http: &http.Client{Timeout: askTime}}, nil
}

// checkAddress wants https; on this machine itself nobody listens in, so that a trial may do without.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Fragment != "" || u.RawQuery != "" {
		return fmt.Errorf("%q är ingen adress till en inloggningstjänst eller till oss; skriv den som https://…", address)
	}
	if u.Scheme != "https" && !slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, u.Hostname()) {
		return fmt.Errorf("%s måste börja med https://", address)
	}
	return nil
}

// Down says that the service could not be asked. Nothing is known to be wrong with the person.
type Down struct{ Err error }

// Error is for the log.
func (d *Down) Error() string { return "the log-in service does not answer: " + d.Err.Error() }

// Unwrap gives the cause.
func (d *Down) Unwrap() error { return d.Err }

// Refused says that a log-in, or a log-out by the service, does not hold. Why is for the log; it says nothing of the person.
type Refused struct {
	Why string
	Err error
}

// Error is for the log.
func (r *Refused) Error() string {
	if r.Err == nil {
		return "log-in refused: " + r.Why
	}
	return "log-in refused: " + r.Why + ": " + r.Err.Error()
}

// Unwrap gives the cause.
func (r *Refused) Unwrap() error { return r.Err }

// discover asks the service what it is, until it has answered once.
func (p *Provider) discover(ctx context.Context) (*service, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.http), askTime)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, &Down{err}
	}
	var says struct {
		EndSession string   `json:"end_session_endpoint"`
		Methods    []string `json:"code_challenge_methods_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, &Down{err}
	}
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "S256") {
		return nil, &Down{errors.New("it does not support PKCE with S256")}
	}
	found = &service{oidc: provider, endpoint: says.EndSession,
		verifier: provider.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms}),
		oauth: oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: p.Return,
			Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...)}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = found
	return found, nil
}

// Try is what the service's answer must match. It is used once, by the browser that it was begun in.
type Try struct{ State, Nonce, Verifier string }

// Begin gives where to send the browser. *Down = the service does not answer.
func (p *Provider) Begin(ctx context.Context) (to string, try Try, err error) {
	s, err := p.discover(ctx)
	if err != nil {
		return "", try, err
	}
	try = Try{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return s.oauth.AuthCodeURL(try.State, oidc.Nonce(try.Nonce), oauth2.S256ChallengeOption(try.Verifier),
		oauth2.SetAuthURLParam("response_mode", "query")), try, nil
}

// Identity is whom the service says that somebody is.
type Identity struct {
	Person  string // the value of Config.Claim
	Subject string // the service's own name for the person, and for its log-in; "" = it gives none
	Session string
	Name    string // "" = not told
	Groups  []string
}

// Finish hears the service's answer to a log-in: what it added to our address. *Refused = it does not hold; *Down = the
// service could not be asked.
func (p *Provider) Finish(ctx context.Context, try Try, answer url.Values) (Identity, error) {
	var who Identity
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(try.State)) != 1 || try.State == "" {
		return who, &Refused{Why: "the state is another log-in's"}
	}
	if issuer := answer.Get("iss"); issuer != "" && issuer != p.Issuer {
		return who, &Refused{Why: "another service answers"}
	}
	if code := answer.Get("error"); code != "" {
		return who, &Refused{Why: "the service says " + word(code)}
	}
	s, err := p.discover(ctx)
	if err != nil {
		return who, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.http), askTime)
	defer cancel()
	token, err := s.oauth.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(try.Verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response != nil {
		// Its own words are left out: they may say anything, and stand in the log.
		if refused.Response.StatusCode >= 500 {
			return who, &Down{fmt.Errorf("the token endpoint says %d", refused.Response.StatusCode)}
		}
		return who, &Refused{Why: "the code does not hold: " + word(refused.ErrorCode)}
	}
	if err != nil {
		return who, &Down{err}
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, &Refused{Why: "no id token came with the code"}
	}
	id, err := s.verifier.Verify(ctx, raw)
	if err != nil {
		return who, &Refused{"the id token does not hold", err}
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(try.Nonce)) != 1 {
		return who, &Refused{Why: "the nonce is another log-in's"}
	}
	return p.identity(id)
}

func (p *Provider) identity(id *oidc.IDToken) (Identity, error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Identity{}, &Refused{"the claims cannot be read", err}
	}
	text := func(name string) string {
		value, _ := claims[name].(string) // another type is as good as none
		return value
	}
	if authorised := text("azp"); authorised != "" && authorised != p.ClientID {
		return Identity{}, &Refused{Why: "the id token was given to another"}
	}
	who := Identity{Person: text(p.Claim), Subject: id.Subject, Session: text("sid")}
	if who.Person == "" {
		return Identity{}, &Refused{Why: "the claim " + p.Claim + " is missing"}
	}
	if tells.MatchString(who.Person) {
		return Identity{}, &Refused{Why: "the claim " + p.Claim + " is an address or a personnummer, which must not stand in the journal: choose another claim"}
	}
	if p.Name != "" {
		who.Name = text(p.Name)
	}
	if list, ok := claims[p.Groups].([]any); ok && p.Groups != "" {
		for _, group := range list {
			if name, ok := group.(string); ok {
				who.Groups = append(who.Groups, name)
			}
		}
	}
	return who, nil
}

// tells finds ids that say who somebody is: an address, or a personnummer in any of its forms.
var tells = regexp.MustCompile(`@|^\d{6}(\d\d)?[-+]?\d{4}$`)

// word keeps what a service, or somebody in its name, may have put into an error's code out of the log.
func word(code string) string {
	if len(code) > 40 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "something unreadable"
	}
	return code
}

// LogOut gives where to send the browser so that the service ends its log-in too; "" when it has no such place, or does
// not answer.
func (p *Provider) LogOut(ctx context.Context) string {
	s, err := p.discover(ctx)
	if err != nil || s.endpoint == "" {
		return ""
	}
	u, err := url.Parse(s.endpoint)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.ClientID)
	query.Set("post_logout_redirect_uri", p.Left)
	u.RawQuery = query.Encode()
	return u.String()
}

// Ended is what the service says is over: one of its log-ins, or with Session "" all of the subject's.
type Ended struct {
	Subject, Session string
	Said             time.Time
}

// LoggedOut hears the service's word, sent from its server to ours, that somebody has logged out. *Refused = it is not the
// service's word.
func (p *Provider) LoggedOut(ctx context.Context, token string) (Ended, error) {
	s, err := p.discover(ctx)
	if err != nil {
		return Ended{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.http), askTime)
	defer cancel()
	says, err := s.verifier.VerifyLogout(ctx, token)
	if err != nil {
		return Ended{}, &Refused{"the log-out token does not hold", err}
	}
	return Ended{Subject: says.Subject, Session: says.SessionID, Said: says.IssuedAt}, nil
}
