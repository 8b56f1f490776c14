package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRungs(t *testing.T) {
	for text, want := range map[string]Date{ // for a plan day on Wednesday 31 March 2027, the second working day after Easter
		"10 dagar före": "2027-03-15", "2 dagar före": "2027-03-25", "1 dag före": "2027-03-30", "samma dag": "2027-03-31", "3 dagar efter": "2027-04-05", "eskalera 5 dagar efter": "2027-04-07",
	} {
		r, err := ParseRung(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.day("2027-03-31", false); got != want {
			t.Errorf("%s 31 March 2027: got %s, want %s", text, got, want)
		}
	}
	same := Rung{Text: "samma dag"}
	if got := same.day("2027-03-28", false); got != "2027-03-25" {
		t.Errorf("on Easter Sunday: got %s, want the Thursday before", got)
	}
	for _, text := range []string{"", "dagen efter", "0 dagar före", "eskalera 2 dagar före", "eskalera samma dag", "-1 dagar efter", "101 dagar efter", "tre dagar före"} {
		if r, err := ParseRung(text); err == nil {
			t.Errorf("%q was read as %+v", text, r)
		}
	}
}

// laddered is a cycle under rules that remind, with every nämnd's proposal open.
func laddered(t *testing.T) *game {
	w := spine(t)
	for _, text := range []string{"10 dagar före", "2 dagar före", "samma dag", "3 dagar efter", "eskalera 5 dagar efter"} {
		r, err := ParseRung(text)
		if err != nil {
			t.Fatal(err)
		}
		w.Ladder = append(w.Ladder, r)
	}
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2026-12-01")}
	g.must(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2028, Wheel: w, Registry: town()}})
	g.apply([]Event{AdoptRules(g.s, 2)})
	atForslag(g)
	return g
}

// told plays time from one day through another and lists whom notices go to: "day step person rung".
func (g *game) told(to Date) []string {
	var told []string
	for due := NextDue(g.s, g.now); due != 0 && due <= at(to); due = NextDue(g.s, g.now) {
		g.now = due
		told = append(told, g.tick()...)
	}
	return told
}

func (g *game) tick() []string {
	before := Awaited(g.s)
	events := Tick(g.s, g.now)
	g.apply(events)
	var told []string
	for _, n := range Notices(before, g.s, events) {
		if n.Rung != "" {
			told = append(told, fmt.Sprintf("%s %s %s %s %t", n.Day, n.Step, n.Person, n.Rung, n.Urgent))
		}
	}
	return told
}

func TestTheLadder(t *testing.T) {
	g := laddered(t)
	g.until("2027-03-01")
	var sn []string
	for _, line := range g.told("2027-05-31") {
		if strings.Contains(line, "forslag/SN") && (strings.Contains(line, string(sofPL)) || strings.Contains(line, stadens)) {
			sn = append(sn, line)
		}
	}
	want := []string{
		"2027-03-15 forslag/SN p-sof-processledare 10 dagar före false",
		"2027-03-25 forslag/SN p-sof-processledare 2 dagar före false",
		"2027-03-31 forslag/SN p-sof-processledare samma dag false",
		"2027-04-05 forslag/SN p-sof-processledare 3 dagar efter true",
		"2027-04-07 forslag/SN p-slf-stadens-processledare eskalera 5 dagar efter true",
	}
	if !slices.Equal(sn, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(sn, "\n"), strings.Join(want, "\n"))
	}
}

// After a stop of weeks each step reminds once, not once for each rung that was missed.
func TestNothingIsBunchedAfterAStop(t *testing.T) {
	g := laddered(t)
	g.until("2027-03-01")
	g.now = at("2027-04-06")
	told := g.tick()
	n := 0
	for _, line := range told {
		if strings.Contains(line, "forslag/SN") && strings.Contains(line, string(sofPL)) {
			n++
			if !strings.HasSuffix(line, "3 dagar efter true") {
				t.Errorf("got %q, want the last rung that was missed", line)
			}
		}
	}
	if n != 1 {
		t.Errorf("reminded %d times: %q", n, told)
	}
	if again := g.tick(); len(again) != 0 {
		t.Errorf("told again: %q", again)
	}
}

// Who gets a task just now is told of the task, and not reminded of what was due before.
func TestANewTaskIsToldOnce(t *testing.T) {
	g := laddered(t)
	g.until("2027-03-29")
	before := Awaited(g.s)
	events := g.must(submitSN(g))
	notices := Notices(before, g.s, events)
	if len(notices) != 2 { // both who hold the role of förvaltningschef
		t.Fatalf("got %+v", notices)
	}
	for _, n := range notices {
		if n.Command != CmdReady || n.Rung != "" || n.Day != "2027-03-29" {
			t.Errorf("got %+v", n)
		}
	}
}
