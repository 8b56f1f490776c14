package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"arshjul/internal/server"
	"arshjul/internal/wheelfile"
)

// town is a municipality that a server serves, as the flags or the file of municipalities name it.
type town struct {
	loggingIn
	kommun, wheel, found, temporalUI string
	row                              *wheelfile.Municipality // nil = the flags
}

// townOnly are the flags that say something of one municipality: the file of municipalities has them instead.
var townOnly = []string{"kommun", "wheel", "found", "temporal-ui", "url", "oidc-issuer", "oidc-client", "oidc-secret-file", "oidc-claim",
	"oidc-name", "oidc-groups", "oidc-scopes", "oidc-group"}

func (t *town) flags(f *pflag.FlagSet) {
	f.StringVar(&t.kommun, "kommun", "", "kommunkod, fyra siffror (annars årshjulets)")
	t.loggingIn.flags(f)
	f.StringVar(&t.wheel, "wheel", "helsingborg", "årshjulet som cyklerna startas med: en fil, eller helsingborg (inbyggt)")
	f.StringVar(&t.temporalUI, "temporal-ui", os.Getenv("ARSHJUL_TEMPORAL_UI"), "adressen till Temporals egna sidor för namnrymden, till exempel https://temporal.exempel.se/namespaces/default (eller ARSHJUL_TEMPORAL_UI); annars står numren som text")
	f.StringVar(&t.found, "found", "", "lägg upp registret från den här organisationsfilen, om det inte finns: en fil, eller helsingborg (inbyggd, påhittade personer)")
}

// towns are the municipalities to serve: the one that the flags name, or those of the file. Nothing of the environment's
// holds for those.
func (s *serving) towns(changed func(flag string) bool) ([]town, error) {
	if s.many == "" {
		if changed("municipalities") {
			return nil, usagef("--municipalities är tom. Ange filen med kommunerna")
		}
		return []town{s.one}, s.one.check()
	}
	for _, flag := range townOnly {
		if changed(flag) {
			return nil, usagef("--%s gäller en enda kommun och kan inte stå tillsammans med --municipalities. Skriv %s vid varje kommun i filen i stället", flag, flag)
		}
	}
	rows, err := readMunicipalities(s.many)
	if err != nil {
		return nil, err
	}
	all := make([]town, len(rows))
	for i := range rows {
		if all[i], err = s.townOf(&rows[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readMunicipalities reads the file of municipalities.
func readMunicipalities(name string) ([]wheelfile.Municipality, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, usagef("filen med kommunerna går inte att läsa: %v", err)
	}
	return wheelfile.ReadMunicipalities(name, text)
}

// townOf reads a row as the flags would be. What a row leaves out is what a flag that is not given says.
func (s *serving) townOf(m *wheelfile.Municipality) (town, error) {
	var unsaid town
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	unsaid.flags(f)
	or := func(said, flag string) string {
		if said != "" {
			return said
		}
		return f.Lookup(flag).DefValue
	}
	t := town{kommun: m.Kommun, wheel: s.beside(m.Wheel), found: s.beside(m.Found), temporalUI: m.TemporalUI, row: m}
	t.loggingIn = loggingIn{row: true, trial: s.one.trial, url: m.URL, issuer: m.Issuer, client: m.Client, secretFile: s.beside(m.SecretFile),
		claim: or(m.Claim, "oidc-claim"), name: or(m.Name, "oidc-name"), groupsClaim: or(m.Groups, "oidc-groups"), scopes: m.Scopes,
		groups: m.Group, behindProxy: s.one.behindProxy}
	if t.scopes == nil {
		t.scopes = unsaid.scopes
	}
	switch service := []string{m.Issuer, m.Client, m.SecretFile}; {
	case t.trial && slices.ContainsFunc(service, func(s string) bool { return s != "" }):
		return t, usagef("%s: --dev-login låter vem som helst vara vem som helst och kan inte stå tillsammans med oidc-…. Ta bort det ena", m.At())
	case !t.trial && slices.Contains(service, ""):
		return t, usagef("%s: ange alla tre: oidc-issuer, oidc-client och oidc-secret-file. För prov på den egna datorn: --dev-login, och inget av dem", m.At())
	}
	return t, nil
}

// beside finds a file that the file of municipalities names: beside that file, unless it is named in full or built in.
func (s *serving) beside(name string) string {
	if name == "" || filepath.IsAbs(name) || builtInNamed(name) != nil {
		return name
	}
	return filepath.Join(filepath.Dir(s.many), name)
}

// readyTown is a municipality whose files have been read.
type readyTown struct {
	town
	config       server.Config
	organisation *wheelfile.Organisation // nil = its registry is not to be founded
}

// readTowns reads the municipalities' files, on all processors: a wheel takes some hundredths of a second.
func readTowns(ctx context.Context, towns []town) ([]readyTown, error) {
	all := make([]readyTown, len(towns))
	err := eachOf(ctx, len(towns), runtime.GOMAXPROCS(0), func(_ context.Context, i int) error {
		r := &all[i]
		r.town, r.config.TemporalUI = towns[i], towns[i].temporalUI
		return r.fault(r.read())
	})
	return all, err
}

// eachOf does something n times, so many at once, and gives the error that came first: it ends the context of the others, and
// what has not begun then is left out.
func eachOf(ctx context.Context, n, atOnce int, do func(ctx context.Context, i int) error) error {
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(atOnce)
	for i := range n {
		all.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, i)
		})
	}
	return all.Wait()
}

func (r *readyTown) read() (err error) {
	if err := r.loggingIn.into(&r.config); err != nil {
		return err
	}
	if r.config.Wheel, err = readWheel(r.wheel); err != nil {
		return err
	}
	switch r.config.Kommun = r.config.Wheel.Wheel.Kommun; {
	case r.kommun == "" || r.kommun == r.config.Kommun:
	case r.row != nil:
		return usagef("årshjulet %s är för kommun %s. Rätta wheel, eller kommun", r.wheel, r.config.Kommun)
	default:
		return usagef("årshjulet är för kommun %s, inte %s. Ange ett annat årshjul med --wheel, eller ta bort --kommun", r.config.Kommun, r.kommun)
	}
	if r.found != "" {
		r.organisation, err = readOrganisation(r.found)
	}
	return err
}

// fault says in which row of the file of municipalities an error has its cause; nil is none.
func (r *readyTown) fault(err error) error {
	if r.row == nil || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", r.row.At(), err)
}
