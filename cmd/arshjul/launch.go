package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func newLaunch(c *connection) *cobra.Command {
	var ask api.Launch
	var wheel string
	verb := c.flags(&cobra.Command{
		Use:     "launch",
		Short:   "Starta cykeln för ett budgetår",
		Example: "  arshjul launch --year 2028 --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) (err error) {
			if ask.Wheel, err = uploadWheel(verb, c, wheel); err != nil {
				return err
			}
			var r api.Receipt
			if err := c.client().Post(verb.Context(), "/cycles", ask, &r); err != nil {
				return c.tell(verb, err, ask.ID)
			}
			return c.receipt(verb, r)
		},
	})
	f := verb.Flags()
	f.IntVar(&ask.Year, "year", 0, "budgetåret")
	f.StringVar(&ask.Kommun, "kommun", "", "kommunkod, fyra siffror (annars serverns egen)")
	f.Uint64Var(&ask.Order, "order", 0, "den bekräftade beställningens nummer")
	f.StringSliceVar(&ask.With, "with", nil, "valfria steg som ska vara med")
	f.StringVar((*string)(&ask.From), "from", "", "ta över cykeln från det här skedet: planering, uppfoljning eller bokslut")
	f.StringVar(&wheel, "wheel", "", "en årshjulsfil (annars kommunens egen, inbyggd)")
	idFlag(verb, &ask.ID)
	return verb
}

// idFlag gives a verb the command's id: minted anew, unless somebody asks again.
func idFlag(verb *cobra.Command, id *string) {
	verb.Flags().StringVar(id, "id", "", "kommandots id, när du frågar igen (annars ett nytt)")
	verb.PreRun = func(*cobra.Command, []string) {
		if *id == "" {
			*id = rand.Text()
		}
	}
}

// uploadWheel stores a wheel file on the server and gives its hash; no file gives none.
func uploadWheel(verb *cobra.Command, c *connection, path string) (domain.Digest, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", usagef("årshjulsfilen går inte att läsa: %v", err)
	}
	f, err := c.client().Upload(verb.Context(), text)
	if err != nil {
		return "", c.tell(verb, err, "")
	}
	return f.SHA256, nil
}

// receipt tells what came of a command.
func (c *connection) receipt(verb *cobra.Command, r api.Receipt) error {
	if c.json {
		return printValue(verb.OutOrStdout(), r)
	}
	out := verb.OutOrStdout()
	if r.Status == api.StatusDone && r.Index != nil {
		fmt.Fprintf(out, "Klart: journalpost %d (%s, post %d), sha256 %s.\n", *r.Index, r.Stream, r.First, r.Leaf)
	} else {
		fmt.Fprintf(out, "Mottaget (%s, post %d). Det skrivs in i journalen strax; id %s.\n", r.Stream, r.First, r.ID)
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "Obs:", w)
	}
	return nil
}
