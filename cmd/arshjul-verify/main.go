// Command arshjul-verify checks an evidence pack, or a single receipt, without network and database. It is a program of its
// own, static and with few dependencies, so that an auditor can build it and keep it, and needs nothing else of ours.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"arshjul/internal/pack"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `Kontrollera ett bevispaket (zip) eller ett kvitto (.tlog-proof), utan nät och databas.

  arshjul-verify [--key FIL]... [--checkpoint FIL]... [--json] FIL

  --key         fil med nycklar som du litar på, och har fått på annat sätt än i paketet
  --checkpoint  kontrollpunkt som du har sedan tidigare: paketets logg ska vara en fortsättning på den
  --json        svara med JSON

Slutkoder: 0 allt stämmer, 1 något stämmer inte (meningen säger vad och var), 2 frågan är fel ställd.
`

// run carries out one command line and gives its exit code.
func run(args []string, out, errOut io.Writer) int {
	var ask pack.Asked
	flags := flag.NewFlagSet("arshjul-verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Var(list{&ask.Keys}, "key", "")
	flags.Var(list{&ask.Checkpoints}, "checkpoint", "")
	flags.BoolVar(&ask.JSON, "json", false, "")
	err := flags.Parse(args)
	if err == flag.ErrHelp {
		_, _ = io.WriteString(out, usage) // who reads it may be gone
		return pack.ExitHolds
	}
	if err != nil || flags.NArg() != 1 {
		if err != nil {
			_, _ = fmt.Fprintln(errOut, "arshjul-verify:", err) // there is nobody else to tell
		}
		_, _ = io.WriteString(errOut, usage) // as above
		return pack.ExitUsage
	}
	ask.File = flags.Arg(0)
	return ask.Check(out, errOut)
}

// list is a flag that may be given several times.
type list struct{ all *[]string }

func (l list) String() string {
	if l.all == nil {
		return ""
	}
	return strings.Join(*l.all, ",")
}

func (l list) Set(v string) error {
	*l.all = append(*l.all, v)
	return nil
}
