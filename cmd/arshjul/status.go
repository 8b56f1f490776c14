package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newStatus(c *connection) *cobra.Command {
	return c.flags(&cobra.Command{
		Use:     "status CYKEL",
		Short:   "Visa en cykels steg och läge",
		Example: "  arshjul status cycle/1283/2028 --as PERSON",
		Args:    takes(1, 1, "cykeln"),
		RunE: func(verb *cobra.Command, args []string) error {
			return show(verb, c, "/"+args[0], tellCycle)
		},
	})
}

func tellCycle(w io.Writer, a api.Cycle) {
	fmt.Fprintf(w, "%s: %s, %d av %d steg klara, %d försenade. Cykelns dag är %s.\n",
		a.Title, a.Status, a.Done, a.Steps, a.Late, a.Today.Swedish())
	if a.NextStep != "" {
		fmt.Fprintf(w, "Närmast: %s.\n", a.NextStep)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "STEG\tTITEL\tLÄGE\tSENAST\tLAGENS GRÄNS")
	for _, r := range a.Rows {
		word := r.Word
		if r.Late {
			word += ", försenad"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Step, r.Title, word, r.Plan, r.Legal)
	}
}
