package wheelfile_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"arshjul/internal/wheelfile"
)

// fault is a row of a table of faults: an edit of a sound file and the one sentence that is then said. The place at
// which it must be told is marked with «; the mark is taken out before the file is read.
type fault struct{ name, old, new, says string }

func (c fault) check(t *testing.T, sound string, read func(name string, data []byte) error) {
	t.Helper()
	if !strings.Contains(sound, c.old) {
		t.Fatalf("the sound file has no %q", c.old)
	}
	marked := strings.Replace(sound, c.old, c.new, 1)
	if strings.Count(marked, "«") != 1 {
		t.Fatal("the row needs one mark")
	}
	before, after, _ := strings.Cut(marked, "«")
	line := before[strings.LastIndex(before, "\n")+1:]
	want := wheelfile.Error{File: "prov.yaml", Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(line) + 1, Text: c.says}

	err := read("prov.yaml", []byte(before+after))
	var got wheelfile.Errors
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want faults in the file", err)
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// farFault is told at another place than the one that was edited; at is text of the sound file with the mark.
type farFault struct {
	fault
	at string
}

func (c farFault) check(t *testing.T, sound string, read func(name string, data []byte) error) {
	t.Helper()
	c.fault.check(t, strings.Replace(sound, strings.ReplaceAll(c.at, "«", ""), c.at, 1), read)
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readWheel(name string, data []byte) error {
	_, err := wheelfile.Read(name, data)
	return err
}

func readOrganisation(name string, data []byte) error {
	_, err := wheelfile.ReadOrganisation(name, data)
	return err
}
