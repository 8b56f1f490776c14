package tablefile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"arshjul/internal/tablefile"
	"arshjul/internal/wheelfile"
)

var columns = []tablefile.Column{{Heading: "steg", Also: "step", Required: true}, {Heading: "utfall", Also: "outcome"}, {Heading: "paragraf", Required: true}, {Heading: "text"}}

func TestRead(t *testing.T) {
	for _, row := range []struct {
		name, file, text string
		want             []tablefile.Row
	}{
		{"semicolons", "b.csv", "steg;utfall;paragraf;text\na/KS;bifall;14;Enhälligt\nb/KS;;15;\n",
			[]tablefile.Row{{2, []string{"a/KS", "bifall", "14", "Enhälligt"}}, {3, []string{"b/KS", "", "15", ""}}}},
		{"commas, another order, windows, a byte order mark, the other words", "b.csv", "\ufeffparagraf,Step\r\n07, a/KS \r\n",
			[]tablefile.Row{{2, []string{"a/KS", "", "07", ""}}}},
		{"empty and short rows, a text over lines", "b.csv", "steg;paragraf;text\n;;\na/KS;14;\"rad ett\nrad två\"\nb/KS;15\n",
			[]tablefile.Row{{3, []string{"a/KS", "", "14", "rad ett\nrad två"}}, {5, []string{"b/KS", "", "15", ""}}}},
		{"yaml", "b.yaml", "- {step: b/KS, paragraf: \"15\", text: }\n- steg: a/KS\n  utfall: bifall\n  paragraf: 07\n  text: |\n    rad ett\n    rad två\n",
			[]tablefile.Row{{1, []string{"b/KS", "", "15", ""}}, {2, []string{"a/KS", "bifall", "07", "rad ett\nrad två"}}}},
	} {
		got, err := tablefile.Read(row.file, []byte(row.text), columns)
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %+v, %v", row.name, got, err)
		}
	}
}

func TestFaults(t *testing.T) {
	many := "steg;paragraf\n" + strings.Repeat("a/KS;1\n", 1001)
	for _, row := range []struct{ name, file, text, want string }{
		{"empty", "b.csv", "", "b.csv:1:1: filen har inga rader."},
		{"only headings", "b.csv", "steg;paragraf\n", "b.csv:1:1: filen har inga rader."},
		{"an unknown heading", "b.csv", "steg;paragraf;färg\n", `b.csv:1:15: rubriken "färg" finns inte.`},
		{"a heading twice", "b.csv", "steg;paragraf;step\n", `b.csv:1:15: rubriken "step" står två gånger.`},
		{"a heading that is missing", "b.csv", "steg;utfall\n", `b.csv:1:1: rubriken "paragraf" saknas.`},
		{"an empty cell", "b.csv", "steg;paragraf\na/KS;\n", "b.csv:2:6: paragraf saknas."},
		{"too many cells", "b.csv", "steg;paragraf\na/KS;1;2\n", "b.csv:2:1: raden har 3 fält"},
		{"quotation marks", "b.csv", "steg;paragraf\n\"a/KS;1\n", "b.csv:"},
		{"too many rows", "b.csv", many, "fler än 1000 rader"},
		{"too large", "b.csv", strings.Repeat("x", 1<<20+1), "1024 kB"},
		{"not utf-8", "b.csv", "steg;paragraf\n\xe5;1\n", "UTF-8"},
		{"no yaml", "b.yaml", "- steg: [\n", "b.yaml:"},
		{"no list", "b.yaml", "steg: a/KS\n", "b.yaml:1:5: filen ska vara en lista"},
		{"no mapping", "b.yaml", "- a/KS\n", "b.yaml:1:3: posten ska ha"},
		{"an unknown member", "b.yaml", "- {steg: a/KS, paragraf: 1, färg: blå}\n", `b.yaml:1:29: uppgiften "färg" finns inte.`},
		{"a member twice", "b.yaml", "- {steg: a/KS, paragraf: 1, step: b/KS}\n", "två gånger"},
		{"no text", "b.yaml", "- {steg: [a], paragraf: 1}\n", "b.yaml:1:10: steg ska vara en text."},
		{"an alias", "b.yaml", "- {steg: &a x, paragraf: *a}\n", "ska vara en text"},
		{"a member that is missing", "b.yaml", "- {steg: a/KS}\n", "b.yaml:1:4: paragraf saknas."},
		{"nested without end", "b.yaml", strings.Repeat("- ", 50_000) + "x\n", "mer än en lista"},
		{"brackets without end", "b.yaml", strings.Repeat("[", 50_000), "mer än en lista"},
		{"two documents", "b.yaml", "- {steg: a, paragraf: 1}\n---\n- {steg: b, paragraf: 2}\n", "flera dokument"},
		{"an empty file", "b.yaml", "# inget\n", "inga rader"},
	} {
		rows, err := tablefile.Read(row.file, []byte(row.text), columns)
		var faults wheelfile.Errors
		if rows != nil || !errors.As(err, &faults) || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
	var lots strings.Builder
	lots.WriteString("steg;paragraf\n")
	for i := range 80 {
		fmt.Fprintf(&lots, "a/%d;\n", i)
	}
	_, err := tablefile.Read("b.csv", []byte(lots.String()), columns)
	if n := strings.Count(err.Error(), "\n") + 1; n != 51 || !strings.Contains(err.Error(), "30 fel till") {
		t.Errorf("%d lines: %v", n, err)
	}
}

// Whatever is read, every row has every column, what is required is there, and nothing panics.
func FuzzRead(f *testing.F) {
	f.Add("b.csv", "steg;utfall;paragraf;text\na/KS;bifall;14;\"x\"\n")
	f.Add("b.yaml", "- steg: a/KS\n  paragraf: 14\n")
	f.Add("b.yaml", "- &a {steg: *a}\n")
	f.Add("b.yaml", "- ? [x]\n  : y\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		rows, err := tablefile.Read(name, []byte(text), columns)
		if (err == nil) != (len(rows) > 0) {
			t.Fatalf("%d rows and %v", len(rows), err)
		}
		for _, r := range rows {
			if len(r.Cells) != len(columns) || r.Cells[0] == "" || r.Cells[2] == "" || r.Line < 1 {
				t.Errorf("%+v", r)
			}
		}
	})
}
