package pack

import (
	"arshjul/domain"
)

// right: the actor held the role that the wheel names for the act, in the unit where the wheel looks for it, on that day; by
// a binding of their own, as substitute, or in the place of somebody whom jäv keeps away.
func (c *evidence) right(st *domain.Step, def *domain.StepDef, rule act, e *domain.Event) string {
	r, ev, today := c.state.Registry, e.Evidence, e.At.Date()
	body := def.Body
	if body == "" {
		body = st.Unit
	}
	kind := domain.UnitKind("")
	if u := r.Unit(body); u != nil {
		kind = u.Kind
	}
	role := rule.role(&c.state.Cycle.Wheel, def, kind)
	var b *domain.Binding
	for i := range r.Bindings {
		if r.Bindings[i].Number == ev.Binding && ev.Binding != 0 {
			b = &r.Bindings[i]
		}
	}
	switch {
	case b == nil:
		return sentence("rollen med nummer %d, som posten vilar på, finns inte i registret.", ev.Binding)
	case b.Role != role:
		return sentence("posten vilar på rollen %s (nummer %d), men det här görs av den som har rollen %s.", b.Role, b.Number, role)
	case b.Unit != c.seat(role, body):
		return sentence("posten vilar på en roll i %s (nummer %d), men rollen %s ska innehas i %s.", b.Unit, b.Number, role, c.seat(role, body))
	case today < b.From || b.To != "" && today > b.To:
		return sentence("rollen nummer %d gällde inte den %s: den gäller från den %s%s.", b.Number, today.Swedish(), b.From.Swedish(), until(b.To))
	}
	switch {
	case ev.Substitute != 0:
		for _, s := range r.Substitutes {
			if s.Number != ev.Substitute {
				continue
			}
			switch {
			case s.Binding != b.Number || s.Person != e.Actor:
				return sentence("ersättarskapet nummer %d är inte %s:s för den rollen.", s.Number, e.Actor)
			case today < s.From || today > s.To:
				return sentence("ersättarskapet nummer %d gällde inte den %s: det gäller från den %s till den %s.", s.Number, today.Swedish(), s.From.Swedish(), s.To.Swedish())
			}
			return ""
		}
		return sentence("ersättarskapet med nummer %d, som posten vilar på, finns inte i registret.", ev.Substitute)
	case ev.Exclusion != 0:
		for i := range r.Exclusions {
			x := &r.Exclusions[i]
			if x.Number != ev.Exclusion {
				continue
			}
			if x.Person != b.Person || x.Replacement != e.Actor || !c.covers(x, st) {
				return sentence("jävet nummer %d låter inte %s träda in för den som har rollen.", x.Number, e.Actor)
			}
			return ""
		}
		return sentence("jävet med nummer %d, som posten vilar på, finns inte i registret.", ev.Exclusion)
	case b.Person != e.Actor:
		return sentence("rollen nummer %d är inte %s:s.", b.Number, e.Actor)
	}
	return ""
}

func until(d domain.Date) string {
	if d == "" {
		return ""
	}
	return " till den " + d.Swedish()
}

// seat is the unit in which a role is held that acts for a body.
func (c *evidence) seat(role domain.RoleID, body domain.UnitID) domain.UnitID {
	def := c.state.Cycle.Wheel.Role(role)
	switch {
	case def != nil && def.Seat == domain.SeatBody:
		return body
	case def != nil && def.Seat == domain.SeatAdministration:
		if u := c.state.Registry.Unit(body); u != nil && u.Kind != domain.KindAdministration {
			return u.ServedBy
		}
		return body
	}
	return c.state.Cycle.Wheel.City
}

func (c *evidence) covers(x *domain.Exclusion, st *domain.Step) bool {
	return (x.Ruling == nil || !x.Ruling.Cleared) && (x.Year == 0 || x.Year == c.state.Cycle.Year) && (x.Def == "" || x.Def == st.Def) &&
		(x.Unit == "" || x.Unit == st.Unit)
}

// jav: whoever is excluded does nothing, whatever role they hold.
func (c *evidence) jav(st *domain.Step, e *domain.Event) string {
	for i := range c.state.Registry.Exclusions {
		if x := &c.state.Registry.Exclusions[i]; x.Person == e.Actor && c.covers(x, st) {
			return sentence("%s var jävig (nummer %d) och skulle inte ha tagit del i steget.", e.Actor, x.Number)
		}
	}
	if c.state.KeptFrom(e.Actor, st) {
		return sentence("%s hade ansvarat för nämnden och skulle inte ha tagit del i prövningen av ansvarsfrihet (KL 5:48).", e.Actor)
	}
	return ""
}

// others judges the entries that are no act on a step: who may launch, cancel, move an exercise's clock and change its
// registry, and that two persons stand behind the start of a cycle.
func (c *evidence) others(e *domain.Event) string {
	switch e.Kind {
	case domain.EvLaunched:
		return c.launch(e)
	case domain.EvAdvanced: // dated when the clock had moved
		return holds(c.state.Registry, domain.RoleLauncher, e, c.state.Cycle.Clock.Date())
	case domain.EvCancelled:
		return holds(c.state.Registry, domain.RoleLauncher, e, e.At.Date())
	}
	return registryRight(c.state.Registry, e)
}

// launch: by a cykelansvarig, and a real cycle on an order that another one confirmed, of that wheel and year.
func (c *evidence) launch(e *domain.Event) string {
	l := e.Launched
	if l == nil {
		return "posten säger inte vad cykeln startade från."
	}
	if fault := holds(&l.Registry, domain.RoleLauncher, e, e.At.Date()); fault != "" {
		return fault
	}
	if l.Exercise > 0 || e.Rules < 2 {
		return ""
	}
	o := l.Registry.Order(l.Order)
	switch {
	case o == nil || o.Confirmed == "":
		return "cykeln startades utan en beställning som någon har bekräftat."
	case o.Confirmed == o.By:
		return sentence("samma person, %s, beställde och bekräftade starten: det skulle ha varit en andra person.", o.By)
	case o.Year != l.Year || o.Wheel != l.Wheel.Hash():
		return "cykeln startades för ett annat år eller med ett annat årshjul än det som beställdes."
	}
	return ""
}

// registryRight judges a change of the registry.
func registryRight(r *domain.Registry, e *domain.Event) string {
	today := e.At.Date()
	switch e.Kind {
	case domain.EvOrdered:
		return holds(r, domain.RoleLauncher, e, today)
	case domain.EvOrderConfirmed:
		if fault := holds(r, domain.RoleLauncher, e, today); fault != "" {
			return fault
		}
		if e.Order == nil {
			return "posten säger inte vilken beställning den bekräftar."
		}
		o := r.Order(e.Order.Number)
		switch {
		case o == nil:
			return sentence("det finns ingen beställning med nummer %d att bekräfta.", e.Order.Number)
		case o.By == e.Actor:
			return sentence("samma person, %s, beställde och bekräftade starten: det skulle ha varit en andra person.", e.Actor)
		}
	case domain.EvErased:
		if e.Erasure == nil || e.Erasure.By == e.Actor || e.Erasure.Confirmed != e.Actor {
			return "gallringen är inte bekräftad av en andra person."
		}
		if holds(r, domain.RoleRegistrar, e, today) != "" {
			return holds(r, domain.RoleLauncher, e, today)
		}
	case domain.EvErasureOrdered, domain.EvUnitSet, domain.EvBound, domain.EvUnbound, domain.EvSubstituted, domain.EvExcluded, domain.EvExclusionRuled, domain.EvDeficitNoted,
		domain.EvDeficitFollowed, domain.EvCarriedOver, domain.EvMeetingAdded, domain.EvMeetingMoved, domain.EvMeetingCancelled,
		domain.EvMeetingConfirmed, domain.EvMeetingAnnounced:
		return holds(r, domain.RoleRegistrar, e, today)
	}
	return ""
}

// holds: the actor has one of the registry's own roles that day, or stands in for who has.
func holds(r *domain.Registry, role domain.RoleID, e *domain.Event, today domain.Date) string {
	for _, b := range r.Bindings {
		if b.Role != role || b.Unit != r.City || today < b.From || b.To != "" && today > b.To {
			continue
		}
		if b.Person == e.Actor {
			return ""
		}
		for _, s := range r.Substitutes {
			if s.Binding == b.Number && s.Person == e.Actor && today >= s.From && today <= s.To {
				return ""
			}
		}
	}
	return sentence("%s hade inte rollen %s i %s den %s.", e.Actor, role, r.City, today.Swedish())
}
