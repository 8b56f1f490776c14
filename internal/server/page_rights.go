package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// rights answers who holds what, and when they last logged in.
func (s *Server) rights(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	return s.theRights(r.Context())
}

// theRights lists everybody who has, or will have, a role or stands in for a holder: for whoever goes through who should.
func (s *Server) theRights(ctx context.Context) (api.Review, error) {
	answer := api.Review{Today: now().Date(), People: []api.ReviewPerson{}}
	registry, err := s.theRegistry(ctx, domain.RegistryStream(s.Kommun))
	if err != nil {
		return answer, err
	}
	last, err := s.Store.LastLogins(ctx, s.Kommun)
	if err != nil {
		return answer, err
	}
	names, err := s.names(ctx, domain.RegistryStream(s.Kommun))
	if err != nil {
		return answer, err
	}
	units := map[domain.UnitID]string{}
	for _, u := range registry.Units {
		units[u.ID] = u.Name
	}
	people := map[domain.PersonID]*api.ReviewPerson{}
	add := func(person domain.PersonID, b api.Binding, from, to domain.Date, standsIn domain.PersonID) {
		if to != "" && to < answer.Today {
			return
		}
		p := people[person]
		if p == nil {
			p = &api.ReviewPerson{Person: person, Name: names.Name(person), LastLogin: last[person]}
			people[person] = p
		}
		role := api.ReviewRole{Role: b.Role, Title: s.roleTitle(b.Role), Unit: b.Unit, UnitName: units[b.Unit], From: from, To: to}
		if standsIn != "" {
			role.For = names.Name(standsIn)
		}
		p.Roles = append(p.Roles, role)
	}
	holders := map[uint64]api.Binding{}
	for _, b := range registry.Bindings {
		holders[b.Number] = b
		add(b.Person, b, b.From, b.To, "")
	}
	for _, sub := range registry.Substitutes {
		b := holders[sub.Binding]
		add(sub.Person, b, sub.From, sub.To, b.Person)
	}
	for _, x := range registry.Exclusions {
		if p := people[x.Person]; p != nil {
			p.Exclusions++
		}
	}
	for _, p := range people {
		answer.People = append(answer.People, *p)
	}
	slices.SortFunc(answer.People, func(a, b api.ReviewPerson) int {
		return strings.Compare(strings.ToLower(a.Name)+string(a.Person), strings.ToLower(b.Name)+string(b.Person))
	})
	return answer, nil
}

// roleTitle is what people call a role: by the wheel that cycles are launched by, or the registry's own.
func (s *Server) roleTitle(id domain.RoleID) string {
	for _, r := range s.Wheel.Wheel.Roles {
		if r.ID == id {
			return r.Title
		}
	}
	return string(id)
}

// rightsPage shows theRights, and the access table that the roles are read by.
func (s *Server) rightsPage(r *http.Request, p *page) (string, error) {
	answer, err := s.theRights(r.Context())
	if err != nil {
		return "", err
	}
	never := 0
	for _, who := range answer.People {
		if who.LastLogin == 0 {
			never++
		}
	}
	p.Title, p.Body = "Vem kan vad", struct {
		api.Review
		Never int
		Table []domain.AccessRow
		Words map[domain.May]string
	}{answer, never, domain.AccessTable, mayWords}
	return "behorigheter", nil
}

// mayWords tell how far somebody may go.
var mayWords = map[domain.May]string{domain.MayNot: "nej", domain.MayOwn: "sitt eget", domain.MayAsk: "reglerna avgör", domain.MayAll: "ja"}
