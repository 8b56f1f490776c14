package domain

import (
	"slices"
	"strconv"
	"strings"
)

// plan makes the steps of a cycle: each definition for each of its units, with needs, days and meetings.
func plan(w *Wheel, r *Registry, year int, today Date, with []string) ([]Step, error) {
	for _, id := range with {
		if def := w.Def(id); def == nil || !def.Optional {
			return nil, refuse(CodeWheel, "Årshjulet har inget valbart steg %q. De valbara stegen är: %s.", id, optionalSteps(w))
		} else if !def.Made(year) {
			return nil, refuse(CodeWheel, "Steget %q görs inte i en cykel som planeras %d. Det hör till %s. Välj bort det.", id, year-1, def.Years.swedish())
		}
	}
	var steps []Step
	for i := range w.Steps {
		def := &w.Steps[i]
		if def.Optional && !slices.Contains(with, def.ID) || !def.Made(year) {
			continue
		}
		units, err := unitsOf(r, def, today)
		if err != nil {
			return nil, err
		}
		for _, u := range def.To {
			if r.Unit(u) == nil {
				return nil, refuse(CodeWheel, "Steget %s ska lämnas över till enheten %q, som inte finns i registret. Lägg in enheten eller rätta årshjulet.", def.ID, u)
			}
		}
		for _, u := range units {
			st := Step{ID: StepID(def.ID + "/" + string(u)), Def: def.ID, Unit: u, Status: StatusWaiting, Round: 1, Legal: def.Legal.Limit(year),
				Election: def.InElection.Kind != "" && ElectionYear(year-1), Apart: slices.Contains(with, def.Apart.Step)}
			if law := def.Legal.Law(); st.Apart && law != nil && law.Then != "" {
				st.Legal = law.Then.Limit(year)
			}
			st.Opens = def.Opens.day(year, w.Bridges)
			steps = append(steps, st)
			for n := range def.Again {
				again := st
				again.Occurrence = n + 2
				if len(def.AgainOpens) > 0 {
					again.Opens = def.AgainOpens[n].day(year, w.Bridges)
				}
				again.ID += StepID("#" + strconv.Itoa(again.Occurrence))
				steps = append(steps, again)
			}
		}
	}
	for i := range steps {
		refs, err := needRefs(w, r, steps, &steps[i])
		if err != nil {
			return nil, err
		}
		steps[i].Needs = refs
	}
	for i := range steps {
		planStep(w, r, year, &steps[i])
	}
	if err := planFollowers(w, steps); err != nil {
		return nil, err
	}
	for i := range steps {
		holdStep(w, r, year, CurrentRules, &steps[i])
	}
	return steps, nil
}

func optionalSteps(w *Wheel) string {
	names := []string{}
	for i := range w.Steps {
		if w.Steps[i].Optional {
			names = append(names, w.Steps[i].ID)
		}
	}
	if len(names) == 0 {
		return "inga"
	}
	return strings.Join(names, ", ")
}

// unitsOf lists the units that a definition makes steps for, among those that exist on the day of the launch.
func unitsOf(r *Registry, def *StepDef, today Date) ([]UnitID, error) {
	if def.Scope == ScopeCity {
		if r.Unit(def.Body) == nil {
			return nil, refuse(CodeWheel, "Steget %s hör till enheten %q, som inte finns i registret. Lägg in enheten eller rätta årshjulet.", def.ID, def.Body)
		}
		return []UnitID{def.Body}, nil
	}
	var units []UnitID
	for _, u := range r.Units {
		if u.Active(today) && inScope(&u, def.Scope) && (def.Group == "" || slices.Contains(u.Groups, def.Group)) {
			units = append(units, u.ID)
		}
	}
	return units, nil
}

func inScope(u *Unit, s Scope) bool {
	switch s {
	case ScopeBoard:
		return u.Kind == KindBoard || u.Kind == KindExecutive && u.Plans
	case ScopeAdministration:
		return u.Kind == KindAdministration
	case ScopeCompany:
		return u.Kind == KindCompany
	}
	return false
}

// planStep sets the plan day and the meeting of a step, by the rules that look at the calendar alone.
func planStep(w *Wheel, r *Registry, year int, st *Step) {
	def := w.Def(st.Def)
	rule, acting := def.rule(st), def.acts(st.Unit)
	switch rule.Kind {
	case RuleDay, RuleWorkday:
		st.Plan = rule.day(year, w.Bridges)
	case RuleMeeting:
		unit := rule.Unit
		if unit == "" {
			unit = acting
		}
		first := NewDate(year+rule.Year, rule.Month, 1)
		last := NewDate(year+rule.Year, rule.Month+1, 0)
		st.Plan = last
		if m := r.nextMeeting(unit, first.Add(-1)); m != nil && m.Date <= last {
			st.Plan = m.Date
			if unit == acting {
				st.Held = m.ID
			}
		}
	}
}

// holdStep gives a step that is done at a meeting, and whose day is none, the last meeting of its body before that day.
func holdStep(w *Wheel, r *Registry, year, rules int, st *Step) {
	def := w.Def(st.Def)
	rule, acting := def.rule(st), def.acts(st.Unit)
	if st.Held != "" || !hangsOnMeeting(r, def, acting) {
		return
	}
	first := NewDate(year+rule.Year, 1, 1)
	if rules >= 3 && rule.follows() {
		first = NewDate(st.Plan.Year(), 1, 1)
	}
	if m := r.lastMeeting(acting, first, st.Plan); m != nil {
		st.Held = m.ID
	}
}

// hangsOnMeeting tells whether the step is done at a meeting of its body.
func hangsOnMeeting(r *Registry, def *StepDef, unit UnitID) bool {
	u := r.Unit(unit)
	if u == nil {
		return false
	}
	l := lifeOf(def.Act, u.Kind)
	return l == lifeBody || l == lifeNotice
}

// rule is the deadline rule of one of the definition's steps.
func (d *StepDef) rule(st *Step) *Rule {
	switch {
	case st.Occurrence > 1:
		return &d.Again[st.Occurrence-2]
	case st.Apart:
		return &d.Apart.Plan
	case st.Election:
		return &d.InElection
	}
	return &d.Plan
}

// RuleText is the rule that the step's plan day comes from, as the wheel file says it.
func (d *StepDef) RuleText(st *Step) string { return d.rule(st).Text }

// planFollowers sets the plan day of each step that is due some days before or after another; the wheel has no circle
// of them.
func planFollowers(w *Wheel, steps []Step) error {
	for range steps {
		changed := false
		for i := range steps {
			if day := followDay(w, steps, &steps[i]); day != "" && day != steps[i].Plan {
				steps[i].Plan, changed = day, true
			}
		}
		if !changed {
			break
		}
	}
	for i := range steps {
		if steps[i].Plan == "" {
			return refuse(CodeWheel, "Steget %s har ingen senast-dag: regeln %q leder ingenstans. Rätta årshjulet.", steps[i].Def, w.Def(steps[i].Def).rule(&steps[i]).Text)
		}
	}
	return nil
}

// followDay resolves "n dagar före X" and "n dagar efter X": from the same unit's step X when there is one, otherwise
// before the earliest of them, and after the latest.
func followDay(w *Wheel, steps []Step, st *Step) Date {
	rule := w.Def(st.Def).rule(st)
	if !rule.follows() {
		return ""
	}
	var day Date
	for i := range steps {
		t := &steps[i]
		if t.Def != rule.Step || t.Plan == "" {
			continue
		}
		if t.Unit == st.Unit && (t.Occurrence == st.Occurrence || len(w.Def(t.Def).Again) == 0) {
			return rule.from(t.Plan, w.Bridges)
		}
		if day == "" || rule.Kind == RuleBefore && t.Plan < day || rule.Kind == RuleAfter && t.Plan > day {
			day = t.Plan
		}
	}
	if day == "" {
		return ""
	}
	return rule.from(day, w.Bridges)
}

// replanFollowers moves the deadlines that follow another step's, after that one moved.
func (j *judge) replanFollowers() {
	c := j.s.Cycle
	for range c.Steps {
		changed := false
		for i := range c.Steps {
			st := &c.Steps[i]
			if day := followDay(&c.Wheel, c.Steps, st); day != "" && day != st.Plan && !st.Extended && !j.s.Finished(st) {
				j.emit(Event{Kind: EvReplanned, Step: st.ID, Meeting: st.Held, Date: day})
				changed = true
			}
		}
		if !changed {
			return
		}
	}
}

// nextMeeting is the body's first meeting after a day that is not cancelled.
func (r *Registry) nextMeeting(unit UnitID, after Date) *Meeting {
	var next *Meeting
	for i := range r.Meetings {
		if m := &r.Meetings[i]; m.Unit == unit && m.Status != MeetingCancelled && m.Date > after && (next == nil || m.Date < next.Date) {
			next = m
		}
	}
	return next
}

// lastMeeting is the body's last meeting from one day through another that is not cancelled.
func (r *Registry) lastMeeting(unit UnitID, from, to Date) *Meeting {
	var last *Meeting
	for i := range r.Meetings {
		if m := &r.Meetings[i]; m.Unit == unit && m.Status != MeetingCancelled && within(m.Date, from, to) && (last == nil || m.Date > last.Date) {
			last = m
		}
	}
	return last
}
