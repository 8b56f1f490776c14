package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/proof"
)

func newReceipt(c *connection) *cobra.Command {
	verb := group(&cobra.Command{
		Use:   "receipt",
		Short: "Hämta eller kontrollera ett kvitto: att en post står i den underskrivna journalen",
	})
	verb.AddCommand(newReceiptGet(c), newReceiptVerify())
	return verb
}

func newReceiptGet(c *connection) *cobra.Command {
	var log, out string
	verb := c.flags(&cobra.Command{
		Use:     "get POST",
		Short:   "Hämta kvittot för en post i journalen",
		Example: "  arshjul receipt get 1042 --out mitt.tlog-proof --as PERSON",
		Args:    takes(1, 1, "postens nummer i journalen, som det står på kvittensen och i historiken"),
		RunE: func(verb *cobra.Command, args []string) error {
			var raw []byte
			if err := c.client().Get(verb.Context(), "/proof?"+url.Values{"log": {log}, "index": {args[0]}}.Encode(), &raw); err != nil {
				return c.tell(verb, err, "")
			}
			if out == "" {
				_, err := verb.OutOrStdout().Write(raw)
				return err
			}
			if err := os.WriteFile(out, raw, 0o644); err != nil {
				return err
			}
			_, err := fmt.Fprintf(verb.OutOrStdout(), "Kvittot är sparat i %s.\n", out)
			return err
		},
	})
	verb.Flags().StringVar(&log, "log", "", "en övnings logg, till exempel exercise/1283/2028/1 (annars kommunens)")
	verb.Flags().StringVar(&out, "out", "", "filen att spara i (annars skrivs kvittot ut)")
	return verb
}

func newReceiptVerify() *cobra.Command {
	var key, leaf string
	var asJSON bool
	verb := &cobra.Command{
		Use:   "verify FIL",
		Short: "Kontrollera ett kvitto, utan nätverk och databas",
		Long: `Kontrollera ett kvitto (.tlog-proof), utan nätverk och databas: att någon av nycklarna har skrivit under kontrollpunkten,
och att posten står i den logg som kontrollpunkten gäller. Nycklarna ska du ha fått på annat sätt än genom årshjul.`,
		Example: "  arshjul receipt verify mitt.tlog-proof --key nycklar.txt",
		Args:    takes(1, 1, "kvittots fil"),
		RunE: func(verb *cobra.Command, args []string) error {
			if key == "" {
				return usagef("ange nycklarna med --key: en fil med en öppen nyckel per rad, eller nyckeln själv")
			}
			file, err := os.ReadFile(args[0])
			if err != nil {
				return usagef("%s går inte att läsa: %v", args[0], err)
			}
			keys, err := readVerifierKeys(key)
			if err != nil {
				return err
			}
			r, err := proof.ParseReceipt(file)
			if err != nil {
				return err
			}
			if leaf != "" {
				if r.Leaf, err = os.ReadFile(leaf); err != nil {
					return usagef("%s går inte att läsa: %v", leaf, err)
				}
			}
			signed, err := r.Verify(nil, keys)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(verb.OutOrStdout(), r.Leaf)
			}
			return tellReceiptFile(verb.OutOrStdout(), r, signed)
		},
	}
	f := verb.Flags()
	f.StringVar(&key, "key", "", "fil med de öppna nycklar du litar på, eller en nyckel: namn+1a2b3c4d+AbC…")
	f.StringVar(&leaf, "leaf", "", "själva posten, om den inte följer med i kvittot")
	f.BoolVar(&asJSON, "json", false, "skriv ut posten som JSON")
	return verb
}

// readVerifierKeys reads trusted keys from a file, or one that is given as it is.
func readVerifierKeys(named string) (proof.Keys, error) {
	text, err := os.ReadFile(named)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) && strings.Count(named, "+") >= 2 {
			return proof.ParseKeys(named)
		}
		return nil, usagef("nycklarna går inte att läsa: %v", err)
	}
	return proof.ParseKeys(string(text))
}

func tellReceiptFile(out io.Writer, r proof.Receipt, signed proof.Signed) error {
	var e domain.Event
	if err := json.Unmarshal(r.Leaf, &e); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "Kvittot stämmer: posten står på plats %d i loggen %s, som är underskriven med %d poster.\n\n", r.Index, signed.Origin, signed.Size)
	at := e.At.Time().UTC().Format("2006-01-02 15:04:05") + " UTC"
	if strings.HasPrefix(e.Stream, "exercise/") {
		at += " (övningens klocka)"
	}
	for _, row := range [...][2]string{{"Händelse", string(e.Kind)}, {"I", fmt.Sprintf("%s, händelse %d", e.Stream, e.Seq)}, {"När", at},
		{"Vem", string(e.Actor)}, {"Steg", string(e.Step)}, {"Version", string(e.Version)}, {"Utfall", e.Outcome.Swedish()},
		{"Paragraf", e.Paragraph}, {"Diarienummer", e.Dnr}, {"Kommando", e.Command}, {"Underskrivet av", keyNames(signed.Keys)}} {
		if row[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
		}
	}
	return w.Flush()
}

func keyNames(keys proof.Keys) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.Verifier.Name())
	}
	return strings.Join(names, ", ")
}
