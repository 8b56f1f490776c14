package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"arshjul/internal/stack"
)

func newUp() *cobra.Command {
	var h house
	var launch, exercise int
	verb := &cobra.Command{
		Use:   "up",
		Short: "Starta allt på den egna datorn: Postgres, Temporal, worker och server",
		Long: `Starta allt på den egna datorn: Postgres, Temporal, worker och server, i en katalog. Registret läggs upp med
Helsingborgs organisation (påhittade personer) om det inte finns. Ctrl-C stoppar allt, och nästa start går vidare där
det slutade.`,
		Example: "  arshjul up --launch 2028 --exercise 2028",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if err := stack.CheckPort(h.port, "--port"); err != nil {
				return err
			}
			h.out = verb.OutOrStdout()
			return h.run(verb.Context(), func(ctx context.Context) error {
				if err := h.launch(ctx, launch); err != nil {
					return err
				}
				if _, err := h.exercise(ctx, exercise); err != nil {
					return err
				}
				fmt.Fprintf(h.out, "\nÖppna %s i webbläsaren. Ctrl-C stoppar allt.\n", h.client.Base())
				<-ctx.Done()
				return nil
			})
		},
	}
	h.flags(verb)
	f := verb.Flags()
	f.StringVar(&h.dir, "dir", "", "katalog för data och loggar (annars /var/lib/arshjul som root, ~/.local/share/arshjul för andra)")
	f.IntVar(&h.port, "port", 8028, "serverns port på den egna datorn")
	f.IntVar(&launch, "launch", 0, "starta cykeln för det här budgetåret, om den inte finns")
	f.IntVar(&exercise, "exercise", 0, "spela en övning av det här budgetåret, om ingen är spelad")
	return verb
}
