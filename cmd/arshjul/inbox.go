package main

import (
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newInbox(c *connection) *cobra.Command {
	var cycle string
	verb := c.flags(&cobra.Command{
		Use:   "inbox",
		Short: "Visa vad som väntar på dig, det försenade först",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			path := "/inbox"
			if cycle != "" {
				path += "?cycle=" + url.QueryEscape(cycle)
			}
			return show(verb, c, path, tellTasks)
		},
	})
	verb.Flags().StringVar(&cycle, "cycle", "", "bara den här cykeln, till exempel cycle/1283/2028")
	return verb
}

func tellTasks(w io.Writer, a api.Tasks) {
	if len(a.Tasks) == 0 {
		fmt.Fprintln(w, "Inget väntar på dig.")
		return
	}
	fmt.Fprintln(w, "SENAST\tATT GÖRA\tSTEG\tCYKEL")
	for _, t := range a.Tasks {
		due := string(t.Due)
		if t.Late {
			due += " försenat"
		}
		fmt.Fprintf(w, "%s\t%s: %s\t%s\t%s\n", due, t.Do, t.Title, t.Step, t.Stream)
	}
}
