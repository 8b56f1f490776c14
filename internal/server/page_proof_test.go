package server_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A registeransvarig writes a gallring in, sees what it is of, and somebody else confirms it, having seen the same; then it is
// gone. What is refused stays filled in, and who may not see the page sees nothing of it.
func TestErasurePage(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	secret := "Ska bort (påhittat) " + stream
	said := give(t, d.As(writer), stream, api.Command{ID: t.Name(), Kind: domain.CmdComment, Step: directives, Text: secret})
	step := "/ovning" + strings.TrimPrefix(stream, "exercise") + "/steg/" + string(directives)
	b, other, outside := browse(t, d, servertest.Registrar), browse(t, d, servertest.Launcher), browse(t, d, writer)
	const at, review = "/ledning/gallring", "/ledning/gallring/granska"

	fields := filledForm(b, b.open(at, http.StatusOK), review)
	fields["kind"], fields["poster"], fields["dnr"], fields["dag"] = "erase", "kalle#1", "KS 12/2026 (påhittat)", "2026-11-02"
	refused := b.send(review, fields, nil, http.StatusBadRequest)
	if find(refused, "textarea", func(n *html.Node) bool { return attr(n, "name") == "poster" && content(n) == "kalle#1" }) == nil {
		t.Errorf("what was filled in is lost: %s", content(refused))
	}
	fields["poster"] = fmt.Sprintf("%s#%d", stream, said.First)
	seen := b.send(review, fields, nil, http.StatusOK)
	if text := content(seen); !strings.Contains(text, "Inget är ändrat än") || !strings.Contains(text, secret) || !strings.Contains(text, "KS 12/2026 (påhittat) den 2 november 2026") {
		t.Errorf("the review: %s", text)
	}
	panel := func(doc *html.Node) *html.Node {
		return find(doc, "div", func(n *html.Node) bool {
			return attr(n, "class") == "panel luft" && strings.Contains(content(n), secret)
		})
	}
	written := panel(b.send(at, filledForm(b, seen, at), nil, http.StatusOK))
	if written == nil || !strings.Contains(content(written), "Du har själv skrivit in den") || find(written, "form", nil) != nil {
		t.Fatalf("written in: %v", written)
	}
	outside.open(at, http.StatusForbidden)
	if text := content(outside.send(at, with(fields, "id", t.Name()+"-annan"), nil, http.StatusForbidden)); strings.Contains(text, secret) {
		t.Errorf("who may not see the page is shown it: %s", text)
	}

	waits := panel(other.open(at, http.StatusOK))
	if waits == nil {
		t.Fatal("the second person does not see it")
	}
	number := find(waits, "input", func(n *html.Node) bool { return attr(n, "name") == "nummer" })
	confirm := map[string]string{"id": t.Name() + "-" + attr(number, "value"), "kind": "confirm-erase", "nummer": attr(number, "value")}
	seen = other.send(review, confirm, nil, http.StatusOK)
	if text := content(seen); !strings.Contains(text, secret) || !strings.Contains(text, "Det går inte att ångra") {
		t.Errorf("the second person's review: %s", text)
	}
	if text := content(b.open(step, http.StatusOK)); !strings.Contains(text, secret) {
		t.Errorf("gone before it was confirmed: %s", text)
	}
	other.send(at, filledForm(other, seen, at), nil, http.StatusOK)
	if text := content(b.open(step, http.StatusOK)); strings.Contains(text, secret) || !strings.Contains(text, "beslut dnr KS 12/2026 (påhittat)") {
		t.Errorf("after it was confirmed the step says %s", text)
	}
}

// A registeransvarig declares that a log has lost entries, and somebody else confirms it.
func TestEpochPage(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	const at, review = "/ledning/epok", "/ledning/epok/granska"
	of := at + "?" + url.Values{"cykel": {stream}}.Encode()
	b, other := browse(t, d, servertest.Registrar), browse(t, d, servertest.Launcher)
	page := b.open(of, http.StatusOK)
	if text := content(page); !strings.Contains(text, "Journalen är i epok 1") || !strings.Contains(text, "Undertecknaren nekar inget") {
		t.Errorf("at first: %s", text)
	}
	fields := filledForm(b, page, review)
	fields["namn"], fields["poster"], fields["summa"], fields["fran"], fields["skal"] = "fel", "3", base64.StdEncoding.EncodeToString(make([]byte, 32)), "2", "Databasen lästes tillbaka (påhittat)"
	refused := filledForm(b, b.send(review, fields, nil, http.StatusUnprocessableEntity), review)
	if refused["skal"] != fields["skal"] || refused["poster"] != "3" {
		t.Errorf("what was filled in is lost: %v", refused)
	}
	fields["namn"] = domain.Origin(domain.LogOf(stream), 1)
	seen := b.send(review, fields, nil, http.StatusOK)
	if text := content(seen); !strings.Contains(text, "Inget är ändrat än") {
		t.Errorf("the review: %s", text)
	}
	if text := content(b.send(at, filledForm(b, seen, at), nil, http.StatusOK)); !strings.Contains(text, "Epok 2: post 2 till 2 är borta eller ändrade.") || !strings.Contains(text, "Du har själv anmält den") || !strings.Contains(text, "Databasen lästes tillbaka") {
		t.Errorf("declared: %s", text)
	}
	waits := other.open(of, http.StatusOK)
	seen = other.send(review, filledForm(other, waits, review), nil, http.StatusOK)
	if text := content(other.send(at, filledForm(other, seen, at), nil, http.StatusOK)); !strings.Contains(text, "Journalen är i epok 2") || !strings.Contains(text, "Bekräftad av Cykelansvarig") {
		t.Errorf("confirmed: %s", text)
	}
	browse(t, d, writer).open(of, http.StatusForbidden)
}
