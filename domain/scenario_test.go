package domain

import (
	"fmt"
	"strings"
	"testing"
)

// change has the registry decide a command at the cycle's time, and the cycle receive what follows.
func (g *game) change(c Command) {
	g.t.Helper()
	g.s.Registry.Number = max(g.s.Registry.Number, 1) // a town is founded by its first change
	r := *g.s.Registry
	registry := &State{Stream: RegistryStream(r.Kommun), Kind: StreamRegistry, Rules: g.s.Rules, Schema: g.s.Schema, Seq: r.Number, Registry: &r}
	g.n++
	c.ID, c.Actor = fmt.Sprintf("r-%d", g.n), register
	events, err := Decide(registry, c, g.now)
	if err != nil {
		g.t.Fatal(err)
	}
	g.must(Command{Kind: CmdChanges, Changes: events})
}

// read is what the history says of a step since an entry, a sentence a line.
func (g *game) read(id StepID, since uint64) string {
	var lines []string
	for i := range g.events {
		if e := &g.events[i]; e.Stream == g.s.Stream && e.Seq > since && e.Step == id {
			lines = append(lines, Sentence(g.s, e))
		}
	}
	return strings.Join(lines, "\n")
}

// lateSN lets everybody but SN do what they should, until SN is late.
func lateSN(g *game) {
	now3(g)
	atForslag(g)
	for range 200 {
		var next *Task
		for _, t := range Todo(g.s, g.now.Date()) {
			if t.Command != CmdProceed && t.Step != "forslag/SN" {
				next = &t
				break
			}
		}
		switch {
		case next != nil:
			g.must(g.act(*next))
		case g.now.Date() > "2027-03-31":
			return
		default:
			g.now = NextDue(g.s, g.now)
			g.apply(Tick(g.s, g.now))
		}
	}
	g.t.Fatal("SN is never late")
}

// Exceptional flows of domain.md 5.2, by their numbers there: what happens, and what the history then says, in order.
func TestScenarios(t *testing.T) {
	for _, r := range []struct {
		name  string
		setup func(*game)
		play  func(*game)
		step  StepID
		says  []string
	}{
		{"E1 a nämnd is late: KS goes on without it, and its paper comes afterwards", lateSN, func(g *game) {
			g.must(Command{Kind: CmdProceed, Actor: stadens, Step: "dialog/KS", Need: "forslag/SN", Text: text("SN lämnar i maj")})
			g.playTo("dialog/KS", StatusHeld)
			g.playTo("forslag/SN", StatusHandedOver)
		}, "dialog/KS", []string{"går vidare utan Nämndens förslag, Socialnämnden", "öppnade", "genomfördes"}},
		{"E2 KF is moved, and what hangs on it follows", func(g *game) { now3(g); g.playTo("ks/KS", StatusDecided) }, func(g *game) {
			g.change(Command{Kind: CmdMoveMeeting, NewMeeting: &Meeting{ID: "KF-2027-06-20", Date: "2027-06-29", Last: "2027-06-30", Reserve: "2027-07-01"}, Text: text("krock")})
			g.wantPlan("kf/KF", "2027-06-29")
			g.wantPlan("webb/KS", "2027-06-22")
		}, "kf/KF", []string{"nu den 29 juni 2027"}},
		{"E2 KF is cancelled: the next one takes it up", func(g *game) { now3(g); g.playTo("ks/KS", StatusDecided) }, func(g *game) {
			g.change(Command{Kind: CmdCancelMeeting, NewMeeting: &Meeting{ID: "KF-2027-06-20"}, Text: text("inställt")})
			g.wantPlan("kf/KF", "2027-07-20")
		}, "kf/KF", []string{"nu den 20 juli 2027"}},
		{"E3 an extra KF decides what June returned", again(returnedByMinority), func(g *game) {
			g.change(Command{Kind: CmdAddMeeting, NewMeeting: &Meeting{ID: "KF-extra", Unit: "KF", Date: "2027-07-28", Status: MeetingConfirmed, Extra: true}})
			g.until("2027-07-29")
			g.must(with(decideKF(OutcomeApproved, nil), func(c *Command) { c.Meeting, c.Paragraph = "KF-extra", "1" })(g))
		}, "kf/KF", []string{"återremiss på begäran av en minoritet (21 av 61 närvarande)", "version 2 lämnades in", "bifall, § 1, den 28 juli 2027"}},
		{"E4 a minority returns a part of the package, and the rest stands", decidableKF, func(g *game) {
			record := minority(21)
			record.Items = []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeReturned}}
			c := decideKF(OutcomePartly, record)(g)
			g.must(c)
			g.wants("ks/KS", StatusOpen, 2)
			g.answer("ks/KS")
			g.playTo("kf/KF", StatusReady)
			g.until("2027-07-21")
			g.must(with(decideKF(OutcomeApproved, nil), july)(g))
		}, "kf/KF", []string{"att-sats 1 bifall, att-sats 2 återremiss", "version 2 lämnades in", "bifall, § 91"}},
		{"E5 KS comes back with the same proposal and an answer", returnedByMinority, func(g *game) {
			g.must(Command{Kind: CmdSubmit, Actor: slfPL, Step: "ks/KS", Documents: papers("ks/KS1"), Text: text("förslaget står fast")})
			g.playTo("kf/KF", StatusReady)
		}, "ks/KS", []string{"togs upp igen efter en återremiss", "version 2 lämnades in", "klar för beslut"}},
		{"E6 KF tables it: unchanged, and taken up at the next meeting", decidableKF, func(g *game) {
			g.must(decideKF(OutcomeTabled, minority(21))(g))
			g.until("2027-07-21")
			g.must(with(decideKF(OutcomeApproved, nil), july)(g))
		}, "kf/KF", []string{"bordläggning på begäran av en minoritet", "nu den 20 juli 2027", "bifall, § 91"}},
		{"E7 a part is decided, a part tabled", partTabledKF, func(g *game) { g.must(with(decideKF(OutcomeApproved, nil), july)(g)) }, "kf/KF",
			[]string{"att-sats 1 bifall, att-sats 2 bordläggning, § 90", "bifall, § 91"}},
		{"E8 skattesatsen in November, the budget in December", novemberKF, func(g *game) {
			g.must(with(decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "skattesats", Outcome: OutcomeApproved}, {No: "budget", Outcome: OutcomeTabled}}}),
				func(c *Command) { c.Meeting, c.Paragraph = "KF-2027-11-20", "180" })(g))
			if l, found := g.limit("kf/KF", "KL 11:11"); !found || l.Date != "2027-12-31" {
				g.t.Fatalf("the rest has the limit %+v (found %v), want KL 11:11 by 31 December", l, found)
			}
			g.until("2027-12-21")
			g.must(with(decideKF(OutcomeApproved, nil), func(c *Command) { c.Meeting, c.Paragraph = "KF-2027-12-20", "200" })(g))
		}, "kf/KF", []string{"att-sats skattesats bifall, att-sats budget bordläggning", "bifall, § 200, den 20 december 2027"}},
		{"E9 omedelbar justering: the next step starts the same day", decidableKF, func(g *game) {
			g.must(decideKF(OutcomeApproved, &Record{Immediate: true})(g))
			g.must(Command{Kind: CmdAdjust, Actor: kfSekr, Step: "kf/KF", Date: "2027-06-20"})
			g.wants("plan/SOF", StatusOpen, 1)
		}, "kf/KF", []string{"bifall", "justerades den 20 juni 2027"}},
		{"E10 carried out before laga kraft, which a person notes", postedKF, func(g *game) {
			g.wants("plan/SOF", StatusOpen, 1)
			g.until("2027-07-13")
			g.must(inForce("2027-07-13")(g))
		}, "kf/KF", []string{"anslogs", "vann laga kraft den 13 juli 2027"}},
		{"E11 appealed, and overturned by the court", postedKF, func(g *game) {
			g.must(Command{Kind: CmdAppeal, Actor: kfSekr, Step: "kf/KF", Date: "2027-06-21", Dnr: "FR 1/2027"})
			g.until("2027-11-01")
			g.must(Command{Kind: CmdOverturn, Actor: kfSekr, Step: "kf/KF", Date: "2027-10-30", Dnr: "FR 1/2027", Text: text("upphävt")})
			g.answer("kf/KF")
		}, "kf/KF", []string{"överklagades", "upphävdes den 30 oktober 2027", "version 2 lämnades in"}},
		{"E12 ordförandebeslut, told to the next nämnd", readySN3, func(g *game) {
			g.must(instead(MannerChair, 0)(g))
			g.playTo("forslag/SN", StatusHandedOver)
		}, "forslag/SN", []string{"ordförandebeslut den", "beslutet i nämndens ställe anmäldes den 20 mars 2027", "justerades", "lämnades över"}},
		{"E13 on delegation, passed on once", readySN3, func(g *game) {
			g.must(instead(MannerDelegated, 1)(g))
			g.playTo("forslag/SN", StatusHandedOver)
		}, "forslag/SN", []string{"beslut på delegation den", "anmäldes"}},
		{"E14 an ersättare served under the §", decidableSN3, func(g *game) {
			g.must(with(decideSN, func(c *Command) { c.Record = &Record{Served: []TextRef{text("ersättare")}} })(g))
			if e := g.last(EvDecided); len(e.Record.Served) != 1 {
				g.t.Fatal("who served is not in the entry")
			}
		}, "forslag/SN", []string{"bifall, § 14"}},
		{"E16 too few were there: the next meeting", decidableSN3, func(g *game) {
			g.must(with(decideSN, func(c *Command) { c.Outcome = OutcomeNoQuorum })(g))
			g.until("2027-04-21")
			g.must(with(decideSN, func(c *Command) { c.Meeting, c.Paragraph = "SN-2027-04-20", "20" })(g))
		}, "forslag/SN", []string{"för få var närvarande", "bifall, § 20, den 20 april 2027"}},
		{"E28 the law's day passes: alarmed, loud, explained, and then done", func(g *game) { now3(g); g.playTo("dialog/KS", StatusHeld) }, func(g *game) {
			g.until("2027-11-02")
			g.must(Command{Kind: CmdExplain, Actor: stadens, Step: "ks/KS", Text: text("regeringens besked kom sent")})
			g.playTo("ks/KS", StatusDecided)
		}, "ks/KS", []string{"lagens gräns är den 31 oktober 2027 (KL 11:8), och det är inte klart", "lagens gräns den 31 oktober 2027 passerades (KL 11:8)", "det skrevs varför", "bifall"}},
		{"E32 the justerare refuses: fourteen days pass, somebody says why, and it is adjusted later", decidedKF, func(g *game) {
			g.until("2027-07-06")
			g.must(Command{Kind: CmdExplain, Actor: stadens, Step: "kf/KF", Text: text("tvist om protokollet")})
			g.must(Command{Kind: CmdAdjust, Actor: kfSekr, Step: "kf/KF"})
		}, "kf/KF", []string{"passerades (KL 5:69)", "det skrevs varför", "justerades den 6 juli 2027"}},
		{"E33 a nämnd sends the paper back to its own förvaltning", decidableSN3, func(g *game) {
			g.must(with(decideSN, func(c *Command) { c.Outcome, c.Text = OutcomeReturned, text("gör om") })(g))
			g.answer("forslag/SN")
			g.playTo("forslag/SN", StatusHandedOver)
		}, "forslag/SN", []string{"återremiss, § 14", "version 2 lämnades in", "bifall", "lämnades över"}},
		{"E34 a yrkande changed the text at the meeting", decidableKF, func(g *game) {
			g.must(decideKF(OutcomeApproved, &Record{Wording: DigestOf([]byte("ny lydelse"))})(g))
			if st := g.step("kf/KF"); st.Decision.Wording == st.Decision.Version {
				g.t.Fatal("the draft passes for what was decided")
			}
		}, "kf/KF", []string{"bifall, § 90"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			g := launched(t)
			r.setup(g)
			since := uint64(0)
			r.play(g)
			story := g.read(r.step, since)
			rest := story
			for _, says := range r.says {
				at := strings.Index(rest, says)
				if at < 0 {
					t.Fatalf("the history does not go on with %q:\n%s", says, story)
				}
				rest = rest[at+len(says):]
			}
		})
	}
}

// novemberKF is the day after a KF in November that has the proposal before it.
func novemberKF(g *game) {
	now3(g)
	g.playTo("ks/KS", StatusDecided)
	for _, month := range []string{"06", "07", "08", "09", "10"} {
		g.change(Command{Kind: CmdCancelMeeting, NewMeeting: &Meeting{ID: MeetingID("KF-2027-" + month + "-20")}, Text: text("inställt")})
	}
	g.s.Cycle.Wheel.Def("kf").Legal = "KL 11:10"
	g.step("kf/KF").Legal = "2027-11-30"
	g.playTo("kf/KF", StatusReady)
	g.until("2027-11-21")
}

func (g *game) wantPlan(id StepID, want Date) {
	g.t.Helper()
	if got := g.step(id).Plan; got != want {
		g.t.Fatalf("%s is planned for %s, want %s", id, got, want)
	}
}
