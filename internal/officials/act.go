package officials

import (
	"context"
	"errors"
	"fmt"
	"strconv"

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
		return p.submit(ctx, client, head, c)
	case domain.CmdDecide:
		c.Outcome, c.Dnr = domain.OutcomeApproved, invented(string(t.Unit)+" 1/"+strconv.Itoa(head.Today.Year()))
		return p.atMeeting(ctx, client, t, c)
	case domain.CmdReport:
		return p.atMeeting(ctx, client, t, c)
	case domain.CmdHold:
		step, err := p.read(ctx, client, c.Step)
		if err != nil {
			return err
		}
		c.Fields = required(step)
		c.Text = invented("Anteckningar från " + t.Title + ", " + head.Today.Swedish())
	case domain.CmdReview:
		c.Text = invented("Granskningens utfall: inga anmärkningar")
	case domain.CmdPublish:
		c.Reference = invented("Kommunens webbplats, " + head.Today.Swedish())
	case domain.CmdHandOver:
		c.To = []domain.UnitID{recipient}
	case domain.CmdEstablish:
		c.Paragraph = "1" // where a bolag's board has it in its protocol; an official's act has none
		return p.onVersion(ctx, client, c)
	case domain.CmdReady, domain.CmdFinalise:
		return p.onVersion(ctx, client, c)
	case domain.CmdAdjust, domain.CmdPost:
	default:
		return fmt.Errorf("de simulerade tjänstepersonerna kan inte göra %s", t.Command)
	}
	return p.give(ctx, client, c)
}

// recipient is to whom what is handed over goes: kommunstyrelsen collects the nämnder's proposals.
const recipient domain.UnitID = "KS"

// onVersion acts on the version that is submitted now, after having read it.
func (p *player) onVersion(ctx context.Context, client *api.Client, c api.Command) error {
	step, err := p.read(ctx, client, c.Step)
	if err != nil {
		return err
	}
	if step.Version == nil {
		return errors.New("ingen version är inlämnad")
	}
	c.Version = step.Version.Hash
	return p.give(ctx, client, c)
}

// atMeeting writes down what happened at a meeting, under its next free paragraph. Which are free only the protocol
// knows, so one that another took is passed over.
func (p *player) atMeeting(ctx context.Context, client *api.Client, t api.Task, c api.Command) error {
	step, err := p.read(ctx, client, t.Step)
	if err != nil {
		return err
	}
	if step.Meeting == "" {
		return errors.New("organet har inget sammanträde i kalendern: lägg in ett i registret")
	}
	c.Meeting = step.Meeting
	if t.Command == domain.CmdDecide {
		if step.Version == nil {
			return errors.New("ingen version är inlämnad")
		}
		c.Version = step.Version.Hash
	}
	for {
		c.Paragraph = p.nextParagraph(step.Meeting)
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
func (p *player) submit(ctx context.Context, client *api.Client, head api.CycleHead, c api.Command) error {
	step, err := p.read(ctx, client, c.Step)
	if err != nil {
		return err
	}
	for _, want := range step.Wants {
		if !want.Required {
			continue
		}
		text := invented(fmt.Sprintf("%s\n%s\nMål och ekonomi %d, omgång %d, %s\n", want.Title, step.Title, head.Year, step.Round, head.Today.Swedish()))
		var file api.File
		err := p.again(ctx, func() (err error) { file, err = client.Upload(ctx, []byte(text)); return err })
		if err != nil {
			return fmt.Errorf("ladda upp %s: %w", want.Title, err)
		}
		c.Documents = append(c.Documents, api.Document{Def: want.ID, SHA256: file.SHA256})
	}
	c.Fields = required(step)
	c.Reference = invented(string(step.Unit) + " 1/" + strconv.Itoa(head.Today.Year()))
	return p.give(ctx, client, c)
}

// required fills in every field that a step must have.
func required(step api.Step) (fields []api.Field) {
	for _, want := range step.WantsFields {
		if want.Required {
			fields = append(fields, api.Field{ID: want.ID, Value: invented(want.Title)})
		}
	}
	return fields
}

func (p *player) read(ctx context.Context, client *api.Client, id domain.StepID) (api.Step, error) {
	var step api.Step
	err := p.again(ctx, func() error { return client.Get(ctx, api.StepPath(p.stream, id), &step) })
	return step, err
}

// invented marks what an official makes up.
func invented(text string) string { return text + " (påhittat)" }
