package workflows_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"

	"arshjul/domain"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// Every release records its histories before it is tagged: go test ./workflows -run TestReplay -record RELEASE. Older
// ones are kept, and all of them must replay for ever.
var record = flag.String("record", "", "record histories of this release into testdata/histories")

// recordHistories plays the streams there are on the real server, and writes the history of each of their runs.
func recordHistories(t *testing.T, release string) {
	r := newRig(t)
	dir := filepath.Join("testdata", "histories", release)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.recordDelivery(dir)
	r.work(workflows.Workflows{})
	p := town{"9001", newTown().year, []domain.UnitID{"SN", "AN"}}

	// The registry: founded, changed, rolled, changed again; it stays open.
	registry := domain.RegistryStream(p.kommun)
	founded := p.registry()
	r.start(registry, domain.Command{ID: "found", Kind: domain.CmdFound, Actor: "p-slf-registeransvarig", Found: &founded})

	// The cycle: some steps, a registry change, a roll, a refusal; it stays open, in its second run.
	r.start(p.stream(), p.launch(t, "start"))
	r.do(p.stream(), "a", 4)
	move := founded.Meetings[5]
	move.Date = move.Date.Add(3)
	r.send(registry, domain.Command{ID: "move", Kind: domain.CmdMoveMeeting, Actor: "p-slf-registeransvarig", NewMeeting: &move, Text: ref("flyttat")})
	r.until("the cycle has the change", func() bool { return r.view(p.stream()).State.Registry.Number >= 2 })
	r.roll(p.stream())
	r.roll(registry)
	r.do(p.stream(), "b", 3)
	r.send(p.stream(), comment("b-comment"))
	r.send(p.stream(), comment("b-comment"))
	// Three that came together: one new, one answered already, one refused.
	for i, a := range temporalx.SendTogether(t.Context(), r.client, p.stream(), []domain.Command{comment("b-together"), comment("b-comment"),
		{ID: "b-no", Kind: domain.CmdComment, Actor: "p-unknown", Text: ref("nej")}}) {
		if (a.Err != nil) != (i == 2) {
			t.Fatalf("the answer to command %d of those that came together: %v", i, a.Err)
		}
	}
	r.quiet(registry)
	r.quiet(p.stream())
	r.save(dir, "registry", registry)
	r.save(dir, "cycle", p.stream())

	// An exercise, played to its end over every stage.
	exercise := domain.ExerciseStream(p.kommun, p.year, 1)
	c := p.launch(t, "start")
	c.Launch.Exercise, c.Launch.Start = 1, domain.NewDate(p.year-2, 12, 1)
	r.start(exercise, c)
	r.do(exercise, "e", 1000)
	r.until("the exercise has ended", func() bool {
		_, err := temporalx.Send(t.Context(), r.client, exercise, comment("late"))
		return err != nil
	})
	r.save(dir, "exercise", exercise)

	// A launch that is refused by the workflow, having got past the door.
	no := p.launch(t, "no")
	no.Actor = "p-kf-sekreterare"
	stream := domain.CycleStream(p.kommun, p.year+1)
	no.Launch.Year++
	r.execute(stream, workflows.Begin(stream, no))
	r.until("the refused launch has ended", func() bool {
		h := r.history(stream, "")
		return h[len(h)-1].GetWorkflowExecutionCompletedEventAttributes() != nil
	})
	r.save(dir, "refused", stream)
}

// do performs up to n tasks of a cycle or exercise; an exercise's clock is moved when nothing can be done.
func (r *rig) do(stream, prefix string, n int) {
	r.t.Helper()
	for i := range n {
		s := r.quiet(stream).State
		id := fmt.Sprintf("%s%03d", prefix, i)
		today := s.Clock(domain.InstantOf(time.Now())).Date()
		c := domain.Command{ID: id, Kind: domain.CmdAdvance, Actor: "p-slf-cykelansvarig"}
		if task, found := nextTask(&s, today); found {
			c = perform(&s, task, id, today)
		} else if s.Cycle.Exercise == 0 {
			r.t.Fatalf("%s: nothing to do", stream)
		}
		r.send(stream, c)
		if s.Cycle.Exercise > 0 && c.Kind == domain.CmdReview { // its last step
			return
		}
	}
}

// save writes the history of each run of a stream, without what names the machine it ran on.
func (r *rig) save(dir, name, stream string) {
	r.t.Helper()
	host, err := os.Hostname()
	if err != nil {
		r.t.Fatal(err)
	}
	// Identities and sticky task queues: "4711@vm@", "vm:2f0c…". No payload has such a form.
	machine := regexp.MustCompile(`"([0-9]+@` + regexp.QuoteMeta(host) + `@[^"]*|` + regexp.QuoteMeta(host) + `:[0-9a-f-]+)"`)
	first := r.history(stream, "")[0].GetWorkflowExecutionStartedEventAttributes().GetFirstExecutionRunId()
	for n, run := 1, first; run != ""; n++ {
		events := r.history(stream, run)
		run = events[len(events)-1].GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
		text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&historypb.History{Events: events})
		if err != nil {
			r.t.Fatal(err)
		}
		text = machine.ReplaceAll(text, []byte(`"worker"`))
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(text); err != nil {
			r.t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			r.t.Fatal(err)
		}
		file := fmt.Sprintf("%s-%d.json.gz", name, n)
		if err := os.WriteFile(filepath.Join(dir, file), packed.Bytes(), 0o644); err != nil {
			r.t.Fatal(err)
		}
		r.t.Logf("%s: %d events, %d bytes", file, len(events), packed.Len())
	}
}
