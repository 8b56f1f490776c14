package domain

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	cykel    = "p-slf-cykelansvarig"
	register = "p-slf-registeransvarig"
	stadens  = "p-slf-stadens-processledare"
	sofPL    = "p-sof-processledare"
	sofFC    = "p-sof-forvaltningschef"
	slfPL    = "p-slf-processledare"
	slfFC    = "p-slf-forvaltningschef"
	snSekr   = "p-sn-sekreterare"
	ksSekr   = "p-ks-sekreterare"
)

// row is one refusal: how it comes to it, and the command that is refused. says are words the sentence must contain.
type row struct {
	code  Code
	name  string
	setup func(g *game)
	cmd   func(g *game) Command
	says  string
}

func submitSN(g *game) Command {
	return Command{Kind: CmdSubmit, Actor: sofPL, Step: "forslag/SN", Documents: papers("SN"), Fields: []FieldValue{{ID: "inriktning", Value: text("inriktning")}}}
}

func atForslag(g *game) { g.playTo("anvisningar/KS", StatusPosted) }

func submittedSN(g *game) { atForslag(g); g.must(submitSN(g)) }

func readySN(g *game) {
	submittedSN(g)
	g.must(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash})
}

func decidableSN(g *game) { readySN(g); g.until("2027-03-22") }

func decideSN(g *game) Command {
	return Command{Kind: CmdDecide, Actor: snSekr, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash,
		Outcome: OutcomeApproved, Meeting: "SN-2027-03-20", Paragraph: "14", Dnr: "47/2027"}
}

// with changes one thing in a command that would otherwise be accepted.
func with(base func(*game) Command, change func(*Command)) func(*game) Command {
	return func(g *game) Command { c := base(g); change(&c); return c }
}

func is(c Command) func(*game) Command { return func(*game) Command { return c } }

func bindPL(change func(*Binding)) func(*game) Command {
	b := Binding{Person: "p-ny", Role: "processledare", Unit: "SOF", From: "2027-01-01"}
	change(&b)
	return is(Command{Kind: CmdBind, Actor: register, Binding: &b})
}

var refusals = []row{
	{CodeBadCommand, "id with words in it", nil, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x"), ID: "Anna Andersson"}), "id"},
	{CodeBadCommand, "id too long", nil, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x"), ID: strings.Repeat("x", 101)}), "id"},
	{CodeBadCommand, "member missing", atForslag, is(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN"}), "version"},
	{CodeBadCommand, "text is no commitment", nil, is(Command{Kind: CmdComment, Actor: sofPL, Text: "hej"}), "text"},
	{CodeBadCommand, "outcome unknown", decidableSN, with(decideSN, func(c *Command) { c.Outcome = "kanske" }), "bifall"},
	{CodeBadCommand, "§ with its sign", decidableSN, with(decideSN, func(c *Command) { c.Paragraph = "§ 14" }), "nummer"},
	{CodeBadCommand, "unit without name", inRegistry, is(Command{Kind: CmdSetUnit, Actor: register, Unit: &Unit{ID: "X", Kind: KindBoard}}), "namn"},
	{CodeUnknownField, "member of another command", atForslag, with(submitSN, func(c *Command) { c.Outcome = OutcomeApproved }), "outcome"},
	{CodeUnknownField, "field the step has not", atForslag, with(submitSN, func(c *Command) { c.Fields[0].ID = "budget" }), "budget"},
	{CodeUnknownKind, "no such command", nil, is(Command{Kind: "dansa"}), "dansa"},
	{CodeUnknownKind, "registry command to a cycle", nil, bindPL(func(*Binding) {}), "registret"},
	{CodeBadDate, "no such day", nil, is(Command{Kind: CmdExtend, Actor: stadens, Step: "ks/KS", Date: "2027-02-30", Text: text("x")}), "2027-02-30"},
	{CodeIDReused, "same id, another body", func(g *game) { g.must(Command{ID: "x", Kind: CmdComment, Actor: sofPL, Text: text("a")}) },
		is(Command{ID: "x", Kind: CmdComment, Actor: sofPL, Text: text("b")}), "id"},

	{CodeRetryLater, "cycle behind the registry", nil, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x"), Registry: 7}), "Försök igen"},
	{CodeRegistryGap, "a change is missing", nil, is(Command{Kind: CmdChanges, Changes: []Event{{Stream: "registry/9999", Seq: 5}}}), "saknas"},
	{CodeStateFull, "state outgrown", func(g *game) { g.s.Size = maxState + 1 }, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x")}), "larmad"},
	{CodeCycleExists, "launched twice", nil, is(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{}}), "finns redan"},
	{CodeCycleEnded, "after the end", func(g *game) { g.must(Command{Kind: CmdCancel, Actor: cykel, Text: text("x")}) }, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x")}), "avslutad"},
	{CodeUnknownStream, "before the beginning", func(g *game) { g.s = firstRules("cycle/9999/2029") }, is(Command{Kind: CmdComment, Actor: sofPL, Text: text("x")}), "namnet"},
	{CodeUnknownStep, "no such step", nil, is(Command{Kind: CmdSubmit, Actor: sofPL, Step: "forslag/XX"}), "forslag/XX"},
	{CodeNotExercise, "real time cannot be moved", nil, is(Command{Kind: CmdAdvance, Actor: cykel}), "verklig"},
	{CodeNothingDue, "an exercise with nothing to wait for", func(g *game) {
		g.s.Cycle.Exercise = 1
		g.s.Cycle.Clock = g.now
		for i := range g.s.Cycle.Steps {
			st := &g.s.Cycle.Steps[i]
			st.Late, st.MeetingDay, st.Opens = true, true, ""
		}
	}, is(Command{Kind: CmdAdvance, Actor: cykel}), "inkorgen"},
	{CodeYear, "a year long gone", func(g *game) { g.s = firstRules("cycle/9999/2020") }, is(Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2020, Wheel: Wheel{Kommun: "9999"}, Registry: town()}}), "2020"},
	{CodeWheel, "an optional step that is none", func(g *game) { g.s = firstRules("cycle/9999/2029") }, func(g *game) Command {
		return Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2029, With: []string{"kf"}, Wheel: spine(g.t), Registry: town()}}
	}, "inget valbart steg"},
	{CodeWheel, "a body that does not exist", func(g *game) { g.s = firstRules("cycle/9999/2029") }, func(g *game) Command {
		w := spine(g.t)
		w.Steps[0].Body = "XX"
		return Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2029, Wheel: w, Registry: town()}}
	}, "XX"},

	{CodeUnknownPerson, "nobody", atForslag, with(submitSN, func(c *Command) { c.Actor = "p-ingen" }), "registret"},
	{CodeRoleNotHeld, "the role of another förvaltning", atForslag, with(submitSN, func(c *Command) { c.Actor = slfPL }), "processledare i Socialförvaltningen"},
	{CodeRoleNotHeld, "the role was held, but not that day", func(g *game) {
		atForslag(g)
		for i := range g.s.Registry.Bindings {
			if b := &g.s.Registry.Bindings[i]; b.Person == sofPL {
				b.To = "2027-01-31"
			}
		}
	}, submitSN, "den 20 februari 2027"},
	{CodeRoleNotHeld, "launch by somebody else", func(g *game) { g.s = firstRules("cycle/9999/2029") }, func(g *game) Command {
		return Command{Kind: CmdLaunch, Actor: sofPL, Launch: &Launch{Kommun: "9999", Year: 2029, Wheel: spine(g.t), Registry: town()}}
	}, "cykelansvarig"},
	{CodeExcluded, "jäv beats the role", func(g *game) {
		atForslag(g)
		g.s.Registry.Exclusions = []Exclusion{{Number: 99, Person: sofPL, Year: 2028, Def: "forslag"}}
	}, submitSN, "jävig"},
	{CodeSecondPerson, "who submitted may not establish", func(g *game) {
		g.playTo("plan/SOF", StatusReady)
		g.step("plan/SOF").Submission.By = sofFC
	}, func(g *game) Command {
		return Command{Kind: CmdEstablish, Actor: sofFC, Step: "plan/SOF", Version: g.step("plan/SOF").Submission.Hash}
	}, "annan person"},
	{CodeSecondPerson, "registrar who submitted may not confirm justering", func(g *game) {
		decidableSN(g)
		g.step("forslag/SN").Submission.By = snSekr
		g.must(decideSN(g))
	}, is(Command{Kind: CmdAdjust, Actor: snSekr, Step: "forslag/SN"}), "annan person"},

	{CodeNotNow, "ready before anything is submitted", atForslag, is(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: DigestOf(nil)}), "inlämnad"},
	{CodeNotNow, "posted before justering", func(g *game) { decidableSN(g); g.must(decideSN(g)) }, is(Command{Kind: CmdPost, Actor: snSekr, Step: "forslag/SN"}), "justerad"},
	{CodeWrongAct, "a decision is not published", atForslag, is(Command{Kind: CmdPublish, Actor: stadens, Step: "forslag/SN", Reference: "x"}), "beslut"},
	{CodeGateNotMet, "before planeringsanvisningarna", nil, submitSN, "Planeringsanvisningar (beslutad)"},
	{CodeNotOpenYet, "before its day", nil, is(Command{Kind: CmdSubmit, Actor: sofPL, Step: "analys/SOF", Documents: papers("x")}), "1 maj 2028"},
	{CodeNotLate, "going on without a unit in time", atForslag, is(Command{Kind: CmdProceed, Actor: stadens, Step: "dialog/KS", Need: "forslag/SN", Text: text("x")}), "31 mars 2027"},
	{CodeUnknownNeed, "not waiting for that", atForslag, is(Command{Kind: CmdProceed, Actor: stadens, Step: "dialog/KS", Need: "kf/KF", Text: text("x")}), "kf/KF"},
	{CodeDeadline, "an earlier day", atForslag, is(Command{Kind: CmdExtend, Actor: stadens, Step: "forslag/SN", Date: "2027-03-30", Text: text("x")}), "senare"},
	{CodeDeadline, "past the law's limit", nil, is(Command{Kind: CmdExtend, Actor: stadens, Step: "ks/KS", Date: "2027-11-01", Text: text("x")}), "31 oktober 2027"},
	{CodeDateBefore, "decided before the meeting", decidableSN, with(decideSN, func(c *Command) { c.Date = "2027-03-19" }), "före sammanträdet"},
	{CodeDateBefore, "justerad before it was decided", func(g *game) { decidableSN(g); g.must(decideSN(g)) }, is(Command{Kind: CmdAdjust, Actor: snSekr, Step: "forslag/SN", Date: "2027-03-19"}), "beslutad"},
	{CodeDateFuture, "the meeting has not been", readySN, decideSN, "efter sammanträdet"},
	{CodeDateFuture, "justerad tomorrow", func(g *game) { decidableSN(g); g.must(decideSN(g)) }, is(Command{Kind: CmdAdjust, Actor: snSekr, Step: "forslag/SN", Date: "2027-03-23"}), "23 mars"},
	{CodeFrozen, "nothing may be added to what is tabled", func(g *game) {
		decidableSN(g)
		g.must(with(decideSN, func(c *Command) { c.Outcome = OutcomeTabled })(g))
	}, submitSN, "bordlagt"},
	{CodeNothingChanged, "the same version again", submittedSN, submitSN, "redan inlämnad"},

	{CodeSuperseded, "decision on a superseded version", func(g *game) {
		submittedSN(g)
		g.must(with(submitSN, func(c *Command) { c.Documents = papers("SN, bättre") })(g))
	}, is(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: VersionOf(papers("SN"), "", []FieldValue{{ID: "inriktning", Value: text("inriktning")}})}), "version 2"},
	{CodeFieldMissing, "a dialog without its figures", func(g *game) { g.playTo("dialog/KS", StatusOpen) }, is(Command{Kind: CmdHold, Actor: stadens, Step: "dialog/KS", Text: text("x")}), "Antal klara"},
	{CodeFieldMissing, "required field", atForslag, with(submitSN, func(c *Command) { c.Fields = nil }), "Inriktning"},
	{CodeDocumentMissing, "required document", atForslag, with(submitSN, func(c *Command) { c.Documents = nil }), "Förslag"},
	{CodeDocumentMissing, "neither file nor link", atForslag, with(submitSN, func(c *Command) { c.Documents = []Document{{Def: "forslag"}} }), "länk"},
	{CodeUnknownDocument, "document the step has not", atForslag, with(submitSN, func(c *Command) { c.Documents[0].Def = "protokoll" }), "forslag, bilaga"},
	{CodeFileTooLarge, "26 MB", atForslag, with(submitSN, func(c *Command) { c.Documents[0].Size = MaxFile + 1 }), "25 MB"},
	{CodeTextMissing, "återremiss without motivering", decidableSN, with(decideSN, func(c *Command) { c.Outcome = OutcomeReturned }), "motivering"},
	{CodeTextMissing, "extension without reason", nil, is(Command{Kind: CmdExtend, Actor: stadens, Step: "ks/KS", Date: "2027-06-01"}), "skälet"},
	{CodeParagraphUsed, "§ already used at that meeting", func(g *game) {
		decidableSN(g)
		g.must(with(decideSN, func(c *Command) { c.Outcome, c.Text = OutcomeReturned, text("gör om") })(g))
		g.must(with(submitSN, func(c *Command) { c.Documents = papers("SN 2") })(g))
		g.must(Command{Kind: CmdReady, Actor: sofFC, Step: "forslag/SN", Version: g.step("forslag/SN").Submission.Hash})
	}, decideSN, "§ 14"},
	{CodeMeetingUnknown, "no such meeting", decidableSN, with(decideSN, func(c *Command) { c.Meeting = "SN-2027-03-21" }), "SN-2027-03-21"},
	{CodeMeetingOther, "another body's meeting", decidableSN, with(decideSN, func(c *Command) { c.Meeting = "AN-2027-03-20" }), "Arbetsmarknadsnämndens"},
	{CodeMeetingProposed, "the meeting is only proposed", func(g *game) { decidableSN(g); g.s.Registry.Meeting("SN-2027-03-20").Status = MeetingProposed }, decideSN, "föreslaget"},
	{CodeMeetingCancelled, "the meeting was cancelled", func(g *game) { decidableSN(g); g.s.Registry.Meeting("SN-2027-03-20").Status = MeetingCancelled }, decideSN, "inställt"},
	{CodeEntryUnknown, "correcting what is not there", nil, is(Command{Kind: CmdCorrect, Actor: cykel, Entry: 999, Text: text("x")}), "999"},

	{CodeBadCommand, "handed over to one of two", func(g *game) {
		g.playTo("forslag/SN", StatusPosted)
		g.s.def(g.step("forslag/SN")).To = []UnitID{"KS", "KF"}
	}, is(Command{Kind: CmdHandOver, Actor: snSekr, Step: "forslag/SN", To: []UnitID{"KF"}}), "Kommunstyrelsen och Kommunfullmäktige"},
	{CodeUnitUnknown, "handed over to nobody", func(g *game) { g.playTo("forslag/SN", StatusPosted) }, is(Command{Kind: CmdHandOver, Actor: snSekr, Step: "forslag/SN", To: []UnitID{"XX"}}), "XX"},
	{CodeUnitUnknown, "a role in a unit that is not", inRegistry, bindPL(func(b *Binding) { b.Unit = "XX" }), "XX"},
	{CodeBindingUnknown, "ending what never was", inRegistry, is(Command{Kind: CmdUnbind, Actor: register, Binding: &Binding{Number: 999, To: "2027-01-01"}}), "999"},
	{CodePeriod, "ends before it begins", inRegistry, bindPL(func(b *Binding) { b.To = "2026-12-31" }), "före första"},
	{CodeExists, "the same role twice", inRegistry, bindPL(func(b *Binding) { b.Person = sofPL }), "redan"},
	{CodeExists, "the same meeting twice", inRegistry, is(Command{Kind: CmdAddMeeting, Actor: register, NewMeeting: &Meeting{ID: "SN-2027-03-20", Unit: "SN", Date: "2027-03-20", Status: MeetingProposed}}), "finns redan"},
	{CodeOrderUnknown, "confirming what nobody ordered", inRegistry, is(Command{Kind: CmdConfirmOrder, Actor: cykel, Order: &Order{Number: 9}}), "9"},
	{CodeSecondPerson, "confirming one's own order", ordered, is(Command{Kind: CmdConfirmOrder, Actor: cykel, Order: &Order{Number: 18}}), "annan cykelansvarig"},
	{CodeOrderUnknown, "launched on an order that nobody confirmed", func(g *game) {
		ordered(g)
		r := *g.s.Registry
		g.s = firstRules("cycle/9999/2029")
		g.s.Rules, g.s.Registry = 2, &r
	}, func(g *game) Command {
		return Command{Kind: CmdLaunch, Actor: cykel, Launch: &Launch{Kommun: "9999", Year: 2029, Order: 18, Wheel: spine(g.t), Registry: *g.s.Registry}}
	}, "bekräftat"},
	{CodeBadCommand, "an order without the decision behind it", inRegistry, is(Command{Kind: CmdOrder, Actor: cykel, Order: &Order{Year: 2028, Wheel: DigestOf(nil)}}), "diarienummer"},
	{CodeParagraphUsed, "one of a meeting's decisions stands in the way of them all", decidableSN, func(g *game) Command {
		v := g.step("forslag/SN").Submission.Hash
		return Command{Kind: CmdBatch, Actor: snSekr, Meeting: "SN-2027-03-20", Parts: []Part{
			{Kind: CmdDecide, Step: "forslag/SN", Version: v, Outcome: OutcomeTabled, Paragraph: "14"},
			{Kind: CmdDecide, Step: "forslag/SN", Version: v, Outcome: OutcomeApproved, Paragraph: "14"}}}
	}, "Rad 2"},
	{CodeUnknownKind, "a batch is for decisions", decidableSN, is(Command{Kind: CmdBatch, Actor: snSekr, Meeting: "SN-2027-03-20", Parts: []Part{{Kind: CmdAdjust, Step: "forslag/SN", Paragraph: "1"}}}), "Rad 1"},
	{CodeRoleNotHeld, "the registry is not everybody's", inRegistry, is(Command{Kind: CmdExclude, Actor: sofPL, Exclusion: &Exclusion{Person: sofFC}}), "registeransvarig"},
}

func inRegistry(g *game) {
	r := town()
	g.s = NewState("registry/9999")
	g.must(Command{Kind: CmdFound, Found: &r})
}

// ordered is a registry in which a launch was ordered and not confirmed.
func ordered(g *game) {
	inRegistry(g)
	w := spine(g.t)
	e := g.must(Command{Kind: CmdOrder, Actor: cykel, Order: &Order{Year: 2029, Wheel: w.Hash(), Dnr: "12/2026", Date: "2026-11-20"}})
	if e[0].Order.Number != 18 {
		g.t.Fatalf("the order has number %d", e[0].Order.Number)
	}
}

func TestRefusals(t *testing.T) {
	refuseAll(t, launched, slices.Concat(refusals, bodyRefusals, figureRefusals, registryRefusals, epochRefusals, observationRefusals, erasureRefusals))
}

// refuseAll plays rows, each from the start given.
func refuseAll(t *testing.T, start func(tester) *game, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(string(r.code)+"/"+r.name, func(t *testing.T) {
			g := start(t)
			if r.setup != nil {
				r.setup(g)
			}
			before := string(Canonical(g.s))
			events, err := g.try(r.cmd(g))
			var no *Refusal
			if !errors.As(err, &no) {
				t.Fatalf("got %d events and %v, want %s", len(events), err, r.code)
			}
			if no.Code != r.code || !strings.Contains(no.Message, r.says) {
				t.Errorf("got %s %q, want %s with %q", no.Code, no.Message, r.code, r.says)
			}
			if !strings.HasSuffix(no.Message, ".") {
				t.Errorf("not a sentence: %q", no.Message)
			}
			if string(Canonical(g.s)) != before {
				t.Error("a refused command changed the state")
			}
		})
	}
}

func TestUploads(t *testing.T) {
	for _, r := range []struct {
		name             string
		size             int64
		declared, actual Digest
		code             Code
	}{
		{"exactly 25 MB", MaxFile, "", DigestOf(nil), ""},
		{"a byte more", MaxFile + 1, "", DigestOf(nil), CodeFileTooLarge},
		{"the bytes that were hashed", 1, DigestOf([]byte("x")), DigestOf([]byte("x")), ""},
		{"other bytes", 1, DigestOf([]byte("x")), DigestOf([]byte("y")), CodeHashMismatch},
	} {
		var no *Refusal
		if err := CheckUpload(r.size, r.declared, r.actual); errors.As(err, &no) != (r.code != "") || no != nil && no.Code != r.code {
			t.Errorf("%s: got %v, want %q", r.name, err, r.code)
		}
	}
}

// Codes that the adapters give, tested where they are given.
var elsewhere = []Code{CodeHashMismatch, CodeJournalBehind, CodeFileUnknown, CodeNotFound, CodeNotLoggedIn, CodeNoAccess, CodeTooMany, CodeUnavailable, CodeRehearsal, CodeErased}

// Every code has its row: a new one cannot be added without saying when it is given.
func TestEveryCodeHasItsRow(t *testing.T) {
	covered := make(map[Code]bool)
	for _, r := range slices.Concat(refusals, bodyRefusals, figureRefusals, closingRefusals, registryRefusals, epochRefusals, observationRefusals, mentionRows, erasureRefusals) {
		covered[r.code] = true
	}
	for _, c := range elsewhere {
		covered[c] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for _, value := range v.Values {
				if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					code, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					if !covered[Code(code)] {
						t.Errorf("no row for %s", code)
					}
				}
			}
		}
		return true
	})
}
