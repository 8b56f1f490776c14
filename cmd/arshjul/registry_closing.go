package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func rulingFlags(verb *cobra.Command, c *api.Command) {
	x := &api.Exclusion{Ruling: &domain.Ruling{}}
	c.Exclusion = x
	f := verb.Flags()
	f.Uint64Var(&x.Number, "exclusion", 0, "jävets nummer i registret")
	f.BoolVar(&x.Ruling.Cleared, "cleared", false, "nämnden fann att jäv inte föreligger (annars att det gör det)")
	f.StringVar((*string)(&x.Ruling.Date), "date", "", "dagen för beslutet i jävsfrågan")
	f.StringVar(&x.Ruling.Paragraph, "paragraph", "", "paragrafen")
	f.StringVar((*string)(&x.Ruling.Unit), "unit", "", "nämnden som beslutade")
}

func deficitFlags(verb *cobra.Command, c *api.Command) {
	d := &domain.Deficit{}
	c.Deficit = d
	f := verb.Flags()
	f.IntVar(&d.Year, "year", 0, "räkenskapsåret som underskottet uppkom")
	f.StringVar((*string)(&d.Step), "step", "", "steget i det årets cykel, till exempel arsredovisning-ks/KS")
	amountFlag(verb, &d.Amount, "hur stort underskottet är")
	f.StringVar(&d.Dnr, "dnr", "", "årsredovisningens diarienummer")
}

func followDeficitFlags(verb *cobra.Command, c *api.Command) {
	c.Deficit = &domain.Deficit{Acts: make([]domain.DeficitAct, 1)}
	a := &c.Deficit.Acts[0]
	f := verb.Flags()
	f.Uint64Var(&c.Deficit.Number, "deficit", 0, "underskottets nummer i registret")
	f.StringVar((*string)(&a.Kind), "decision", "", "atgardsplan, reglering eller synnerliga-skal (då med skälen i --text)")
	f.IntVar(&a.Cycle, "year", 0, "budgetåret för cykeln där det beslutades")
	f.StringVar((*string)(&a.Step), "step", "", "steget där, till exempel kf-mal-och-ekonomi/KF")
	amountFlag(verb, &a.Amount, "hur mycket som regleras")
	f.StringVar((*string)(&a.Date), "date", "", "beslutets dag")
	f.StringVar(&a.Paragraph, "paragraph", "", "beslutets paragraf")
}

func carryOverFlags(verb *cobra.Command, c *api.Command) {
	o := &domain.CarryOver{}
	c.CarryOver = o
	f := verb.Flags()
	f.IntVar(&o.Year, "year", 0, "det avslutade året, som resultatet förs från")
	f.StringVar((*string)(&o.Step), "step", "", "steget i det årets cykel, till exempel resultatoverforing/SN")
	f.StringVar((*string)(&o.Unit), "unit", "", "nämnden")
	amountFlag(verb, &o.Amount, "beloppet, med minus för ett underskott; särskilda skäl skrivs i --text")
	f.StringVar((*string)(&o.Date), "date", "", "beslutets dag")
	f.StringVar(&o.Paragraph, "paragraph", "", "beslutets paragraf")
}

func amountFlag(verb *cobra.Command, amount *int64, says string) {
	verb.Flags().Var((*kronor)(amount), "amount", says+", i kronor: 12500000 eller 12500000,50")
}

// kronor is an amount in öre that is written in kronor with a decimal comma.
type kronor int64

func (k *kronor) String() string {
	if *k == 0 {
		return ""
	}
	return domain.Kronor(int64(*k))
}

// Type names the value in help texts.
func (k *kronor) Type() string { return "kronor" }

// Set reads an amount; it has at most two decimals.
func (k *kronor) Set(text string) error {
	plain := strings.NewReplacer(" ", "", "\u00a0", "", "−", "-", ".", "").Replace(text)
	whole, part, comma := strings.Cut(plain, ",")
	for comma && len(part) < 2 {
		part += "0"
	}
	if !comma {
		part = "00"
	}
	ore, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil || len(part) != 2 || strings.Contains(text, ".") {
		return fmt.Errorf("skriv beloppet i kronor, med decimalkomma: 12500000 eller 12500000,50")
	}
	*k = kronor(ore)
	return nil
}

func tellBalance(w io.Writer, deficits []domain.Deficit, carried []domain.CarryOver) {
	for i := range deficits {
		d := &deficits[i]
		plan := "ingen åtgärdsplan"
		if d.Planned() {
			plan = "åtgärdsplan antagen"
		}
		fmt.Fprintf(w, "Negativt balanskravsresultat %d: %s (nummer %d), kvar att reglera %s, senast i budgeten för %d (KL 11:12); %s\n",
			d.Year, domain.Kronor(d.Amount), d.Number, domain.Kronor(d.Left()), d.LastYear(), plan)
	}
	for _, c := range carried {
		fmt.Fprintf(w, "Resultatöverföring %s från %d: %s (den %s, § %s)\n", c.Unit, c.Year, domain.Kronor(c.Amount), c.Date.Swedish(), c.Paragraph)
	}
}
