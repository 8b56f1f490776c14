package domain

import "strings"

// Holding is a person's right to a role on a day: by a binding, or as substitute for its holder.
type Holding struct {
	Person     PersonID
	Binding    uint64
	Substitute uint64 // the number of the substitution; 0 = holds the binding
	// Exclusion is the number of the exclusion by which the person stands in for a holder who is jävig, or 0.
	Exclusion uint64
}

// Holders lists who holds a role in a unit on day d, the holders before their substitutes.
func (r *Registry) Holders(role RoleID, unit UnitID, d Date) []Holding {
	var all []Holding
	for _, b := range r.Bindings {
		if b.Role == role && b.Unit == unit && within(d, b.From, b.To) {
			all = append(all, Holding{Person: b.Person, Binding: b.Number})
		}
	}
	for _, h := range all[:len(all):len(all)] {
		for _, s := range r.Substitutes {
			if s.Binding == h.Binding && within(d, s.From, s.To) {
				all = append(all, Holding{Person: s.Person, Binding: h.Binding, Substitute: s.Number})
			}
		}
	}
	return all
}

// knows tells whether the person has ever been given a role or a substitution.
func (r *Registry) knows(p PersonID) bool {
	for _, b := range r.Bindings {
		if b.Person == p {
			return true
		}
	}
	for _, s := range r.Substitutes {
		if s.Person == p {
			return true
		}
	}
	return r.steppedIn(p)
}

// steppedIn tells whether the person stands in for somebody who is jävig.
func (r *Registry) steppedIn(p PersonID) bool {
	for i := range r.Exclusions {
		if p != "" && r.StandIn(i) == p {
			return true
		}
	}
	return false
}

// holdsAny tells whether the person holds some role, as holder or substitute, on day d.
func (r *Registry) holdsAny(p PersonID, d Date) bool {
	for _, b := range r.Bindings {
		if !within(d, b.From, b.To) {
			continue
		}
		if b.Person == p {
			return true
		}
		for _, s := range r.Substitutes {
			if s.Binding == b.Number && s.Person == p && within(d, s.From, s.To) {
				return true
			}
		}
	}
	return r.steppedIn(p)
}

// seat gives the unit in which a role's holder is looked for when unit acts.
func (s *State) seat(role RoleID, unit UnitID) UnitID {
	def := s.Cycle.Wheel.Role(role)
	if def == nil {
		return s.Cycle.Wheel.City
	}
	switch def.Seat {
	case SeatBody:
		return unit
	case SeatAdministration:
		return s.Registry.servedBy(unit)
	}
	return s.Cycle.Wheel.City
}

// authorise lets the actor use a slot of the step, or says why not. Exclusion beats everything.
func (s *State) authorise(actor PersonID, st *Step, n slot, today Date) (Holding, error) {
	def := s.def(st)
	if err := s.admit(actor, def, st); err != nil {
		return Holding{}, err
	}
	role := def.Slots.role(n)
	unit := s.seat(role, s.actor(st))
	for _, h := range s.HoldersFor(s.Registry, st, role, unit, today) {
		if h.Person == actor {
			return h, nil
		}
	}
	return Holding{}, refuse(CodeRoleNotHeld, "Du har inte rollen %s i %s den %s. Be registeransvarig att lägga in rollen, eller låt den som har den göra detta.",
		s.roleTitle(role), s.Registry.unitName(unit), today.Swedish())
}

// admit refuses a person nobody knows, and one that jäv keeps from the step.
func (s *State) admit(actor PersonID, def *StepDef, st *Step) error {
	if !s.Registry.knows(actor) {
		return refuse(CodeUnknownPerson, "Du finns inte i registret. Be registeransvarig att lägga in dig och din roll.")
	}
	if s.Registry.Excluded(actor, s.Cycle.Year, def.ID, st.Unit) {
		return refuse(CodeExcluded, "Du är jävig i %s och kan varken handlägga eller besluta. Lämna över till ersättaren.", s.StepTitle(st.ID))
	}
	if s.accountable(actor, st) {
		return refuse(CodeAccountable, "Du har ansvarat för %s under %d och får inte delta när fullmäktige prövar ansvarsfriheten (KL 5:48). Lämna över till någon annan.", s.Registry.unitName(st.Unit), s.Cycle.Year)
	}
	return nil
}

// authorise lets the actor use one of the registry's own roles.
func (r *Registry) authorise(actor PersonID, role RoleID, title string, today Date) (Holding, error) {
	for _, h := range r.Holders(role, r.City, today) {
		if h.Person == actor {
			return h, nil
		}
	}
	if !r.knows(actor) {
		return Holding{}, refuse(CodeUnknownPerson, "Du finns inte i registret. Be registeransvarig att lägga in dig och din roll.")
	}
	return Holding{}, refuse(CodeRoleNotHeld, "Detta gör den som är %s i %s, och den rollen har du inte den %s. Be registeransvarig att lägga in den.",
		title, r.unitName(r.City), today.Swedish())
}

func (s *State) roleTitle(id RoleID) string {
	if def := s.Cycle.Wheel.Role(id); def != nil {
		return lowerFirst(def.Title)
	}
	return string(id)
}

func (r *Registry) unitName(id UnitID) string {
	if u := r.Unit(id); u != nil {
		return u.Name
	}
	return string(id)
}

// unitNames joins the names of units: "Kommunfullmäktige och Revisorerna".
func (r *Registry) unitNames(ids []UnitID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = r.unitName(id)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " och " + names[n-1]
	}
	return strings.Join(names, "")
}
