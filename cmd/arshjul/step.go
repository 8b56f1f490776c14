package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// notOnSteps are the cycle's commands that belong to other verbs than step, or to no command line.
var notOnSteps = []domain.CommandKind{domain.CmdLaunch, domain.CmdCancel, domain.CmdAdvance, domain.CmdBatch, domain.CmdChanges}

func newStep(c *connection) *cobra.Command {
	verb := c.flags(group(&cobra.Command{
		Use:   "step",
		Short: "Visa ett steg, eller gör något med det",
		Long: `Visa ett steg, eller gör något med det. Ett steg heter som i "arshjul status", till exempel namndens-forslag/SN.
Vad du får göra nu står i "arshjul step show".`,
	}))
	verb.AddCommand(newStepShow(c))
	for _, row := range domain.CommandTable {
		if row.Kind == domain.CmdFound { // from here on the table is the registry's
			break
		}
		if !slices.Contains(notOnSteps, row.Kind) {
			verb.AddCommand(newGive(c, row.Kind, string(row.Kind)+" STEG", row.Says, stepExamples[row.Kind]))
		}
	}
	return verb
}

var stepExamples = map[domain.CommandKind]string{
	domain.CmdSubmit:  "  arshjul step submit namndens-forslag/SN --cycle cycle/1283/2028 --document forslag=forslag.pdf --reference \"SN 112/2027\" --as PERSON",
	domain.CmdDecide:  "  arshjul step decide planeringsanvisningar/KS --cycle cycle/1283/2028 --outcome bifall --paragraph 14 --meeting KS-2027-02-10 --as PERSON",
	domain.CmdProceed: "  arshjul step proceed dialog-april/KS --cycle cycle/1283/2028 --need namndens-forslag/VN --text \"Valnämnden sammanträder först i maj\" --as PERSON",
	domain.CmdExtend:  "  arshjul step extend namndens-forslag/SN --cycle cycle/1283/2028 --date 2027-04-09 --text \"Nämnden sammanträder den 8 april\" --as PERSON",
}

func newStepShow(c *connection) *cobra.Command {
	var cycle string
	verb := &cobra.Command{
		Use:     "show STEG",
		Short:   "Visa ett steg: grind, handlingar, historik och vad du får göra",
		Example: "  arshjul step show namndens-forslag/SN --cycle cycle/1283/2028 --as PERSON",
		Args:    takes(1, 1, "steget"),
		RunE: func(verb *cobra.Command, args []string) error {
			cycle, err := c.theCycle(verb, cycle)
			if err != nil {
				return err
			}
			return show(verb, c, api.StepPath(cycle, domain.StepID(args[0])), tellStep)
		},
	}
	verb.Flags().StringVar(&cycle, "cycle", "", cycleHelp)
	return verb
}

func tellStep(w io.Writer, a api.Step) {
	fmt.Fprintf(w, "%s\n%s", a.Title, a.Word)
	if a.Late {
		fmt.Fprint(w, ", försenad")
	}
	fmt.Fprintf(w, ". Senast %s", a.Plan.Swedish())
	if a.Rule != "" {
		fmt.Fprintf(w, " (%s)", a.Rule)
	}
	fmt.Fprint(w, ".")
	if a.Legal != "" {
		fmt.Fprintf(w, " Lagens gräns: %s.", a.Legal.Swedish())
	}
	fmt.Fprintln(w)
	if a.Instruction != "" {
		fmt.Fprintf(w, "\nÅterremitterad, omgång %d. Instruktion: %s\n", a.Round, a.Instruction)
	}
	tellClosing(w, &a)
	if len(a.Gate) > 0 {
		fmt.Fprintln(w, "\nGrinden")
	}
	for _, g := range a.Gate {
		word := "saknas"
		if g.Waived {
			word = "passerad utan"
		} else if g.Met {
			word = "uppfyllt"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", g.Title, g.Word, word)
	}
	if v := a.Version; v != nil {
		fmt.Fprintf(w, "\nVersion %d, sha256 %s\n", v.No, v.Hash)
		for _, d := range v.Documents {
			tellDocument(w, d)
		}
		for _, f := range v.Fields {
			fmt.Fprintf(w, "  %s: %s\n", f.ID, f.Value)
		}
		for _, f := range v.Figures {
			fmt.Fprintf(w, "  %s %s: %s\n", f.ID, f.Unit, f.Amount)
		}
	}
	tellFigures(w, a)
	if len(a.Commands) > 0 {
		fmt.Fprintln(w, "\nDu får nu")
	}
	for _, o := range a.Commands {
		fmt.Fprintf(w, "  arshjul step %s %s --cycle %s\t%s\n", o.Kind, a.Step, a.Stream, o.Title)
	}
	fmt.Fprintln(w, "\nHistorik")
	for _, s := range a.History {
		fmt.Fprintf(w, "  %s\t%s\n", s.At.Date(), s.Text)
		if s.Plain != "" {
			fmt.Fprintf(w, "  \t”%s”\n", s.Plain)
		}
	}
}

func tellDocument(w io.Writer, d api.VersionDocument) {
	switch {
	case d.FileLess:
		fmt.Fprintf(w, "  %s\tutan fil\t%s\n", d.Title, d.Link)
	default:
		fmt.Fprintf(w, "  %s\t%d byte\tsha256 %s\n", d.Title, d.Size, d.SHA256)
	}
}
