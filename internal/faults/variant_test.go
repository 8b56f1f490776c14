package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// variant is a build of the program with some source files replaced, or added: what a fault needs that no user may have.
// It is built once, whoever asks.
type variant struct {
	name  string
	files func(root string) (map[string][]byte, error) // by path below the module's root

	once sync.Once
	path string
	err  error
}

func (v *variant) program(t *testing.T) string {
	t.Helper()
	v.once.Do(func() { v.path, v.err = v.build() })
	if v.err != nil {
		t.Fatalf("build the program with %s: %v", v.name, v.err)
	}
	return v.path
}

func (v *variant) build() (string, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	files, err := v.files(root)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(program.path), v.name)
	replace := map[string]string{}
	for name, text := range files {
		changed := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(changed), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(changed, text, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, name)] = changed
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(dir+".json", overlay, 0o600); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "arshjul")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-overlay", dir+".json", "-o", path, "arshjul/cmd/arshjul").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
}

// clockGoes is a program whose every reading of the clock is off by what a file says, as "-2m" or "1h". Temporal's SDK and
// server keep the machine's clock, as do timers.
var clockGoes = variant{name: "clock", files: func(root string) (map[string][]byte, error) {
	files := map[string][]byte{"internal/offclock/offclock.go": []byte(offclock)}
	for _, dir := range []string{"activities", "cmd/arshjul", "internal", "workflows"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(text, []byte("time.Now()")) {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			text = bytes.ReplaceAll(text, []byte("time.Now()"), []byte("offclock.Now()"))
			text = bytes.Replace(text, []byte("\nimport "), []byte("\nimport \"arshjul/internal/offclock\"\nimport "), 1)
			files[filepath.ToSlash(name)] = append(text, "\nvar _ = time.Now\n"...) // time may have had no other use there
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}}

const (
	clockFile = "ARSHJUL_FAULTS_CLOCK"
	offclock  = `// Package offclock is a clock that is wrong.
package offclock

import (
	"os"
	"strings"
	"time"
)

// Now is the machine's time and what the file says.
func Now() time.Time {
	text, err := os.ReadFile(os.Getenv("` + clockFile + `"))
	if err != nil {
		panic(err)
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return time.Now().Add(off)
}
`
)

// clock is what a process reads that was built with clockGoes.
type clock struct {
	t    *testing.T
	file string
}

func newClock(t *testing.T, off time.Duration) clock {
	t.Helper()
	c := clock{t, filepath.Join(t.TempDir(), "clock")}
	c.set(off)
	return c
}

// set moves the clock, at once for whoever reads it.
func (c clock) set(off time.Duration) {
	c.t.Helper()
	must(c.t, os.WriteFile(c.file+".new", []byte(off.String()), 0o600))
	must(c.t, os.Rename(c.file+".new", c.file))
}

// off is how wrong the clock is.
func (c clock) off() time.Duration {
	c.t.Helper()
	text, err := os.ReadFile(c.file)
	must(c.t, err)
	off, err := time.ParseDuration(string(text))
	must(c.t, err)
	return off
}

func (c clock) env() string { return clockFile + "=" + c.file }
