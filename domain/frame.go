package domain

import "fmt"

// Revision is a later decision of KF on what it decided: other frames (tilläggsbudget, ombudgetering) or other mål, from a
// day on. The first decision is version 1, the first revision version 2.
type Revision struct {
	No        int       `json:"no"`
	From      Date      `json:"from"`
	Date      Date      `json:"date"` // of the decision
	Meeting   MeetingID `json:"meeting"`
	Paragraph string    `json:"paragraph"`
	Seq       uint64    `json:"seq"`
	Financing TextRef   `json:"financing,omitempty"` // how it is paid for (KL 11:15), or why mål were changed
	Figures   []Figure  `json:"figures,omitempty"`   // those that are other than before, in full
	Aims      []Aim     `json:"aims,omitempty"`      // of the nämnder that get others, all of theirs
}

// Frame is the ekonomiska ram of a nämnd, and which version of KF's decision it stands in.
type Frame struct {
	Amount Money
	No     int
	From   Date // of a later version; "" = as first decided
}

func (f *Frame) words() string {
	if f.From == "" {
		return "fullmäktiges beslut"
	}
	return fmt.Sprintf("version %d av fullmäktiges beslut, från den %s", f.No, f.From.Swedish())
}

// Frame is the frame of a nämnd on a day of the budget year; before the year, on its first day. It is unknown as long as
// KF has decided none.
func (s *State) Frame(unit UnitID, on Date) (Frame, bool) {
	st, field := s.council(MeansFrame)
	if st == nil || !st.adopted() {
		return Frame{}, false
	}
	amount, known := figureOf(st.figures(), field.ID, unit)
	frame := Frame{Amount: amount, No: 1}
	for _, r := range st.inForce(s.inYear(on)) {
		if m, found := figureOf(r.Figures, field.ID, unit); found {
			frame, known = Frame{Amount: m, No: r.No, From: r.From}, true
		}
	}
	return frame, known
}

// inYear is the day, or the budget year's first when it is before that.
func (s *State) inYear(on Date) Date { return max(on, NewDate(s.Cycle.Year, 1, 1)) }

// inForce are the revisions that hold on a day, in order.
func (s *Step) inForce(on Date) (all []Revision) {
	for _, r := range s.Revisions {
		if r.From <= on {
			all = append(all, r)
		}
	}
	return all
}

// adopted tells whether a body has decided the step as proposed.
func (s *Step) adopted() bool { return s.Reached(StatusDecided) != 0 && s.Decision != nil }

// council is the step in which KF decides a figure for each nämnd, with its field; nil when the wheel has none.
func (s *State) council(m Meaning) (*Step, *FieldDef) {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if f := s.def(st).meaning(m, true); f != nil && s.Registry.Unit(s.actor(st)).Kind == KindCouncil {
			return st, f
		}
	}
	return nil, nil
}

// revise judges a later decision of KF on frames or mål (KL 11:15).
func (j *judge) revise(st *Step) error {
	def := j.s.def(st)
	frames, total := def.meaning(MeansFrame, true), def.meaning(MeansTotal, false)
	goals := def.kind(FieldGoals)
	if j.s.Registry.Unit(j.s.actor(st)).Kind != KindCouncil || frames == nil && goals == nil {
		return refuse(CodeWrongAct, "%s har varken ramar eller mål som fullmäktige har beslutat. Välj det steg där fullmäktige beslutade om dem.", j.title(st))
	}
	if !st.adopted() {
		return refuse(CodeNotNow, "%s är inte beslutat, så det finns inget att ändra. Ändra förslaget i stället.", j.title(st))
	}
	held, err := j.s.authorise(j.c.Actor, st, slotRegister, j.today)
	if err != nil {
		return err
	}
	m, err := j.atMeeting(st)
	if err != nil {
		return err
	}
	e := Event{Kind: EvRevised, Actor: j.c.Actor, Step: st.ID, Round: st.Round, Meeting: m.ID, Paragraph: j.c.Paragraph, Dnr: j.c.Dnr, Text: j.c.Text,
		From: j.c.From, VersionNo: len(st.Revisions) + 2,
		Evidence: &Evidence{Binding: held.Binding, Substitute: held.Substitute, Exclusion: held.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}}
	if e.Date, err = j.meetingDate(m); err != nil {
		return err
	}
	if e.Date < st.Decision.Date {
		return refuse(CodeDateBefore, "Den %s är före beslutet den %s. Rätta datumet.", e.Date.Swedish(), st.Decision.Date.Swedish())
	}
	if err := j.effective(st, e.From); err != nil {
		return err
	}
	if len(j.c.Figures)+len(j.c.Aims) == 0 {
		return refuse(CodeNothingChanged, "Inget har ändrats. Ange de ramar eller mål som blir andra.")
	}
	if e.Figures, err = j.checkFigures(st, j.c.Figures, false); err != nil {
		return err
	}
	if len(e.Figures) > 0 && e.Text == "" {
		return refuse(CodeFinancing, "En tilläggsbudget säger hur den ska finansieras (KL 11:15). Skriv finansieringen som den står i beslutet.")
	}
	if err := j.revisedSum(st, e, frames, total); err != nil {
		return err
	}
	if e.Aims, err = j.checkAims(st, j.c.Aims); err != nil {
		return err
	}
	for _, a := range e.Aims {
		if a.Preliminary {
			return refuse(CodeGoal, "En ändring beslutar om målen: de är inte längre preliminära. Ta bort märket.")
		}
	}
	j.emit(e)
	return nil
}

// effective judges from which day a revision holds: within the budget year, and not before one that is there.
func (j *judge) effective(st *Step, from Date) error {
	first, last := NewDate(j.s.Cycle.Year, 1, 1), NewDate(j.s.Cycle.Year, 12, 31)
	if from < first || from > last {
		return refuse(CodeDeadline, "Ändringen ska gälla från en dag under budgetåret, den %s till den %s. Rätta dagen.", first.Swedish(), last.Swedish())
	}
	if n := len(st.Revisions); n > 0 && from < st.Revisions[n-1].From {
		return refuse(CodeDateBefore, "Version %d gäller redan från den %s. En senare ändring kan inte gälla tidigare än den.", st.Revisions[n-1].No, st.Revisions[n-1].From.Swedish())
	}
	return nil
}

// revisedSum judges that the frames are the total also after a revision, and that it changes something.
func (j *judge) revisedSum(st *Step, e Event, frames, total *FieldDef) error {
	if len(e.Figures) == 0 || frames == nil {
		return nil
	}
	now := st.version(e.From)
	after, changed := now, false
	for _, f := range e.Figures {
		if f.ID != frames.ID && (total == nil || f.ID != total.ID) {
			return refuse(CodeUnknownField, "En tilläggsbudget ändrar ramar och totalen. Ta bort beloppet %s.", f.ID)
		}
		if old, found := figureOf(now, f.ID, f.Unit); !found || old != f.Amount {
			changed = true
		}
		after = with1(after, f)
	}
	if !changed {
		return refuse(CodeNothingChanged, "Beloppen är de som redan gäller. Inget har ändrats.")
	}
	if total == nil {
		return nil
	}
	return sameSum(after, frames, total)
}

// version is all of KF's figures on a day.
func (s *Step) version(on Date) []Figure {
	all := s.figures()
	for _, r := range s.inForce(on) {
		for _, f := range r.Figures {
			all = with1(all, f)
		}
	}
	return all
}

// with1 gives the figures with one of them as given.
func with1(figures []Figure, f Figure) []Figure {
	all := make([]Figure, 0, len(figures)+1)
	found := false
	for _, g := range figures {
		if g.ID == f.ID && g.Unit == f.Unit {
			g, found = f, true
		}
		all = append(all, g)
	}
	if !found {
		all = append(all, f)
	}
	return all
}

// measured is which version of KF's decision holds on a day: what a follow-up of that day is measured against. 0 = none.
func (s *State) measured(on Date) (no int, from Date) {
	st, _ := s.council(MeansFrame)
	if st == nil {
		st = s.councilGoals()
	}
	if st == nil || !st.adopted() {
		return 0, ""
	}
	no = 1
	for _, r := range st.inForce(s.inYear(on)) {
		no, from = r.No, r.From
	}
	return no, from
}
