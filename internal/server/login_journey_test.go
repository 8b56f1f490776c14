package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

// The whole way in and out in a real browser, with the cookies, redirects and policies as it understands them: the button, the
// service's own pages, the list of work that was asked for, and out again, here and with the service.
func TestLogInInABrowser(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	b := openChromium(t)
	b.ask("Security.setIgnoreCertificateErrors", map[string]any{"ignore": true}, nil) // the server's is its own
	b.wide(1280, 800, true)
	service := fmt.Sprintf("location.origin == %q && ", h.service.Issuer)
	ours := func(path string) string { return fmt.Sprintf("location.href == %q && ", h.URL+path) }
	const submit = `document.querySelector("button[type=submit]").click()`

	b.open(h.URL + "/inkorg")
	b.comes("the log-in page", ours("/logga-in?till=%2Finkorg")+`document.querySelector("a.knapp").textContent == "Logga in"`)
	b.does(`document.querySelector("a.knapp").click()`)
	b.comes("the service's form", service+`!!document.querySelector("[name=login]")`)
	b.does(`document.querySelector("[name=login]").focus()`)
	b.ask("Input.insertText", map[string]any{"text": string(director)}, nil)
	b.does(`document.querySelector("[name=password]").focus()`)
	b.ask("Input.insertText", map[string]any{"text": "påhittat"}, nil)
	b.does(submit)
	b.comes("the service's question", service+`!document.querySelector("[name=login]") && !!document.querySelector("button[type=submit]")`)
	b.does(submit)
	b.comes("the list of work", ours("/inkorg")+`document.querySelector("h1").textContent.startsWith("Mitt arbete")`)

	b.does(`[...document.querySelectorAll("button")].find(e => e.textContent.trim() == "Logga ut").click()`)
	b.comes("the service's question about log-out", service+`!!document.querySelector("button[name=logout]")`)
	b.does(`document.querySelector("button[name=logout]").click()`)
	b.comes("the log-in page again", ours("/logga-in")+`!!document.querySelector("a.knapp")`)
	b.open(h.URL + "/inkorg")
	b.comes("the log-in page for who is out", ours("/logga-in?till=%2Finkorg")+`!!document.querySelector("a.knapp")`)
	for _, text := range b.said {
		if strings.Contains(text, h.URL) { // the service's pages are its own
			t.Errorf("the browser says: %.400s", text)
		}
	}
}

// does has the page do something that may lead away from it.
func (b *chromium) does(expression string) {
	b.t.Helper()
	b.ask("Runtime.evaluate", map[string]any{"expression": expression, "userGesture": true}, nil)
}

// comes waits until the browser has loaded a page on which an expression is true, however many it is sent by on its way.
func (b *chromium) comes(what, expression string) {
	b.t.Helper()
	late := time.Now().Add(patience)
	whole := fmt.Sprintf(`document.readyState == "complete" && (%s)`, expression)
	for {
		was, there := b.loads, false
		b.n++
		ok(b.t, websocket.JSON.Send(b.conn, map[string]any{"id": b.n, "method": "Runtime.evaluate", "params": map[string]any{"expression": whole, "returnByValue": true}, "sessionId": b.session}))
		b.until(func(id int, _ string, result, _ json.RawMessage) bool { // a page that is being left answers with a fault
			var answer struct{ Result struct{ Value any } }
			if id == b.n && result != nil {
				ok(b.t, json.Unmarshal(result, &answer))
				there = answer.Result.Value == true
			}
			return id == b.n
		})
		if there {
			return
		}
		for b.loads == was && time.Now().Before(late) {
			b.until(func(int, string, json.RawMessage, json.RawMessage) bool { return true })
		}
		if b.loads == was {
			var at string
			b.tells(`location.href + "\n" + document.body.innerText.slice(0, 1500)`, &at)
			b.t.Fatalf("%s never comes, but %s", what, at)
		}
	}
}
