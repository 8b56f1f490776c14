package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// connection is how a verb reaches the server, and how it tells the answer.
type connection struct {
	server, as string
	json       bool
}

const defaultServer = "http://127.0.0.1:8028"

// flags gives a verb, and those under it, the flags of the connection.
func (c *connection) flags(verb *cobra.Command) *cobra.Command {
	f := verb.PersistentFlags()
	f.StringVar(&c.server, "server", envOr("ARSHJUL_SERVER", defaultServer), "serverns adress (eller ARSHJUL_SERVER)")
	f.StringVar(&c.as, "as", os.Getenv("ARSHJUL_AS"), "vem du är: personens id, på en server med --dev-login (eller ARSHJUL_AS)")
	f.BoolVar(&c.json, "json", false, "svara med JSON")
	return verb
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// bare asks as nobody.
func (c *connection) bare() *api.Client { return api.NewClient(c.server, "") }

// client asks as the person that --as names, or else by the key of ARSHJUL_KEY or of arshjul login.
func (c *connection) client() *api.Client {
	if c.as != "" {
		return api.NewClient(c.server, domain.PersonID(c.as))
	}
	if key := os.Getenv("ARSHJUL_KEY"); key != "" {
		return c.bare().WithKey(key)
	}
	if keys, err := readKeys(); err == nil { // without a readable file nobody is logged in, which the server says
		return c.bare().WithKey(keys[c.server])
	}
	return c.bare()
}

// show reads path and tells the answer: as it came, with --json, otherwise by tell.
func show[T any](verb *cobra.Command, c *connection, path string, tell func(w io.Writer, answer T)) error {
	var raw []byte
	if err := c.client().Get(verb.Context(), path, &raw); err != nil {
		return c.tell(verb, err, "")
	}
	if c.json {
		return printJSON(verb.OutOrStdout(), raw)
	}
	var answer T
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("servern svarade med något annat än väntat (%w). Kontrollera att programmet och servern har samma version", err)
	}
	return table(verb, answer, tell)
}

func table[T any](verb *cobra.Command, answer T, tell func(w io.Writer, answer T)) error {
	w := tabwriter.NewWriter(verb.OutOrStdout(), 0, 8, 2, ' ', 0)
	tell(w, answer)
	return w.Flush()
}

func printJSON(out io.Writer, raw []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("svaret är inte JSON: %w", err)
	}
	_, err := fmt.Fprintln(out, string(bytes.TrimSpace(b.Bytes())))
	return err
}

func printValue(out io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return printJSON(out, raw)
}

// tell tells a problem, with --json as JSON, and returns what run makes the exit code of. id is the command that was
// given, which is what to ask again with.
func (c *connection) tell(verb *cobra.Command, err error, id string) error {
	var problem *api.Problem
	if !errors.As(err, &problem) {
		return err
	}
	if problem.ID == "" {
		problem.ID = id
	}
	if c.json {
		if err := printValue(verb.OutOrStdout(), problem); err != nil {
			return err
		}
		return toldError{problem}
	}
	fmt.Fprintln(verb.ErrOrStderr(), problem.Message)
	if problem.Code == domain.CodeNotLoggedIn {
		fmt.Fprintln(verb.ErrOrStderr(), "Logga in med arshjul login. På en server för prov: säg vem du är med --as PERSON, eller med ARSHJUL_AS.")
	}
	if problem.Exit() == api.ExitUnknown && problem.ID != "" {
		fmt.Fprintf(verb.ErrOrStderr(), "Fråga igen med --id %s\n", problem.ID)
	}
	return toldError{problem}
}

// theCycle gives the cycle that is meant: the one named, or else the only one that goes on.
func (c *connection) theCycle(verb *cobra.Command, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	var list api.Cycles
	if err := c.client().Get(verb.Context(), "/cycles", &list); err != nil {
		return "", c.tell(verb, err, "")
	}
	var open []string
	for _, h := range list.Cycles {
		if h.Exercise == 0 && h.Status == api.CycleOpen {
			open = append(open, h.Stream)
		}
	}
	if len(open) != 1 {
		return "", usagef("ange cykeln, till exempel --cycle cycle/1283/2028 (pågående cykler: %s)", or(strings.Join(open, ", "), "inga"))
	}
	return open[0], nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
