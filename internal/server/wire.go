package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// maxBody bounds a JSON request or a form without files, in bytes.
const maxBody = 1 << 20

// readJSON reads a request's body into v. A member that v does not have is refused by its name.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return domain.Refuse(domain.CodeBadCommand, "Frågan är större än %d kB. Skicka filer för sig, och korta texterna.", maxBody>>10)
		}
		return domain.Refuse(domain.CodeBadCommand, "Frågan kom inte fram hel. Skicka den igen.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return domain.Refuse(domain.CodeBadCommand, "Efter frågan står mer text. Skicka ett enda JSON-objekt.")
	}
	return nil
}

// badJSON says what is wrong with a body and where.
func badJSON(err error) *domain.Refusal {
	// encoding/json has no type for a member it does not know.
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return domain.Refuse(domain.CodeUnknownField, "Uppgiften %s finns inte. Ta bort den, eller rätta namnet: de som finns står i /api/v1/openapi.json.", name)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return domain.Refuse(domain.CodeBadCommand, "Frågan är inte JSON: felet är vid tecken %d.", syntax.Offset)
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return domain.Refuse(domain.CodeBadCommand, "Uppgiften %s är av fel slag (%s). Vad den ska vara står i /api/v1/openapi.json.", typ.Field, typ.Value)
	}
	return domain.Refuse(domain.CodeBadCommand, "Frågan går inte att läsa som JSON.")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("server: %T does not become JSON: %v", v, err)) // a bug: every answer's type is in the API's description
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // who asked may be gone; what was done stands in the journal
}

func writeProblem(w http.ResponseWriter, p *api.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("server: a problem does not become JSON: %v", err))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}
