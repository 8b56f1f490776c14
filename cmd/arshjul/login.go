package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func newLogin(c *connection) *cobra.Command {
	var key string
	verb := c.flags(&cobra.Command{
		Use:   "login",
		Short: "Logga in kommandoraden: visa en kod, och släpp in den i webbläsaren",
		Long: `Visar en kod och en adress. Öppna adressen i en webbläsare där du är inloggad (eller logga in där), kontrollera
att koden är densamma och säg ja. Kommandoraden får då en egen nyckel, som gäller i 30 dagar och sparas i en fil som
bara du kan läsa. Du ser och avslutar dina nycklar på sidan Mina inloggningar, eller med arshjul logout.

För program som kör utan dig: gör en nyckel på sidan Mina inloggningar och lämna den i ARSHJUL_KEY.`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if key == "-" {
				return c.keepGiven(verb)
			}
			if key != "" {
				return usagef("en nyckel på kommandoraden syns för andra på datorn. Skriv --key - och ge den på standard in")
			}
			return c.logIn(verb)
		},
	})
	verb.Flags().StringVar(&key, "key", "", "- läser en färdig nyckel från standard in i stället")
	return verb
}

// logIn asks to be let in, and waits until somebody says yes.
func (c *connection) logIn(verb *cobra.Command) error {
	host, err := os.Hostname()
	if err != nil {
		host = "okänd dator"
	}
	asked := c.bare()
	var d api.Device
	if err := asked.Post(verb.Context(), "/device", api.NewKey{Label: "arshjul på " + host + " (" + runtime.GOOS + ")"}, &d); err != nil {
		return c.tell(verb, err, "")
	}
	fmt.Fprintf(verb.ErrOrStderr(), "Öppna %s\noch kontrollera att koden är %s\nVäntar …\n", d.Page, d.Code)
	for {
		select {
		case <-verb.Context().Done():
			return verb.Context().Err()
		case <-time.After(time.Duration(max(d.Every, 1)) * time.Second):
		}
		var k api.Key
		err := asked.Post(verb.Context(), "/device/key", api.DeviceAsk{Secret: d.Secret}, &k)
		var p *api.Problem
		if errors.As(err, &p) && (p.Code == domain.CodeRetryLater || p.Code == domain.CodeTooMany || p.Code == domain.CodeUnavailable) {
			continue
		}
		if err != nil {
			return c.tell(verb, err, "")
		}
		return c.keep(verb, k.Key)
	}
}

func (c *connection) keepGiven(verb *cobra.Command) error {
	text, err := io.ReadAll(io.LimitReader(verb.InOrStdin(), 1000))
	if err != nil {
		return fmt.Errorf("nyckeln går inte att läsa: %w", err)
	}
	return c.keep(verb, strings.TrimSpace(string(text)))
}

// keep tries a key and keeps it for this server.
func (c *connection) keep(verb *cobra.Command, key string) error {
	var me api.Me
	if err := c.bare().WithKey(key).Get(verb.Context(), "/me", &me); err != nil {
		return c.tell(verb, err, "")
	}
	keys, err := readKeys()
	if err != nil {
		return err
	}
	keys[c.server] = key
	if err := writeKeys(keys); err != nil {
		return err
	}
	fmt.Fprintf(verb.OutOrStdout(), "Du är inloggad på %s som %s\n", c.server, or(me.Name, string(me.Person)))
	return nil
}

func newLogout(c *connection) *cobra.Command {
	return c.flags(&cobra.Command{
		Use:   "logout",
		Short: "Logga ut kommandoraden: avsluta dess nyckel",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			keys, err := readKeys()
			if err != nil {
				return err
			}
			if keys[c.server] == "" {
				return usagef("kommandoraden är inte inloggad på %s", c.server)
			}
			asked := c.bare().WithKey(keys[c.server])
			var list api.Sessions
			err = asked.Get(verb.Context(), "/sessions", &list)
			for _, s := range list.Sessions {
				if s.This {
					err = asked.Post(verb.Context(), "/sessions/"+s.ID+"/end", struct{}{}, &list)
				}
			}
			var p *api.Problem
			if err != nil && !(errors.As(err, &p) && p.Code == domain.CodeNotLoggedIn) { // it has ended already
				return c.tell(verb, err, "")
			}
			delete(keys, c.server)
			if err := writeKeys(keys); err != nil {
				return err
			}
			fmt.Fprintln(verb.OutOrStdout(), "Nyckeln är avslutad.")
			return nil
		},
	})
}

var mayWords = map[domain.May]string{domain.MayNot: "nej", domain.MayOwn: "sitt eget", domain.MayAsk: "reglerna avgör", domain.MayAll: "ja"}

func newAccess(c *connection) *cobra.Command {
	return c.flags(&cobra.Command{
		Use:   "access",
		Short: "Visa vem som får vad, och vad du får",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return show(verb, c, "/access", func(w io.Writer, a api.AccessTable) {
				fmt.Fprintln(w, "VAD\tDU\tALLA\tINLOGGAD\tHAR ROLL\tREVISOR\tCYKELANSVARIG\tREGISTERANSVARIG")
				for _, r := range a.Rows {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Says, mayWords[r.You], mayWords[r.Anyone], mayWords[r.LoggedIn], mayWords[r.Member], mayWords[r.Auditor], mayWords[r.Launcher], mayWords[r.Registrar])
				}
			})
		},
	})
}

func newSessions(c *connection) *cobra.Command {
	var all bool
	var end string
	verb := c.flags(&cobra.Command{
		Use:   "sessions",
		Short: "Visa dina inloggningar och nycklar, eller avsluta en",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			path := "/sessions"
			if all {
				path = "/logins"
			}
			if end != "" {
				if err := c.client().Post(verb.Context(), path+"/"+end+"/end", struct{}{}, new(api.Sessions)); err != nil {
					return c.tell(verb, err, "")
				}
				fmt.Fprintln(verb.OutOrStdout(), "Avslutad.")
				return nil
			}
			return show(verb, c, path, func(w io.Writer, list api.Sessions) { tellSessions(w.(*tabwriter.Writer), list) })
		},
	})
	verb.Flags().BoolVar(&all, "all", false, "allas, för registeransvarig")
	verb.Flags().StringVar(&end, "end", "", "avsluta den med detta id")
	return verb
}

func tellSessions(w *tabwriter.Writer, list api.Sessions) {
	fmt.Fprintln(w, "ID\tPERSON\tVAR\tSLAG\tANVÄND SENAST\tSLUTAR SENAST")
	for _, s := range list.Sessions {
		kind := "webbläsare"
		if s.Key {
			kind = "nyckel"
		}
		if s.This {
			kind += " (den här)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, s.Person, s.Label, kind, s.Seen.Time().In(domain.Stockholm).Format("2006-01-02 15:04"), s.Ends.Time().In(domain.Stockholm).Format("2006-01-02 15:04"))
	}
}

// keysFile is where the keys are, by server; only its owner may read it.
func keysFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("det finns ingen plats att spara nyckeln på (%w). Sätt HOME, eller lämna nyckeln i ARSHJUL_KEY", err)
	}
	return filepath.Join(dir, "arshjul", "keys.json"), nil
}

func readKeys() (map[string]string, error) {
	keys := map[string]string{}
	name, err := keysFile()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return keys, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("%s är inte en fil med nycklar (%w). Ta bort den och logga in igen", name, err)
	}
	return keys, nil
}

func writeKeys(keys map[string]string) error {
	name, err := keysFile()
	if err != nil {
		return err
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	// Written beside and moved into place, so that a full disk leaves the old one.
	beside := name + ".new"
	if err := os.WriteFile(beside, text, 0o600); err != nil {
		return err
	}
	return os.Rename(beside, name)
}
