package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// post sends a form as a browser does, and again while the answer is unknown, as the page then asks for.
func (b *browser) post(action string, v url.Values, status int) *html.Node {
	b.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		answer, err := b.client.PostForm(b.url+action, v)
		ok(b.t, err)
		if answer.StatusCode/100 == 5 && time.Now().Before(deadline) {
			ok(b.t, answer.Body.Close())
			continue
		}
		return b.page(answer, status)
	}
}

// until opens a page until it says a text: what was done may not stand in the journal yet.
func (b *browser) until(path, text string) *html.Node {
	b.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		answer, err := b.client.Get(b.url + path)
		ok(b.t, err)
		doc := b.page(answer, answer.StatusCode)
		if says := content(doc); strings.Contains(says, text) {
			return doc
		} else if time.Now().After(deadline) {
			b.t.Fatalf("%s never says %q: %s", path, text, says)
		}
	}
}

// hiddenIn gives what a form that goes to action would send without anything filled in.
func (b *browser) hiddenIn(doc *html.Node, action string) url.Values {
	b.t.Helper()
	f := find(doc, "form", func(f *html.Node) bool { return attr(f, "action") == action })
	if f == nil {
		b.t.Fatalf("no form to %s in %s", action, content(doc))
	}
	v := url.Values{}
	for n := range f.Descendants() {
		if n.Type == html.ElementNode && n.Data == "input" && attr(n, "type") == "hidden" {
			v.Add(attr(n, "name"), attr(n, "value"))
		}
	}
	return v
}

// A cycle is tried, ordered and confirmed on the page by two persons; what stops it is named, and what was filled in stays.
func TestLaunchPage(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second, other := browse(t, d, servertest.Launcher), browse(t, d, servertest.Confirmer), browse(t, d, writer)

	lone := api.MailAddress{Person: "p-sn-namndsekreterare"}
	ok(t, d.As(servertest.Registrar).Post(t.Context(), "/mail/addresses", lone, &api.MailAddress{}))
	tried := first.open("/starta?ar=2028", http.StatusOK)
	if says := content(tried); !strings.Contains(says, "1 fel stoppar starten") || !strings.Contains(says, "Stoppar: Ingen e-postadress") || !strings.Contains(says, string(lone.Person)) {
		t.Errorf("tried: %s", says)
	}
	order := first.hiddenIn(tried, "/starta/bestall")
	order.Set("dnr", "KS 1/2026 (påhittat)")
	order.Set("datum", "2026-11-01")
	refused := first.post("/starta/bestall", order, http.StatusConflict)
	kept := find(refused, "input", func(n *html.Node) bool { return attr(n, "name") == "dnr" })
	if says := content(refused); !strings.Contains(says, string(lone.Person)) || attr(kept, "value") != "KS 1/2026 (påhittat)" {
		t.Errorf("refused: %s", says)
	}
	lone.Address = "sn@exempel.invalid"
	ok(t, d.As(servertest.Registrar).Post(t.Context(), "/mail/addresses", lone, &api.MailAddress{}))

	tried = first.open("/starta?ar=2028", http.StatusOK)
	if says := content(tried); !strings.Contains(says, "Inget stoppar starten") {
		t.Errorf("mended: %s", says)
	}
	order = first.hiddenIn(tried, "/starta/bestall")
	order.Set("dnr", "KS 1/2026 (påhittat)")
	order.Set("datum", "2026-11-01")
	order.Set("skal."+string(directives), "Beslutades före start (påhittat)")
	order.Set("ref."+string(directives), "KS § 4")
	for range 2 { // sent twice it is one order
		first.post("/starta/bestall", order, http.StatusOK)
		if says := content(first.until("/starta", "Väntar på en andra person")); strings.Count(says, "Väntar på en andra person") != 1 || !strings.Contains(says, "1 steg klara före start") {
			t.Fatalf("ordered: %s", says)
		}
	}
	own := first.open("/starta", http.StatusOK)
	if find(own, "form", func(f *html.Node) bool { return attr(f, "action") == "/starta/bekrafta" }) != nil {
		t.Error("who ordered is asked to confirm")
	}
	if page := other.open("/starta?ar=2028", http.StatusOK); find(page, "form", func(f *html.Node) bool {
		return attr(f, "method") == "post" && strings.HasPrefix(attr(f, "action"), "/starta")
	}) != nil {
		t.Error("who may not launch is asked to")
	}
	confirm := second.hiddenIn(second.open("/starta", http.StatusOK), "/starta/bekrafta")
	if says := content(first.post("/starta/bekrafta", confirm, http.StatusForbidden)); !strings.Contains(says, "Du har själv lagt beställningen") {
		t.Errorf("confirmed by who ordered: %s", says)
	}
	second.post("/starta/bekrafta", confirm, http.StatusOK)
	first.until("/starta", "Startad")
	first.until("/cykel/1283/2028", "Mål och ekonomi 2028")
	if s := read(t, d.As(writer), "cycle/1283/2028", directives); s.Status != domain.StatusBefore {
		t.Errorf("%s is %s", directives, s.Word)
	}
}

// A year that there is not, and an order that there is not, are told on a page.
func TestLaunchPageRefuses(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	first := browse(t, d, servertest.Launcher)
	for _, path := range []string{"/starta?ar=i%20fjol", "/starta?ar=1999", "/starta?ar=2028&skede=v%C3%A5r", "/starta?ar=2028&med=finns-inte"} {
		answer, err := first.client.Get(d.URL + path)
		ok(t, err)
		if answer.StatusCode/100 != 4 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
		first.page(answer, answer.StatusCode)
	}
	first.post("/starta/bekrafta", url.Values{"nummer": {"tre"}, "id": {t.Name()}}, http.StatusUnprocessableEntity)
	first.post("/starta/bekrafta", url.Values{"nummer": {"9999"}, "id": {t.Name() + "-2"}}, http.StatusUnprocessableEntity)
}
