package domain

import (
	"slices"
	"strings"
)

// FieldKind says what a field holds. "" is a text.
type FieldKind string

// The kinds of field besides texts.
const (
	FieldAmount    FieldKind = "belopp"     // an amount of money
	FieldDirection FieldKind = "inriktning" // the inriktning of a nämnd; a text of the nämnd's own, or one for each nämnd
	FieldGoals     FieldKind = "mal"        // mål of a nämnd, or of each
)

// Meaning says which figure an amount is, so that the rules can compare it with others. "" = it is only kept and shown.
type Meaning string

// The meanings. A frame for each nämnd in KF's decision is what was decided, in KS' proposal what is proposed, and in the
// nämnd's own what it asked for.
const (
	MeansFrame    Meaning = "ram"          // ekonomisk ram
	MeansTotal    Meaning = "total"        // what the frames are together
	MeansInternal Meaning = "internbudget" // the nämnd's own budget: all of them together are exactly its frame
	MeansForecast Meaning = "prognos"      // helårsprognos
	MeansOutcome  Meaning = "utfall"       // what was used
)

// Figure is an amount for one of the step's fields. Unit is the nämnd, when the field has one amount for each.
type Figure struct {
	ID     string `json:"id"`
	Unit   UnitID `json:"unit,omitempty"`
	Amount Money  `json:"amount,omitempty"`
}

// figureOf finds an amount.
func figureOf(figures []Figure, id string, unit UnitID) (Money, bool) {
	for _, f := range figures {
		if f.ID == id && f.Unit == unit {
			return f.Amount, true
		}
	}
	return 0, false
}

// meaning finds the step's field of amounts that means something: one for each nämnd, or one.
func (d *StepDef) meaning(m Meaning, perBoard bool) *FieldDef {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Kind == FieldAmount && f.Means == m && f.PerBoard == perBoard {
			return f
		}
	}
	return nil
}

// kind finds the step's field of a kind, or nil.
func (d *StepDef) kind(k FieldKind) *FieldDef {
	for i := range d.Fields {
		if d.Fields[i].Kind == k {
			return &d.Fields[i]
		}
	}
	return nil
}

// IsText tells whether the field is filled in with a text.
func (f *FieldDef) IsText() bool { return f.Kind == "" || f.Kind == FieldDirection && !f.PerBoard }

// boards are the nämnder that a step tells figures of: all of them, those that the förvaltning serves, or the step's own.
func (s *State) boards(st *Step) (units []UnitID) {
	def := s.def(st)
	for i := range s.Registry.Units {
		u := &s.Registry.Units[i]
		if !inScope(u, ScopeBoard) || !u.Active(s.Now.Date()) {
			continue
		}
		if def.Scope == ScopeCity || u.ID == st.Unit || def.Scope == ScopeAdministration && s.Registry.servedBy(u.ID) == st.Unit {
			units = append(units, u.ID)
		}
	}
	return units
}

// WantedFigure is an amount that a submission must or may carry, for which nämnd, and what other figures say it should be.
type WantedFigure struct {
	FieldDef
	Unit    UnitID
	Suggest Money
	Known   bool // Suggest is known
}

// WantedFigures lists the amounts that a step asks for, in the wheel's order and then the nämnder's. What the rules know
// already is suggested: that nobody need write a figure anew that another has decided.
func WantedFigures(s *State, id StepID) (wanted []WantedFigure) {
	st := s.step(id)
	if st == nil || s.Rules < 3 {
		return nil
	}
	for _, f := range s.def(st).Fields {
		if f.Kind != FieldAmount {
			continue
		}
		units := []UnitID{""}
		if f.PerBoard {
			units = s.boards(st)
		}
		for _, u := range units {
			w := WantedFigure{FieldDef: f, Unit: u}
			w.Suggest, w.Known = s.suggest(st, &f, u)
			wanted = append(wanted, w)
		}
	}
	return wanted
}

// suggest is what a figure should be, by what was submitted or decided before it: what this step's own version says, what
// KS proposed to KF and the nämnd asked of KS, and the frame for all that is later compared with it.
func (s *State) suggest(st *Step, f *FieldDef, unit UnitID) (Money, bool) {
	if st.Submission != nil {
		if m, found := figureOf(st.Submission.Figures, f.ID, unit); found {
			return m, true
		}
	}
	switch f.Means {
	case MeansFrame:
		if !f.PerBoard {
			return 0, false
		}
		if s.Registry.Unit(s.actor(st)).Kind == KindCouncil {
			if m, found := s.proposed(unit); found {
				return m, true
			}
		}
		if asked := s.asked(unit); asked != nil {
			return figureOf(asked.figures(), s.def(asked).meaning(MeansFrame, false).ID, "")
		}
	case MeansTotal:
		field := s.def(st).meaning(MeansFrame, true)
		if field == nil {
			return 0, false
		}
		var sum Money
		for _, u := range s.boards(st) {
			m, found := s.suggest(st, field, u)
			if !found {
				return 0, false
			}
			sum += m
		}
		return sum, true
	case MeansInternal, MeansForecast:
		if unit == "" {
			unit = st.Unit
		}
		frame, found := s.Frame(unit, s.Now.Date())
		return frame.Amount, found
	}
	return 0, false
}

// figures are those of the step's decision, or else of its version.
func (s *Step) figures() []Figure {
	if s.Decision != nil && len(s.Decision.Figures) > 0 {
		return s.Decision.Figures
	}
	if s.Submission == nil {
		return nil
	}
	return s.Submission.Figures
}

// proposed is the frame that KS proposes for a nämnd.
func (s *State) proposed(unit UnitID) (Money, bool) {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if f := s.def(st).meaning(MeansFrame, true); f != nil && s.Registry.Unit(s.actor(st)).Kind == KindExecutive && st.Reached(StatusDecided) != 0 {
			return figureOf(st.figures(), f.ID, unit)
		}
	}
	return 0, false
}

// asked is the step in which a nämnd says what frame it asks for, when the nämnd has decided it, or nil.
func (s *State) asked(unit UnitID) *Step {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if st.Unit == unit && s.def(st).meaning(MeansFrame, false) != nil && st.Reached(StatusDecided) != 0 && st.Decision != nil {
			return st
		}
	}
	return nil
}

// checkFigures judges the form of the amounts that a version or a decision carries, and gives them in the wheel's order, so
// that the order of a form makes no other version. Whole = every required amount is there.
func (j *judge) checkFigures(st *Step, figures []Figure, whole bool) ([]Figure, error) {
	def := j.s.def(st)
	sorted := slices.Clone(figures)
	place := func(f Figure) int {
		return slices.IndexFunc(def.Fields, func(d FieldDef) bool { return d.ID == f.ID && d.Kind == FieldAmount })
	}
	for i, f := range figures {
		at := place(f)
		if at < 0 {
			return nil, refuse(CodeUnknownField, "%s har inget belopp %q. Ta bort det.", def.Title, f.ID)
		}
		field := &def.Fields[at]
		switch u := j.s.Registry.Unit(f.Unit); {
		case f.Amount > MaxMoney || f.Amount < -MaxMoney:
			return nil, refuse(CodeMoney, "%s: beloppet är mer än en kommun har. Kontrollera enheten.", field.Title)
		case field.PerBoard && f.Unit == "":
			return nil, refuse(CodeMoney, "%s anges för varje nämnd. Ange vilken nämnd beloppet %s gäller.", field.Title, f.Amount.Swedish())
		case !field.PerBoard && f.Unit != "":
			return nil, refuse(CodeMoney, "%s är ett enda belopp. Ta bort enheten %s.", field.Title, f.Unit)
		case f.Unit != "" && u == nil:
			return nil, refuse(CodeUnitUnknown, "Det finns ingen enhet %q. Kontrollera vilken nämnd beloppet gäller.", f.Unit)
		case f.Unit != "" && def.Scope != ScopeCity && !slices.Contains(j.s.boards(st), f.Unit):
			return nil, refuse(CodeMoney, "%s gäller inte %s. Ta bort beloppet.", j.title(st), u.Name)
		case slices.ContainsFunc(figures[:i], func(g Figure) bool { return g.ID == f.ID && g.Unit == f.Unit }):
			return nil, refuse(CodeMoney, "%s%s står två gånger. Ta bort det ena beloppet.", field.Title, j.s.ofUnit(f.Unit))
		}
	}
	slices.SortFunc(sorted, func(a, b Figure) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(string(a.Unit), string(b.Unit))
	})
	for _, w := range WantedFigures(j.s, st.ID) {
		if _, found := figureOf(figures, w.ID, w.Unit); whole && w.Required && !found {
			return nil, refuse(CodeFieldMissing, "%s%s är inte ifyllt. Fyll i beloppet; noll är också ett belopp.", w.Title, j.s.ofUnit(w.Unit))
		}
	}
	return sorted, nil
}

func (s *State) ofUnit(unit UnitID) string {
	if unit == "" {
		return ""
	}
	return " för " + s.Registry.unitName(unit)
}

// checkSums judges that figures which should be the same are: KF's frames and its total, a nämnd's internbudget and its
// frame. Negative and zero are amounts like others (KL 11:7).
func (j *judge) checkSums(st *Step, figures []Figure) error {
	def := j.s.def(st)
	if frames, total := def.meaning(MeansFrame, true), def.meaning(MeansTotal, false); frames != nil && total != nil {
		if err := sameSum(figures, frames, total); err != nil {
			return err
		}
	}
	if def.meaning(MeansInternal, false) == nil {
		return nil
	}
	sum, some := Money(0), false
	for _, f := range figures {
		for _, d := range def.Fields {
			if d.ID == f.ID && d.Means == MeansInternal {
				sum, some = sum+f.Amount, true
			}
		}
	}
	frame, known := j.s.Frame(st.Unit, j.today)
	if some && known && sum != frame.Amount {
		return refuse(CodeSum, "%s är %s, men ramen som gäller för %s är %s (%s). Skillnaden är %s: internbudgeten ska vara exakt ramen.",
			j.title(st), sum.Swedish(), j.s.Registry.unitName(st.Unit), frame.Amount.Swedish(), frame.words(), (sum - frame.Amount).signed())
	}
	return nil
}

func sameSum(figures []Figure, frames, total *FieldDef) error {
	want, given := figureOf(figures, total.ID, "")
	sum, some := Money(0), false
	for _, f := range figures {
		if f.ID == frames.ID {
			sum, some = sum+f.Amount, true
		}
	}
	if some && given && sum != want {
		return refuse(CodeSum, "Ramarna är tillsammans %s, men totalen är %s. Skillnaden är %s: rätta en ram eller totalen.", sum.Swedish(), want.Swedish(), (sum - want).signed())
	}
	return nil
}
