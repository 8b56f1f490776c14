package server

import (
	"fmt"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// figuresIn puts the amounts and mål of a request in the command: an amount is öre from here on, and of a text there is a
// commitment.
func figuresIn(c *domain.Command, in *api.Command, put *texts) error {
	c.From = in.From
	var err error
	if c.Figures, err = amountsIn(in.Figures); err != nil {
		return err
	}
	for _, a := range in.Aims {
		at := fmt.Sprintf("aims/%s/%s", a.Unit, a.Goal)
		c.Aims = append(c.Aims, domain.Aim{Unit: a.Unit, Goal: a.Goal, Text: put.ref(at, a.Text), From: a.From, To: a.To, Measured: a.Measured,
			Indicator: put.ref(at+"/indicator", a.Indicator), Target: put.ref(at+"/target", a.Target), Preliminary: a.Preliminary})
	}
	return nil
}

// amountsIn reads amounts as people write them.
func amountsIn(in []api.Amount) (all []domain.Figure, err error) {
	for _, f := range in {
		amount, err := domain.ParseMoney(f.Amount)
		if err != nil {
			return nil, err
		}
		all = append(all, domain.Figure{ID: f.ID, Unit: f.Unit, Amount: amount})
	}
	return all, nil
}

// figuresOf tells the amounts that a step asks for and has, and what is to be seen in them.
func figuresOf(s *domain.State, row *domain.Step, step *api.Step) {
	for _, w := range domain.WantedFigures(s, row.ID) {
		f := api.WantedFigure{ID: w.ID, Title: w.Title, Unit: w.Unit, Means: w.Means, Required: w.Required}
		if u := s.Registry.Unit(w.Unit); u != nil {
			f.UnitName = u.Name
		}
		if w.Known {
			f.Suggest = w.Suggest.Swedish()
		}
		step.Figures = append(step.Figures, f)
	}
	for _, f := range s.Cycle.Wheel.Def(row.Def).Fields {
		step.WantsAims = step.WantsAims || f.Kind == domain.FieldGoals
	}
	for _, d := range domain.Divergences(s, row.ID) {
		step.Divergences = append(step.Divergences, d.Sentence(s))
	}
	step.Remarks = domain.Remarks(s, row.ID, step.Today)
	for _, r := range row.Revisions {
		step.Revisions = append(step.Revisions, api.Revision{No: r.No, From: r.From, Date: r.Date, Meeting: r.Meeting, Paragraph: r.Paragraph, Seq: r.Seq,
			Figures: amounts(r.Figures), Aims: len(r.Aims)})
	}
	if v := row.Submission; v != nil {
		step.Version.Figures = amounts(v.Figures)
		if d := row.Decision; d != nil && len(d.Figures) > 0 {
			step.Version.Figures = amounts(d.Figures)
		}
	}
}

func amounts(figures []domain.Figure) (all []api.Amount) {
	for _, f := range figures {
		all = append(all, api.Amount{ID: f.ID, Unit: f.Unit, Amount: f.Amount.Swedish()})
	}
	return all
}

func aimRefs(e *domain.Event) (refs []domain.TextRef) {
	for _, a := range e.Aims {
		refs = append(refs, a.Text, a.Indicator, a.Target)
	}
	return refs
}

func aimsOf(e *domain.Event, texts map[domain.TextRef]store.Text) (aims []api.Aim) {
	for _, a := range e.Aims {
		aims = append(aims, api.Aim{Unit: a.Unit, Goal: a.Goal, Text: readable(texts, a.Text), From: a.From, To: a.To, Measured: a.Measured,
			Indicator: readable(texts, a.Indicator), Target: readable(texts, a.Target), Preliminary: a.Preliminary})
	}
	return aims
}
