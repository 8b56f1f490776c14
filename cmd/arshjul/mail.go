package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/tablefile"
)

func newMail(c *connection) *cobra.Command {
	verb := c.flags(group(&cobra.Command{
		Use:   "mail",
		Short: "Mejlen: vad som är skickat, vart, hur ofta, och övningarnas post",
	}))
	verb.AddCommand(newMailLog(c), newMailShow(c), newMailAgain(c), newMailAddresses(c), newSetAddress(c), newMailChoice(c), newMailChoose(c), newMailSink(c),
		newMailHold(c), newMailHeld(c), newMailRelease(c), newMailBounced(c))
	return verb
}

func newMailLog(c *connection) *cobra.Command {
	var person, exercise, state string
	verb := &cobra.Command{
		Use:     "log",
		Short:   "Visa utskicksloggen, och vad någon behöver se till",
		Example: "  arshjul mail log --state failed --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			query := url.Values{"person": {person}, "exercise": {exercise}, "state": {state}}
			return show(verb, c, "/mail?"+query.Encode(), tellMailLog)
		},
	}
	f := verb.Flags()
	f.StringVar(&person, "person", "", "bara mejl till den här personen")
	f.StringVar(&exercise, "exercise", "", "en övnings mejl, till exempel exercise/1283/2028/1 (annars de riktiga)")
	f.StringVar(&state, "state", "", "bara de i det här läget: new, sending, later, sent, failed, unneeded eller released")
	return verb
}

// tellMailFindings tells whoever sees to mails what has to be seen to.
func tellMailFindings(w io.Writer, log api.MailLog) {
	for _, f := range log.Findings {
		fmt.Fprintf(w, "ATT SE TILL: %s\n", f.Text)
	}
}

func tellMailLog(w io.Writer, log api.MailLog) {
	tellMailFindings(w, log)
	counts := make([]string, len(log.Counts))
	for i, n := range log.Counts {
		counts[i] = fmt.Sprintf("%d %s", n.Mails, n.Word)
	}
	if len(counts) > 0 {
		fmt.Fprintln(w, strings.Join(counts, ", ")+".")
	}
	if len(log.Mails) == 0 {
		fmt.Fprintln(w, "Inga mejl.")
		return
	}
	fmt.Fprintln(w, "DAG\tTILL\tLÄGE\tFÖRSÖK\tID\tE-POSTSERVERNS SVAR")
	for _, m := range log.Mails {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", m.Day, m.Person, m.Word, m.Attempts, m.ID, m.Words)
	}
}

func newMailShow(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Visa ett mejl i loggen: varje försök, och vad det berättar om",
		Args:  takes(1, 1, "mejlets id"),
		RunE: func(verb *cobra.Command, args []string) error {
			return show(verb, c, "/mail/log/"+url.PathEscape(args[0]), func(w io.Writer, m api.Mail) {
				fmt.Fprintf(w, "Till %s, för den %s: %s.\n", m.Person, m.Day.Swedish(), m.Word)
				for _, t := range m.Tries {
					fmt.Fprintf(w, "  försök %d\t%s\t%s\t%s\n", t.Number, at(t.At), t.Word, t.Words)
				}
				for _, t := range m.Things {
					fmt.Fprintf(w, "  om\t%s\t%s\t%s\n", t.Stream, t.Step, or(t.Rule, or(changeWords[t.Change], "ny uppgift")))
				}
			})
		},
	}
}

// changeWords are what became of a task that the person had.
var changeWords = map[domain.Change]string{domain.ChangeMoved: "flyttad dag", domain.ChangeReturned: "återremiss"}

// at tells an instant by the clock on the wall.
func at(i domain.Instant) string { return i.Time().In(domain.Stockholm).Format("2006-01-02 15.04") }

func newMailAgain(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "again ID",
		Short: "Låt det som ett misslyckat mejl berättar gå med personens nästa",
		Args:  takes(1, 1, "mejlets id"),
		RunE: func(verb *cobra.Command, args []string) error {
			return give(verb, c, "/mail/log/"+url.PathEscape(args[0])+"/again", struct{}{}, func(w io.Writer, m api.Mail) {
				fmt.Fprintf(w, "Det som stod i mejlet går med nästa till %s.\n", m.Person)
			})
		},
	}
}

func newMailAddresses(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "addresses",
		Short: "Visa vart mejlen går: alla för registeransvarig, annars den egna adressen",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return show(verb, c, "/mail/addresses", func(w io.Writer, l api.MailAddresses) {
				fmt.Fprintln(w, "PERSON\tADRESS\tSATT AV\tNÄR")
				for _, a := range l.Addresses {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Person, or(a.Address, "ingen"), a.By, at(a.At))
				}
			})
		},
	}
}

var addressColumns = []tablefile.Column{{Heading: "person", Required: true}, {Heading: "adress", Also: "address"}}

func newSetAddress(c *connection) *cobra.Command {
	var in api.MailAddress
	var path string
	verb := &cobra.Command{
		Use:   "set-address",
		Short: "Lägg in vart en persons mejl går, eller allas ur en fil",
		Long: `Lägg in vart en persons mejl går. Den förra adressen raderas. Det som inte gick att skicka till den skickas till den nya.
Med --file läses en CSV- eller YAML-fil med person;adress. En rad utan adress tar bort den.`,
		Example: `  arshjul mail set-address --person p-42 --address namn@exempel.se --as PERSON
  arshjul mail set-address --file adresser.csv --as PERSON`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if path != "" {
				return c.setAddresses(verb, path)
			}
			if in.Person == "" || !verb.Flags().Changed("address") {
				return usagef("ange --person och --address (tom adress tar bort den), eller --file")
			}
			return give(verb, c, "/mail/addresses", in, func(w io.Writer, a api.MailAddress) {
				fmt.Fprintf(w, "Mejl till %s går till: %s\n", a.Person, or(a.Address, "ingenstans"))
			})
		},
	}
	f := verb.Flags()
	f.StringVar((*string)(&in.Person), "person", "", "personens id")
	f.StringVar(&in.Address, "address", "", "e-postadressen")
	f.StringVar(&path, "file", "", "en CSV- eller YAML-fil med allas adresser: person;adress")
	verb.MarkFlagsMutuallyExclusive("file", "person")
	verb.MarkFlagsMutuallyExclusive("file", "address")
	return verb
}

// setAddresses sets the addresses of a file, one by one. Reading the same file again changes nothing.
func (c *connection) setAddresses(verb *cobra.Command, path string) error {
	rows, err := readTable(path, addressColumns)
	if err != nil {
		return err
	}
	var set api.MailAddresses
	for _, r := range rows {
		var a api.MailAddress
		if err := c.client().Post(verb.Context(), "/mail/addresses", api.MailAddress{Person: domain.PersonID(r.Cells[0]), Address: r.Cells[1]}, &a); err != nil {
			fmt.Fprintf(verb.ErrOrStderr(), "%d av %d rader är inlagda. Stannade vid %s:\n", len(set.Addresses), len(rows), r.Cells[0])
			return c.tell(verb, err, "")
		}
		set.Addresses = append(set.Addresses, a)
	}
	if c.json {
		return printValue(verb.OutOrStdout(), set)
	}
	_, err = fmt.Fprintf(verb.OutOrStdout(), "%d adresser är inlagda.\n", len(set.Addresses))
	return err
}

func newMailChoice(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "choice",
		Short: "Visa hur ofta du har valt att få mejl",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return show(verb, c, "/mail/choice", tellChoice) },
	}
}

func newMailChoose(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "choose direkt|dag|vecka|inga",
		Short: "Välj hur ofta du får mejl",
		Long: `Välj hur ofta du får mejl: direkt, en gång om dagen (det vanliga), en gång i veckan, eller inga. När något ligger hos
dig för att det dröjer hos någon annan får du det en gång om dagen vad du än väljer.`,
		Example:   "  arshjul mail choose vecka --as PERSON",
		Args:      takes(1, 1, "direkt, dag, vecka eller inga"),
		ValidArgs: []string{"direkt", "dag", "vecka", "inga"},
		RunE: func(verb *cobra.Command, args []string) error {
			return give(verb, c, "/mail/choice", api.MailChoice{Choice: args[0]}, tellChoice)
		},
	}
}

func tellChoice(w io.Writer, c api.MailChoice) {
	fmt.Fprintf(w, "Du får mejl: %s.\n", c.Choice)
	for _, was := range c.History {
		fmt.Fprintf(w, "  %s\t%s\n", at(was.At), was.Choice)
	}
}

func newMailSink(c *connection) *cobra.Command {
	var exercise string
	verb := &cobra.Command{
		Use:     "sink [ID]",
		Short:   "Läs övningarnas mejl, som inte har gått någonstans",
		Example: "  arshjul mail sink --exercise exercise/1283/2028/1 --as PERSON",
		Args:    takes(0, 1, ""),
		RunE: func(verb *cobra.Command, args []string) error {
			if len(args) == 1 {
				return show(verb, c, "/mail/sink/"+url.PathEscape(args[0]), func(w io.Writer, m api.SunkMail) {
					fmt.Fprintf(w, "Till: %s\nÄmne: %s\n\n%s", m.To, m.Subject, m.Text)
				})
			}
			return show(verb, c, "/mail/sink?"+url.Values{"exercise": {exercise}}.Encode(), func(w io.Writer, l api.SunkMails) {
				fmt.Fprintf(w, "%d mejl.\nID\tTILL\tÄMNE\n", l.Count)
				for _, m := range l.Mails {
					fmt.Fprintf(w, "%d\t%s\t%s\n", m.ID, m.To, m.Subject)
				}
			})
		},
	}
	verb.Flags().StringVar(&exercise, "exercise", "", "övningens ström (annars den egna datorns riktiga cykler)")
	return verb
}

// give asks the server to do something, and tells what came of it.
func give[T any](verb *cobra.Command, c *connection, path string, in any, tell func(w io.Writer, answer T)) error {
	var answer T
	if err := c.client().Post(verb.Context(), path, in, &answer); err != nil {
		return c.tell(verb, err, "")
	}
	if c.json {
		return printValue(verb.OutOrStdout(), answer)
	}
	tell(verb.OutOrStdout(), answer)
	return nil
}

// mails looks for what somebody must see to about a municipality's mails.
func (d *doctor) mails(ctx context.Context, st *store.Store, kommun string) {
	found, err := mail.Findings(ctx, st, kommun, domain.InstantOf(time.Now()))
	if err != nil {
		d.found(err, "Mejlen går inte att undersöka", "")
		return
	}
	for _, f := range found {
		d.found(errors.New(f.Text), "Mejlen", "")
	}
	if len(found) > 0 {
		return
	}
	counts, err := st.MailCounts(ctx, kommun, "")
	d.found(err, "Mejlen går inte att räkna", fmt.Sprintf("Mejlen i kommun %s: %d skickade, inget att se till.", kommun, counts[store.MailSent]))
}
