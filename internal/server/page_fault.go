package server

import (
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// faultBody is what stands below the sentence that says what went wrong.
type faultBody struct {
	Heading string
	Try     []string // what can be done about it
	Where   string   // the page that could not be shown
}

// wayOut says, by a problem's code, what somebody can do besides what the problem's own sentence says.
var wayOut = map[domain.Code][]string{
	domain.CodeNotFound:      {"Kontrollera adressen. Den kan ha blivit avklippt i ett mejl.", "Sök upp sidan från menyn."},
	domain.CodeUnknownStream: {"Kontrollera adressen, eller välj cykeln i listan över cykler."},
	domain.CodeUnknownStep:   {"Kontrollera adressen, eller välj steget på cykelns sida."},
	domain.CodeNoAccess:      {"Vem du ska be om hjälp står på sidan Hjälp.", "Är du inloggad som rätt person? Ditt namn står överst."},
	domain.CodeNotLoggedIn:   {"Logga in. Efter inloggningen kommer du tillbaka hit."},
	domain.CodeTooMany:       {"Vänta tio sekunder och ladda om sidan."},
	domain.CodeUnavailable:   {"Ladda om sidan om en stund.", "Skickade du ett formulär: gå tillbaka och skicka samma formulär igen. Det räknas bara en gång.", "Händer det flera gånger: säg till den som sköter driften."},
	domain.CodeIDReused:      {"Gå tillbaka, ladda om sidan och fyll i formuläret igen."},
}

// faultPage tells why a page cannot be shown.
func (s *Server) faultPage(w http.ResponseWriter, r *http.Request, p *page, err error) {
	s.tellFault(w, r, p, s.problemOf(r, err), "Det gick inte att visa sidan")
}

func (s *Server) tellFault(w http.ResponseWriter, r *http.Request, p *page, problem *api.Problem, heading string) {
	p.Fault, p.Title = problem, "Det gick inte"
	p.Body = faultBody{heading, wayOut[problem.Code], pathOf(r, routeOf(r))}
	s.write(w, r, problem.Status, "fel", p)
}
