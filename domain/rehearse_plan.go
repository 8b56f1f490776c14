package domain

import (
	"slices"
	"time"
)

const (
	// slackAtRisk is how many days before the law's limit a plan day must lie to be safe.
	slackAtRisk = 14
	// crowd is how many steps of one unit may be due the same day.
	crowd = 5
)

// beforehand looks at the plan before anybody has done anything.
func (p *rehearsing) beforehand() {
	c := p.s.Cycle
	for i := range c.Steps {
		st := &c.Steps[i]
		if st.Status.fallen() {
			continue
		}
		def := p.s.def(st)
		p.units(st, def)
		if st.Plan.Closed(c.Wheel.Bridges) {
			p.find(LevelWarning, FindingClosed, st, "%s: senast-dagen %s är %s. Välj en arbetsdag.", p.s.StepTitle(st.ID), st.Plan.Swedish(), p.why(st.Plan))
		}
		if st.Legal != "" {
			p.legal(st, def)
		}
		p.meeting(st, def)
		p.roles(st, def)
	}
	p.crowds()
	p.deficits()
	p.election()
	p.mandates()
}

// why says why the offices are closed on a day.
func (p *rehearsing) why(d Date) string {
	switch {
	case d.Holiday() != "":
		return d.Holiday()
	case d.Weekday() == time.Saturday:
		return "en lördag"
	case d.Weekday() == time.Sunday:
		return "en söndag"
	}
	return "en klämdag"
}

func (p *rehearsing) legal(st *Step, def *StepDef) {
	switch {
	case st.Plan > st.Legal:
		p.find(LevelError, FindingLegal, st, "%s: senast-dagen %s är efter lagens gräns den %s (%s). Välj en tidigare dag.",
			p.s.StepTitle(st.ID), st.Plan.Swedish(), st.Legal.Swedish(), def.LawOf(st.Legal, p.s.Cycle.Year))
	case st.Plan.Add(slackAtRisk) > st.Legal:
		p.find(LevelWarning, FindingLegal, st, "%s: bara %d dagar mellan senast-dagen %s och lagens gräns den %s (%s).",
			p.s.StepTitle(st.ID), daysBetween(st.Plan, st.Legal), st.Plan.Swedish(), st.Legal.Swedish(), def.LawOf(st.Legal, p.s.Cycle.Year))
	}
}

// units looks for the units that a step's row names: the body that acts, and those whose meetings its days hang on. Once
// for each is enough.
func (p *rehearsing) units(st *Step, def *StepDef) {
	for _, id := range []UnitID{def.Body, def.rule(st).Unit} {
		if id == "" || p.s.Registry.Unit(id) != nil || p.lacks[id] {
			continue
		}
		p.lacks[id] = true
		p.find(LevelError, FindingNoUnit, st, "%s: enheten %q finns inte i registret. Lägg in enheten eller rätta årshjulet.", p.s.StepTitle(st.ID), id)
	}
}

func daysBetween(from, to Date) int { return int(to.utc().Sub(from.utc()).Hours() / 24) }

// meeting looks at the meeting that a step hangs on.
func (p *rehearsing) meeting(st *Step, def *StepDef) {
	if !hangsOnMeeting(p.s.Registry, def, p.s.actor(st)) {
		return
	}
	switch m := p.s.Registry.Meeting(st.Held); {
	case m == nil:
		p.find(LevelWarning, FindingNoMeeting, st, "%s: %s har inget sammanträde i registret före den %s. Lägg in ett.",
			p.s.StepTitle(st.ID), p.s.Registry.unitName(p.s.actor(st)), st.Plan.Swedish())
	case m.Status == MeetingProposed && m.Date <= p.s.Cycle.Clock.Date().Add(60):
		p.find(LevelWarning, FindingProposed, st, "%s: sammanträdet den %s är bara föreslaget. Fastställ det.", p.s.StepTitle(st.ID), m.Date.Swedish())
	}
}

// roles looks for a holder, on the plan day, of every role that the step will wait for.
func (p *rehearsing) roles(st *Step, def *StepDef) {
	for _, m := range append(p.s.life(st).moves(), move{slot: slotEscalate}) {
		role := def.Slots.role(m.slot)
		if role == "" {
			continue
		}
		h := RehearsedRole{Role: role, Unit: p.s.seat(role, p.s.actor(st)), Step: st.ID, Day: max(st.Plan, p.launch.Start)}
		for _, holding := range p.s.Registry.Holders(role, h.Unit, h.Day) {
			h.People = append(h.People, holding.Person)
		}
		if p.noted(&h) {
			continue
		}
		p.report.Roles = append(p.report.Roles, h)
		if len(h.People) == 0 {
			p.find(LevelError, FindingNoHolder, st, "%s: ingen har rollen %s i %s den %s. Lägg in rollen i registret.",
				p.s.StepTitle(st.ID), p.s.roleTitle(role), p.s.Registry.unitName(h.Unit), h.Day.Swedish())
		}
	}
}

// noted tells whether the role has been noted with the same holders already, and once is enough.
func (p *rehearsing) noted(h *RehearsedRole) bool {
	return slices.ContainsFunc(p.report.Roles, func(n RehearsedRole) bool {
		return n.Role == h.Role && n.Unit == h.Unit && slices.Equal(n.People, h.People)
	})
}

// crowds warns of days on which one unit has many steps due.
func (p *rehearsing) crowds() {
	steps := p.s.Cycle.Steps
	for i := range steps {
		st := &steps[i]
		n, first := 0, true
		for k := range steps {
			if steps[k].Unit == st.Unit && steps[k].Plan == st.Plan {
				n++
				first = first && k >= i
			}
		}
		if first && n >= crowd {
			p.find(LevelWarning, FindingCrowded, st, "%s har %d steg med samma senast-dag, den %s.", p.s.Registry.unitName(st.Unit), n, st.Plan.Swedish())
		}
	}
}

// election stops an ordinary wheel in a year in which the newly elected KF decides the budget (KL 5:9, 11:10).
func (p *rehearsing) election() {
	c := p.s.Cycle
	if !ElectionYear(c.Year - 1) {
		return
	}
	for i := range c.Steps {
		st := &c.Steps[i]
		if !st.Status.fallen() && p.s.def(st).Legal.byNewCouncil() && st.Plan < NewDate(c.Year-1, 10, 15) {
			p.find(LevelError, FindingElection, st, "%s: %d är valår, och budgeten ska fastställas av det nyvalda fullmäktige, som tillträder den 15 oktober. Ge steget en senast-dag för valår (\"när i valår\") i årshjulet.",
				p.s.StepTitle(st.ID), c.Year-1)
		}
	}
}
