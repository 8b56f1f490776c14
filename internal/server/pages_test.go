package server_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// browser keeps a person's cookie, and reads pages as HTML.
type browser struct {
	t      *testing.T
	url    string
	client *http.Client
}

func browse(t *testing.T, d *servertest.Door, person domain.PersonID) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	ok(t, err)
	b := &browser{t, d.URL, &http.Client{Jar: jar}}
	answer, err := b.client.PostForm(b.url+"/logga-in", url.Values{"person": {string(person)}})
	ok(t, err)
	b.page(answer, http.StatusOK)
	return b
}

func (b *browser) open(path string, status int) *html.Node {
	b.t.Helper()
	answer, err := b.client.Get(b.url + path)
	ok(b.t, err)
	return b.page(answer, status)
}

func (b *browser) page(answer *http.Response, status int) *html.Node {
	b.t.Helper()
	text, err := io.ReadAll(answer.Body)
	ok(b.t, err)
	ok(b.t, answer.Body.Close())
	if answer.StatusCode != status {
		b.t.Fatalf("%s: %d, want %d\n%s", answer.Request.URL, answer.StatusCode, status, text)
	}
	if csp := answer.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		b.t.Errorf("%s: Content-Security-Policy %q", answer.Request.URL, csp)
	}
	doc, err := html.Parse(bytes.NewReader(text))
	ok(b.t, err)
	b.accessible(answer.Request.URL.Path, doc)
	return doc
}

// accessible checks what every page must have for those who do not see it, or use no mouse, or have no script.
func (b *browser) accessible(path string, doc *html.Node) {
	b.t.Helper()
	labelled, ids := map[string]bool{}, map[string]bool{}
	headings, title := 0, ""
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				b.t.Errorf("%s: id %q twice", path, id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "html":
			if n.Type == html.ElementNode && attr(n, "lang") != "sv" {
				b.t.Errorf("%s: lang %q", path, attr(n, "lang"))
			}
		case "title":
			title = content(n)
		case "label":
			labelled[attr(n, "for")] = true
		case "h1":
			headings++
		case "script", "style":
			if n.Type == html.ElementNode && (n.Data == "style" || attr(n, "src") == "" || n.FirstChild != nil) {
				b.t.Errorf("%s: a %s element", path, n.Data)
			}
		case "table":
			if find(n, "caption", nil) == nil {
				b.t.Errorf("%s: a table without a caption", path)
			}
		case "th":
			if attr(n, "scope") == "" {
				b.t.Errorf("%s: a table header without a scope", path)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				b.t.Errorf("%s: inline %s", path, a.Key)
			}
		}
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode || n.Data != "input" && n.Data != "textarea" && n.Data != "select":
		case attr(n, "type") == "hidden", n.Parent.Data == "label":
		case !labelled[attr(n, "id")] || attr(n, "id") == "":
			b.t.Errorf("%s: %s %q has no label", path, n.Data, attr(n, "name"))
		}
	}
	if headings != 1 || title == "" {
		b.t.Errorf("%s: %d main headings, title %q", path, headings, title)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func find(n *html.Node, tag string, pick func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag && (pick == nil || pick(d)) {
			return d
		}
	}
	return nil
}

// form finds the form of a kind of command and gives what it would send, with what is filled in.
func (b *browser) form(doc *html.Node, kind domain.CommandKind, filled map[string]string) (action string, body map[string]string) {
	b.t.Helper()
	f := find(doc, "form", func(f *html.Node) bool {
		return find(f, "input", func(i *html.Node) bool { return attr(i, "name") == "kind" && attr(i, "value") == string(kind) }) != nil
	})
	if f == nil {
		b.t.Fatalf("no form for %s in %s", kind, content(doc))
	}
	body = map[string]string{}
	for n := range f.Descendants() {
		if n.Type == html.ElementNode && n.Data == "input" && attr(n, "type") == "hidden" {
			body[attr(n, "name")] = attr(n, "value")
		}
	}
	for name, value := range filled {
		if find(f, "input", func(n *html.Node) bool { return attr(n, "name") == name }) == nil &&
			find(f, "textarea", func(n *html.Node) bool { return attr(n, "name") == name }) == nil &&
			find(f, "select", func(n *html.Node) bool { return attr(n, "name") == name }) == nil {
			b.t.Errorf("the form for %s has no %s", kind, name)
		}
		body[name] = value
	}
	return attr(f, "action"), body
}

func (b *browser) send(action string, fields map[string]string, files map[string]string, status int) *html.Node {
	b.t.Helper()
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for name, value := range fields {
		ok(b.t, w.WriteField(name, value))
	}
	for name, text := range files {
		part, err := w.CreateFormFile(name, "underlag.txt")
		ok(b.t, err)
		_, err = part.Write([]byte(text))
		ok(b.t, err)
	}
	ok(b.t, w.Close())
	answer, err := b.client.Post(b.url+action, w.FormDataContentType(), &buffer)
	ok(b.t, err)
	return b.page(answer, status)
}

func TestPages(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	step := at + "/steg/planeringsanvisningar/KS"

	answer, err := http.Get(d.URL + "/inkorg")
	ok(t, err)
	nobody := &browser{t, d.URL, http.DefaultClient}
	if logIn := nobody.page(answer, http.StatusOK); !strings.Contains(content(logIn), "Processledare, Socialförvaltningen") {
		t.Errorf("the log-in page lists no functions: %s", content(logIn))
	}

	b := browse(t, d, writer)
	inbox := b.open("/inkorg?cykel="+stream, http.StatusOK)
	if find(inbox, "a", func(a *html.Node) bool { return attr(a, "href") == step }) == nil || !strings.Contains(content(inbox), "ÖVNING") {
		t.Errorf("the inbox does not lead to the step: %s", content(inbox))
	}
	cells, text := 0, ""
	for _, stage := range []string{"planering", "uppfoljning", "bokslut"} {
		cycle := b.open(at+"?del="+stage, http.StatusOK)
		text += content(cycle)
		for n := range cycle.Descendants() {
			if n.Type != html.ElementNode || n.Data != "table" {
				continue
			}
			for a := range n.Descendants() {
				if a.Data == "a" && a.Type == html.ElementNode && strings.Contains(attr(a, "href"), "/steg/") {
					cells++
				}
			}
		}
	}
	if cells != 51 || !strings.Contains(text, "ÖVNING.") || !strings.Contains(text, "Socialnämnden") || !strings.Contains(text, "Öppen") {
		t.Errorf("the matrices have %d cells: %s", cells, text)
	}

	// Handing in, twice, as with a double click.
	page := b.open(step, http.StatusOK)
	if text := content(page); !strings.Contains(text, "ÖVNING.") || !strings.Contains(text, "Grinden") || !strings.Contains(text, "Historik") {
		t.Errorf("the step: %s", text)
	}
	action, fields := b.form(page, domain.CmdSubmit, map[string]string{"lank.bastilldelning": "https://example.invalid/x",
		"falt.inlamningsdag": "31 mars (påhittat)", "reference": "KS 1/2027"})
	files := map[string]string{"fil.planeringsanvisningar": "Anvisningar (påhittat)"}
	// What is refused before the review is shown again as it was filled in, with the file that came already.
	short := map[string]string{"id": fields["id"], "kind": fields["kind"], "step": fields["step"], "falt.inlamningsdag": "31 mars (påhittat)"}
	again := b.send(action, short, files, http.StatusUnprocessableEntity)
	if _, kept := b.form(again, domain.CmdSubmit, nil); kept["sha.planeringsanvisningar"] != string(domain.DigestOf([]byte("Anvisningar (påhittat)"))) {
		t.Errorf("the file must be sent again: %v", kept)
	}
	review := b.send(action, fields, files, http.StatusOK)
	for _, want := range []string{"Inget är gjort än", "31 mars (påhittat)", "version 1 lämnades in", string(domain.DigestOf([]byte("Anvisningar (påhittat)")))} {
		if text := content(review); !strings.Contains(text, want) {
			t.Errorf("on the review page %q is missing: %s", want, text)
		}
	}
	if v := read(t, d.As(writer), stream, directives).Version; v != nil {
		t.Errorf("reviewing made version %d", v.No)
	}
	action, fields = b.form(review, domain.CmdSubmit, nil)
	for range 2 {
		done := content(b.send(action, fields, nil, http.StatusOK))
		for _, want := range []string{"Klart", "Det står i journalen", "Version 1", "utan fil", "Inlämnad av Stadens processledare", string(domain.DigestOf([]byte("Anvisningar (påhittat)")))} {
			if !strings.Contains(done, want) {
				t.Errorf("after handing in, %q is missing: %s", want, done)
			}
		}
	}
	if v := read(t, d.As(writer), stream, directives).Version; v.No != 1 {
		t.Errorf("two clicks made version %d", v.No)
	}

	// A no shows the form again, as it was filled in.
	action, fields = b.form(b.open(step, http.StatusOK), domain.CmdComment, map[string]string{"text": "Min kommentar (påhittad)", "namn": "Ekonomidirektör, Stadsledningsförvaltningen"})
	fields["step"] = string(directives)
	fields["entry"] = "1"
	refused := b.send(action, fields, nil, http.StatusBadRequest)
	area := find(refused, "textarea", func(n *html.Node) bool { return attr(n, "name") == "text" && content(n) != "" })
	if text := content(refused); !strings.Contains(text, "Det gick inte") || !strings.Contains(text, "unknown_field") || area == nil {
		t.Errorf("after a no: %s", text)
	}
	delete(fields, "entry")
	commented := b.send(action, fields, nil, http.StatusOK)
	named := find(commented, "span", func(n *html.Node) bool { return attr(n, "class") == "namnd" })
	if text := content(commented); !strings.Contains(text, "Min kommentar (påhittad)") || named == nil || content(named) != "@Ekonomidirektör, Stadsledningsförvaltningen" {
		t.Errorf("the comment is not in the history, or names nobody: %s", text)
	}

	journal := content(b.open("/journal?log="+stream, http.StatusOK))
	entries, err := d.Store.Entries(t.Context(), stream, 1, 1)
	ok(t, err)
	var first api.Entries
	ok(t, d.As(writer).Get(t.Context(), "/journal?limit=1&log="+stream, &first))
	if !strings.Contains(journal, string(first.Entries[0].Leaf)) || !strings.Contains(journal, "lämnades in") || first.Entries[0].Index != entries[0].Index {
		t.Errorf("the journal: %s", journal)
	}
	b.open("/cykler", http.StatusOK)
	b.open("/finns-inte", http.StatusNotFound)
	b.open(at+"/steg/finns/inte", http.StatusNotFound)
}

// What is done from a list or a cycle's own page: a meeting is confirmed, an exercise's clock moved.
func TestButtons(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	at := strings.Replace(stream, "exercise/", "/ovning/", 1)
	registrar := browse(t, d, servertest.Registrar)
	page := registrar.open("/inkorg?cykel="+stream, http.StatusOK)
	row := find(page, "form", func(f *html.Node) bool { return attr(f, "action") == at+"/kommando" })
	if row == nil {
		t.Fatalf("no meeting of %s to confirm: %s", stream, content(page))
	}
	action, fields := registrar.form(row.Parent, domain.CmdConfirmMeeting, nil)
	if text := content(registrar.send(action, fields, nil, http.StatusOK)); !strings.Contains(text, "Klart") {
		t.Errorf("after confirming: %s", text)
	}
	if text := content(registrar.open(at, http.StatusOK)); strings.Contains(text, "Flytta övningens klocka") {
		t.Error("only the cykelansvarig may move the clock")
	}
	launcher := browse(t, d, servertest.Launcher)
	action, fields = launcher.form(launcher.open(at, http.StatusOK), domain.CmdAdvance, nil)
	var before, after api.Cycle
	ok(t, d.As(writer).Get(t.Context(), "/"+stream, &before))
	launcher.send(action, fields, nil, http.StatusOK)
	ok(t, d.As(writer).Get(t.Context(), "/"+stream, &after))
	if after.Today <= before.Today {
		t.Errorf("the clock went from %s to %s", before.Today, after.Today)
	}
}
