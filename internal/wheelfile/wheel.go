// Package wheelfile reads the files in which a municipality writes its wheel and its organisation, and says what is
// wrong with them so that the writer can mend it: every fault at once, each with its line and column, in Swedish.
//
// A file passes three gates: YAML without the parts that can grow or nest without end (tree.go), the JSON Schema in
// domain/wheels (schema.go), and then meaning (roles.go, timing.go, graph.go, organisation.go, agree.go): a step that
// could never open, end or be found in somebody's inbox is refused here and not two years into a cycle.
package wheelfile

import (
	"bytes"
	"encoding/json"

	"arshjul/domain"
)

// File is a wheel file that was read without faults.
type File struct {
	Wheel domain.Wheel
	Text  []byte        // as it was written, comments and all
	Hash  domain.Digest // of Text; domain.Wheel.Hash identifies the rule part alone

	name string
	root *node
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
	file := &File{Text: bytes.Clone(data), Hash: domain.DigestOf(data), name: name, root: root}
	file.Wheel = w.wheel(f, root)
	check(f, root, &file.Wheel)
	if err := f.err(); err != nil {
		return nil, err
	}
	return file, nil
}

// wheelText is a wheel file as people write it.
type wheelText struct {
	Name    string        `json:"årshjul"`
	Version int           `json:"version"`
	Kommun  string        `json:"kommun"`
	City    domain.UnitID `json:"leds av"`
	Bridges bool          `json:"lediga klämdagar"`
	Roles   []struct {
		ID    domain.RoleID `json:"id"`
		Title string        `json:"titel"`
		Seat  string        `json:"finns i"`
	} `json:"roller"`
	Steps []stepText `json:"steg"`
}

type stepText struct {
	ID    string        `json:"id"`
	Title string        `json:"titel"`
	Stage string        `json:"skede"`
	Act   string        `json:"slag"`
	Scope string        `json:"för"`
	Body  domain.UnitID `json:"organ"`
	Slots struct {
		Prepare  domain.RoleID `json:"förbereder"`
		Ready    domain.RoleID `json:"gör klart"`
		Decide   domain.RoleID `json:"fastställer"`
		Register domain.RoleID `json:"registrerar"`
		Publish  domain.RoleID `json:"publicerar"`
		Escalate domain.RoleID `json:"eskalerar"`
	} `json:"roller"`
	Opens     string       `json:"öppnar"`
	Plan      string       `json:"när"`
	Legal     domain.LawID `json:"lag"`
	Needs     []needText   `json:"behöver"`
	HandsOver bool         `json:"överlämnas"`
	ReturnsTo string       `json:"återremitteras till"`
	Documents []dueText    `json:"handlingar"`
	Fields    []dueText    `json:"uppgifter"`
	Source    string       `json:"källa"`
	Basis     string       `json:"grund"`
}

type dueText struct {
	ID       string `json:"id"`
	Title    string `json:"titel"`
	Required bool   `json:"krävs"`
}

// needText is written as the step's id alone, or as a group that also says how far the step must have come.
type needText struct {
	Step string `json:"steg"`
	At   string `json:"vid"`
}

// UnmarshalJSON reads both ways of writing a need.
func (n *needText) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &n.Step)
	}
	type group needText
	return json.Unmarshal(b, (*group)(n))
}

// wheel turns the text into the domain's words. The schema has let no other word through.
func (w *wheelText) wheel(f *faults, root *node) domain.Wheel {
	out := domain.Wheel{Name: w.Name, Version: w.Version, Kommun: w.Kommun, City: w.City, Bridges: w.Bridges}
	for _, r := range w.Roles {
		out.Roles = append(out.Roles, domain.RoleDef{ID: r.ID, Title: r.Title, Seat: seats[r.Seat]})
	}
	for i := range w.Steps {
		s := &w.Steps[i]
		def := domain.StepDef{ID: s.ID, Title: s.Title, Stage: domain.Stage(plain(s.Stage)), Act: domain.Act(plain(s.Act)),
			Scope: domain.Scope(plain(s.Scope)), Body: s.Body, Legal: s.Legal, HandsOver: s.HandsOver,
			ReturnsTo: s.ReturnsTo, Source: s.Source, Basis: s.Basis, Slots: domain.Slots(s.Slots)}
		def.Plan = rule(f, root.at("steg", i, "när"), s.Plan, def.Stage, "senast", "från")
		if s.Opens != "" {
			def.Opens = rule(f, root.at("steg", i, "öppnar"), s.Opens, def.Stage, "från", "senast")
		}
		for _, n := range s.Needs {
			def.Needs = append(def.Needs, domain.Need{Step: n.Step, At: statusOf(n.At)})
		}
		for _, d := range s.Documents {
			def.Documents = append(def.Documents, domain.DocumentDef(d))
		}
		for _, d := range s.Fields {
			def.Fields = append(def.Fields, domain.FieldDef(d))
		}
		out.Steps = append(out.Steps, def)
	}
	return out
}

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
