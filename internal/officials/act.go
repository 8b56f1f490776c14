package officials

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// do carries out one task as the first of those who may.
func (p *player) do(ctx context.Context, head api.CycleHead, t api.Task) error {
	client := p.client.As(t.People[0])
	c := api.Command{Kind: t.Command, Step: t.Step}
	switch t.Command {
	case domain.CmdConfirmMeeting:
		return p.give(ctx, client, api.Command{Kind: t.Command, NewMeeting: &domain.Meeting{ID: t.Meeting}})
	case domain.CmdSubmit:
		return p.submit(ctx, client, head, t, c)
	case domain.CmdDecide:
		c.Outcome, c.Dnr = domain.OutcomeApproved, invented(string(t.Unit)+" 1/"+strconv.Itoa(head.Today.Year()))
		form, err := p.form(ctx, client, c.Step)
		if err != nil {
			return err
		}
		if form.Matter == domain.MatterDischarge {
			c.Record = &api.Record{Discharge: domain.Granted}
		}
		return p.atMeeting(ctx, client, t, c)
	case domain.CmdReport:
		return p.atMeeting(ctx, client, t, c)
	case domain.CmdHold:
		form, err := p.form(ctx, client, c.Step)
		if err != nil {
			return err
		}
		c.Fields = required(form.WantsFields)
		c.Text = invented("Anteckningar från " + t.Title + ", " + head.Today.Swedish())
	case domain.CmdExplain:
		c.Text = invented("Därför blev det klart efter lagens gräns")
	case domain.CmdReview:
		c.Text = invented("Granskningens utfall: inga anmärkningar")
		form, err := p.form(ctx, client, c.Step)
		if err != nil {
			return err
		}
		switch form.Matter {
		case domain.MatterAudit:
			c.Review = &api.AuditReview{Outcome: domain.AssessedConsistent, Rest: domain.StanceFor}
		case domain.MatterInterim:
			c.Review = &api.AuditReview{Outcome: domain.AssessedConsistent}
		}
	case domain.CmdPublish:
		c.Reference = invented("Kommunens webbplats, " + head.Today.Swedish())
	case domain.CmdHandOver:
		c.To = t.To
	case domain.CmdEstablish:
		c.Paragraph = "1" // where a bolag's board has it in its protocol; an official's act has none
		c.Version = t.Version
	case domain.CmdReady:
		c.Version = t.Version
		return p.ready(ctx, client, c)
	case domain.CmdFinalise:
		c.Version = t.Version
	case domain.CmdAdjust, domain.CmdPost:
	default:
		return fmt.Errorf("de simulerade tjänstepersonerna kan inte göra %s", t.Command)
	}
	return p.give(ctx, client, c)
}

// atMeeting writes down what happened at a meeting, under its next free paragraph. Which are free only the protocol
// knows, so one that another took is passed over.
func (p *player) atMeeting(ctx context.Context, client *api.Client, t api.Task, c api.Command) error {
	if t.Meeting == "" {
		return errors.New("organet har inget sammanträde i kalendern: lägg in ett i registret")
	}
	c.Meeting = t.Meeting
	if t.Command == domain.CmdDecide {
		c.Version = t.Version
	}
	for {
		c.Paragraph = p.nextParagraph(t.Meeting)
		err := p.give(ctx, client, c)
		var problem *api.Problem
		if !errors.As(err, &problem) || problem.Code != domain.CodeParagraphUsed {
			return err
		}
	}
}

func (p *player) nextParagraph(m domain.MeetingID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paragraphs[m]++
	return strconv.Itoa(p.paragraphs[m])
}

// submit hands in what the step asks for: every required document as a small file, every required field.
func (p *player) submit(ctx context.Context, client *api.Client, head api.CycleHead, t api.Task, c api.Command) error {
	form, err := p.form(ctx, client, c.Step)
	if err != nil {
		return err
	}
	for _, want := range form.Wants {
		if !want.Required {
			continue
		}
		text := invented(fmt.Sprintf("%s\n%s\nMål och ekonomi %d, %s\n", want.Title, t.Title, head.Year, head.Today.Swedish()))
		var file api.File
		err := p.again(ctx, func() (err error) { file, err = client.Upload(ctx, []byte(text)); return err })
		if err != nil {
			return fmt.Errorf("ladda upp %s: %w", want.Title, err)
		}
		c.Documents = append(c.Documents, api.Document{Def: want.ID, SHA256: file.SHA256})
	}
	c.Fields, c.Figures = required(form.WantsFields), figures(form.Figures)
	c.Reference = invented(unitOf(c.Step) + " 1/" + strconv.Itoa(head.Today.Year()))
	return p.give(ctx, client, c)
}

// required fills in every field that must be filled in.
func required(wants []api.WantedField) (fields []api.Field) {
	for _, want := range wants {
		if want.Required {
			fields = append(fields, api.Field{ID: want.ID, Value: invented(want.Title)})
		}
	}
	return fields
}

// form is the step as the person who is to hand it in or hold it sees it. What a row of the wheel asks for is the same for
// every unit, so the officials read it once and remember.
func (p *player) form(ctx context.Context, client *api.Client, id domain.StepID) (api.Step, error) {
	def, _, _ := strings.Cut(string(id), "/")
	p.mu.Lock()
	form, known := p.forms[def]
	p.mu.Unlock()
	if known {
		return form, nil
	}
	err := p.again(ctx, func() error { return client.Get(ctx, api.StepPath(p.stream, id), &form) })
	if err == nil && len(form.Figures) == 0 { // what is suggested is for one unit and one day
		p.mu.Lock()
		p.forms[def] = form
		p.mu.Unlock()
	}
	return form, err
}

// unitOf is the unit that a step is for, as its name says: SN of namndens-forslag/SN.
func unitOf(id domain.StepID) string {
	_, unit, _ := strings.Cut(string(id), "/")
	unit, _, _ = strings.Cut(unit, "#")
	return unit
}

// invented marks what an official makes up.
func invented(text string) string { return text + " (påhittat)" }
