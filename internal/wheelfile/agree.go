package wheelfile

import (
	"errors"
	"slices"

	"arshjul/domain"
)

// Agree tells whether a wheel and an organisation fit together: every body exists, every part of every step has
// somebody to do it, and every role is one of the wheel's, held where the wheel looks for it. The error is [Errors],
// for both files.
func Agree(w *File, o *Organisation) error {
	a := agreement{&w.Wheel, &o.Registry, &faults{file: w.name}, w.root, &faults{file: o.file}, o.root}
	if a.wheel.Kommun != a.registry.Kommun {
		a.inWheel.add(a.wheelRoot.at("kommun"), "årshjulet gäller kommun %s men organisationen kommun %s. Rätta den som är fel.", a.wheel.Kommun, a.registry.Kommun)
	}
	if a.wheel.City != a.registry.City {
		a.inWheel.add(a.wheelRoot.at("leds av"), "årshjulet leds av %s men organisationen av %s. Rätta den som är fel.", a.wheel.City, a.registry.City)
	}
	a.bindings()
	for i := range a.wheel.Steps {
		a.step(i)
	}
	var all Errors
	for _, f := range []*faults{a.inWheel, a.inOrganisation} {
		var es Errors
		if errors.As(f.err(), &es) {
			all = append(all, es...)
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

type agreement struct {
	wheel          *domain.Wheel
	registry       *domain.Registry
	inWheel        *faults
	wheelRoot      *node
	inOrganisation *faults
	organisation   *node
}

// bindings wants every role that a person has to be one of the wheel's, in a unit where the wheel looks for it.
func (a agreement) bindings() {
	n := 0
	for i, p := range a.organisation.child("personer").items {
		for k := range p.child("roller").items {
			b := a.registry.Bindings[n]
			n++
			at := a.organisation.at("personer", i, "roller", k, "roll")
			role, unit := a.wheel.Role(b.Role), a.registry.Unit(b.Unit)
			if role == nil {
				var known []string
				for _, r := range a.wheel.Roles {
					known = append(known, string(r.ID))
				}
				a.inOrganisation.add(at, "rollen %q finns inte i årshjulet. %s", b.Role, suggest(string(b.Role), known))
				continue
			}
			at = a.organisation.at("personer", i, "roller", k, "enhet")
			switch official := unit.Kind == domain.KindAdministration; {
			case role.Seat == domain.SeatCity && unit.ID != a.wheel.City:
				a.inOrganisation.add(at, "rollen %s gäller hela staden och står hos %s, inte %s. Ändra enheten.", role.ID, a.wheel.City, unit.ID)
			case role.Seat == domain.SeatAdministration && !official:
				a.inOrganisation.add(at, "rollen %s finns i en förvaltning, och %s är ingen. Ange förvaltningen.", role.ID, unit.ID)
			case role.Seat == domain.SeatBody && official:
				a.inOrganisation.add(at, "rollen %s finns i organet som agerar, och %s är en förvaltning. Ange organet.", role.ID, unit.ID)
			}
		}
	}
}

// step wants the body of a step to exist and somebody to hold each of its roles, for each unit.
func (a agreement) step(i int) {
	def := &a.wheel.Steps[i]
	var units []domain.Unit
	for _, u := range a.registry.Units {
		if def.Scope == domain.ScopeCity && u.ID == def.Body || def.Scope == domain.ScopeBoard && (u.Kind == domain.KindBoard || u.Plans) ||
			def.Scope == domain.ScopeAdministration && u.Kind == domain.KindAdministration ||
			def.Scope == domain.ScopeCompany && u.Kind == domain.KindCompany {
			units = append(units, u)
		}
	}
	a.known(def.Plan.Unit, i, "när")
	if def.Scope == domain.ScopeCity {
		if a.known(def.Body, i, "organ"); len(units) == 0 {
			return
		}
		if _, known := kindOf(def); !known {
			checkSlots(a.inWheel, a.wheelRoot, def, i, units[0].Kind)
		}
	}
	for _, s := range slots {
		role := a.wheel.Role(s.role(&def.Slots))
		if role == nil {
			continue
		}
		for _, u := range units {
			if seat := a.seat(role, &u); !a.held(role.ID, seat) {
				a.inWheel.add(a.wheelRoot.at("steg", i, "roller", s.word), "ingen har rollen %s i %s, som behövs för %s. Ge den till någon i organisationen.", role.ID, seat, u.Name)
			}
		}
	}
}

// known wants a unit that a step names to be one of the organisation's; "" is none.
func (a agreement) known(id domain.UnitID, step int, key string) {
	if id == "" || a.registry.Unit(id) != nil {
		return
	}
	var known []string
	for _, u := range a.registry.Units {
		known = append(known, string(u.ID))
	}
	a.inWheel.add(a.wheelRoot.at("steg", step, key), "enheten %q finns inte i organisationen. %s", id, suggest(string(id), known))
}

// seat gives the unit in which the holder is looked for when u acts.
func (a agreement) seat(role *domain.RoleDef, u *domain.Unit) domain.UnitID {
	switch {
	case role.Seat == domain.SeatCity:
		return a.wheel.City
	case role.Seat == domain.SeatAdministration && u.Kind != domain.KindAdministration:
		return u.ServedBy
	}
	return u.ID
}

func (a agreement) held(role domain.RoleID, unit domain.UnitID) bool {
	return slices.ContainsFunc(a.registry.Bindings, func(b domain.Binding) bool { return b.Role == role && b.Unit == unit })
}
