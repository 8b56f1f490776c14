package domain

import "fmt"

// Remarks lists what whoever looks at a step should see in its figures and mål, and what nothing stops: the deviation of a
// forecast from the frame, a frame that is another since, too many mål, mål that are preliminary.
func Remarks(s *State, id StepID, today Date) (says []string) {
	st := s.step(id)
	if st == nil || s.Rules < 3 {
		return nil
	}
	if v := st.Submission; v != nil {
		says = append(says, s.deviations(st, v)...)
		says = append(says, s.sinceThen(st, v, today)...)
		says = append(says, s.tooManyGoals(v.Aims)...)
	}
	if st == s.councilGoals() && st.adopted() {
		for _, u := range s.boards(st) {
			if s.preliminary(u, today) {
				says = append(says, fmt.Sprintf("Målen för %s är preliminära: fullmäktige har ännu inte beslutat om dem.", s.Registry.unitName(u)))
			}
		}
	}
	return says
}

// deviations compares forecast and outcome with the frame that held when they were handed in.
func (s *State) deviations(st *Step, v *Submission) (says []string) {
	def := s.def(st)
	for _, f := range v.Figures {
		for i := range def.Fields {
			d := &def.Fields[i]
			if d.ID != f.ID || d.Means != MeansForecast && d.Means != MeansOutcome {
				continue
			}
			unit := f.Unit
			if unit == "" {
				unit = st.Unit
			}
			frame, known := s.Frame(unit, v.On)
			if !known {
				continue
			}
			word := "prognosen"
			if d.Means == MeansOutcome {
				word = "utfallet"
			}
			says = append(says, fmt.Sprintf("%s: %s är %s mot ramen %s (%s), avvikelse %s.", s.Registry.unitName(unit), word, f.Amount.Swedish(),
				frame.Amount.Swedish(), frame.words(), (frame.Amount-f.Amount).signed()))
		}
	}
	return says
}

// sinceThen says that the frame or the mål are others than those the version was made for.
func (s *State) sinceThen(st *Step, v *Submission, today Date) (says []string) {
	if v.Preliminary {
		says = append(says, "Den här versionen gjordes med preliminära mål.")
	}
	no, from := s.measured(today)
	if v.Measured == 0 || no <= v.Measured {
		return says
	}
	return append(says, fmt.Sprintf("Den här versionen gjordes mot version %d av fullmäktiges mål och ramar. Nu gäller version %d, från den %s.", v.Measured, no, from.Swedish()))
}
