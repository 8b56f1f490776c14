package temporalx_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// recorded is the history of a cycle's run that an earlier release recorded.
func recorded(t *testing.T) (stream string, h *historypb.History) {
	t.Helper()
	files, err := filepath.Glob("../../workflows/testdata/histories/*/cycle-1.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded history: %v", err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if h, err = client.HistoryFromJSON(z, client.HistoryJSONOptions{}); err != nil {
		t.Fatal(err)
	}
	return h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowId(), h
}

func firstAnswer(t *testing.T, h *historypb.History) *updatepb.Outcome {
	t.Helper()
	for _, e := range h.Events {
		if done := e.GetWorkflowExecutionUpdateCompletedEventAttributes(); done != nil {
			return done.GetOutcome()
		}
	}
	t.Fatal("the history has no answered command")
	return nil
}

// Each way in which a build can fail a run is told apart, and a run that it does not fail is not accused.
func TestReplayTellsWhatDiverges(t *testing.T) {
	newer := domain.Books()[0]
	newer.Version += 100
	changed := domain.Books()[len(domain.Books())-1]
	decide := changed.Decide
	changed.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
		events, err := decide(s, c, now)
		if err == nil && c.Kind == domain.CmdSubmit {
			events = append(events, domain.Event{V: domain.EventVersion, Stream: s.Stream, Seq: events[len(events)-1].Seq + 1, At: events[0].At,
				Kind: domain.EvCommented, Command: c.ID})
		}
		return events, err
	}
	for _, row := range []struct {
		want   temporalx.Divergence
		books  []domain.Book
		change func(h *historypb.History)
	}{
		{"", nil, func(*historypb.History) {}},
		{temporalx.DivergesDigest, []domain.Book{changed}, func(*historypb.History) {}},
		{temporalx.DivergesNewer, []domain.Book{newer}, func(*historypb.History) {}},
		{"", nil, func(h *historypb.History) { h.Events = h.Events[:1] }},
		{"", nil, func(h *historypb.History) { h.Events = h.Events[:2] }},
		{temporalx.DivergesNewer, []domain.Book{newer}, func(h *historypb.History) { h.Events = h.Events[:1] }},
		{temporalx.DivergesAnswer, nil, func(h *historypb.History) {
			for _, p := range firstAnswer(t, h).GetSuccess().GetPayloads() {
				p.Data = []byte(strings.Replace(string(p.GetData()), `"first":`, `"first":4`, 1))
			}
		}},
		{temporalx.DivergesAnswer, nil, func(h *historypb.History) {
			firstAnswer(t, h).Value = &updatepb.Outcome_Failure{Failure: &failurepb.Failure{Message: "Nej.", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
				ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: string(domain.CodeNotNow)}}}}
		}},
		{temporalx.DivergesUnknown, nil, func(h *historypb.History) {
			h.Events[0].GetWorkflowExecutionStartedEventAttributes().WorkflowType = &commonpb.WorkflowType{Name: "board"}
		}},
		{temporalx.DivergesOrder, nil, func(h *historypb.History) {
			for _, e := range h.Events {
				if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
					a.ActivityType = &commonpb.ActivityType{Name: "send"}
				}
			}
		}},
	} {
		stream, h := recorded(t)
		row.change(h)
		got, err := temporalx.ReplayHistory(stream, h, workflows.Workflows{Books: row.books})
		if err != nil {
			t.Fatal(err)
		}
		if got.Divergence != row.want || (got.Detail == "") != (row.want == "") || got.Events != len(h.Events) || got.Stream != stream {
			t.Errorf("want %q: %+v", row.want, got)
		}
		if row.want == "" && len(h.Events) > 2 && got.Commands == 0 {
			t.Error("no answers were compared")
		}
	}
}

func TestReplayAnOpenRun(t *testing.T) {
	c := dial(t)
	work(t, c)
	stream, first := launch(t, "start")
	if _, err := temporalx.Start(t.Context(), c, stream, first); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"c1", "c2"} {
		if _, err := temporalx.Send(t.Context(), c, stream, comment(id)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := temporalx.Replay(t.Context(), c, stream)
	if err != nil || got.Divergence != "" || got.Commands < 2 || got.Type != workflows.TypeCycle || got.Run == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := temporalx.Replay(t.Context(), c, "cycle/9999/2099"); err == nil {
		t.Error("a run that is not there replays")
	}
}
