package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newReport(c *connection) *cobra.Command {
	var cycle, per string
	verb := c.flags(&cobra.Command{
		Use:     "report",
		Short:   "Visa vad som blev av en cykel: vad som saknas, vad som utgick och varför, undantag och kompletteringar",
		Example: "  arshjul report --cycle cycle/1283/2028 --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if cycle == "" {
				return usagef("ange cykeln: --cycle cycle/1283/2028")
			}
			path := "/" + cycle + "/report"
			if per != "" {
				path += "?per=" + per
			}
			return show(verb, c, path, tellReport)
		},
	})
	verb.Flags().StringVar(&cycle, "cycle", "", "cykeln eller övningen, till exempel cycle/1283/2028")
	verb.Flags().StringVar(&per, "per", "", "som det såg ut vid dagens slut, till exempel 2028-04-30")
	return verb
}

func tellReport(w io.Writer, r api.Report) {
	fmt.Fprintf(w, "%s, %s: %d av %d steg klara den %s, till och med post %d.\nKontrollsumma: %s", r.Title, r.Status, r.Done, r.Steps, r.Today.Swedish(), r.Seq, r.Hash)
	switch {
	case r.Agrees:
		fmt.Fprintf(w, ", samma som i posten som avslutade cykeln (%d)", r.Ended)
	case r.Ended != 0:
		fmt.Fprintf(w, ", som inte står i posten som avslutade cykeln (%d)", r.Ended)
	}
	fmt.Fprintln(w)
	for _, s := range r.Sections {
		fmt.Fprintf(w, "\n%s: ", s.Title)
		if len(s.Rows) == 0 {
			fmt.Fprintln(w, s.None)
			continue
		}
		fmt.Fprintln(w, len(s.Rows))
		for _, row := range s.Rows {
			fmt.Fprintf(w, "  %s: %s", row.Title, row.Says)
			if row.Day != "" {
				fmt.Fprintf(w, " %s", row.Day)
			}
			if row.Reason != "" {
				fmt.Fprintf(w, " ”%s”", row.Reason)
			}
			if row.Entry != 0 {
				fmt.Fprintf(w, " (post %d)", row.Entry)
			}
			fmt.Fprintln(w)
		}
	}
}
