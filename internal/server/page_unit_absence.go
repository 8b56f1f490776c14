package server

import (
	"fmt"
	"net/http"
	"net/url"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// substituteOf makes the command of the form.
func substituteOf(v url.Values) (api.Command, domain.Date, error) {
	var number uint64
	if _, err := fmt.Sscan(v.Get("roll"), &number); err != nil {
		return api.Command{}, "", domain.Refuse(domain.CodeBindingUnknown, "Välj vems roll det gäller.")
	}
	sub := &domain.Substitute{Binding: number, Person: domain.PersonID(v.Get("person")), From: domain.Date(v.Get("fran")), To: domain.Date(v.Get("till"))}
	return api.Command{ID: v.Get("id"), Kind: domain.CmdSubstitute, Substitute: sub}, sub.From, nil
}

// reviewSubstitute shows what a substitute would lead to: whose open tasks somebody else may do, before it is done.
func (s *Server) reviewSubstitute(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if err == nil {
		err = s.fillUnit(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*unitBody)
	in, from, err := substituteOf(v)
	if err == nil {
		_, registry, _ := s.sourceAsked(v) // read once before
		body.Trial, _, err = s.tryRegistry(r.Context(), registry, p.Person, []api.Command{in}, from)
	}
	if err != nil {
		s.refusedOn(w, r, p, "enhet", err)
		return
	}
	for _, o := range body.Bindings {
		if o.Chosen {
			body.ReviewFor = o.Label
		}
	}
	for _, o := range body.People {
		if o.Chosen {
			body.ReviewWho = o.Label
		}
	}
	body.ReviewFrom, body.ReviewTo = longDay(from, body.today), longDay(domain.Date(v.Get("till")), body.today)
	v.Set("id", body.ID)
	body.Hidden = hiddenOf(v)
	p.Title = "Granska: ersättare i " + body.Unit.Name
	s.write(w, r, http.StatusOK, "enhet-granska", p)
}

// giveSubstitute lays a substitute in; refused, the form is there still as it was filled in.
func (s *Server) giveSubstitute(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	var in api.Command
	var registry string
	if err == nil {
		in, _, err = substituteOf(v)
	}
	if err == nil {
		_, registry, err = s.sourceAsked(v)
	}
	var receipt api.Receipt
	if err == nil {
		receipt, err = s.give(r.Context(), registry, p.Person, in)
	}
	if err == nil {
		query := url.Values{"kvitto": {receipt.ID}, "hos": {receipt.Stream}}
		if source := v.Get("cykel"); source != "" {
			query.Set("cykel", source)
		}
		http.Redirect(w, r, "/enhet/"+url.PathEscape(r.PathValue("unit"))+"?"+query.Encode(), http.StatusSeeOther)
		return
	}
	problem := s.problemOf(r, err)
	if !callerOf(r.Context()).Standing.Member || s.fillUnit(r, p, v) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	s.refusedOn(w, r, p, "enhet", problem)
}
