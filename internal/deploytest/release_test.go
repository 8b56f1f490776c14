package deploytest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"arshjul/domain"
)

// release is a build of the program.
type release struct {
	name    string
	overlay string // file for go build -overlay; "" = the checkout as it is
	path    string // of the program
}

// edit changes the only place in a file that matches.
type edit struct {
	file string // below the module's root
	what *regexp.Regexp
	to   string
}

var (
	currentRules = regexp.MustCompile(`(?m)^const CurrentRules = \d+$`)
	stateForm    = regexp.MustCompile(`(?m)^const SchemaVersion = \d+$`)
	decide       = regexp.MustCompile(`(?m)^func Decide\(s \*State,`)
)

// noteTwice is what the changed releases do otherwise: a comment leads to two entries. Under which rules is %s.
const noteTwice = `package domain

func Decide(s *State, c Command, now Instant) ([]Event, error) {
	events, err := decideOnce(s, c, now)
	if n := len(events); err == nil && n == 1 && c.Kind == CmdComment && %s {
		again := events[0]
		again.Seq, again.Body = again.Seq+1, ""
		events = append(events, again)
	}
	return events, err
}
`

const rulesFile = "domain/next_release.go"

// thisRelease is the checkout.
func thisRelease(t *testing.T) release { return build(t, "this", nil, nil) }

// nextRelease has new rules beside the present ones, a new form of state, and one more table.
func nextRelease(t *testing.T) release { return newerRelease(t, "next", 1) }

// laterRelease has the rules of the next one, and a form of state that is newer still.
func laterRelease(t *testing.T) release { return newerRelease(t, "later", 2) }

func newerRelease(t *testing.T, name string, forms int) release {
	t.Helper()
	has, err := filepath.Glob("../store/migrations/*.sql")
	must(t, err)
	return build(t, name, []edit{
		{"domain/book.go", currentRules, "const CurrentRules = " + strconv.Itoa(domain.CurrentRules+1)},
		{"domain/state.go", stateForm, "const SchemaVersion = " + strconv.Itoa(domain.SchemaVersion+forms)},
		{"domain/decide.go", decide, "func decideOnce(s *State,"},
	}, map[string]string{
		rulesFile: fmt.Sprintf(noteTwice, "s.Rules >= CurrentRules"),
		fmt.Sprintf("internal/store/migrations/%04d_more.sql", len(has)+1): fmt.Sprintf("-- works from %d\ncreate table more (id int primary key);\n", len(has)),
	})
}

// carelessRelease has changed the rules under the version that open runs keep.
func carelessRelease(t *testing.T) release {
	return build(t, "careless", []edit{{"domain/decide.go", decide, "func decideOnce(s *State,"}},
		map[string]string{rulesFile: fmt.Sprintf(noteTwice, "true")})
}

// built holds the releases that a test has asked for, and the directory where they are.
var built struct {
	sync.Mutex
	dir string
	all map[string]release
}

// build builds the program with edits and more files; once, whoever asks.
func build(t *testing.T, name string, edits []edit, more map[string]string) release {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if r, found := built.all[name]; found {
		return r
	}
	dir := filepath.Join(built.dir, name)
	must(t, os.Mkdir(dir, 0o700))
	r := release{name: name, path: filepath.Join(dir, "arshjul")}
	if len(edits) > 0 {
		r.overlay = overlay(t, dir, edits, more)
	}
	r.compile(t, "build", "-o", r.path, "arshjul/cmd/arshjul")
	built.all[name] = r
	return r
}

func overlay(t *testing.T, dir string, edits []edit, more map[string]string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	replace := map[string]string{}
	put := func(file string, text []byte) {
		changed := filepath.Join(dir, filepath.Base(file))
		must(t, os.WriteFile(changed, text, 0o600))
		replace[filepath.Join(root, file)] = changed
	}
	for _, e := range edits {
		text, err := os.ReadFile(filepath.Join(root, e.file))
		must(t, err)
		if n := len(e.what.FindAll(text, -1)); n != 1 {
			t.Fatalf("%s has %d places that match %s: this test changes the one", e.file, n, e.what)
		}
		put(e.file, e.what.ReplaceAll(text, []byte(e.to)))
	}
	for file, text := range more {
		put(file, []byte(text))
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	must(t, err)
	path := filepath.Join(dir, "overlay.json")
	must(t, os.WriteFile(path, raw, 0o600))
	return path
}

// compile runs the go command as this release sees the source.
func (r *release) compile(t *testing.T, verb string, args ...string) {
	t.Helper()
	argv := []string{verb, "-buildvcs=false", "-ldflags", "-X main.version=" + r.name}
	if r.overlay != "" {
		argv = append(argv, "-overlay", r.overlay)
	}
	if out, err := exec.CommandContext(t.Context(), "go", append(argv, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("build the release %q: %v\n%s", r.name, err, out)
	}
}

// tests builds this package's tests as the release sees the source.
func (r *release) tests(t *testing.T) string {
	t.Helper()
	path := r.path + ".test"
	r.compile(t, "test", "-c", "-o", path, "arshjul/internal/deploytest")
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
