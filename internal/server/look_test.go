package server_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arshjul/internal/server/servertest"
)

// A real browser shows every page of the wheel: nothing is wider than the window down to 320 pixels, the security policy
// stops nothing of ours, and the pages say the same with script and without. With ARSHJUL_PICTURES set to a directory the
// pages are kept there as pictures.
func TestInChromium(t *testing.T) {
	t.Parallel()
	d := servertest.New(t) // on a shared one others add exercises, which the pages list
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	b := openChromium(t)
	b.as(writer)
	keep := os.Getenv("ARSHJUL_PICTURES")
	for name, path := range map[string]string{
		"mitt-arbete": "/inkorg?cykel=" + stream, "arshjulet": "/arshjulet?cykel=" + stream, "steget": at + "/steg/planeringsanvisningar/KS",
		"cykeln": at + "?del=planering", "cykler": "/cykler", "journal": "/journal?log=" + url.QueryEscape(stream),
	} {
		var texts []string
		for _, width := range []int{1280, 360, 320} {
			for _, script := range []bool{true, false} {
				if !script && width == 360 {
					continue
				}
				b.wide(width, 900, script)
				b.open(d.URL + path)
				b.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil) // ours, to look
				var page struct {
					Wide    int
					Text    string
					Outside string
				}
				b.tells(`{wide: document.documentElement.scrollWidth, text: document.querySelector("main").innerText.replace(/\s+/g, " "),
					outside: [...document.querySelectorAll("main *")].filter(e => !e.closest(".rulla, .dold, svg") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className).slice(0, 5).join(", ")}`, &page)
				if page.Wide > width {
					t.Errorf("%s is %d pixels wide in a window of %d: %s", path, page.Wide, width, page.Outside)
				}
				if width == 1280 {
					texts = append(texts, page.Text)
				}
				if keep != "" && script {
					b.picture(filepath.Join(keep, fmt.Sprintf("%s-%d.png", name, width)), 2400, 1)
				}
			}
		}
		if texts[0] != texts[1] {
			t.Errorf("%s says something else without script:\n%s\n%s", path, texts[0], texts[1])
		}
	}
	b.quiet()
}

// By keyboard alone: the first thing that Tab comes to leads past the menu, and a segment of the wheel leads to its row.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	b := openChromium(t)
	b.as(writer)
	b.wide(1280, 900, true)
	b.open(d.URL + "/arshjulet?cykel=" + stream + "&ar=2027")
	b.key("Tab", 9)
	var at struct{ Href, Text string }
	const focused = `{href: document.activeElement.getAttribute("href") || "", text: document.activeElement.textContent.trim()}`
	if b.tells(focused, &at); at.Href != "#innehall" {
		t.Fatalf("Tab comes to %+v first", at)
	}
	for range 200 {
		b.key("Tab", 9)
		if b.tells(focused, &at); strings.HasPrefix(at.Href, "#rad-") {
			break
		}
	}
	if !strings.HasPrefix(at.Href, "#rad-") {
		t.Fatal("Tab never comes to a segment of the wheel")
	}
	var row struct {
		Target string
		Inside bool
	}
	b.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	untilIt(t, "the segment leads somewhere", func() bool {
		b.tells(`{target: location.hash, inside: location.hash != "" && document.querySelector(location.hash)?.tagName == "TR"}`, &row)
		return row.Target != ""
	})
	if row.Target != at.Href || !row.Inside {
		t.Errorf("Enter on a segment leads to %+v, want the row %s", row, at.Href)
	}
	b.quiet()
}
