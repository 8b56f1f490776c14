package workflows_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// recordings lists the recorded histories of every release.
func recordings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*/*.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded histories: %v", err)
	}
	return files
}

func recorded(t *testing.T, file string) *historypb.History {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	h, err := client.HistoryFromJSON(z, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return h
}

// replay runs a recorded history through workflow code, as a worker would that takes the run over.
func replay(t *testing.T, file string, register func(worker.WorkflowRegistry)) error {
	t.Helper()
	return replayHistory(t, recorded(t, file), register)
}

func replayHistory(t *testing.T, h *historypb.History, register func(worker.WorkflowRegistry)) error {
	t.Helper()
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: dc})
	if err != nil {
		t.Fatal(err)
	}
	register(r)
	id := h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowId()
	return r.ReplayWorkflowHistoryWithOptions(temporalx.Logger(zap.NewNop()), h,
		worker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: id, RunID: "replay"}})
}

func with(books ...domain.Book) func(worker.WorkflowRegistry) {
	return func(r worker.WorkflowRegistry) { workflows.Register(r, workflows.Workflows{Books: books}) }
}

// Every history that a release has recorded replays on this build.
func TestReplay(t *testing.T) {
	if *record != "" {
		recordHistories(t, *record)
	}
	for _, file := range recordings(t) {
		if err := replay(t, file, with(domain.Books()...)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The same shell in another order is found out: the replay test can fail.
func TestReplayFindsAReorderedShell(t *testing.T) {
	for _, file := range recordings(t) {
		if !strings.HasPrefix(filepath.Base(file), "cycle") {
			continue
		}
		err := replay(t, file, func(r worker.WorkflowRegistry) { workflows.RegisterReordered(r, workflows.Workflows{}) })
		if err == nil || !strings.Contains(err.Error(), "TMPRL1100") {
			t.Errorf("%s replays with the timer set before the journal is written: %v", file, err)
		}
	}
}

// changed is this build's book with one rule changed, under the same version.
func changed(change func(*domain.Book)) domain.Book {
	b := rulesOfRecordings()
	change(&b)
	return b
}

var mutations = []struct {
	name string
	file string // of whose recording the change makes something else
	book domain.Book
}{
	{"one more event", "cycle-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			events, err := domain.Decide(s, c, now)
			if err == nil && c.Kind == domain.CmdFinalise {
				last := events[len(events)-1]
				events = append(events, domain.Event{V: last.V, Stream: last.Stream, Seq: last.Seq + 1, At: last.At,
					Kind: domain.EvCommented, Actor: c.Actor, Command: c.ID, Text: ref("one more")})
			}
			return events, err
		}
	})},
	{"a past command is refused", "cycle-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			if c.Kind == domain.CmdFinalise {
				return nil, domain.Refuse(domain.CodeNotNow, "Nej.")
			}
			return domain.Decide(s, c, now)
		}
	})},
	{"a past launch is refused", "cycle-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			return nil, domain.Refuse(domain.CodeYear, "Nej.")
		}
	})},
	{"a launch that was refused is carried out", "refused-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			if c.Kind == domain.CmdLaunch {
				c.Actor = "p-slf-cykelansvarig"
			}
			return domain.Decide(s, c, now)
		}
	})},
	{"the stage ends later, without another event", "exercise-1", changed(func(b *domain.Book) {
		b.Apply = func(s *domain.State, e domain.Event) error {
			err := domain.Apply(s, e)
			if e.Kind == domain.EvStageEnded {
				s.Cycle.Ended = nil
			}
			return err
		}
	})},
	{"the stage ends earlier", "exercise-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			events, err := domain.Decide(s, c, now)
			if err == nil && c.Kind == domain.CmdDecide {
				last := events[len(events)-1]
				events = append(events, domain.Event{V: last.V, Stream: last.Stream, Seq: last.Seq + 1, At: last.At,
					Kind: domain.EvStageEnded, Stage: domain.StagePlanning, Command: c.ID})
			}
			return events, err
		}
	})},
	{"a deadline falls a day later", "cycle-1", changed(func(b *domain.Book) {
		b.NextDue = func(s *domain.State, now domain.Instant) domain.Instant {
			if next := domain.NextDue(s, now); next != 0 {
				return next.Date().Add(1).Start()
			}
			return 0
		}
	})},
	{"the end comes earlier, without another event", "exercise-3", changed(func(b *domain.Book) {
		b.Apply = func(s *domain.State, e domain.Event) error {
			err := domain.Apply(s, e)
			s.Done = s.Done || e.Kind == domain.EvAdvanced
			return err
		}
	})},
	{"the registry sees a change otherwise", "registry-1", changed(func(b *domain.Book) {
		b.Decide = func(s *domain.State, c domain.Command, now domain.Instant) ([]domain.Event, error) {
			events, err := domain.Decide(s, c, now)
			if err == nil && c.Kind == domain.CmdMoveMeeting {
				m := *events[0].NewMeeting
				m.Date = m.Date.Add(1)
				events = slices.Clone(events)
				events[0].NewMeeting = &m
			}
			return events, err
		}
	})},
}

// rulesOfRecordings is the book that the recordings of release 0.1.0 keep.
func rulesOfRecordings() domain.Book {
	for _, b := range domain.Books() {
		if b.Version == 1 {
			return b
		}
	}
	panic("this build no longer carries the rules of release 0.1.0: record newer histories for these tests")
}

// Rules that see the past otherwise, under the version that the run keeps, stop with the digest alarm: before a command
// is carried out, a line is written, or another move is made. Under a version of their own they leave the run alone.
func TestChangedRulesStopWithTheDigestAlarm(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			for _, file := range recordings(t) {
				if filepath.Base(file) != m.file+".json.gz" {
					continue
				}
				err := replay(t, file, with(m.book))
				if err == nil || !strings.Contains(err.Error(), "digest:") || strings.Contains(err.Error(), "TMPRL1100") {
					t.Errorf("%s under the same version: %v", file, err)
				}
				next := m.book
				next.Version++
				if err := replay(t, file, with(next, rulesOfRecordings())); err != nil {
					t.Errorf("%s beside a newer version: %v", file, err)
				}
				return
			}
			t.Errorf("no recording %s", m.file)
		})
	}
}

// A worker without the rules that a run keeps touches nothing.
func TestUnknownRulesBlock(t *testing.T) {
	newer := changed(func(b *domain.Book) { b.Version = 7 })
	for _, file := range recordings(t) {
		if strings.HasPrefix(filepath.Base(file), "delivery") {
			continue // it judges nothing
		}
		if err := replay(t, file, with(newer)); err == nil || !strings.Contains(err.Error(), "this run keeps version ") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// People read in Temporal what each activity and timer is for, as text that no codec has packed.
func TestRecordedSummariesAreReadable(t *testing.T) {
	n := 0
	for _, file := range recordings(t) {
		for _, e := range recorded(t, file).Events {
			var want string
			switch {
			case e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == workflows.ActivityJournal:
				want = "journalför"
			case e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == workflows.ActivitySend:
				want = "meddelar"
			case e.GetActivityTaskScheduledEventAttributes() != nil:
				want = "för registrets ändringar vidare"
			case e.GetTimerStartedEventAttributes() != nil && strings.HasPrefix(filepath.Base(file), "delivery"):
				want = "ser efter igen "
			case e.GetTimerStartedEventAttributes() != nil:
				want = "nästa: "
			default:
				continue
			}
			n++
			if got := string(e.GetUserMetadata().GetSummary().GetData()); !strings.Contains(got, want) {
				t.Errorf("%s, event %d: %q", file, e.EventId, got)
			}
		}
	}
	if n == 0 {
		t.Error("no activity and no timer in any recording")
	}
}
