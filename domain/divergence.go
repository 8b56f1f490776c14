package domain

import (
	"fmt"
	"strings"
)

// Basis is a nämnd's decision that a proposal rests on, as it was when the proposal was handed in.
type Basis struct {
	Step    StepID `json:"step"`
	Version Digest `json:"version"`
}

// Divergence is where what is said of a nämnd is not what the nämnd decided: another figure, or another version than the
// proposal rests on. It is lawful, and must be seen: who marks the proposal klar för beslut says why.
type Divergence struct {
	Unit    UnitID `json:"unit"`
	Step    StepID `json:"step"` // in which the nämnd decided
	Decided Money  `json:"decided,omitempty"`
	Says    Money  `json:"says,omitempty"`
	// Version is what the nämnd has decided and Seen what the proposal rests on, when they are not the same; Seen is ""
	// when the nämnd had decided nothing then.
	Version Digest `json:"version,omitempty"`
	Seen    Digest `json:"seen,omitempty"`
}

// Divergences lists where a step's version, or its decision, is not what the nämnder decided.
func Divergences(s *State, id StepID) []Divergence {
	st := s.step(id)
	if st == nil || st.Submission == nil {
		return nil
	}
	return s.differences(st, st.figures())
}

func (s *State) differences(st *Step, figures []Figure) (all []Divergence) {
	def := s.def(st)
	field := def.meaning(MeansFrame, true)
	if field == nil || def.Scope != ScopeCity || st.Submission == nil {
		return nil
	}
	for _, u := range s.boards(st) {
		own := s.asked(u)
		if own == nil {
			continue
		}
		d := Divergence{Unit: u, Step: own.ID}
		decided, known := figureOf(own.figures(), s.def(own).meaning(MeansFrame, false).ID, "")
		if says, said := figureOf(figures, field.ID, u); known && said && says != decided {
			d.Decided, d.Says = decided, says
		}
		if seen := st.Submission.basis(own.ID); seen != own.Decision.Version {
			d.Version, d.Seen = own.Decision.Version, seen
		}
		if d.Decided != d.Says || d.Version != "" {
			all = append(all, d)
		}
	}
	return all
}

func (s *Submission) basis(id StepID) Digest {
	for _, b := range s.Basis {
		if b.Step == id {
			return b.Version
		}
	}
	return ""
}

// bases are the nämnders decisions that a version of the step rests on.
func (s *State) bases(st *Step) (all []Basis) {
	def := s.def(st)
	if def.meaning(MeansFrame, true) == nil || def.Scope != ScopeCity {
		return nil
	}
	for _, u := range s.boards(st) {
		if own := s.asked(u); own != nil {
			all = append(all, Basis{Step: own.ID, Version: own.Decision.Version})
		}
	}
	return all
}

// Sentence tells the divergence to a person, with both figures.
func (d *Divergence) Sentence(s *State) string {
	name := s.Registry.unitName(d.Unit)
	var says []string
	if d.Decided != d.Says {
		says = append(says, fmt.Sprintf("%s beslutade %s, här står %s (%s)", name, d.Decided.Swedish(), d.Says.Swedish(), (d.Says-d.Decided).signed()))
	}
	switch {
	case d.Version == "":
	case d.Seen == "":
		says = append(says, name+" har beslutat först efter att det här lämnades in")
	default:
		says = append(says, fmt.Sprintf("%s har beslutat en annan version (%s) än den som det här bygger på (%s)", name, d.Version[:8], d.Seen[:8]))
	}
	return strings.Join(says, "; ")
}

func (s *State) differenceWords(all []Divergence) string {
	says := make([]string, 0, len(all))
	for i := range all {
		if i == 5 && len(all) > 6 {
			says = append(says, fmt.Sprintf("och %d till", len(all)-i))
			break
		}
		says = append(says, all[i].Sentence(s))
	}
	return strings.Join(says, "; ")
}

// digestOfDivergences identifies what somebody has seen and answered for; "" = none.
func digestOfDivergences(all []Divergence) Digest {
	if len(all) == 0 {
		return ""
	}
	return DigestOf(Canonical(all))
}

// acknowledge judges that who goes on with figures which are not the nämnders has said why, and puts them in the event.
func (j *judge) acknowledge(st *Step, figures []Figure, e *Event) error {
	if j.s.Rules < 3 {
		return nil
	}
	all := j.s.differences(st, figures)
	if len(all) == 0 {
		return nil
	}
	if e.Text == "" && digestOfDivergences(all) != st.Agreed {
		return refuse(CodeDifference, "Det som står om nämnderna är inte det som de har beslutat: %s. Skriv varför det är så, eller lämna in en version med nämndens uppgift.", j.s.differenceWords(all))
	}
	e.Differences = all
	return nil
}
