package server

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// FieldTitle is what people call one of the step's fields.
func (b *stepBody) FieldTitle(id string) string {
	for _, f := range b.Step.WantsFields {
		if f.ID == id {
			return f.Title
		}
	}
	return id
}

// Together is where the decisions of the step's meeting are noted together, when this one can be noted.
func (b *stepBody) Together() string {
	if b.Step.Meeting == "" || !slices.ContainsFunc(b.Forms, func(f form) bool { return f.Kind == domain.CmdDecide }) {
		return ""
	}
	q := url.Values{"mote": {string(b.Step.Meeting)}}
	if b.Step.Exercise > 0 {
		q.Set("cykel", b.Step.Stream)
	}
	return "/beslut?" + q.Encode()
}

// attempt is a form that was sent and refused: what was filled in is there still.
type attempt struct {
	id     string
	kind   domain.CommandKind
	values url.Values
}

func (s *Server) stepPage(r *http.Request, p *page) (string, error) {
	p.AsOf = true
	return "steg", s.showStep(r, p, stream(r), domain.StepID(r.PathValue("step")), attempt{})
}

// showStep fills the page of a step, with a form that was refused as it was filled in.
func (s *Server) showStep(r *http.Request, p *page, stream string, id domain.StepID, tried attempt) error {
	seen, err := s.see(r, stream)
	if err != nil {
		return err
	}
	person := p.Person
	if p.Per = seen.Per; p.Per != nil {
		person = "" // of the past nothing can be done
	}
	body, c, err := s.viewStep(r.Context(), seen, id, person, tried)
	if err != nil {
		return err
	}
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = body.Step.Title, "cykler", c.Exercise > 0, dayOf(c), body
	return nil
}

// form is a command as a person fills it in. The id is minted when the page is made, so that sending it twice is one
// command.
type form struct {
	Title, Action, ID string
	Kind              domain.CommandKind
	Open              bool
	Mine              bool // the step waits for it, and for who looks at the page
	Direct            bool // done at once, without being shown for review
	Hidden            []hidden
	Inputs            []input
}

type hidden struct{ Name, Value string }

// input is one thing to fill in. Must is told to people; Required lets the browser ask for it.
type input struct {
	Name, Field, Label, Hint string
	Type                     string // of HTML's input; or long, select, choice
	Box                      string // choice: radio or checkbox
	Value                    string
	Must, Required           bool
	Options                  []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

func formOf(o api.Offer, step *api.Step, registry *api.Registry, tried attempt) form {
	f := form{Title: o.Title, Action: pagePath(step.Stream) + "/granska", ID: rand.Text(), Kind: o.Kind,
		Hidden: []hidden{{"step", string(step.Step)}}}
	if f.Direct = o.Kind == domain.CmdComment; f.Direct {
		f.Action = pagePath(step.Stream) + "/kommando"
	}
	values := url.Values{}
	if tried.kind == o.Kind {
		f.Open, values = true, tried.values
		if tried.id != "" {
			f.ID = tried.id
		}
	}
	for _, member := range slices.Concat(o.Must, o.May) {
		if member == "text" && o.Kind == domain.CmdSubmit && !step.Owes { // nothing to answer
			continue
		}
		switch member {
		case "step", "mentions": // those who are named stand in the text
		case "version":
			if step.Version != nil {
				f.Hidden = append(f.Hidden, hidden{"version", string(step.Version.Hash)})
			}
		case "documents":
			f.Inputs = append(f.Inputs, documentInputs(step, values)...)
			for _, d := range step.Wants {
				if sent := values.Get("sha." + d.ID); sent != "" {
					f.Hidden = append(f.Hidden, hidden{"sha." + d.ID, sent})
				}
			}
		case "fields":
			f.Inputs = append(f.Inputs, fieldInputs(step, values)...)
		case "figures":
			f.Inputs = append(f.Inputs, figureInputs(step, o.Kind, values)...)
		case "aims":
			f.Inputs = append(f.Inputs, aimInputs(step, o.Kind, values)...)
		case "record":
			if o.Kind == domain.CmdDecide {
				f.Inputs = append(f.Inputs, dischargeInputs(step, values)...)
			}
			f.Inputs = append(f.Inputs, recordInputs(o.Kind, values)...)
		case "review":
			f.Inputs = append(f.Inputs, reviewInputs(step, registry, values)...)
		default:
			in := inputFor(member, o.Kind, step, registry, values)
			in.Must = in.Must || slices.Contains(o.Must, member)
			in.Required = in.Must && in.Box != "checkbox"
			f.Inputs = append(f.Inputs, in)
		}
	}
	for i := range f.Inputs {
		f.Inputs[i].Field = string(o.Kind) + "." + f.Inputs[i].Name
	}
	return f
}

func documentInputs(step *api.Step, values url.Values) []input {
	var all []input
	for _, d := range step.Wants {
		file := input{Name: "fil." + d.ID, Label: d.Title, Type: "file", Must: d.Required, Hint: "Högst 25 MB. Ligger den på ett annat ställe anger du länken i stället."}
		if sent := values.Get("sha." + d.ID); sent != "" {
			file.Hint = "Filen du valde är uppladdad, sha256 " + shortHash(domain.Digest(sent)) + ". Välj en annan om du vill byta den."
		}
		if len(d.Headings) > 0 {
			file.Hint += " Rubriker som ska finnas: " + strings.Join(d.Headings, ", ") + "."
		}
		link := input{Name: "lank." + d.ID, Label: "Länk till " + d.Title, Type: "url", Value: values.Get("lank." + d.ID), Hint: "Utan fil visas handlingen som ”utan fil”."}
		all = append(all, file, link)
	}
	return all
}

func fieldInputs(step *api.Step, values url.Values) []input {
	var all []input
	for _, w := range step.WantsFields {
		all = append(all, input{Name: "falt." + w.ID, Label: w.Title, Type: "long", Value: values.Get("falt." + w.ID), Must: w.Required, Required: w.Required})
	}
	return all
}

var (
	textLabels = map[domain.CommandKind]string{domain.CmdHold: "Anteckningar och vad ni kom överens om", domain.CmdDecide: "Motivering",
		domain.CmdComment: "Kommentar", domain.CmdReview: "Utlåtande", domain.CmdTakeBack: "Skäl", domain.CmdProceed: "Skäl",
		domain.CmdExtend: "Skäl", domain.CmdVoid: "Skäl", domain.CmdRevise: "Så finansieras det, eller varför målen ändras", domain.CmdExplain: "Varför gränsen passerades", domain.CmdOverturn: "Vad domstolen kom fram till",
		domain.CmdCorrect: "Vad som är fel, och vad som är rätt", domain.CmdCancel: "Varför cykeln avbryts", domain.CmdInstead: "Beslutet, och varför det inte kunde vänta"}
	dateLabels = map[domain.CommandKind]string{domain.CmdExtend: "Ny senast-dag", domain.CmdAdjust: "Dag då protokollet justerades",
		domain.CmdPost: "Dag då justeringen anslogs", domain.CmdHandOver: "Dag då det lämnades över", domain.CmdHold: "Dag då det genomfördes",
		domain.CmdPublish: "Dag då det publicerades", domain.CmdAppeal: "Dag då överklagandet kom in",
		domain.CmdInForce: "Dag då beslutet vann laga kraft", domain.CmdOverturn: "Domens dag", domain.CmdInstead: "Dag då det beslutades", domain.CmdDecide: "Beslutets dag, om den är en annan än sammanträdets"}
)

func inputFor(member string, kind domain.CommandKind, step *api.Step, registry *api.Registry, values url.Values) input {
	in := input{Name: member, Type: "text", Value: values.Get(member)}
	switch member {
	case "text":
		in.Type, in.Label = "long", or(textLabels[kind], "Anteckning")
		if kind == domain.CmdSubmit {
			in.Label, in.Hint, in.Must = "Svar på återremissens motivering", "Krävs, eftersom en minoritet i KF har återremitterat.", true
		}
		if kind == domain.CmdDecide {
			in.Hint = "Krävs vid återremiss: den blir anvisningen till den som ska göra om."
		}
	case "date":
		in.Type, in.Label = "date", or(dateLabels[kind], "Dag")
		if kind != domain.CmdExtend {
			in.Hint = "Lämnas tomt om det är i dag."
		}
	case "from":
		in.Type, in.Label = "date", "Gäller från"
	case "reference":
		in.Label = "Diarienummer"
		if kind == domain.CmdPublish {
			in.Label = "Var det är publicerat"
		}
		if kind == domain.CmdInstead {
			in.Label = "Beslutets beteckning, eller delegationsordningens punkt"
		}
	case "paragraph":
		in.Label, in.Hint = "Paragraf", "Bara numret: 14 för § 14."
	case "dnr":
		in.Label = "Beslutets diarienummer"
		if kind == domain.CmdOverturn || kind == domain.CmdAppeal || kind == domain.CmdInForce {
			in.Label = "Domstolens målnummer"
		}
	case "outcome":
		in.Type, in.Box, in.Label = "choice", "radio", "Vad beslutades?"
		for _, o := range []domain.Outcome{domain.OutcomeApproved, domain.OutcomeRejected, domain.OutcomeReturned, domain.OutcomeTabled} {
			in.Options = append(in.Options, option{string(o), upperFirst(o.Swedish()), in.Value == string(o)})
		}
	case "meeting":
		in.Type, in.Label = "select", "Sammanträde"
		chosen := or(in.Value, string(step.Meeting))
		acting := step.Unit // or the body that acts for it: the one whose meeting the step hangs on
		for _, m := range registry.Meetings {
			if m.ID == step.Meeting {
				acting = m.Unit
			}
		}
		for _, m := range registry.Meetings {
			if m.Unit == acting && m.Status != domain.MeetingCancelled {
				in.Options = append(in.Options, option{string(m.ID), m.Date.Swedish() + ", " + m.Status.Swedish(), string(m.ID) == chosen})
			}
		}
	case "to":
		in.Type, in.Box, in.Label = "choice", "checkbox", "Mottagare"
		for _, u := range registry.Units {
			in.Options = append(in.Options, option{string(u.ID), u.Name, slices.Contains(values["to"], string(u.ID))})
		}
	case "entry": // which there are is filled in when the history is known
		in.Type, in.Label, in.Hint = "select", "Uppgiften som ska rättas", "Den står kvar som den skrevs, med din rättelse under."
	case "need":
		in.Type, in.Label = "select", "Steget att gå vidare utan"
		for _, g := range step.Gate {
			if !g.Met {
				in.Options = append(in.Options, option{string(g.Step), g.Title, string(g.Step) == in.Value})
			}
		}
	default:
		in.Label = member
	}
	return in
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
