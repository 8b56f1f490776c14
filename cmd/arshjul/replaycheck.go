package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"arshjul/internal/temporalx"
)

func newReplayCheck() *cobra.Command {
	var p platform
	asJSON := false
	verb := p.flags(&cobra.Command{
		Use:   "replay-check",
		Short: "Pröva om den här utgåvan kan ta över varje öppen cykel",
		Long: `Pröva om den här utgåvan kan ta över varje öppen cykel, övning och register: historiken spelas upp med det här
programmets regler, och svaret på varje kommando jämförs med det som gavs. Inget skrivs. Kör det före varje
driftsättning, med det nya programmet. Slutkoden är 1 om något avviker.`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return replayCheck(verb.Context(), verb.OutOrStdout(), &p, asJSON)
		},
	})
	verb.Flags().BoolVar(&asJSON, "json", false, "svara med JSON")
	return verb
}

// checked is what replay-check says with --json.
type checked struct {
	OK      bool            `json:"ok"`
	Version string          `json:"version"` // of this program
	Streams []checkedStream `json:"streams"`
}

type checkedStream struct {
	temporalx.Replayed
	Message string `json:"message,omitempty"` // in Swedish, when it diverges or could not be looked at
}

func replayCheck(ctx context.Context, out io.Writer, p *platform, asJSON bool) error {
	o, err := p.openAny(ctx, zap.NewNop())
	if err != nil {
		return err
	}
	defer o.close()
	streams, err := openStreams(ctx, o)
	if err != nil {
		return err
	}
	all := checked{OK: true, Version: version}
	for _, stream := range streams {
		s := checkedStream{}
		if s.Replayed, err = temporalx.Replay(ctx, o.temporal, stream); err != nil {
			s.Stream, s.Message = stream, "gick inte att pröva: "+inTemporal(err).Error()
		} else {
			s.Message = inWords(s.Replayed)
		}
		all.OK = all.OK && s.Message == ""
		all.Streams = append(all.Streams, s)
		if asJSON {
			continue
		}
		if s.Message == "" {
			fmt.Fprintf(out, "  bra  %s: %s\n", stream, howMuch(s.Replayed))
		} else {
			fmt.Fprintf(out, "  FEL  %s: %s\n", stream, s.Message)
		}
		if s.Detail != "" {
			fmt.Fprintf(out, "       %s\n", s.Detail)
		}
	}
	if asJSON {
		if err := printValue(out, all); err != nil {
			return err
		}
	}
	if !all.OK {
		err := errors.New("den här utgåvan kan inte ta över allt som är öppet. Driftsätt den inte")
		if asJSON {
			return toldError{err}
		}
		return err
	}
	if !asJSON {
		fmt.Fprintf(out, "Den här utgåvan kan ta över allt som är öppet (%d).\n", len(streams))
	}
	return nil
}

func howMuch(r temporalx.Replayed) string {
	rules := ""
	if r.Rules > 0 {
		rules = fmt.Sprintf("regelversion %d, ", r.Rules)
	}
	return fmt.Sprintf("%s%d händelser i historiken, %d svar jämförda", rules, r.Events, r.Commands)
}

// inWords says what a divergence would lead to and what to do; nothing when there is none.
func inWords(r temporalx.Replayed) string {
	switch r.Divergence {
	case "":
		return ""
	case temporalx.DivergesDigest:
		return "reglerna ser det som redan har hänt på ett annat sätt än det blev. Workern skulle stanna utan att skriva något. Ge de ändrade reglerna en ny version"
	case temporalx.DivergesNewer:
		return "körningen följer regler, eller har en form, som den här utgåvan inte känner: den är för gammal. Använd den som kör nu, eller en nyare"
	case temporalx.DivergesOrder:
		return "arbetsflödet gör andra saker, eller i en annan ordning, än historiken visar. Workern skulle stanna. Rätta arbetsflödet"
	case temporalx.DivergesAnswer:
		return "ett kommando skulle få ett annat svar än det fick. Rätta det, eller ge de ändrade reglerna en ny version"
	case temporalx.DivergesUnknown:
		return fmt.Sprintf("den här utgåvan har inget arbetsflöde av slaget %s", r.Type)
	}
	return "arbetsflödet stannar med ett fel som inte är något av våra. Se raden under"
}
