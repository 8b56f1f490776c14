package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func newLaunch(c *connection) *cobra.Command {
	var ask api.OrderLaunch
	var date string
	plan := launchPlan{plan: &ask.LaunchPlan}
	verb := c.flags(&cobra.Command{
		Use:   "launch",
		Short: "Beställ start av cykeln för ett budgetår; en annan person bekräftar och startar",
		Long: `Beställ start av cykeln för ett budgetår, på ett beslut. Servern repeterar hela cykeln från i dag, och säger nej med
alla orsaker om något inte går ihop. En annan cykelansvarig bekräftar med "arshjul launch confirm", och då startar cykeln.

Startas cykeln sent är de steg vars dag har passerat öppna och försenade från början, om du inte säger att de är klara
före start: --before STEG=SKÄL@REFERENS. "arshjul launch check" visar vilka de är.`,
		Example: `  arshjul launch --year 2028 --dnr "KS 12/2026" --date 2026-11-18 --paragraph 4 --as PERSON
  arshjul launch confirm 58 --as ANNAN`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if err := plan.fill(verb, c); err != nil {
				return err
			}
			if date != "" {
				var err error
				if ask.Date, err = domain.ParseDate(date); err != nil {
					return usagef("--date: %v", err)
				}
			}
			var ordered api.Ordered
			if err := c.client().Post(verb.Context(), "/orders", ask, &ordered); err != nil {
				return c.tell(verb, err, ask.ID)
			}
			if c.json {
				return printValue(verb.OutOrStdout(), ordered)
			}
			return tellOrdered(verb.OutOrStdout(), &ordered)
		},
	})
	plan.flags(verb)
	f := verb.Flags()
	f.StringVar(&ask.Dnr, "dnr", "", "diarienumret på beslutet att starta")
	f.StringVar(&date, "date", "", "beslutets dag, så här: 2026-11-18")
	f.StringVar(&ask.Paragraph, "paragraph", "", "beslutets paragraf, om det har en")
	f.StringVar(&ask.Despite, "despite", "", "skälet att starta trots det som repetitionen hittar")
	idFlag(verb, &ask.ID)
	verb.AddCommand(newLaunchCheck(c), newLaunchConfirm(c), &cobra.Command{
		Use:   "list",
		Short: "Lista beställningarna",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return show(verb, c, "/orders", tellOrders) },
	})
	return verb
}

func newLaunchCheck(c *connection) *cobra.Command {
	var ask api.LaunchPlan
	plan := launchPlan{plan: &ask}
	verb := &cobra.Command{
		Use:     "check",
		Short:   "Visa vad en start i dag skulle innebära: vad som stoppar den, och vilka steg den är för sen för",
		Example: "  arshjul launch check --year 2028 --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if err := plan.fill(verb, c); err != nil {
				return err
			}
			var check api.LaunchCheck
			if err := c.client().Post(verb.Context(), "/launch-check", ask, &check); err != nil {
				return c.tell(verb, err, "")
			}
			if c.json {
				return printValue(verb.OutOrStdout(), check)
			}
			out := verb.OutOrStdout()
			fmt.Fprintf(out, "%s, budgetåret %d, startad den %s: %d steg.\n", check.Wheel, check.Year, check.Today.Swedish(), check.Steps)
			tellFindings(out, check.Findings)
			tellPassed(out, check.Passed)
			return nil
		},
	}
	plan.flags(verb)
	return verb
}

func newLaunchConfirm(c *connection) *cobra.Command {
	var ask api.ConfirmOrder
	verb := &cobra.Command{
		Use:     "confirm NUMMER",
		Short:   "Bekräfta en annan persons beställning, och starta cykeln",
		Example: "  arshjul launch confirm 58 --as PERSON",
		Args:    takes(1, 1, "beställningens nummer"),
		RunE: func(verb *cobra.Command, args []string) error {
			number, err := strconv.ParseUint(args[0], 10, 63)
			if err != nil {
				return usagef("%q är inget nummer på en beställning. De som finns: arshjul launch list", args[0])
			}
			var r api.Receipt
			if err := c.client().Post(verb.Context(), fmt.Sprintf("/orders/%d/confirm", number), ask, &r); err != nil {
				return c.tell(verb, err, ask.ID)
			}
			return c.receipt(verb, r)
		},
	}
	idFlag(verb, &ask.ID)
	return verb
}

// idFlag gives a verb the command's id: minted anew, unless somebody asks again.
func idFlag(verb *cobra.Command, id *string) {
	verb.Flags().StringVar(id, "id", "", "kommandots id, när du frågar igen (annars ett nytt)")
	verb.PreRun = func(*cobra.Command, []string) {
		if *id == "" {
			*id = rand.Text()
		}
	}
}

// uploadWheel stores a wheel file on the server and gives its hash; no file gives none.
func uploadWheel(verb *cobra.Command, c *connection, path string) (domain.Digest, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", usagef("årshjulsfilen går inte att läsa: %v", err)
	}
	f, err := c.client().Upload(verb.Context(), text)
	if err != nil {
		return "", c.tell(verb, err, "")
	}
	return f.SHA256, nil
}

// receipt tells what came of a command.
func (c *connection) receipt(verb *cobra.Command, r api.Receipt) error {
	if c.json {
		return printValue(verb.OutOrStdout(), r)
	}
	tellReceipt(verb.OutOrStdout(), &r)
	return nil
}

func tellReceipt(out io.Writer, r *api.Receipt) {
	if r.Status == api.StatusDone && r.Index != nil {
		fmt.Fprintf(out, "Klart: journalpost %d (%s, post %d), sha256 %s.\n", *r.Index, r.Stream, r.First, r.Leaf)
	} else {
		fmt.Fprintf(out, "Mottaget (%s, post %d). Det skrivs in i journalen strax; id %s.\n", r.Stream, r.First, r.ID)
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "Obs:", w)
	}
}

func tellOrdered(out io.Writer, o *api.Ordered) error {
	tellReceipt(out, &o.Receipt)
	if o.Check != nil {
		tellFindings(out, o.Check.Findings)
		tellPassed(out, o.Check.Passed)
	}
	if o.Number == 0 {
		_, err := fmt.Fprintln(out, "\nBeställningens nummer syns strax med: arshjul launch list")
		return err
	}
	_, err := fmt.Fprintf(out, "\nBeställning %d. En annan cykelansvarig bekräftar och startar cykeln: arshjul launch confirm %d --as PERSON\n", o.Number, o.Number)
	return err
}

// tellPassed lists the steps that a launch is too late for.
func tellPassed(out io.Writer, passed []api.PassedStep) {
	if len(passed) == 0 {
		return
	}
	fmt.Fprintf(out, "\nSteg vars senast-dag har passerat: %d. De startar som öppna och försenade, om de inte anges med --before.\n", len(passed))
	for _, p := range passed {
		wrap(out, "  "+string(p.Plan)+"  ", 14, fmt.Sprintf("%s (%s)", p.Title, p.Step))
	}
}

func tellOrders(w io.Writer, a api.Orders) {
	fmt.Fprintln(w, "NR\tBUDGETÅR\tDNR\tBESLUT\tLÄGE")
	for _, o := range a.Orders {
		state := "väntar på en andra person"
		switch {
		case o.Stream != "":
			state = "startad: " + o.Stream
		case o.Confirmed != "":
			state = "bekräftad, inte startad"
		}
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\n", o.Number, o.Year, o.Dnr, o.Date, state)
	}
}
