package workflows_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"arshjul/domain"
	"arshjul/workflows"
)

// A renamed word would leave every running cycle stranded. Add to this file; change nothing in it.
func TestNames(t *testing.T) {
	var out bytes.Buffer
	for _, n := range [][2]string{
		{"task queue", workflows.TaskQueue},
		{"workflow type", workflows.TypeCycle}, {"workflow type", workflows.TypeRegistry},
		{"update", workflows.UpdateCommand},
		{"signal", workflows.SignalRoll}, {"signal", workflows.SignalNudge},
		{"query", workflows.QueryState},
		{"activity", workflows.ActivityJournal}, {"activity", workflows.ActivityPropagate},
		{"workflow type", workflows.TypeDelivery}, {"signal", workflows.SignalWake}, {"activity", workflows.ActivitySend},
		{"workflow type", workflows.TypeReconcile}, {"activity", workflows.ActivityReconcile}, {"activity", workflows.ActivityRecord},
		{"update", workflows.UpdateCommands},
	} {
		fmt.Fprintf(&out, "%s: %s\n", n[0], n[1])
	}
	for _, key := range workflows.SearchAttributes {
		fmt.Fprintf(&out, "search attribute: %s %s\n", key.GetName(), key.GetValueType())
	}
	golden(t, "names.golden", out.Bytes())
}

func TestTypeAndTitleOfAStream(t *testing.T) {
	for _, row := range []struct{ stream, kind, title string }{
		{"cycle/1283/2028", "cycle", "Mål och ekonomi 2028, kommun 1283"},
		{"exercise/1283/2028/2", "cycle", "Övning 2 av mål och ekonomi 2028, kommun 1283"},
		{"registry/1283", "registry", "Register, kommun 1283"},
		{"delivery/1283", "", "Utskick, kommun 1283"},
		{"reconcile/1283", "", "Avstämning, kommun 1283"},
		{"refusals/1283", "", "refusals/1283"},
		{"", "", ""},
	} {
		if kind, title := workflows.TypeOf(row.stream), workflows.Title(row.stream); kind != row.kind || title != row.title {
			t.Errorf("%q: type %q, title %q", row.stream, kind, title)
		}
	}
}

// The server fails a workflow task whose summary is over 400 bytes as a payload, and would do so for ever.
func TestSummariesAreShortEnough(t *testing.T) {
	s := domain.NewState(smallTown.stream())
	events, err := domain.Decide(s, smallTown.launch(t, "start"), domain.InstantOf(december))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(s, e); err != nil {
			t.Fatal(err)
		}
	}
	long := *s.Cycle
	s.Cycle = &long
	long.Wheel.Steps = append([]domain.StepDef(nil), long.Wheel.Steps...)
	for n := range 12 { // cut within, before and after a character of two bytes
		long.Wheel.Steps[0].Title = strings.Repeat("x", n) + strings.Repeat("\"<å\\\n", 200)
		for _, text := range []string{
			workflows.Summary(s, events[1:2]), workflows.Summary(s, events[1:]),
			workflows.DueSummary(s, s.Cycle.Steps[0].Plan.End()),
		} {
			p, err := converter.GetDefaultDataConverter().ToPayload(text)
			if err != nil {
				t.Fatal(err)
			}
			if !utf8.ValidString(text) || proto.Size(p) > 400 {
				t.Errorf("%d bytes, valid %v: %.40s…", proto.Size(p), utf8.ValidString(text), text)
			}
		}
	}
}

func TestSummaries(t *testing.T) {
	s := domain.NewState(smallTown.stream())
	events, err := domain.Decide(s, smallTown.launch(t, "start"), domain.InstantOf(december))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(s, e); err != nil {
			t.Fatal(err)
		}
	}
	next := domain.NextDue(s, s.Now)
	for got, want := range map[string]string{
		workflows.Summary(s, nil):                                  "journalför: inget nytt",
		workflows.Summary(s, events[1:2]):                          "journalför: Anvisningar öppnade.",
		workflows.Summary(s, events):                               "journalför 2 händelser: Cykeln för mål och ekonomi 2028 startade med 9 steg. …",
		workflows.DueSummary(s, next):                              "nästa: Anvisningar blir försenat, 1 februari 2027",
		workflows.DueSummary(s, domain.Date("2028-09-01").Start()): "nästa: Delårsrapport, Stadsledningsförvaltningen öppnar, och 1 steg till, 1 september 2028",
		workflows.DueSummary(s, domain.Date("2027-06-20").Start()): "nästa: KF beslutar har sammanträde, 20 juni 2027",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
