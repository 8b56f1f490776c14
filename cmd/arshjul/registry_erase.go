package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func erasureFlags(verb *cobra.Command, c *api.Command) {
	e := &api.Erasure{}
	c.Erasure = e
	f := verb.Flags()
	f.StringVar((*string)(&e.Person), "person", "", "vems namn, adresser, inloggningar och mejl som ska gallras")
	f.StringArrayVar(&e.Entries, "entry", nil, "post vars texter ska gallras, till exempel cycle/1283/2028#117 (går att ange flera gånger)")
	f.StringArrayVar(&e.Texts, "commitment", nil, "en enda text, med den kontrollsumma som står i posten")
	f.StringArrayVar(&e.Files, "file", nil, "en handling, med filens kontrollsumma")
	f.StringVar(&e.Dnr, "dnr", "", "gallringsbeslutets diarienummer")
	f.StringVar(&e.Paragraph, "paragraph", "", "beslutets paragraf, om det har en")
	f.StringVar((*string)(&e.Date), "date", "", "beslutets dag")
}

func confirmErasureFlags(verb *cobra.Command, c *api.Command) {
	c.Erasure = &api.Erasure{}
	verb.Flags().Uint64Var(&c.Erasure.Number, "erasure", 0, "gallringens nummer")
}

func tellErasures(w io.Writer, all []api.Erasure) {
	for i := range all {
		e := &all[i]
		fmt.Fprintf(w, "Gallring %d: %s\tdnr %s, %s\tväntar på en andra person\n", e.Number, e.What, e.Dnr, e.Date)
	}
}
