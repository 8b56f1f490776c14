package domain

import "testing"

// What a body may do with a matter, and what follows: each row names its § and is read as its user would.
func TestWhatABodyMayDo(t *testing.T) {
	for _, r := range []struct {
		name  string
		setup func(*game)
		cmd   func(*game) Command
		want  func(*testing.T, *game)
	}{
		{"5:50 exactly a third has KF return it", decidableKF, decideKF(OutcomeReturned, minority(21)), func(t *testing.T, g *game) {
			g.wants("ks/KS", StatusOpen, 2)
			if st := g.step("kf/KF"); st.Minority == 0 {
				t.Error("the minority has used its right, and that is not noted")
			}
			if st := g.step("ks/KS"); st.Instruction != text("motivering") || !st.Owes {
				t.Error("KS does not owe an answer to the motivering")
			}
		}},
		{"5:50 a majority returns it, and a minority still may", again(func(g *game) { decidableKF(g); g.must(decideKF(OutcomeReturned, majority(61, 40, 21))(g)) }),
			with(decideKF(OutcomeTabled, minority(21)), july), func(t *testing.T, g *game) { g.wants("kf/KF", StatusTabled, 2) }},
		{"5:50 after a minority has, a majority may", again(returnedByMinority), with(decideKF(OutcomeReturned, majority(61, 31, 30)), july),
			func(t *testing.T, g *game) { g.wants("kf/KF", StatusWaiting, 3) }},
		{"5:56 the chair's vote carries it", decidableKF, decideKF(OutcomeReturned, &Record{Class: ClassMajority, ClassReason: text("utslagsröst"), Votes: &Votes{Present: 60, For: 30, Against: 30, Casting: true}}),
			func(t *testing.T, g *game) { g.wants("kf/KF", StatusWaiting, 2) }},
		{"5:50 Hammarö, as a minority with its reason", decidableKF, decideKF(OutcomeReturned, &Record{Class: ClassMinority, ClassReason: text("färre än hälften av de närvarande"), Votes: &Votes{Present: 31, For: 14, Abstained: 17}}),
			func(t *testing.T, g *game) {
				if g.step("kf/KF").Minority == 0 {
					t.Error("not noted as a minority's")
				}
			}},
		{"5:50 Hammarö, as a majority with its reason", decidableKF, decideKF(OutcomeReturned, func() *Record { r := majority(31, 14, 0); r.ClassReason = text("fler för än emot"); return r }()),
			func(t *testing.T, g *game) {
				if g.step("kf/KF").Minority != 0 {
					t.Error("noted as a minority's")
				}
			}},
		{"6:33 a nämnd returns by simple majority, to itself", decidableSN3, with(decideSN, func(c *Command) {
			c.Outcome, c.Text, c.Record = OutcomeReturned, text("gör om"), majority(11, 6, 5)
		}), func(t *testing.T, g *game) { g.wants("forslag/SN", StatusReturned, 2) }},
		{"KS comes back with the same proposal, and an answer", returnedByMinority, func(g *game) Command {
			return Command{Kind: CmdSubmit, Actor: slfPL, Step: "ks/KS", Documents: papers("ks/KS1"), Text: text("förslaget är detsamma, med kompletterande underlag")}
		}, func(t *testing.T, g *game) {
			if st := g.step("ks/KS"); st.Owes || st.Submission.No != 2 {
				t.Errorf("version %d, and an answer is owed: %v", st.Submission.No, st.Owes)
			}
		}},
		{"att-sats 1 decided, 2 tabled", decidableKF, decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeTabled}}}),
			func(t *testing.T, g *game) {
				if st := g.step("kf/KF"); st.Status != StatusTabled || !st.Partly() || st.Held != "KF-2027-07-20" || st.Items[0].Seq == 0 {
					t.Errorf("%s, partly %v, at %s, %+v", st.Status, st.Partly(), st.Held, st.Items)
				}
			}},
		{"att-sats 1 decided, 2 returned by a minority", decidableKF, decideKF(OutcomePartly, &Record{Class: ClassMinority, Votes: &Votes{Present: 61, For: 21, Against: 40},
			Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeReturned}}}), func(t *testing.T, g *game) {
			g.wants("ks/KS", StatusOpen, 2)
			if !g.step("kf/KF").Partly() {
				t.Error("what was decided is forgotten")
			}
		}},
		{"att-sats 1 approved, 2 rejected: decided", decidableKF, decideKF(OutcomePartly, &Record{Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeRejected}}}),
			func(t *testing.T, g *game) { g.wants("kf/KF", StatusDecided, 1) }},
		{"the rest of a part is decided in July", partTabledKF, with(decideKF(OutcomeApproved, nil), july), func(t *testing.T, g *game) {
			if st := g.step("kf/KF"); st.Status != StatusDecided || st.Partly() || st.Items[1].Outcome != OutcomeApproved {
				t.Errorf("%s with %+v", st.Status, st.Items)
			}
		}},
		{"5:45 too few were there: the matter follows to the next meeting, unfrozen", decidableKF, decideKF(OutcomeNoQuorum, &Record{Votes: &Votes{Present: 20, Abstained: 20}}),
			func(t *testing.T, g *game) {
				if st := g.step("kf/KF"); st.Status != StatusReady || st.Held != "KF-2027-07-20" || st.Decision != nil {
					t.Errorf("%s at %s", st.Status, st.Held)
				}
			}},
		{"5:57 the wording that was decided stands apart from the draft", decidableKF, decideKF(OutcomeApproved, &Record{Wording: DigestOf([]byte("beslutad lydelse")),
			Reservations: []Reservation{{Text: text("reservation"), Date: "2027-06-20"}}, Served: []TextRef{text("ersättare")}, Immediate: true}), func(t *testing.T, g *game) {
			if d := g.step("kf/KF").Decision; d.Wording != DigestOf([]byte("beslutad lydelse")) || d.Version != g.step("kf/KF").Submission.Hash {
				t.Errorf("%+v", d)
			}
		}},
		{"6:39 the chair decides, and the next nämnd is to be told", readySN3, instead(MannerChair, 0), func(t *testing.T, g *game) {
			g.wants("forslag/SN", StatusDecided, 1)
			if st := g.step("forslag/SN"); st.Held != "SN-2027-03-20" || st.Decision.Manner != MannerChair {
				t.Errorf("to be reported at %s: %+v", st.Held, st.Decision)
			}
			g.until("2027-03-21")
			g.play(func() bool { return g.step("forslag/SN").Decision.Reported != 0 })
			g.playTo("forslag/SN", StatusHandedOver)
		}},
		{"6:38–39 the chair decides on mål: written down, and shown to revisorerna", core, instead(MannerChair, 0), func(t *testing.T, g *game) {
			if e := g.last(EvDecided); e.Exception != ExceptionChairInCore {
				t.Errorf("exception %q", e.Exception)
			}
		}},
		{"6:40 told at another than the next meeting", func(g *game) { readySN3(g); g.must(instead(MannerChair, 0)(g)); g.until("2027-04-21") },
			is(Command{Kind: CmdReport, Actor: snSekr, Step: "forslag/SN", Meeting: "SN-2027-04-20", Paragraph: "30"}), func(t *testing.T, g *game) {
				if e := g.last(EvDecisionReported); e.Exception != ExceptionReportedLate {
					t.Errorf("exception %q", e.Exception)
				}
			}},
		{"7:6 a delegation passed on once", readySN3, instead(MannerDelegated, 1), func(t *testing.T, g *game) { g.wants("forslag/SN", StatusDecided, 1) }},
		{"13:5 laga kraft the day after three weeks", func(g *game) { postedKF(g); g.until("2027-07-13") }, inForce("2027-07-13"), func(t *testing.T, g *game) {
			if st := g.step("kf/KF"); st.Force != ForceFinal || g.s.AppealEnds(st) != "2027-07-12" {
				t.Errorf("%q, appealable until %s", st.Force, g.s.AppealEnds(st))
			}
		}},
		{"13:8 overturned: it begins anew, what rested on it waits again, both stay", func(g *game) { postedKF(g); g.until("2027-11-01") },
			is(Command{Kind: CmdOverturn, Actor: kfSekr, Step: "kf/KF", Date: "2027-10-30", Dnr: "FR 1/2027", Text: text("upphävt: jäv")}), func(t *testing.T, g *game) {
				g.wants("kf/KF", StatusOpen, 2)
				if st := g.step("kf/KF"); len(st.Overturned) != 1 || st.Overturned[0].Paragraph != "90" || st.Decision != nil {
					t.Errorf("%+v", st.Overturned)
				}
				g.wants("plan/SOF", StatusWaiting, 2)
			}},
	} {
		t.Run(r.name, func(t *testing.T) {
			g := launched(t)
			r.setup(g)
			g.must(r.cmd(g))
			r.want(t, g)
		})
	}
}

// last is the last event of a kind.
func (g *game) last(kind EventKind) Event {
	g.t.Helper()
	for i := len(g.events) - 1; i >= 0; i-- {
		if g.events[i].Kind == kind {
			return g.events[i]
		}
	}
	g.t.Fatalf("no %s", kind)
	return Event{}
}
