package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A unit's page shows its year, its documents and who holds which role; a substitute takes over tasks that are open already,
// as the review said.
func TestUnitPage(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), t.Name()+"-in"))
	b := browse(t, d, servertest.Registrar)
	list := b.open("/enheter?cykel="+stream, http.StatusOK)
	at := "/enhet/KS?cykel=" + strings.ReplaceAll(stream, "/", "%2F")
	if find(list, "a", func(a *html.Node) bool { return attr(a, "href") == at }) == nil {
		t.Fatalf("KS is not in the list: %s", content(list))
	}
	page := b.open(at, http.StatusOK)
	text := content(page)
	for _, want := range []string{"Kommunstyrelsen", "Planeringsanvisningar för mål och ekonomi", "utan fil", "https://example.invalid/bastilldelning", "Version 1, inlämnad av Stadens processledare",
		"Nämndsekreterare: Nämndsekreterare, Kommunstyrelsen", "från 1 januari 2026", "onsdag 10 februari", "Ingen ersättare är inlagd"} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	// The director's task, klar för beslut, is open; the communicator is to stand in.
	at = strings.Replace(at, "/KS", "/SLF", 1)
	fields := filledForm(b, b.open(at, http.StatusOK), "/enhet/SLF/granska")
	var registry api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+stream+"/registry", &registry))
	for _, bound := range registry.Bindings {
		if bound.Person == director && bound.Role == "ekonomidirektor" {
			fields["roll"] = fmt.Sprint(bound.Number)
		}
	}
	fields["person"], fields["fran"], fields["till"] = "p-slf-kommunikator", "2026-12-10", "2026-12-01"
	refused := b.send("/enhet/SLF/granska", fields, nil, http.StatusUnprocessableEntity)
	if kept := filledForm(b, refused, "/enhet/SLF/granska"); kept["person"] != "p-slf-kommunikator" || kept["fran"] != "2026-12-10" || !strings.Contains(content(refused), "före första dagen") {
		t.Errorf("refused: %v %s", kept, content(refused))
	}
	fields["fran"], fields["till"] = "2026-12-01", "2027-12-31"
	review := b.send("/enhet/SLF/granska", fields, nil, http.StatusOK)
	for _, want := range []string{"Inget är ändrat än", "Markera klar för beslut: Planeringsanvisningar", "Ekonomidirektör, Stadsledningsförvaltningen; Kommunikatör, Stadsledningsförvaltningen"} {
		if !strings.Contains(content(review), want) {
			t.Errorf("the review does not say %q: %s", want, content(review))
		}
	}
	fields = filledForm(b, review, "/enhet/SLF/ersattare")
	done := b.send("/enhet/SLF/ersattare", fields, nil, http.StatusOK)
	if text := content(done); !strings.Contains(text, "Klart") || !strings.Contains(text, "Kommunikatör, Stadsledningsförvaltningen ersätter Ekonomidirektör") {
		t.Errorf("done: %s", text)
	}
	step := read(t, d.As("p-slf-kommunikator"), stream, directives)
	give(t, d.As("p-slf-kommunikator"), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: step.Version.Hash})

	other := browse(t, d, writer)
	if find(other.open(at, http.StatusOK), "form", func(f *html.Node) bool { return attr(f, "action") == "/enhet/SLF/granska" }) != nil {
		t.Error("who may not lay in a substitute is asked to")
	}
	fields["id"] = t.Name() + "-annan"
	other.send("/enhet/SLF/ersattare", fields, nil, http.StatusForbidden)
	other.open("/enhet/XN", http.StatusUnprocessableEntity)
}

// The wheel opens on the exercise's own year when one is chosen.
func TestWheelOpensOnTheExercisesYear(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2031)
	b := browse(t, d, writer)
	wheel := b.open("/arshjulet?ar=2026", http.StatusOK)
	link := find(wheel, "a", func(a *html.Node) bool {
		return strings.HasSuffix(attr(a, "href"), strings.ReplaceAll(stream, "/", "%2F"))
	})
	if link == nil {
		t.Fatalf("the exercise cannot be chosen: %s", content(wheel))
	}
	if text := content(find(b.open(attr(link, "href"), http.StatusOK), "h1", nil)); text != "Årshjulet 2029" {
		t.Errorf("the exercise opens on %q", text)
	}
}

// TestPicturesOfUnits keeps pictures of the pages of this file where ARSHJUL_PICTURES says.
func TestPicturesOfUnits(t *testing.T) {
	keep := os.Getenv("ARSHJUL_PICTURES")
	if keep == "" {
		t.Skip("ARSHJUL_PICTURES names no directory")
	}
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), t.Name()+"-in"))
	c := openChromium(t)
	c.as(servertest.Registrar)
	for _, width := range []int{1280, 360} {
		c.wide(width, 900, true)
		for name, path := range map[string]string{"enheter": "/enheter?cykel=" + stream, "enhet": "/enhet/SLF?cykel=" + stream, "enhet-ks": "/enhet/KS?cykel=" + stream} {
			c.open(d.URL + path)
			c.picture(filepath.Join(keep, fmt.Sprintf("%s-%d.png", name, width)), 4000, 1)
		}
		c.ask("Runtime.evaluate", map[string]any{"expression": `setTimeout(() => { location.hash = ""; }, 0)`}, nil)
	}
	c.quiet()
}
