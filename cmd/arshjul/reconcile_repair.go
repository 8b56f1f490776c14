package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"arshjul/domain"
	"arshjul/internal/temporalx"
)

// repaired is one thing that was put right, or would be, or could not be, with --json.
type repaired struct {
	domain.Repaired
	Says  string `json:"says"`
	Error string `json:"error,omitempty"`
}

// mend puts right what differs, municipality by municipality, or says what it would do.
func (r *reconciling) mend(ctx context.Context, out io.Writer, o *opened, kommuns []string) error {
	of := map[string]func(*temporalx.Repairer, context.Context, string) error{"lists": (*temporalx.Repairer).Lists, "log": (*temporalx.Repairer).Log,
		"restart": (*temporalx.Repairer).Restart, "erasures": (*temporalx.Repairer).Erasures}[r.repair]
	switch {
	case of == nil:
		return usagef("--repair är %q, och ska vara lists, log, restart eller erasures", r.repair)
	case r.do && r.as == "":
		return usagef("ange med --as vem som står för rättningen")
	}
	now := func() domain.Instant { return domain.InstantOf(time.Now()) }
	all, failed := []repaired{}, 0
	with := temporalx.Repairer{Store: o.store, Temporal: o.temporal, Do: r.do, By: domain.PersonID(r.as), Now: now}
	with.Each = func(d domain.Repaired, err error) {
		told := repaired{Repaired: d, Says: d.Sentence()}
		if err != nil {
			failed++
			told.Says, told.Error = d.Stream+": "+err.Error()+".", err.Error()
		}
		all = append(all, told)
		switch {
		case r.json:
		case err != nil:
			fmt.Fprintf(out, "  FEL    %s\n", told.Says)
		case r.do:
			fmt.Fprintf(out, "  gjort  %s\n", told.Says)
		default:
			fmt.Fprintf(out, "  skulle göras  %s\n", told.Says)
		}
	}
	for _, kommun := range kommuns {
		if r.do {
			if err := r.answers(ctx, o, kommun, now().Date()); err != nil {
				return err
			}
		}
		if err := of(&with, ctx, kommun); err != nil {
			return fmt.Errorf("det gick inte att rätta: %w", err)
		}
	}
	if r.json {
		if err := printValue(out, map[string]any{"done": r.do, "repairs": all}); err != nil {
			return err
		}
	}
	switch n := len(all) - failed; {
	case failed > 0 && r.json:
		return toldError{errors.New("something could not be repaired")}
	case failed > 0:
		return fmt.Errorf("%d saker kunde inte rättas. Vad som ska göras står i deploy/runbook.md", failed)
	case r.json:
	case n == 0:
		fmt.Fprintln(out, "Det finns inget att rätta.")
	case !r.do:
		fmt.Fprintln(out, "Inget är gjort än. Kör om med --do och --as för att göra det.")
	default:
		r.afterwards(out)
	}
	return nil
}

// afterwards says what a person has to do after a repair.
func (r *reconciling) afterwards(out io.Writer) {
	if r.repair == "log" {
		fmt.Fprintln(out, "Posterna står kanske på andra platser i loggen än förut: säger undertecknaren nej, anmäl en ny epok (arshjul registry declare-epoch).\n"+
			"Kommunens mejl hålls, för ingen vet vad som redan är skickat: se arshjul mail held, och släpp dem. Det som nekades, och nattens jämförelser, "+
			"under den förlorade tiden skrivs inte tillbaka.")
	}
	if r.repair == "restart" {
		fmt.Fprintln(out, "Det som arbetsflödena hade tagit emot men inte hunnit skriva i loggen är borta: den som fick svaret mottaget, och inte klar, gör om det.")
	}
	fmt.Fprintln(out, "Kör arshjul reconcile och arshjul doctor, som ska säga att allt stämmer.")
}

// answers refuses a repair in the name of somebody who may not answer for it, as far as the log tells.
func (r *reconciling) answers(ctx context.Context, o *opened, kommun string, today domain.Date) error {
	return o.store.View(ctx, domain.RegistryStream(kommun), func(s *domain.State) error {
		if s.Registry == nil {
			return nil
		}
		if who := s.Registry.Standing(domain.PersonID(r.as), today); !who.Registrar && !who.Launcher {
			return usagef("%s är varken registeransvarig eller cykelansvarig i kommun %s. Den som är det står för rättningen", r.as, kommun)
		}
		return nil
	})
}
