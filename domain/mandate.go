package domain

import "strings"

// MandateFrom is the first day of the mandate that the general election in a year gives a body of this kind, or "" for a kind
// that no election renews: KF's from 15 October (KL 5:9), the styrelse's and the nämnder's four years from 1 January after it
// (KL 6:18, where KF has decided nothing else).
func (k UnitKind) MandateFrom(election int) Date {
	switch k {
	case KindCouncil, KindPresidium:
		return NewDate(election, 10, 15)
	case KindExecutive, KindBoard:
		return NewDate(election+1, 1, 1)
	}
	return ""
}

// Unrenewed lists the bindings of förtroendevalda that run on past the beginning of a new mandate between two days, as if
// nobody had been elected: whoever was elected anew is bound anew, also when it is the same person.
func (r *Registry) Unrenewed(w *Wheel, from, to Date) (all []Binding) {
	for _, b := range r.Bindings {
		role, unit := w.Role(b.Role), r.Unit(b.Unit)
		if role == nil || !role.Elected || unit == nil {
			continue
		}
		for year := from.Year() - 1; year <= to.Year(); year++ {
			if !ElectionYear(year) {
				continue
			}
			begins := unit.Kind.MandateFrom(year)
			if begins != "" && within(begins, from, to) && b.From < begins && (b.To == "" || b.To >= begins) {
				all = append(all, b)
			}
		}
	}
	return all
}

// mandates warns of roles that somebody must be elected to anew while the cycle runs.
func (p *rehearsing) mandates() {
	if p.s.Rules < 3 {
		return
	}
	c := p.s.Cycle
	var who []string
	for _, b := range p.s.Registry.Unrenewed(&c.Wheel, c.Clock.Date(), NewDate(c.Year+1, 6, 30)) {
		who = append(who, strings.ToLower(p.s.roleTitle(b.Role))+" i "+p.s.Registry.unitName(b.Unit))
	}
	if len(who) > 0 {
		p.find(LevelWarning, FindingMandate, nil, "Mandatperioden går ut under cykeln, och de här rollerna löper vidare utan nytt val: %s. Avsluta dem när mandatet går ut, och lägg in dem som väljs (KL 5:9, 6:18).", strings.Join(who, ", "))
	}
}
