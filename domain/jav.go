package domain

import "fmt"

// Ruling is what a nämnd, or KF, decided in a question of jäv (KL 5:47, 6:30).
type Ruling struct {
	Cleared   bool   `json:"cleared,omitempty"` // not jävig: the exclusion ends
	Date      Date   `json:"date"`
	Paragraph string `json:"paragraph"`
	Unit      UnitID `json:"unit"` // whose protocol it stands in
}

// binds tells whether the exclusion keeps the person from steps: not when the nämnd has found that there is no jäv.
func (x *Exclusion) binds() bool { return x.Ruling == nil || !x.Ruling.Cleared }

// covers tells whether the exclusion is of a step of this definition and unit in the cycle of this year.
func (x *Exclusion) covers(year int, def string, unit UnitID) bool {
	return x.binds() && (x.Year == 0 || x.Year == year) && (x.Def == "" || x.Def == def) && (x.Unit == "" || x.Unit == unit)
}

func (x *Exclusion) sameScope(o *Exclusion) bool {
	return x.Person == o.Person && x.Year == o.Year && x.Def == o.Def && x.Unit == o.Unit
}

// StandIn is who has stepped in for the person of the i-th exclusion, or "": of several of the same scope the last says it.
func (r *Registry) StandIn(i int) PersonID {
	x := &r.Exclusions[i]
	if !x.binds() {
		return ""
	}
	for k := i + 1; k < len(r.Exclusions); k++ {
		if r.Exclusions[k].sameScope(x) {
			return ""
		}
	}
	return x.Replacement
}

// Excluded tells whether jäv keeps a person from a step of this definition and unit in the cycle of this year.
func (r *Registry) Excluded(p PersonID, year int, def string, unit UnitID) bool {
	for i := range r.Exclusions {
		if x := &r.Exclusions[i]; x.Person == p && x.covers(year, def, unit) {
			return true
		}
	}
	return false
}

// KeptFrom tells whether a person may have nothing to do with a step: by jäv in the registry, or because the person answered
// for the nämnd whose ansvarsfrihet it is. It beats every role, group, substitution and delegation.
func (s *State) KeptFrom(p PersonID, st *Step) bool {
	return s.Registry.Excluded(p, s.Cycle.Year, st.Def, st.Unit) || s.accountable(p, st)
}

// HoldersFor lists who has a role for a step on day d: holders, then their substitutes, then those who stand in for a
// holder whom jäv keeps from it. Whom KeptFrom names is not among them.
func (s *State) HoldersFor(r *Registry, st *Step, role RoleID, unit UnitID, d Date) []Holding {
	var all []Holding
	holders := r.Holders(role, unit, d)
	kept := func(p PersonID) bool { return r.Excluded(p, s.Cycle.Year, st.Def, st.Unit) || s.accountable(p, st) }
	for _, h := range holders {
		if !kept(h.Person) {
			all = append(all, h)
		}
	}
	for _, h := range holders {
		if h.Substitute != 0 {
			continue
		}
		for i := range r.Exclusions {
			x := &r.Exclusions[i]
			if x.Person != h.Person || !x.covers(s.Cycle.Year, st.Def, st.Unit) {
				continue
			}
			if p := r.StandIn(i); p != "" && !kept(p) {
				all = append(all, Holding{Person: p, Binding: h.Binding, Exclusion: x.Number})
			}
		}
	}
	return all
}

// exclude judges the noting of jäv, and of who steps in.
func (j *judge) exclude(r *Registry, e *Event) error {
	x := *j.c.Exclusion
	switch {
	case x.Person == "":
		return refuse(CodeBadCommand, "Ange vem som är jävig.")
	case x.Unit != "" && r.Unit(x.Unit) == nil:
		return refuse(CodeUnitUnknown, "Enheten %q finns inte i registret. Kontrollera den.", x.Unit)
	case x.Replacement != "" && j.s.Rules < 3:
		return refuse(CodeRulesOlder, "Här gäller ännu regelversion %d, där den som ersätter en jävig får en egen roll. Be driften att köra arshjul roll, och försök igen.", j.s.Rules)
	case x.Ruling != nil || x.Number != 0:
		return refuse(CodeUnknownField, "Nämndens beslut om jäv registreras för sig, när jävet är registrerat. Ta bort det.")
	case x.Replacement == x.Person:
		return refuse(CodeBadCommand, "Den som är jävig kan inte ersätta sig själv. Ange någon annan.")
	case x.Replacement != "" && r.Excluded(x.Replacement, x.Year, x.Def, x.Unit):
		return refuse(CodeExcluded, "Ersättaren är själv registrerad som jävig där. Ange någon annan.")
	case r.Excluded(x.Person, x.Year, x.Def, x.Unit) && (x.Replacement == "" || r.standsIn(&x)):
		return refuse(CodeNothingChanged, "Personen är redan registrerad som jävig där. Inget har ändrats.")
	}
	x.Number = r.Issued + 1
	e.Kind, e.Exclusion = EvExcluded, &x
	return nil
}

// standsIn tells whether x says nothing new of who steps in.
func (r *Registry) standsIn(x *Exclusion) bool {
	for i := range r.Exclusions {
		if r.Exclusions[i].sameScope(x) && r.StandIn(i) == x.Replacement {
			return true
		}
	}
	return false
}

// ruleExclusion judges the noting of what a nämnd decided in a question of jäv (KL 6:30). When it found none, the person
// may act again; what was done meanwhile stays.
func (j *judge) ruleExclusion(r *Registry, e *Event) error {
	in := j.c.Exclusion
	old := r.exclusion(in.Number)
	switch {
	case old == nil:
		return refuse(CodeBindingUnknown, "Det finns inget jäv med nummer %d. Kontrollera numret i registret.", in.Number)
	case in.Ruling == nil || !in.Ruling.Date.Valid() || in.Ruling.Paragraph == "" || len(in.Ruling.Paragraph) > 12:
		return refuse(CodeBadCommand, "Ange vad nämnden beslutade i jävsfrågan, vilken dag och under vilken paragraf.")
	case r.Unit(in.Ruling.Unit) == nil:
		return refuse(CodeUnitUnknown, "Enheten %q finns inte i registret. Ange den nämnd som beslutade i jävsfrågan.", in.Ruling.Unit)
	case in.Ruling.Date > j.today:
		return refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då jävsfrågan avgjordes.", in.Ruling.Date.Swedish())
	case old.Ruling != nil && *old.Ruling == *in.Ruling:
		return refuse(CodeNothingChanged, "Det beslutet är redan registrerat. Inget har ändrats.")
	}
	x, ruling := *old, *in.Ruling
	x.Ruling = &ruling
	e.Kind, e.Exclusion = EvExclusionRuled, &x
	return nil
}

func (r *Registry) exclusion(number uint64) *Exclusion {
	for i := range r.Exclusions {
		if r.Exclusions[i].Number == number && number != 0 {
			return &r.Exclusions[i]
		}
	}
	return nil
}

func excluded(_ *State, e *Event, _ string) string {
	if e.Exclusion.Replacement != "" {
		return "Jäv registrerades, och vem som träder in i stället."
	}
	return "Jäv registrerades."
}

func exclusionRuled(s *State, e *Event, _ string) string {
	found := "jäv föreligger"
	r := e.Exclusion.Ruling
	if r.Cleared {
		found = "jäv föreligger inte"
	}
	return fmt.Sprintf("%s beslutade den %s, § %s, att %s.", s.Registry.unitName(r.Unit), r.Date.Swedish(), r.Paragraph, found)
}
