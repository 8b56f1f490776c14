package server

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// A command line asks to be let in, shows a code, and waits; a person who is logged in says yes to that code in a browser
// (as in RFC 8628). So no key is ever copied by hand.

// codeLetters are those of codes: none that looks like another, and no vowel that could make a word.
const codeLetters = "BCDFGHJKLMNPQRSTVWXZ"

// newCode makes a code that people compare and may type: 20^8 of them, good for ten minutes.
func newCode() string {
	var b [8]byte
	for i := range b {
		for {
			rand.Read(b[i : i+1]) // never fails
			if int(b[i]) < 256/len(codeLetters)*len(codeLetters) {
				b[i] = codeLetters[int(b[i])%len(codeLetters)]
				break
			}
		}
	}
	return string(b[:4]) + "-" + string(b[4:])
}

func (s *Server) askToBeLetIn(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	var in api.NewKey
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	if in.Label = strings.TrimSpace(in.Label); !acceptable(in.Label) || in.Days != 0 {
		return nil, domain.Refuse(domain.CodeBadCommand, "Säg med label vad som vill bli insläppt, på högst 100 tecken, och inget annat.")
	}
	secret, hash := newSecret()
	code := newCode()
	if err := s.Store.AddDeviceTry(r.Context(), s.Kommun, hash, store.DeviceTry{Code: code, Label: in.Label}, now()); err != nil {
		return nil, err
	}
	return api.Device{Code: code, Secret: secret, Page: s.base(r) + query("/slapp-in", "kod", code), Every: 2}, nil
}

// base is where browsers reach the server.
func (s *Server) base(r *http.Request) string {
	if s.URL != "" {
		return strings.TrimSuffix(s.URL, "/")
	}
	return "http://" + r.Host // --dev-login: this machine's own name (onlyLocal)
}

func (s *Server) letInKey(w http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	var in api.DeviceAsk
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	try, waits, err := s.Store.TakeDeviceTry(r.Context(), s.Kommun, hashOf(in.Secret), now())
	if errors.Is(err, store.ErrNoRow) {
		return nil, domain.Refuse(domain.CodeNotFound, "Ingen väntar på att bli insläppt med den hemligheten: det dröjde för länge, eller är redan gjort. Börja om.")
	}
	if err != nil {
		return nil, err
	}
	if waits {
		return nil, domain.Refuse(domain.CodeRetryLater, "Ingen har sagt ja än. Öppna sidan i webbläsaren och bekräfta koden.")
	}
	return s.makeKey(r.Context(), try.Person, api.NewKey{Label: try.Label})
}

func (s *Server) letInPage(r *http.Request, p *page) (string, error) {
	body := struct {
		Code  string
		Label string
		Done  bool
		Days  int
	}{Code: strings.ToUpper(strings.TrimSpace(r.URL.Query().Get("kod"))), Done: r.URL.Query().Get("klart") != "", Days: usualKeyDays}
	if body.Code != "" {
		try, err := s.Store.DeviceTry(r.Context(), s.Kommun, body.Code, now())
		if errors.Is(err, store.ErrNoRow) || err == nil && try.Person != "" {
			return "", noSuchCode()
		}
		if err != nil {
			return "", err
		}
		body.Label = try.Label
	}
	p.Title, p.Body = "Släpp in en kommandorad", body
	return "slapp-in", nil
}

func (s *Server) letIn(r *http.Request, p *page) (string, error) {
	err := s.Store.LetIn(r.Context(), s.Kommun, strings.ToUpper(strings.TrimSpace(r.PostFormValue("kod"))), p.Person, now())
	if errors.Is(err, store.ErrNoRow) {
		return "", noSuchCode()
	}
	return "", err
}

func noSuchCode() error {
	return domain.Refuse(domain.CodeNotFound, "Ingen väntar under den koden: den är fel, för gammal eller redan bekräftad. Kontrollera den, eller börja om på kommandoraden.")
}
