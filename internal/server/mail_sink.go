package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	netmail "net/mail"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

func (s *Server) sunk(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	before, err := number(r, "before", 0)
	if err != nil {
		return nil, err
	}
	return s.theSunk(r.Context(), r.URL.Query().Get("exercise"), int64(before), limit)
}

func (s *Server) theSunk(ctx context.Context, exercise string, before int64, limit int) (api.SunkMails, error) {
	list := api.SunkMails{Mails: []api.SunkMail{}}
	var err error
	if list.Boxes, err = s.Store.SunkBoxes(ctx, s.Kommun); err != nil {
		return list, err
	}
	if list.Count, err = s.Store.SunkCount(ctx, s.Kommun, exercise); err != nil {
		return list, err
	}
	mails, err := s.Store.Sunk(ctx, s.Kommun, exercise, before, limit)
	for i := range mails {
		list.Mails = append(list.Mails, sunkOf(&mails[i]))
	}
	return list, err
}

func sunkOf(m *store.SunkMail) api.SunkMail {
	return api.SunkMail{ID: m.ID, Exercise: m.Exercise, MessageID: m.MessageID, To: m.Recipient, Subject: m.Subject, Received: m.Received, Times: m.Times}
}

func (s *Server) sunkOne(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	return s.theSunkMail(r)
}

// theSunkMail reads the mail that a request's path names.
func (s *Server) theSunkMail(r *http.Request) (api.SunkMail, error) {
	none := domain.Refuse(domain.CodeNotFound, "Det finns inget mejl %q i övningsposten.", r.PathValue("id"))
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return api.SunkMail{}, none
	}
	m, err := s.Store.SunkMail(r.Context(), s.Kommun, id)
	if errors.Is(err, store.ErrNoRow) {
		return api.SunkMail{}, none
	}
	if err != nil {
		return api.SunkMail{}, err
	}
	a := sunkOf(&m)
	if len(m.Raw) == 0 { // erased
		a.Text = m.Subject
		return a, nil
	}
	a.Text, a.HTML, err = bodies(m.Raw)
	return a, err
}

// bodies takes a mail's two forms apart.
func bodies(raw []byte) (text, html string, err error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", "", err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", "", err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		body, err := io.ReadAll(m.Body)
		return string(body), "", err
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return text, html, nil
		}
		if err != nil {
			return "", "", err
		}
		var r io.Reader = p
		if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			r = quotedprintable.NewReader(p)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return "", "", err
		}
		switch kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type")); {
		case err != nil:
			return "", "", err
		case kind == "text/html":
			html = string(body)
		default:
			text = string(body)
		}
	}
}
