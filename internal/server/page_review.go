package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// review is what somebody is about to do, told before it is done: what was filled in, and what it leads to.
type review struct {
	Title, Action string
	What, Back    string // what it is about, and its page
	Rows          []reviewRow
	Would         api.Preview
	Hidden        []hidden
}

type reviewRow struct {
	Label, Value string
	Hash         domain.Digest // of a file
}

// reviewForm shows a form once more before it is carried out. Nothing is done or written down; files that came with it are
// kept, so that they need not be sent twice.
func (s *Server) reviewForm(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	on := stream(r)
	in, values, err := s.readForm(w, r)
	if in.Kind == domain.CmdCancel {
		s.reviewCancel(w, r, p, &in, values, err)
		return
	}
	if in.Step == "" {
		if err == nil {
			err = domain.Refuse(domain.CodeBadCommand, "Formuläret säger inte vilket steg det gäller. Ladda om sidan och gör om.")
		}
		s.faultPage(w, r, p, err)
		return
	}
	var would api.Preview
	if err == nil {
		would, err = s.previewOf(r.Context(), on, p.Person, &in)
	}
	if err != nil {
		problem := s.problemOf(r, err)
		if s.showStep(r, p, on, in.Step, attempt{in.ID, in.Kind, values}) != nil {
			s.faultPage(w, r, p, problem)
			return
		}
		p.Fault = problem
		s.write(w, r, problem.Status, "steg", p)
		return
	}
	seen, err := s.see(r, on)
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body, c, err := s.viewStep(r.Context(), seen, in.Step, p.Person, attempt{in.ID, in.Kind, values})
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body.Review = reviewOf(body, &in, values)
	body.Review.Would, body.Review.What, body.Review.Back = would, body.Step.Title, stepPath(on, in.Step)
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = "Granska: "+body.Step.Title, "cykler", c.Exercise > 0, dayOf(c), body
	s.write(w, r, http.StatusOK, "granska", p)
}

// reviewOf tells what was filled in by the names that the form has for it, and carries it on.
func reviewOf(b *stepBody, in *api.Command, values url.Values) *review {
	v := &review{Title: string(in.Kind), Action: pagePath(b.Step.Stream) + "/kommando"}
	if row := domain.Row(in.Kind); row != nil {
		v.Title = row.Says
	}
	i := slices.IndexFunc(b.Forms, func(f form) bool { return f.Kind == in.Kind })
	if i >= 0 {
		for _, field := range b.Forms[i].Inputs {
			v.row(&field, in)
		}
	}
	if in.Version != "" && b.Step.Version != nil {
		v.Rows = append(v.Rows, reviewRow{Label: "Version", Value: "Den version som är inlämnad nu", Hash: in.Version})
	}
	v.carry(values)
	return v
}

// carry takes along what was filled in, to be sent as it was reviewed.
func (v *review) carry(values url.Values) {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range values[name] {
			if value != "" {
				v.Hidden = append(v.Hidden, hidden{name, value})
			}
		}
	}
}

func (v *review) row(field *input, in *api.Command) {
	row := reviewRow{Label: field.Label, Value: field.Value}
	if def, ok := strings.CutPrefix(field.Name, "fil."); ok {
		for _, d := range in.Documents {
			if d.Def == def && d.SHA256 != "" {
				row.Value, row.Hash = "Fil", d.SHA256
			}
		}
	}
	var chosen []string
	for _, o := range field.Options {
		if o.Chosen {
			chosen = append(chosen, o.Label)
		}
	}
	if len(field.Options) > 0 {
		row.Value = strings.Join(chosen, ", ")
	}
	if d := domain.Date(row.Value); field.Type == "date" && d.Valid() {
		row.Value = longDay(d, "")
	}
	if row.Value != "" {
		v.Rows = append(v.Rows, row)
	}
}
