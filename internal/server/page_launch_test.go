package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// post sends a form as a browser does.
func (b *browser) post(action string, v url.Values, status int) *html.Node {
	b.t.Helper()
	answer, err := b.client.PostForm(b.url+action, v)
	ok(b.t, err)
	return b.page(answer, status)
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
		if says := content(first.post("/starta/bestall", order, http.StatusOK)); strings.Count(says, "Väntar på en andra person") != 1 || !strings.Contains(says, "Klart") || !strings.Contains(says, "1 steg klara före start") {
			t.Fatalf("ordered: %s", says)
		}
	}
	own := first.open("/starta", http.StatusOK)
	if find(own, "form", func(f *html.Node) bool { return attr(f, "action") == "/starta/bekrafta" }) != nil {
		t.Error("who ordered is asked to confirm")
	}
	if page := other.open("/starta?ar=2028", http.StatusOK); find(page, "form", func(f *html.Node) bool { return attr(f, "method") == "post" && strings.HasPrefix(attr(f, "action"), "/starta") }) != nil {
		t.Error("who may not launch is asked to")
	}
	confirm := second.hiddenIn(second.open("/starta", http.StatusOK), "/starta/bekrafta")
	if says := content(first.post("/starta/bekrafta", confirm, http.StatusForbidden)); !strings.Contains(says, "Du har själv lagt beställningen") {
		t.Errorf("confirmed by who ordered: %s", says)
	}
	started := content(second.post("/starta/bekrafta", confirm, http.StatusOK))
	if !strings.Contains(started, "Mål och ekonomi 2028") {
		t.Errorf("started: %s", started)
	}
	if s := read(t, d.As(writer), "cycle/1283/2028", directives); s.Status != domain.StatusBefore {
		t.Errorf("%s is %s", directives, s.Word)
	}
	if says := content(first.open("/starta", http.StatusOK)); !strings.Contains(says, "Startad") {
		t.Errorf("afterwards: %s", says)
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
