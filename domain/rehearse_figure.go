package domain

// rehearsedFrame is what a nämnd asks for in a rehearsal. It is made up, and the same for all: what matters is that the
// figures which follow from it add up.
const rehearsedFrame Money = 100_000_000_00

// FillFigures gives made-up amounts for all that a step asks for, such that they agree with what was decided before it.
func FillFigures(s *State, id StepID) (figures []Figure) {
	var frames Money
	for _, w := range WantedFigures(s, id) {
		if !w.Required {
			continue
		}
		f := Figure{ID: w.ID, Unit: w.Unit, Amount: w.Suggest}
		switch {
		case w.Means == MeansTotal:
			continue // when all the frames are known
		case !w.Known:
			f.Amount = rehearsedFrame
		}
		if w.Means == MeansFrame && w.PerBoard {
			frames += f.Amount
		}
		figures = append(figures, f)
	}
	for _, w := range WantedFigures(s, id) {
		if w.Required && w.Means == MeansTotal {
			figures = append(figures, Figure{ID: w.ID, Amount: frames})
		}
	}
	return figures
}
