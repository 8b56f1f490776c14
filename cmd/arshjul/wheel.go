package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

func newWheel() *cobra.Command {
	verb := group(&cobra.Command{Use: "wheel", Short: "Visa eller kontrollera en årshjulsfil"})
	verb.AddCommand(
		&cobra.Command{
			Use:   "show [FIL]",
			Short: "Visa stegen i en årshjulsfil (annars Helsingborgs, inbyggd)",
			Args:  takes(0, 1, ""),
			RunE: func(verb *cobra.Command, args []string) error {
				name, text := "helsingborg.yaml", wheels.Helsingborg
				if len(args) == 1 {
					var err error
					if name, text, err = readFile(args[0]); err != nil {
						return err
					}
				}
				f, err := wheelfile.Read(name, text)
				if err != nil {
					return err
				}
				return tellWheel(verb.OutOrStdout(), f)
			},
		},
		&cobra.Command{
			Use:     "check FIL [ORGANISATION]",
			Short:   "Kontrollera en årshjulsfil, och att den passar en organisationsfil",
			Example: "  arshjul wheel check helsingborg.yaml helsingborg-organisation.yaml",
			Args:    takes(1, 2, "filen"),
			RunE:    checkWheel,
		},
	)
	return verb
}

func readFile(path string) (string, []byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, usagef("filen går inte att läsa: %v", err)
	}
	return path, text, nil
}

func checkWheel(verb *cobra.Command, args []string) error {
	name, text, err := readFile(args[0])
	if err != nil {
		return err
	}
	f, err := wheelfile.Read(name, text)
	if err != nil {
		return err
	}
	if len(args) == 2 {
		if name, text, err = readFile(args[1]); err != nil {
			return err
		}
		o, err := wheelfile.ReadOrganisation(name, text)
		if err != nil {
			return err
		}
		if err := wheelfile.Agree(f, o); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(verb.OutOrStdout(), "%s går att använda: %s, version %d, %d steg, sha256 %s.\n", args[0], f.Wheel.Name, f.Wheel.Version, len(f.Wheel.Steps), f.Wheel.Hash())
	return err
}

func tellWheel(out io.Writer, f *wheelfile.File) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "%s, version %d, kommun %s, sha256 %s\n\nSTEG\tTITEL\tSLAG\tFÖR\tNÄR\tLAG\n", f.Wheel.Name, f.Wheel.Version, f.Wheel.Kommun, f.Wheel.Hash())
	for _, d := range f.Wheel.Steps {
		who := string(d.Scope)
		if d.Scope == domain.ScopeCity {
			who = string(d.Body)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, d.Title, d.Act, who, d.Plan.Text, d.Legal)
	}
	return w.Flush()
}
