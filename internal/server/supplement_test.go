package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A real cycle that has ended: what comes in late is an entry of the registry, with its own day, and so is what a revisor remarks
// on it. Both stand on its pages and in its report, whose hash stays what it was.
func TestAnEndedCycleIsSupplemented(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	day := domain.InstantOf(time.Now()).Date() // midnight may come any time after it
	year := day.Year() + 2
	stream := d.Launch(t, year)
	registry := domain.RegistryStream(servertest.Kommun)
	supplement := func(id string) (api.Receipt, error) {
		return d.As(servertest.Registrar).Give(t.Context(), registry, api.Command{ID: id, Kind: domain.CmdSupplement, Text: "Bilagan glömdes (påhittat)",
			Supplement: &api.Supplement{Year: year, Step: directives, Reference: "KS 9/2029 (påhittat)"}})
	}
	_, err := supplement("for-tidigt")
	if p := refusal(t, err); p.Code != domain.CodeNotNow {
		t.Errorf("while the cycle goes on: %+v", p)
	}
	give(t, d.As(servertest.Launcher), stream, api.Command{ID: "slut", Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
	var before, after api.Report
	ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/report", &before))
	_, err = supplement("komplettering")
	ok(t, err)
	give(t, d.As(revisor), registry, api.Command{ID: "iakttagelse", Kind: domain.CmdObserve, Text: "Cykeln avbröts utan beslut (påhittat)",
		Observation: &api.Observation{Year: year, Step: directives, Unit: "KS", Role: "forvaltningschef", Due: day.Add(40)}})
	_, err = d.As(revisor).Give(t.Context(), registry, api.Command{ID: "okant-steg", Kind: domain.CmdObserve, Text: "x (påhittat)",
		Observation: &api.Observation{Year: year, Step: "finns-inte/KS", Unit: "KS", Role: "forvaltningschef", Due: day.Add(40)}})
	if p := refusal(t, err); p.Code != domain.CodeUnknownStep {
		t.Errorf("on a step that there is not: %+v", p)
	}
	ok(t, d.As(revisor).Get(t.Context(), "/"+stream+"/report", &after))
	if !before.Agrees || !after.Agrees || before.Hash != after.Hash {
		t.Errorf("the hash was %s (%v) and is %s (%v)", before.Hash, before.Agrees, after.Hash, after.Agrees)
	}
	rows := map[string]int{}
	for _, s := range after.Sections {
		rows[s.ID] = len(s.Rows)
	}
	if rows["kompletteringar"] != 1 || rows["iakttagelser"] != 1 || rows["aldrig-klara"] != after.Steps-after.Done-rows["kvar"] {
		t.Errorf("%v of %d steps", rows, after.Steps)
	}
	b := browse(t, d, revisor)
	at := fmt.Sprintf("/cykel/%s/%d", servertest.Kommun, year)
	says(t, "the step", content(b.open(at+"/steg/planeringsanvisningar/KS", http.StatusOK)), "Kompletterat efter avslut", "Bilagan glömdes", "Iakttagelse", "Gör en iakttagelse")
	says(t, "the report", content(b.open(at+"/rapport", http.StatusOK)), "Kompletteringar efter avslut", "Bilagan glömdes", "bär den här rapportens kontrollsumma")
	says(t, "the overview", content(b.open("/revision", http.StatusOK)), "Väntar på svar (1)")
	says(t, "the history", content(b.open("/revision/historik?stream="+url.QueryEscape(registry), http.StatusOK)), "kompletterades i efterhand", "Revisorn gjorde iakttagelse")
	says(t, "the step as of today", content(b.open(at+"/steg/planeringsanvisningar/KS?per="+string(day.Add(-1)), http.StatusNotFound)), "fanns inte")
}
