package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"arshjul/internal/temporalx"
)

func newDeploy() *cobra.Command {
	verb := group(&cobra.Command{
		Use:   "deploy",
		Short: "Styr vilket bygge som får arbetet, när workers kör med --build-id",
		Long: `Styr vilket bygge som får arbetet, när workers kör med --build-id. Utan --build-id behövs inget av det: då tar varje
worker allt.`,
	})
	verb.AddCommand(newSetCurrent(), newShowBuilds())
	return verb
}

// setCurrentTime is how long set-current waits for the build's first worker.
const setCurrentTime = 60 * time.Second

func newSetCurrent() *cobra.Command {
	var p platform
	var build string
	var unversioned bool
	verb := p.temporalFlags(&cobra.Command{
		Use:   "set-current",
		Short: "Låt ett bygges workers ta allt arbete från och med nu",
		Long: `Låt ett bygges workers ta allt arbete från och med nu. Minst en worker av bygget måste ha startat. Cykler som pågår
går över vid sitt nästa arbete, mitt i sin körning. Innan den första är gjord får workers med --build-id inget alls att
göra.

Med --unversioned får workers utan --build-id arbetet. En cykel lämnar då sitt bygge först med nästa körning: kör
arshjul roll innan byggets workers stoppas.`,
		Example: "  arshjul deploy set-current --build-id 2027.2",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if (build == "") != unversioned {
				return usagef("ange --build-id eller --unversioned, ett av dem")
			}
			if err := temporalx.CheckBuild(build); build != "" && err != nil {
				return usagef("--build-id: %v", err)
			}
			c, err := p.dial(verb.Context(), zap.NewNop())
			if err != nil {
				return err
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(verb.Context(), setCurrentTime)
			defer cancel()
			if err := temporalx.SetCurrent(ctx, c, build); err != nil {
				return err
			}
			if unversioned {
				_, err = fmt.Fprintln(verb.OutOrStdout(), "Workers utan bygg-id får arbetet från och med nu. Kör arshjul roll innan byggets workers stoppas.")
			} else {
				_, err = fmt.Fprintf(verb.OutOrStdout(), "Bygge %s får allt arbete från och med nu.\n", build)
			}
			return err
		},
	})
	verb.Flags().StringVar(&build, "build-id", "", "bygget, som workers säger det med --build-id")
	verb.Flags().BoolVar(&unversioned, "unversioned", false, "workers utan --build-id")
	return verb
}

func newShowBuilds() *cobra.Command {
	var p platform
	asJSON := false
	verb := p.temporalFlags(&cobra.Command{
		Use:   "show",
		Short: "Visa vilka byggen Temporal känner, och vilket som får arbetet",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			c, err := p.dial(verb.Context(), zap.NewNop())
			if err != nil {
				return err
			}
			defer c.Close()
			builds, err := temporalx.Builds(verb.Context(), c)
			if err != nil {
				return err
			}
			out := verb.OutOrStdout()
			if asJSON {
				return printValue(out, map[string]any{"builds": builds})
			}
			versioned := false
			for _, b := range builds {
				versioned = versioned || b.Current
				fmt.Fprintf(out, "%s, sågs först %s%s\n", b.ID, b.Seen.UTC().Format(time.RFC3339), map[bool]string{true: ", får arbetet"}[b.Current])
			}
			if !versioned {
				fmt.Fprintln(out, "Arbetet går till workers utan bygg-id.")
			}
			return nil
		},
	})
	verb.Flags().BoolVar(&asJSON, "json", false, "svara med JSON")
	return verb
}
