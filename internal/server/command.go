package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// commandOf makes the command that the rules judge from what a person asks for. Texts, names, links and the values of
// fields are stored, and the command carries only commitments to them; a document's size is what the store holds.
//
// The same request gives the same command however often it comes, since the store gives the same commitment to the same
// text of the same command.
func (s *Server) commandOf(ctx context.Context, stream string, person domain.PersonID, in *api.Command) (domain.Command, error) {
	return s.commandWith(ctx, stream, person, in, &texts{s.Store, ctx, stream, in.ID, nil})
}

// commandWith makes the command with texts that are kept, or for a preview are not.
func (s *Server) commandWith(ctx context.Context, stream string, person domain.PersonID, in *api.Command, put *texts) (domain.Command, error) {
	c := domain.Command{ID: in.ID, Kind: in.Kind, Actor: person, Step: in.Step, Version: in.Version, Date: in.Date,
		Reference: in.Reference, Outcome: in.Outcome, Meeting: in.Meeting, Paragraph: in.Paragraph, Dnr: in.Dnr, To: in.To,
		Deficit: in.Deficit, CarryOver: in.CarryOver, Epoch: in.Epoch, Need: in.Need, Entry: in.Entry, Unit: in.Unit, Substitute: in.Substitute, NewMeeting: in.NewMeeting}
	if err := errors.Join(checkID(in.ID), checkKind(in), s.checkStream(stream)); err != nil {
		return c, err
	}
	if in.Kind == domain.CmdComment {
		var err error
		if c.Mentions, err = s.mentioned(ctx, stream, in); err != nil {
			return c, err
		}
	}
	c.Text = put.ref("text", in.Text)
	for _, f := range in.Fields {
		c.Fields = append(c.Fields, domain.FieldValue{ID: f.ID, Value: put.ref("fields/"+f.ID, f.Value)})
	}
	if err := figuresIn(&c, in, put); err != nil {
		return c, err
	}
	for i, d := range in.Documents {
		doc, err := s.documentOf(ctx, d)
		if err != nil {
			return c, err
		}
		doc.Link = put.ref(fmt.Sprintf("documents/%d", i), d.Link)
		c.Documents = append(c.Documents, doc)
	}
	c.Review = statedOf(in.Review, put)
	var err error
	if c.Record, err = s.recordOf(ctx, in.Record, "record", put); err != nil {
		return c, err
	}
	if b := in.Binding; b != nil {
		c.Binding = &domain.Binding{Number: b.Number, Person: b.Person, Name: put.ref("name", b.Name), Role: b.Role, Unit: b.Unit, From: b.From, To: b.To}
	}
	if x := in.Exclusion; x != nil {
		c.Exclusion = &domain.Exclusion{Number: x.Number, Person: x.Person, Year: x.Year, Def: x.Def, Unit: x.Unit, Reason: put.ref("reason", x.Reason),
			Replacement: x.Replacement, Ruling: x.Ruling}
	}
	for i, p := range in.Parts {
		record, err := s.recordOf(ctx, p.Record, fmt.Sprintf("parts/%d/record", i), put)
		if err != nil {
			return c, err
		}
		figures, err := amountsIn(p.Figures)
		if err != nil {
			return c, err
		}
		c.Parts = append(c.Parts, domain.Part{Kind: p.Kind, Step: p.Step, Version: p.Version, Outcome: p.Outcome, Paragraph: p.Paragraph,
			Dnr: p.Dnr, Text: put.ref(fmt.Sprintf("parts/%d", i), p.Text), Record: record, Figures: figures, Date: p.Date})
	}
	if c.Observation, c.Supplement, err = s.afterwardsOf(ctx, stream, in, put); err != nil {
		return c, err
	}
	if o := in.Order; o != nil {
		if o.By != "" || o.Confirmed != "" || o.Despite != "" {
			return c, domain.Refuse(domain.CodeUnknownField, "En beställning får sina personer här, och skälet att starta trots anmärkningar står i kommandots text. Ta bort by, confirmed och despite.")
		}
		c.Order = &domain.Order{Number: o.Number, Year: o.Year, Wheel: o.Wheel, With: o.With, From: o.From, Dnr: o.Dnr, Paragraph: o.Paragraph, Date: o.Date}
		c.Order.Before = doneBefore(put, o.Before)
	}
	if c.Erasure, err = s.erasureOf(ctx, in.Erasure); err != nil {
		return c, err
	}
	return c, put.err
}

// texts stores the texts of one command; the first fault stays in err. Without a store they are kept nowhere.
type texts struct {
	store      *store.Store
	ctx        context.Context
	stream, id string
	err        error
}

func (t *texts) ref(field, text string) domain.TextRef {
	if text == "" || t.err != nil {
		return ""
	}
	if t.store == nil {
		return domain.TextRef(domain.DigestOf([]byte(text)))
	}
	ref, err := t.store.PutText(t.ctx, t.stream, t.id, field, text)
	t.err = err
	return ref
}

// doneBefore keeps the reasons for taking steps as done before.
func doneBefore(put *texts, in []api.DoneBefore) (all []domain.DoneBefore) {
	for i, b := range in {
		all = append(all, domain.DoneBefore{Step: b.Step, Reason: put.ref(fmt.Sprintf("before/%d", i), b.Reason), Reference: b.Reference})
	}
	return all
}

// documentOf looks an uploaded file up. A link may carry the hash of what it led to, without bytes of ours.
func (s *Server) documentOf(ctx context.Context, d api.Document) (domain.Document, error) {
	doc := domain.Document{Def: d.Def, SHA256: d.SHA256}
	if d.SHA256 == "" {
		return doc, nil
	}
	file, err := s.Store.FileInfo(ctx, d.SHA256)
	switch {
	case err == nil && file.Erased != "":
		return doc, domain.Refuse(domain.CodeErased, "Filen till handlingen %s är gallrad: %s. Lämna in en annan.", d.Def, file.Erased)
	case err == nil:
		doc.Size = file.Size
	case !errors.Is(err, store.ErrNoFile):
		return doc, err
	case d.Link == "":
		return doc, domain.Refuse(domain.CodeFileUnknown, "Filen till handlingen %s är inte uppladdad. Ladda upp den först, och skicka sedan kommandot igen.", d.Def)
	}
	return doc, nil
}

// checkID refuses ids under which nothing could be stored or found again.
func checkID(id string) error {
	if !domain.ValidID(id) {
		return domain.Refuse(domain.CodeBadCommand, "Kommandot behöver ett id på 1 till 100 tecken, bara bokstäver a–z, siffror och . _ : / # -. Sätt ett eget id, och samma id vid varje nytt försök.")
	}
	return nil
}

// checkKind refuses kinds that no person sends, and members that the kind does not use, before any text is stored. The
// rules check the same and more.
func checkKind(in *api.Command) error {
	row := domain.Row(in.Kind)
	if row == nil || slices.Contains(ownDoor, in.Kind) {
		return domain.Refuse(domain.CodeUnknownKind, "%q är inget som går att göra här. De kommandon som finns står i /api/v1/openapi.json.", in.Kind)
	}
	must, may := row.Members()
	for _, m := range members {
		if m.has(in) && !slices.Contains(must, m.name) && !slices.Contains(may, m.name) {
			return domain.Refuse(domain.CodeUnknownField, "Kommandot %s har inte uppgiften %s. Ta bort den.", in.Kind, m.name)
		}
	}
	return nil
}

// members are those of a command that only some kinds use, by the names of the command table.
var members = []struct {
	name string
	has  func(*api.Command) bool
}{
	{"step", func(c *api.Command) bool { return c.Step != "" }},
	{"version", func(c *api.Command) bool { return c.Version != "" }},
	{"text", func(c *api.Command) bool { return c.Text != "" }},
	{"date", func(c *api.Command) bool { return c.Date != "" }},
	{"documents", func(c *api.Command) bool { return len(c.Documents) > 0 }},
	{"reference", func(c *api.Command) bool { return c.Reference != "" }},
	{"fields", func(c *api.Command) bool { return len(c.Fields) > 0 }},
	{"figures", func(c *api.Command) bool { return len(c.Figures) > 0 }},
	{"aims", func(c *api.Command) bool { return len(c.Aims) > 0 }},
	{"from", func(c *api.Command) bool { return c.From != "" }},
	{"outcome", func(c *api.Command) bool { return c.Outcome != "" }},
	{"meeting", func(c *api.Command) bool { return c.Meeting != "" }},
	{"paragraph", func(c *api.Command) bool { return c.Paragraph != "" }},
	{"dnr", func(c *api.Command) bool { return c.Dnr != "" }},
	{"to", func(c *api.Command) bool { return len(c.To) > 0 }},
	{"need", func(c *api.Command) bool { return c.Need != "" }},
	{"entry", func(c *api.Command) bool { return c.Entry != 0 }},
	{"mentions", func(c *api.Command) bool { return len(c.Mentions) > 0 }},
	{"unit", func(c *api.Command) bool { return c.Unit != nil }},
	{"binding", func(c *api.Command) bool { return c.Binding != nil }},
	{"substitute", func(c *api.Command) bool { return c.Substitute != nil }},
	{"exclusion", func(c *api.Command) bool { return c.Exclusion != nil }},
	{"parts", func(c *api.Command) bool { return len(c.Parts) > 0 }},
	{"record", func(c *api.Command) bool { return c.Record != nil }},
	{"review", func(c *api.Command) bool { return c.Review != nil }},
	{"deficit", func(c *api.Command) bool { return c.Deficit != nil }},
	{"carry_over", func(c *api.Command) bool { return c.CarryOver != nil }},
	{"epoch", func(c *api.Command) bool { return c.Epoch != nil }},
	{"observation", func(c *api.Command) bool { return c.Observation != nil }},
	{"supplement", func(c *api.Command) bool { return c.Supplement != nil }},
	{"order", func(c *api.Command) bool { return c.Order != nil }},
	{"erasure", func(c *api.Command) bool { return c.Erasure != nil }},
	{"new_meeting", func(c *api.Command) bool { return c.NewMeeting != nil }},
}

// checkStream refuses streams of another municipality's, and names that are no stream's.
func (s *Server) checkStream(stream string) error {
	parts := strings.Split(stream, "/")
	ok := parts[1] == s.Kommun
	for _, p := range parts[1:] {
		ok = ok && p != "" && strings.Trim(p, "0123456789") == "" && (p[0] != '0' || len(parts) == 2)
	}
	if !ok {
		return domain.Refuse(domain.CodeUnknownStream, "Det finns ingen cykel och inget register som heter %q här. Den här servern är för kommun %s.", stream, s.Kommun)
	}
	return nil
}
