package domain

import (
	"slices"
	"testing"
)

func foreseeSpine(t *testing.T, what What) *Foresight {
	t.Helper()
	f, err := Foresee(Launch{Kommun: "9999", Year: 2028, Wheel: spine(t), Registry: town(), Start: "2026-12-01"}, cykel, what)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *Foresight) moved(step StepID, what string) (Moved, bool) {
	i := slices.IndexFunc(f.Moved, func(m Moved) bool { return m.Step == step && m.What == what })
	if i < 0 {
		return Moved{}, false
	}
	return f.Moved[i], true
}

func (f *Foresight) slack(law LawID, step StepID) (int, bool) {
	i := slices.IndexFunc(f.Law, func(l LawSlack) bool { return l.Paragraph == law && l.Step == step })
	if i < 0 {
		return 0, false
	}
	return f.Law[i].SlackDays, true
}

// What would be otherwise, and nothing else: each row is a question that a stadsledning asks.
func TestForesee(t *testing.T) {
	for _, r := range []struct {
		name  string
		what  What
		moved Moved
		law   LawID
		step  StepID
		slack int
	}{
		{"KF returns it in June", What{Returned: []StepID{"kf/KF"}}, Moved{"kf/KF", "KF", "plan", "2027-06-20", "2027-07-20"}, "KL 11:10", "kf/KF", 133},
		{"a third of KF does", What{Minority: []StepID{"kf/KF"}}, Moved{"ks/KS", "KS", "opens", "2027-03-20", "2027-06-20"}, "KL 11:8", "ks/KS", 103},
		{"KF moves to November", What{Meetings: []MovedMeeting{{"KF-2027-06-20", "2027-11-15"}}}, Moved{"kf/KF", "KF", "plan", "2027-06-20", "2027-11-15"}, "KL 11:10", "kf/KF", 15},
		{"a nämnd is twenty days late", What{Late: []LateStep{{"forslag/SN", 20}}}, Moved{"dialog/KS", "KS", "opens", "2027-03-20", "2027-04-20"}, "", "", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			f := foreseeSpine(t, r.what)
			if m, found := f.moved(r.moved.Step, r.moved.What); !found || m != r.moved {
				t.Errorf("got %+v (found %v), want %+v, among %+v", m, found, r.moved, f.Moved)
			}
			if r.law != "" {
				if slack, found := f.slack(r.law, r.step); !found || slack != r.slack {
					t.Errorf("%s of %s has %d days left (found %v), want %d, among %+v", r.law, r.step, slack, found, r.slack, f.Law)
				}
			}
			if f.Mails < 0 {
				t.Errorf("%d mails", f.Mails)
			}
		})
	}
	if f := foreseeSpine(t, What{}); len(f.Moved)+len(f.Law)+f.Mails != 0 {
		t.Errorf("nothing happens, and %+v is otherwise", f)
	}
}

// The same question on a running cycle begins where it is, and leaves it alone.
func TestForeseeFromARunningCycle(t *testing.T) {
	g := launched(t)
	now3(g)
	g.playTo("ks/KS", StatusDecided)
	before := string(Canonical(g.s))
	f, err := ForeseeFrom(g.s, g.now, What{Minority: []StepID{"kf/KF"}})
	if err != nil {
		t.Fatal(err)
	}
	if m, found := f.moved("ks/KS", "opens"); !found || m.To != "2027-06-20" {
		t.Errorf("%+v", f.Moved)
	}
	if _, found := f.moved("forslag/SN", "opens"); found {
		t.Error("what is done would be otherwise")
	}
	if string(Canonical(g.s)) != before {
		t.Error("the cycle itself has changed")
	}
}

func TestForeseeRefuses(t *testing.T) {
	for _, r := range []struct {
		code Code
		what What
	}{
		{CodeUnknownStep, What{Returned: []StepID{"kf/ÅÄÖ"}}}, {CodeUnknownStep, What{Returned: []StepID{"forslag"}}}, // which of them?
		{CodeWrongAct, What{Returned: []StepID{"dialog/KS"}}}, {CodeNoMinority, What{Minority: []StepID{"forslag/SN"}}},
		{CodeUnknownStep, What{Late: []LateStep{{"x/SN", 1}}}}, {CodeMeetingUnknown, What{Meetings: []MovedMeeting{{"KF-1", "2027-11-15"}}}},
	} {
		_, err := Foresee(Launch{Kommun: "9999", Year: 2028, Wheel: spine(t), Registry: town(), Start: "2026-12-01"}, cykel, r.what)
		if no, ok := err.(*Refusal); !ok || no.Code != r.code {
			t.Errorf("%+v: %v, want %s", r.what, err, r.code)
		}
	}
}
