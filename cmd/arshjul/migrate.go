package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

func newMigrate() *cobra.Command {
	var p platform
	return p.flags(&cobra.Command{
		Use:   "migrate",
		Short: "Ställ i ordning databasen och Temporals namnrymd för den här versionen",
		Long: `Ställ i ordning databasen och Temporals namnrymd för den här versionen: tabeller och databasroller, namnrymd,
sökattribut och hur länge historiken sparas. Det går att köra hur många gånger som helst.

Databasens adress ska vara en superanvändares, eller ägarens när rollerna redan finns.`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if err := p.check(); err != nil {
				return err
			}
			if err := store.Migrate(verb.Context(), p.database); err != nil {
				return err
			}
			fmt.Fprintln(verb.OutOrStdout(), "Databasen är i ordning.")
			if err := temporalx.Setup(verb.Context(), p.temporal, p.namespace); err != nil {
				return err
			}
			fmt.Fprintf(verb.OutOrStdout(), "Temporals namnrymd %s är i ordning.\n", p.namespace)
			return nil
		},
	})
}
