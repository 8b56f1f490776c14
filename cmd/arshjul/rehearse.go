package main

import (
	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
)

func newRehearse() *cobra.Command {
	var wheel, organisation, start, from string
	var with []string
	var year int
	var asJSON bool
	verb := &cobra.Command{
		Use:   "rehearse",
		Short: "Repetera en hel cykel i minnet, och se vad som inte går ihop",
		Long: `Repetera en hel cykel i minnet: alla gör sitt så snart det går, och dagarna passerar. Visar kalendern, hur mycket som
väntar på var och en, och allt som inte går ihop. Ingen server behövs, och ingenting sparas. Slutkoden är 3 när något
hittas som skulle stoppa en start.`,
		Example: "  arshjul rehearse --wheel helsingborg --year 2028",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if year == 0 {
				return usagef("ange budgetåret med --year")
			}
			l, o, err := launchOf(wheel, organisation, year)
			if err != nil {
				return err
			}
			l.With = with
			if start != "" {
				if l.Start, err = domain.ParseDate(start); err != nil {
					return usagef("--start: %v", err)
				}
			}
			if l.From, err = stageNamed(from); err != nil {
				return err
			}
			r, err := rehearsal.Play(l)
			if err != nil {
				return err
			}
			if asJSON {
				err = printValue(verb.OutOrStdout(), rehearsal.Answer(r))
			} else {
				err = tellRehearsal(verb.OutOrStdout(), r, &l.Wheel, o)
			}
			if n := len(r.Errors()); n > 0 && err == nil {
				err = domain.Refuse(domain.CodeRehearsal, "repetitionen hittade %d fel som stoppar en start. Rätta dem, och repetera igen.", n)
			}
			return err
		},
	}
	f := verb.Flags()
	townFlags(verb, &wheel, &organisation)
	f.IntVar(&year, "year", 0, "budgetåret")
	f.StringVar(&start, "start", "", "första dagen (annars skedets första; för hela cykeln 1 december två år före budgetåret)")
	f.StringVar(&from, "from", "", "repetera övertagandet av cykeln från det här skedet: uppföljning eller bokslut (annars från början)")
	f.StringSliceVar(&with, "with", nil, withHelp)
	f.BoolVar(&asJSON, "json", false, "svara med JSON")
	return verb
}
