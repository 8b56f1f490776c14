package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func newCycles(c *connection) *cobra.Command {
	verb := c.flags(&cobra.Command{
		Use:   "cycles",
		Short: "Lista cykler och övningar",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return show(verb, c, "/cycles", tellCycles) },
	})
	cancel := newGive(c, domain.CmdCancel, "cancel CYKEL", "Avbryt en cykel", "  arshjul cycles cancel exercise/1283/2028/1 --text \"Övningen görs om\" --as PERSON")
	verb.AddCommand(cancel)
	return verb
}

func tellCycles(w io.Writer, a api.Cycles) {
	fmt.Fprintln(w, "CYKEL\tTITEL\tLÄGE\tKLARA\tFÖRSENADE\tCYKELNS DAG")
	for _, h := range a.Cycles {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d av %d\t%d\t%s\n", h.Stream, h.Title, h.Status, h.Done, h.Steps, h.Late, h.Today)
	}
}
