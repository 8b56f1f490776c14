package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Ledning leads to everything that those who lead do, and is closed to others; the wheel that a cycle is pinned to is
// compared with another.
func TestLeadPage(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	realCycle(t, d)
	b := browse(t, d, servertest.Launcher)
	page := b.open("/ledning", http.StatusOK)
	for _, to := range []string{"/starta", "/ledning/hjulet", "/ledning/roller", "/behorigheter", "/utskick", "/ledning/register", "/cykel/1283/2028"} {
		if find(page, "a", func(a *html.Node) bool { return attr(a, "href") == to }) == nil {
			t.Errorf("no way to %s: %s", to, content(page))
		}
	}
	if text := content(page); !strings.Contains(text, "Samma som nya cykler startar med") || !strings.Contains(text, "Vad händer om det flyttas?") {
		t.Errorf("%s", text)
	}
	browse(t, d, writer).open("/ledning", http.StatusForbidden)
	for _, path := range []string{"/ledning", "/ledning/hjulet", "/ledning/roller?person=p-sof-processledare"} {
		if n := fewest(t, d.Server.Handler(), path, servertest.Launcher, mostQueries); n > mostQueries {
			t.Errorf("%s asks the database %d times", path, n)
		}
	}

	hash := upload(t, d.As(servertest.Launcher), councilWheel(2))
	var r api.Receipt
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: t.Name(), Year: 2028, Start: "2027-06-01", Wheel: hash}, &r))
	diff := content(b.open("/ledning/hjulet?"+url.Values{"fran": {"cycle/1283/2028"}, "till": {r.Stream}}.Encode(), http.StatusOK))
	for _, want := range []string{"Nya steg", "Ärende 2 (påhittat)", "Steg som inte finns längre", "Nämndens förslag"} {
		if !strings.Contains(diff, want) {
			t.Errorf("the difference does not say %q: %s", want, diff)
		}
	}
	if text := content(b.open("/ledning/hjulet?fran=cycle/1283/2028", http.StatusOK)); !strings.Contains(text, "Inget skiljer dem") {
		t.Errorf("a wheel and itself: %s", text)
	}
	b.open("/ledning/hjulet?fran=cycle/1283/1999", http.StatusNotFound)
}

// All of a person's roles pass to another: the review says which steps would lose their second person, and each role gets
// its receipt, once however often it is sent.
func TestRolesPassOn(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028) // its registry is the municipality's, where no other test binds anybody in this unit
	query := "?" + url.Values{"cykel": {stream}, "person": {"p-vof-processledare"}}.Encode()
	b := browse(t, d, servertest.Registrar)
	fields := filledForm(b, b.open("/ledning/roller"+query, http.StatusOK), "/ledning/roller/granska")
	if fields["roll"] == "" {
		t.Fatalf("no role is chosen: %v", fields)
	}
	fields["till"], fields["fran"] = "p-vof-forvaltningschef", "2025-01-01"
	refused := b.send("/ledning/roller/granska", fields, nil, http.StatusUnprocessableEntity)
	if kept := filledForm(b, refused, "/ledning/roller/granska"); kept["till"] != "p-vof-forvaltningschef" || !strings.Contains(content(refused), "börjar först") {
		t.Errorf("too early: %v %s", kept, content(refused))
	}
	fields["fran"] = "2026-12-02"
	review := b.send("/ledning/roller/granska", fields, nil, http.StatusOK)
	for _, want := range []string{"Inget är ändrat än", "Processledare, Vård- och omsorgsförvaltningen till Förvaltningschef, Vård- och omsorgsförvaltningen", "får ingen andra person", "Förvaltningens verksamhetsplan, Vård- och omsorgsförvaltningen",
		"är ensam om att lämna in och om att fastställa"} {
		if !strings.Contains(content(review), want) {
			t.Errorf("the review does not say %q: %s", want, content(review))
		}
	}
	fields = filledForm(b, review, "/ledning/roller")
	for range 2 {
		done := content(b.send("/ledning/roller", fields, nil, http.StatusOK))
		if !strings.Contains(done, "Rollerna är flyttade") && !strings.Contains(done, "Flytten är mottagen") || !strings.Contains(done, "2 ändringar i journalen") {
			t.Errorf("done: %s", done)
		}
	}
	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/registry", &registry))
	old, given := 0, 0
	for _, bound := range registry.Bindings {
		if bound.Role == "processledare" && bound.Unit == "VOF" {
			switch {
			case bound.Person == "p-vof-processledare" && bound.To == "2026-12-01":
				old++
			case bound.Person == "p-vof-forvaltningschef" && bound.From == "2026-12-02":
				given++
			}
		}
	}
	if old != 1 || given != 1 {
		t.Errorf("%d ended and %d given: %+v", old, given, registry.Bindings)
	}
	for _, path := range []string{"/ledning/roller/kvittens", "/ledning/roller/kvittens?id=x&fran=1&till=999999&antal=1"} {
		b.open(path, http.StatusNotFound)
	}
	other := browse(t, d, writer)
	other.send("/ledning/roller", fields, nil, http.StatusForbidden)
}

// A negative balanskravsresultat is noted and followed, and a resultatöverföring noted; what is refused stays filled in.
func TestRegistryFacts(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	at := "/ledning/register?" + url.Values{"cykel": {stream}}.Encode()
	b := browse(t, d, servertest.Registrar)
	post := func(fields map[string]string) string {
		t.Helper()
		fields["cykel"], fields["id"] = stream, t.Name()+fields["kind"]+fields["slag"]
		review := b.send("/ledning/register/granska", fields, nil, http.StatusOK)
		if !strings.Contains(content(review), "Inget är ändrat än") {
			t.Errorf("review: %s", content(review))
		}
		return content(b.send("/ledning/register", filledForm(b, review, "/ledning/register"), nil, http.StatusOK))
	}
	bad := map[string]string{"cykel": stream, "id": t.Name() + "-bad", "kind": "note-deficit", "ar": "2025", "belopp": "tolv", "steg": "arsredovisning-kf/KF", "dnr": "KS 9/2026 (påhittat)"}
	refused := b.send("/ledning/register/granska", bad, nil, http.StatusUnprocessableEntity)
	if find(refused, "input", func(n *html.Node) bool {
		return attr(n, "name") == "dnr" && attr(n, "value") == "KS 9/2026 (påhittat)"
	}) == nil {
		t.Errorf("what was filled in is lost: %s", content(refused))
	}
	bad["belopp"] = "12,5 mnkr"
	if text := post(bad); !strings.Contains(text, "Klart") || !strings.Contains(text, "2025: 12 500 000 kr") || !strings.Contains(text, "senast i budgeten för 2028 (KL 11:12)") {
		t.Errorf("noted: %s", text)
	}
	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/registry", &registry))
	text := post(map[string]string{"kind": "follow-deficit", "nummer": fmt.Sprint(registry.Deficits[0].Number), "slag": "reglering", "ar": "2027", "steg": "kf-mal-och-ekonomi/KF", "belopp": "2,5 mnkr",
		"dag": "2026-11-24", "paragraf": "77"})
	if !strings.Contains(text, "kvar 10 000 000 kr") || !strings.Contains(text, "Budgeten för 2027: 2 500 000 kr reglerat") || !strings.Contains(text, "Budgeten för 2028: inget beslut antecknat") {
		t.Errorf("followed: %s", text)
	}
	if text := post(map[string]string{"kind": "carry-over", "ar": "2025", "enhet": "SN", "belopp": "−3 mnkr", "steg": "arsredovisning-kf/KF", "dag": "2026-05-01", "paragraf": "12"}); !strings.Contains(text, "2025 till 2026") || !strings.Contains(text, "−3 000 000 kr") {
		t.Errorf("carried over: %s", text)
	}
	if page := browse(t, d, writer).open(at, http.StatusOK); find(page, "form", func(f *html.Node) bool { return attr(f, "action") == "/ledning/register/granska" }) != nil {
		t.Error("who may not note is asked to")
	}
	browse(t, d, writer).send("/ledning/register", with(bad, "id", t.Name()+"-annan"), nil, http.StatusForbidden)
}

// TestPicturesOfLeading keeps pictures of the pages of this file where ARSHJUL_PICTURES says.
func TestPicturesOfLeading(t *testing.T) {
	keep := os.Getenv("ARSHJUL_PICTURES")
	if keep == "" {
		t.Skip("ARSHJUL_PICTURES names no directory")
	}
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	realCycle(t, d)
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdNoteDeficit, Deficit: &domain.Deficit{Year: 2025, Amount: 1250000000, Step: "arsredovisning/KF", Dnr: "KS 9/2026 (påhittat)"}})
	hash := upload(t, d.As(servertest.Launcher), councilWheel(2))
	var r api.Receipt
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: t.Name(), Year: 2028, Start: "2027-06-01", Wheel: hash}, &r))
	c := openChromium(t)
	c.as(servertest.Registrar)
	for _, width := range []int{1280, 360} {
		c.wide(width, 900, true)
		for name, path := range map[string]string{"ledning": "/ledning", "hjulskillnad": "/ledning/hjulet?fran=cycle/1283/2028&till=" + r.Stream, "roller": "/ledning/roller?person=p-sof-processledare&cykel=" + stream,
			"register": "/ledning/register?cykel=" + stream, "sammantraden": "/ledning/sammantraden?cykel=" + stream} {
			c.open(d.URL + path)
			c.picture(filepath.Join(keep, fmt.Sprintf("%s-%d.png", name, width)), 4000, 1)
		}
		c.open(d.URL + "/ledning/roller?person=p-sof-processledare&cykel=" + stream)
		c.ask("Runtime.evaluate", map[string]any{"expression": `setTimeout(() => { document.getElementById("till").value = "p-sof-forvaltningschef"; document.getElementById("fran").value = "2026-12-02"; document.querySelector("form[data-skydda] .knapp").click() }, 0)`}, nil)
		c.until(func(_ int, method string, _, _ json.RawMessage) bool { return method == "Page.loadEventFired" })
		c.picture(filepath.Join(keep, fmt.Sprintf("roller-granska-%d.png", width)), 4000, 1)
	}
	c.quiet()
}

// The calendar: several proposed meetings are confirmed at once, one is moved with what that leads to shown first, and a
// move keeps the second day of a meeting that has two.
func TestMeetingsPage(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	b := browse(t, d, servertest.Registrar)
	at := "/ledning/sammantraden?" + url.Values{"cykel": {stream}}.Encode()
	if text := content(b.open(at, http.StatusOK)); !strings.Contains(text, "föreslaget") || !strings.Contains(text, "Lägg in ett sammanträde") {
		t.Fatalf("%s", text)
	}
	post := func(fields map[string]string, says string) string {
		t.Helper()
		fields["cykel"], fields["id"] = stream, t.Name()+fields["kind"]+fields["mote"]
		review := b.send("/ledning/sammantraden/granska", fields, nil, http.StatusOK)
		if text := content(review); !strings.Contains(text, "Inget är ändrat än") || !strings.Contains(text, says) {
			t.Errorf("review: %q is missing: %s", says, text)
		}
		return content(b.send("/ledning/sammantraden", filledForm(b, review, "/ledning/sammantraden"), nil, http.StatusOK))
	}
	post(map[string]string{"kind": "confirm-meeting", "mote": "KS-2027-02-10"}, "fastställ")
	post(map[string]string{"kind": "move-meeting", "mote": "KS-2027-02-10", "dag": "2027-02-11", "sista": "2027-02-12", "skal": "Lokalen (påhittat)"}, "Planeringsanvisningar för mål och ekonomi")
	late := map[string]string{"cykel": stream, "id": t.Name() + "-late", "kind": "cancel-meeting", "mote": "KS-2027-03-10"}
	if refused := b.send("/ledning/sammantraden/granska", late, nil, http.StatusUnprocessableEntity); !strings.Contains(content(refused), "Det gick inte") {
		t.Errorf("cancelled without a reason: %s", content(refused))
	}
	moved := content(b.open(strings.Replace(stream, "exercise/", "/ovning/", 1)+"/flytta?mote=KS-2027-02-10&dag=2027-02-18", http.StatusOK))
	if !strings.Contains(moved, "Flytta det") {
		t.Fatalf("%s", moved)
	}
	action, fields := b.form(b.open(strings.Replace(stream, "exercise/", "/ovning/", 1)+"/flytta?mote=KS-2027-02-10&dag=2027-02-18", http.StatusOK), domain.CmdMoveMeeting, map[string]string{"text": "Prov (påhittat)"})
	b.send(action, fields, nil, http.StatusOK)
	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/registry", &registry))
	for _, m := range registry.Meetings {
		if m.ID == "KS-2027-02-10" && (m.Date != "2027-02-18" || m.Last != "2027-02-19" || m.Status != domain.MeetingConfirmed) {
			t.Errorf("%+v", m)
		}
	}
	browse(t, d, writer).send("/ledning/sammantraden", with(late, "skal", "x"), nil, http.StatusForbidden)
}
