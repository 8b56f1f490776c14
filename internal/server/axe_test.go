package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// axeFile is what internal/server/axe/install.sh puts there.
const axeFile = "../../bin/axe/node_modules/axe-core/axe.min.js"

// withAxe has every page that the browser opens from now on bring axe-core along, in a world of its own that the page's
// security policy and script know nothing of.
func (b *chromium) withAxe() {
	b.t.Helper()
	source, err := os.ReadFile(axeFile)
	if os.IsNotExist(err) {
		needsBrowser(b.t, "axe-core")
	}
	ok(b.t, err)
	b.ask("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": string(source)}, nil)
}

// dark has pages shown as to those who have asked for dark ones. Nothing moves, so that a colour is what it is at once.
func (b *chromium) dark(on bool) {
	b.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	b.ask("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": value},
		{"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
}

// axe gives what the page that is open does that WCAG 2.1 and 2.2, A and AA, say it must not; with rules only those are asked.
func (b *chromium) axe(rules ...string) []string {
	b.t.Helper()
	only := map[string]any{"type": "tag", "values": []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}}
	if len(rules) > 0 {
		only = map[string]any{"type": "rule", "values": rules}
	}
	options, err := json.Marshal(map[string]any{"runOnly": only, "resultTypes": []string{"violations"}})
	ok(b.t, err)
	var answer struct {
		Result           struct{ Value string }
		ExceptionDetails json.RawMessage
	}
	b.ask("Runtime.evaluate", map[string]any{"awaitPromise": true, "returnByValue": true, "expression": `axe.run(document, ` + string(options) + `).then(r =>
		JSON.stringify({passes: r.passes.length, violations: r.violations.flatMap(v => v.nodes.slice(0, 5).map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ").slice(0, 300)))}))`}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("axe: %s", answer.ExceptionDetails)
	}
	var said struct {
		Passes     int
		Violations []string
	}
	ok(b.t, json.Unmarshal([]byte(answer.Result.Value), &said))
	if said.Passes == 0 {
		b.t.Errorf("axe looked at nothing")
	}
	return said.Violations
}

// played is a door behind which there is something to look at: the real cycle of 2028, and exercises of which one has been
// played into February and one is of a closing.
type played struct {
	*servertest.Door
	cycle, exercise, closing string // their pages
	stream                   string // of the exercise that has been played
	mail                     int64  // one that the exercise has sent
	registry                 api.Registry
	auditor                  domain.PersonID
}

func play(t *testing.T, d *servertest.Door) *played {
	t.Helper()
	p := &played{Door: d, cycle: "/cykel/" + strings.TrimPrefix(d.Launch(t, 2028), "cycle/")}
	var r api.Receipt
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: "axe-2028", Year: 2028, Start: "2026-12-01"}, &r))
	p.stream, p.exercise = r.Stream, "/ovning/"+strings.TrimPrefix(r.Stream, "exercise/")
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	_, err := officials.Play(ctx, d.As(servertest.Launcher), p.stream, servertest.Launcher, func(at officials.Progress) {
		if at.Today >= "2027-02-20" {
			enough()
		}
	})
	if ctx.Err() == nil {
		t.Fatalf("the exercise was not played into February: %v", err)
	}
	ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: "axe-2026", Year: 2026, From: domain.StageClosing, Start: "2027-04-01"}, &r))
	p.closing = "/ovning/" + strings.TrimPrefix(r.Stream, "exercise/")
	ok(t, d.As(servertest.Launcher).Get(t.Context(), "/registry/"+servertest.Kommun+"/registry", &p.registry))
	p.auditor = p.holder(t, "revisor")
	untilIt(t, "a mail of the exercise has come", func() bool {
		var box api.SunkMails
		ok(t, d.As(servertest.Launcher).Get(t.Context(), "/mail/sink?exercise="+url.QueryEscape(p.stream), &box))
		if len(box.Mails) > 0 {
			p.mail = box.Mails[0].ID
		}
		return len(box.Mails) > 0
	})
	return p
}

// pages are the pages of each address of the server that shows one. An address that is not here fails the test; one that
// shows no page is here with none.
func (p *played) pages() map[string][]string {
	query := url.QueryEscape(p.stream)
	return map[string][]string{
		"GET /{$}":                                {"/"},
		"GET /inkorg":                             {"/inkorg", "/inkorg?cykel=" + query, "/inkorg?cykel=ovningar&visa=senare"},
		"GET /cykler":                             {"/cykler"},
		"GET /arshjulet":                          {"/arshjulet?ar=2027", "/arshjulet?cykel=" + query + "&ar=2027"},
		"GET /journal":                            {"/journal", "/journal?log=" + query},
		"GET /utskick":                            {"/utskick"},
		"GET /ovningspost":                        {"/ovningspost?exercise=" + query},
		"GET /ovningspost/{id}":                   {fmt.Sprintf("/ovningspost/%d", p.mail)},
		"GET /ovningspost/{id}/sida":              {fmt.Sprintf("/ovningspost/%d/sida", p.mail)},
		"GET /starta":                             {"/starta"},
		"GET /beslut":                             {"/beslut", "/beslut?cykel=" + query, "/beslut?cykel=" + query + "&mote=KS-2027-02-10"},
		"GET /beslut/kvittens":                    {"/beslut/kvittens"},
		"GET /enheter":                            {"/enheter"},
		"GET /enhet/{unit}":                       {"/enhet/SN", "/enhet/SN?cykel=" + query, "/enhet/SLF"},
		"GET /ledning":                            {"/ledning"},
		"GET /ledning/hjulet":                     {"/ledning/hjulet"},
		"GET /ledning/sammantraden":               {"/ledning/sammantraden"},
		"GET /ledning/register":                   {"/ledning/register"},
		"GET /ledning/roller":                     {"/ledning/roller", "/ledning/roller?person=p-sof-processledare"},
		"GET /ledning/roller/kvittens":            {"/ledning/roller/kvittens"},
		"GET /revision":                           {"/revision"},
		"GET /revision/historik":                  {"/revision/historik?stream=" + query},
		"GET /revision/post":                      {"/revision/post?nr=1&stream=" + query, "/revision/post?nr=80&stream=" + query},
		"GET /revision/jamfor":                    {"/revision/jamfor?stream=" + query + "&steg=planeringsanvisningar/KS"},
		"GET /revision/ny":                        {"/revision/ny?stream=" + query + "&steg=planeringsanvisningar/KS"},
		"GET /revision/iakttagelse/{nr}":          {"/revision/iakttagelse/1?stream=" + query},
		"GET /cykel/{kommun}/{year}/rapport":      {p.cycle + "/rapport"},
		"GET /ovning/{kommun}/{year}/{n}/rapport": {p.exercise + "/rapport"},
		"GET /logga-in":                           {"/logga-in"},
		"GET /utloggad":                           {"/utloggad"},
		"GET /behorigheter":                       {"/behorigheter"},
		"GET /mina-inloggningar":                  {"/mina-inloggningar"},
		"GET /inloggningar":                       {"/inloggningar"},
		"GET /forslag":                            {"/forslag"},
		"GET /slapp-in":                           {"/slapp-in"},
		"GET /kalendrar":                          {"/kalendrar"},
		"GET /hjalp":                              {"/hjalp"},
		"GET /tillganglighet":                     {"/tillganglighet", "/tillganglighet?tack=7"},
		"GET /felanmalningar":                     {"/felanmalningar"},
		"GET /ledning/gallring":                   {"/ledning/gallring"},
		"GET /ledning/epok":                       {"/ledning/epok", "/ledning/epok?cykel=" + query},
		"/":                                       {"/finns-inte"},

		"GET /cykel/{kommun}/{year}":                {p.cycle, p.cycle + "?del=bokslut"},
		"GET /ovning/{kommun}/{year}/{n}":           {p.exercise + "?del=planering"},
		"GET /cykel/{kommun}/{year}/flytta":         {p.cycle + "/flytta"},
		"GET /ovning/{kommun}/{year}/{n}/flytta":    {p.exercise + "/flytta?mote=KS-2027-05-12"},
		"GET /cykel/{kommun}/{year}/steg/{step...}": {p.cycle + "/steg/planeringsanvisningar/KS"},
		"GET /ovning/{kommun}/{year}/{n}/steg/{step...}": {p.exercise + "/steg/planeringsanvisningar/KS", p.exercise + "/steg/namndens-forslag/BUN",
			p.closing + "/steg/bokslut-namnd/SN", p.closing + "/steg/arsredovisning-granskning/REV", p.exercise + "/steg/finns/inte"},

		// What shows no page.
		"GET /stil.css": nil, "GET /skript.js": nil, "GET /folj.js": nil, "GET /ikon.svg": nil, "GET /folj": nil, "GET /bevis": nil, "GET /cykel/{kommun}/{year}/bevispaket": nil, "GET /ovning/{kommun}/{year}/{n}/bevispaket": nil, "GET /besok": nil, "GET /kalender/{hemlighet}": nil,
	}
}

// shape tells two pages apart for whom they cannot be used by: which elements they have, inside which, with which attributes,
// and with text or without. What the texts say, and how many there are of a thing, makes no difference.
func shape(page []byte) (domain.Digest, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return "", err
	}
	kinds := map[string]bool{}
	var walk func(n *html.Node, in string)
	walk = func(n *html.Node, in string) {
		for c := range n.ChildNodes() {
			if c.Type != html.ElementNode {
				continue
			}
			kind := in + ">" + c.Data
			for _, a := range c.Attr {
				kind += " " + a.Key
				if a.Key == "class" || a.Key == "role" || a.Key == "type" || a.Val == "" {
					kind += "=" + a.Val
				}
			}
			if content(c) == "" {
				kind += " empty"
			}
			kinds[kind] = true
			walk(c, kind)
		}
	}
	walk(doc, "")
	return domain.DigestOf([]byte(strings.Join(slices.Sorted(maps.Keys(kinds)), "\n"))), nil
}

// What officials use is looked at in a real browser: every page as every role, and the three users' main ways.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	b := openChromium(t)
	b.withAxe()
	p := play(t, servertest.Whole(t))
	t.Run("journeys", func(t *testing.T) { journeys(t, b, p) })
	t.Run("every page", func(t *testing.T) { b.t = t; everyPage(t, b, p) })
}

// holder is somebody who holds a role.
func (p *played) holder(t *testing.T, role domain.RoleID) domain.PersonID {
	t.Helper()
	i := slices.IndexFunc(p.registry.Bindings, func(b api.Binding) bool { return b.Role == role })
	if i < 0 {
		t.Fatalf("nobody is %s", role)
	}
	return p.registry.Bindings[i].Person
}

// everyPage looks at every page, as somebody of every role and as nobody: it is to keep to WCAG 2.1 and 2.2, A and AA, as far
// as axe-core sees: wide and light with all its rules, dark and narrow with those whose answer the colours and the width
// change. A page that another role is shown in the same shape is looked at once. Nothing is wider than a window of 320 pixels.
func everyPage(t *testing.T, b *chromium, p *played) {
	b.ask("Network.clearBrowserCookies", nil, nil)
	b.ask("Page.setFontSizes", map[string]any{"fontSizes": map[string]int{"standard": 16, "fixed": 13}}, nil)
	people, roles := []domain.PersonID{""}, []domain.RoleID{"nobody"}
	for _, role := range []domain.RoleID{domain.RoleRegistrar, domain.RoleLauncher, "processledare", "forvaltningschef", "namndsekreterare", "revisor"} {
		people, roles = append(people, p.holder(t, role)), append(roles, role)
	}

	handler, pages := p.Server.Handler(), p.pages()
	seen := map[string]bool{}
	shown := 0
	for _, route := range p.Server.Routes() {
		if strings.HasPrefix(route.Pattern, "POST ") || strings.Contains(route.Pattern, "/api/") {
			continue
		}
		paths, listed := pages[route.Pattern]
		if !listed {
			t.Errorf("nobody has said in pages what %s shows", route.Pattern)
		}
		delete(pages, route.Pattern)
		for _, path := range paths {
			for i, person := range people {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Host = "127.0.0.1"
				if person != "" {
					r.Header.Set("X-Arshjul-Person", string(person))
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				shown++
				if w.Code == http.StatusSeeOther {
					continue // the page that it leads to is looked at by itself
				}
				page, err := shape(w.Body.Bytes())
				ok(t, err)
				if key := route.Pattern + string(page); seen[key] {
					continue
				} else {
					seen[key] = true
				}
				if w.Code == http.StatusInternalServerError {
					t.Errorf("%s as %s: %s", path, roles[i], w.Body)
				}
				b.as(person)
				if strings.HasSuffix(path, "/sida") { // a mail, which may not run the script that would look at it
					b.open("about:blank")
					b.contain(w.Body.String())
				} else {
					b.open(p.URL + path)
				}
				b.look(fmt.Sprintf("%s as %s", path, roles[i]))
			}
		}
	}
	for pattern := range pages {
		t.Errorf("there is no address %s", pattern)
	}
	t.Logf("%d pages × roles, of which %d differ", shown, len(seen))
	if len(seen) < 50 {
		t.Errorf("only %d pages were looked at", len(seen))
	}
	b.said = slices.DeleteFunc(b.said, func(text string) bool { return strings.Contains(text, "status of 4") }) // pages that say no
	b.quiet()
}

// contain puts a document in the place of the one that is open.
func (b *chromium) contain(document string) {
	b.t.Helper()
	var tree struct {
		FrameTree struct{ Frame struct{ ID string } }
	}
	b.ask("Page.getFrameTree", nil, &tree)
	b.ask("Page.setDocumentContent", map[string]any{"frameId": tree.FrameTree.Frame.ID, "html": document}, nil)
}

// look examines the page that is open: wide and light, dark, and narrow.
func (b *chromium) look(what string) {
	b.t.Helper()
	for _, how := range []struct {
		name  string
		width int
		dark  bool
		rules []string
	}{
		{"wide", 1280, false, nil},
		{"dark", 1280, true, []string{"color-contrast", "link-in-text-block"}},
		{"narrow", 320, false, []string{"target-size", "scrollable-region-focusable"}},
	} {
		b.wide(how.width, 900, true)
		b.dark(how.dark)
		for _, v := range b.axe(how.rules...) {
			b.t.Errorf("%s, %s: %s", what, how.name, v)
		}
		if is, outside := b.wideness(b.tells); is > how.width {
			b.t.Errorf("%s is %d pixels wide in a window of %d: %s", what, is, how.width, outside)
		}
	}
}
