package domain

// gate judges the conditions a step waits for. Each is met by an entry: the needed step reached the status asked for,
// was let fall (counts as done), or somebody with the right to it went on without.
func (s *State) gate(st *Step) (met []Condition, missing []NeedRef) {
	for _, n := range st.Needs {
		if c, is := s.meets(n); is {
			met = append(met, c)
		} else {
			missing = append(missing, n)
		}
	}
	return met, missing
}

// barred tells whether a step's gate is closed.
func (s *State) barred(st *Step) bool {
	for _, n := range st.Needs {
		if _, met := s.meets(n); !met {
			return true
		}
	}
	return false
}

func (s *State) meets(n NeedRef) (met Condition, is bool) {
	needed := s.near(n.place, n.Step)
	switch {
	case n.Waived != 0:
		return Condition{Step: n.Step, At: n.At, Seq: n.Waived, Waived: true}, true
	case needed.Status.fallen():
		return Condition{Step: n.Step, At: needed.Status, Seq: needed.Reached(needed.Status)}, true
	case needed.Reached(n.At) != 0:
		return Condition{Step: n.Step, At: n.At, Seq: needed.Reached(n.At)}, true
	}
	return Condition{}, false
}

// Gate is the gate of a step as people see it: what is met, and what is missing.
func (s *State) Gate(id StepID) (met []Condition, missing []NeedRef) {
	if st := s.step(id); st != nil {
		return s.gate(st)
	}
	return nil, nil
}

// needRefs resolves the needs of a step among the steps of a cycle. Fan-in and fan-out follow from the scopes: a step of
// the municipality waits for every unit's; a unit's step waits for the same unit's, a nämnd's for that of the förvaltning
// that serves it, and a förvaltning's for those of the nämnder it serves. A step that is done several times waits for the
// same time of a step that is done as often, and a need for a step that this cycle does not have is met.
func needRefs(w *Wheel, r *Registry, steps []Step, st *Step) ([]NeedRef, error) {
	var refs []NeedRef
	def := w.Def(st.Def)
	for _, n := range def.Needs {
		target := w.Def(n.Step)
		if target == nil {
			return nil, refuse(CodeWheel, "Steget %s väntar på %s, som inte finns i årshjulet. Rätta årshjulet.", def.ID, n.Step)
		}
		if n.For != 0 && n.For != max(st.Occurrence, 1) {
			continue
		}
		for i := range steps {
			t := &steps[i]
			if t.Def != n.Step || !waitsFor(r, def.Scope, st.Unit, target.Scope, t.Unit) ||
				len(def.Again) > 0 && len(def.Again) == len(target.Again) && t.Occurrence != st.Occurrence {
				continue
			}
			at := n.At
			if at == "" {
				body := r.Unit(target.acts(t.Unit))
				if body == nil {
					return nil, refuse(CodeWheel, "Steget %s hör till enheten %q, som inte finns i registret. Lägg in enheten eller rätta årshjulet.", target.ID, target.Body)
				}
				at = lifeOf(target.Act, body.Kind).meets(target)
			}
			refs = append(refs, NeedRef{Step: t.ID, At: at})
		}
	}
	return refs, nil
}

func waitsFor(r *Registry, scope Scope, unit UnitID, needed Scope, neededUnit UnitID) bool {
	switch {
	case scope == ScopeCity || needed == ScopeCity:
		return true
	case scope == needed:
		return unit == neededUnit
	case scope == ScopeBoard && needed == ScopeAdministration:
		return r.servedBy(unit) == neededUnit
	case scope == ScopeAdministration && needed == ScopeBoard:
		return r.servedBy(neededUnit) == unit
	}
	return true
}

// servedBy gives the förvaltning that works for a unit; a förvaltning works for itself.
func (r *Registry) servedBy(id UnitID) UnitID {
	u := r.Unit(id)
	if u == nil || u.Kind == KindAdministration {
		return id
	}
	return u.ServedBy
}
