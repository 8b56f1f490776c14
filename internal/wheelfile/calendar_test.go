package wheelfile_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"arshjul/domain"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	gotLines, wantLines := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w []byte
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if !bytes.Equal(g, w) {
			t.Fatalf("%s differs from line %d on; run with -update and read the difference.\ngot  %s\nwant %s", path, i+1, g, w)
		}
	}
}

var weekdays = [...]string{"sön", "mån", "tis", "ons", "tor", "fre", "lör"}

func written(d domain.Date) string {
	if d == "" {
		return "–"
	}
	return weekdays[d.Weekday()] + " " + string(d)
}

// The plan of the launched cycles of 2028 and 2029, step by step: the day before which it does not open, the deadline
// with the instant at which it is over, the law's limit, and the rule.
func TestCalendars(t *testing.T) {
	w, o := whole(t)
	for _, year := range []int{2028, 2029} {
		t.Run(fmt.Sprint(year), func(t *testing.T) {
			s := newGame(t, w, o, year, domain.NewDate(year-2, 12, 1), optional(w, year)).s
			var out bytes.Buffer
			fmt.Fprintf(&out, "Mål och ekonomi %d, Helsingborgs stad. Sammanträdesdagarna är påhittade.\n\n", year)
			fmt.Fprintf(&out, "%-38s %-14s %-14s %-17s %-14s %s\n", "STEG", "ÖPPNAR", "SENAST", "DAGEN SLUT (UTC)", "LAGENS GRÄNS", "REGEL")
			for i := range s.Cycle.Steps {
				st := &s.Cycle.Steps[i]
				def := w.Wheel.Def(st.Def)
				rule := def.Plan.Text
				if st.Occurrence > 1 {
					rule = def.Again[st.Occurrence-2].Text
				}
				if h := st.Plan.Holiday(); h != "" {
					rule += " (" + h + ")"
				}
				fmt.Fprintf(&out, "%-38s %-14s %-14s %-17s %-14s %s\n", st.ID, written(st.Opens), written(st.Plan),
					st.Plan.End().Time().Format("2006-01-02T15:04Z"), written(st.Legal), rule)
			}
			golden(t, fmt.Sprintf("kalender-%d.txt", year), out.Bytes())
		})
	}
}

// The calendars hold rows of every kind of day that a rule can stumble on; each is worked out here by hand.
func TestDaysOnWhichRulesStumble(t *testing.T) {
	w, o := whole(t)
	for _, c := range []struct {
		why  string
		year int
		step domain.StepID
		plan domain.Date
		end  string // of the plan day, in UTC
	}{
		{"leap day", 2029, "agardialog-feb/HHEM", "2028-02-29", "2028-02-29T23:00:00.000Z"},
		{"no leap day", 2028, "agardialog-feb/HHEM", "2027-02-26", "2027-02-26T23:00:00.000Z"},
		// The clock is moved on 28 March 2027, 31 October 2027, 26 March and 29 October 2028.
		{"before the clock goes forward", 2028, "namndens-forslag/SN", "2027-03-16", "2027-03-16T23:00:00.000Z"},
		{"after the clock goes forward", 2028, "bolagets-forslag/HHEM", "2027-03-31", "2027-03-31T22:00:00.000Z"},
		{"before the clock goes back", 2028, "vp-info-namnd/SN", "2027-10-19", "2027-10-19T22:00:00.000Z"},
		{"after the clock goes back", 2028, "internbudget/SN", "2027-11-16", "2027-11-16T23:00:00.000Z"},
		{"after the clock goes back, the last working day", 2028, "resultatdialog/KS", "2028-10-31", "2028-10-31T23:00:00.000Z"},
		// Easter Sunday is 1 April 2029: the working days of April are 3, 4, 5, 6, 9, 10, 11, 12.
		{"Easter", 2028, "arsredovisning-granskning/REV", "2029-04-11", "2029-04-11T22:00:00.000Z"},
		// Easter Sunday is 21 April 2030, after the eighth working day.
		{"no Easter in the way", 2029, "arsredovisning-granskning/REV", "2030-04-09", "2030-04-09T22:00:00.000Z"},
		// From 15 June 2027: 16, 17, 18, 21, 22, 23, 24, (25 midsommarafton), 28, 29, 30.
		{"midsommar", 2028, "publicera-sa-styrs/SLF", "2027-06-30", "2027-06-30T22:00:00.000Z"},
		// From 13 June 2028: 14, 15, 16, 19, 20, 21, 22, (23 midsommarafton), 26, 27, 28.
		{"midsommar", 2029, "publicera-sa-styrs/SLF", "2028-06-28", "2028-06-28T22:00:00.000Z"},
		// 31 December is nyårsafton, 1 January 2028 a Saturday.
		{"the year's end", 2028, "affarsplan/HHEM", "2027-12-30", "2027-12-30T23:00:00.000Z"},
		// 1 May 2028 is a Monday and första maj.
		{"första maj", 2028, "helarsprognos-1/SOF", "2028-05-09", "2028-05-09T22:00:00.000Z"},
		// Counted in days and not working days, it falls on nationaldagen; rehearsal warns of it.
		{"nationaldagen", 2029, "publicera-forslag/KS", "2028-06-06", "2028-06-06T22:00:00.000Z"},
	} {
		t.Run(c.why, func(t *testing.T) {
			st := newGame(t, w, o, c.year, domain.NewDate(c.year-2, 12, 1), nil).s.Cycle.Step(c.step)
			if st.Plan != c.plan || st.Plan.End().String() != c.end {
				t.Errorf("%s is due %s, over %s; want %s, %s", c.step, st.Plan, st.Plan.End(), c.plan, c.end)
			}
		})
	}
	// The law's limit of cycle 2028 is a Sunday of 25 hours.
	limit := domain.LawID("KL 11:8").Limit(2028)
	if limit != "2027-10-31" || limit.End()-limit.Start() != 25*3_600_000 {
		t.Errorf("the limit is %s, %d ms long", limit, limit.End()-limit.Start())
	}
}

// The dates leave room for the chain: nothing is due before what it waits for, nothing after the law's limit, what a body
// decides hangs on a meeting of that body, and no time of a step is due before the time that precedes it.
func TestTheWholeCalendarHoldsTogether(t *testing.T) {
	w, o := whole(t)
	for _, year := range []int{2028, 2029} {
		s := newGame(t, w, o, year, domain.NewDate(year-2, 12, 1), optional(w, year)).s
		last := map[string]domain.Date{}
		for i := range s.Cycle.Steps {
			st := &s.Cycle.Steps[i]
			def := w.Wheel.Def(st.Def)
			for _, n := range st.Needs {
				if needed := s.Cycle.Step(n.Step); needed.Plan > st.Plan {
					t.Errorf("%d: %s is due %s, before %s on %s that it waits for", year, st.ID, st.Plan, needed.ID, needed.Plan)
				}
			}
			if st.Opens > st.Plan {
				t.Errorf("%d: %s opens %s, after it is due on %s", year, st.ID, st.Opens, st.Plan)
			}
			if st.Legal != "" && st.Plan > st.Legal {
				t.Errorf("%d: %s is planned on %s, after the law's limit %s", year, st.ID, st.Plan, st.Legal)
			}
			acting := st.Unit
			if def.Body != "" {
				acting = def.Body
			}
			body := s.Registry.Unit(acting)
			public := body.Kind == domain.KindCouncil || body.Kind == domain.KindExecutive || body.Kind == domain.KindBoard
			decides := public && (def.Act == domain.ActDecision || def.Act == domain.ActEstablishment)
			if decides || def.Act == domain.ActNotice || def.Act == domain.ActInformation {
				if m := s.Registry.Meeting(st.Held); m == nil || m.Unit != acting || m.Date != st.Plan {
					t.Errorf("%d: %s on %s has no meeting of %s that day", year, st.ID, st.Plan, acting)
				}
			}
			if key := st.Def + "/" + string(st.Unit); st.Plan < last[key] {
				t.Errorf("%d: %s is due %s, before the time that precedes it", year, st.ID, st.Plan)
			} else {
				last[key] = st.Plan
			}
		}
	}
}
