package wheelfile_test

import (
	"strings"
	"testing"

	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

// What is told of one edit of the sound wheel, and of the edit undone.
func TestDiff(t *testing.T) {
	sound := readFile(t, "testdata/wheel.yaml")
	for _, c := range []struct{ name, old, new, says, back string }{
		{"title", "titel: Dialog\n", "titel: Dialogen\n", "Dialogen: titel är nu Dialogen (var Dialog).", "Dialog: titel är nu Dialog (var Dialogen)."},
		{"date", "när: ks-möte februari", "när: ks-möte mars", "Anvisningar: när är nu ks-möte mars (var ks-möte februari).", "Anvisningar: när är nu ks-möte februari (var ks-möte mars)."},
		{"several times", "när: senast 30 september", "när: [senast 30 september, senast 1 december]",
			"Verksamhetsplan: när är nu senast 30 september, senast 1 december (var senast 30 september).", "Verksamhetsplan: när är nu senast 30 september (var senast 30 september, senast 1 december)."},
		{"opens", "    öppnar: från 1 mars\n", "", "Nämndens förslag: öppnar är borttaget (var från 1 mars).", "Nämndens förslag: öppnar är nu från 1 mars (fanns inte)."},
		{"role", "roller: {registrerar: sekreterare,", "roller: {registrerar: chef,", "Dialog: registrerar är nu Chef (var Sekreterare).", "Dialog: registrerar är nu Sekreterare (var Chef)."},
		{"need", "behöver: [budget]", "behöver: [budget, dialog]", "Verksamhetsplan: behöver har fått dialog.", "Verksamhetsplan: behöver har inte längre dialog."},
		{"how far", "    behöver:\n      - {steg: forslag, vid: överlämnad}", "    behöver: [forslag]", "Dialog: i behöver är forslag vid överlämnad nu forslag.", "Dialog: i behöver är forslag nu forslag vid överlämnad."},
		{"document", "{id: budget, titel: Budget, krävs: true}", "{id: budget, titel: Budget, rubriker: [Drift, Skatt]}",
			"Budget: i handlingar är Budget (krävs) nu Budget, med rubrikerna Drift; Skatt.", "Budget: i handlingar är Budget, med rubrikerna Drift; Skatt nu Budget (krävs)."},
		{"field", "uppgifter:\n", "uppgifter:\n      - {id: ram, titel: Ram}\n", "Budget: uppgifter har fått Ram.", "Budget: uppgifter har inte längre Ram."},
		{"law", "lag: KL 11:10", "lag: KL 11:11", "Budget: lag är nu KL 11:11 (var KL 11:10).", "Budget: lag är nu KL 11:10 (var KL 11:11)."},
		{"optional", "grund: P", "grund: P\n    valbar: true", "Dialog: valbar är nu ja (fanns inte).", "Dialog: valbar är borttaget (var ja)."},
		{"who is with", "grund: P", "grund: P\n    deltagare: [facket]", "Dialog: deltagare har fått facket.", "Dialog: deltagare har inte längre facket."},
		{"reminders", "steg:\n", "påminner: [2 dagar före, 1 dag efter]\nsteg:\n", "Årshjulet: påminner är nu 2 dagar före, 1 dag efter (fanns inte).", "Årshjulet: påminner är borttaget (var 2 dagar före, 1 dag efter)."},
		{"version", "version: 1", "version: 2", "Årshjulet: version är nu 2 (var 1).", "Årshjulet: version är nu 1 (var 2)."},
		{"a standing document", "steg:\n", "stående handlingar:\n  - {id: program, titel: Programmet, slag: beslut, beslutas av: KF, till: 2030-12-31, källa: prov, grund: U}\nsteg:\n",
			"Årshjulet: stående handlingar har fått Programmet (–2030-12-31).", "Årshjulet: stående handlingar har inte längre Programmet (–2030-12-31)."},
		{"a step", sound[strings.Index(sound, "  - id: plan\n"):], "", "Steget Verksamhetsplan (plan) finns inte längre.",
			"Nytt steg: Verksamhetsplan (plan), fastställande för varje förvaltning, senast 30 september."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(sound, c.old) {
				t.Fatalf("the sound file has no %q", c.old)
			}
			a, err := wheelfile.Read("a.yaml", []byte(sound))
			if err != nil {
				t.Fatal(err)
			}
			b, err := wheelfile.Read("b.yaml", []byte(strings.Replace(sound, c.old, c.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if got := wheelfile.Diff(a, b); len(got) != 1 || got[0].Text != c.says || got[0].Kind == "" {
				t.Errorf("got %+v", got)
			}
			if got := wheelfile.Diff(b, a); len(got) != 1 || got[0].Text != c.back {
				t.Errorf("back: got %+v", got)
			}
			if got := wheelfile.Diff(b, b); len(got) != 0 {
				t.Errorf("a wheel differs from itself: %+v", got)
			}
		})
	}
}

// The whole wheel keeps the steps of the first one, by the same ids and titles, decided by the same bodies.
func TestTheWholeWheelKeepsTheFirstSteps(t *testing.T) {
	first, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := whole(t)
	for _, c := range wheelfile.Diff(first, w) {
		switch c.What {
		case "titel", "skede", "slag", "för", "när", "förbereder", "gör klart", "fastställer", "registrerar", "publicerar", "eskalerar",
			"lag", "överlämnas", "återremitteras till", "uppgifter", "kommun", "leds av":
			if c.Step != "" || c.What == "kommun" || c.What == "leds av" {
				t.Error(c.Text)
			}
		}
		if c.Kind == "gone" {
			t.Error(c.Text)
		}
	}
}
