package main

import (
	"errors"

	"github.com/spf13/cobra"

	"arshjul/internal/pack"
)

func newVerify() *cobra.Command {
	var ask pack.Asked
	verb := &cobra.Command{
		Use:   "verify FIL",
		Short: "Kontrollera ett bevispaket eller ett kvitto, utan nät och databas",
		Long: `Kontrollera ett bevispaket (zip, från arshjul export) eller ett kvitto (.tlog-proof), utan nät och databas. Logg, träd och
bevis räknas om på två sätt, alla poster läggs ihop på nytt, varje kommando döms om av reglerna, och varje godkännandes underlag
prövas: andra person, roll den dagen, jäv, version, grind. Texter, filer, årshjul och historiker jämförs med posterna.

Slutkoden är 0 när allt stämmer, 1 när något inte gör det (meningen säger vad och var) och 2 när frågan är fel ställd.
Programmet arshjul-verify gör detsamma, för den som inte vill ha hela årshjul.`,
		Example: "  arshjul verify pack.zip --key nycklar.txt\n  arshjul verify pack.zip --key nycklar.txt --checkpoint forra-kvartalet.txt",
		Args:    takes(1, 1, "paketet eller kvittot"),
		RunE: func(verb *cobra.Command, args []string) error {
			ask.File = args[0]
			switch ask.Check(verb.OutOrStdout(), verb.ErrOrStderr()) {
			case pack.ExitHolds:
				return nil
			case pack.ExitUsage:
				return toldError{&usageError{"asked the wrong way"}}
			}
			return toldError{errors.New("something in the file is not as it should be")}
		},
	}
	f := verb.Flags()
	f.StringSliceVar(&ask.Keys, "key", nil, "fil med nycklar som du litar på, och har fått på annat sätt än i paketet")
	f.StringSliceVar(&ask.Checkpoints, "checkpoint", nil, "fil med en kontrollpunkt som du har sedan tidigare: loggen ska vara en fortsättning på den")
	f.BoolVar(&ask.JSON, "json", false, "svara med JSON")
	return verb
}
