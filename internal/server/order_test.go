package server_test

import (
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/wheelfile"
)

// An order is written down by one cykelansvarig and confirmed by another; the registry then shows both.
func TestAnOrderNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	registry := domain.RegistryStream(servertest.Kommun)
	wheel, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	ok(t, err)
	const second domain.PersonID = "p-slf-cykelansvarig-2"
	give(t, d.As(servertest.Registrar), registry, api.Command{Kind: domain.CmdBind,
		Binding: &api.Binding{Person: second, Name: "Cykelansvarig 2 (påhittad)", Role: domain.RoleLauncher, Unit: "SLF", From: "2026-01-01"}})
	give(t, d.As(servertest.Launcher), registry, api.Command{Kind: domain.CmdOrder, Text: "Trots anmärkningarna (påhittat)",
		Order: &api.Order{Year: 2028, Wheel: wheel.Wheel.Hash(), Dnr: "KS 1/2026 (påhittat)", Date: "2026-11-01"}})
	show := func() api.Order {
		t.Helper()
		var a api.Registry
		ok(t, d.As(servertest.Launcher).Get(t.Context(), "/"+registry+"/registry", &a))
		if len(a.Orders) != 1 {
			t.Fatalf("%d orders, want 1", len(a.Orders))
		}
		return a.Orders[0]
	}
	o := show()
	if o.By != servertest.Launcher || o.Confirmed != "" || o.Despite != "Trots anmärkningarna (påhittat)" {
		t.Errorf("ordered: %+v", o)
	}
	confirm := api.Command{ID: t.Name() + "-same", Kind: domain.CmdConfirmOrder, Order: &api.Order{Number: o.Number}}
	_, err = d.As(servertest.Launcher).Give(t.Context(), registry, confirm)
	if p := refusal(t, err); p.Code != domain.CodeSecondPerson {
		t.Errorf("confirmed by who ordered: %+v", p)
	}
	confirm.ID = t.Name() + "-other"
	give(t, d.As(second), registry, confirm)
	if o := show(); o.Confirmed != second {
		t.Errorf("confirmed: %+v", o)
	}
	forged := api.Command{ID: t.Name() + "-forged", Kind: domain.CmdOrder, Order: &api.Order{Year: 2028, Confirmed: second}}
	_, err = d.As(servertest.Launcher).Give(t.Context(), registry, forged)
	if p := refusal(t, err); p.Code != domain.CodeUnknownField {
		t.Errorf("an order that comes confirmed: %+v", p)
	}
	var r api.Receipt
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/cycles", api.Launch{ID: "l", Year: 2028, Order: o.Number,
		Before: []api.DoneBefore{{Step: directives, Reason: "Beslutades före start (påhittat)", Reference: "KS § 4"}}}, &r))
	step := read(t, d.As(writer), r.Stream, directives)
	if step.Status != domain.StatusBefore || !step.Done || step.History[0].Plain != "Beslutades före start (påhittat)" {
		t.Errorf("done before: %s, %+v", step.Status, step.History)
	}
}

// The decisions of one meeting are written down together or not at all; their texts stay outside the log too.
func TestABatchIsAllOrNone(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), t.Name()+"-in"))
	version := read(t, d.As(director), stream, directives).Version.Hash
	give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: version})
	const meeting domain.MeetingID = "KS-2027-02-10"
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: meeting}})
	give(t, d.As(servertest.Launcher), stream, api.Command{Kind: domain.CmdAdvance})
	part := api.Part{Kind: domain.CmdDecide, Step: directives, Version: version, Outcome: domain.OutcomeApproved, Paragraph: "14", Text: "Enhälligt (påhittat)"}
	bad := part
	bad.Step, bad.Paragraph = dialog, "15"
	batch := api.Command{ID: t.Name() + "-bad", Kind: domain.CmdBatch, Meeting: meeting, Parts: []api.Part{part, bad}}
	_, err := d.As(secretary).Give(t.Context(), stream, batch)
	refusal(t, err)
	if s := read(t, d.As(secretary), stream, directives); s.Status != domain.StatusReady {
		t.Fatalf("half a batch was written down: %s", s.Status)
	}
	batch.ID, batch.Parts = t.Name()+"-good", []api.Part{part}
	give(t, d.As(secretary), stream, batch)
	s := read(t, d.As(secretary), stream, directives)
	if s.Status != domain.StatusDecided || s.Decision.Paragraph != "14" || s.History[0].Plain != "Enhälligt (påhittat)" {
		t.Errorf("decided together: %s, %+v", s.Status, s.History[0])
	}
}
