package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/calendarfile"
	"arshjul/internal/wheelfile"
)

func newWheel() *cobra.Command {
	verb := group(&cobra.Command{Use: "wheel", Short: "Visa, kontrollera eller jämför årshjulsfiler"})
	verb.AddCommand(newWheelShow(), newWheelCheck(), newWheelDiff())
	return verb
}

func newWheelShow() *cobra.Command {
	var asJSON bool
	verb := &cobra.Command{
		Use:     "show [NAMN]",
		Short:   "Visa stegen i ett årshjul: ett inbyggt, eller en fil (annars Helsingborgs)",
		Example: "  arshjul wheel show helsingborg --json",
		Args:    takes(0, 1, ""),
		RunE: func(verb *cobra.Command, args []string) error {
			name := "helsingborg"
			if len(args) == 1 {
				name = args[0]
			}
			f, err := readWheel(name)
			if err != nil {
				return err
			}
			if asJSON {
				return printValue(verb.OutOrStdout(), f.Show())
			}
			return tellWheel(verb.OutOrStdout(), f)
		},
	}
	verb.Flags().BoolVar(&asJSON, "json", false, "svara med JSON")
	return verb
}

func newWheelCheck() *cobra.Command {
	var year int
	verb := &cobra.Command{
		Use:   "check FIL [ORGANISATION]",
		Short: "Kontrollera en årshjulsfil, att den passar en organisationsfil, och vad ett års kalender gör med den",
		Long: `Kontrollera en årshjulsfil: formen, rollerna, vad stegen väntar på, och att varje del av varje steg ligger i någons inkorg.
Med en organisationsfil också att de två passar ihop. Med --year också årets dagar: lagens gränser, valår, och månader där
organet inte har något sammanträde. Ett fel står som FIL:rad:kolumn: vad, och hur det rättas, och slutkoden är 2. En
anmärkning stoppar inget.`,
		Example: "  arshjul wheel check helsingborg.yaml helsingborg-organisation.yaml --year 2028",
		Args:    takes(1, 2, "filen"),
		RunE: func(verb *cobra.Command, args []string) error {
			if year != 0 && (year < 2000 || year > 2100) {
				return usagef("budgetåret %d kan inte vara rätt. Ange till exempel --year 2028", year)
			}
			return checkWheel(verb.OutOrStdout(), args, year)
		},
	}
	verb.Flags().IntVar(&year, "year", 0, "budgetåret vars kalender också kontrolleras")
	return verb
}

func checkWheel(out io.Writer, args []string, year int) error {
	f, err := readWheel(args[0])
	if err != nil {
		return err
	}
	var o *wheelfile.Organisation
	if len(args) == 2 {
		if o, err = readOrganisation(args[1]); err != nil {
			return err
		}
		if err := wheelfile.Agree(f, o); err != nil {
			return err
		}
	}
	if year != 0 {
		remarks, err := wheelfile.CheckYear(f, o, year, calendarfile.ProposeMissing)
		for _, r := range remarks {
			r.Text = "anmärkning: " + r.Text
			fmt.Fprintln(out, r.Error())
		}
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%s går att använda: %s, version %d, %d steg, sha256 %s.\n", args[0], f.Wheel.Name, f.Wheel.Version, len(f.Wheel.Steps), f.Wheel.Hash())
	return err
}

func newWheelDiff() *cobra.Command {
	var asJSON bool
	verb := &cobra.Command{
		Use:     "diff FÖRRA NYA",
		Short:   "Säg med ord vad som är nytt, borta eller ändrat från ett årshjul till ett annat",
		Example: "  arshjul wheel diff helsingborg-2028.yaml helsingborg-2029.yaml",
		Args:    takes(2, 2, "de två årshjulen"),
		RunE: func(verb *cobra.Command, args []string) error {
			from, err := readWheel(args[0])
			if err != nil {
				return err
			}
			to, err := readWheel(args[1])
			if err != nil {
				return err
			}
			changes := wheelfile.Diff(from, to)
			out := verb.OutOrStdout()
			if asJSON {
				if changes == nil {
					changes = []wheelfile.Change{}
				}
				return printValue(out, changes)
			}
			if len(changes) == 0 {
				_, err := fmt.Fprintln(out, "Årshjulen är lika.")
				return err
			}
			for _, c := range changes {
				if _, err := fmt.Fprintln(out, c.Text); err != nil {
					return err
				}
			}
			return nil
		},
	}
	verb.Flags().BoolVar(&asJSON, "json", false, "svara med JSON")
	return verb
}

func tellWheel(out io.Writer, f *wheelfile.File) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "%s, version %d, kommun %s, sha256 %s\n\nSTEG\tTITEL\tSLAG\tFÖR\tNÄR\tLAG\n", f.Wheel.Name, f.Wheel.Version, f.Wheel.Kommun, f.Wheel.Hash())
	for _, d := range f.Wheel.Steps {
		who := string(d.Body)
		for _, s := range scopeWords {
			if s.scope == d.Scope && who == "" {
				who = s.word
			} else if s.scope == d.Scope {
				who = s.word + ", av " + who
			}
		}
		when := []string{d.Plan.Text}
		for _, r := range d.Again {
			when = append(when, r.Text)
		}
		title := d.Title
		if d.Optional {
			title += " (valbart)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, title, d.Act.Swedish(), who, strings.Join(when, "; "), d.Legal)
	}
	return w.Flush()
}

// scopeWords are what people call the units of a scope; a step of the whole municipality is called by who acts.
var scopeWords = []struct {
	scope domain.Scope
	word  string
}{{domain.ScopeBoard, "varje nämnd"}, {domain.ScopeAdministration, "varje förvaltning"}, {domain.ScopeCompany, "varje bolag"}}
