package server_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// upload stores an invented document.
func upload(t *testing.T, c *api.Client, text string) domain.Digest {
	t.Helper()
	f, err := c.Upload(t.Context(), []byte(text))
	ok(t, err)
	if f.SHA256 != domain.DigestOf([]byte(text)) || f.Size != int64(len(text)) {
		t.Fatalf("uploaded %d bytes, was told %+v", len(text), f)
	}
	return f.SHA256
}

// directivesCommand hands in the planning directives.
func directivesCommand(t *testing.T, c *api.Client, id string) api.Command {
	return api.Command{ID: id, Kind: domain.CmdSubmit, Step: directives, Reference: "KS 1/2027 (påhittat)",
		Documents: []api.Document{
			{Def: "planeringsanvisningar", SHA256: upload(t, c, "Planeringsanvisningar (påhittat) "+id)},
			{Def: "bastilldelning", Link: "https://example.invalid/bastilldelning"}},
		Fields: []api.Field{{ID: "inlamningsdag", Value: "31 mars 2027 (påhittat)"}}}
}

// give gives a command, and again by the same id until it stands in the journal, which is what is read.
func give(t *testing.T, c *api.Client, stream string, command api.Command) (r api.Receipt) {
	t.Helper()
	if command.ID == "" {
		command.ID = t.Name() + "-" + string(command.Kind) + "-" + string(command.Step) + command.Paragraph
	}
	untilIt(t, string(command.Kind)+" is journalled", func() bool {
		err := answered(t, func() (err error) { r, err = c.Give(t.Context(), stream, command); return err })
		if err != nil {
			t.Fatalf("%s %s: %v", command.Kind, command.Step, err)
		}
		return r.Status == api.StatusDone
	})
	return r
}

func read(t *testing.T, c *api.Client, stream string, id domain.StepID) api.Step {
	t.Helper()
	var step api.Step
	ok(t, c.Get(t.Context(), api.StepPath(stream, id), &step))
	return step
}

// decided takes an exercise's planning directives through their whole life.
func decided(t *testing.T, d *servertest.Door, stream string) {
	t.Helper()
	give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), t.Name()+"-in"))
	version := read(t, d.As(director), stream, directives).Version.Hash
	give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: version})
	meeting := read(t, d.As(secretary), stream, directives).Meeting
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: meeting}})
	give(t, d.As(servertest.Launcher), stream, api.Command{Kind: domain.CmdAdvance})
	give(t, d.As(secretary), stream, api.Command{Kind: domain.CmdDecide, Step: directives, Version: version,
		Outcome: domain.OutcomeApproved, Meeting: meeting, Paragraph: "14", Dnr: "KS 1/2027"})
	give(t, d.As(secretary), stream, api.Command{Kind: domain.CmdAdjust, Step: directives})
	give(t, d.As(secretary), stream, api.Command{Kind: domain.CmdPost, Step: directives})
}

func TestOneStepFromOpenToPosted(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	before := read(t, d.As(writer), stream, directives)
	if before.Status != domain.StatusOpen || before.Version != nil || len(before.Waits) == 0 {
		t.Fatalf("before: %+v", before)
	}
	decided(t, d, stream)
	after := read(t, d.As(secretary), stream, directives)
	if after.Status != domain.StatusPosted || !after.Done {
		t.Fatalf("after: %s", after.Status)
	}
	if after.Decision == nil || after.Decision.Paragraph != "14" || after.Decision.Version != after.Version.Hash {
		t.Errorf("decision: %+v", after.Decision)
	}
	v := after.Version
	if v.Reference != "KS 1/2027 (påhittat)" || v.By != writer || len(v.Documents) != 2 || len(v.Fields) != 1 {
		t.Fatalf("version: %+v", v)
	}
	if file := v.Documents[0]; file.FileLess || file.Size == 0 || file.SHA256 == "" {
		t.Errorf("the file: %+v", file)
	}
	if link := v.Documents[1]; !link.FileLess || link.Link != "https://example.invalid/bastilldelning" {
		t.Errorf("the link: %+v", link)
	}
	if v.Fields[0].Value != "31 mars 2027 (påhittat)" {
		t.Errorf("the field: %+v", v.Fields[0])
	}
	if len(after.History) < 6 || !strings.Contains(after.History[len(after.History)-1].Text, "öppnade") {
		t.Errorf("history: %+v", after.History)
	}
	waiting := read(t, d.As(writer), stream, proposal)
	if waiting.Status != domain.StatusOpen || len(waiting.Gate) != 1 || !waiting.Gate[0].Met || waiting.Gate[0].Seq == 0 {
		t.Errorf("what waited for it: %s, gate %+v", waiting.Status, waiting.Gate)
	}
}

// A command asked twice at once, and again later, is one command with one receipt.
func TestTheSameCommandIsDoneOnce(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	command := directivesCommand(t, d.As(writer), t.Name())
	var (
		wg       sync.WaitGroup
		receipts = make([]api.Receipt, 6)
		errs     = make([]error, len(receipts))
	)
	for i := range receipts {
		wg.Go(func() { receipts[i], errs[i] = d.As(writer).Give(t.Context(), stream, command) })
	}
	wg.Wait()
	for i := range receipts {
		ok(t, errs[i])
		if receipts[i].First != receipts[0].First || receipts[i].Last != receipts[0].Last {
			t.Errorf("receipt %d: %+v, the first %+v", i, receipts[i], receipts[0])
		}
	}
	again := give(t, d.As(writer), stream, command)
	if again.Status != api.StatusDone || again.Index == nil || again.First != receipts[0].First || !again.Leaf.Valid() {
		t.Errorf("asked again: %+v", again)
	}
	entries, err := d.Store.History(t.Context(), stream, store.HistoryQuery{Step: directives, Limit: 100})
	ok(t, err)
	submissions := 0
	for _, e := range entries {
		if e.Event.Kind == domain.EvSubmitted {
			submissions++
		}
	}
	if submissions != 1 {
		t.Errorf("%d submissions in the journal, want 1", submissions)
	}
	var receipt api.Receipt
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/receipts/"+command.ID, &receipt))
	if receipt.First != again.First || *receipt.Index != *again.Index {
		t.Errorf("receipt asked for: %+v, given %+v", receipt, again)
	}
}

func TestTheSameIDForSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	command := api.Command{ID: t.Name(), Kind: domain.CmdComment, Text: "Den första (påhittat)"}
	give(t, d.As(writer), stream, command)
	command.Text = "Den andra (påhittat)"
	_, err := d.As(writer).Give(t.Context(), stream, command)
	if p := refusal(t, err); p.Code != domain.CodeIDReused || p.Status != http.StatusConflict {
		t.Errorf("another text: %+v", p)
	}
	command.Text = "Den första (påhittat)"
	_, err = d.As(director).Give(t.Context(), stream, command)
	if p := refusal(t, err); p.Code != domain.CodeIDReused {
		t.Errorf("another person: %+v", p)
	}
	give(t, d.As(writer), stream, command)
}

// A cycle that has ended still answers those who ask again, and nobody else.
func TestAfterTheEnd(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	cancel := api.Command{ID: t.Name(), Kind: domain.CmdCancel, Text: "Görs om (påhittat)"}
	first := give(t, d.As(servertest.Launcher), stream, cancel)
	if again := give(t, d.As(servertest.Launcher), stream, cancel); again.First != first.First || again.Status != api.StatusDone {
		t.Errorf("asked again: %+v, the first %+v", again, first)
	}
	_, err := d.As(writer).Give(t.Context(), stream, api.Command{ID: t.Name() + "-late", Kind: domain.CmdComment, Text: "För sent (påhittat)"})
	if p := refusal(t, err); p.Code != domain.CodeCycleEnded || p.Status != http.StatusConflict {
		t.Errorf("%+v", p)
	}
	var cycle api.Cycle
	ok(t, d.As(writer).Get(t.Context(), "/"+stream, &cycle))
	if cycle.Status != api.CycleCancelled {
		t.Errorf("the cycle is %s", cycle.Status)
	}
}

// What is refused leaves an entry with who, what and why, in the exercise's own log.
func TestRefusalsAreJournalled(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	_, err := d.As(stranger).Give(t.Context(), stream, api.Command{ID: t.Name(), Kind: domain.CmdComment, Step: directives, Text: "Hej (påhittat)"})
	if p := refusal(t, err); p.Code != domain.CodeUnknownPerson || p.ID != t.Name() {
		t.Fatalf("%+v", p)
	}
	entries, err := d.Store.Entries(t.Context(), domain.RefusalStream(stream), 1, 10)
	ok(t, err)
	if len(entries) != 1 {
		t.Fatalf("%d refusals in the journal, want 1", len(entries))
	}
	e := entries[0].Event
	if e.Kind != domain.EvRefused || e.Actor != stranger || e.Command != t.Name() || e.Step != directives || e.Refused == nil {
		t.Fatalf("%+v", e)
	}
	if r := e.Refused; r.Code != domain.CodeUnknownPerson || r.Kind != domain.CmdComment || r.Stream != stream || !r.Body.Valid() {
		t.Errorf("%+v", r)
	}
	if e.At.Date() != "2026-12-01" {
		t.Errorf("the entry is dated %s, and the exercise's day is 2026-12-01", e.At.Date())
	}
	if _, err := d.Store.VerifyLog(context.WithoutCancel(t.Context()), stream); err != nil {
		t.Error(err)
	}
	var page api.Entries
	ok(t, d.As(writer).Get(t.Context(), "/journal?log="+stream, &page))
	last := page.Entries[len(page.Entries)-1]
	if last.Kind != domain.EvRefused || !strings.Contains(last.Text, "nekades") {
		t.Errorf("the journal's last entry: %+v", last)
	}
}

// No name and no free text is in any leaf: the entries carry commitments alone.
func TestTextsStayOutsideTheLog(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	const secret = "Ett namn som inte får stå i loggen (påhittat)"
	command := directivesCommand(t, d.As(writer), t.Name())
	command.Fields[0].Value = secret
	give(t, d.As(writer), stream, command)
	give(t, d.As(writer), stream, api.Command{Kind: domain.CmdComment, Step: directives, Text: secret})
	entries, err := d.Store.Entries(t.Context(), stream, 1, 1000)
	ok(t, err)
	found := 0
	for _, e := range entries {
		if strings.Contains(string(e.Leaf), secret) || strings.Contains(string(e.Leaf), "example.invalid") {
			t.Errorf("entry %d holds the text: %s", e.Event.Seq, e.Leaf)
		}
		if strings.Contains(string(e.Leaf), "KS 1/2027") { // a diary number is public: the search does find
			found++
		}
	}
	if found == 0 {
		t.Error("the search finds nothing at all")
	}
	step := read(t, d.As(writer), stream, directives)
	if step.Version.Fields[0].Value != secret || step.History[0].Plain != secret {
		t.Errorf("the texts are not shown: %+v, %+v", step.Version.Fields, step.History[0])
	}
}
