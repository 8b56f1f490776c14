package server_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// A comment, a motivering, a name and a document are erased on a decision: nobody finds them again, neither in a dump of
// the database nor on a page, histories never had them, and log, lists and workflows still say the same.
func TestWhatIsErasedIsGone(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	const (
		comment, motive = "en påhittad kommentar som ska gallras", "en påhittad motivering som ska gallras"
		name, stays     = "Påhittad Gallringsson", "en påhittad kommentar som blir kvar"
		decision        = "KS 12/2026 (påhittat)"
	)
	stream := d.Exercise(t, 2028)
	registrar := d.As(servertest.Registrar)
	said := give(t, d.As(writer), stream, api.Command{ID: "said", Kind: domain.CmdComment, Text: comment, Step: directives})
	give(t, d.As(writer), stream, api.Command{ID: "stays", Kind: domain.CmdComment, Text: stays, Step: directives})
	submission := directivesCommand(t, d.As(writer), "in")
	give(t, d.As(writer), stream, submission)
	version := read(t, d.As(director), stream, directives).Version.Hash
	give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: version})
	meeting := read(t, d.As(secretary), stream, directives).Meeting
	give(t, registrar, stream, api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: meeting}})
	give(t, d.As(servertest.Launcher), stream, api.Command{Kind: domain.CmdAdvance})
	cycle := d.Launch(t, 2028) // this installation is its own
	inCycle := give(t, d.As(writer), cycle, api.Command{ID: "in-cycle", Kind: domain.CmdComment, Text: comment, Step: directives})
	give(t, d.As(writer), cycle, api.Command{ID: "in-cycle-stays", Kind: domain.CmdComment, Text: stays, Step: directives})
	returned := give(t, d.As(secretary), stream, api.Command{Kind: domain.CmdDecide, Step: directives, Version: version,
		Outcome: domain.OutcomeReturned, Meeting: meeting, Paragraph: "14", Dnr: "KS 1/2027", Text: motive})
	give(t, registrar, registry, api.Command{Kind: domain.CmdBind, Binding: &api.Binding{Person: "p-prov", Name: name, Role: "processledare", Unit: "SOF",
		From: "2026-01-01", To: "2026-06-30"}})
	ok(t, d.Store.PutSunk(t.Context(), store.SunkMail{Kommun: servertest.Kommun, Exercise: stream, MessageID: "<m@x>", Recipient: "x@exempel.invalid", Subject: "Hej",
		Raw: []byte("Content-Type: text/plain\r\n\r\n" + comment)}))
	step := func() string {
		return pageText(t, d, writer, "/ovning"+strings.TrimPrefix(stream, "exercise")+"/steg/"+string(directives))
	}
	for _, there := range []string{comment, motive, stays} {
		if !strings.Contains(step(), there) {
			t.Fatalf("%q is not on the step's page at first", there)
		}
	}
	if len(dumped(t, d, comment)) == 0 || len(dumped(t, d, name)) == 0 {
		t.Fatal("the search does not find what is there")
	}

	erase := func(id string, change func(*api.Erasure)) (api.Receipt, error) {
		e := api.Erasure{Person: "p-prov", Entries: []string{entryOf(said), entryOf(returned), entryOf(inCycle)}, Files: []string{string(submission.Documents[0].SHA256)},
			Dnr: decision, Date: "2026-11-02"}
		change(&e)
		return registrar.Give(t.Context(), registry, api.Command{ID: id, Kind: domain.CmdErase, Erasure: &e})
	}
	for id, row := range map[string]struct {
		code   domain.Code
		change func(*api.Erasure)
	}{
		"holder":    {domain.CodeStillHolds, func(e *api.Erasure) { e.Person = writer }},
		"no-entry":  {domain.CodeEntryUnknown, func(e *api.Erasure) { e.Entries = []string{stream + "#99999"} }},
		"no-stream": {domain.CodeBadCommand, func(e *api.Erasure) { e.Entries = []string{"cycle/9999/2028#1"} }},
		"no-text":   {domain.CodeNotFound, func(e *api.Erasure) { e.Texts = []string{"kalle"} }},
		"no-file":   {domain.CodeFileUnknown, func(e *api.Erasure) { e.Files = []string{"kalle"} }},
	} {
		_, err := erase(id, row.change)
		if p := refusal(t, err); p.Code != row.code || p.Status != api.RowOf(row.code).HTTP {
			t.Errorf("%s: %s (%d): %s", id, p.Code, p.Status, p.Message)
		}
	}
	_, err := erase("erase", func(*api.Erasure) {})
	ok(t, err)
	var shown api.Registry
	ok(t, registrar.Get(t.Context(), "/"+registry+"/registry", &shown))
	if len(shown.Erasures) != 1 || !strings.Contains(step(), comment) {
		t.Fatalf("an order waits, and changes nothing: %+v", shown.Erasures)
	}
	confirm := api.Command{ID: "confirm", Kind: domain.CmdConfirmErase, Erasure: &api.Erasure{Number: shown.Erasures[0].Number}}
	_, err = registrar.Give(t.Context(), registry, confirm)
	if p := refusal(t, err); p.Code != domain.CodeSecondPerson {
		t.Errorf("confirmed by who ordered it: %+v", p)
	}
	confirm.ID = "confirmed"
	receipt := give(t, d.As(servertest.Launcher), registry, confirm)
	if _, err := d.Store.WaitJournalled(t.Context(), registry, receipt.Last); err != nil {
		t.Fatal(err)
	}

	for _, gone := range []string{comment, motive, name} {
		if where := dumped(t, d, gone); len(where) > 0 {
			t.Errorf("%q is still in the database: %s", gone, where)
		}
		if strings.Contains(step(), gone) {
			t.Errorf("%q is still on the step's page", gone)
		}
	}
	note := domain.ErasedNote(receipt.At.Date(), decision)
	if text := step(); strings.Count(text, note) < 2 || !strings.Contains(text, stays) {
		t.Errorf("the step's page does not say %q in place of what is gone, or lacks what stays:\n%s", note, text)
	}
	if s := read(t, d.As(writer), stream, directives); s.Instruction != note {
		t.Errorf("the instruction is %q", s.Instruction)
	}
	ok(t, registrar.Get(t.Context(), "/"+registry+"/registry", &shown))
	for _, b := range shown.Bindings {
		if b.Person == "p-prov" && b.Name != note {
			t.Errorf("the name is %q", b.Name)
		}
	}
	if status, text := raw(t, http.MethodGet, d.URL+"/api/v1/files/"+string(submission.Documents[0].SHA256), writer, nil, nil); status != http.StatusGone || !strings.Contains(string(text), note) {
		t.Errorf("the document: %d %s", status, text)
	}
	var box api.SunkMails
	ok(t, d.As(writer).Get(t.Context(), "/mail/sink?exercise="+stream, &box))
	quoted := slices.IndexFunc(box.Mails, func(m api.SunkMail) bool { return m.MessageID == "<m@x>" })
	if quoted < 0 || box.Mails[quoted].Subject != note || box.Mails[quoted].To != "" {
		t.Fatalf("the mail that quoted it: %+v", box.Mails)
	}
	var sunk api.SunkMail
	ok(t, d.As(writer).Get(t.Context(), "/mail/sink/"+strconv.FormatInt(box.Mails[quoted].ID, 10), &sunk))
	if sunk.Text != note {
		t.Errorf("the mail that quoted it says %q", sunk.Text)
	}
	if again := give(t, d.As(servertest.Launcher), registry, confirm); again.First != receipt.First {
		t.Errorf("asked again it is answered %+v, and was %+v", again, receipt)
	}
	// What history holds cannot be erased, and need not be.
	for _, of := range []string{stream, registry} {
		history := decoded(t, d, of)
		if !strings.Contains(history, "KS 1/2027") && of == stream {
			t.Error("the histories are not read")
		}
		for _, gone := range []string{comment, motive, name} {
			if strings.Contains(history, gone) {
				t.Errorf("%q is in the history of %s", gone, of)
			}
		}
	}
	// A new pack lacks it, and verifies because the log says that it is erased.
	signs, keys := signing(t, d)
	_, err = signs.Look(t.Context())
	ok(t, err)
	status, zipped := raw(t, http.MethodGet, d.URL+"/api/v1/"+cycle+"/pack", servertest.Launcher, nil, nil)
	if status != http.StatusOK {
		t.Fatalf("the pack: %d %s", status, zipped)
	}
	report, err := pack.Verify(bytes.NewReader(zipped), int64(len(zipped)), pack.Options{Keys: keys})
	if err != nil || report.Erased == 0 || report.Texts == 0 {
		t.Errorf("the pack: %+v, %v", report, err)
	}
	unzipped, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	ok(t, err)
	found := false
	for _, f := range unzipped.File {
		r, err := f.Open()
		ok(t, err)
		content, err := io.ReadAll(r)
		ok(t, err)
		found = found || bytes.Contains(content, []byte(stays))
		for _, gone := range []string{comment, name} {
			if bytes.Contains(content, []byte(gone)) {
				t.Errorf("%q is in the pack's %s", gone, f.Name)
			}
		}
	}
	if !found {
		t.Errorf("%q is not in the pack: it is not read", stays)
	}
	for _, log := range []string{servertest.Kommun, stream} {
		_, err := d.Store.VerifyLog(t.Context(), log)
		ok(t, err)
	}
	with := temporalx.Reconciler{Store: d.Store, Temporal: d.Temporal, Patience: time.Minute}
	if got, err := with.Reconcile(t.Context(), servertest.Kommun, func(temporalx.Compared) {}); err != nil || got.Total() > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func entryOf(r api.Receipt) string { return r.Stream + "#" + strconv.FormatUint(r.First, 10) }

// pageText is a page as a person reads it.
func pageText(t *testing.T, d *servertest.Door, person domain.PersonID, path string) string {
	t.Helper()
	status, text := raw(t, http.MethodGet, d.URL+path, person, nil, http.Header{"Accept": {"text/html"}})
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, text)
	}
	return string(text)
}

// dumped gives the lines of a dump of the database that hold a text, as it is or as bytes.
func dumped(t *testing.T, d *servertest.Door, text string) (lines []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pg_dump", stacktest.AsRole(t, d.DatabaseURL, "postgres")).Output()
	ok(t, err)
	for line := range bytes.Lines(out) {
		if bytes.Contains(line, []byte(text)) || bytes.Contains(line, hexOf(text)) {
			lines = append(lines, string(line))
		}
	}
	return lines
}

// hexOf is how a dump shows bytes.
func hexOf(text string) []byte {
	const digits = "0123456789abcdef"
	var all []byte
	for _, b := range []byte(text) {
		all = append(all, digits[b>>4], digits[b&15])
	}
	return all
}

// decoded is all that the history of a stream's current run says.
func decoded(t *testing.T, d *servertest.Door, stream string) string {
	t.Helper()
	dc, err := temporalx.DataConverter()
	ok(t, err)
	var all strings.Builder
	for i := d.Temporal.GetWorkflowHistory(t.Context(), stream, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
		e, err := i.Next()
		ok(t, err)
		plain, err := protojson.Marshal(e)
		ok(t, err)
		all.Write(plain)
		for _, payloads := range [][]string{dc.ToStrings(e.GetWorkflowExecutionStartedEventAttributes().GetInput()),
			dc.ToStrings(e.GetActivityTaskScheduledEventAttributes().GetInput()), dc.ToStrings(e.GetActivityTaskCompletedEventAttributes().GetResult()),
			dc.ToStrings(e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetArgs()),
			dc.ToStrings(e.GetWorkflowExecutionUpdateCompletedEventAttributes().GetOutcome().GetSuccess())} {
			all.WriteString(strings.Join(payloads, "\n"))
		}
	}
	return all.String()
}
