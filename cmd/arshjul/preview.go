package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func previewFlag(verb *cobra.Command) *bool {
	return verb.Flags().Bool("preview", false, "visa bara vad det leder till, och vilka mejl som skulle gå; inget registreras")
}

// preview tells what a command would lead to, and whom it would be told.
func (c *connection) preview(verb *cobra.Command, stream string, command api.Command) error {
	var p api.Preview
	if err := c.client().Post(verb.Context(), "/"+stream+"/preview", command, &p); err != nil {
		return c.tell(verb, err, "")
	}
	if c.json {
		return printValue(verb.OutOrStdout(), p)
	}
	out := verb.OutOrStdout()
	fmt.Fprintln(out, "Det här skulle registreras:")
	tellSentences(out, p.Entries)
	for _, w := range p.Warnings {
		fmt.Fprintln(out, "Obs:", w)
	}
	tellMails(out, p.Mails, p.MailCount)
	return nil
}

// tellMails tells how many mails would go, to whom, when, and of what.
func tellMails(out io.Writer, mails []api.PreviewMail, count int) {
	fmt.Fprintf(out, "Det skulle ge %d mejl.\n", count)
	for _, m := range mails {
		var notes []string
		switch {
		case m.Urgent:
			notes = append(notes, "direkt, brådskande")
		case m.Day == "":
			notes = append(notes, "inget mejl: har valt inga")
		case m.At == 0:
			notes = append(notes, "övningspost, när övningens dag har passerat den "+m.Day.Swedish())
		default:
			notes = append(notes, "den "+m.Day.Swedish()+m.At.Time().In(domain.Stockholm).Format(" kl. 15.04"))
		}
		if m.Anyway {
			notes = append(notes, "med ett mejl som går ändå")
		}
		if m.NoAddress && m.Day != "" {
			notes = append(notes, "men adress saknas")
		}
		fmt.Fprintf(out, "  %s (%s): %s\n", m.Name, m.Person, strings.Join(notes, ", "))
		for _, t := range m.Things {
			wrap(out, "    - ", 6, t)
		}
	}
}
