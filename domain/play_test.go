package domain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the difference. Got:\n%s", path, got)
	}
}

// A whole cycle over three stages, and the timeline of it: replay does not see dates and values, this file does.
func TestWholeCycle(t *testing.T) {
	g := launched(t)
	g.play(func() bool { return g.s.Done })
	var out bytes.Buffer
	for i := range g.events {
		e := &g.events[i]
		fmt.Fprintf(&out, "%3d %s %s\n", e.Seq, e.At.Date(), Sentence(g.s, e))
	}
	golden(t, "whole-cycle.txt", out.Bytes())
	if g.s.Cycle.Cancelled || len(g.s.Cycle.Ended) != 3 {
		t.Errorf("ended stages: %v", g.s.Cycle.Ended)
	}
	folded, err := Fold(g.s.Stream, g.events)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(Canonical(folded), Canonical(g.s)) {
		t.Error("folding the journal gives another state")
	}
}

// An exercise of the same cycle gives the same days, moved only by the command advance.
func TestExercise(t *testing.T) {
	g := &game{t: t, s: NewState("exercise/9999/2028/1"), now: at("2026-03-01")}
	g.must(Command{Kind: CmdLaunch, Actor: "p-slf-cykelansvarig", Launch: &Launch{Kommun: "9999", Year: 2028, Exercise: 1, Start: "2026-12-01", Wheel: spine(t), Registry: town()}})
	for range 1000 {
		if g.s.Done {
			break
		}
		var next *Task
		for _, task := range Todo(g.s, g.s.Cycle.Clock.Date()) {
			if task.Command != CmdProceed {
				next = &task
				break
			}
		}
		if next == nil {
			g.must(Command{Kind: CmdAdvance, Actor: "p-slf-cykelansvarig"})
			continue
		}
		g.must(g.act(*next))
	}
	if !g.s.Done {
		t.Fatal("the exercise did not come to its end")
	}
	if late := g.step("ks/KS").Late; late {
		t.Error("an exercise that is played on the day is never late")
	}
	if got := g.s.Cycle.Clock.Date(); got != "2029-03-01" {
		t.Errorf("the clock ends on %s", got)
	}
}
