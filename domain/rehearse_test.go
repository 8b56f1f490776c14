package domain

import (
	"strings"
	"testing"
)

func rehearsal(t *testing.T, change func(*Launch)) *Rehearsal {
	t.Helper()
	l := Launch{Kommun: "9999", Year: 2028, Wheel: spine(t), Registry: town()}
	if change != nil {
		change(&l)
	}
	r, err := Rehearse(l, cykel)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// With no finding of level error every step is done, in order.
func TestRehearsal(t *testing.T) {
	r := rehearsal(t, nil)
	if errs := r.Errors(); len(errs) > 0 {
		t.Fatalf("errors: %+v", errs)
	}
	for _, s := range r.Steps {
		if s.Done == "" || s.Opens == "" || s.Done < s.Opens || s.Plan == "" {
			t.Errorf("%+v", s)
		}
	}
	if r.Mails == 0 || r.Mails >= r.Events {
		t.Errorf("%d mails for %d events", r.Mails, r.Events)
	}
	if len(r.Steps) != 19 || r.Events < 80 || len(r.Load) == 0 {
		t.Errorf("%d steps, %d events, %d weeks of work", len(r.Steps), r.Events, len(r.Load))
	}
}

func TestRehearsalFinds(t *testing.T) {
	for _, row := range []struct {
		code   string
		level  Level
		step   StepID
		says   string
		change func(*Launch)
	}{
		{FindingNoHolder, LevelError, "forslag/SN", "nämndsekreterare i Socialnämnden", func(l *Launch) {
			l.Registry.Bindings = without(l.Registry.Bindings, snSekr, "p-trippel")
		}},
		{FindingNoUnit, LevelError, "forslag/KS", "enheten \"KX\" finns inte", func(l *Launch) {
			l.Wheel.Steps[1].Body, l.Wheel.Steps[2].Needs = "KX", nil
		}},
		{FindingNoUnit, LevelError, "kf/KF", "enheten \"KX\" finns inte", func(l *Launch) { l.Wheel.Steps[5].Plan = rule(t, "kx-möte juni", StagePlanning) }},
		{FindingNeverOpens, LevelError, "dialog/KS", "Nämndens förslag, Socialnämnden", func(l *Launch) {
			l.Registry.Bindings = without(l.Registry.Bindings, snSekr, "p-trippel")
		}},
		{FindingNoHolder, LevelError, "plan/SOF", "inte själv har lämnat in", func(l *Launch) {
			l.Registry.Bindings = append(without(l.Registry.Bindings, sofPL, sofFC, "p-trippel"), Binding{Number: 90, Person: "p-ensam", Role: "processledare", Unit: "SOF", From: "2026-01-01", To: "2027-01-01"})
		}},
		{FindingElection, LevelError, "kf/KF", "nyvalda", func(l *Launch) { l.Year = 2027; l.Start = "2025-12-01"; backdate(l) }},
		{FindingClosed, LevelWarning, "anvisningar/KS", "en lördag", nil}, // 20 February 2027
		{FindingLegal, LevelWarning, "ks/KS", "bara 0 dagar", func(l *Launch) {
			l.Wheel.Steps[3].Plan = Rule{Kind: RuleDay, Text: "senast 31 oktober", Year: -1, Month: 10, Day: 31}
		}},
		{FindingLegal, LevelError, "ks/KS", "efter lagens gräns", func(l *Launch) {
			l.Wheel.Steps[3].Plan = Rule{Kind: RuleDay, Text: "senast 1 november", Year: -1, Month: 11, Day: 1}
		}},
		{FindingNoMeeting, LevelWarning, "anvisningar/KS", "inget sammanträde", func(l *Launch) { l.Registry.Meetings = l.Registry.Meetings[:12] }},
		{FindingNoMeeting, LevelError, "anvisningar/KS", "Kommunstyrelsen har inget sammanträde i registret att ta upp det vid", func(l *Launch) { l.Registry.Meetings = l.Registry.Meetings[:12] }},
		{FindingProposed, LevelWarning, "anvisningar/KS", "bara föreslaget", func(l *Launch) {
			l.Start = "2027-01-15"
			for i := range l.Registry.Meetings {
				l.Registry.Meetings[i].Status = MeetingProposed
			}
		}},
		{FindingPlanLate, LevelWarning, "dialog/KS", "även om alla gör sitt i tid", func(l *Launch) {
			l.Wheel.Steps[2].Plan = Rule{Kind: RuleDay, Text: "senast 1 februari", Year: -1, Month: 2, Day: 1}
		}},
	} {
		t.Run(row.code+"/"+string(row.step), func(t *testing.T) {
			r := rehearsal(t, row.change)
			for _, f := range r.Findings {
				if f.Code == row.code && f.Level == row.level && f.Step == row.step && strings.Contains(f.Text, row.says) {
					return
				}
			}
			t.Errorf("not found among %+v", r.Findings)
		})
	}
}

func without(all []Binding, people ...PersonID) []Binding {
	var kept []Binding
	for _, b := range all {
		gone := false
		for _, p := range people {
			gone = gone || b.Person == p
		}
		if !gone {
			kept = append(kept, b)
		}
	}
	return kept
}

func backdate(l *Launch) {
	for i := range l.Registry.Bindings {
		l.Registry.Bindings[i].From = "2020-01-01"
	}
}

func BenchmarkRehearse(b *testing.B) {
	l := Launch{Kommun: "9999", Year: 2028, Wheel: spine(b), Registry: town()}
	for b.Loop() {
		if _, err := Rehearse(l, cykel); err != nil {
			b.Fatal(err)
		}
	}
}
