package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

const (
	revisor  domain.PersonID = "p-revisor"
	answerer domain.PersonID = "p-slf-forvaltningschef"
)

// says fails unless the text has every one of the words.
func says(t *testing.T, where, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q: %s", where, w, text)
		}
	}
}

// A revisor goes through an exercise: remarks on a step, has an answer with an action, follows it until it is done, closes it;
// reads history, an entry with its proof and its place in Temporal, what the step was on an earlier day, what two versions differ
// in, and the report of the cycle, called off and then complete with its hash.
func TestARevisorsWork(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	step := at + "/steg/planeringsanvisningar/KS"
	q := "stream=" + url.QueryEscape(stream)
	started := read(t, d.As(writer), stream, directives).Today

	for n, file := range []string{"Anvisningar (påhittat)", "Anvisningar, ändrade (påhittat)"} {
		f, err := d.As(writer).Upload(t.Context(), []byte(file))
		ok(t, err)
		give(t, d.As(writer), stream, api.Command{ID: fmt.Sprint("revision-version-", n), Kind: domain.CmdSubmit, Step: directives, Reference: "KS 1/2027 (påhittat)",
			Documents: []api.Document{{Def: "planeringsanvisningar", SHA256: f.SHA256}, {Def: "bastilldelning", Link: "https://example.invalid/x"}},
			Fields:    []api.Field{{ID: "inlamningsdag", Value: fmt.Sprintf("%d mars (påhittat)", 30+n)}}})
	}

	b := browse(t, d, revisor)
	page := b.open(step, http.StatusOK)
	says(t, "the step", content(page), "Gör en iakttagelse", "Ingen är gjord på steget")
	if text := content(page); strings.Contains(text, "Alla som kan se steget kan läsa den") {
		t.Error("who only reviews is offered to comment")
	}
	form := b.open("/revision/ny?"+q+"&steg=planeringsanvisningar/KS", http.StatusOK)
	action, fields := b.form(form, domain.CmdObserve, map[string]string{"text": "Anvisningarna saknar krav på nämnderna (påhittat)", "iakttagelse.unit": "KS",
		"iakttagelse.role": "forvaltningschef", "iakttagelse.due": "2026-11-01"})
	again := b.send(action, fields, nil, http.StatusUnprocessableEntity)
	says(t, "a refused observation", content(again), "svarsdag", "Anvisningarna saknar krav på nämnderna")
	fields["iakttagelse.due"] = string(started.Add(30))
	says(t, "the step after it", content(b.send(action, fields, nil, http.StatusOK)), "Klart", "Iakttagelse", "Väntar på svar")

	var registry api.Registry
	ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/registry", &registry))
	if len(registry.Observations) != 1 || registry.Observations[0].Text != "Anvisningarna saknar krav på nämnderna (påhittat)" {
		t.Fatalf("%+v", registry.Observations)
	}
	number := registry.Observations[0].Number
	own := fmt.Sprintf("/revision/iakttagelse/%d?%s", number, q)

	a := browse(t, d, answerer)
	says(t, "the inbox", content(a.open("/inkorg?cykel="+url.QueryEscape(stream), http.StatusOK)), "Svara på iakttagelse", fmt.Sprintf("iakttagelse %d", number))
	var inbox api.Tasks
	ok(t, d.As(answerer).Get(t.Context(), "/inbox?cycle="+url.QueryEscape(stream), &inbox))
	if n := len(inbox.Tasks); n == 0 || inbox.Tasks[n-1].Command != domain.CmdAnswer {
		t.Errorf("%+v", inbox.Tasks)
	}
	action, fields = a.form(a.open(own, http.StatusOK), domain.CmdAnswer, map[string]string{"text": "Kraven skrivs in (påhittat)",
		"iakttagelse.atgard.1.text": "Skriv in kraven (påhittat)", "iakttagelse.atgard.1.due": string(started.Add(60))})
	says(t, "after the answer", content(a.send(action, fields, nil, http.StatusOK)), "Klart", "Besvarad", "Skriv in kraven", "Kraven skrivs in", "svarade på iakttagelse")
	action, fields = b.form(b.open(own, http.StatusOK), domain.CmdAssessAnswer, map[string]string{"iakttagelse.status": "godtagen"})
	says(t, "after the verdict", content(b.send(action, fields, nil, http.StatusOK)), "godtaget")
	action, fields = a.form(a.open(own, http.StatusOK), domain.CmdActionDone, map[string]string{"iakttagelse.gjord.no": "1", "text": "De står i avsnitt 3 (påhittat)"})
	says(t, "after the action", content(a.send(action, fields, nil, http.StatusOK)), "Gjord", "De står i avsnitt 3")
	action, fields = b.form(b.open(own, http.StatusOK), domain.CmdAssessAnswer, map[string]string{"iakttagelse.status": "avslutad"})
	closed := content(b.send(action, fields, nil, http.StatusOK))
	says(t, "a closed observation", closed, "Avslutad", "Anvisningarna saknar krav på nämnderna", "Revisorn avslutade iakttagelse", "De står i avsnitt 3")

	// History, and one entry of it.
	history := content(b.open("/revision/historik?"+q+"&steg=planeringsanvisningar/KS", http.StatusOK))
	says(t, "the history", history, "Revisorn gjorde iakttagelse", "Revisor, Helsingborgs stad", "version 2", "Före, efter och bevis")
	for _, narrowed := range []string{"&enhet=KS", "&person=p-revisor", "&allt=ja"} {
		says(t, narrowed, content(b.open("/revision/historik?"+q+narrowed, http.StatusOK)), "Revisorn avslutade iakttagelse")
	}
	var entries api.Entries
	ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/entries", &entries))
	submitted := uint64(0)
	for _, e := range entries.Entries {
		if e.Kind == domain.EvSubmitted && submitted == 0 {
			submitted = e.Seq
		}
	}
	entry := content(b.open(fmt.Sprintf("/revision/post?%s&nr=%d", q, submitted), http.StatusOK))
	says(t, "the entry", entry, "Stämmer.", "Version som gäller", "1, sha256", "2, sha256", "Loggens rot", "Fråga Temporal", "Stadens processledare", "Rollens nummer i registret")
	says(t, "and Temporal", content(b.open(fmt.Sprintf("/revision/post?%s&nr=%d&temporal=ja", q, submitted), http.StatusOK)), "Temporals run id", "Temporals event id", "--temporal-ui")
	for seq := uint64(1); seq <= entries.Entries[0].Seq; seq++ {
		says(t, fmt.Sprint("entry ", seq), content(b.open(fmt.Sprintf("/revision/post?%s&nr=%d", q, seq), http.StatusOK)), "Stämmer.")
	}
	says(t, "the comparison", content(b.open("/revision/jamfor?"+q+"&steg=planeringsanvisningar/KS", http.StatusOK)), "från version 1 till version 2", "ändrad", "30 mars (påhittat)", "31 mars (påhittat)")
	b.open("/revision/jamfor?"+q+"&steg=planeringsanvisningar/KS&fran=7", http.StatusBadRequest)

	// The step, the cycle and the wheel as they were before anybody did anything, and as they are.
	for range 3 {
		var c api.Cycle
		ok(t, d.As(writer).Get(t.Context(), "/"+stream, &c))
		give(t, d.As(servertest.Launcher), stream, api.Command{ID: "revision-fram-" + string(c.Today) + fmt.Sprint(c.Entries), Kind: domain.CmdAdvance})
	}
	give(t, d.As(writer), stream, api.Command{ID: "revision-kommentar", Kind: domain.CmdComment, Step: directives, Text: "Skrevs senare (påhittat)"})
	now := read(t, d.As(writer), stream, directives)
	if now.Today == started {
		t.Fatal("the clock did not move")
	}
	was := b.open(step+"?per="+string(started), http.StatusOK)
	says(t, "the step as it was", content(was), "Så såg det ut den "+started.Swedish(), "Version 2", "Visa hur det är nu")
	if text := content(was); strings.Contains(text, "Skrevs senare") || strings.Contains(text, "Gör en iakttagelse") {
		t.Errorf("the step as it was knows what came later, or offers something to do: %s", text)
	}
	says(t, "the step as it is", content(b.open(step, http.StatusOK)), "Skrevs senare")
	old := b.open(at+"?del=planering&per="+string(started), http.StatusOK)
	says(t, "the cycle as it was", content(old), "Så såg det ut den "+started.Swedish())
	says(t, "the wheel as it was", content(b.open("/arshjulet?cykel="+url.QueryEscape(stream)+"&ar=2027&per="+string(started), http.StatusOK)), "Så såg det ut den "+started.Swedish(), "Planeringsanvisningar")
	unit := "/enhet/KS?cykel=" + url.QueryEscape(stream)
	says(t, "the unit as it was", content(b.open(unit+"&per="+string(started), http.StatusOK)), "Så såg det ut den "+started.Swedish(), "Version 2, inlämnad av")
	if old := content(browse(t, d, servertest.Registrar).open(unit+"&per="+string(started), http.StatusOK)); strings.Contains(old, "Granska ersättaren") {
		t.Errorf("the unit as it was offers something to do: %s", old)
	}
	says(t, "the report as it was", content(b.open(at+"/rapport?per="+string(started), http.StatusOK)), "Så såg det ut", "Steg som aldrig blev klara")
	b.open(step+"?per=2020-01-01", http.StatusNotFound)
	b.open(step+"?per=igar", http.StatusBadRequest)

	// The report: as it goes, and when the cycle is called off with the hash in its last entry.
	says(t, "the overview", content(b.open("/revision", http.StatusOK)), "Granskning", "ÖVNING", "Loggarna")
	give(t, d.As(servertest.Launcher), stream, api.Command{ID: "revision-slut", Kind: domain.CmdCancel, Text: "Övningen är slut (påhittat)"})
	var report api.Report
	ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/report", &report))
	if !report.Agrees || report.Ended == 0 || report.Status != api.CycleCancelled {
		t.Errorf("%+v", report)
	}
	says(t, "the report", content(b.open(at+"/rapport", http.StatusOK)), "bär den här rapportens kontrollsumma", "Iakttagelse", "finns bara som länk, utan fil", "Ingen har gått vidare utan en sen enhet")
}

// Whatever a revisor asks of a cycle, an exercise or the registry, but for observations, is refused, and the journal stays as long
// as it was.
func TestARevisorIsRefusedTheRest(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	size := func() (n uint64) {
		var e api.Entries
		ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/entries?limit=1", &e))
		return e.Entries[0].Seq
	}
	before := size()
	tried := 0
	for _, row := range domain.CommandTable {
		c := api.Command{ID: "nej-" + string(row.Kind), Kind: row.Kind}
		must, _ := row.Members()
		for _, m := range must {
			switch m {
			case "step":
				c.Step = directives
			case "text":
				c.Text = "x (påhittat)"
			case "version":
				c.Version = domain.DigestOf(nil)
			case "date":
				c.Date = "2026-12-02"
			case "reference":
				c.Reference = "x"
			case "to":
				c.To = []domain.UnitID{"KF"}
			case "outcome":
				c.Outcome = domain.OutcomeApproved
			case "meeting":
				c.Meeting = "KS-2027-02-10"
			case "paragraph":
				c.Paragraph = "1"
			case "unit":
				c.Unit = &domain.Unit{ID: "XX", Kind: domain.KindBoard, Name: "X"}
			case "binding":
				c.Binding = &api.Binding{Person: revisor, Role: "registeransvarig", Unit: "SLF", From: "2026-12-01"}
			case "exclusion":
				c.Exclusion = &api.Exclusion{Person: writer}
			case "new_meeting":
				c.NewMeeting = &domain.Meeting{ID: "KS-2027-02-10", Date: "2027-02-11", Unit: "KS"}
			case "entry":
				c.Entry = 1
			case "need":
				c.Need = directives
			case "supplement":
				c.Supplement = &api.Supplement{Year: 2028, Step: directives}
			case "observation":
				c.Observation = &api.Observation{Number: 1}
			}
		}
		_, err := d.As(revisor).Give(t.Context(), stream, c)
		if p := refusal(t, err); p.Code == domain.CodeUnavailable {
			t.Errorf("%s: %+v", row.Kind, p)
		}
		tried++
	}
	if after := size(); after != before || tried < 40 {
		t.Errorf("after %d refused commands the journal has %d entries, and had %d", tried, after, before)
	}
}
