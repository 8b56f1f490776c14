package main

import (
	"io"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/tablefile"
)

func newBatch(c *connection) *cobra.Command {
	var cycle, meeting, date string
	var preview bool
	command := api.Command{Kind: domain.CmdBatch}
	verb := c.flags(&cobra.Command{
		Use:   "batch FIL",
		Short: "Registrera ett sammanträdes beslut tillsammans: alla eller inget",
		Long: `Registrera ett sammanträdes beslut tillsammans: alla eller inget. Filen är CSV med rubrikerna steg;utfall;paragraf;dnr;text,
eller en YAML-lista med samma uppgifter. utfall är bifall, avslag, aterremiss eller bordlaggning; utan utfall är raden en
anmälan. Beslutet gäller den version som är inlämnad nu. Se först vad det leder till med --preview.`,
		Example: "  arshjul batch beslut.csv --meeting KS-2027-02-10 --preview --as PERSON",
		Args:    takes(1, 1, "filen"),
		RunE: func(verb *cobra.Command, args []string) (err error) {
			if meeting == "" {
				return usagef("ange sammanträdet, till exempel --meeting KS-2027-02-10")
			}
			if date != "" {
				if command.Date, err = domain.ParseDate(date); err != nil {
					return usagef("--date: %v", err)
				}
			}
			command.Meeting = domain.MeetingID(meeting)
			rows, err := readTable(args[0], decisionColumns)
			if err != nil {
				return err
			}
			if cycle, err = c.theCycle(verb, cycle); err != nil {
				return err
			}
			if command.Parts, err = c.parts(verb, cycle, rows); err != nil {
				return err
			}
			if preview {
				return c.preview(verb, cycle, command)
			}
			r, err := c.client().Give(verb.Context(), cycle, command)
			if err != nil {
				return c.tell(verb, err, command.ID)
			}
			return c.receipt(verb, r)
		},
	})
	f := verb.Flags()
	f.StringVar(&cycle, "cycle", "", cycleHelp)
	f.StringVar(&meeting, "meeting", "", "sammanträdet, till exempel KS-2027-02-10")
	f.StringVar(&date, "date", "", "beslutets dag, så här: 2027-02-10 (annars sammanträdets)")
	f.BoolVar(&preview, "preview", false, "visa bara vad det leder till; inget registreras")
	idFlag(verb, &command.ID)
	return verb
}

var decisionColumns = []tablefile.Column{{Heading: "steg", Also: "step", Required: true}, {Heading: "utfall", Also: "outcome"},
	{Heading: "paragraf", Also: "paragraph", Required: true}, {Heading: "dnr"}, {Heading: "text"}}

// outcomes are the words for what a body did, with dots and without.
var outcomes = map[string]domain.Outcome{"återremiss": domain.OutcomeReturned, "bordläggning": domain.OutcomeTabled}

// parts makes the parts of a batch: a decision is on the version that is submitted now.
func (c *connection) parts(verb *cobra.Command, cycle string, rows []tablefile.Row) ([]api.Part, error) {
	var parts []api.Part
	for _, r := range rows {
		p := api.Part{Kind: domain.CmdReport, Step: domain.StepID(r.Cells[0]), Paragraph: r.Cells[2], Dnr: r.Cells[3], Text: r.Cells[4]}
		if word := r.Cells[1]; word != "" {
			p.Kind, p.Outcome = domain.CmdDecide, domain.Outcome(word)
			if o, dotted := outcomes[word]; dotted {
				p.Outcome = o
			}
			var step api.Step
			if err := c.client().Get(verb.Context(), api.StepPath(cycle, p.Step), &step); err != nil {
				return nil, c.tell(verb, err, "")
			}
			if step.Version != nil {
				p.Version = step.Version.Hash
			}
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func tellSentences(out io.Writer, sentences []string) {
	for _, s := range sentences {
		wrap(out, "  - ", 4, s)
	}
}
