package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func epochFlags(verb *cobra.Command, c *api.Command) {
	e := &domain.Epoch{}
	c.Epoch = e
	f := verb.Flags()
	f.StringVar(&e.Origin, "origin", "", "den senaste kontrollpunktens första rad, som undertecknaren visar den")
	f.Uint64Var(&e.Size, "size", 0, "antalet poster i den kontrollpunkten: dess andra rad")
	f.StringVar(&e.Root, "root", "", "kontrollsumman i den kontrollpunkten: dess tredje rad")
	f.Uint64Var(&e.From, "lost-from", 0, "den första posten som kan vara borta, som undertecknaren visar den")
}

func confirmEpochFlags(verb *cobra.Command, c *api.Command) {
	c.Epoch = &domain.Epoch{}
	verb.Flags().Uint64Var(&c.Epoch.Number, "epoch", 0, "anmälans nummer i registret")
}

func tellEpochs(w io.Writer, epochs []domain.Epoch) {
	for i := range epochs {
		e := &epochs[i]
		confirmed := "väntar på en andra person"
		if e.Confirmed != "" {
			confirmed = "bekräftad"
		}
		fmt.Fprintf(w, "Anmälan %d: epok %d av loggen %s\tpost %d–%d borta\t%s\n", e.Number, e.Nr(), e.Log(), e.From, e.Size, confirmed)
	}
}
