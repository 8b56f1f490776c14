package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newMailHold(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "hold",
		Short: "Håll alla riktiga mejl tills någon släpper dem",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return give(verb, c, "/mail/hold", struct{}{}, tellHold)
		},
	}
}

func newMailHeld(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "held",
		Short: "Visa om mejlen hålls, och vad som väntar för var och en",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return show(verb, c, "/mail/hold", tellHold) },
	}
}

func newMailRelease(c *connection) *cobra.Command {
	var in api.MailRelease
	verb := &cobra.Command{
		Use:   "release",
		Short: "Släpp mejl som hålls, ett till var och en, eller säg att de redan är skickade",
		Long: `Släpp mejl som hålls. Efter att databasen har lagts tillbaka till en tidigare tidpunkt hålls alla riktiga mejl: det som
skickades efter den tidpunkten står inte längre här, och skulle annars skickas en gång till. Var och en får ett mejl om
allt som väntar. Med --sent skickas inget av det: det är redan skickat, enligt e-postserverns logg.`,
		Example: "  arshjul mail held --as PERSON\n  arshjul mail release --sent --as PERSON",
		Args:    takes(0, 0, ""),
		RunE:    func(verb *cobra.Command, _ []string) error { return give(verb, c, "/mail/release", in, tellHold) },
	}
	verb.Flags().BoolVar(&in.Sent, "sent", false, "det som väntar är redan skickat, och skickas inte igen")
	return verb
}

func newMailBounced(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "bounced FIL",
		Short: "Skriv in att ett mejl kom tillbaka, ur e-postserverns rapport (- = standard in)",
		Long: `Skriv in att ett mejl kom tillbaka. FIL är hela rapporten som e-postservern skickade till avsändaren; - läser standard in, så
att avsändarens brevlåda kan skicka rapporterna vidare hit. Mejlet blir ett att se till, och rapporten sparas inte.`,
		Example: "  arshjul mail bounced rapport.eml --as PERSON",
		Args:    takes(1, 1, "filen med rapporten, eller -"),
		RunE: func(verb *cobra.Command, args []string) error {
			read := func() ([]byte, error) { return os.ReadFile(args[0]) }
			if args[0] == "-" {
				read = func() ([]byte, error) { return io.ReadAll(verb.InOrStdin()) }
			}
			report, err := read()
			if err != nil {
				return usagef("rapporten går inte att läsa: %v", err)
			}
			return give(verb, c, "/mail/bounces", api.MailBounce{Report: string(report)}, func(w io.Writer, m api.Mail) {
				fmt.Fprintf(w, "Mejlet till %s kom tillbaka: %s\nRätta adressen, eller skicka igen med arshjul mail again %s.\n", m.Person, m.Words, m.ID)
			})
		},
	}
}

func tellHold(w io.Writer, h api.MailHold) {
	switch {
	case !h.Held:
		fmt.Fprintln(w, "Mejlen hålls inte.")
	case h.Reason == "restored":
		fmt.Fprintf(w, "Mejlen hålls sedan %s, eftersom databasen har lagts tillbaka till en tidigare tidpunkt.\n", at(h.Since))
	default:
		fmt.Fprintf(w, "Mejlen hålls sedan %s, av %s.\n", at(h.Since), h.By)
	}
	if len(h.People) == 0 {
		return
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "VÄNTAR FÖR\tSAKER\tMEJL\tKAN HA KOMMIT FRAM")
	for _, p := range h.People {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", p.Person, p.Things, p.Mails, p.Unsure)
	}
	_ = table.Flush() // whoever listens may be gone
}
