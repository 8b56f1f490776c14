package wheelfile

import "arshjul/domain"

// Shown is a wheel as "arshjul wheel show --json" gives it; its members are a contract with those who read them.
type Shown struct {
	Name    string        `json:"name"`
	Version int           `json:"version"`
	Hash    domain.Digest `json:"hash"` // of the rule part: what a cycle pins and an order names
	Steps   []ShownStep   `json:"steps"`
}

// ShownStep is a row of the wheel.
type ShownStep struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Stage       domain.Stage `json:"stage"`
	Act         domain.Act   `json:"act"`
	Scope       domain.Scope `json:"scope"`
	Basis       string       `json:"basis"`
	Body        string       `json:"body"`  // "" = the unit that the step is for
	Roles       domain.Slots `json:"roles"` // prepare, ready, decide, register, publish, escalate; those that the act has
	Needs       []string     `json:"needs"` // ids of the steps that it waits for, each once
	Occurrences int          `json:"occurrences"`
}

// Show gives the wheel in that form.
func (f *File) Show() Shown {
	w := &f.Wheel
	out := Shown{Name: w.Name, Version: w.Version, Hash: w.Hash(), Steps: []ShownStep{}}
	for i := range w.Steps {
		def := &w.Steps[i]
		s := ShownStep{ID: def.ID, Title: def.Title, Stage: def.Stage, Act: def.Act, Scope: def.Scope, Basis: def.Basis, Body: string(def.Body),
			Roles: def.Slots, Needs: []string{}, Occurrences: len(def.Again) + 1}
		seen := map[string]bool{}
		for _, n := range def.Needs {
			if !seen[n.Step] {
				s.Needs = append(s.Needs, n.Step)
			}
			seen[n.Step] = true
		}
		out.Steps = append(out.Steps, s)
	}
	return out
}
