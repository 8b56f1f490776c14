package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Level says how much a finding weighs: an error stops a launch, a warning is shown.
type Level string

// The levels.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Finding is something that rehearsal noticed.
type Finding struct {
	Code  string `json:"code"`
	Level Level  `json:"level"`
	Step  StepID `json:"step,omitempty"`
	Unit  UnitID `json:"unit,omitempty"`
	Text  string `json:"text"` // in Swedish: what, where and how to mend it
}

// The findings.
const (
	FindingNoHolder   = "no_holder"     // nobody may do what the cycle will wait for
	FindingNoUnit     = "unknown_unit"  // the wheel names a unit that the registry does not have
	FindingNeverOpens = "never_opens"   // a gate that cannot open
	FindingNeverDone  = "never_done"    // a step that did not come to its end
	FindingElection   = "election_year" // an ordinary wheel in an election year
	FindingMandate    = "mandate"       // förtroendevalda whose mandate ends while the cycle runs
	FindingClosed     = "closed_day"    // a plan day on which the offices are closed
	FindingLegal      = "legal_risk"    // done or planned close to, or after, the law's limit
	FindingPlanLate   = "late"          // done after its plan day although everybody was in time
	FindingProposed   = "meeting_proposed"
	FindingNoMeeting  = "no_meeting"
	FindingCrowded    = "same_day" // many steps due the same day for one unit
)

// RehearsedStep is how one step went.
type RehearsedStep struct {
	ID         StepID `json:"id"`
	Unit       UnitID `json:"unit"`
	Occurrence int    `json:"occurrence"`
	Opens      Date   `json:"opens"` // the day it opened; "" = never
	Plan       Date   `json:"plan"`
	Legal      Date   `json:"legal"`
	Done       Date   `json:"done"` // "" = never
}

// Load is how many tasks wait for a person in a week.
type Load struct {
	Person PersonID `json:"person"`
	Week   Date     `json:"week"` // its Monday
	Tasks  int      `json:"tasks"`
}

// RehearsedRole is a role that the cycle will wait for, and who holds it then, holders and substitutes.
type RehearsedRole struct {
	Role   RoleID     `json:"role"`
	Unit   UnitID     `json:"unit"` // where it is held
	Step   StepID     `json:"step"` // the first that waits for it with these holders
	Day    Date       `json:"day"`
	People []PersonID `json:"people"`
}

// Rehearsal is a whole cycle played in memory by simulated officials who do what they can at once.
type Rehearsal struct {
	Year     int             `json:"year"`
	Wheel    string          `json:"wheel"`
	Events   int             `json:"events"`
	Mails    int             `json:"mails"`
	Steps    []RehearsedStep `json:"steps"`
	Roles    []RehearsedRole `json:"roles,omitempty"`
	Load     []Load          `json:"load,omitempty"`
	Findings []Finding       `json:"findings"`
}

// Errors lists the findings that stop a launch.
func (r *Rehearsal) Errors() []Finding {
	var errs []Finding
	for _, f := range r.Findings {
		if f.Level == LevelError {
			errs = append(errs, f)
		}
	}
	return errs
}

// Rehearse plays what the launch would start, from its first day to its end. It is an exercise in memory: the same rules,
// the same clock, nobody told. The error is a *Refusal when the launch itself is refused.
func Rehearse(l Launch, by PersonID) (*Rehearsal, error) {
	p, err := newRehearsal(l, by)
	if err != nil {
		return nil, err
	}
	p.beforehand()
	p.play()
	p.afterwards()
	p.report.Mails = len(p.mailed)
	return p.report, nil
}

// newRehearsal launches a cycle in memory.
func newRehearsal(l Launch, by PersonID) (*rehearsing, error) {
	l.Exercise = max(l.Exercise, 1)
	if l.Start == "" {
		l.Start = NewDate(l.Year-2, 12, 1)
	}
	p := rehearse(NewState(ExerciseStream(l.Kommun, l.Year, l.Exercise)), by)
	p.launch, p.report = &l, &Rehearsal{Year: l.Year, Wheel: l.Wheel.Name, Findings: []Finding{}}
	if err := p.give(Command{Kind: CmdLaunch, Actor: by, Launch: &l}); err != nil {
		return nil, err
	}
	return p, nil
}

// rehearsalFrom goes on in memory from where a cycle is.
func rehearsalFrom(s *State, now Instant) (*rehearsing, error) {
	s = s.clone()
	s.Cycle.Clock = s.Clock(now)
	s.Cycle.Exercise = max(s.Cycle.Exercise, 1)
	holders := s.Registry.Holders(RoleLauncher, s.Registry.City, s.Cycle.Clock.Date())
	if len(holders) == 0 {
		return nil, refuse(CodeRoleNotHeld, "Ingen är cykelansvarig den %s. Lägg in rollen i registret.", s.Cycle.Clock.Date().Swedish())
	}
	p := rehearse(s, holders[0].Person)
	p.report = &Rehearsal{Year: s.Cycle.Year, Wheel: s.Cycle.Wheel.Name}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		p.last[st.ID] = st.dateOf(StatusOpen)
	}
	p.look()
	return p, nil
}

func rehearse(s *State, by PersonID) *rehearsing {
	return &rehearsing{by: by, s: s, opened: map[StepID]Date{}, last: map[StepID]Date{}, done: map[StepID]Date{}, stuck: map[StepID]bool{},
		mailed: map[mailing]bool{}, lacks: map[UnitID]bool{}, returned: map[StepID]bool{}}
}

// rehearsing is a rehearsal under way.
type rehearsing struct {
	launch *Launch
	by     PersonID
	s      *State
	n      int // commands given
	report *Rehearsal
	opened map[StepID]Date // the first time
	last   map[StepID]Date // when it opened last
	done   map[StepID]Date
	stuck  map[StepID]bool // steps that nobody may take further
	mailed map[mailing]bool
	mails  []mailing       // the same, in order
	lacks  map[UnitID]bool // units that the registry does not have, told of already
	awaits Waits           // as of now
	todo   []Task          // what of it can be done

	// Of foresee: what is supposed, the steps on which nobody does anything before a day, and what was returned.
	what     *What
	held     map[StepID]Date
	returned map[StepID]bool
}

// mailing is one mail: what a person is told on a day, or by itself when it is urgent.
type mailing struct {
	person PersonID
	day    Date
	urgent uint64 // the last entry of the command or tick that caused it; 0 = the day's mail
}

func (p *rehearsing) give(c Command) error {
	p.n++
	c.ID = fmt.Sprint(p.n)
	events, err := Decide(p.s, c, 0)
	if err != nil {
		return err
	}
	p.report.Events += len(events)
	for i := range events {
		if err := Apply(p.s, events[i]); err != nil {
			panic("domain: an event of our own does not apply: " + err.Error())
		}
		p.note(&events[i])
	}
	before := p.awaits
	p.look()
	for _, n := range p.s.notices(before, p.awaits, events) {
		m := mailing{person: n.Person, day: n.Day}
		if n.Urgent {
			m.urgent = p.s.Seq
		}
		if !p.mailed[m] {
			p.mailed[m] = true
			p.mails = append(p.mails, m)
		}
	}
	p.s.Answered = nil // nobody asks twice
	if p.s.Size > maxState/2 {
		p.s.Measure() // as a workflow does when its next run begins
	}
	return nil
}

// look sees what waits for people now.
func (p *rehearsing) look() {
	p.awaits = Awaited(p.s)
	p.todo = p.awaits.now()
}

func (p *rehearsing) note(e *Event) {
	if e.Step == "" {
		return
	}
	day := e.At.Date()
	if e.Kind == EvOpened && p.opened[e.Step] == "" {
		p.opened[e.Step] = day
	}
	if e.Kind == EvOpened || e.Kind == EvReopened && e.Need == "" {
		p.last[e.Step] = day
	}
	switch finished := p.s.Finished(p.s.step(e.Step)); {
	case !finished:
		delete(p.done, e.Step)
	case p.done[e.Step] == "":
		p.done[e.Step] = day
	}
}

func (p *rehearsing) find(level Level, code string, st *Step, format string, args ...any) {
	f := Finding{Code: code, Level: level, Text: fmt.Sprintf(format, args...)}
	if st != nil {
		f.Step, f.Unit = st.ID, st.Unit
	}
	p.report.Findings = append(p.report.Findings, f)
}

// play does everything that people can do, and moves the clock when they can do nothing more.
func (p *rehearsing) play() {
	for !p.s.Done {
		if p.work() || p.wake() {
			continue
		}
		if err := p.give(Command{Kind: CmdAdvance, Actor: p.by}); err != nil {
			return // nothing is due, and nobody can do anything: what is left never will be
		}
	}
}

// work lets people do what waits for them today, and tells whether anything was done.
func (p *rehearsing) work() bool {
	worked := false
	today := p.s.Cycle.Clock.Date()
	for _, t := range p.todo {
		if t.Command == CmdProceed || p.stuck[t.Step] && t.Command != CmdConfirmMeeting || p.asleep(t.Step, today) {
			continue
		}
		if p.what != nil && !slices.Contains(p.todo, t) {
			continue // what somebody did before it today has changed it
		}
		st := p.s.step(t.Step)
		actor := p.holder(t, st, today)
		if actor == "" {
			if t.Command != CmdConfirmMeeting {
				p.stuck[t.Step] = true
			}
			p.find(LevelError, FindingNoHolder, st, "%s: ingen kan göra %q. Rollen %s i %s behöver någon som har den den %s%s. Lägg in rollen i registret.",
				p.s.StepTitle(st.ID), Row(t.Command).Says, p.s.roleTitle(t.Role), p.s.Registry.unitName(t.Unit), today.Swedish(), second(t))
			continue
		}
		if (t.Command == CmdDecide || t.Command == CmdReport) && st.Held == "" {
			p.stuck[t.Step] = true
			p.find(LevelError, FindingNoMeeting, st, "%s: %s har inget sammanträde i registret att ta upp det vid. Lägg in ett.",
				p.s.StepTitle(st.ID), p.s.Registry.unitName(p.s.actor(st)))
			continue
		}
		p.count(actor, today)
		c := p.act(t, st, actor)
		p.instead(&c)
		if err := p.give(c); err != nil {
			p.stuck[t.Step] = true
			p.find(LevelError, FindingNeverDone, st, "%s: %v", p.s.StepTitle(st.ID), err)
			continue
		}
		worked = true
	}
	return worked
}

// count notes that a task waited for a person in a week.
func (p *rehearsing) count(person PersonID, d Date) {
	monday := d.Add(-(int(d.Weekday()) + 6) % 7)
	for i := range p.report.Load {
		if l := &p.report.Load[i]; l.Person == person && l.Week == monday {
			l.Tasks++
			return
		}
	}
	p.report.Load = append(p.report.Load, Load{Person: person, Week: monday, Tasks: 1})
}

// afterwards tells how each step went.
func (p *rehearsing) afterwards() {
	c := p.s.Cycle
	for i := range c.Steps {
		st := &c.Steps[i]
		p.report.Steps = append(p.report.Steps, RehearsedStep{ID: st.ID, Unit: st.Unit, Occurrence: max(st.Occurrence, 1),
			Opens: p.opened[st.ID], Plan: st.Plan, Legal: st.Legal, Done: p.done[st.ID]})
		if st.Status.fallen() {
			continue
		}
		switch done := p.done[st.ID]; {
		case done == "" && st.Status == StatusWaiting:
			p.find(LevelError, FindingNeverOpens, st, "%s öppnar aldrig. %s", p.s.StepTitle(st.ID), p.waits(st))
		case done == "" && !p.stuck[st.ID]:
			p.find(LevelError, FindingNeverDone, st, "%s blir aldrig klart: det stannar som %s.", p.s.StepTitle(st.ID), st.Status.Swedish())
		case done != "" && st.Legal != "" && done > st.Legal:
			p.find(LevelError, FindingLegal, st, "%s blir klart den %s, efter lagens gräns den %s (%s). Flytta sammanträdet eller senast-dagen.",
				p.s.StepTitle(st.ID), done.Swedish(), st.Legal.Swedish(), p.s.def(st).LawOf(st.Legal, p.s.Cycle.Year))
		case done > st.Plan:
			p.find(LevelWarning, FindingPlanLate, st, "%s blir klart den %s fast senast-dagen är den %s, även om alla gör sitt i tid. Se över dagarna.",
				p.s.StepTitle(st.ID), done.Swedish(), st.Plan.Swedish())
		}
	}
}

func (p *rehearsing) waits(st *Step) string {
	_, missing := p.s.gate(st)
	titles := make([]string, len(missing))
	for i, n := range missing {
		titles[i] = p.s.StepTitle(n.Step)
	}
	slices.Sort(titles)
	if len(titles) > 5 {
		titles = append(titles[:5], fmt.Sprintf("och %d till", len(titles)-5))
	}
	return "Det väntar på: " + strings.Join(titles, "; ") + "."
}
