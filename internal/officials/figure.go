package officials

import (
	"context"
	"errors"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// askedFrame is what each nämnd asks for, when nothing says what it should be.
const askedFrame = domain.Money(100_000_000_00)

// figures fills in the amounts that must be filled in: what the form suggests, and otherwise something made up that adds up.
func figures(wants []api.WantedFigure) (filled []api.Amount) {
	var frames domain.Money
	for _, w := range wants {
		if !w.Required || w.Means == domain.MeansTotal {
			continue
		}
		f := api.Amount{ID: w.ID, Unit: w.Unit, Amount: w.Suggest}
		if f.Amount == "" {
			f.Amount = askedFrame.Swedish()
		}
		if amount, err := domain.ParseMoney(f.Amount); err == nil && w.Means == domain.MeansFrame && w.Unit != "" {
			frames += amount
		}
		filled = append(filled, f)
	}
	for _, w := range wants {
		if w.Required && w.Means == domain.MeansTotal {
			filled = append(filled, api.Amount{ID: w.ID, Amount: frames.Swedish()})
		}
	}
	return filled
}

// ready marks a version klar för beslut, and says why when it is not what the nämnder decided.
func (p *player) ready(ctx context.Context, client *api.Client, c api.Command) error {
	err := p.give(ctx, client, c)
	var problem *api.Problem
	if !errors.As(err, &problem) || problem.Code != domain.CodeDifference {
		return err
	}
	c.Text = invented("Därför är det inte det som nämnderna har beslutat")
	return p.give(ctx, client, c)
}
