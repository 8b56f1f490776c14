package wheelfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/wheelfile"
)

// Files made to eat memory or time are refused with a sentence.
func TestLimits(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct{ name, text, says string }{
		{"too large", strings.Repeat(" ", mb+1), "prov.yaml: filen är 1024 kB, och gränsen är 1024 kB. Ta bort det som inte hör dit."},
		{"empty", "", "prov.yaml:1:1: filen är tom. Utgå från Helsingborgs fil och ändra i den."},
		{"only a comment", "# hej\n", "prov.yaml:1:1: filen är tom. Utgå från Helsingborgs fil och ändra i den."},
		{"a list", "- a\n", "prov.yaml:1:1: här ska stå en grupp av uppgifter. Jämför med samma uppgift i Helsingborgs fil."},
		{"a text", "hej\n", "prov.yaml:1:1: här ska stå en grupp av uppgifter, inte \"hej\". Ändra det."},
		{"a long text", strings.Repeat("å", 400_000), "prov.yaml:1:1: här ska stå en grupp av uppgifter, inte \"" + strings.Repeat("å", 59) + "…\". Ändra det."},
		{"an empty second document", "---lC\n--lC\n---", "prov.yaml:3:1: filen har flera delar. Ta bort raden med tre streck; en fil är ett dokument."},
		{"line ends of old", "a: 1\rb: 2", "prov.yaml:1:5: här står ett osynligt tecken (U+000D). Ta bort det."},
		{"many values", "a: [" + strings.Repeat("a,", mb/2-10) + "]", "prov.yaml: filen har fler uppgifter än vad ett årshjul behöver. Ta bort det som inte hör dit."},
		{"brackets", strings.Repeat("[", mb), "prov.yaml: filen har fler uppgifter än vad ett årshjul behöver. Ta bort det som inte hör dit."},
		{"braces", strings.Repeat("{a: ", 10_000), "prov.yaml:1:49: här ligger listor och uppgifter inuti varandra i fler än 12 nivåer. Kontrollera indrag och parenteser."},
		{"dashes", strings.Repeat("- ", 20_000), "prov.yaml:1:25: här ligger listor och uppgifter inuti varandra i fler än 12 nivåer. Kontrollera indrag och parenteser."},
		{"alias bomb", "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n", "prov.yaml:1:4: & och * går inte att använda för att återanvända text. Skriv ut den, eller sätt texten inom citattecken."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := wheelfile.Read("prov.yaml", []byte(c.text))
			if err == nil || err.Error() != c.says {
				t.Errorf("got  %v\nwant %s", err, c.says)
			}
		})
	}
}

func TestDeepIndentation(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	_, err := wheelfile.Read("prov.yaml", []byte(b.String()))
	var faults wheelfile.Errors
	if !errors.As(err, &faults) || !strings.Contains(faults[0].Text, "fler än 12 nivåer") || faults[0].Line > 20 {
		t.Errorf("got %v", err)
	}
}

// Several faults are told at once, in the order of the file, and no more than a person can take in.
func TestSeveralFaultsAtOnce(t *testing.T) {
	sound := readFile(t, "testdata/wheel.yaml")
	text := strings.NewReplacer("lag: KL 11:10", "lag: KL 1:1", "när: senast 30 september", "när: i höst", "öppnar: från 1 mars", "öppnar: mars").Replace(sound)
	_, err := wheelfile.Read("prov.yaml", []byte(text))
	var faults wheelfile.Errors
	if !errors.As(err, &faults) || len(faults) != 3 {
		t.Fatalf("got %v, want three faults", err)
	}
	for i := range faults[1:] {
		if faults[i].Line >= faults[i+1].Line {
			t.Errorf("line %d is told before line %d", faults[i].Line, faults[i+1].Line)
		}
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "prov.yaml:28:13: ") {
		t.Errorf("the error reads %q", err.Error())
	}

	many := sound
	for i := range 70 {
		many += fmt.Sprintf("okänd%d: 1\n", i)
	}
	_, err = wheelfile.Read("prov.yaml", []byte(many))
	if !errors.As(err, &faults) || len(faults) != 51 || !strings.Contains(faults[50].Text, "fel till") {
		t.Errorf("got %d faults, want 50 and how many are left", len(faults))
	}
}

// Whatever bytes come in, Read answers: with a wheel that reads the same again, or with faults that have a place.
func FuzzRead(f *testing.F) {
	sound := readFile(f, "testdata/wheel.yaml")
	f.Add([]byte(sound))
	for _, c := range wheelFaults {
		f.Add([]byte(strings.ReplaceAll(strings.Replace(sound, c.old, c.new, 1), "«", "")))
	}
	f.Add([]byte(readFile(f, "testdata/organisation.yaml")))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func(string, []byte) error{readWheel, readOrganisation} {
			err := read("prov.yaml", data)
			var faults wheelfile.Errors
			switch {
			case err == nil:
			case !errors.As(err, &faults):
				t.Fatalf("an error of our own: %v", err)
			case len(faults) == 0 || len(faults) > 51:
				t.Fatalf("%d faults", len(faults))
			}
			lines := strings.Count(string(data), "\n") + 1
			for _, e := range faults {
				if e.Text == "" || e.Line < 0 || e.Line > lines+1 || e.Line > 0 && e.Column < 1 {
					t.Fatalf("no such place, or nothing said: %+v (the file has %d lines)", e, lines)
				}
			}
		}
		if file, err := wheelfile.Read("prov.yaml", data); err == nil {
			again, err := wheelfile.Read("prov.yaml", file.Text)
			if err != nil || again.Wheel.Hash() != file.Wheel.Hash() || file.Hash != domain.DigestOf(data) {
				t.Fatalf("the same file reads otherwise the second time: %v", err)
			}
		}
	})
}
