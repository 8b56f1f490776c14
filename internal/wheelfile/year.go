package wheelfile

import (
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
)

// Propose proposes meetings by rule for the months of a year in which a unit has none among those that are known.
type Propose func(units []domain.Unit, known []domain.Meeting, year int) []domain.Meeting

// CheckYear tells what the calendar makes of the wheel in the cycle of a budget year. The error is [Errors] with what would
// stop the launch; the remarks are what a person should know and may be right. Without an organisation (nil) the meetings
// of every body are those that propose gives.
func CheckYear(w *File, o *Organisation, year int, propose Propose) (remarks Errors, err error) {
	c := &yearCheck{file: w, root: w.tree(), wheel: &w.Wheel, year: year, wrong: &faults{file: w.name}, remarks: &faults{file: w.name}, proposed: map[domain.MeetingID]bool{}}
	if c.known = o != nil; c.known {
		c.registry = o.Registry
	} else {
		c.registry = standIn(&w.Wheel)
	}
	c.calendar(propose)
	for _, split := range []bool{false, true} {
		if split && len(c.chosen(true)) == len(c.chosen(false)) {
			break // nothing is split in this year
		}
		if !c.launch(split) {
			return nil, c.wrong.err()
		}
		for i := range c.steps {
			c.step(&c.steps[i])
		}
	}
	c.tell()
	c.standing()
	if !c.known {
		c.remarks.add(pos{}, "ingen organisation är given, så sammanträdesdagarna är förslag enligt regel. Ange organisationsfilen för att räkna med de riktiga.")
	}
	if err := c.wrong.err(); err != nil {
		return c.remarks.sorted(), err
	}
	return c.remarks.sorted(), nil
}

type yearCheck struct {
	file     *File
	root     *node // of the file
	wheel    *domain.Wheel
	registry domain.Registry
	known    bool // the registry is an organisation's, and no stand-in
	year     int
	steps    []domain.Step
	proposed map[domain.MeetingID]bool // meetings that are proposals of ours
	found    []found
	wrong    *faults
	remarks  *faults
}

// found is something about a step; the same of several units is told once.
type found struct {
	at     pos
	remark bool
	text   string // with %s where the unit stands
	units  []string
}

// chosen lists the optional steps of the year's cycle, those that split a matter only when asked for.
func (c *yearCheck) chosen(split bool) (with []string) {
	for _, def := range c.wheel.Steps {
		splits := slices.ContainsFunc(c.wheel.Steps, func(d domain.StepDef) bool { return d.Apart.Step == def.ID })
		if def.Optional && def.Made(c.year) && (split || !splits) {
			with = append(with, def.ID)
		}
	}
	return with
}

// calendar gives every body its meetings.
func (c *yearCheck) calendar(propose Propose) {
	r := &c.registry
	r.Meetings = slices.Clone(r.Meetings)
	for y := c.year - 2; y <= c.year+1; y++ {
		for _, m := range propose(r.Units, r.Meetings, y) {
			r.Meetings = append(r.Meetings, m)
			c.proposed[m.ID] = true
		}
	}
}

// launch makes the steps of the cycle as a launch in that year would.
func (c *yearCheck) launch(split bool) bool {
	r := c.registry
	start := domain.NewDate(c.year-2, 12, 1)
	begins := domain.Date("")
	for i, u := range r.Units {
		if i == 0 || u.From < begins {
			begins = u.From
		}
	}
	start = max(start, begins)
	r.Bindings = append(slices.Clone(r.Bindings), domain.Binding{Number: r.Issued + 1, Person: "p-arshjul-check", Role: domain.RoleLauncher, Unit: r.City, From: start})
	s := domain.NewState(domain.ExerciseStream(c.wheel.Kommun, c.year, 1))
	events, err := domain.Decide(s, domain.Command{ID: "check", Kind: domain.CmdLaunch, Actor: "p-arshjul-check", Launch: &domain.Launch{
		Kommun: c.wheel.Kommun, Year: c.year, Exercise: 1, Start: start, With: c.chosen(split), Wheel: *c.wheel, Registry: r}}, 0)
	if err != nil {
		c.wrong.add(pos{}, "en cykel för %d går inte att starta. %s", c.year, err)
		return false
	}
	c.steps = events[0].Launched.Steps
	return true
}

// step looks at one step's days.
func (c *yearCheck) step(st *domain.Step) {
	i := indexOf(c.wheel, st.Def)
	def := &c.wheel.Steps[i]
	at := c.root.at("steg", i, "när", max(st.Occurrence-1, 0))
	rule := deadlines(def)[max(st.Occurrence-1, 0)]
	if st.Election {
		at, rule = c.root.at("steg", i, "när i valår"), def.InElection
	}
	if st.Apart {
		at, rule = c.root.at("steg", i, "om valt", "när"), def.Apart.Plan
	}
	if rule.Kind == domain.RuleMeeting {
		c.meeting(st, def, at, rule)
	}
	if st.Legal != "" && st.Plan > st.Legal {
		c.find(at, st, false, "senast-dagen%s blir den %s, efter lagens gräns den %s (%s). Välj en tidigare dag.", st.Plan.Swedish(), st.Legal.Swedish(), string(def.Legal))
	}
	if def.Legal == "KL 11:10" && domain.ElectionYear(c.year-1) && st.Plan < domain.NewDate(c.year-1, 10, 15) {
		c.find(at, st, false, "%s%d är valår, och budgeten ska fastställas av det nyvalda fullmäktige, som tillträder den 15 oktober (KL 5:9, 11:10). Välj ett sammanträde från den dagen till den 30 november.", c.year-1)
	}
	if st.Opens > st.Plan {
		c.find(c.root.at("steg", i, "öppnar", max(st.Occurrence-1, 0)), st, false, "steget%s öppnar den %s, efter senast-dagen den %s. Välj en tidigare dag, eller flytta senast-dagen.", st.Opens.Swedish(), st.Plan.Swedish())
	}
	if st.Occurrence > 1 && c.before(st).Plan > st.Plan {
		c.find(at, st, false, "gång %d%s ska vara klar den %s, före gången innan. Skriv dagarna i ordning.", st.Plan.Swedish())
	}
	c.needs(st, def, i)
}

// before is the time that precedes a step's.
func (c *yearCheck) before(st *domain.Step) *domain.Step {
	at := st.Occurrence - 1
	if at == 1 {
		at = 0
	}
	i := slices.IndexFunc(c.steps, func(t domain.Step) bool { return t.Def == st.Def && t.Unit == st.Unit && t.Occurrence == at })
	return &c.steps[i]
}

// needs remarks on steps that are due before what they wait for.
func (c *yearCheck) needs(st *domain.Step, def *domain.StepDef, i int) {
	for k, n := range def.Needs {
		late := domain.Date("")
		for _, ref := range st.Needs {
			if j := slices.IndexFunc(c.steps, func(t domain.Step) bool { return t.ID == ref.Step }); c.steps[j].Def == n.Step {
				late = max(late, c.steps[j].Plan)
			}
		}
		if late > st.Plan && (n.For == 0 || n.For == max(st.Occurrence, 1)) {
			c.find(c.root.at("steg", i, "behöver", k), st, true, "steget%s ska vara klart den %s men väntar på %s, som inte behöver vara klart förrän den %s.", st.Plan.Swedish(), n.Step, late.Swedish())
		}
	}
}

// meeting remarks on a rule that finds no meeting of the body that month.
func (c *yearCheck) meeting(st *domain.Step, def *domain.StepDef, at pos, r domain.Rule) {
	body := r.Unit
	if body == "" {
		if body = def.Body; body == "" {
			body = st.Unit
		}
	}
	unit := c.registry.Unit(body)
	month := string(domain.NewDate(c.year+r.Year, r.Month, 1)[:len("2027-02")])
	for _, m := range c.registry.Meetings {
		if m.Unit == body && m.Status != domain.MeetingCancelled && strings.HasPrefix(string(m.Date), month) {
			if c.known && c.proposed[m.ID] {
				c.findOf(at, unit.Name, true, fmt.Sprintf("%%s har inget sammanträde i %s. Här räknas med ett förslag enligt regel, den %s. Lägg in den riktiga dagen.", monthYear(m.Date), m.Date.Swedish()))
			}
			return
		}
	}
	c.findOf(at, unit.Name, false, fmt.Sprintf("%%s har inget sammanträde i %s, och ingen regel föreslår något. Välj en annan månad, eller lägg in dagen i organisationen.", monthYear(domain.NewDate(c.year+r.Year, r.Month, 1))))
}

func monthYear(d domain.Date) string {
	_, my, _ := strings.Cut(d.Swedish(), " ")
	return my
}

// find notes something about a step. The first %s of the text is where " för Socialnämnden" goes; a %d before it is the
// occurrence.
func (c *yearCheck) find(at pos, st *domain.Step, remark bool, text string, args ...any) {
	unit := ""
	if def := c.wheel.Def(st.Def); def.Scope != domain.ScopeCity {
		if u := c.registry.Unit(st.Unit); u != nil {
			unit = u.Name
		}
	}
	if head, _, _ := strings.Cut(text, "%s"); strings.Contains(head, "%d") {
		args = append([]any{max(st.Occurrence, 1), "\x00"}, args...)
	} else {
		args = append([]any{"\x00"}, args...)
	}
	text = strings.Replace(fmt.Sprintf(text, args...), "\x00", "%s", 1)
	c.findOf(at, unit, remark, text)
}

func (c *yearCheck) findOf(at pos, unit string, remark bool, text string) {
	for i := range c.found {
		if f := &c.found[i]; f.at == at && f.text == text && f.remark == remark {
			if !slices.Contains(f.units, unit) {
				f.units = append(f.units, unit)
			}
			return
		}
	}
	c.found = append(c.found, found{at, remark, text, []string{unit}})
}

// tell gives each finding once, with the first unit it is of and how many more.
func (c *yearCheck) tell() {
	for _, f := range c.found {
		who := f.units[0]
		if more := len(f.units) - 1; more > 0 {
			who += fmt.Sprintf(" och %d till", more)
		}
		if who != "" && !strings.HasPrefix(f.text, "%s") {
			who = " för " + who
		}
		to := c.wrong
		if f.remark {
			to = c.remarks
		}
		to.add(f.at, "%s", strings.Replace(f.text, "%s", who, 1))
	}
}

// standing remarks on standing documents that do not hold in the budget year.
func (c *yearCheck) standing() {
	first, last := domain.NewDate(c.year, 1, 1), domain.NewDate(c.year, 12, 31)
	for i, d := range c.file.Standing {
		switch {
		case d.To != "" && d.To < first:
			c.remarks.add(c.root.at("stående handlingar", i, "till"), "%s gäller till den %s, före budgetåret %d. Lägg in den som gäller då.", d.Title, d.To.Swedish(), c.year)
		case d.From > last:
			c.remarks.add(c.root.at("stående handlingar", i, "från"), "%s gäller från den %s, efter budgetåret %d.", d.Title, d.From.Swedish(), c.year)
		}
	}
}

// standIn is an organisation with one unit of each kind that the wheel speaks of.
func standIn(w *domain.Wheel) domain.Registry {
	marks := map[domain.Scope][]string{}
	for _, def := range w.Steps {
		if def.Group != "" && !slices.Contains(marks[def.Scope], def.Group) {
			marks[def.Scope] = append(marks[def.Scope], def.Group)
		}
	}
	r := domain.Registry{Kommun: w.Kommun, City: w.City, Units: []domain.Unit{
		{ID: w.City, Kind: domain.KindAdministration, Name: string(w.City), Groups: marks[domain.ScopeAdministration]},
		{ID: "NAMND", Kind: domain.KindBoard, Name: "en nämnd", ServedBy: w.City, Groups: marks[domain.ScopeBoard]},
		{ID: "BOLAG", Kind: domain.KindCompany, Name: "ett bolag", ServedBy: w.City, Groups: marks[domain.ScopeCompany]},
	}}
	add := func(id domain.UnitID, kind domain.UnitKind) {
		switch id {
		case "KF":
			kind = domain.KindCouncil
		case "KS":
			kind = domain.KindExecutive
		}
		if id != "" && r.Unit(id) == nil {
			r.Units = append(r.Units, domain.Unit{ID: id, Kind: kind, Name: string(id), ServedBy: w.City})
		}
	}
	for i := range w.Steps {
		for _, rule := range deadlines(&w.Steps[i]) {
			add(rule.Unit, domain.KindBoard)
		}
	}
	for i := range w.Steps {
		add(w.Steps[i].Body, domain.KindPresidium)
	}
	return r
}
