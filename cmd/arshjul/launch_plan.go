package main

import (
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/tablefile"
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
	f.StringSliceVar(&p.plan.With, "with", nil, withHelp)
	f.StringVar(&p.from, "from", "", "ta över cykeln från det här skedet: uppföljning eller bokslut (annars från början)")
	f.StringArrayVar(&p.before, "before", nil, "STEG=SKÄL eller STEG=SKÄL@REFERENS för ett steg som är klart före start, en gång för varje steg")
	f.StringVar(&p.file, "before-file", "", "en CSV- eller YAML-fil med stegen som är klara före start: steg;skäl;referens")
	f.StringVar(&p.wheel, "wheel", "", "en årshjulsfil (annars kommunens egen, inbyggd)")
}

const withHelp = "valbara steg som ska vara med, till exempel mbl-mal-ekonomi"

// stages are the words for a cycle's stages, with and without dots.
var stages = map[string]domain.Stage{
	"": "", "planering": domain.StagePlanning, "uppföljning": domain.StageFollowUp, "uppfoljning": domain.StageFollowUp, "bokslut": domain.StageClosing,
}

func stageNamed(word string) (domain.Stage, error) {
	stage, known := stages[word]
	if !known {
		return "", usagef("--from %s: skedet finns inte. Välj planering, uppföljning eller bokslut", word)
	}
	return stage, nil
}

func (p *launchPlan) fill(verb *cobra.Command, c *connection) error {
	var err error
	if p.plan.From, err = stageNamed(p.from); err != nil {
		return err
	}
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
	p.plan.Wheel, err = uploadWheel(verb, c, p.wheel)
	return err
}

var beforeColumns = []tablefile.Column{{Heading: "steg", Also: "step", Required: true}, {Heading: "skäl", Also: "reason", Required: true},
	{Heading: "referens", Also: "reference"}}

func (p *launchPlan) readFile() error {
	rows, err := readTable(p.file, beforeColumns)
	for _, r := range rows {
		p.plan.Before = append(p.plan.Before, api.DoneBefore{Step: domain.StepID(r.Cells[0]), Reason: r.Cells[1], Reference: r.Cells[2]})
	}
	return err
}
