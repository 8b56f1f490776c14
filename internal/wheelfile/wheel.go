// Package wheelfile reads the files in which a municipality writes its wheel and its organisation, and says what is
// wrong with them so that the writer can mend it: every fault at once, each with its line and column, in Swedish.
//
// A file passes three gates: YAML without the parts that can grow or nest without end (tree.go), the JSON Schema in
// domain/wheels (schema.go), and then meaning (roles.go, timing.go, graph.go, organisation.go, agree.go): a step that
// could never open, end or be found in somebody's inbox is refused here and not two years into a cycle. What depends on
// the calendar of a year is found by [CheckYear]; what two wheels differ in is told by [Diff].
package wheelfile

import (
	"bytes"

	"arshjul/domain"
)

// File is a wheel file that was read without faults.
type File struct {
	Wheel domain.Wheel
	// Standing lists what the steps rest on and what outlives the cycles: vision, programme, reglementen.
	Standing []Standing
	// Notes has, for each of Wheel.Steps in order, what the file says of it beyond the rules.
	Notes []Note
	Text  []byte        // as it was written, comments and all
	Hash  domain.Digest // of Text; domain.Wheel.Hash identifies the rule part alone

	name string
}

// tree reads the file once more, for where in it something stands. The tree takes several times the memory of all the rest, and
// a server has a wheel for each of its municipalities.
func (file *File) tree() *node { return readTree(&faults{file: file.name}, file.Text) }

// Standing is a stående handling: a document or decision that holds for longer than a cycle.
type Standing struct {
	ID    string
	Title string
	Act   string // the kind of act that makes it, as the file has it: "beslut"
	Body  string // who decides it, as the file has it
	When  string // how often, in words
	// From and To are the first and last day on which it holds; "" = unknown or open.
	From, To   domain.Date
	Source     string
	Basis      string
	Unverified bool
}

// Note is what a wheel file says of a step that no rule needs, and people read.
type Note struct {
	Participants []string // who takes part besides those who act
	RestsOn      []string // ids of Standing
}

// Read reads a wheel file. The error is [Errors] when the file has faults; name stands in them as the file's name.
func Read(name string, data []byte) (*File, error) {
	f := &faults{file: name}
	root := readTree(f, data)
	if root == nil {
		return nil, f.err()
	}
	var w wheelText
	if err := wheelForm().decode(f, root, &w); err != nil {
		return nil, err
	}
	file := &File{Text: bytes.Clone(data), Hash: domain.DigestOf(data), name: name}
	file.Standing = w.standing(f, root)
	file.Wheel = w.wheel(f, root)
	file.Notes = w.notes()
	check(f, root, file)
	if err := f.err(); err != nil {
		return nil, err
	}
	return file, nil
}

// wheel turns the text into the domain's words. The schema has let no other word through.
func (w *wheelText) wheel(f *faults, root *node) domain.Wheel {
	out := domain.Wheel{Name: w.Name, Version: w.Version, Kommun: w.Kommun, City: w.City, Bridges: w.Bridges}
	for _, r := range w.Roles {
		out.Roles = append(out.Roles, domain.RoleDef{ID: r.ID, Title: r.Title, Seat: seats[r.Seat], Elected: r.Elected})
	}
	out.Ladder = ladder(f, root, w.Ladder, "påminner")
	for i := range w.Steps {
		out.Steps = append(out.Steps, w.Steps[i].def(f, root, i))
	}
	return out
}

// ladder reads a reminder ladder. Its rungs stand in the order in which they fall.
func ladder(f *faults, root *node, texts []string, path ...any) []domain.Rung {
	var rungs []domain.Rung
	for k, text := range texts {
		at := root.at(append(path, k)...)
		r, err := domain.ParseRung(text)
		if err != nil {
			f.add(at, "%s", err)
			continue
		}
		if n := len(rungs); n > 0 && r.Days < rungs[n-1].Days {
			f.add(at, "%q kommer före %q men står efter. Skriv påminnelserna i den ordning som de går ut.", text, rungs[n-1].Text)
		}
		rungs = append(rungs, r)
	}
	return rungs
}

func (s *stepText) def(f *faults, root *node, i int) domain.StepDef {
	def := domain.StepDef{ID: s.ID, Title: s.Title, Stage: domain.Stage(plain(s.Stage)), Act: domain.Act(plain(s.Act)),
		Scope: domain.Scope(plain(s.Scope)), Group: s.Group, Each: s.Each, Body: s.Body, Optional: s.Optional, Legal: s.Legal,
		HandsOver: s.HandsOver, To: s.To, ReturnsTo: s.ReturnsTo, Appeal: s.Appeal, Unverified: s.Unverified, Source: s.Source, Basis: s.Basis,
		Slots: domain.Slots(s.Slots), Matter: matters[s.Matter]}
	for k, text := range s.Plan {
		r := rule(f, root.at("steg", i, "när", k), text, def.Stage, "senast", "från")
		if k == 0 {
			def.Plan = r
		} else {
			def.Again = append(def.Again, r)
		}
	}
	if s.InElection != "" {
		at := root.at("steg", i, "när i valår")
		if len(s.Plan) > 1 {
			f.add(at, "ett steg som görs flera gånger har samma dagar i valår. Ta bort raden, eller dela steget i två.")
		}
		def.InElection = rule(f, at, s.InElection, def.Stage, "senast", "från")
	}
	if s.Apart != nil {
		at := root.at("steg", i, "om valt")
		if len(s.Plan) > 1 {
			f.add(at, "ett steg som görs flera gånger kan inte delas. Ta bort raden, eller dela steget i två.")
		}
		def.Apart = domain.Apart{Step: s.Apart.Step, Plan: rule(f, root.at("steg", i, "om valt", "när"), s.Apart.Plan, def.Stage, "senast", "från")}
	}
	def.Years = map[string]domain.Years{"bara": domain.YearsElection, "aldrig": domain.YearsOrdinary}[s.Years]
	for k, text := range s.Opens {
		r := rule(f, root.at("steg", i, "öppnar", k), text, def.Stage, "från", "senast")
		if k == 0 {
			def.Opens = r
		} else {
			def.AgainOpens = append(def.AgainOpens, r)
		}
	}
	def.Ladder = ladder(f, root, s.Ladder, "steg", i, "påminner")
	for _, n := range s.Needs {
		def.Needs = append(def.Needs, domain.Need{Step: n.Step, For: n.For, At: statusOf(n.At)})
	}
	for _, d := range s.Documents {
		def.Documents = append(def.Documents, domain.DocumentDef(d))
	}
	for _, d := range s.Fields {
		def.Fields = append(def.Fields, domain.FieldDef{ID: d.ID, Title: d.Title, Required: d.Required,
			Kind: domain.FieldKind(plain(d.Kind)), Means: domain.Meaning(d.Means), PerBoard: d.Per != ""})
	}
	if s.Each && hasFields(def.Act) {
		def.Fields = append(def.Fields, eachFields...)
	}
	return def
}

// eachFields are the two figures with which a step for every enhet of a förvaltning is told as "n av m enheter klara".
var eachFields = []domain.FieldDef{
	{ID: "klara", Title: "Antal enheter som är klara", Required: true},
	{ID: "alla", Title: "Antal enheter i förvaltningen", Required: true},
}

// standing reads the standing documents.
func (w *wheelText) standing(f *faults, root *node) []Standing {
	var out []Standing
	for i, s := range w.Standing {
		d := Standing{ID: s.ID, Title: s.Title, Act: s.Act, Body: s.Body, When: s.When, Source: s.Source, Basis: s.Basis, Unverified: s.Unverified}
		d.From = day(f, root.at("stående handlingar", i, "från"), s.From)
		d.To = day(f, root.at("stående handlingar", i, "till"), s.To)
		period(f, root.at("stående handlingar", i, "till"), s.From, s.To)
		out = append(out, d)
	}
	return out
}

func (w *wheelText) notes() []Note {
	var out []Note
	for i := range w.Steps {
		s := &w.Steps[i]
		out = append(out, Note{Participants: s.Participants, RestsOn: s.RestsOn})
	}
	return out
}

// matters are the steps of a closing that the law ties together, by the words of a wheel file.
var matters = map[string]domain.Matter{"delårsgranskning": domain.MatterInterim, "revisionsberättelse": domain.MatterAudit,
	"årsredovisning": domain.MatterReport, "förklaring": domain.MatterExplanation, "ansvarsfrihet": domain.MatterDischarge}

var seats = map[string]domain.Seat{"organ": domain.SeatBody, "förvaltning": domain.SeatAdministration, "stad": domain.SeatCity}

// statusOf finds the status that people call by this word; "" gives "".
func statusOf(word string) domain.Status {
	for _, w := range domain.Statuses {
		if w.Word == word {
			return w.Status
		}
	}
	return ""
}

// day reads a date; "" is none.
func day(f *faults, p pos, text string) domain.Date {
	if text == "" {
		return ""
	}
	d, err := domain.ParseDate(text)
	if err != nil {
		f.add(p, "%s", err)
	}
	return d
}

func period(f *faults, p pos, from, to string) {
	if from != "" && to != "" && to < from {
		f.add(p, "perioden slutar den %s, innan den börjar den %s. Rätta datumet.", to, from)
	}
}
