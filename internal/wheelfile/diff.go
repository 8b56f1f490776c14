package wheelfile

import (
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
)

// Change is one thing that differs between two wheels, most often last year's and this year's.
type Change struct {
	Kind string `json:"kind"` // new, gone or changed
	Step string `json:"step"` // its id; "" = of the wheel itself
	What string `json:"what"` // what differs, as the file calls it: "när"; "" = the whole step
	From string `json:"from"` // as it was; "" = nothing
	To   string `json:"to"`   // as it is; "" = nothing
	Text string `json:"text"` // in Swedish
}

// The kinds of change.
const (
	changeNew     = "new"
	changeGone    = "gone"
	changeAltered = "changed"
)

// Diff tells what is new, gone or changed from one wheel to another: what holds for the whole wheel, then the steps in the
// order of the second, then the steps that are gone.
func Diff(from, to *File) []Change {
	d := &differ{from: from, to: to}
	d.wheel()
	for i := range to.Wheel.Steps {
		def := &to.Wheel.Steps[i]
		if k := indexOf(&from.Wheel, def.ID); k < 0 {
			d.add(Change{Kind: changeNew, Step: def.ID, To: def.Title, Text: fmt.Sprintf("Nytt steg: %s (%s), %s %s, %s.", def.Title, def.ID, def.Act.Swedish(), whose(def), when(def))})
		} else {
			d.step(k, i)
		}
	}
	for _, def := range from.Wheel.Steps {
		if to.Wheel.Def(def.ID) == nil {
			d.add(Change{Kind: changeGone, Step: def.ID, From: def.Title, Text: fmt.Sprintf("Steget %s (%s) finns inte längre.", def.Title, def.ID)})
		}
	}
	return d.changes
}

type differ struct {
	from, to *File
	id       string // of the step that is compared
	title    string // what its sentences begin with
	changes  []Change
}

func (d *differ) add(c Change) { d.changes = append(d.changes, c) }

// value adds a change of one value.
func (d *differ) value(what, from, to string) {
	c := Change{Kind: changeAltered, Step: d.id, What: what, From: from, To: to}
	switch {
	case from == to:
		return
	case from == "":
		c.Kind, c.Text = changeNew, fmt.Sprintf("%s: %s är nu %s (fanns inte).", d.title, what, to)
	case to == "":
		c.Kind, c.Text = changeGone, fmt.Sprintf("%s: %s är borttaget (var %s).", d.title, what, from)
	default:
		c.Text = fmt.Sprintf("%s: %s är nu %s (var %s).", d.title, what, to, from)
	}
	d.add(c)
}

// item is a thing in a list: what it is known by, and how it is written.
type item struct{ key, text string }

// list adds what has come to a list, left it, or is written otherwise.
func (d *differ) list(what string, from, to []item) {
	find := func(list []item, key string) int {
		return slices.IndexFunc(list, func(x item) bool { return x.key == key })
	}
	for _, x := range to {
		switch k := find(from, x.key); {
		case k < 0:
			d.add(Change{Kind: changeNew, Step: d.id, What: what, To: x.text, Text: fmt.Sprintf("%s: %s har fått %s.", d.title, what, x.text)})
		case from[k].text != x.text:
			d.add(Change{Kind: changeAltered, Step: d.id, What: what, From: from[k].text, To: x.text, Text: fmt.Sprintf("%s: i %s är %s nu %s.", d.title, what, from[k].text, x.text)})
		}
	}
	for _, x := range from {
		if find(to, x.key) < 0 {
			d.add(Change{Kind: changeGone, Step: d.id, What: what, From: x.text, Text: fmt.Sprintf("%s: %s har inte längre %s.", d.title, what, x.text)})
		}
	}
}

// wheel compares what holds for the whole wheel.
func (d *differ) wheel() {
	a, b := &d.from.Wheel, &d.to.Wheel
	d.title = "Årshjulet"
	d.value("årshjul", a.Name, b.Name)
	d.value("version", fmt.Sprint(a.Version), fmt.Sprint(b.Version))
	d.value("kommun", a.Kommun, b.Kommun)
	d.value("leds av", string(a.City), string(b.City))
	d.value("lediga klämdagar", yes(a.Bridges), yes(b.Bridges))
	d.value("påminner", rungs(a.Ladder), rungs(b.Ladder))
	roles := func(w *domain.Wheel) (out []item) {
		for _, r := range w.Roles {
			out = append(out, item{string(r.ID), fmt.Sprintf("%s (%s)", r.Title, seatWord(r.Seat))})
		}
		return out
	}
	d.list("roller", roles(a), roles(b))
	standing := func(f *File) (out []item) {
		for _, s := range f.Standing {
			text := s.Title
			if s.From != "" || s.To != "" {
				text += fmt.Sprintf(" (%s–%s)", s.From, s.To)
			}
			out = append(out, item{s.ID, text})
		}
		return out
	}
	d.list("stående handlingar", standing(d.from), standing(d.to))
}

// step compares step i of one wheel with step k of the other.
func (d *differ) step(i, k int) {
	a, b := &d.from.Wheel.Steps[i], &d.to.Wheel.Steps[k]
	d.id, d.title = b.ID, b.Title
	d.value("titel", a.Title, b.Title)
	d.value("skede", a.Stage.Swedish(), b.Stage.Swedish())
	d.value("slag", a.Act.Swedish(), b.Act.Swedish())
	d.value("för", whose(a), whose(b))
	for _, s := range slots {
		d.value(s.word, roleTitle(&d.from.Wheel, s.role(&a.Slots)), roleTitle(&d.to.Wheel, s.role(&b.Slots)))
	}
	d.list("deltagare", plainItems(d.from.Notes[i].Participants), plainItems(d.to.Notes[k].Participants))
	d.value("öppnar", ruleTexts(openings(a)), ruleTexts(openings(b)))
	d.value("när", when(a), when(b))
	d.value("när i valår", a.InElection.Text, b.InElection.Text)
	d.value("om valt", apart(a.Apart), apart(b.Apart))
	d.value("valår", yearWords[a.Years], yearWords[b.Years])
	d.value("påminner", rungs(a.Ladder), rungs(b.Ladder))
	d.value("lag", string(a.Legal), string(b.Legal))
	d.value("ärende", string(a.Matter), string(b.Matter))
	d.list("behöver", needItems(a), needItems(b))
	d.list("utgår från", plainItems(d.from.Notes[i].RestsOn), plainItems(d.to.Notes[k].RestsOn))
	d.value("valbar", yes(a.Optional), yes(b.Optional))
	d.value("överlämnas", yes(a.HandsOver), yes(b.HandsOver))
	d.list("överlämnas till", plainItems(a.To), plainItems(b.To))
	d.value("återremitteras till", a.ReturnsTo, b.ReturnsTo)
	d.list("handlingar", documentItems(a), documentItems(b))
	d.list("uppgifter", fieldItems(a), fieldItems(b))
	d.value("överklagas", a.Appeal, b.Appeal)
	d.value("källa", a.Source, b.Source)
	d.value("grund", a.Basis, b.Basis)
	d.value("ej verifierat", yes(a.Unverified), yes(b.Unverified))
}

func apart(a domain.Apart) string {
	if a.Step == "" {
		return ""
	}
	return a.Step + ": " + a.Plan.Text
}

var yearWords = map[domain.Years]string{domain.YearsElection: "bara", domain.YearsOrdinary: "aldrig"}

// whose says for which units a step is, and who acts.
func whose(def *domain.StepDef) string {
	text := "av " + string(def.Body)
	if def.Scope != domain.ScopeCity {
		text = map[domain.Scope]string{domain.ScopeBoard: "för varje nämnd", domain.ScopeAdministration: "för varje förvaltning", domain.ScopeCompany: "för varje bolag"}[def.Scope]
		if def.Group != "" {
			text += " i gruppen " + def.Group
		}
		if def.Each {
			text += ", enhet för enhet"
		}
		if def.Body != "" {
			text += ", av " + string(def.Body)
		}
	}
	return text
}

// when lists a step's deadlines.
func when(def *domain.StepDef) string { return ruleTexts(deadlines(def)) }

func ruleTexts(rules []domain.Rule) string {
	var texts []string
	for _, r := range rules {
		if r.Text != "" {
			texts = append(texts, r.Text)
		}
	}
	return strings.Join(texts, ", ")
}

func rungs(ladder []domain.Rung) string {
	var texts []string
	for _, r := range ladder {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, ", ")
}

func roleTitle(w *domain.Wheel, id domain.RoleID) string {
	if r := w.Role(id); r != nil {
		return r.Title
	}
	return ""
}

func needItems(def *domain.StepDef) (out []item) {
	for _, n := range def.Needs {
		text := n.Step
		if n.At != "" {
			text += " vid " + n.At.Swedish()
		}
		if n.For != 0 {
			text += fmt.Sprintf(" gång %d", n.For)
		}
		out = append(out, item{fmt.Sprint(n.Step, n.For), text})
	}
	return out
}

func documentItems(def *domain.StepDef) (out []item) {
	for _, x := range def.Documents {
		text := x.Title + required(x.Required)
		if len(x.Headings) > 0 {
			text += ", med rubrikerna " + strings.Join(x.Headings, "; ")
		}
		out = append(out, item{x.ID, text})
	}
	return out
}

func fieldItems(def *domain.StepDef) (out []item) {
	for _, x := range def.Fields {
		text := x.Title
		if x.Kind != "" {
			text += ", " + string(x.Kind)
		}
		if x.Means != "" {
			text += " som gäller " + string(x.Means)
		}
		if x.PerBoard {
			text += " för varje nämnd"
		}
		out = append(out, item{x.ID, text + required(x.Required)})
	}
	return out
}

func plainItems[T ~string](texts []T) (out []item) {
	for _, t := range texts {
		out = append(out, item{string(t), string(t)})
	}
	return out
}

func required(is bool) string {
	if is {
		return " (krävs)"
	}
	return ""
}

func yes(is bool) string {
	if is {
		return "ja"
	}
	return ""
}

func seatWord(s domain.Seat) string {
	for word, seat := range seats {
		if seat == s {
			return word
		}
	}
	return string(s)
}
