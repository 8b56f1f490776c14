package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
)

func newExport(c *connection) *cobra.Command {
	var cycle, out string
	verb := c.flags(&cobra.Command{
		Use:   "export",
		Short: "Hämta bevispaketet för en cykel eller övning",
		Long: `Hämta bevispaketet för en cykel eller övning: poster, bevis, kontrollpunkter, handlingar, årshjul och organisation som de var,
historiken ur Temporal, och en sida som förklarar. Det kontrolleras utan oss, med arshjul verify eller arshjul-verify.
Revisorer, cykelansvariga och registeransvariga får hämta det.`,
		Example: "  arshjul export --cycle 1283/2028 -o pack.zip --as PERSON\n  arshjul export --cycle exercise/1283/2028/1 -o pack.zip --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			stream, err := c.theCycle(verb, cycle)
			if err != nil {
				return err
			}
			if kind, _, _ := strings.Cut(stream, "/"); kind != "cycle" && kind != "exercise" {
				stream = "cycle/" + stream
			}
			size, err := exportPack(verb.Context(), c.client(), stream, out)
			if err != nil {
				return c.tell(verb, err, "")
			}
			_, err = fmt.Fprintf(verb.OutOrStdout(), "Bevispaketet för %s är sparat i %s (%d byte). Kontrollera det: arshjul verify %s --key NYCKLAR\n", stream, out, size, out)
			return err
		},
	})
	verb.Flags().StringVar(&cycle, "cycle", "", "cykeln eller övningen: 1283/2028 eller exercise/1283/2028/1 (annars den enda pågående cykeln)")
	verb.Flags().StringVarP(&out, "out", "o", "pack.zip", "filen att spara i; en som finns ersätts när allt har kommit fram")
	return verb
}

// exportPack fetches a pack into a file, which is there only when all of it is.
func exportPack(ctx context.Context, client *api.Client, stream, path string) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".bevispaket-*")
	if err != nil {
		return 0, usagef("det går inte att skriva i %s: %v", filepath.Dir(path), err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // the error that is told says more
			_ = os.Remove(f.Name())
		}
	}()
	if err := client.Download(ctx, "/"+stream+"/pack", f); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := f.Chmod(0o644); err != nil {
		return 0, err
	}
	if err := f.Close(); err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(f.Name(), path)
}
