package wheelfile

import (
	"errors"
	"maps"
	"slices"

	"arshjul/domain"
)

// Agree tells whether a wheel and an organisation fit together: every body exists, every part of every step has
// somebody to do it, and every role is one of the wheel's, held where the wheel looks for it. The error is [Errors],
// for both files.
func Agree(w *File, o *Organisation) error {
	a := agreement{&w.Wheel, &o.Registry, &faults{file: w.name}, w.tree(), &faults{file: o.file}, o.root}
	if a.wheel.Kommun != a.registry.Kommun {
		a.inWheel.add(a.wheelRoot.at("kommun"), "årshjulet gäller kommun %s men organisationen kommun %s. Rätta den som är fel.", a.wheel.Kommun, a.registry.Kommun)
	}
	if a.wheel.City != a.registry.City {
		a.inWheel.add(a.wheelRoot.at("leds av"), "årshjulet leds av %s men organisationen av %s. Rätta den som är fel.", a.wheel.City, a.registry.City)
	}
	if a.inWheel.err() == nil { // else they are of two municipalities, and nothing would fit
		a.bindings()
		for i := range a.wheel.Steps {
			a.step(i)
		}
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
	for k, r := range deadlines(def) {
		a.known(r.Unit, i, "när", k)
	}
	for k, u := range def.To {
		a.known(u, i, "överlämnas till", k)
	}
	if def.Body != "" {
		body := a.registry.Unit(def.Body)
		if a.known(def.Body, i, "organ"); body == nil {
			return
		}
		if _, known := kindOf(def); !known {
			checkSlots(a.inWheel, a.wheelRoot, def, i, body.Kind)
		}
	}
	units := a.units(i)
	for k, r := range deadlines(def) {
		for _, u := range units {
			if acting := a.acting(def, &u); r.Kind == domain.RuleMeeting && r.Unit == "" && acting.Kind == domain.KindAdministration {
				a.inWheel.add(a.wheelRoot.at("steg", i, "när", k), "%s är en förvaltning och har inga sammanträden. Skriv en fast dag: senast 30 september.", acting.ID)
			}
		}
	}
	for _, s := range slots {
		role := a.wheel.Role(s.role(&def.Slots))
		if role == nil {
			continue
		}
		for _, u := range units {
			u := a.acting(def, &u)
			at := a.wheelRoot.at("steg", i, "roller", s.word)
			switch seat := a.seat(role, u); {
			case seat == "":
				a.inWheel.add(at, "rollen %s finns i en förvaltning, och %s har ingen. Ange en förvaltning för %s i organisationen, eller en annan roll.", role.ID, u.Name, u.ID)
			case !a.held(role.ID, seat):
				a.inWheel.add(at, "ingen har rollen %s i %s, som behövs för %s. Ge den till någon i organisationen.", role.ID, seat, u.Name)
			}
		}
	}
}

// units lists the units that a step is made for, and wants there to be some.
func (a agreement) units(i int) []domain.Unit {
	def := &a.wheel.Steps[i]
	if def.Scope == domain.ScopeCity {
		return []domain.Unit{*a.registry.Unit(def.Body)}
	}
	var units []domain.Unit
	marks := map[string]bool{}
	for _, u := range a.registry.Units {
		for _, g := range u.Groups {
			marks[g] = true
		}
		if inScope(&u, def.Scope) && (def.Group == "" || slices.Contains(u.Groups, def.Group)) {
			units = append(units, u)
		}
	}
	switch word := a.wheelRoot.word("steg", i, "för"); {
	case len(units) > 0:
	case def.Group != "":
		a.inWheel.add(a.wheelRoot.at("steg", i, "grupp"), "organisationen har %s i gruppen %q, så steget finns inte för någon. %s", kindNone[def.Scope], def.Group, suggest(def.Group, slices.Sorted(maps.Keys(marks))))
	default:
		a.inWheel.add(a.wheelRoot.at("steg", i, "för"), "organisationen har %s, så steget finns inte för någon. Lägg till %s i den, eller ta bort steget.", kindNone[def.Scope], word)
	}
	return units
}

var kindNone = map[domain.Scope]string{domain.ScopeBoard: "ingen nämnd", domain.ScopeAdministration: "ingen förvaltning", domain.ScopeCompany: "inget bolag"}

func inScope(u *domain.Unit, s domain.Scope) bool {
	switch s {
	case domain.ScopeBoard:
		return u.Kind == domain.KindBoard || u.Plans
	case domain.ScopeAdministration:
		return u.Kind == domain.KindAdministration
	}
	return u.Kind == domain.KindCompany
}

// acting gives the unit that acts on the step of unit u.
func (a agreement) acting(def *domain.StepDef, u *domain.Unit) *domain.Unit {
	if def.Body != "" {
		return a.registry.Unit(def.Body)
	}
	return u
}

// known wants a unit that a step names to be one of the organisation's; "" is none.
func (a agreement) known(id domain.UnitID, step int, path ...any) {
	if id == "" || a.registry.Unit(id) != nil {
		return
	}
	var known []string
	for _, u := range a.registry.Units {
		known = append(known, string(u.ID))
	}
	a.inWheel.add(a.wheelRoot.at(append([]any{"steg", step}, path...)...), "enheten %q finns inte i organisationen. %s", id, suggest(string(id), known))
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
