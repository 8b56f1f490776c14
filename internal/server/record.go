package server

import (
	"context"
	"errors"
	"fmt"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// recordOf makes what a protocol says from what a person wrote; under is where its texts stand in the command.
func (s *Server) recordOf(ctx context.Context, in *api.Record, under string, put *texts) (*domain.Record, error) {
	if in == nil {
		return nil, nil
	}
	r := &domain.Record{Manner: in.Manner, Onward: in.Onward, Votes: in.Votes, Class: in.Class, ClassReason: put.ref(under+"/class_reason", in.ClassReason),
		Discharge: in.Discharge, By: in.By, Items: in.Items, Wording: in.Wording, Immediate: in.Immediate}
	if m := in.Remark; m != nil {
		r.Remark = &domain.Remark{Made: m.Made, Reason: put.ref(under+"/remark", m.Reason), Paragraph: m.Paragraph}
	}
	if in.Wording != "" {
		switch _, err := s.Store.FileInfo(ctx, in.Wording); {
		case errors.Is(err, store.ErrNoFile):
			return nil, domain.Refuse(domain.CodeFileUnknown, "Filen med den beslutade lydelsen är inte uppladdad. Ladda upp den först, och skicka sedan kommandot igen.")
		case err != nil:
			return nil, err
		}
	}
	for i, x := range in.Reservations {
		r.Reservations = append(r.Reservations, domain.Reservation{Text: put.ref(fmt.Sprintf("%s/reservations/%d", under, i), x.Text), Date: x.Date})
	}
	for i, x := range in.Served {
		r.Served = append(r.Served, put.ref(fmt.Sprintf("%s/served/%d", under, i), x))
	}
	return r, nil
}

// statedOf makes what revisorerna stated from what a person wrote.
func statedOf(in *api.AuditReview, put *texts) *domain.Review {
	if in == nil {
		return nil
	}
	r := &domain.Review{Outcome: in.Outcome, Rest: in.Rest}
	for i, b := range in.Boards {
		r.Boards = append(r.Boards, domain.Statement{Unit: b.Unit, Stance: b.Stance, Remark: b.Remark, Reason: put.ref(fmt.Sprintf("review/%d", i), b.Reason)})
	}
	return r
}
