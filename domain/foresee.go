package domain

import (
	"cmp"
	"slices"
)

// What is what might happen to a cycle: matters that come back, meetings that are moved, units that are late.
type What struct {
	Returned []StepID       // återremiss by a majority, the first time the matter is decided
	Minority []StepID       // återremiss by a third of KF
	Meetings []MovedMeeting // moved at once
	Late     []LateStep
}

// MovedMeeting is a meeting on another day.
type MovedMeeting struct {
	Meeting MeetingID
	Date    Date
}

// LateStep is a step on which nobody does anything until some days after its senast-dag.
type LateStep struct {
	Step StepID
	Days int
}

// Foresight is what would be otherwise.
type Foresight struct {
	Moved []Moved    `json:"moved"`
	Law   []LawSlack `json:"law"`
	Mails int        `json:"mails"` // that would be sent, and otherwise are not
}

// Moved is a day of a step that would be another. A day is "" when there is none.
type Moved struct {
	Step StepID `json:"step"`
	Unit UnitID `json:"unit"`
	What string `json:"what"` // "opens", "plan" or "legal"
	From Date   `json:"from"`
	To   Date   `json:"to"`
}

// LawSlack is a limit of the law that is touched, and how many days would be left of it; negative = it would be passed.
type LawSlack struct {
	Paragraph LawID  `json:"paragraph"`
	Step      StepID `json:"step"`
	SlackDays int    `json:"slack_days"`
}

// Foresee plays a cycle twice from the same start, as it is and as it would be, and tells what differs. Nothing of it is
// written down. The error is a *Refusal when the launch, or what might happen, is none.
func Foresee(l Launch, by PersonID, what What) (*Foresight, error) {
	return foresee(func() (*rehearsing, error) { return newRehearsal(l, by) }, what)
}

// ForeseeFrom does the same from the state that a cycle is in.
func ForeseeFrom(s *State, now Instant, what What) (*Foresight, error) {
	if s.Cycle == nil || s.Done {
		return nil, refuse(CodeCycleEnded, "Cykeln är avslutad, så inget i den kan bli annorlunda.")
	}
	return foresee(func() (*rehearsing, error) { return rehearsalFrom(s, now) }, what)
}

func foresee(start func() (*rehearsing, error), what What) (*Foresight, error) {
	as, err := start()
	if err != nil {
		return nil, err
	}
	from := as.s.Cycle.Clock.Date()
	as.play()
	would, err := start()
	if err != nil {
		return nil, err
	}
	if err := would.suppose(what); err != nil {
		return nil, err
	}
	would.play()
	f := &Foresight{Moved: []Moved{}, Law: []LawSlack{}}
	for _, m := range would.mails {
		if !as.mailed[m] {
			f.Mails++
		}
	}
	for i := range as.s.Cycle.Steps {
		f.compare(as, would, &as.s.Cycle.Steps[i], &would.s.Cycle.Steps[i], from)
	}
	slices.SortStableFunc(f.Law, func(a, b LawSlack) int { return cmp.Compare(a.SlackDays, b.SlackDays) })
	return f, nil
}

func (f *Foresight) compare(as, would *rehearsing, is, was *Step, from Date) {
	touched := false
	for _, d := range [...]struct {
		what     string
		from, to Date
	}{{"opens", as.last[is.ID], would.last[is.ID]}, {"plan", is.Plan, was.Plan}, {"legal", is.Legal, was.Legal}} {
		if d.from != d.to {
			touched = true
			f.Moved = append(f.Moved, Moved{Step: is.ID, Unit: is.Unit, What: d.what, From: d.from, To: d.to})
		}
	}
	before := Limits(as.s, is.ID)
	for _, l := range Limits(would.s, is.ID) {
		if l.Law == lawAdjusted || l.Law == lawPosted {
			continue // in a play the registrar is never late
		}
		if !touched && slices.Contains(before, l) {
			continue
		}
		done := l.Met
		if done == "" {
			done = from
		}
		f.Law = append(f.Law, LawSlack{Paragraph: l.Law, Step: is.ID, SlackDays: daysBetween(done, l.Date)})
	}
}

// suppose makes happen what happens at once, and remembers what happens when its time comes.
func (p *rehearsing) suppose(what What) error {
	what = What{Returned: p.named(what.Returned), Minority: p.named(what.Minority), Meetings: what.Meetings, Late: what.Late}
	p.what = &what
	for _, id := range slices.Concat(what.Returned, what.Minority) {
		if p.s.step(id) == nil {
			return refuse(CodeUnknownStep, "Det finns inget steg %q, eller flera. Skriv det som i cykeln, till exempel namndens-forslag/SN.", id)
		}
		if p.s.life(p.s.step(id)) != lifeBody {
			return refuse(CodeWrongAct, "%s beslutas inte av fullmäktige, styrelsen eller en nämnd, och kan inte återremitteras.", p.s.StepTitle(id))
		}
	}
	for _, id := range what.Minority {
		if p.s.Registry.Unit(p.s.actor(p.s.step(id))).Kind != KindCouncil {
			return refuse(CodeNoMinority, "%s: minoritetens rätt finns bara i fullmäktige (KL 5:50).", p.s.StepTitle(id))
		}
	}
	p.held = map[StepID]Date{}
	for _, l := range what.Late {
		st := p.s.step(l.Step)
		if st == nil {
			return refuse(CodeUnknownStep, "Det finns inget steg %q. Skriv enheten och steget, till exempel SN:namndens-forslag=10.", l.Step)
		}
		p.held[st.ID] = st.Plan.Add(l.Days)
	}
	for _, m := range what.Meetings {
		old := p.s.Registry.Meeting(m.Meeting)
		if old == nil {
			return refuse(CodeMeetingUnknown, "Det finns inget sammanträde %q i registret. Kontrollera id:t.", m.Meeting)
		}
		holders := p.s.Registry.Holders(RoleRegistrar, p.s.Registry.City, p.s.Cycle.Clock.Date())
		if len(holders) == 0 {
			return refuse(CodeRoleNotHeld, "Ingen är registeransvarig den dagen, så sammanträdet kan inte flyttas.")
		}
		moved := *old
		moved.Date, moved.Announced = m.Date, ""
		if err := p.give(Command{Kind: CmdMoveMeeting, Actor: holders[0].Person, NewMeeting: &moved, Text: TextRef(DigestOf([]byte("what if")))}); err != nil {
			return err
		}
	}
	return nil
}

// named lets steps be called by their definition alone.
func (p *rehearsing) named(ids []StepID) []StepID {
	named := slices.Clone(ids)
	for i, id := range named {
		if full, ok := p.s.Named(id); ok {
			named[i] = full
		}
	}
	return named
}

// Named finds a step by its id, or by its definition when there is one step of it.
func (s *State) Named(id StepID) (StepID, bool) {
	if s.step(id) != nil {
		return id, true
	}
	found, n := id, 0
	for _, st := range s.Cycle.Steps {
		if st.Def == string(id) {
			found = st.ID
			n++
		}
	}
	return found, n == 1
}

// asleep tells whether a step is one on which nobody does anything yet.
func (p *rehearsing) asleep(id StepID, today Date) bool { return p.held[id] > today }

// wake moves the clock to the next day on which somebody who was late begins, when that comes before anything else.
func (p *rehearsing) wake() bool {
	today := p.s.Cycle.Clock.Date()
	var next Date
	for _, t := range p.todo {
		if d := p.held[t.Step]; d > today && (next == "" || d < next) {
			next = d
		}
	}
	if due := NextDue(p.s, 0); next == "" || due != 0 && due.Date() < next {
		return false
	}
	p.s.Cycle.Clock = next.Start()
	p.look()
	return true
}

// instead changes what a body decides, the first time, when it is supposed to return the matter.
func (p *rehearsing) instead(c *Command) {
	if p.what == nil || c.Kind != CmdDecide || p.returned[c.Step] {
		return
	}
	class := ClassMajority
	switch {
	case slices.Contains(p.what.Minority, c.Step):
		class = ClassMinority
	case !slices.Contains(p.what.Returned, c.Step):
		return
	}
	p.returned[c.Step] = true
	c.Outcome, c.Text = OutcomeReturned, TextRef(DigestOf([]byte("what if")))
	if p.s.Rules < 3 || p.s.Registry.Unit(p.s.actor(p.s.step(c.Step))).Kind != KindCouncil {
		return
	}
	c.Record = &Record{Class: class}
	if class == ClassMinority {
		c.Record.Votes = &Votes{Present: 3, For: 1, Against: 2}
	}
}
