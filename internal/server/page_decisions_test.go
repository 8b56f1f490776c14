package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

const (
	councilSecretary domain.PersonID  = "p-kf-namndsekreterare"
	juneMeeting      domain.MeetingID = "KF-2027-06-15"
)

// councilWheel is a wheel in which KF decides n matters at its meeting in June, each prepared by the city's processledare.
func councilWheel(n int) string {
	head, _, _ := strings.Cut(string(wheels.First), "\nsteg:\n")
	var b strings.Builder
	b.WriteString(strings.Replace(head, "årshjul: Mål och ekonomi", "årshjul: Sex ärenden", 1) + "\nsteg:\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `  - id: arende-%d
    titel: Ärende %d (påhittat)
    skede: planering
    slag: beslut
    för: stad
    organ: KF
    roller:
      förbereder: stadens-processledare
      gör klart: ekonomidirektor
      registrerar: namndsekreterare
      eskalerar: ekonomidirektor
    när: kf-möte juni
    handlingar:
      - {id: forslag, titel: Förslag, krävs: true}
    källa: påhittat
    grund: P
`, i, i)
	}
	return b.String()
}

// councilExercise starts an exercise in which KF has n matters ready for its meeting in June, which has been.
func councilExercise(t *testing.T, d *servertest.Door, n int) (stream string) {
	t.Helper()
	hash := upload(t, d.As(servertest.Launcher), councilWheel(n))
	var r api.Receipt
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: t.Name(), Year: 2028, Start: "2027-06-01", Wheel: hash}, &r))
	stream = r.Stream
	give(t, d.As(servertest.Registrar), stream, api.Command{Kind: domain.CmdConfirmMeeting, NewMeeting: &domain.Meeting{ID: juneMeeting}})
	for i := 1; i <= n; i++ {
		step := matter(i)
		give(t, d.As(writer), stream, api.Command{Kind: domain.CmdSubmit, Step: step, Reference: "KS 1/2027 (påhittat)",
			Documents: []api.Document{{Def: "forslag", Link: fmt.Sprintf("https://example.invalid/%d", i)}}})
		give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: step, Version: read(t, d.As(director), stream, step).Version.Hash})
	}
	for i := 0; ; i++ {
		var cycle api.Cycle
		ok(t, d.As(writer).Get(t.Context(), "/"+stream, &cycle))
		if cycle.Today >= "2027-06-15" {
			return stream
		}
		if i > 20 {
			t.Fatalf("the clock stands at %s", cycle.Today)
		}
		give(t, d.As(servertest.Launcher), stream, api.Command{ID: fmt.Sprintf("%s-%d", t.Name(), i), Kind: domain.CmdAdvance})
	}
}

func matter(i int) domain.StepID { return domain.StepID(fmt.Sprintf("arende-%d/KF", i)) }

// filledForm gives what a form would send as it stands, as a browser does.
func filledForm(b *browser, doc *html.Node, action string) map[string]string {
	b.t.Helper()
	f := find(doc, "form", func(f *html.Node) bool { return attr(f, "action") == action })
	if f == nil {
		b.t.Fatalf("no form to %s in %s", action, content(doc))
	}
	body := map[string]string{}
	for n := range f.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" || n.Data == "button" {
			continue
		}
		switch kind := attr(n, "type"); {
		case n.Data == "select":
			first := true
			for o := range n.Descendants() {
				if o.Data == "option" && (first || hasAttr(o, "selected")) {
					body[attr(n, "name")], first = attr(o, "value"), false
				}
			}
		case kind == "file":
		case kind == "radio" || kind == "checkbox":
			if hasAttr(n, "checked") {
				body[attr(n, "name")] = attr(n, "value")
			}
		case n.Data == "textarea":
			body[attr(n, "name")] = content(n)
		default:
			body[attr(n, "name")] = attr(n, "value")
		}
	}
	return body
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// The day after KF's meeting the nämndsekreterare notes six decisions at once: one is a return by too few, which is refused
// at its row with everything else kept; counted again and mended it is accepted, reviewed and noted, each with its receipt.
func TestDecisionsOfAMeeting(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := councilExercise(t, d, 7)
	b := browse(t, d, councilSecretary)

	choose := b.open("/beslut?cykel="+stream, http.StatusOK)
	at := "/beslut?cykel=" + strings.ReplaceAll(stream, "/", "%2F") + "&mote=" + string(juneMeeting)
	if find(choose, "a", func(a *html.Node) bool { return attr(a, "href") == at }) == nil || !strings.Contains(content(choose), "7 planerade steg") {
		t.Fatalf("the meeting is not offered: %s", content(choose))
	}
	page := b.open(at, http.StatusOK)
	fields := filledForm(b, page, "/beslut/granska")
	keys := map[domain.StepID]string{}
	for name, value := range fields {
		if key, found := strings.CutSuffix(name, ".steg"); found {
			keys[domain.StepID(strings.TrimPrefix(value, stream+" "))] = key
		}
	}
	if len(keys) != 7 {
		t.Fatalf("%d steps in the form: %v", len(keys), fields)
	}
	set := func(i int, values ...string) {
		for n := 0; n < len(values); n += 2 {
			fields[keys[matter(i)]+"."+values[n]] = values[n+1]
		}
	}
	fields["narvarande"] = "61"
	set(1, "utfall", "bifall", "paragraf", "94", "dnr", "KS 38/2027", "protokoll.reservation", "Grupp A (påhittat)", "protokoll.omedelbar", "ja")
	set(2, "utfall", "avslag", "paragraf", "95")
	set(3, "utfall", "bordlaggning", "paragraf", "96", "protokoll.för", "40", "protokoll.emot", "21")
	set(4, "utfall", "delvis", "paragraf", "97", "att.1.no", "1", "att.1.utfall", "bifall", "att.2.no", "2", "att.2.utfall", "avslag")
	set(5, "utfall", "aterremiss", "paragraf", "98", "motivering", "Mer underlag behövs (påhittat)")
	set(6, "utfall", "minoritet", "paragraf", "99", "protokoll.för", "20", "protokoll.emot", "38", "motivering", "Redovisa koncernens ekonomi (påhittat)")
	fields["gor"] = "granska"

	// Refused: the row says why, and nothing that was typed is lost.
	refused := b.send("/beslut/granska", fields, map[string]string{keys[matter(1)] + ".protokoll.lydelse.fil": "Beslutad lydelse (påhittat)"}, http.StatusUnprocessableEntity)
	fault := find(refused, "p", func(n *html.Node) bool { return attr(n, "id") == keys[matter(6)]+"-fel" })
	if fault == nil || !strings.Contains(content(fault), "mindre än en tredjedel") {
		t.Fatalf("the row does not say why: %s", content(refused))
	}
	if text := content(refused); !strings.Contains(text, "Rätta 1 ärende") || !strings.Contains(text, "minst 21, och det är inte uppfyllt (KL 5:50)") {
		t.Errorf("refused: %s", text)
	}
	kept := filledForm(b, refused, "/beslut/granska")
	for name, value := range fields {
		if name != "gor" && kept[name] != value && !(strings.HasSuffix(name, "närvarande") && value == "") && !strings.Contains(name, "visa.") && !strings.HasSuffix(name, "lydelse") {
			t.Errorf("%s was %q and is %q", name, value, kept[name])
		}
	}
	if kept[keys[matter(1)]+".protokoll.lydelse"] != string(domain.DigestOf([]byte("Beslutad lydelse (påhittat)"))) {
		t.Error("the file must be sent again")
	}
	fields = kept
	set(6, "protokoll.för", "22", "protokoll.emot", "36", "paragraf", "98")

	// The same § twice is refused at the second.
	refused = b.send("/beslut/granska", fields, nil, http.StatusUnprocessableEntity)
	if fault = find(refused, "p", func(n *html.Node) bool { return attr(n, "id") == keys[matter(6)]+"-fel" }); fault == nil || !strings.Contains(content(fault), "redan använd") {
		t.Fatalf("§ 98 twice: %s", content(refused))
	}
	fields = filledForm(b, refused, "/beslut/granska")
	set(6, "paragraf", "99")
	fields["gor"] = "fyll"
	if text := content(b.send("/beslut/granska", fields, nil, http.StatusOK)); !strings.Contains(text, "minst 21, och det är uppfyllt (KL 5:50)") || !strings.Contains(text, "22 för, 36 emot och 3 som avstod är 61") {
		t.Errorf("counted: %s", text)
	}
	fields["gor"] = "granska"
	review := b.send("/beslut/granska", fields, nil, http.StatusOK)
	for _, want := range []string{"6 beslut", "Inget är registrerat än", "§ 94 Ärende 1 (påhittat)", "Grupp A (påhittat)", "justerades omedelbart", "Minoritetsåterremiss",
		"Redovisa koncernens ekonomi (påhittat)", "Att-sats 2: avslag", "tisdag 29 juni (KL 5:69", "Beslutad lydelse: Fil"} {
		if !strings.Contains(content(review), want) {
			t.Errorf("the review does not say %q: %s", want, content(review))
		}
	}
	if s := read(t, d.As(writer), stream, matter(1)); s.Status != domain.StatusReady {
		t.Fatalf("reviewing decided: %s", s.Status)
	}
	fields = filledForm(b, review, "/beslut/registrera")
	back := b.send("/beslut/granska", with(fields, "gor", "fyll"), nil, http.StatusOK)
	if again := filledForm(b, back, "/beslut/granska"); again[keys[matter(6)]+".motivering"] != "Redovisa koncernens ekonomi (påhittat)" {
		t.Errorf("going back loses what was filled in: %v", again)
	}

	for range 2 { // a double click is one registration
		done := b.send("/beslut/registrera", fields, nil, http.StatusOK)
		text := content(done)
		for i, want := range []string{"Besluten är registrerade", "6 beslut i journalen", "Ärende 1 (påhittat)", "Ärende 6 (påhittat)", "§ 99"} {
			if !strings.Contains(text, want) {
				t.Errorf("receipt %d does not say %q: %s", i, want, text)
			}
		}
		index := 0
		for n := range done.Descendants() {
			if n.Data == "code" && n.Type == html.ElementNode && len(content(n)) == 64 {
				index++
			}
		}
		if index != 6 {
			t.Errorf("%d checksums in %s", index, text)
		}
	}
	for i, want := range map[int]domain.Status{1: domain.StatusDecided, 3: domain.StatusTabled, 7: domain.StatusReady} {
		if s := read(t, d.As(writer), stream, matter(i)); s.Status != want {
			t.Errorf("matter %d is %s, want %s", i, s.Status, want)
		}
	}
	s := read(t, d.As(writer), stream, matter(6))
	if s.Round != 2 || !s.Owes || s.Instruction != "Redovisa koncernens ekonomi (påhittat)" {
		t.Errorf("returned by a minority: round %d, owes %t, %q", s.Round, s.Owes, s.Instruction)
	}
	if s := read(t, d.As(writer), stream, matter(1)); s.Decision.Wording != domain.DigestOf([]byte("Beslutad lydelse (påhittat)")) || s.Decision.Dnr != "KS 38/2027" {
		t.Errorf("decided: %+v", s.Decision)
	}
	after := content(b.open(at, http.StatusOK))
	if !strings.Contains(after, "Redan registrerat") || !strings.Contains(after, "§ 94 Ärende 1 (påhittat)") || !strings.Contains(after, "Bordlades vid det här sammanträdet") {
		t.Errorf("afterwards: %s", after)
	}
	if text := content(b.send("/beslut/registrera", with(fields, "id", "annat-id"), nil, http.StatusUnprocessableEntity)); !strings.Contains(text, "kan inte längre registreras här") {
		t.Errorf("sent again as something else: %s", text)
	}
}

func with(fields map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	for n, v := range fields {
		if n != name {
			all[n] = v
		}
	}
	return all
}

// Who writes down no body's decisions is told so, and cannot do it by sending the form.
func TestDecisionsOfOthers(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := councilExercise(t, d, 1)
	b := browse(t, d, writer)
	if text := content(b.open("/beslut?cykel="+stream, http.StatusOK)); !strings.Contains(text, "Du registrerar inte beslut för något organ") {
		t.Errorf("%s", text)
	}
	at := "/beslut?cykel=" + stream + "&mote=" + string(juneMeeting)
	page := b.open(at, http.StatusOK)
	if text := content(page); !strings.Contains(text, "Inget kan registreras nu") || !strings.Contains(text, "Du har inte rollen nämndsekreterare") {
		t.Errorf("%s", text)
	}
	b.send("/beslut/registrera", map[string]string{"id": t.Name(), "cykel": stream, "mote": string(juneMeeting), "r0.steg": stream + " " + string(matter(1)), "r0.utfall": "bifall", "r0.paragraf": "1"},
		nil, http.StatusUnprocessableEntity)
	if s := read(t, d.As(writer), stream, matter(1)); s.Status != domain.StatusReady {
		t.Errorf("decided by the wrong one: %s", s.Status)
	}
	for _, path := range []string{"/beslut?mote=finns-inte", "/beslut?cykel=exercise/1283/2028/999", "/beslut?cykel=x", "/beslut/kvittens", "/beslut/kvittens?id=x&hos=exercise/1283/2028/1&hos=exercise/1277/2028/1"} {
		answer, err := b.client.Get(d.URL + path)
		ok(t, err)
		if answer.StatusCode/100 != 4 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
		b.page(answer, answer.StatusCode)
	}
}

// TestPicturesOfDecisions keeps pictures of the pages of this file where ARSHJUL_PICTURES says.
func TestPicturesOfDecisions(t *testing.T) {
	keep := os.Getenv("ARSHJUL_PICTURES")
	if keep == "" {
		t.Skip("ARSHJUL_PICTURES names no directory")
	}
	d := servertest.Shared(t)
	stream := councilExercise(t, d, 4)
	c := openChromium(t)
	c.as(councilSecretary)
	for _, width := range []int{1280, 360} {
		c.wide(width, 900, true)
		c.open(d.URL + "/beslut?cykel=" + stream)
		c.picture(filepath.Join(keep, fmt.Sprintf("beslut-valj-%d.png", width)), 2400, 1)
		c.open(d.URL + "/beslut?cykel=" + stream + "&mote=" + string(juneMeeting))
		c.ask("Runtime.evaluate", map[string]any{"expression": `for (const [k, v] of [["r0","bifall"],["r1","minoritet"],["r2","delvis"]]) document.querySelector('[name="'+k+'.utfall"][value="'+v+'"]').click();
			["94","95","96"].forEach((p, i) => document.getElementById("r"+i+"-paragraf").value = p); document.querySelector('[name="r0.visa.mer"]').click();
			document.getElementById("r1-narvarande").value = "61"; document.getElementById("r1-for").value = "20"; document.getElementById("r1-emot").value = "38"`}, nil)
		c.picture(filepath.Join(keep, fmt.Sprintf("beslut-fyll-%d.png", width)), 5000, 1)
		for _, more := range []struct{ expression, name string }{
			{`document.querySelector('[name=gor][value=granska]').click()`, "beslut-fel"},
			{`document.getElementById("r1-for").value="22"; document.getElementById("r1-emot").value="36"; document.getElementById("r1-motivering").value="Redovisa (påhittat)";
			  document.getElementById("r2-att-1").value="1"; document.getElementById("r2-att-1-utfall").value="bifall"; document.getElementById("r2-att-2").value="2"; document.getElementById("r2-att-2-utfall").value="avslag";
			  document.querySelector('[name=gor][value=granska]').click()`, "beslut-granska"},
		} {
			c.ask("Runtime.evaluate", map[string]any{"expression": "setTimeout(() => {" + more.expression + "}, 0)"}, nil)
			c.until(func(_ int, method string, _, _ json.RawMessage) bool { return method == "Page.loadEventFired" })
			c.picture(filepath.Join(keep, fmt.Sprintf("%s-%d.png", more.name, width)), 5000, 1)
		}
	}
}

// The step page leads to the meeting's page, and asks for an answer to a motivering only when a minority has returned the
// matter; the mål of a version are told there, with the inriktning.
func TestStepPageAsksForWhatIsOwed(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := councilExercise(t, d, 1)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1) + "/steg/" + string(matter(1))
	b := browse(t, d, councilSecretary)
	page := b.open(at, http.StatusOK)
	link := find(page, "a", func(a *html.Node) bool { return strings.HasPrefix(attr(a, "href"), "/beslut?") })
	if link == nil {
		t.Fatalf("no way to the meeting's page: %s", content(page))
	}
	fields := filledForm(b, b.open(attr(link, "href"), http.StatusOK), "/beslut/granska")
	who := browse(t, d, writer)
	other := matter(1)
	for name, value := range map[string]string{"r0.utfall": "minoritet", "r0.paragraf": "9", "r0.protokoll.närvarande": "61", "r0.protokoll.för": "21", "r0.protokoll.emot": "40", "r0.motivering": "Redovisa (påhittat)"} {
		fields[name] = value
	}
	b.send("/beslut/registrera", fields, nil, http.StatusOK)
	asks := func() bool {
		return strings.Contains(content(who.open(at, http.StatusOK)), "Svar på återremissens motivering")
	}
	if s := read(t, d.As(writer), stream, other); !s.Owes || !asks() {
		t.Errorf("owes %t, and is asked %t", s.Owes, asks())
	}
	fresh := d.Exercise(t, 2028)
	if text := content(who.open(strings.Replace(fresh, "exercise/", "/ovning/", 1)+"/steg/"+string(directives), http.StatusOK)); strings.Contains(text, "Svar på återremissens") {
		t.Errorf("asks for an answer to nothing: %s", text)
	}
}
