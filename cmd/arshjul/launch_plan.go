package main

import (
	"encoding/csv"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// launchPlan is what to launch, as flags say it.
type launchPlan struct {
	plan              *api.LaunchPlan
	wheel, from, file string
	before            []string
}

func (p *launchPlan) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.IntVar(&p.plan.Year, "year", 0, "budgetåret")
	f.StringSliceVar(&p.plan.With, "with", nil, "valfria steg som ska vara med")
	f.StringVar(&p.from, "from", "", "ta över cykeln från det här skedet: uppföljning eller bokslut (annars från början)")
	f.StringArrayVar(&p.before, "before", nil, "STEG=SKÄL eller STEG=SKÄL@REFERENS för ett steg som är klart före start, en gång för varje steg")
	f.StringVar(&p.file, "before-file", "", "en CSV-fil med stegen som är klara före start: steg;skäl;referens")
	f.StringVar(&p.wheel, "wheel", "", "en årshjulsfil (annars kommunens egen, inbyggd)")
}

// stages are the words for a cycle's stages, with and without dots.
var stages = map[string]domain.Stage{
	"": "", "planering": domain.StagePlanning, "uppföljning": domain.StageFollowUp, "uppfoljning": domain.StageFollowUp, "bokslut": domain.StageClosing,
}

func (p *launchPlan) fill(verb *cobra.Command, c *connection) error {
	from, known := stages[p.from]
	if !known {
		return usagef("--from %s: skedet finns inte. Välj planering, uppföljning eller bokslut", p.from)
	}
	p.plan.From = from
	for _, b := range p.before {
		step, reason, _ := strings.Cut(b, "=")
		reference := ""
		if i := strings.LastIndex(reason, "@"); i >= 0 {
			reason, reference = reason[:i], reason[i+1:]
		}
		if step == "" || reason == "" {
			return usagef("--before %s: skriv STEG=SKÄL eller STEG=SKÄL@REFERENS", b)
		}
		p.plan.Before = append(p.plan.Before, api.DoneBefore{Step: domain.StepID(step), Reason: reason, Reference: reference})
	}
	if p.file != "" {
		if err := p.readFile(); err != nil {
			return err
		}
	}
	var err error
	p.plan.Wheel, err = uploadWheel(verb, c, p.wheel)
	return err
}

func (p *launchPlan) readFile() error {
	f, err := os.Open(p.file)
	if err != nil {
		return usagef("--before-file: filen går inte att läsa: %v", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil {
		return usagef("--before-file %s: %v", p.file, err)
	}
	for i, row := range rows {
		if len(row) < 2 || len(row) > 3 {
			return usagef("%s:%d: raden har %d fält. Skriv steg;skäl eller steg;skäl;referens", p.file, i+1, len(row))
		}
		b := api.DoneBefore{Step: domain.StepID(row[0]), Reason: row[1]}
		if len(row) == 3 {
			b.Reference = row[2]
		}
		p.plan.Before = append(p.plan.Before, b)
	}
	return nil
}
