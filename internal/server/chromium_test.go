package server_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"arshjul/domain"
)

// chromium is a real browser, spoken to by the DevTools protocol.
type chromium struct {
	t       *testing.T
	conn    *websocket.Conn
	n       int
	session string
	loads   int      // pages that have loaded
	said    []string // what the pages wrote on the console: errors, and what the security policy stopped
}

// patience is how long a page may take on a machine that does other things too.
const patience = 5 * time.Minute

// needsBrowser skips a test on a machine that lacks what the pages are looked at with; make test installs it first, and says
// by ARSHJUL_BROWSER=must that then nothing is skipped.
func needsBrowser(t *testing.T, lacks string) {
	t.Helper()
	if os.Getenv("ARSHJUL_BROWSER") == "must" {
		t.Fatalf("%s is not on this machine: run make browser", lacks)
	}
	t.Skipf("SKIPPED: %s is not on this machine, so nobody looks at the pages. Run make browser and try again", lacks)
}

// openChromium starts a browser, or skips the test on a machine that has none.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		needsBrowser(t, "chromium")
	}
	profile, err := os.MkdirTemp("", "arshjul-chromium-")
	ok(t, err)
	c := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*",
		"--lang=sv", "--user-data-dir="+profile, "about:blank")
	out, err := c.StderrPipe()
	ok(t, err)
	ok(t, c.Start())
	b := &chromium{t: t}
	t.Cleanup(func() {
		if b.conn != nil { // asked to end it takes its children along
			_ = websocket.JSON.Send(b.conn, map[string]any{"id": 0, "method": "Browser.close"})
			_ = b.conn.Close()
		}
		kill := time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait() // how it ended is no concern of the test's
		kill.Stop()
		_ = os.RemoveAll(profile) // what a child still writes is left to the system
	})
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		if _, ws, found := strings.Cut(lines.Text(), "DevTools listening on "); found {
			address = ws
		}
	}
	go func() { _, _ = bufio.NewReader(out).WriteTo(devNull{}) }()
	if address == "" {
		t.Fatal("chromium ended before it could be spoken to")
	}
	b.conn, err = websocket.Dial(address, "", "http://127.0.0.1")
	ok(t, err)
	b.conn.MaxPayloadBytes = 64 << 20
	var target struct{ TargetID string }
	b.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.ask("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.ask(domain+".enable", nil, nil)
	}
	return b
}

type devNull struct{}

func (devNull) Write(p []byte) (int, error) { return len(p), nil }

// ask gives the browser a command and waits for its answer; events on the way are kept.
func (b *chromium) ask(method string, params map[string]any, into any) {
	b.t.Helper()
	b.n++
	message := map[string]any{"id": b.n, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	ok(b.t, websocket.JSON.Send(b.conn, message))
	b.until(func(id int, _ string, result, fault json.RawMessage) bool {
		if id != b.n {
			return false
		}
		if fault != nil {
			b.t.Fatalf("chromium: %s: %s", method, fault)
		}
		if into != nil {
			ok(b.t, json.Unmarshal(result, into))
		}
		return true
	})
}

// until reads what the browser says until one thing is what is waited for.
func (b *chromium) until(done func(id int, method string, result, fault json.RawMessage) bool) {
	b.t.Helper()
	for {
		ok(b.t, b.conn.SetReadDeadline(time.Now().Add(patience)))
		var m struct {
			ID                    int
			Method                string
			Params, Result, Error json.RawMessage
		}
		ok(b.t, websocket.JSON.Receive(b.conn, &m))
		switch m.Method {
		case "Page.loadEventFired":
			b.loads++
		case "Log.entryAdded", "Runtime.exceptionThrown":
			if text := string(m.Params); !strings.Contains(text, "favicon") {
				b.said = append(b.said, text)
			}
		}
		if done(m.ID, m.Method, m.Result, m.Error) {
			return
		}
	}
}

// wide sets the window, in CSS pixels, with or without script.
func (b *chromium) wide(width, height int, script bool) {
	b.t.Helper()
	b.ask("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": !script}, nil)
}

// as makes every request one of a person's; "" is whoever has logged in.
func (b *chromium) as(person domain.PersonID) {
	b.t.Helper()
	headers := map[string]string{}
	if person != "" {
		headers["X-Arshjul-Person"] = string(person)
	}
	b.ask("Network.setExtraHTTPHeaders", map[string]any{"headers": headers}, nil)
}

// open loads a page and waits until it has.
func (b *chromium) open(address string) {
	b.t.Helper()
	loaded := false
	b.n++
	id := b.n
	ok(b.t, websocket.JSON.Send(b.conn, map[string]any{"id": id, "method": "Page.navigate", "params": map[string]any{"url": address}, "sessionId": b.session}))
	answered := false
	b.until(func(got int, method string, _, fault json.RawMessage) bool {
		if got == id {
			answered = true
			if fault != nil {
				b.t.Fatalf("chromium: %s: %s", address, fault)
			}
		}
		loaded = loaded || method == "Page.loadEventFired"
		return answered && loaded
	})
}

// tells evaluates an expression in the page.
func (b *chromium) tells(expression string, into any) {
	b.t.Helper()
	var answer struct {
		Result struct{ Value json.RawMessage }
	}
	b.ask("Runtime.evaluate", map[string]any{"expression": "JSON.stringify(" + expression + ")", "returnByValue": true}, &answer)
	var text string
	ok(b.t, json.Unmarshal(answer.Result.Value, &text))
	ok(b.t, json.Unmarshal([]byte(text), into))
}

// picture writes what the page looks like, in full length up to a limit.
func (b *chromium) picture(file string, longest int, scale float64) {
	b.t.Helper()
	var size struct {
		CSSContentSize struct{ Width, Height float64 }
	}
	b.ask("Page.getLayoutMetrics", nil, &size)
	var shot struct{ Data string }
	b.ask("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0,
		"width": size.CSSContentSize.Width, "height": min(size.CSSContentSize.Height, float64(longest)), "scale": scale}}, &shot)
	bytes, err := base64.StdEncoding.DecodeString(shot.Data)
	ok(b.t, err)
	ok(b.t, os.WriteFile(file, bytes, 0o644))
	if len(bytes) < 1000 {
		b.t.Errorf("%s is no picture: %d bytes", file, len(bytes))
	}
}

// key presses a key.
func (b *chromium) key(name string, code int) {
	b.t.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		b.ask("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}, nil)
	}
}

// quiet fails the test when a page wrote an error on the console, as the browser does when the policy stops something.
func (b *chromium) quiet() {
	b.t.Helper()
	for _, text := range b.said {
		b.t.Errorf("the browser says: %.400s", text)
	}
	b.said = nil
}

// wideness is how wide the page is, in CSS pixels, and some of what sticks out of the window.
func (b *chromium) wideness(tells func(string, any)) (int, string) {
	b.t.Helper()
	var is struct {
		Wide    int
		Outside string
	}
	tells(`{wide: document.documentElement.scrollWidth, outside: [...document.querySelectorAll("body *")].filter(e =>
		!e.closest(".rulla, .hopp") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 30)).slice(0, 5).join(", ")}`, &is)
	return is.Wide, is.Outside
}
