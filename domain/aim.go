package domain

import (
	"fmt"
	"strings"
)

// Aim is what KF or a nämnd wants of a nämnd: its inriktning, or one of its mål.
type Aim struct {
	Unit UnitID  `json:"unit,omitempty"`
	Goal string  `json:"goal,omitempty"` // the mål's number; "" = the inriktning
	Text TextRef `json:"text"`
	// From and To are the mål's first and last year (målår); a mål of one year has no To.
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
	// Measured says how one knows that the mål is reached.
	Measured  Measured `json:"measured,omitempty"`
	Indicator TextRef  `json:"indicator,omitempty"` // nyckeltal
	Target    TextRef  `json:"target,omitempty"`    // målvärde
	// Preliminary is true in a cycle planned in an election year, until the newly elected KF has decided on the mål.
	Preliminary bool `json:"preliminary,omitempty"`
}

// Measured is how a mål is judged (mattyp).
type Measured string

// The kinds.
const (
	MeasuredByFigure   Measured = "matbart"
	MeasuredByJudgment Measured = "professionell_bedomning"
)

// mostGoals is how many mål a nämnd should have at most. More is a warning, and no stop.
const mostGoals = 3

// checkAims judges inriktning and mål by the rules for them, and gives them with their unit set.
func (j *judge) checkAims(st *Step, given []Aim) ([]Aim, error) {
	if len(given) == 0 {
		return nil, nil
	}
	def := j.s.def(st)
	goals := def.kind(FieldGoals)
	if goals == nil {
		return nil, refuse(CodeUnknownField, "%s har inga mål. Ta bort dem.", def.Title)
	}
	if len(given) > 200 {
		return nil, refuse(CodeGoal, "%d mål är fler än en kommun kan följa. Ta bort mål.", len(given))
	}
	var aims []Aim
	for _, a := range given {
		if a.Unit == "" && !goals.PerBoard {
			a.Unit = st.Unit
		}
		u := j.s.Registry.Unit(a.Unit)
		if u == nil || !goals.PerBoard && a.Unit != st.Unit {
			return nil, refuse(CodeUnitUnknown, "Målet gäller enheten %q, som inte hör till %s. Ange vilken nämnd det gäller.", a.Unit, j.title(st))
		}
		if err := a.check(u.Name, j.s.Cycle.Year); err != nil {
			return nil, err
		}
		for _, b := range aims {
			if b.Unit == a.Unit && b.Goal == a.Goal {
				return nil, refuse(CodeGoal, "%s för %s står två gånger. Ta bort det ena.", a.words(), u.Name)
			}
		}
		aims = append(aims, a)
	}
	return aims, nil
}

func (a *Aim) words() string {
	if a.Goal == "" {
		return "Inriktningen"
	}
	return "Mål " + a.Goal
}

// check judges one inriktning or mål of the cycle for a budget year.
func (a *Aim) check(unit string, year int) error {
	if !Digest(a.Text).Valid() || a.Indicator != "" && !Digest(a.Indicator).Valid() || a.Target != "" && !Digest(a.Target).Valid() {
		return refuse(CodeGoal, "%s för %s saknar sin text. Skriv den.", a.words(), unit)
	}
	if a.Preliminary && !ElectionYear(year-1) {
		return refuse(CodeGoal, "Mål är preliminära bara när cykeln planeras under ett valår, och %d är inte det. Ta bort märket.", year-1)
	}
	if a.Goal == "" {
		if a.From != 0 || a.To != 0 || a.Measured != "" || a.Target != "" {
			return refuse(CodeGoal, "En inriktning är inte målsatt: ta bort målår, mattyp och målvärde för %s, eller gör den till ett mål.", unit)
		}
		return nil
	}
	if len(a.Goal) > 10 || !allDigits(a.Goal) {
		return refuse(CodeGoal, "%q är inget nummer på ett mål. Numrera målen 1, 2, 3.", shortened(a.Goal))
	}
	if a.From == 0 {
		return refuse(CodeGoal, "%s för %s saknar målår. Skriv året, också när målet gäller ett enda.", a.words(), unit)
	}
	if years := max(a.To, a.From) - a.From + 1; years > 4 || a.To != 0 && a.To < a.From {
		return refuse(CodeGoal, "%s för %s gäller %d–%d. Ett mål gäller ett till fyra år. Rätta målåren.", a.words(), unit, a.From, a.To)
	}
	if a.From < year-3 || a.From > year+3 {
		return refuse(CodeGoal, "%s för %s börjar %d, och cykeln gäller %d. Rätta målåret.", a.words(), unit, a.From, year)
	}
	switch {
	case a.Measured != MeasuredByFigure && a.Measured != MeasuredByJudgment:
		return refuse(CodeGoal, "%s för %s saknar mattyp. Ange om det är mätbart eller följs med professionell bedömning.", a.words(), unit)
	case a.Measured == MeasuredByFigure && (a.Indicator == "" || a.Target == ""):
		return refuse(CodeGoal, "%s för %s är mätbart. Ange nyckeltal och målvärde, eller välj professionell bedömning.", a.words(), unit)
	case a.Measured == MeasuredByJudgment && a.Target != "":
		return refuse(CodeGoal, "%s för %s följs med professionell bedömning och har inget målvärde. Ta bort det, eller välj mätbart.", a.words(), unit)
	}
	return nil
}

// councilGoals is the step in which KF decides mål for each nämnd, or nil.
func (s *State) councilGoals() *Step {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if f := s.def(st).kind(FieldGoals); f != nil && f.PerBoard && s.Registry.Unit(s.actor(st)).Kind == KindCouncil {
			return st
		}
	}
	return nil
}

// Aims are the inriktning and mål of a nämnd on a day of the budget year: what KF decided last, or what the nämnd itself
// decided when KF said nothing of it. No is the version of KF's decision; 0 = KF has not decided.
func (s *State) Aims(unit UnitID, on Date) (aims []Aim, no int) {
	if own := s.ownAims(unit); own != nil && own.Submission != nil {
		aims = of(own.Submission.Aims, unit)
	}
	st := s.councilGoals()
	if st == nil || !st.adopted() {
		return aims, 0
	}
	no = 1
	if decided := of(st.Submission.Aims, unit); len(decided) > 0 {
		aims = over(aims, decided)
	}
	for _, r := range st.inForce(s.inYear(on)) {
		if changed := of(r.Aims, unit); len(changed) > 0 {
			aims, no = over(aims, changed), r.No
		}
	}
	return aims, no
}

// over puts decided mål in place of those before; an inriktning that was not decided anew stays.
func over(before, decided []Aim) []Aim {
	for _, a := range decided {
		if a.Goal == "" {
			return decided
		}
	}
	for _, a := range before {
		if a.Goal == "" {
			return append([]Aim{a}, decided...)
		}
	}
	return decided
}

func of(aims []Aim, unit UnitID) (own []Aim) {
	for _, a := range aims {
		if a.Unit == unit {
			own = append(own, a)
		}
	}
	return own
}

// ownAims is the step in which a nämnd proposes its own inriktning, or nil.
func (s *State) ownAims(unit UnitID) *Step {
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if f := s.def(st).kind(FieldDirection); f != nil && !f.PerBoard && st.Unit == unit {
			return st
		}
	}
	return nil
}

// preliminary tells whether KF's mål for a nämnd are preliminary on a day: the cycle was planned in an election year, and
// the newly elected KF has not decided on them.
func (s *State) preliminary(unit UnitID, on Date) bool {
	if !ElectionYear(s.Cycle.Year-1) || s.councilGoals() == nil {
		return false
	}
	aims, _ := s.Aims(unit, on)
	directed := false
	for _, a := range aims {
		if a.Preliminary {
			return true
		}
		directed = directed || a.Goal == ""
	}
	return !directed
}

// checkDirections judges that every nämnd has an inriktning when KF decides. In an election year it may come later, and is
// preliminary until then.
func (j *judge) checkDirections(st *Step, aims []Aim) error {
	def := j.s.def(st)
	f := def.kind(FieldDirection)
	if f == nil || !f.PerBoard || ElectionYear(j.s.Cycle.Year-1) {
		return nil
	}
	var without []string
	for _, u := range j.s.boards(st) {
		all := of(aims, u)
		if own := j.s.ownAims(u); own != nil && own.Submission != nil {
			all = append(all, of(own.Submission.Aims, u)...)
		}
		directed := false
		for _, a := range all {
			directed = directed || a.Goal == ""
		}
		if !directed {
			without = append(without, j.s.Registry.unitName(u))
		}
	}
	if len(without) > 0 {
		return refuse(CodeDirection, "Varje nämnd har en inriktning, men den saknas för %s. Lägg till den i förslaget.", strings.Join(without, ", "))
	}
	return nil
}

// tooManyGoals says of which nämnder a version has more mål than they should have.
func (s *State) tooManyGoals(aims []Aim) (says []string) {
	for i := range s.Registry.Units {
		u := &s.Registry.Units[i]
		n := 0
		for _, a := range aims {
			if a.Unit == u.ID && a.Goal != "" {
				n++
			}
		}
		if n > mostGoals {
			says = append(says, fmt.Sprintf("%s har %d mål och bör ha högst %d. Se om några kan tas bort.", u.Name, n, mostGoals))
		}
	}
	return says
}
