package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Deficit is a year's negative balanskravsresultat. It outlives its cycle: it is to be regulated in the three years after,
// and the decision taken in the budget of the third at the latest, unless KF finds synnerliga skäl not to (KL 11:12–13).
type Deficit struct {
	Number uint64 `json:"number"`
	Year   int    `json:"year,omitempty"`   // the räkenskapsår in which it arose, which is that of its cycle
	Step   StepID `json:"step,omitempty"`   // in that cycle, where it was established
	Amount int64  `json:"amount,omitempty"` // öre; how much is to be regulated, above zero
	Dnr    string `json:"dnr,omitempty"`
	// Acts are what KF has decided about it, the oldest first.
	Acts []DeficitAct `json:"acts,omitempty"`
}

// DeficitKind is what KF decided about a deficit.
type DeficitKind string

// The kinds.
const (
	DeficitPlan      DeficitKind = "atgardsplan"     // how the regulation is to be done (KL 11:12)
	DeficitRegulated DeficitKind = "reglering"       // an amount of it, in the budget of Cycle
	DeficitSpared    DeficitKind = "synnerliga-skal" // what is left is not to be regulated (KL 11:13)
)

// DeficitAct is a decision of KF about a deficit.
type DeficitAct struct {
	Kind      DeficitKind `json:"kind"`
	Cycle     int         `json:"cycle"`            // budget year of the cycle in which it was decided
	Step      StepID      `json:"step"`             // and the step there
	Amount    int64       `json:"amount,omitempty"` // öre; of a reglering
	Date      Date        `json:"date"`
	Paragraph string      `json:"paragraph"`
	Reason    TextRef     `json:"reason,omitempty"` // set by the rules: the command's text
}

// LastYear is the budget year in whose budget the decision on regulation is taken at the latest (KL 11:12).
func (d *Deficit) LastYear() int { return d.Year + 3 }

// Left is how much of it, in öre, nobody has decided to regulate, nor to leave.
func (d *Deficit) Left() int64 {
	left := d.Amount
	for _, a := range d.Acts {
		switch a.Kind {
		case DeficitRegulated:
			left -= a.Amount
		case DeficitSpared:
			return 0
		}
	}
	return max(left, 0)
}

// Planned tells whether KF has adopted an åtgärdsplan.
func (d *Deficit) Planned() bool {
	return slices.ContainsFunc(d.Acts, func(a DeficitAct) bool { return a.Kind == DeficitPlan })
}

// Settled is the day on which nothing of it was left, or "".
func (d *Deficit) Settled() Date {
	if d.Left() > 0 {
		return ""
	}
	var last Date
	for _, a := range d.Acts {
		if a.Kind != DeficitPlan {
			last = max(last, a.Date)
		}
	}
	return last
}

// follows tells whether the deficit is shown on the cycle of a budget year: its own, and the three after.
func (d *Deficit) follows(year int) bool { return year >= d.Year && year <= d.LastYear() }

// DeficitsOf lists those that follow the cycle of a budget year.
func (r *Registry) DeficitsOf(year int) (all []Deficit) {
	for _, d := range r.Deficits {
		if d.follows(year) {
			all = append(all, d)
		}
	}
	return all
}

// CarryOver is how much of a nämnd's result KF moved into the next year (resultatöverföring). The last that is noted for a
// year and nämnd is the one that holds.
type CarryOver struct {
	Number    uint64  `json:"number"`
	Year      int     `json:"year"` // the closed year; its cycle
	Step      StepID  `json:"step"` // there
	Unit      UnitID  `json:"unit"`
	Amount    int64   `json:"amount"` // öre; negative = an underskott
	Date      Date    `json:"date"`
	Paragraph string  `json:"paragraph"`
	Reason    TextRef `json:"reason,omitempty"` // särskilda skäl, when the rule was not followed; set by the rules
}

// CarriedInto lists what was moved into a budget year, one for each nämnd.
func (r *Registry) CarriedInto(year int) (all []CarryOver) {
	for _, c := range r.CarryOvers {
		if c.Year != year-1 {
			continue
		}
		if at := slices.IndexFunc(all, func(o CarryOver) bool { return o.Unit == c.Unit }); at >= 0 {
			all[at] = c
		} else {
			all = append(all, c)
		}
	}
	return all
}

// maxAmount bounds an amount in öre: a thousand miljarder kronor.
const maxAmount = 100_000_000_000_000

// theStep refuses a step that is not written as one, or a year that no cycle has.
func theStep(year int, step StepID) error {
	def, unit, ok := strings.Cut(string(step), "/")
	if !ok || def == "" || unit == "" || len(step) > 200 {
		return refuse(CodeUnknownStep, "Ange steget i cykeln, till exempel arsredovisning-ks/KS.")
	}
	if year < 2000 || year > 2200 {
		return refuse(CodeYear, "Ange vilket års cykel det gäller, till exempel 2027.")
	}
	return nil
}

func (j *judge) decidedOn(d Date, paragraph string) error {
	switch {
	case !d.Valid() || paragraph == "" || len(paragraph) > 12 || strings.ContainsRune(paragraph, '§'):
		return refuse(CodeBadCommand, "Ange vilken dag fullmäktige beslutade och under vilken paragraf, utan paragraftecken.")
	case d > j.today:
		return refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då fullmäktige beslutade.", d.Swedish())
	}
	return nil
}

// noteDeficit judges the noting of a negative balanskravsresultat.
func (j *judge) noteDeficit(r *Registry, e *Event) error {
	d := *j.c.Deficit
	if err := theStep(d.Year, d.Step); err != nil {
		return err
	}
	switch {
	case d.Number != 0 || len(d.Acts) > 0:
		return refuse(CodeUnknownField, "Vad fullmäktige beslutar om underskottet antecknas för sig. Ta bort det.")
	case d.Amount <= 0 || d.Amount > maxAmount:
		return refuse(CodeDeficit, "Ange hur stort underskottet är, som ett tal större än noll.")
	case d.Dnr == "" || len(d.Dnr) > 60:
		return refuse(CodeBadCommand, "Ange årsredovisningens diarienummer.")
	case slices.ContainsFunc(r.Deficits, func(o Deficit) bool { return o.Year == d.Year }):
		return refuse(CodeExists, "Det negativa balanskravsresultatet för %d är redan antecknat. Följ upp det i stället.", d.Year)
	}
	d.Number = r.Issued + 1
	e.Kind, e.Deficit = EvDeficitNoted, &d
	return nil
}

// followDeficit judges the noting of what KF decided about a deficit.
func (j *judge) followDeficit(r *Registry, e *Event) error {
	var old *Deficit
	for i := range r.Deficits {
		if r.Deficits[i].Number == j.c.Deficit.Number && j.c.Deficit.Number != 0 {
			old = &r.Deficits[i]
		}
	}
	if old == nil {
		return refuse(CodeBindingUnknown, "Det finns inget underskott med nummer %d. Kontrollera numret i registret.", j.c.Deficit.Number)
	}
	if len(j.c.Deficit.Acts) != 1 {
		return refuse(CodeBadCommand, "Ange ett beslut om underskottet: atgardsplan, reglering eller synnerliga-skal.")
	}
	a := j.c.Deficit.Acts[0]
	if err := theStep(a.Cycle, a.Step); err != nil {
		return err
	}
	if err := j.decidedOn(a.Date, a.Paragraph); err != nil {
		return err
	}
	switch left := old.Left(); {
	case a.Reason != "":
		return refuse(CodeUnknownField, "Skälet skrivs i kommandots text. Ta bort det här.")
	case a.Kind != DeficitPlan && left == 0:
		return refuse(CodeNothingChanged, "Underskottet från %d är redan reglerat. Inget har ändrats.", old.Year)
	case a.Cycle < old.Year || a.Kind == DeficitRegulated && a.Cycle == old.Year:
		return refuse(CodeDeficit, "Underskottet uppkom %d. Det regleras under de tre åren efter (KL 11:12).", old.Year)
	case a.Kind == DeficitRegulated && (a.Amount <= 0 || a.Amount > left):
		return refuse(CodeDeficit, "Ange hur mycket som regleras: mer än noll och högst %s, som är kvar.", Kronor(left))
	case a.Kind == DeficitRegulated && a.Cycle > old.LastYear() && j.c.Text == "":
		return refuse(CodeTextMissing, "Beslutet skulle ha fattats senast i budgeten för %d (KL 11:12). Skriv varför det blev senare.", old.LastYear())
	case a.Kind != DeficitRegulated && a.Amount != 0:
		return refuse(CodeUnknownField, "Bara en reglering har ett belopp. Ta bort det.")
	case a.Kind == DeficitSpared && j.c.Text == "":
		return refuse(CodeTextMissing, "Att inte reglera underskottet kräver synnerliga skäl (KL 11:13). Skriv av dem ur protokollet.")
	case a.Kind != DeficitPlan && a.Kind != DeficitRegulated && a.Kind != DeficitSpared:
		return refuse(CodeBadCommand, "%q är inget beslut om ett underskott. Välj atgardsplan, reglering eller synnerliga-skal.", a.Kind)
	}
	a.Reason = j.c.Text
	d := *old
	d.Acts = append(slices.Clip(d.Acts), a)
	e.Kind, e.Deficit = EvDeficitFollowed, &d
	return nil
}

// carryOver judges the noting of a nämnd's resultatöverföring.
func (j *judge) carryOver(r *Registry, e *Event) error {
	c := *j.c.CarryOver
	if err := theStep(c.Year, c.Step); err != nil {
		return err
	}
	if err := j.decidedOn(c.Date, c.Paragraph); err != nil {
		return err
	}
	u := r.Unit(c.Unit)
	switch {
	case c.Number != 0 || c.Reason != "":
		return refuse(CodeUnknownField, "Numret sätts här, och särskilda skäl skrivs i kommandots text. Ta bort dem.")
	case u == nil || u.Kind != KindBoard && u.Kind != KindExecutive:
		return refuse(CodeUnitUnknown, "%q är ingen nämnd i registret. Ange nämndens id.", c.Unit)
	case c.Amount > maxAmount || c.Amount < -maxAmount:
		return refuse(CodeBadCommand, "Beloppet är orimligt stort. Kontrollera det.")
	}
	for _, o := range r.CarriedInto(c.Year + 1) {
		if o.Unit == c.Unit && o.Amount == c.Amount && o.Step == c.Step && o.Date == c.Date && o.Paragraph == c.Paragraph {
			return refuse(CodeNothingChanged, "Den överföringen är redan antecknad för %s. Inget har ändrats.", u.Name)
		}
	}
	c.Number, c.Reason = r.Issued+1, j.c.Text
	e.Kind, e.CarryOver = EvCarriedOver, &c
	return nil
}

// Kronor writes an amount in öre as people read it: "1 234 567,50 kr".
func Kronor(ore int64) string {
	sign, n := "", uint64(ore)
	if ore < 0 {
		sign, n = "−", uint64(-ore)
	}
	whole := fmt.Sprint(n / 100)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + " " + whole[at:]
	}
	if n%100 != 0 {
		whole += fmt.Sprintf(",%02d", n%100)
	}
	return sign + whole + " kr"
}

// lawBalance limits the decision on regulation: the budget of the third year.
const lawBalance LawID = "KL 11:12"

// dueHere lists the deficits whose last budget is the one of this cycle, when the step is that budget's.
func (s *State) dueHere(st *Step) (due []Deficit) {
	if s.Rules < 3 || s.def(st).Legal != lawBudget {
		return nil
	}
	for _, d := range s.Registry.Deficits {
		if d.LastYear() == s.Cycle.Year {
			due = append(due, d)
		}
	}
	return due
}

// balance is the limit by which the deficits that are due in this budget are to be regulated; met when nothing is left.
func (s *State) balance(st *Step) (Limit, bool) {
	due := s.dueHere(st)
	if len(due) == 0 {
		return Limit{}, false
	}
	l := Limit{Law: lawBalance, Date: lawBalance.Limit(s.Cycle.Year)}
	if st.Partly() || s.split(st) {
		l.Date = lawBudget.Law().Then.Limit(s.Cycle.Year)
	}
	for _, d := range due {
		settled := d.Settled()
		if settled == "" {
			l.Met = ""
			return l, true
		}
		l.Met = max(l.Met, settled)
	}
	return l, true
}

// deficits warns of what earlier years left to be regulated.
func (p *rehearsing) deficits() {
	year := p.s.Cycle.Year
	for _, d := range p.s.Registry.DeficitsOf(year) {
		left := d.Left()
		if left == 0 || d.Year == year {
			continue
		}
		var st *Step
		for i := range p.s.Cycle.Steps {
			if p.s.def(&p.s.Cycle.Steps[i]).Legal == lawBudget {
				st = &p.s.Cycle.Steps[i]
			}
		}
		text := fmt.Sprintf("Av %d års negativa balanskravsresultat återstår %s att reglera, senast i budgeten för %d (KL 11:12).", d.Year, Kronor(left), d.LastYear())
		if year == d.LastYear() {
			text = fmt.Sprintf("Av %d års negativa balanskravsresultat återstår %s att reglera. Det är den här budgeten som är den sista: fullmäktige behöver besluta om regleringen, eller att synnerliga skäl finns (KL 11:12–13).",
				d.Year, Kronor(left))
		}
		if !d.Planned() {
			text += " Fullmäktige har inte antagit någon åtgärdsplan."
		}
		p.find(LevelWarning, FindingBalance, st, "%s", text)
	}
}

// FindingBalance is a negative balanskravsresultat that is left to be regulated.
const FindingBalance = "balance"

func deficitNoted(_ *State, e *Event, _ string) string {
	return fmt.Sprintf("Ett negativt balanskravsresultat för %d, %s, antecknades: det ska regleras senast i budgeten för %d (KL 11:12).",
		e.Deficit.Year, Kronor(e.Deficit.Amount), e.Deficit.LastYear())
}

func deficitFollowed(_ *State, e *Event, _ string) string {
	d := e.Deficit
	a := d.Acts[len(d.Acts)-1]
	switch a.Kind {
	case DeficitPlan:
		return fmt.Sprintf("Fullmäktige antog en åtgärdsplan för %d års negativa balanskravsresultat den %s, § %s.", d.Year, a.Date.Swedish(), a.Paragraph)
	case DeficitSpared:
		return fmt.Sprintf("Fullmäktige beslutade den %s, § %s, att %d års negativa balanskravsresultat av synnerliga skäl inte ska regleras.", a.Date.Swedish(), a.Paragraph, d.Year)
	}
	return fmt.Sprintf("Fullmäktige reglerade %s av %d års negativa balanskravsresultat i budgeten för %d (den %s, § %s). Kvar: %s.",
		Kronor(a.Amount), d.Year, a.Cycle, a.Date.Swedish(), a.Paragraph, Kronor(d.Left()))
}

func carriedOver(s *State, e *Event, _ string) string {
	c := e.CarryOver
	return fmt.Sprintf("%s: %s fördes över från %d till %d (den %s, § %s).", s.Registry.unitName(c.Unit), Kronor(c.Amount), c.Year, c.Year+1, c.Date.Swedish(), c.Paragraph)
}
