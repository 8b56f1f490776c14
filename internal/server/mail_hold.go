package server

import (
	"context"
	"net/http"

	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// holdOperations are those by which mails are held and let go, and what came back is written down.
func (s *Server) holdOperations(at string) []operation {
	return []operation{
		{method: http.MethodGet, path: at + "/hold", id: "mail.hold", thing: domain.ThingMail, summary: "Whether mails are held, and for whoever sees everybody's mails, what waits.", out: api.MailHold{}, do: s.mailHold},
		{method: http.MethodPost, path: at + "/hold", id: "mail.hold_all", thing: domain.ThingAsk, summary: "Hold every real mail until somebody lets them go. Given again, it changes nothing.", out: api.MailHold{}, do: s.holdMails},
		{method: http.MethodPost, path: at + "/release", id: "mail.release", thing: domain.ThingAsk, summary: "Let held mails go, each person's as one; or say that they were sent already.", in: api.MailRelease{}, out: api.MailHold{}, do: s.releaseMails},
		{method: http.MethodPost, path: at + "/bounces", id: "mail.bounced", thing: domain.ThingAsk, summary: "Write down that a mail came back, from the mail server's report.", in: api.MailBounce{}, out: api.Mail{}, do: s.bounced},
	}
}

// What only the registeransvarig does with mails; a no is written down as for any command.
const (
	keepHold    domain.CommandKind = "hold-mails"
	keepRelease domain.CommandKind = "release-mails"
	keepBounce  domain.CommandKind = "mail-bounced"
)

func (s *Server) mailHold(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.theHold(r.Context(), person)
}

func (s *Server) theHold(ctx context.Context, person domain.PersonID) (api.MailHold, error) {
	hold, held, err := s.Store.MailHold(ctx, s.Kommun)
	if err != nil {
		return api.MailHold{}, err
	}
	return s.holdOf(ctx, person, hold, held)
}

func (s *Server) holdOf(ctx context.Context, person domain.PersonID, hold store.MailHold, held bool) (api.MailHold, error) {
	answer := api.MailHold{People: []api.MailHeld{}}
	answer.Held, answer.Since, answer.Reason, answer.By = held, hold.Since, string(hold.Reason), hold.By
	keeper, err := s.holds(ctx, person, keepers...)
	if err != nil || !keeper {
		return answer, err
	}
	people, err := s.Store.Held(ctx, s.Kommun)
	for _, p := range people {
		answer.People = append(answer.People, api.MailHeld(p))
	}
	return answer, err
}

func (s *Server) holdMails(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	if err := s.mayKeep(r.Context(), person, keepHold); err != nil {
		return nil, err
	}
	if err := s.Store.HoldMails(r.Context(), s.Kommun, person, now()); err != nil {
		return nil, err
	}
	return s.theHold(r.Context(), person)
}

func (s *Server) releaseMails(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.MailRelease
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	return s.letMailsGo(r.Context(), person, in.Sent)
}

func (s *Server) letMailsGo(ctx context.Context, person domain.PersonID, sent bool) (api.MailHold, error) {
	if err := s.mayKeep(ctx, person, keepRelease); err != nil {
		return api.MailHold{}, err
	}
	if _, err := s.Store.LetMailsGo(ctx, s.Kommun, person, sent, now()); err != nil {
		return api.MailHold{}, err
	}
	s.wakeDelivery(ctx)
	return s.theHold(ctx, person)
}

func (s *Server) bounced(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.MailBounce
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	ctx := r.Context()
	if err := s.mayKeep(ctx, person, keepBounce); err != nil {
		return nil, err
	}
	b, err := mail.ReadBounce([]byte(in.Report))
	if err != nil {
		return nil, domain.Refuse(domain.CodeBadCommand, "Rapporten gick inte att läsa: %v. Skicka hela mejlet som e-postservern skrev.", err)
	}
	if !b.Failed {
		return nil, domain.Refuse(domain.CodeNothingChanged, "Rapporten säger inte att mejlet misslyckades. Inget har ändrats.")
	}
	if _, err := s.theMail(ctx, person, b.Mail); err != nil {
		return nil, err
	}
	if _, err := s.Store.BounceMail(ctx, s.Kommun, b.Mail, b.Words, now()); err != nil {
		return nil, err
	}
	m, err := s.theMail(ctx, person, b.Mail)
	if err == nil && m.Reason != store.ReasonBounced && m.State != store.MailFailed {
		err = domain.Refuse(domain.CodeNothingChanged, "Mejlet är inte skickat som det står här. Inget har ändrats.")
	}
	return mailOf(&m), err
}
