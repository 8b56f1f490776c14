package domain

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const revisor = "p-revisor"

// audited is the registry in June 2027, with a revisor in it.
func audited(g *game) {
	registry3(g)
	g.must(Command{Kind: CmdBind, Actor: register, Binding: &Binding{Person: revisor, Role: RoleAuditor, Unit: "SLF", From: "2026-01-01"}})
}

var remark2028 = Observation{Year: 2028, Step: "forslag/SN", Unit: "SN", Role: "forvaltningschef", Due: "2027-06-30"}

func observing(change func(*Observation)) func(*game) Command {
	o := remark2028
	change(&o)
	return is(Command{Kind: CmdObserve, Actor: revisor, Observation: &o, Text: text("målen går inte att följa upp")})
}

func theRemark(*Observation) {}

// remarkedOn has an observation made; the number is the last that the registry gave.
func remarkedOn(g *game) { audited(g); g.must(observing(theRemark)(g)) }

var pledged = Action{Text: text("ny rutin"), Due: "2027-09-30"}

func answering(actions ...Action) func(*game) Command {
	return func(g *game) Command {
		return Command{Kind: CmdAnswer, Actor: sofFC, Text: text("vi ser över rutinen"), Observation: &Observation{Number: g.lastObservation(), Actions: actions}}
	}
}

func answered(g *game) { remarkedOn(g); g.must(answering(pledged)(g)) }

func assessing(status ObservationStatus, due Date, says string) func(*game) Command {
	return func(g *game) Command {
		c := Command{Kind: CmdAssessAnswer, Actor: revisor, Observation: &Observation{Number: g.lastObservation(), Status: status, Due: due}}
		if says != "" {
			c.Text = text(says)
		}
		return c
	}
}

func doing(no int, day Date) func(*game) Command {
	return func(g *game) Command {
		return Command{Kind: CmdActionDone, Actor: sofFC, Text: text("rutinen är antagen"), Observation: &Observation{Number: g.lastObservation(), Actions: []Action{{No: no, Done: day}}}}
	}
}

func (g *game) lastObservation() uint64 {
	if n := len(g.s.Registry.Observations); n > 0 {
		return g.s.Registry.Observations[n-1].Number
	}
	return 999
}

func late(change func(*Supplement)) func(*game) Command {
	x := Supplement{Year: 2026, Step: "bokslut/SN", Reference: "KS 4/2027"}
	change(&x)
	return is(Command{Kind: CmdSupplement, Actor: register, Supplement: &x, Text: text("bilagan glömdes")})
}

// Who may say what of an observation, and when.
var observationRefusals = []row{
	{CodeRoleNotHeld, "only a revisor observes", audited, with(observing(theRemark), func(c *Command) { c.Actor = register }), "revisor"},
	{CodeRoleNotHeld, "a processledare does not", audited, with(observing(theRemark), func(c *Command) { c.Actor = sofPL }), "revisor"},
	{CodeUnknownPerson, "nor does who nobody knows", audited, with(observing(theRemark), func(c *Command) { c.Actor = "p-ingen" }), "registeransvarig"},
	{CodeExcluded, "12:14 a revisor who is jävig there", func(g *game) { audited(g); g.must(excluding(Exclusion{Person: revisor, Unit: "SN"})(g)) }, observing(theRemark), "12:14"},
	{CodeTextMissing, "an observation says something", audited, with(observing(theRemark), func(c *Command) { c.Text = "" }), "text"},
	{CodeUnknownStep, "on no step", audited, observing(func(o *Observation) { o.Step = "forslag" }), "arsredovisning-ks/KS"},
	{CodeYear, "in no cycle", audited, observing(func(o *Observation) { o.Year = 0 }), "2027"},
	{CodeUnitUnknown, "to nobody", audited, observing(func(o *Observation) { o.Unit = "XX" }), "svara"},
	{CodeObservation, "to a role that nobody holds there", audited, observing(func(o *Observation) { o.Role = "ordforande" }), "ordforande"},
	{CodeObservation, "to the revision itself", func(g *game) {
		audited(g)
		g.must(Command{Kind: CmdSetUnit, Actor: register, Unit: &Unit{ID: "REV", Kind: KindAudit, Name: "Revisorerna"}})
	}, observing(func(o *Observation) { o.Unit = "REV" }), "egna"},
	{CodeDeadline, "without a day for the answer", audited, observing(func(o *Observation) { o.Due = "" }), "svarsdag"},
	{CodeDeadline, "to be answered today", audited, observing(func(o *Observation) { o.Due = "2027-06-01" }), "efter"},
	{CodeUnknownField, "with its answer in it", audited, observing(func(o *Observation) { o.Answer = text("svar") }), "Ta bort"},

	{CodeRoleNotHeld, "only who is asked answers", remarkedOn, with(answering(pledged), func(c *Command) { c.Actor = sofPL }), "forvaltningschef"},
	{CodeRoleNotHeld, "a revisor does not answer", remarkedOn, with(answering(pledged), func(c *Command) { c.Actor = revisor }), "forvaltningschef"},
	{CodeExcluded, "jäv beats the role", func(g *game) { remarkedOn(g); g.must(excluding(Exclusion{Person: sofFC, Unit: "SN"})(g)) }, answering(pledged), "jävig"},
	{CodeObservation, "an observation that there is not", audited, answering(pledged), "999"},
	{CodeTextMissing, "an action that says nothing", remarkedOn, answering(Action{Due: "2027-09-30"}), "åtgärd"},
	{CodeDeadline, "an action without a day", remarkedOn, answering(Action{Text: text("x")}), "dag för åtgärden"},
	{CodeObservation, "an action for nobody", remarkedOn, answering(Action{Text: text("x"), Due: "2027-09-30", Role: "ordforande"}), "ordforande"},
	{CodeRoleNotHeld, "an action for a person who has not the role", remarkedOn, answering(Action{Text: text("x"), Due: "2027-09-30", Person: slfFC}), "ansvara"},
	{CodeUnknownField, "an action that is done already", remarkedOn, answering(Action{Text: text("x"), Due: "2027-09-30", Done: "2027-06-01"}), "Ta bort"},
	{CodeUnknownField, "an answer that closes", remarkedOn, with(answering(pledged), func(c *Command) { c.Observation.Status = ObservationClosed }), "Ta bort"},
	{CodeNotNow, "an answer to what is answered", answered, answering(pledged), "besvarad"},

	{CodeRoleNotHeld, "only a revisor assesses an answer", answered, with(assessing(ObservationAccepted, "", ""), func(c *Command) { c.Actor = sofFC }), "revisor"},
	{CodeNotNow, "no answer to accept", remarkedOn, assessing(ObservationAccepted, "", ""), "väntar på svar"},
	{CodeNotNow, "asked twice for one answer", remarkedOn, assessing(ObservationAsked, "2027-08-01", "mer"), "väntar redan"},
	{CodeTextMissing, "asked again without saying what is missing", answered, assessing(ObservationAsked, "2027-08-01", ""), "saknas"},
	{CodeDeadline, "asked again for yesterday", answered, assessing(ObservationAsked, "2027-05-31", "mer"), "svarsdag"},
	{CodeTextMissing, "closed with actions left, without a why", answered, assessing(ObservationClosed, "", ""), "åtgärder kvar"},
	{CodeTextMissing, "closed unanswered, without a why", remarkedOn, assessing(ObservationClosed, "", ""), "inte besvarad"},
	{CodeBadCommand, "a word that is none", answered, assessing("bra", "", ""), "godtagen"},
	{CodeUnknownField, "a day that means nothing", answered, assessing(ObservationAccepted, "2027-08-01", ""), "svarsdag"},
	{CodeNotNow, "what is closed stays closed", func(g *game) { answered(g); g.must(assessing(ObservationClosed, "", "tas i nästa granskning")(g)) }, assessing(ObservationAsked, "2027-08-01", "mer"), "avslutad"},

	{CodeRoleNotHeld, "only who does it reports it", answered, with(doing(1, ""), func(c *Command) { c.Actor = revisor }), "forvaltningschef"},
	{CodeObservation, "an action that there is not", answered, doing(2, ""), "åtgärd"},
	{CodeDateFuture, "an action done tomorrow", answered, doing(1, "2027-06-02"), "i dag"},
	{CodeDateBefore, "an action done before it was asked for", answered, doing(1, "2027-05-31"), "före iakttagelsen"},
	{CodeNothingChanged, "an action done twice", func(g *game) { answered(g); g.must(doing(1, "")(g)) }, doing(1, ""), "redan gjord"},
	{CodeNotNow, "an action when asked again", func(g *game) { answered(g); g.must(assessing(ObservationAsked, "2027-08-01", "mer")(g)) }, doing(1, ""), "frågat igen"},

	{CodeRoleNotHeld, "only the registeransvarig supplements", audited, with(late(func(*Supplement) {}), func(c *Command) { c.Actor = sofPL }), "registeransvarig"},
	{CodeTextMissing, "a supplement says what it is", audited, with(late(func(*Supplement) {}), func(c *Command) { c.Text = "" }), "text"},
	{CodeUnknownField, "a supplement with a day of its own", audited, late(func(x *Supplement) { x.Made = "2026-01-01" }), "Ta bort"},
	{CodeUnknownDocument, "a supplement with what is no hash", audited, late(func(x *Supplement) { x.Documents = []Document{{Def: "bilaga", SHA256: "x"}} }), "kontrollsumma"},
	{CodeUnknownKind, "in a cycle instead of the registry", func(g *game) { now3(g) }, observing(theRemark), "registret"},
}

// A revisor reads everything and changes nothing: of all commands, on every step and in the registry, only those of observations
// are not refused.
func TestARevisorChangesNothingElse(t *testing.T) {
	mine := []CommandKind{CmdObserve, CmdAssessAnswer}
	g := launched(t)
	now3(g)
	atForslag(g)
	g.receive(Event{Kind: EvBound, Binding: &Binding{Number: 500, Person: revisor, Role: RoleAuditor, Unit: "SLF", From: "2026-01-01"}})
	tried := 0
	for _, row := range CommandTable {
		if row.Kind == CmdLaunch || row.Kind == CmdFound || row.Kind == CmdChanges {
			continue // the door's own: no person's command
		}
		for i := range g.s.Cycle.Steps {
			st := &g.s.Cycle.Steps[i]
			c := Command{ID: "c", Kind: row.Kind, Actor: revisor}
			must, _ := row.Members()
			for _, m := range must {
				switch m {
				case "step":
					c.Step = st.ID
				case "text":
					c.Text = text("x")
				case "date", "from":
					c.Date = g.now.Date()
				case "version":
					c.Version = DigestOf(nil)
				}
			}
			if _, err := Decide(g.s, c, g.now); err == nil {
				t.Errorf("a revisor may %s on %s", row.Kind, st.ID)
			}
			if allowed := Allowed(g.s, revisor, st.ID, g.now.Date()); len(allowed) > 0 {
				t.Errorf("a revisor is offered %v on %s", allowed, st.ID)
			}
			tried++
		}
	}
	r := &game{t: t, s: firstRules("cycle/9999/2028"), now: g.now}
	answered(r)
	number := r.lastObservation()
	for _, c := range []Command{
		{Kind: CmdSetUnit, Unit: &Unit{ID: "XX", Kind: KindBoard, Name: "X"}}, {Kind: CmdBind, Binding: &Binding{Person: "p", Role: "x", Unit: "SN", From: "2027-01-01"}},
		{Kind: CmdUnbind, Binding: &Binding{Number: 1, To: "2027-01-01"}}, {Kind: CmdSubstitute, Substitute: &Substitute{Binding: 1, Person: "p", From: "2027-01-01", To: "2027-01-02"}},
		{Kind: CmdExclude, Exclusion: &Exclusion{Person: sofPL}}, {Kind: CmdNoteDeficit, Deficit: &minus}, {Kind: CmdSupplement, Supplement: &Supplement{Year: 2026, Step: "a/B"}, Text: text("x")},
		{Kind: CmdAddMeeting, NewMeeting: &Meeting{ID: "KS-2027-09-01", Unit: "KS", Date: "2027-09-01"}}, {Kind: CmdAnswer, Observation: &Observation{Number: number}, Text: text("x")},
		{Kind: CmdActionDone, Observation: &Observation{Number: number, Actions: []Action{{No: 1}}}, Text: text("x")},
	} {
		c.ID, c.Actor = "c", revisor
		if _, err := Decide(r.s, c, r.now); err == nil {
			t.Errorf("a revisor may %s", c.Kind)
		}
	}
	for _, kind := range mine {
		if Row(kind).Says == "" {
			t.Errorf("%s is told nobody", kind)
		}
	}
	if tried < 300 {
		t.Errorf("only %d commands were tried", tried)
	}
}

// An observation made in the cycle of 2026, which has ended, is answered in the registry, and followed in the årsredovisning of
// the next cycles until its actions are done and the revisor closes it.
func TestAnObservationOutlivesItsCycle(t *testing.T) {
	reg := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2027-06-01")}
	audited(reg)
	later := closing(t) // the cycle of 2026: its copy of the registry stands for every later cycle's
	copied := func() {
		t.Helper()
		r := *reg.s.Registry
		later.s.Registry.Observations = r.Observations
	}
	on := func(id StepID) (here, open int) {
		copied()
		a, b := ObservationsOn(later.s, later.s.Registry, id)
		return len(a), len(b)
	}
	reg.must(observing(func(o *Observation) { o.Year, o.Step = 2025, "bokslut/SN" })(reg))
	number := reg.lastObservation()
	for _, id := range []StepID{"ar-ks/KS", "granskning/REV", "kf-ar/KF", "bokslut/SN"} {
		if here, open := on(id); here != 0 || open != 1 {
			t.Errorf("%s shows %d of its own and %d open observations", id, here, open)
		}
	}
	for _, id := range []StepID{"bokslut/AN", "ansvarsfrihet/SN"} {
		if here, open := on(id); here != 0 || open != 0 {
			t.Errorf("%s shows %d of its own and %d open observations", id, here, open)
		}
	}
	reg.must(answering(pledged, Action{Text: text("utbildning"), Due: "2028-02-01", Unit: "SLF", Person: slfFC})(reg))
	reg.must(assessing(ObservationAsked, "2027-08-16", "vem ansvarar?")(reg))
	reg.must(answering(pledged, Action{Text: text("utbildning"), Due: "2028-02-01", Unit: "SLF", Person: slfFC})(reg))
	o := reg.s.Registry.Observation(number)
	if o.Asked != 2 || o.Undone() != 2 || o.Actions[0].No != 3 {
		t.Errorf("after the second answer: %+v", o)
	}
	reg.must(assessing(ObservationAccepted, "", "")(reg))
	reg.until("2027-09-15")
	reg.must(doing(3, "2027-09-14")(reg))
	if _, open := on("ar-ks/KS"); open != 1 {
		t.Error("with an action left it is not shown any more")
	}
	reg.until("2028-02-20") // twenty days after the second action's day
	var rang []string
	for _, e := range reg.events {
		if e.Kind == EvObservationReminded {
			rang = append(rang, fmt.Sprintf("%s %d %s", e.At.Date(), e.Observation.Reminded, observationLadder[e.Rung-1].Text))
		}
	}
	want := []string{"2027-09-16 3 10 dagar före"}
	if len(rang) < 3 || slices.Contains(rang, want[0]) || !strings.HasSuffix(rang[len(rang)-1], "eskalera 5 dagar efter") {
		t.Errorf("reminded: %v", rang)
	}
	reg.must(Command{Kind: CmdActionDone, Actor: slfFC, Text: text("alla har gått"), Observation: &Observation{Number: number, Actions: []Action{{No: 4}}}})
	if tasks := ObservationTodo(reg.s, reg.now.Date()); len(tasks) != 1 || tasks[0].Command != CmdAssessAnswer || tasks[0].Role != RoleAuditor {
		t.Errorf("when all is done: %+v", tasks)
	}
	reg.must(assessing(ObservationClosed, "", "")(reg))
	if _, open := on("ar-ks/KS"); open != 0 {
		t.Error("closed, and shown still")
	}
	if o := reg.s.Registry.Observation(number); o.Answer != "" || len(o.Actions) != 0 || o.Step != "bokslut/SN" {
		t.Errorf("the state keeps of it %+v", o)
	}
	if NextDue(reg.s, reg.now) != 0 {
		t.Error("the registry still waits for something")
	}
	for _, words := range []string{"Revisorn gjorde iakttagelse 19 på bokslut/SN i cykeln 2025. Socialnämnden ska svara senast den 30 juni 2027.",
		"Socialnämnden svarade på iakttagelse 19, med 2 åtgärder att följa.", "Revisorn frågade igen om iakttagelse 19. Nytt svar senast den 16 augusti 2027.",
		"Åtgärd 3 för iakttagelse 19 gjordes den 14 september 2027.", "Revisorn avslutade iakttagelse 19."} {
		if !slices.ContainsFunc(reg.events, func(e Event) bool { return Sentence(reg.s, &e) == words }) {
			t.Errorf("the history does not say %q", words)
		}
	}
}

// Who is to answer is told at once, before the day and after it; then the cykelansvarig is.
func TestAnUnansweredObservationClimbsTheLadder(t *testing.T) {
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2027-06-01")}
	audited(g)
	var told []string
	step := func(events []Event, before Waits) {
		for _, n := range Notices(before, g.s, events) {
			told = append(told, fmt.Sprintf("%s %s %s %s %q %v", n.Day, n.Step, n.Command, n.Person, n.Rung, n.Escalate))
		}
	}
	before := Awaited(g.s)
	step(g.must(observing(theRemark)(g)), before)
	for g.s.Now.Date() < "2027-08-20" {
		due := NextDue(g.s, g.now)
		if due == 0 {
			break
		}
		before = Awaited(g.s)
		g.now = due
		events := Tick(g.s, g.now)
		if len(events) == 0 {
			t.Fatalf("nothing is due at %s", due)
		}
		g.apply(events)
		step(events, before)
	}
	want := `2027-06-01 iakttagelse/19 answer-observation p-sof-forvaltningschef "" false
2027-06-01 iakttagelse/19 answer-observation p-dubbel "" false
2027-06-15 iakttagelse/19 answer-observation p-sof-forvaltningschef "10 dagar före" false
2027-06-15 iakttagelse/19 answer-observation p-dubbel "10 dagar före" false
2027-06-28 iakttagelse/19 answer-observation p-sof-forvaltningschef "2 dagar före" false
2027-06-28 iakttagelse/19 answer-observation p-dubbel "2 dagar före" false
2027-07-05 iakttagelse/19 answer-observation p-sof-forvaltningschef "3 dagar efter" false
2027-07-05 iakttagelse/19 answer-observation p-dubbel "3 dagar efter" false
2027-07-07 iakttagelse/19 answer-observation p-slf-cykelansvarig "eskalera 5 dagar efter" true
2027-07-28 iakttagelse/19 answer-observation p-slf-cykelansvarig "eskalera 20 dagar efter" true`
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	before = Awaited(g.s)
	told = nil
	step(g.must(answering(pledged)(g)), before)
	if len(told) != 3 || !strings.Contains(told[0], revisor) && !strings.Contains(told[1], revisor) {
		t.Errorf("after the answer: %v", told)
	}
}

// Random people say random things of observations while time passes: what follows always folds, only those act who may, and
// what is closed stays so.
func TestWhateverPeopleSayOfObservations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2027-06-01")}
		audited(g)
		kinds := []CommandKind{CmdObserve, CmdAnswer, CmdAnswer, CmdAssessAnswer, CmdAssessAnswer, CmdActionDone, CmdSupplement}
		people := []PersonID{revisor, revisor, sofFC, sofFC, "p-dubbel", register, sofPL}
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			if rapid.IntRange(0, 3).Draw(t, "time") == 0 {
				g.now += Instant(rapid.IntRange(1, 20*24).Draw(t, "hours")) * 3_600_000
				g.apply(Tick(g.s, g.now))
				if due := NextDue(g.s, g.now); due != 0 && due <= g.now {
					t.Fatalf("after Tick at %s the next thing is due %s", g.now, due)
				}
				continue
			}
			today := g.now.Date()
			o := Observation{Number: 18 + uint64(rapid.IntRange(0, 4).Draw(t, "number"))}
			c := Command{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Actor: rapid.SampledFrom(people).Draw(t, "who"), Observation: &o}
			if rapid.IntRange(0, 4).Draw(t, "text") > 0 {
				c.Text = text("x")
			}
			switch c.Kind {
			case CmdObserve:
				o = Observation{Year: 2026, Step: "bokslut/SN", Unit: rapid.SampledFrom([]UnitID{"SN", "AN", "SOF"}).Draw(t, "unit"), Role: "forvaltningschef", Due: today.Add(rapid.IntRange(0, 60).Draw(t, "due"))}
			case CmdAnswer:
				for range rapid.IntRange(0, 3).Draw(t, "actions") {
					o.Actions = append(o.Actions, Action{Text: text("gör"), Due: today.Add(rapid.IntRange(0, 90).Draw(t, "action due"))})
				}
			case CmdAssessAnswer:
				o.Status = rapid.SampledFrom([]ObservationStatus{ObservationAccepted, ObservationAsked, ObservationClosed}).Draw(t, "status")
				if o.Status == ObservationAsked {
					o.Due = today.Add(rapid.IntRange(0, 30).Draw(t, "again"))
				}
			case CmdActionDone:
				o.Actions = []Action{{No: rapid.IntRange(1, 4).Draw(t, "no")}}
			case CmdSupplement:
				c.Observation, c.Supplement = nil, &Supplement{Year: 2026, Step: "bokslut/SN"}
			}
			was := Canonical(g.s)
			old := g.s.Registry.Observation(o.Number)
			closed := old != nil && !old.Open()
			events, err := g.try(c)
			if err != nil {
				if !bytes.Equal(was, Canonical(g.s)) {
					t.Fatal("a refused command changed the state")
				}
				continue
			}
			if closed && c.Kind != CmdObserve && c.Kind != CmdSupplement {
				t.Fatalf("%s on a closed observation", c.Kind)
			}
			if (c.Kind == CmdObserve || c.Kind == CmdAssessAnswer) && c.Actor != revisor || (c.Kind == CmdAnswer || c.Kind == CmdActionDone) && c.Actor != sofFC && c.Actor != "p-dubbel" {
				t.Fatalf("%s by %s", c.Kind, c.Actor)
			}
			if ev := events[0].Evidence; c.Kind != CmdSupplement && (ev == nil || g.s.Registry.binding(ev.Binding).Person != c.Actor) {
				t.Fatalf("%s: evidence %+v", c.Kind, ev)
			}
		}
		folded, err := Fold(g.s.Stream, g.events)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(Canonical(folded), Canonical(g.s)) {
			t.Fatal("folding the journal gives another state")
		}
		for i := range g.s.Registry.Observations {
			o := &g.s.Registry.Observations[i]
			if !o.Open() && (o.Undone() > 0 || o.Answer != "") {
				t.Fatalf("closed: %+v", o)
			}
		}
	})
}

func TestSupplement(t *testing.T) {
	g := &game{t: t, s: firstRules("cycle/9999/2028"), now: at("2027-06-01")}
	audited(g)
	g.must(late(func(x *Supplement) { x.Documents = papers("bilaga") })(g))
	if all := g.s.Registry.SupplementsOf(2026); len(all) != 1 || all[0].Made != "2027-06-01" || all[0].By != register || len(g.s.Registry.SupplementsOf(2027)) != 0 {
		t.Errorf("%+v", all)
	}
	if got, want := Sentence(g.s, &g.events[len(g.events)-1]), "Cykeln 2026 kompletterades i efterhand: bokslut/SN."; got != want {
		t.Error(got)
	}
}
