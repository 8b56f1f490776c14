package main

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestFewDependencies lists every module that the program is built from: each is something that an auditor has to trust.
func TestFewDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	want := []string{"arshjul", "github.com/goccy/go-yaml", "github.com/santhosh-tekuri/jsonschema/v6", "github.com/transparency-dev/merkle",
		"golang.org/x/mod", "golang.org/x/text"}
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("built from %v, want %v", got, want)
	}
	out, err = exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"net", "net/http", "database/sql", "os/exec", "arshjul/internal/store", "arshjul/internal/server"} {
		if slices.Contains(strings.Fields(string(out)), never) {
			t.Errorf("built with %s", never)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"a", "b"}, {"--nonsense", "a"}, {"there-is-no-such-file.zip"}, {"--key", "no-such-file", "x"}, {"."}} {
		var out, errOut bytes.Buffer
		if code := run(args, &out, &errOut); code != 2 || errOut.Len() == 0 || out.Len() != 0 {
			t.Errorf("%v: exit %d, said %q %q", args, code, out.String(), errOut.String())
		}
	}
	var out, errOut bytes.Buffer
	if code := run([]string{"--help"}, &out, &errOut); code != 0 || !strings.Contains(out.String(), "Slutkoder") {
		t.Errorf("help: exit %d, %q", code, out.String())
	}
}
