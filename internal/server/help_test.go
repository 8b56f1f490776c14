package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Who has not logged in can read help and the statement, and report a fault; whoever answers such reports sees it in the
// list of work, and how to reach the reporter is gone when it is answered.
func TestHelpAndReportedFaults(t *testing.T) {
	t.Parallel()
	d := *servertest.Shared(t)
	web := httptest.NewServer(d.Another(t, func(*server.Config) {}).Handler()) // has counted nobody's reports yet
	t.Cleanup(web.Close)
	d.URL = web.URL
	nobody := &browser{t, d.URL, &http.Client{}}
	if text := content(nobody.open("/hjalp", http.StatusOK)); !strings.Contains(text, "Återremiss") || strings.Contains(text, "Registeransvarig, ") {
		t.Errorf("help for nobody: %s", text)
	}
	statement := nobody.open("/tillganglighet?sida=/journal", http.StatusOK)
	for _, want := range []string{"delvis förenlig", "2018:1937", "Digg", "självskattning"} {
		if !strings.Contains(content(statement), want) {
			t.Errorf("the statement does not say %q", want)
		}
	}
	if field := find(statement, "input", func(n *html.Node) bool { return attr(n, "name") == "sida" }); attr(field, "value") != "/journal" {
		t.Error("the page that was asked about is not filled in")
	}
	send := func(status int, fields url.Values) *html.Node {
		t.Helper()
		answer, err := nobody.client.PostForm(d.URL+"/tillganglighet", fields)
		ok(t, err)
		return nobody.page(answer, status)
	}
	if text := content(send(http.StatusUnprocessableEntity, url.Values{"svar": {"kvar@exempel.invalid"}, "vad": {" \n"}})); !strings.Contains(text, "Skriv vad som är fel") {
		t.Errorf("an empty report: %s", text)
	}
	send(http.StatusUnprocessableEntity, url.Values{"vad": {strings.Repeat("å", 4001)}})
	says := "Knappen läses inte upp (påhittat) " + t.Name()
	if text := content(send(http.StatusOK, url.Values{"vad": {says}, "sida": {"/journal"}, "svar": {"lasare@exempel.invalid"}})); !strings.Contains(text, "Din anmälan har nummer") {
		t.Errorf("after reporting: %s", text)
	}
	limited := false
	for range 10 {
		answer, err := nobody.client.PostForm(d.URL+"/tillganglighet", url.Values{"vad": {"igen (påhittat)"}})
		ok(t, err)
		ok(t, answer.Body.Close())
		limited = limited || answer.StatusCode == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("eleven reports in a row, and none was too many")
	}

	browse(t, &d, secretary).open("/felanmalningar", http.StatusForbidden)
	registrar := browse(t, &d, servertest.Registrar)
	if text := content(registrar.open("/inkorg", http.StatusOK)); !strings.Contains(text, "väntar på svar") {
		t.Errorf("the list of work does not tell of reports: %s", text)
	}
	if text := content(registrar.open("/hjalp", http.StatusOK)); !strings.Contains(text, "Registeransvarig, ") || !strings.Contains(text, "Du är registeransvarig i Stadsledningsförvaltningen") {
		t.Errorf("help for who is logged in: %s", text)
	}
	row := func(doc *html.Node) *html.Node {
		return find(doc, "li", func(n *html.Node) bool { return strings.Contains(content(n), says) })
	}
	list := registrar.open("/felanmalningar", http.StatusOK)
	one := row(list)
	if one == nil || !strings.Contains(content(one), "lasare@exempel.invalid") || !strings.Contains(content(one), "/journal") {
		t.Fatalf("the report is not in the list: %s", content(list))
	}
	answer, err := registrar.client.PostForm(d.URL+attr(find(one, "form", nil), "action"), nil)
	ok(t, err)
	one = row(registrar.page(answer, http.StatusOK))
	if text := content(one); strings.Contains(text, "lasare@exempel.invalid") || !strings.Contains(text, "Besvarad") || find(one, "form", nil) != nil {
		t.Errorf("answered: %s", text)
	}
	answer, err = registrar.client.PostForm(d.URL+"/felanmalningar/999999999/klar", nil)
	ok(t, err)
	registrar.page(answer, http.StatusNotFound)
}

// Whom a comment names has it in the list of work until answering; a name that nobody has is refused. What was done on a
// step is corrected by a form that shows what it leads to, and a cycle is ended by one.
func TestNamedCorrectedAndCancelled(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	step := at + "/steg/planeringsanvisningar/KS"
	b, named := browse(t, d, writer), browse(t, d, director)
	inbox := "/inkorg?cykel=" + stream

	action, fields := b.form(b.open(step, http.StatusOK), domain.CmdComment, map[string]string{"text": "Kan @Kalle se på det? (påhittat)"})
	if text := content(b.send(action, fields, nil, http.StatusUnprocessableEntity)); !strings.Contains(text, "”Kalle”") || !strings.Contains(text, "Felkod: mention") {
		t.Errorf("naming nobody: %s", text)
	}
	action, fields = b.form(b.open(step, http.StatusOK), domain.CmdComment, map[string]string{"text": "Kan @ekonomidirektör, Stadsledningsförvaltningen och @" + string(writer) + " se på det? (påhittat)"})
	for range 2 { // a double click names nobody twice
		b.send(action, fields, nil, http.StatusOK)
	}
	var history api.Entries
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/entries?limit=1", &history))
	if text := history.Entries[0].Text; !strings.Contains(text, "2 personer nämndes") {
		t.Errorf("the entry says %q", text)
	}
	if text := content(b.open(inbox, http.StatusOK)); strings.Contains(text, "Du är nämnd") {
		t.Errorf("who wrote it is told of it: %s", text)
	}
	page := named.open(inbox, http.StatusOK)
	if text := content(page); !strings.Contains(text, "Du är nämnd") || !strings.Contains(text, "Stadens processledare, Stadsledningsförvaltningen har skrivit till dig") ||
		find(page, "a", func(a *html.Node) bool { return attr(a, "href") == step+"#samtal" }) == nil {
		t.Errorf("who is named is not told: %s", text)
	}
	action, fields = named.form(named.open(step, http.StatusOK), domain.CmdComment, map[string]string{"text": "Det har jag gjort (påhittat)"})
	named.send(action, fields, nil, http.StatusOK)
	if text := content(named.open(inbox, http.StatusOK)); strings.Contains(text, "Du är nämnd") {
		t.Errorf("after answering: %s", text)
	}

	doc := b.open(step, http.StatusOK)
	choice := find(doc, "select", func(n *html.Node) bool { return attr(n, "name") == "entry" })
	if choice == nil {
		t.Fatal("nothing can be corrected")
	}
	entry := attr(find(choice, "option", nil), "value")
	action, fields = b.form(doc, domain.CmdCorrect, map[string]string{"entry": entry, "text": "Det var i går (påhittat)"})
	review := b.send(action, fields, nil, http.StatusOK)
	if text := content(review); !strings.Contains(text, "Inget är gjort än") || !strings.Contains(text, "Post "+entry+" rättades") {
		t.Errorf("reviewing the correction: %s", text)
	}
	action, fields = b.form(review, domain.CmdCorrect, nil)
	if text := content(b.send(action, fields, nil, http.StatusOK)); !strings.Contains(text, "Klart") || !strings.Contains(text, "Rättat den") || !strings.Contains(text, "Det var i går (påhittat)") {
		t.Errorf("after correcting: %s", text)
	}
	if browse(t, d, servertest.Registrar).open(step, http.StatusOK); find(browse(t, d, servertest.Registrar).open(step, http.StatusOK), "select", func(n *html.Node) bool { return attr(n, "name") == "entry" }) != nil {
		t.Error("who has no part in the step may correct it")
	}

	if text := content(b.open(at, http.StatusOK)); strings.Contains(text, "Avbryt cykeln") {
		t.Error("only the cykelansvarig may end a cycle")
	}
	launcher := browse(t, d, servertest.Launcher)
	action, fields = launcher.form(launcher.open(at, http.StatusOK), domain.CmdCancel, map[string]string{"text": ""})
	if text := content(launcher.send(action, fields, nil, http.StatusUnprocessableEntity)); !strings.Contains(text, "text_missing") {
		t.Errorf("no reason: %s", text)
	}
	fields["text"] = "Provet är slut (påhittat)"
	review = launcher.send(action, fields, nil, http.StatusOK)
	if text := content(review); !strings.Contains(text, "Inget är gjort än") || !strings.Contains(text, "Provet är slut") || !strings.Contains(text, "Cykeln avbröts") {
		t.Errorf("reviewing the end: %s", text)
	}
	action, fields = launcher.form(review, domain.CmdCancel, nil)
	for range 2 {
		if text := content(launcher.send(action, fields, nil, http.StatusOK)); !strings.Contains(text, "Klart") || strings.Contains(text, "Flytta övningens klocka") {
			t.Errorf("after the end: %s", text)
		}
	}
}
