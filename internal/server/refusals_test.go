package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Each no reaches who asks with its code, its HTTP status and a sentence; the table says what provokes it.
func TestEachNoHasItsStatus(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	decided(t, d, stream)
	meeting := read(t, d.As(secretary), stream, directives).Meeting
	version := read(t, d.As(secretary), stream, directives).Version.Hash
	file := upload(t, d.As(writer), "Förslag (påhittat)")
	const leader, chief = "p-sof-processledare", "p-sof-forvaltningschef"
	handIn := api.Command{Kind: domain.CmdSubmit, Step: proposal, Documents: []api.Document{{Def: "forslag", SHA256: file}},
		Fields: []api.Field{{ID: "inriktning", Value: "Inriktning (påhittat)"}, {ID: "driftbudget", Value: "1 mnkr (påhittat)"}}}
	with := func(change func(*api.Command)) api.Command {
		c := handIn
		change(&c)
		return c
	}
	give(t, d.As(leader), stream, handIn)
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdExclude, Exclusion: &api.Exclusion{Person: "p-kuf-processledare", Unit: "KN", Reason: "Närstående (påhittat)"}})
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdCancelMeeting, Text: "Inställt (påhittat)", NewMeeting: &domain.Meeting{ID: "BUN-2027-03-17"}})

	for _, row := range []struct {
		code    domain.Code
		person  domain.PersonID
		stream  string // "" = the exercise
		command api.Command
	}{
		{domain.CodeBadCommand, writer, "", api.Command{Kind: domain.CmdSubmit}},
		{domain.CodeUnknownField, writer, "", api.Command{Kind: domain.CmdComment, Text: "x", Paragraph: "1"}},
		{domain.CodeUnknownField, leader, "", with(func(c *api.Command) { c.Fields = []api.Field{{ID: "okant", Value: "x"}} })},
		{domain.CodeUnknownKind, writer, "", api.Command{Kind: "dansa"}},
		{domain.CodeUnknownKind, writer, "", api.Command{Kind: domain.CmdChanges}},
		{domain.CodeBadDate, director, "", api.Command{Kind: domain.CmdExtend, Step: proposal, Date: "2027-02-31", Text: "x"}},
		{domain.CodeUnknownStream, writer, "exercise/1283/2028/999", api.Command{Kind: domain.CmdComment, Text: "x"}},
		{domain.CodeUnknownStream, writer, "cycle/1280/2028", api.Command{Kind: domain.CmdComment, Text: "x"}},
		{domain.CodeUnknownStep, writer, "", api.Command{Kind: domain.CmdComment, Step: "finns-inte/KS", Text: "x"}},
		{domain.CodeUnknownPerson, stranger, "", api.Command{Kind: domain.CmdComment, Text: "x"}},
		{domain.CodeRoleNotHeld, chief, "", handIn},
		{domain.CodeExcluded, "p-kuf-processledare", "", with(func(c *api.Command) { c.Step = "namndens-forslag/KN" })},
		{domain.CodeNotNow, secretary, "", api.Command{Kind: domain.CmdAdjust, Step: directives}},
		{domain.CodeWrongAct, secretary, "", api.Command{Kind: domain.CmdHold, Step: directives, Text: "x"}},
		{domain.CodeGateNotMet, "p-ks-ordforande", "", api.Command{Kind: domain.CmdHold, Step: dialog, Text: "x"}},
		{domain.CodeNotLate, director, "", api.Command{Kind: domain.CmdProceed, Step: dialog, Need: proposal, Text: "x"}},
		{domain.CodeUnknownNeed, director, "", api.Command{Kind: domain.CmdProceed, Step: dialog, Need: directives, Text: "x"}},
		{domain.CodeDeadline, writer, "", api.Command{Kind: domain.CmdExtend, Step: proposal, Date: "2027-01-01", Text: "x"}},
		{domain.CodeNothingChanged, servertest.Registrar, "", api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: meeting}}},
		{domain.CodeSuperseded, chief, "", api.Command{Kind: domain.CmdReady, Step: proposal, Version: version}},
		{domain.CodeFieldMissing, leader, "", with(func(c *api.Command) { c.Fields = nil })},
		{domain.CodeDocumentMissing, leader, "", with(func(c *api.Command) { c.Documents = nil })},
		{domain.CodeUnknownDocument, leader, "", with(func(c *api.Command) { c.Documents = []api.Document{{Def: "okand", SHA256: file}} })},
		{domain.CodeFileUnknown, leader, "", with(func(c *api.Command) {
			c.Documents = []api.Document{{Def: "forslag", SHA256: domain.DigestOf([]byte("aldrig uppladdad"))}}
		})},
		{domain.CodeTextMissing, director, "", api.Command{Kind: domain.CmdVoid, Step: dialog}},
		{domain.CodeEntryUnknown, writer, "", api.Command{Kind: domain.CmdCorrect, Step: directives, Entry: 9999, Text: "x"}},
		{domain.CodeUnitUnknown, servertest.Registrar, "", api.Command{Kind: domain.CmdBind, Binding: &api.Binding{Person: "p-1", Role: "processledare", Unit: "XX", From: "2027-01-01"}}},
		{domain.CodeBindingUnknown, servertest.Registrar, "", api.Command{Kind: domain.CmdUnbind, Binding: &api.Binding{Number: 9999, To: "2027-01-01"}}},
		{domain.CodePeriod, servertest.Registrar, "", api.Command{Kind: domain.CmdSubstitute, Substitute: &domain.Substitute{Binding: 1, Person: "p-1", From: "2027-02-01", To: "2027-01-01"}}},
		{domain.CodeExists, servertest.Registrar, "", api.Command{Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{ID: meeting, Unit: "KS", Date: "2027-02-10", Status: domain.MeetingProposed}}},
		{domain.CodeMeetingUnknown, servertest.Registrar, "", api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: "KS-1999-01-01"}}},
		{domain.CodeMeetingCancelled, servertest.Registrar, "", api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: "BUN-2027-03-17"}}},
		{domain.CodeNotExercise, servertest.Launcher, realCycle(t, d), api.Command{Kind: domain.CmdAdvance}},
	} {
		on := row.stream
		if on == "" {
			on = stream
		}
		row.command.ID = t.Name() + "-" + string(row.code) + "-" + string(row.command.Kind)
		_, err := d.As(row.person).Give(t.Context(), on, row.command)
		if err == nil {
			t.Errorf("%s: %s was carried out", row.code, row.command.Kind)
			continue
		}
		p := refusal(t, err)
		if p.Code != row.code || p.Status != api.RowOf(row.code).HTTP || p.ID != row.command.ID {
			t.Errorf("%s %s: got %s (%d), want %s (%d): %s", row.command.Kind, row.command.Step, p.Code, p.Status, row.code, api.RowOf(row.code).HTTP, p.Message)
		}
		if !strings.HasSuffix(p.Message, ".") || len(p.Message) < 20 {
			t.Errorf("%s: %q is no sentence", row.code, p.Message)
		}
	}
}

// At a meeting: which one, when, and under which §.
func TestANoAtAMeeting(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), t.Name()+"-in"))
	version := read(t, d.As(director), stream, directives).Version.Hash
	give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: version})
	decide := api.Command{Kind: domain.CmdDecide, Step: directives, Version: version, Outcome: domain.OutcomeApproved, Meeting: "KS-2027-02-10", Paragraph: "14"}
	ask := func(want domain.Code, change func(*api.Command)) {
		t.Helper()
		c := decide
		change(&c)
		c.ID = t.Name() + "-" + string(want)
		_, err := d.As(secretary).Give(t.Context(), stream, c)
		if p := refusal(t, err); p.Code != want || p.Status != api.RowOf(want).HTTP {
			t.Errorf("got %s (%d), want %s: %s", p.Code, p.Status, want, p.Message)
		}
	}
	ask(domain.CodeMeetingProposed, func(*api.Command) {})
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: "KS-2027-02-10"}})
	ask(domain.CodeDateFuture, func(*api.Command) {})
	give(t, d.As(servertest.Launcher), stream, api.Command{Kind: domain.CmdAdvance})
	ask(domain.CodeMeetingUnknown, func(c *api.Command) { c.Meeting = "KS-1999-01-01" })
	ask(domain.CodeMeetingOther, func(c *api.Command) { c.Meeting = "SN-2027-03-16" })
	ask(domain.CodeDateBefore, func(c *api.Command) { c.Date = "2027-02-09" })
	ask(domain.CodeTextMissing, func(c *api.Command) { c.Outcome = domain.OutcomeReturned })
	ask(domain.CodeBadCommand, func(c *api.Command) { c.Paragraph = "§ 14" })
	give(t, d.As(secretary), stream, decide)
	// Another step at the same meeting: the § is taken.
	give(t, d.As("p-slf-processledare"), stream, api.Command{Kind: domain.CmdSubmit, Step: "namndens-forslag/KS",
		Documents: []api.Document{{Def: "forslag", Link: "https://example.invalid/forslag"}},
		Fields:    []api.Field{{ID: "inriktning", Value: "x (påhittat)"}, {ID: "driftbudget", Value: "1 (påhittat)"}}})
	v := read(t, d.As(secretary), stream, "namndens-forslag/KS").Version.Hash
	give(t, d.As("p-slf-forvaltningschef"), stream, api.Command{Kind: domain.CmdReady, Step: "namndens-forslag/KS", Version: v})
	ask(domain.CodeParagraphUsed, func(c *api.Command) { c.Step, c.Version = "namndens-forslag/KS", v })
}

// raw sends bytes as they are.
func raw(t *testing.T, method, url string, person domain.PersonID, body io.Reader, header http.Header) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	ok(t, err)
	if header != nil {
		r.Header = header
	}
	if person != "" {
		r.Header.Set("X-Arshjul-Person", string(person))
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	ok(t, err)
	defer func() { ok(t, answer.Body.Close()) }()
	text, err := io.ReadAll(answer.Body)
	ok(t, err)
	return answer.StatusCode, text
}

// What cannot be read as a command is refused by its form, and says where.
func TestWhatIsNotOfItsForm(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	at := d.URL + "/api/v1/" + d.Exercise(t, 2028) + "/commands"
	for _, row := range []struct {
		body, says string
		person     domain.PersonID
		code       domain.Code
	}{
		{`{"id":"f1","kind":"comment","text":"x","farg":"blå"}`, `"farg"`, writer, domain.CodeUnknownField},
		{`{"id":"f2","kind":"set-unit","unit":{"id":"X","smak":"salt"}}`, `"smak"`, servertest.Registrar, domain.CodeUnknownField},
		{`{"id":"f3","kind":"comment"`, "JSON", writer, domain.CodeBadCommand},
		{`{"id":"f4","kind":"correct","entry":"tre"}`, "entry", writer, domain.CodeBadCommand},
		{`{"id":"f5","kind":"comment","text":"x"} och mer`, "mer text", writer, domain.CodeBadCommand},
		{`{"kind":"comment","text":"x"}`, "id", writer, domain.CodeBadCommand},
		{`{"id":"f6","kind":"comment","text":"` + strings.Repeat("x", 1<<20) + `"}`, "kB", writer, domain.CodeBadCommand},
		{`{"id":"f7","kind":"comment","text":"x"}`, "inloggad", "", domain.CodeNotLoggedIn},
	} {
		status, text := raw(t, http.MethodPost, at, row.person, strings.NewReader(row.body), nil)
		var p api.Problem
		if err := json.Unmarshal(text, &p); err != nil {
			t.Errorf("%.60s: %s", row.body, text)
			continue
		}
		if p.Code != row.code || status != api.RowOf(row.code).HTTP || !strings.Contains(p.Message, row.says) {
			t.Errorf("%.60s: %d %+v", row.body, status, p)
		}
	}
	status, text := raw(t, http.MethodGet, d.URL+"/api/v1/finns-inte", writer, nil, nil)
	if status != http.StatusNotFound || !strings.Contains(string(text), `"not_found"`) {
		t.Errorf("unknown address: %d %s", status, text)
	}
}

// A form of another site's is not done in a person's name.
func TestAnotherSitesRequestIsNotDone(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	at := d.URL + "/api/v1/" + d.Exercise(t, 2028) + "/commands"
	body := `{"id":"korssite","kind":"comment","text":"x (påhittat)"}`
	status, _ := raw(t, http.MethodPost, at, writer, strings.NewReader(body), http.Header{"Sec-Fetch-Site": {"cross-site"}})
	if status != http.StatusForbidden {
		t.Errorf("cross-site: %d", status)
	}
	status, _ = raw(t, http.MethodPost, at, writer, strings.NewReader(body), http.Header{"Sec-Fetch-Site": {"same-origin"}})
	if status != http.StatusOK {
		t.Errorf("same-origin: %d", status)
	}
}
