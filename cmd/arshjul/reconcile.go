package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/temporalx"
)

type reconciling struct {
	platform
	kommun string
	wait   int // seconds
	json   bool

	repair string // what to put right; "" = only compare
	do     bool   // do it, and not only say what would be done
	as     string // the person who answers for it
}

func newReconcile() *cobra.Command {
	var r reconciling
	verb := r.flags(&cobra.Command{
		Use:   "reconcile",
		Short: "Jämför det som arbetsflödena vet, loggen och listorna, och säg vad som skiljer sig åt",
		Long: `Jämför det som arbetsflödena vet (Temporals historik), loggen och listorna i databasen, ström för ström, och säg vad
som skiljer sig åt. Inget ändras och inget skrivs ned; folk kan arbeta under tiden. Varje natt görs samma jämförelse av sig
självt, och det som kom fram skrivs i kommunens logg. Slutkoden är 1 om något skiljer sig åt.

Med --repair rättas det som har skilt sig åt. Utan --do visas bara vad som skulle göras. Det som görs skrivs i loggen,
med den som står för det (--as).
  lists     räkna om listorna från loggen
  log       skriv tillbaka poster som saknas sist i loggen, ur arbetsflödenas historik, som de var
  restart   starta om arbetsflöden som Temporal har förlorat, från det läge som loggen ger
  erasures  ta bort det som är gallrat och har kommit tillbaka med en äldre säkerhetskopia`,
		Example: "  arshjul reconcile\n  arshjul reconcile --kommun 1283 --json\n  arshjul reconcile --repair lists\n  arshjul reconcile --repair lists --do --as PERSON",
		Args:    takes(0, 0, ""),
		RunE:    func(verb *cobra.Command, _ []string) error { return r.run(verb.Context(), verb.OutOrStdout()) },
	})
	f := verb.Flags()
	f.StringVar(&r.kommun, "kommun", "", "bara den här kommunen, med fyra siffror")
	f.IntVar(&r.wait, "wait", 15, "sekunder att vänta på det som är på väg att skrivas, och på svar från ett arbetsflöde")
	f.BoolVar(&r.json, "json", false, "svara med JSON")
	f.StringVar(&r.repair, "repair", "", "rätta: lists, log, restart eller erasures")
	f.BoolVar(&r.do, "do", false, "gör det, och visa inte bara vad som skulle göras")
	f.StringVar(&r.as, "as", envOr("ARSHJUL_AS", ""), "vem som står för rättningen (eller ARSHJUL_AS): registeransvarig eller cykelansvarig")
	return verb
}

// reconciled is what reconcile says with --json.
type reconciled struct {
	OK      bool                         `json:"ok"`
	Kommuns map[string]domain.Reconciled `json:"kommuns"`
}

func (r *reconciling) run(ctx context.Context, out io.Writer) error {
	o, err := r.open(ctx, zap.NewNop())
	if err != nil {
		return err
	}
	defer o.close()
	kommuns := []string{r.kommun}
	if r.kommun == "" {
		if kommuns, err = o.store.Municipalities(ctx); err != nil {
			return err
		}
	}
	if r.repair != "" || r.do {
		return r.mend(ctx, out, o, kommuns)
	}
	with := temporalx.Reconciler{Store: o.store, Temporal: o.temporal, Patience: time.Duration(r.wait) * time.Second}
	all := reconciled{OK: true, Kommuns: map[string]domain.Reconciled{}}
	streams, found := 0, 0
	for _, kommun := range kommuns {
		got, err := with.Reconcile(ctx, kommun, func(c temporalx.Compared) {
			if !r.json {
				tellCompared(out, c)
			}
		})
		if err != nil {
			return fmt.Errorf("det gick inte att jämföra: %w", err)
		}
		all.Kommuns[kommun] = got
		streams, found = streams+got.Streams, found+got.Total()
	}
	all.OK = found == 0
	if r.json {
		if err := printValue(out, all); err != nil {
			return err
		}
	}
	switch {
	case found > 0 && r.json:
		return toldError{errors.New("something differs")}
	case found > 0:
		return fmt.Errorf("arbetsflöden, logg och listor skiljer sig åt på %d ställen. Vad som ska göras står i deploy/runbook.md", found)
	case !r.json:
		fmt.Fprintf(out, "Arbetsflöden, logg och listor säger detsamma (%d strömmar).\n", streams)
	}
	return nil
}

// mostTold is how many differences of one stream are told; the rest are counted.
const mostTold = 20

func tellCompared(out io.Writer, c temporalx.Compared) {
	if len(c.Found) == 0 {
		fmt.Fprintf(out, "  bra  %s: %d poster i loggen är de i historiken, och listorna visar det de blir\n", c.Stream, c.Entries)
		return
	}
	for i := range c.Found[:min(len(c.Found), mostTold)] {
		fmt.Fprintf(out, "  FEL  %s\n", c.Found[i].Sentence())
	}
	if more := len(c.Found) - mostTold; more > 0 {
		fmt.Fprintf(out, "  FEL  %s: och %d till\n", c.Stream, more)
	}
}
