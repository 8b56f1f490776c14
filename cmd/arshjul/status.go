package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newStatus(c *connection) *cobra.Command {
	var year int
	verb := c.flags(&cobra.Command{
		Use:   "status CYKEL",
		Short: "Visa en cykels steg och läge, eller ett kalenderår över alla pågående cykler",
		Example: `  arshjul status cycle/1283/2028 --as PERSON
  arshjul status --calendar-year 2027 --as PERSON`,
		Args: takes(0, 1, ""),
		RunE: func(verb *cobra.Command, args []string) error {
			switch {
			case year != 0 && len(args) > 0:
				return usagef("ange cykeln eller --calendar-year, inte båda")
			case year != 0:
				return show(verb, c, fmt.Sprintf("/calendar/%d", year), tellYear)
			case len(args) == 0:
				return usagef("ange cykeln, till exempel cycle/1283/2028, eller --calendar-year")
			}
			if err := show(verb, c, "/"+args[0], tellCycle); err != nil || c.json || !strings.HasPrefix(args[0], "cycle/") {
				return err
			}
			return show(verb, c, "/mail?limit=1", tellMailFindings)
		},
	})
	verb.Flags().IntVar(&year, "calendar-year", 0, "visa årshjulet för det här kalenderåret, över alla pågående cykler")
	return verb
}

func tellCycle(w io.Writer, a api.Cycle) {
	fmt.Fprintf(w, "%s: %s, %d av %d steg klara, %d försenade. Cykelns dag är %s.\n",
		a.Title, a.Status, a.Done, a.Steps, a.Late, a.Today.Swedish())
	if a.NextStep != "" {
		fmt.Fprintf(w, "Närmast: %s.\n", a.NextStep)
	}
	if s := a.Signed; s != nil {
		fmt.Fprintf(w, "Journalen är underskriven till och med post %d, för %s sedan; %d poster väntar.\n", int64(s.Size)-1, time.Since(s.At.Time()).Round(time.Second), s.Waiting)
	}
	tellBalance(w, a.Deficits, a.Carried)
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
