package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
)

func newExercise(c *connection) *cobra.Command {
	verb := c.flags(group(&cobra.Command{
		Use:   "exercise",
		Short: "Öva: en cykel på prov, med en egen klocka som du flyttar",
	}))
	verb.AddCommand(
		newExerciseStart(c),
		newGive(c, domain.CmdAdvance, "advance ÖVNING", "Flytta övningens klocka till nästa sak som infaller", "  arshjul exercise advance exercise/1283/2028/1 --as PERSON"),
		newExercisePlay(c),
	)
	return verb
}

func newExerciseStart(c *connection) *cobra.Command {
	var ask api.Exercise
	var like api.LaunchPlan
	var start string
	plan := launchPlan{plan: &like}
	verb := &cobra.Command{
		Use:   "start",
		Short: "Starta en övning",
		Example: `  arshjul exercise start --year 2028 --start 2026-12-01 --as PERSON
  arshjul exercise start --year 2028 --from bokslut --as PERSON`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) (err error) {
			if start != "" {
				if ask.Start, err = domain.ParseDate(start); err != nil {
					return usagef("--start: %v", err)
				}
			}
			if err := plan.fill(verb, c); err != nil {
				return err
			}
			ask.Year, ask.Wheel, ask.With, ask.From, ask.Before = like.Year, like.Wheel, like.With, like.From, like.Before
			var r api.Receipt
			if err := c.client().Post(verb.Context(), "/exercises", ask, &r); err != nil {
				return c.tell(verb, err, ask.ID)
			}
			return c.receipt(verb, r)
		},
	}
	plan.flags(verb)
	f := verb.Flags()
	f.StringVar(&start, "start", "", "första dagen på övningens klocka (annars skedets första; för hela cykeln 1 december två år före budgetåret)")
	f.StringVar(&ask.Kommun, "kommun", "", "kommunkod, fyra siffror (annars serverns egen)")
	idFlag(verb, &ask.ID)
	return verb
}

func newExercisePlay(c *connection) *cobra.Command {
	return &cobra.Command{
		Use:   "play ÖVNING",
		Short: "Spela en övning till slut med simulerade tjänstepersoner",
		Long: `Spela en övning till slut med simulerade tjänstepersoner. De ser sina uppgifter och gör dem med små påhittade
handlingar, genom samma dörr som alla andra. --as är den som flyttar klockan, cykelansvarig.`,
		Example: "  arshjul exercise play exercise/1283/2028/1 --as p-slf-cykelansvarig",
		Args:    takes(1, 1, "övningen"),
		RunE: func(verb *cobra.Command, args []string) error {
			tell := verb.OutOrStdout()
			if c.json {
				tell = io.Discard
			}
			head, err := officials.Play(verb.Context(), c.client(), args[0], domain.PersonID(c.as), progress(tell))
			if err != nil {
				return c.tell(verb, err, "")
			}
			if c.json {
				return printValue(verb.OutOrStdout(), head)
			}
			_, err = fmt.Fprintf(tell, "%s är %s: %d av %d steg klara, %d journalposter.\n", head.Title, head.Status, head.Done, head.Steps, head.Entries)
			return err
		},
	}
}

// progress tells an exercise's progress, a line for each round of work.
func progress(out io.Writer) func(officials.Progress) {
	return func(p officials.Progress) {
		fmt.Fprintf(out, "  övningens dag %s: %d moment, %d av %d steg klara\n", p.Today.Swedish(), p.Acts, p.Done, p.Steps)
	}
}
