package wheelfile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"arshjul/domain/wheels"
	"arshjul/internal/calendarfile"
	"arshjul/internal/wheelfile"
)

// What a year makes of the sound wheel after an edit of it; the mark says where it is told.
func TestCheckYear(t *testing.T) {
	wheel, organisation := readFile(t, "testdata/wheel.yaml"), readFile(t, "testdata/organisation.yaml")
	for _, c := range []struct {
		name     string
		year     int
		old, new string
		remark   bool
		says     string
	}{
		{"after the law's limit", 2028, "när: kf-möte juni", "när: «senast 1 december", false,
			"senast-dagen blir den 1 december 2027, efter lagens gräns den 30 november 2027 (KL 11:10). Välj en tidigare dag."},
		{"an election year", 2031, "när: kf-möte juni", "när: «kf-möte juni", false,
			"2030 är valår, och budgeten ska fastställas av det nyvalda fullmäktige, som tillträder den 15 oktober (KL 5:9, 11:10). Välj ett sammanträde från den dagen till den 30 november."},
		{"an election year, a fixed day", 2031, "när: kf-möte juni", "när: «senast 14 oktober", false,
			"2030 är valår, och budgeten ska fastställas av det nyvalda fullmäktige, som tillträder den 15 oktober (KL 5:9, 11:10). Välj ett sammanträde från den dagen till den 30 november."},
		{"a month without a meeting", 2028, "när: ks-möte februari", "när: «ks-möte februari", true,
			"Kommunstyrelsen har inget sammanträde i februari 2027. Här räknas med ett förslag enligt regel, den 10 februari 2027. Lägg in den riktiga dagen."},
		{"a month without a meeting, for each nämnd", 2028, "när: nämndmöte mars", "när: «nämndmöte mars", true,
			"Kommunstyrelsen har inget sammanträde i mars 2027. Här räknas med ett förslag enligt regel, den 10 mars 2027. Lägg in den riktiga dagen."},
		{"a month without any", 2028, "när: ks-möte februari", "när: «ks-möte juli", false,
			"Kommunstyrelsen har inget sammanträde i juli 2027, och ingen regel föreslår något. Välj en annan månad, eller lägg in dagen i organisationen."},
		{"opens after it is due", 2028, "öppnar: från 1 mars\n    när: nämndmöte mars", "öppnar: «från 1 april\n    när: nämndmöte mars", false,
			"steget för Kommunstyrelsen öppnar den 1 april 2027, efter senast-dagen den 10 mars 2027. Välj en tidigare dag, eller flytta senast-dagen."},
		{"times out of order", 2028, "när: senast 30 september", "när: [senast 30 september, «senast 1 augusti]", false,
			"gång 2 för Stadsledningsförvaltningen ska vara klar den 1 augusti 2027, före gången innan. Skriv dagarna i ordning."},
		{"due before what it waits for", 2028, "behöver: [budget]\n    källa", "behöver: [«budget]\n    när: senast 1 maj\n    källa", true,
			"steget för Stadsledningsförvaltningen ska vara klart den 1 maj 2027 men väntar på budget, som inte behöver vara klart förrän den 15 juni 2027."},
		{"a document that has ceased", 2028, "steg:\n", "stående handlingar:\n  - {id: program, titel: Programmet, slag: beslut, beslutas av: KF, till: «2026-12-31, källa: prov, grund: U}\nsteg:\n", true,
			"Programmet gäller till den 31 december 2026, före budgetåret 2028. Lägg in den som gäller då."},
		{"a document that is not yet", 2028, "steg:\n", "stående handlingar:\n  - {id: program, titel: Programmet, slag: beslut, beslutas av: KF, från: «2029-01-01, källa: prov, grund: U}\nsteg:\n", true,
			"Programmet gäller från den 1 januari 2029, efter budgetåret 2028."},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := wheel
			if strings.Contains(c.name, "due before") {
				text = strings.Replace(text, "    när: senast 30 september\n", "", 1)
			}
			if !strings.Contains(text, c.old) {
				t.Fatalf("the sound file has no %q", c.old)
			}
			before, after, _ := strings.Cut(strings.Replace(text, c.old, c.new, 1), "«")
			w, err := wheelfile.Read("prov.yaml", []byte(before+after))
			if err != nil {
				t.Fatalf("the edit is wrong by itself: %v", err)
			}
			o, err := wheelfile.ReadOrganisation("org.yaml", []byte(organisation))
			if err != nil {
				t.Fatal(err)
			}
			remarks, err := wheelfile.CheckYear(w, o, c.year, calendarfile.ProposeMissing)
			var wrong wheelfile.Errors
			errors.As(err, &wrong)
			told, other := wrong, remarks
			if c.remark {
				told, other = remarks, wrong
			}
			at := wheelfile.Error{File: "prov.yaml", Line: strings.Count(before, "\n") + 1, Column: len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1}
			for _, e := range told {
				if e.Line == at.Line && e.Column == at.Column && e.Text == c.says {
					return
				}
			}
			t.Errorf("not told at %d:%d; told\n%v\nand\n%v", at.Line, at.Column, told, other)
		})
	}
}

// Helsingborg's whole wheel is sound in its two years, and is told of the election in 2030.
func TestCheckYearOfTheWholeWheel(t *testing.T) {
	w, o := whole(t)
	for _, year := range []int{2028, 2029} {
		remarks, err := wheelfile.CheckYear(w, o, year, calendarfile.ProposeMissing)
		if err != nil {
			t.Errorf("%d: %v", year, err)
		}
		if len(remarks) != 1 || !strings.Contains(remarks[0].Text, "Program för mandatperioden gäller till den 31 december 2026") {
			t.Errorf("%d: %v", year, remarks)
		}
		remarks, err = wheelfile.CheckYear(w, nil, year, calendarfile.ProposeMissing)
		if err != nil || !strings.HasPrefix(remarks.Error(), "helsingborg.yaml: ingen organisation är given") {
			t.Errorf("%d without organisation: %v\n%v", year, err, remarks)
		}
	}
	if _, err := wheelfile.CheckYear(w, o, 2031, calendarfile.ProposeMissing); err != nil {
		t.Errorf("2031, planned in an election year: %v", err)
	}
	ordinary, err := wheelfile.Read("helsingborg.yaml", []byte(withoutElection(string(wheels.Helsingborg))))
	if err != nil {
		t.Fatal(err)
	}
	_, err = wheelfile.CheckYear(ordinary, o, 2031, calendarfile.ProposeMissing)
	if err == nil || !strings.Contains(err.Error(), "2030 är valår") || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("2031 by the days of an ordinary year: %v", err)
	}
	if _, err := wheelfile.CheckYear(w, o, 2020, calendarfile.ProposeMissing); err == nil {
		t.Error("a year that is long over can be launched")
	}
}

// withoutElection takes the days for election years out of a wheel.
func withoutElection(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "när i valår:") || strings.Contains(l, "om valt:") }), "\n")
}
