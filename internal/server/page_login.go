package server

import (
	"net/http"
	"net/url"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// unitPeople are those who hold a role in a unit today.
type unitPeople struct {
	Name   string
	People []api.Binding
}

func (s *Server) logInPage(w http.ResponseWriter, r *http.Request) {
	p := &page{Title: "Logga in på prov"}
	units, err := s.people(r)
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	p.Body = struct{ Units []unitPeople }{units}
	s.write(w, r, http.StatusOK, "logga-in", p)
}

// people lists whom one may log in as: each person once, at the first unit in which the person holds a role.
func (s *Server) people(r *http.Request) ([]unitPeople, error) {
	stream := domain.RegistryStream(s.Kommun)
	number, err := s.Store.RegistryNumber(r.Context(), s.Kommun)
	if err != nil || number == 0 {
		return nil, err
	}
	registry, err := s.theRegistry(r.Context(), stream)
	if err != nil {
		return nil, err
	}
	seen := map[domain.PersonID]bool{}
	var units []unitPeople
	for _, u := range registry.Units {
		row := unitPeople{Name: u.Name}
		for _, b := range registry.Bindings {
			if b.Unit == u.ID && !seen[b.Person] {
				seen[b.Person] = true
				if b.Name == "" {
					b.Name = string(b.Person)
				}
				row.People = append(row.People, b)
			}
		}
		if len(row.People) > 0 {
			units = append(units, row)
		}
	}
	return units, nil
}

// logIn believes who somebody says they are; that is why the server listens on the loopback address alone.
func (s *Server) logIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	person := r.PostFormValue("person")
	if !acceptable(person) {
		s.faultPage(w, r, &page{}, domain.Refuse(domain.CodeBadCommand, "Välj vem du vill vara i listan."))
		return
	}
	http.SetCookie(w, personCookieOf(person))
	http.Redirect(w, r, "/inkorg", http.StatusSeeOther)
}

func (s *Server) logOut(w http.ResponseWriter, r *http.Request) {
	gone := personCookieOf("")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	http.Redirect(w, r, "/logga-in", http.StatusSeeOther)
}

func personCookieOf(person string) *http.Cookie {
	return &http.Cookie{Name: personCookie, Value: url.QueryEscape(person), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
