package server_test

import (
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

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
	var preview api.Preview
	err := d.As(secretary).Post(t.Context(), "/"+stream+"/preview", batch, &preview)
	if p := refusal(t, err); !strings.HasPrefix(p.Message, "Rad 2 (§ 15): ") {
		t.Errorf("a preview of what would be refused: %+v", p)
	}
	refused, err := d.Store.Entries(t.Context(), domain.RefusalStream(stream), 1, 10)
	if err != nil || len(refused) > 0 {
		t.Errorf("a preview was written down: %+v, %v", refused, err)
	}
	_, err = d.As(secretary).Give(t.Context(), stream, batch)
	refusal(t, err)
	if s := read(t, d.As(secretary), stream, directives); s.Status != domain.StatusReady {
		t.Fatalf("half a batch was written down: %s", s.Status)
	}
	batch.ID, batch.Parts = t.Name()+"-good", []api.Part{part}
	ok(t, d.As(secretary).Post(t.Context(), "/"+stream+"/preview", batch, &preview))
	if len(preview.Entries) < 2 || !strings.Contains(preview.Entries[0], "bifall, § 14") {
		t.Errorf("preview: %+v", preview)
	}
	if s := read(t, d.As(secretary), stream, directives); s.Status != domain.StatusReady {
		t.Fatalf("a preview was carried out: %s", s.Status)
	}
	give(t, d.As(secretary), stream, batch)
	s := read(t, d.As(secretary), stream, directives)
	if s.Status != domain.StatusDecided || s.Decision.Paragraph != "14" || s.History[0].Plain != "Enhälligt (påhittat)" {
		t.Errorf("decided together: %s, %+v", s.Status, s.History[0])
	}
}
