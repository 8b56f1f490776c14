package domain

// gate judges the conditions a step waits for. Each is met by an entry: the needed step reached the status asked for,
// was let fall (counts as done), or somebody with the right to it went on without.
func (s *State) gate(st *Step) (met []Condition, missing []NeedRef) {
	for _, n := range st.Needs {
		needed := s.Cycle.Step(n.Step)
		switch {
		case n.Waived != 0:
			met = append(met, Condition{Step: n.Step, At: n.At, Seq: n.Waived, Waived: true})
		case needed.Status == StatusVoid:
			met = append(met, Condition{Step: n.Step, At: StatusVoid, Seq: needed.Reached(StatusVoid)})
		case needed.Reached(n.At) != 0:
			met = append(met, Condition{Step: n.Step, At: n.At, Seq: needed.Reached(n.At)})
		default:
			missing = append(missing, n)
		}
	}
	return met, missing
}

// Gate is the gate of a step as people see it: what is met, and what is missing.
func (s *State) Gate(id StepID) (met []Condition, missing []NeedRef) {
	if st := s.Cycle.Step(id); st != nil {
		return s.gate(st)
	}
	return nil, nil
}

// needRefs resolves the needs of a step definition for one unit among the steps of a cycle. Fan-in and fan-out follow
// from the scopes: a step of the municipality waits for every unit's; a unit's step waits for the same unit's, a nämnd's
// for that of the förvaltning that serves it, and a förvaltning's for those of the nämnder it serves.
func needRefs(w *Wheel, r *Registry, steps []Step, def *StepDef, unit UnitID) ([]NeedRef, error) {
	var refs []NeedRef
	for _, n := range def.Needs {
		target := w.Def(n.Step)
		if target == nil {
			return nil, refuse(CodeWheel, "Steget %s väntar på %s, som inte finns i årshjulet. Rätta årshjulet.", def.ID, n.Step)
		}
		for i := range steps {
			if steps[i].Def != n.Step || !waitsFor(r, def.Scope, unit, target.Scope, steps[i].Unit) {
				continue
			}
			at := n.At
			if at == "" {
				at = lifeOf(target.Act, r.Unit(steps[i].Unit).Kind).meets(target)
			}
			refs = append(refs, NeedRef{Step: steps[i].ID, At: at})
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
