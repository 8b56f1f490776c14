package main

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"arshjul/internal/login"
	"arshjul/internal/server"
)

// loggingIn is how people log in to a server: by the municipality's log-in service, or for trying out as anyone.
type loggingIn struct {
	row         bool // said in the file of municipalities, and not by flags
	trial       bool
	url         string // where browsers reach the server
	issuer      string
	client      string
	secretFile  string
	claim       string
	name        string
	groupsClaim string
	scopes      []string
	groups      []string
	behindProxy bool
}

func (l *loggingIn) flags(f *pflag.FlagSet) {
	f.BoolVar(&l.trial, "dev-login", false, "låt var och en logga in som vem som helst; bara på den egna datorn")
	f.StringVar(&l.url, "url", os.Getenv("ARSHJUL_URL"), "adressen som webbläsare når servern på, https://… (eller ARSHJUL_URL)")
	f.StringVar(&l.issuer, "oidc-issuer", os.Getenv("ARSHJUL_OIDC_ISSUER"), "inloggningstjänstens adress, precis som den själv skriver den (eller ARSHJUL_OIDC_ISSUER)")
	f.StringVar(&l.client, "oidc-client", os.Getenv("ARSHJUL_OIDC_CLIENT"), "klientens id hos inloggningstjänsten (eller ARSHJUL_OIDC_CLIENT)")
	f.StringVar(&l.secretFile, "oidc-secret-file", os.Getenv("ARSHJUL_OIDC_SECRET_FILE"), "fil med klientens hemlighet (eller ARSHJUL_OIDC_SECRET_FILE)")
	f.StringVar(&l.claim, "oidc-claim", "sub", "uppgiften vars värde är personens id i registret; det står i journalen för alltid, så välj aldrig e-post eller personnummer")
	f.StringVar(&l.name, "oidc-name", "name", "uppgiften som säger vad personen heter")
	f.StringVar(&l.groupsClaim, "oidc-groups", "groups", "uppgiften som räknar upp personens grupper")
	f.StringSliceVar(&l.scopes, "oidc-scopes", []string{"profile"}, "vad som begärs av tjänsten utöver openid")
	f.StringArrayVar(&l.groups, "oidc-group", nil, "en grupp som föreslår en roll, GRUPP=roll@ENHET; får anges flera gånger")
	f.BoolVar(&l.behindProxy, "behind-proxy", false, "servern nås genom en proxy, som lägger den frågandes adress sist i X-Forwarded-For")
}

// addresses that are registered with the log-in service, after --url.
const (
	pathBack = "/inloggad"
	pathLeft = "/logga-in"
)

// said is how a setting is called where it was said.
func (l *loggingIn) said(flag string) string {
	if l.row {
		return flag
	}
	return "--" + flag
}

// check says what is missing among the flags.
func (l *loggingIn) check() error {
	service := l.issuer != "" || l.client != "" || l.secretFile != ""
	switch {
	case l.trial && (service || l.url != ""):
		return usagef("--dev-login låter vem som helst vara vem som helst och kan inte stå tillsammans med --oidc-… eller --url. Ta bort det ena")
	case l.trial:
	case !service:
		return usagef("välj hur folk loggar in: --oidc-issuer, --oidc-client, --oidc-secret-file och --url, eller --dev-login för prov på den egna datorn")
	case l.issuer == "" || l.client == "" || l.secretFile == "" || l.url == "":
		return usagef("ange alla fyra: --oidc-issuer, --oidc-client, --oidc-secret-file och --url")
	}
	return nil
}

// into fills in how people log in.
func (l *loggingIn) into(c *server.Config) error {
	base := strings.TrimSuffix(l.url, "/")
	if l.trial {
		c.URL = base
		return nil
	}
	secret, err := os.ReadFile(l.secretFile)
	if err != nil {
		return usagef("klientens hemlighet går inte att läsa (%v). Kontrollera %s", err, l.said("oidc-secret-file"))
	}
	if u, err := url.Parse(base); err != nil || u.Path != "" || u.Host == "" {
		return usagef("%s är serverns adress utan något efter: https://arshjul.exempel.se, inte %q", l.said("url"), l.url)
	}
	c.Login, err = login.New(login.Config{Issuer: l.issuer, ClientID: l.client, ClientSecret: string(bytes.TrimSpace(secret)), Claim: l.claim, Name: l.name,
		Groups: l.groupsClaim, Scopes: l.scopes, Return: base + pathBack, Left: base + pathLeft})
	if err != nil {
		return usagef("%v", err)
	}
	for _, text := range l.groups {
		g, err := server.ParseGroup(text)
		if err != nil {
			return usagef("%v", err)
		}
		c.Groups = append(c.Groups, g)
	}
	c.URL, c.BehindProxy = base, l.behindProxy
	return nil
}

// listen opens the address: on this machine alone when anybody may be anyone.
func (l *loggingIn) listen(address string) (net.Listener, error) {
	if l.trial {
		return server.Listen(address)
	}
	return net.Listen("tcp", address)
}
