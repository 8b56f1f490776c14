package boundary

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the product's module path.
const module = "arshjul"

// pkg is a package as go list describes it.
type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string // of its files that are not tests
	Standard   bool
}

// pure are the packages of the standard library that domain may import: they reach neither files, the network, the
// environment nor other goroutines. Of time and fmt only a part is pure, which TestDomainSource sees to.
var pure = []string{
	"bytes", "cmp", "crypto/sha256", "embed", "encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "iter", "math", "math/big",
	"math/bits", "reflect", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf8",
}

// within says whether path is the package of ours, or one below it.
func within(path, ours string) bool {
	return path == module+"/"+ours || strings.HasPrefix(path, module+"/"+ours+"/")
}

func withinAny(path string, ours ...string) bool {
	return slices.ContainsFunc(ours, func(o string) bool { return within(path, o) })
}

func isOurs(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// violations returns a sentence for each import that crosses a boundary.
func violations(pkgs []pkg) (found []string) {
	for _, p := range pkgs {
		if !isOurs(p.ImportPath) {
			continue
		}
		for _, i := range p.Imports {
			if reason := crosses(p.ImportPath, i); reason != "" {
				found = append(found, p.ImportPath+" imports "+i+": "+reason)
			}
		}
	}
	return found
}

func crosses(from, to string) string {
	switch {
	case within(to, "cmd"):
		return "nothing imports cmd"
	case within(from, "domain") && isOurs(to) && !within(to, "domain"):
		return "domain imports nothing of ours"
	case within(from, "domain") && !isOurs(to) && !slices.Contains(pure, to):
		return "domain imports only what is pure"
	case within(from, "workflows") && isOurs(to) && !withinAny(to, "workflows", "domain", "activities"):
		return "workflows imports only domain and activities"
	case within(from, "activities") && isOurs(to) && !withinAny(to, "activities", "domain", "internal/store"):
		return "activities imports only domain and internal/store"
	case within(from, "internal") && withinAny(to, "workflows", "activities") &&
		!withinAny(from, "internal/temporalx", "internal/stack", "internal/server"):
		return "of internal only temporalx, stack and server import workflows or activities"
	}
	return ""
}

// list returns all packages of the product and everything that they import.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Imports,Standard", "./...")
	cmd.Dir = "../.."
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(out); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return pkgs
}

func TestImports(t *testing.T) {
	pkgs := list(t)
	if !slices.ContainsFunc(pkgs, func(p pkg) bool { return p.ImportPath == module+"/domain" }) {
		t.Fatal("go list does not know domain: this test looks in the wrong place")
	}
	for _, v := range violations(pkgs) {
		t.Error(v)
	}
}

// TestImportsCanFail plants one crossing of each boundary, and its allowed neighbour.
func TestImportsCanFail(t *testing.T) {
	for _, c := range []struct {
		from, to string
		crossing bool
	}{
		{"arshjul/domain", "arshjul/internal/store", true},
		{"arshjul/domain", "arshjul/workflows", true},
		{"arshjul/domain", "arshjul/domain/wheels", false},
		{"arshjul/domain", "time", false},
		{"arshjul/domain", "os", true},
		{"arshjul/domain", "net/http", true},
		{"arshjul/domain", "encoding/json", true},
		{"arshjul/domain", "sync", true},
		{"arshjul/domain", "context", true},
		{"arshjul/domain", "math/rand/v2", true},
		{"arshjul/domain", "go.temporal.io/sdk/workflow", true},
		{"arshjul/domain", "github.com/jackc/pgx/v5", true},
		{"arshjul/domain", "github.com/goccy/go-yaml", true},
		{"arshjul/domain", "go.uber.org/zap", true},
		{"arshjul/domain/wheels", "os", true},
		{"arshjul/domainother", "os", false},
		{"arshjul/workflows", "arshjul/activities", false},
		{"arshjul/workflows", "go.temporal.io/sdk/workflow", false},
		{"arshjul/workflows", "arshjul/internal/store", true},
		{"arshjul/activities", "arshjul/internal/store", false},
		{"arshjul/activities", "arshjul/internal/server", true},
		{"arshjul/internal/server", "arshjul/workflows", false},
		{"arshjul/internal/stack", "arshjul/activities", false},
		{"arshjul/internal/temporalx", "arshjul/workflows", false},
		{"arshjul/internal/store", "arshjul/workflows", true},
		{"arshjul/internal/wheelfile", "arshjul/activities", true},
		{"arshjul/internal/server", "arshjul/cmd/arshjul", true},
		{"arshjul/cmd/arshjul", "arshjul/workflows", false},
	} {
		got := violations([]pkg{{ImportPath: c.from, Imports: []string{"strings", c.to}}})
		if want := map[bool]int{true: 1}[c.crossing]; len(got) != want {
			t.Errorf("%s importing %s: crossing %v, found %q", c.from, c.to, c.crossing, got)
		}
	}
}
