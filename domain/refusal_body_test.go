package domain

const kfSekr = "p-kf-sekreterare"

// now3 has the run play by the rules that know protocols.
func now3(g *game) { g.apply([]Event{AdoptRules(g.s, 3)}) }

// decidableKF is the day after KF's June meeting, with the proposal before it.
func decidableKF(g *game) {
	now3(g)
	g.s.Cycle.Wheel.Def("kf").Appeal = "ja"
	g.playTo("kf/KF", StatusReady)
	g.until("2027-06-21")
}

func decideKF(outcome Outcome, r *Record) func(*game) Command {
	return func(g *game) Command {
		c := Command{Kind: CmdDecide, Actor: kfSekr, Step: "kf/KF", Version: g.step("kf/KF").Submission.Hash, Outcome: outcome,
			Meeting: "KF-2027-06-20", Paragraph: "90", Record: r}
		if outcome == OutcomeReturned || outcome == OutcomePartly {
			c.Text = text("motivering")
		}
		return c
	}
}

// minority is a return that this many of 61 present asked for, against the rest.
func minority(askers int) *Record {
	return &Record{Class: ClassMinority, Votes: &Votes{Present: 61, For: askers, Against: 61 - askers}}
}

func majority(present, yes, no int) *Record {
	return &Record{Class: ClassMajority, Votes: &Votes{Present: present, For: yes, Against: no, Abstained: present - yes - no}}
}

// again brings the matter before KF once more, after what the setup did.
func again(setup func(*game)) func(*game) {
	return func(g *game) {
		setup(g)
		g.answer("ks/KS")
		g.playTo("kf/KF", StatusReady)
		g.until("2027-07-21")
	}
}

// answer hands in a returned step once more, saying what was done about the motivering.
func (g *game) answer(id StepID) {
	c := g.act(Task{Step: id, Command: CmdSubmit, Role: g.s.def(g.step(id)).Slots.Prepare, Unit: g.s.seat(g.s.def(g.step(id)).Slots.Prepare, g.s.actor(g.step(id)))})
	c.Text = text("svar på motiveringen")
	g.must(c)
}

func returnedByMinority(g *game) { decidableKF(g); g.must(decideKF(OutcomeReturned, minority(21))(g)) }

func readySN3(g *game) { now3(g); readySN(g) }

func decidableSN3(g *game) { readySN3(g); g.until("2027-03-22") }

func instead(manner Manner, onward int) func(*game) Command {
	return func(g *game) Command {
		return Command{Kind: CmdInstead, Actor: snSekr, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash, Reference: "SN 2023 § 4, punkt 7",
			Text: text("kunde inte vänta"), Record: &Record{Manner: manner, Onward: onward}}
	}
}

func core(g *game) { readySN3(g); g.s.Cycle.Wheel.Def("forslag").Core = true }

func decidedKF(g *game) { decidableKF(g); g.must(decideKF(OutcomeApproved, nil)(g)) }

func postedKF(g *game) {
	decidedKF(g)
	g.must(Command{Kind: CmdAdjust, Actor: kfSekr, Step: "kf/KF"})
	g.must(Command{Kind: CmdPost, Actor: kfSekr, Step: "kf/KF"})
}

func inForce(d Date) func(*game) Command {
	return is(Command{Kind: CmdInForce, Actor: kfSekr, Step: "kf/KF", Date: d})
}

// What a body may do with a matter, each with the § that says so.
var bodyRefusals = []row{
	{CodeRulesOlder, "a run that keeps older rules", decidableSN, with(decideSN, func(c *Command) { c.Record = &Record{Immediate: true} }), "roll"},
	{CodeRulesOlder, "laga kraft in such a run", nil, inForce("2027-01-01"), "regelversion 1"},

	{CodeClassMissing, "5:50 KF returns without saying by what right", decidableKF, decideKF(OutcomeReturned, nil), "5:50"},
	{CodeClassMissing, "5:50 KF tables without saying by what right", decidableKF, decideKF(OutcomeTabled, &Record{}), "5:50"},
	{CodeVotes, "5:50 a minority that nobody counted", decidableKF, decideKF(OutcomeReturned, &Record{Class: ClassMinority}), "närvarande"},
	{CodeVotes, "figures that do not add up", decidableKF, decideKF(OutcomeReturned, &Record{Class: ClassMinority, Votes: &Votes{Present: 61, For: 21, Against: 39}}), "60, men 61"},
	{CodeVotes, "nobody present", decidableKF, decideKF(OutcomeApproved, &Record{Votes: &Votes{}}), "hela tal"},
	{CodeVotes, "5:56 a casting vote when votes are not equal", decidableKF, decideKF(OutcomeApproved, &Record{Votes: &Votes{Present: 3, For: 2, Against: 1, Casting: true}}), "lika"},
	{CodeNotAThird, "5:50 twenty of sixty-one is less than a third", decidableKF, decideKF(OutcomeReturned, minority(20)), "behövs 21"},
	{CodeNoMinority, "5:50 a majority takes no minority's right", decidableKF, decideKF(OutcomeReturned, minority(31)), "majoritet"},
	{CodeMinorityUsed, "5:50 a minority once for a matter", again(returnedByMinority), with(decideKF(OutcomeReturned, minority(25)), july), "enkel majoritet"},
	{CodeMinorityUsed, "5:50 nor may it be tabled then", again(returnedByMinority), with(decideKF(OutcomeTabled, minority(25)), july), "5:50"},
	{CodeNoMinority, "6:33 no minority's right in a nämnd", decidableSN3, with(decideSN, func(c *Command) {
		c.Outcome, c.Text, c.Record = OutcomeReturned, text("gör om"), &Record{Class: ClassMinority, Votes: &Votes{Present: 11, For: 4, Against: 7}}
	}), "6:33"},
	{CodeNoMajority, "5:55 fewer for than against", decidableKF, decideKF(OutcomeReturned, majority(61, 30, 31)), "ingen majoritet"},
	{CodeNoMajority, "5:55 approved by fewer", decidableKF, decideKF(OutcomeApproved, &Record{Votes: &Votes{Present: 61, For: 30, Against: 31}}), "ingen majoritet"},
	{CodeArguable, "5:50 Hammarö: 14–0 with 17 abstaining, called a majority", decidableKF, decideKF(OutcomeReturned, majority(31, 14, 0)), "Skriv varför"},
	{CodeArguable, "5:50 Hammarö: the same, called a minority", decidableKF, decideKF(OutcomeReturned, &Record{Class: ClassMinority, Votes: &Votes{Present: 31, For: 14, Abstained: 17}}), "Skriv varför"},
	{CodeBadCommand, "a class that there is not", decidableKF, decideKF(OutcomeReturned, &Record{Class: "flertal"}), "minoritet"},
	{CodeUnknownField, "a class on what was approved", decidableKF, decideKF(OutcomeApproved, majority(61, 40, 21)), "återremiss"},
	{CodeTextMissing, "5:50 a return without the askers' motivering", decidableKF, with(decideKF(OutcomeReturned, minority(21)), func(c *Command) { c.Text = "" }), "motivering"},
	{CodeNoQuorum, "5:45 not more than half were there", func(g *game) { decidableKF(g); g.s.Registry.Unit("KF").Seats = 65 }, decideKF(OutcomeApproved, &Record{Votes: &Votes{Present: 32, For: 32}}), "5:45"},
	{CodeReservationLate, "4:27 a reservation after the meeting", decidableKF, decideKF(OutcomeApproved, &Record{Reservations: []Reservation{{Text: text("x"), Date: "2027-06-21"}}}), "4:27"},
	{CodeBadCommand, "a reservation without its day", decidableKF, decideKF(OutcomeApproved, &Record{Reservations: []Reservation{{Text: text("x")}}}), "Fyll i båda"},
	{CodeBadCommand, "a wording that is no hash", decidableKF, decideKF(OutcomeApproved, &Record{Wording: "x"}), "kontrollsumma"},

	{CodeItems, "parts without their att-satser", decidableKF, decideKF(OutcomePartly, nil), "att-satser"},
	{CodeItems, "the same for all is no part", decidableKF, decideKF(OutcomePartly, &Record{Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeApproved}}}), "olika utfall"},
	{CodeItems, "the same att-sats twice", decidableKF, decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "1", Outcome: OutcomeTabled}}}), "två gånger"},
	{CodeItems, "an att-sats without a number", decidableKF, decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{Outcome: OutcomeApproved}, {No: "1", Outcome: OutcomeTabled}}}), "beteckning"},
	{CodeItems, "an outcome that no att-sats has", decidableKF, decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "1", Outcome: OutcomePartly}, {No: "2", Outcome: OutcomeTabled}}}), "delvis"},
	{CodeItems, "att-satser of a whole decision", decidableKF, decideKF(OutcomeApproved, &Record{Items: []Item{{No: "1", Outcome: OutcomeApproved}}}), "olika utfall"},
	{CodeItems, "an att-sats that is settled", partTabledKF, with(decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "1", Outcome: OutcomeRejected}, {No: "3", Outcome: OutcomeTabled}}}), july), "redan avgjord"},
	{CodeFrozen, "5:51 what is tabled in part may not be changed", partTabledKF, is(Command{Kind: CmdSubmit, Actor: slfPL, Step: "kf/KF", Documents: papers("nytt")}), "bordlagt"},

	{CodeReplyMissing, "a returned step without an answer to the motivering", returnedByMinority, is(Command{Kind: CmdSubmit, Actor: slfPL, Step: "ks/KS", Documents: papers("ks/KS1")}), "anvisning"},

	{CodeNotDelegable, "6:38 mål and inriktning are never delegated", core, instead(MannerDelegated, 0), "6:38"},
	{CodeNotDelegable, "7:6 a delegation is passed on once", readySN3, instead(MannerDelegated, 2), "7:6"},
	{CodeNotDelegable, "5:1 KF delegates nothing of this", func(g *game) { now3(g); g.playTo("kf/KF", StatusReady) }, func(g *game) Command {
		c := instead(MannerChair, 0)(g)
		c.Actor, c.Step, c.Version = kfSekr, "kf/KF", g.step("kf/KF").Submission.Hash
		return c
	}, "5:1"},
	{CodeBadCommand, "in whose place nobody said", readySN3, instead("", 0), "ordförandebeslut"},
	{CodeBadCommand, "a manner that there is not", readySN3, instead("utskott", 0), "delegation"},
	{CodeBadCommand, "a decision of the nämnd's own in another's place", decidableSN3, with(decideSN, func(c *Command) { c.Record = &Record{Manner: MannerChair} }), "nämndens eget"},
	{CodeUnknownField, "the chair has no votes", readySN3, with(instead(MannerChair, 0), func(c *Command) { c.Record.Votes = &Votes{Present: 1, For: 1} }), "röster"},
	{CodeUnknownField, "the chair passes nothing on", readySN3, instead(MannerChair, 1), "delegation"},
	{CodeWrongAct, "an official's act has no chair", func(g *game) { now3(g); g.playTo("plan/SOF", StatusReady) }, func(g *game) Command {
		c := instead(MannerChair, 0)(g)
		c.Actor, c.Step, c.Version = sofFC, "plan/SOF", g.step("plan/SOF").Submission.Hash
		return c
	}, "nämnd"},
	{CodeNotReported, "6:40 justering before the nämnd has been told", func(g *game) { readySN3(g); g.must(instead(MannerChair, 0)(g)) }, is(Command{Kind: CmdAdjust, Actor: snSekr, Step: "forslag/SN"}), "6:40"},

	{CodeAnnouncedLate, "5:13 KF announced six days before", func(g *game) { inRegistry3(g); g.now = at("2027-01-15") }, announce("KF-2027-01-20", "2027-01-14"), "13 januari 2027"},
	{CodeDateFuture, "announced tomorrow", inRegistry3, announce("KF-2027-06-20", "2027-03-01"), "1 mars 2027"},
	{CodeDateBefore, "announced after the meeting", func(g *game) { inRegistry3(g); g.now = at("2027-03-01") }, announce("KF-2027-01-20", "2027-01-21"), "efter sammanträdet"},
	{CodeBadCommand, "announced on no day", inRegistry3, announce("KF-2027-01-20", ""), "anslagstavlan"},
	{CodePeriod, "a second day before the first", inRegistry3, moveTo(Meeting{ID: "KF-2027-06-20", Date: "2027-06-15", Last: "2027-06-14"}), "sista dag"},
	{CodePeriod, "a reserve day within the meeting", inRegistry3, moveTo(Meeting{ID: "KF-2027-06-20", Date: "2027-06-15", Last: "2027-06-16", Reserve: "2027-06-16"}), "Reservdagen"},
	{CodeUnknownField, "announced in passing", inRegistry3, moveTo(Meeting{ID: "KF-2027-06-20", Date: "2027-06-15", Announced: "2026-12-01"}), "för sig"},
	{CodeRulesOlder, "a second day under older rules", inRegistry2, moveTo(Meeting{ID: "KF-2027-06-20", Date: "2027-06-15", Last: "2027-06-16"}), "roll"},
	{CodeDateBefore, "decided on a day that the meeting did not have", func(g *game) { decidableKF(g); g.s.Registry.Meeting("KF-2027-06-20").Reserve = "2027-06-22" },
		with(decideKF(OutcomeApproved, nil), func(c *Command) { c.Date = "2027-06-21" }), "reservdag"},
	{CodeNothingChanged, "no breach to explain", decidableKF, is(Command{Kind: CmdExplain, Actor: stadens, Step: "kf/KF", Text: text("x")}), "ingen passerad gräns"},

	{CodeElection, "5:9, 11:10 a budget adopted by the old KF in an election year", func(g *game) { decidableKF(g); g.s.Cycle.Year = 2031; g.s.Cycle.Wheel.Def("kf").Legal = "KL 11:10" },
		decideKF(OutcomeApproved, nil), "nyvalda"},

	{CodeNotNow, "no decision to appeal", decidableKF, inForce("2027-06-20"), "inte beslutat"},
	{CodeNotNow, "13:5 the justering is not announced", decidedKF, inForce("2027-06-21"), "anslagen"},
	{CodeNotNow, "13:5 within the three weeks", func(g *game) { postedKF(g); g.until("2027-07-12") }, inForce("2027-07-12"), "12 juli 2027"},
	{CodeNoAppeal, "13:2 what only prepares", func(g *game) { postedKF(g); g.s.Cycle.Wheel.Def("kf").Appeal = "nej"; g.until("2027-08-01") }, inForce("2027-08-01"), "13:2"},
	{CodeTextMissing, "laga kraft after an appeal, without how it ended", func(g *game) {
		postedKF(g)
		g.must(Command{Kind: CmdAppeal, Actor: kfSekr, Step: "kf/KF", Date: "2027-06-21", Dnr: "FR 1/2027"})
		g.until("2027-09-01")
	}, inForce("2027-09-01"), "domstol"},
	{CodeNothingChanged, "laga kraft twice", func(g *game) { postedKF(g); g.until("2027-08-01"); g.must(inForce("2027-07-13")(g)) }, inForce("2027-07-13"), "redan"},
	{CodeDateFuture, "laga kraft tomorrow", postedKF, inForce("2027-12-24"), "24 december 2027"},
	{CodeDateBefore, "laga kraft before the decision", postedKF, inForce("2027-06-01"), "före beslutet"},
}

func july(c *Command) { c.Meeting, c.Paragraph = "KF-2027-07-20", "91" }

// partTabledKF is KF in July, with att-sats 1 decided and att-sats 2 tabled in June.
func partTabledKF(g *game) {
	decidableKF(g)
	g.must(decideKF(OutcomePartly, &Record{Class: ClassMajority, Items: []Item{{No: "1", Outcome: OutcomeApproved}, {No: "2", Outcome: OutcomeTabled}}})(g))
	g.until("2027-07-21")
}

func inRegistry3(g *game) { inRegistry(g) }

func inRegistry2(g *game) { inRegistry(g); g.apply([]Event{AdoptRules(g.s, 2)}) }

func announce(id MeetingID, d Date) func(*game) Command {
	return is(Command{Kind: CmdAnnounce, Actor: register, NewMeeting: &Meeting{ID: id, Announced: d}})
}

func moveTo(m Meeting) func(*game) Command {
	return is(Command{Kind: CmdMoveMeeting, Actor: register, NewMeeting: &m, Text: text("flyttas")})
}
