package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// mode is how somebody looks at the pages.
type mode struct {
	name   string
	width  int // in CSS pixels
	scale  float64
	letter int // the size of letters that the person has chosen, in pixels; 16 is what browsers come with
	script bool
	year   int           // that is launched
	board  domain.UnitID // whose bokslut is handed in
	leader domain.PersonID
}

var modes = []mode{
	{"with script", 1280, 1, 16, true, 2029, "SN", "p-sof-processledare"},
	{"without script, 320 pixels wide", 320, 1, 16, false, 2027, "KN", "p-kuf-processledare"},
	{"magnified to 200 %", 640, 2, 16, true, 2026, "MN", "p-mif-processledare"},
	{"letters of 200 %, without script", 1280, 1, 32, false, 0, "AMN", "p-amf-processledare"},
}

// walker goes through the pages by keyboard alone, and looks at each on the way.
type walker struct {
	*chromium
	p    *played
	mode mode
}

// tells evaluates an expression also where the page may run no script.
func (w *walker) tells(expression string, into any) {
	w.t.Helper()
	if !w.mode.script {
		w.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
		defer w.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	}
	w.chromium.tells(expression, into)
}

// begin has the pages looked at in the mode, by somebody who has not logged in.
func (w *walker) begin(path string) {
	w.t.Helper()
	w.ask("Network.clearBrowserCookies", nil, nil)
	w.as("")
	w.ask("Emulation.setDeviceMetricsOverride", map[string]any{"width": w.mode.width, "height": 700, "deviceScaleFactor": w.mode.scale, "mobile": false}, nil)
	w.ask("Page.setFontSizes", map[string]any{"fontSizes": map[string]int{"standard": w.mode.letter, "fixed": w.mode.letter * 13 / 16}}, nil)
	w.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": !w.mode.script}, nil)
	w.open(w.p.URL + path)
	w.station("begin " + path)
}

// station checks the page that somebody has come to.
func (w *walker) station(what string) {
	w.t.Helper()
	if is, outside := w.wideness(w.tells); is > w.mode.width {
		w.t.Errorf("%s: the page is %d pixels wide in a window of %d: %s", what, is, w.mode.width, outside)
	}
	if w.mode.script {
		for _, v := range w.axe() {
			w.t.Errorf("%s: %s", what, v)
		}
	}
}

// focus is what the keyboard is at.
const focus = `(e => { const s = getComputedStyle(e), a = getComputedStyle(e, "::after"), r = e.getBoundingClientRect();
	const ring = x => x.outlineStyle !== "none" && parseFloat(x.outlineWidth) >= 2;
	return {nowhere: e === document.body, wanted: e !== document.body && (%s)(e), label: e.tagName + " " + (e.name || e.textContent).trim().slice(0, 60), value: e.value || "",
		seen: (ring(s) || ring(a)) && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth} })(document.activeElement)`

type focused struct {
	Nowhere, Wanted, Seen bool
	Label, Value          string
}

// to presses Tab until the keyboard is at what is wanted, and checks at each stop that it can be seen where it is.
func (w *walker) to(what, wanted string) focused {
	w.t.Helper()
	var stops []string
	for range 600 {
		w.key("Tab", 9)
		var at focused
		w.tells(fmt.Sprintf(focus, wanted), &at)
		if !at.Nowhere && !at.Seen {
			w.t.Errorf("on the way to %s the keyboard is at %q, which cannot be seen", what, at.Label)
		}
		if at.Wanted {
			return at
		}
		stops = append(stops, at.Label)
	}
	var text string
	w.tells("document.body.innerText", &text)
	w.t.Fatalf("Tab never comes to %s, but to %q in\n%.1500s", what, slices.Compact(stops)[:min(len(stops), 60)], text)
	return focused{}
}

// press presses a key that does something: Enter, or the space bar.
func (w *walker) press(name, code, text string, number int) {
	w.t.Helper()
	w.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": name, "code": code, "windowsVirtualKeyCode": number, "text": text}, nil)
	w.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name, "code": code, "windowsVirtualKeyCode": number}, nil)
}

func (w *walker) enter() { w.t.Helper(); w.press("Enter", "Enter", "\r", 13) }
func (w *walker) space() { w.t.Helper(); w.press(" ", "Space", " ", 32) }

// write types a text, key by key.
func (w *walker) write(text string) {
	w.t.Helper()
	for _, r := range text {
		w.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": string(r), "text": string(r)}, nil)
		w.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": string(r)}, nil)
	}
}

// leads does what leads to another page, waits for it, and looks at it.
func (w *walker) leads(what string, do func()) {
	w.t.Helper()
	was := w.loads
	do()
	for w.loads == was {
		w.until(func(int, string, json.RawMessage, json.RawMessage) bool { return w.loads > was })
	}
	w.station(what)
}

// says fails unless the page has a text.
func (w *walker) says(want string) string {
	w.t.Helper()
	var text string
	w.tells(`document.querySelector("main").innerText.replace(/\s+/g, " ")`, &text)
	if !strings.Contains(text, want) {
		w.t.Fatalf("%q is not on the page:\n%.1500s", want, text)
	}
	return text
}

func (w *walker) logIn(person domain.PersonID) {
	w.t.Helper()
	w.says("Logga in på prov")
	w.to("the person's button", fmt.Sprintf("e => e.tagName == 'BUTTON' && e.value == %q", person))
	w.leads("logged in", w.enter)
}

const button = `e => e.tagName == 'BUTTON' && e.textContent.trim().startsWith(%q)`

func link(start string) string {
	return fmt.Sprintf(`e => e.tagName == 'A' && decodeURIComponent(e.getAttribute("href")).startsWith(%q)`, start)
}

func field(name string) string { return fmt.Sprintf("e => e.name == %q", name) }

// förvaltning: logs in, finds what waits in the list of work, hands it in, reviews, and gets a receipt.
func (w *walker) handsIn() {
	w.t.Helper()
	step := w.p.closing + "/steg/bokslut-namnd/" + string(w.mode.board)
	w.begin("/inkorg?cykel=exercise/" + strings.TrimPrefix(w.p.closing, "/ovning/"))
	w.logIn(w.mode.leader)
	w.says("Mitt arbete")
	w.to("the step", link(step))
	w.leads("the step", w.enter)
	w.to("the document's link", field("lank.bokslut"))
	w.write("https://exempel.invalid/bokslut")
	w.to("the result", field("falt.resultat"))
	w.write("0 (påhittat)")
	w.to("the form's button", fmt.Sprintf(button, "Lämna in"))
	w.leads("the review", w.space)
	w.says("Inget är gjort än")
	w.to("the review's button", fmt.Sprintf(button, "Lämna in"))
	w.leads("the receipt", w.enter)
	w.says("Klart Det står i journalen: post")
	w.told()
	if v := read(w.t, w.p.As(w.mode.leader), "exercise/"+strings.TrimPrefix(w.p.closing, "/ovning/"), domain.StepID("bokslut-namnd/"+string(w.mode.board))).Version; v == nil {
		w.t.Error("nothing was handed in")
	}
}

// told checks that with script the keyboard is at what was just said.
func (w *walker) told() {
	w.t.Helper()
	var at string
	if w.tells("document.activeElement.className", &at); w.mode.script && at != "kvitto" {
		w.t.Errorf("after the receipt came the keyboard is at %q", at)
	}
}

// stadsledningsförvaltningen: logs in, tries a launch, orders it, and another person logs in and confirms it.
func (w *walker) launches() {
	w.t.Helper()
	year := fmt.Sprint(w.mode.year)
	w.begin("/starta")
	w.logIn(servertest.Launcher)
	w.to("the year", field("ar"))
	w.write(year)
	w.to("the button that tries", fmt.Sprintf(button, "Pröva"))
	w.leads("tried", w.enter)
	text := w.says("Budgetåret " + year)
	w.to("the diary number", field("dnr"))
	w.write("KS 1/2026 (påhittat)")
	w.to("the date", field("datum"))
	w.write("2026-11-01")
	if strings.Contains(text, "stoppar starten. ") && !strings.Contains(text, "Inget stoppar starten") {
		w.to("the reason to launch all the same", field("trots"))
		w.write("Prov")
	}
	w.to("the button that orders", fmt.Sprintf(button, "Beställ starten av "+year))
	w.leads("ordered", w.space)
	w.says("budgetåret " + year)
	w.to("the button that logs out", fmt.Sprintf(button, "Logga ut"))
	w.leads("logged out", w.enter)

	w.begin("/starta")
	w.logIn(servertest.Confirmer)
	w.to("the button that confirms", fmt.Sprintf(button, "Bekräfta och starta "+year))
	w.leads("confirmed", w.enter)
	text = w.says("Klart Det står i journalen: post")
	w.told()
	if strings.Contains(text, "Beställningar") { // the machine is slow: the journal had not the cycle when the page was chosen
		w.to("the cycle that was started", link("/cykel/1283/"+year))
		w.leads("the cycle", w.enter)
	}
	w.says("Mål och ekonomi " + year)
}

// revisor: logs in, reads a step's history, finds the entry's number, and the same number with its checksum in the journal.
func (w *walker) verifies() {
	w.t.Helper()
	w.begin(w.p.exercise + "/steg/planeringsanvisningar/KS")
	w.logIn(w.p.auditor)
	text := w.says("Historik")
	w.to("an entry's number", `e => e.tagName == 'SUMMARY' && e.textContent == "Visa nummer för kontroll"`)
	w.space()
	if opened := w.says("journalpost"); strings.Count(opened, "journalpost") <= strings.Count(text, "journalpost") {
		w.t.Error("the number was there before it was asked for")
	}
	at := w.to("the entry in the journal", link("/journal?log="+w.p.stream))
	var index uint64
	_, err := fmt.Sscan(strings.TrimPrefix(at.Label, "A journalpost "), &index)
	ok(w.t, err)
	w.leads("the journal", w.enter)
	var page api.Entries
	ok(w.t, w.p.As(w.p.auditor).Get(w.t.Context(), fmt.Sprintf("/journal?log=%s&from=%d&limit=1", w.p.stream, index), &page))
	w.says(string(page.Entries[0].Leaf))
	w.to("the menu's Granskning", link("/revision"))
	w.leads("the audit's page", w.enter)
	w.to("the exercise's history", link("/revision/historik?stream="+w.p.stream))
	w.leads("the history", w.enter)
	w.to("an entry", link("/revision/post?"))
	w.leads("the entry", w.enter)
	w.says("Stämmer.")
}

// The three users' main ways, from log-in to receipt, by keyboard alone: with script and without, in a narrow window, and
// with everything twice as large. At every stop it is seen where the keyboard is, and nothing is wider than the window.
func journeys(t *testing.T, b *chromium, p *played) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			b.t = t
			w := &walker{b, p, m}
			w.handsIn()
			w.verifies()
			if m.year != 0 {
				w.launches()
			}
			b.quiet()
		})
	}
}
