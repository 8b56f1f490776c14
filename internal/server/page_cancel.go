package server

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// cancelForm is the form that ends a cycle before its time.
func cancelForm(stream string, tried attempt) *form {
	f := &form{Title: domain.Row(domain.CmdCancel).Says, Action: pagePath(stream) + "/granska", ID: rand.Text(), Kind: domain.CmdCancel}
	in := input{Name: "text", Field: "cancel.text", Label: textLabels[domain.CmdCancel], Type: "long", Must: true, Required: true,
		Hint: "Skriv vem som har beslutat det, och diarienumret. Det står i journalen för alltid."}
	if tried.kind == domain.CmdCancel {
		f.Open, in.Value = true, tried.values.Get("text")
		if tried.id != "" {
			f.ID = tried.id
		}
	}
	f.Inputs = []input{in}
	return f
}

// cycleReview is the page on which somebody sees once more what is about to be done with a whole cycle.
type cycleReview struct {
	CycleTitle, CycleLink, Part string
	Review                      *review
}

// reviewCancel shows what ending the cycle would lead to. fault is what was wrong with the form itself.
func (s *Server) reviewCancel(w http.ResponseWriter, r *http.Request, p *page, in *api.Command, values url.Values, fault error) {
	on := stream(r)
	var would api.Preview
	if fault == nil {
		would, fault = s.previewOf(r.Context(), on, p.Person, in)
	}
	if fault != nil {
		s.refuseCancel(w, r, p, attempt{in.ID, in.Kind, values}, s.problemOf(r, fault))
		return
	}
	c, err := s.theCycle(r.Context(), on)
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	title := cycleTitle(c.Year, c.Exercise)
	v := &review{Title: domain.Row(domain.CmdCancel).Says, Action: pagePath(on) + "/kommando", What: title, Back: pagePath(on), Would: would,
		Rows: []reviewRow{{Label: textLabels[domain.CmdCancel], Value: in.Text}}}
	v.carry(values)
	p.Title, p.Menu, p.Exercise, p.Today = "Granska: "+v.Title, "cykler", c.Exercise > 0, dayOf(&c)
	p.Body = &cycleReview{CycleTitle: title, CycleLink: pagePath(on), Part: "alla skeden", Review: v}
	s.write(w, r, http.StatusOK, "granska", p)
}

// refuseCancel shows the cycle's page with the form as it was filled in, and why not.
func (s *Server) refuseCancel(w http.ResponseWriter, r *http.Request, p *page, tried attempt, problem *api.Problem) {
	if problem.Code == domain.CodeIDReused {
		tried.id = ""
	}
	if s.showCycle(r, p, tried) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	p.Fault = problem
	s.write(w, r, problem.Status, "cykel", p)
}
