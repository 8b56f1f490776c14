package domain

import (
	"slices"
	"strings"
	"testing"
)

// A deficit of 2025 follows the cycles of 2026, 2027 and 2028; the budget of 2028 is the last in which it can be regulated
// (KL 11:12). The spine's cycle is that of 2028.
func TestADeficitFollowsItsThreeCycles(t *testing.T) {
	g := launched(t)
	noted(g)
	r := g.s.Registry
	for _, want := range []struct {
		year int
		n    int
	}{{2024, 0}, {2025, 1}, {2026, 1}, {2028, 1}, {2029, 0}} {
		if got := len(r.DeficitsOf(want.year)); got != want.n {
			t.Errorf("%d deficits on the cycle of %d", got, want.year)
		}
	}
	g.must(following(act(DeficitPlan, 2026, 0), "")(g))
	g.must(following(act(DeficitRegulated, 2026, 2_500_000_00), "")(g))
	d := g.s.Registry.Deficits[0]
	if d.Left() != 10_000_000_00 || !d.Planned() || d.Settled() != "" {
		t.Errorf("%+v", d)
	}
	if got, want := Sentence(g.s, &g.events[len(g.events)-1]), "Fullmäktige reglerade 2 500 000 kr av 2025 års negativa balanskravsresultat i budgeten för 2026 (den 20 maj 2027, § 33). Kvar: 10 000 000 kr."; got != want {
		t.Error(got)
	}
	g.must(following(act(DeficitSpared, 2027, 0), "skatteunderlaget vek")(g))
	if d := g.s.Registry.Deficits[0]; d.Left() != 0 || d.Settled() != "2027-05-20" {
		t.Errorf("%+v", d)
	}
}

// deficit2025 has the cycle of 2028 receive the deficit of 2025.
func deficit2025(g *game) Deficit {
	d := minus
	d.Number = 900
	g.receive(Event{Kind: EvDeficitNoted, Deficit: &d})
	return d
}

// In the third cycle the law guards it: alarms although KF decided the budget in June, a breach after 30 November, and
// silence once it is regulated (KL 11:12–13).
func TestTheThirdBudgetIsGuarded(t *testing.T) {
	for _, regulated := range []bool{false, true} {
		g := launched(t)
		now3(g)
		d := deficit2025(g)
		g.playTo("kf/KF", StatusPosted)
		if l, found := g.limit("kf/KF", lawBalance); !found || l.Date != "2027-11-30" || l.Met != "" {
			t.Fatalf("%+v, %v", l, found)
		}
		if regulated {
			d.Acts = []DeficitAct{act(DeficitRegulated, 2028, d.Amount)}
			g.receive(Event{Kind: EvDeficitFollowed, Deficit: &d})
			if l, _ := g.limit("kf/KF", lawBalance); l.Met != "2027-05-20" {
				t.Errorf("%+v", l)
			}
		}
		g.until("2027-12-02")
		var rang []Date
		for _, e := range g.events {
			if e.Law == lawBalance {
				rang = append(rang, e.At.Date())
			}
		}
		want := []Date{"2027-10-31", "2027-11-16", "2027-11-27", "2027-12-01"}
		if regulated {
			want = nil
		}
		if !slices.Equal(rang, want) {
			t.Errorf("regulated %v: rang on %v, want %v", regulated, rang, want)
		}
		if asked := g.waits(stadens, "kf/KF", CmdExplain); asked == regulated {
			t.Errorf("regulated %v: asked why %v", regulated, asked)
		}
	}
}

// Rehearsal, and so the look before a launch, warns in each of the three years.
func TestRehearsalWarnsOfADeficit(t *testing.T) {
	for _, c := range []struct {
		year int
		says string
	}{{2025, ""}, {2027, "senast i budgeten för 2030"}, {2025 - 1, ""}, {2025, ""}} {
		r := town()
		r.Deficits = []Deficit{{Number: 1, Year: c.year, Step: "ar-ks/KS", Amount: 100_00, Dnr: "x"}}
		says := c.says
		if c.year == 2025 {
			says = "är den sista"
		}
		report, err := Rehearse(Launch{Kommun: "9999", Year: 2028, Start: "2026-12-01", Wheel: spine(t), Registry: r}, cykel)
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, f := range report.Findings {
			if f.Code == FindingBalance {
				found = f.Text
			}
		}
		if says == "" && found != "" || !strings.Contains(found, says) {
			t.Errorf("of %d: %q, want %q", c.year, found, says)
		}
	}
}

// What KF carried over from 2026 stands on the cycle of 2027, one amount for each nämnd: the last that was noted.
func TestCarriedOver(t *testing.T) {
	g := launched(t)
	registry3(g)
	g.must(carrying(func(*CarryOver) {})(g))
	g.must(carrying(func(c *CarryOver) { c.Unit, c.Step, c.Amount = "AN", "resultatoverforing/AN", 50 })(g))
	g.must(carrying(func(c *CarryOver) { c.Amount = -3_000_000_50 })(g))
	got := g.s.Registry.CarriedInto(2027)
	if len(got) != 2 || got[0].Unit != "SN" || got[0].Amount != -3_000_000_50 || got[1].Amount != 50 || len(g.s.Registry.CarriedInto(2026)) != 0 {
		t.Errorf("%+v", got)
	}
	if got, want := Sentence(g.s, &g.events[len(g.events)-1]), "Socialnämnden: −3 000 000,50 kr fördes över från 2026 till 2027 (den 20 april 2027, § 61)."; got != want {
		t.Error(got)
	}
}
