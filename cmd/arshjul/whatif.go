package main

import (
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
)

func newWhatIf(c *connection) *cobra.Command {
	var in rehearsal.Supposed
	var wheel, organisation, cycle string
	var year int
	verb := c.flags(&cobra.Command{
		Use:   "whatif",
		Short: "Se vad som blir annorlunda om ett ärende kommer tillbaka, ett sammanträde flyttas eller någon är sen",
		Long: `Se vad som blir annorlunda om ett ärende återremitteras, ett sammanträde flyttas eller en enhet är sen: nya dagar, vilka
som berörs, hur många dagar som är kvar till lagens gränser, och hur många mejl det blir. Hela cykeln spelas två gånger i
minnet, och ingenting sparas. Med --cycle utgår svaret från där en pågående cykel är; annars från --wheel och --year.`,
		Example: `  arshjul whatif --wheel helsingborg --year 2028 --aterremiss kf-mal-och-ekonomi
  arshjul whatif --cycle cycle/1283/2028 --late SN:namndens-forslag=20 --as PERSON`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			what, err := in.What()
			if err != nil {
				return err
			}
			switch {
			case (year == 0) == (cycle == ""):
				return usagef("ange antingen --wheel och --year, eller --cycle")
			case cycle != "":
				q := url.Values{"aterremiss": in.Returned, "minoritet": in.Minority, "move": in.Moves, "late": in.Late}
				return show(verb, c, "/"+cycle+"/whatif?"+q.Encode(), tellForesight)
			}
			l, _, err := launchOf(wheel, organisation, year)
			if err != nil {
				return err
			}
			f, err := rehearsal.Foresee(l, what)
			if err != nil {
				return err
			}
			if c.json {
				return printValue(verb.OutOrStdout(), api.ForesightOf(f))
			}
			return table(verb, api.ForesightOf(f), tellForesight)
		},
	})
	f := verb.Flags()
	f.StringVar(&wheel, "wheel", "helsingborg", "årshjulet: helsingborg (inbyggt) eller en fil")
	f.StringVar(&organisation, "org", "", "organisationen: helsingborg (inbyggd) eller en fil (annars den som hör till årshjulet)")
	f.IntVar(&year, "year", 0, "budgetåret")
	f.StringVar(&cycle, "cycle", "", "en pågående cykel, till exempel cycle/1283/2028")
	f.StringArrayVar(&in.Returned, "aterremiss", nil, "steg som återremitteras med majoritet, till exempel kf-mal-och-ekonomi")
	f.StringArrayVar(&in.Minority, "minoritet", nil, "steg som en tredjedel av fullmäktige återremitterar (KL 5:50)")
	f.StringArrayVar(&in.Moves, "move", nil, "sammanträde som flyttas: KF-2027-06-15=2027-11-17")
	f.StringArrayVar(&in.Late, "late", nil, "enhet som är sen, i dagar efter senast-dagen: SN:namndens-forslag=20")
	return verb
}

var movedWords = map[string]string{"opens": "öppnar", "plan": "senast", "legal": "lagens gräns"}

func tellForesight(w io.Writer, f api.Foresight) {
	fmt.Fprintf(w, "%d dagar blir andra, och det blir %d mejl mer.\n", len(f.Moved), f.Mails)
	if len(f.Moved) > 0 {
		fmt.Fprintln(w, "\nSTEG\tENHET\tVAD\tFRÅN\tTILL")
	}
	for _, m := range f.Moved {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Step, m.Unit, movedWords[m.What], dayOrNone(m.From), dayOrNone(m.To))
	}
	if len(f.Law) > 0 {
		fmt.Fprintln(w, "\nLAGRUM\tSTEG\tDAGAR KVAR")
	}
	for _, l := range f.Law {
		fmt.Fprintf(w, "%s\t%s\t%d\n", l.Paragraph, l.Step, l.SlackDays)
	}
}

func dayOrNone(d *domain.Date) string {
	if d == nil {
		return "–"
	}
	return string(*d)
}

func newPath(c *connection) *cobra.Command {
	var cycle, to string
	verb := c.flags(&cobra.Command{
		Use:     "path",
		Short:   "Visa vad som står mellan i dag och ett steg, med marginal i arbetsdagar",
		Example: "  arshjul path --to kf-mal-och-ekonomi --cycle cycle/1283/2028 --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if to == "" {
				return usagef("ange steget, till exempel --to kf-mal-och-ekonomi")
			}
			cycle, err := c.theCycle(verb, cycle)
			if err != nil {
				return err
			}
			return show(verb, c, "/"+cycle+"/path?"+url.Values{"to": {to}}.Encode(), tellPath)
		},
	})
	verb.Flags().StringVar(&to, "to", "", "steget")
	verb.Flags().StringVar(&cycle, "cycle", "", cycleHelp)
	return verb
}

func tellPath(w io.Writer, p api.Path) {
	if p.Done {
		fmt.Fprintf(w, "%s är klart.\n", p.Title)
		return
	}
	fmt.Fprintf(w, "Mellan i dag den %s och %s står %d steg. Minsta marginalen är %d arbetsdagar.\n\n", p.Today.Swedish(), p.Title, len(p.Hurdles), *p.Tightest)
	fmt.Fprintln(w, "STEG\tTITEL\tLÄGE\tSENAST\tSISTA DAG\tMARGINAL")
	for _, h := range p.Hurdles {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\n", h.Step, h.Title, h.Word, h.Plan, h.Last, h.Slack)
	}
}
