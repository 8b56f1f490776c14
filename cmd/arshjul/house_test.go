package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
)

// program builds the real program beside the Temporal server, as make build does, in a directory of the test's own.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"temporal-server", "temporal-sql-tool", "temporal-schema"} {
		if err := os.Symlink(filepath.Join(stacktest.BinDir(t), name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "arshjul")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// started is a running program whose output is read line by line.
type started struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	seen  []string
}

func start(t *testing.T, path string, args ...string) *started {
	t.Helper()
	cmd := exec.Command(path, args...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // the program has it
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended, when all went well
		_ = r.Close()
	})
	return &started{t: t, cmd: cmd, lines: bufio.NewScanner(r)}
}

// until reads until a line contains text.
func (s *started) until(text string) string {
	s.t.Helper()
	for s.lines.Scan() {
		s.seen = append(s.seen, s.lines.Text())
		if strings.Contains(s.lines.Text(), text) {
			return s.lines.Text()
		}
	}
	s.t.Fatalf("%q was never written (%v):\n%s", text, s.lines.Err(), strings.Join(s.seen, "\n"))
	return ""
}

// interrupt is Ctrl-C; it gives the exit code.
func (s *started) interrupt() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		s.t.Fatal(err)
	}
	return s.wait()
}

func (s *started) wait() int {
	s.t.Helper()
	for s.lines.Scan() {
		s.seen = append(s.seen, s.lines.Text())
	}
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, io.EOF) {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// finish runs the real program to its end.
func finish(t *testing.T, path string, args ...string) result {
	t.Helper()
	var out, errOut strings.Builder
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
}

// Ctrl-C in the middle of an exercise stops everything; the next start plays it on to its end, and doctor finds all well.
func TestUpGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	path, dir := program(t), filepath.Join(stacktest.Dir(t), "d")
	port, err := stack.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"up", "--dir", dir, "--port", strconv.Itoa(port), "--launch", "2028", "--exercise", "2028", "--wheel", "helsingborg-1"}
	first := start(t, path, args...)
	first.until("Cykeln för 2028 är startad")
	first.until("övningens dag 10 februari 2027")
	if code := first.interrupt(); code != api.ExitOK {
		t.Fatalf("Ctrl-C: exit %d\n%s", code, strings.Join(first.seen, "\n"))
	}
	if r := finish(t, path, "doctor", "--dir", dir); r.code != api.ExitFault || !strings.Contains(r.out, "FEL") {
		t.Errorf("doctor beside a stopped stack: exit %d\n%s", r.code, r.out)
	}

	second := start(t, path, args...)
	second.until("finns redan")
	second.until("spelas vidare")
	second.until("51 av 51 steg klara, ")
	second.until("Öppna http://127.0.0.1:" + strconv.Itoa(port))
	if r := finish(t, path, "doctor", "--dir", dir); r.code != api.ExitOK || !strings.Contains(r.out, "Loggen exercise/1283/2028/1 är hel") {
		t.Errorf("doctor: exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := finish(t, path, "up", "--dir", dir, "--port", strconv.Itoa(port)); r.code != api.ExitFault || r.err == "" {
		t.Errorf("a second one on the same port: exit %d\n%s%s", r.code, r.out, r.err)
	}
	if code := second.interrupt(); code != api.ExitOK {
		t.Fatalf("Ctrl-C: exit %d\n%s", code, strings.Join(second.seen, "\n"))
	}
}

// The demo plays the whole wheel with every step that can be chosen, and a year in which the balance is negative: each step
// is reached and signed, and people are told as often as rehearsal said.
func TestDemo(t *testing.T) {
	t.Parallel()
	var wheel struct {
		Steps []struct{ ID, Basis string }
	}
	if r := arshjul("wheel", "show", "helsingborg", "--json"); json.Unmarshal([]byte(r.out), &wheel) != nil {
		t.Fatal(r.out, r.err)
	}
	var practice []string
	for _, s := range wheel.Steps {
		if s.Basis == "P" {
			practice = append(practice, s.ID)
		}
	}
	said := playDemo(t, "--with="+strings.Join(practice, ","))
	for _, id := range append(practice, "balanskrav-atgardsplan") {
		if !slices.ContainsFunc(said.Steps, func(s rehearsedStep) bool { return strings.HasPrefix(string(s.ID), id+"/") }) {
			t.Errorf("%s was not played", id)
		}
	}
	if len(said.Steps) != 429 || len(practice) != 2 {
		t.Errorf("%d steps, %d of practice chosen", len(said.Steps), len(practice))
	}
}

// Another municipality is a file, and its demo is played as the built-in one.
func TestDemoOfAnotherMunicipality(t *testing.T) {
	t.Parallel()
	files := "../../internal/wheelfile/testdata/exempelkoping/"
	said := playDemo(t, "--wheel="+files+"arshjul.yaml", "--organisation="+files+"organisation.yaml")
	if len(said.Steps) != 63 || said.Wheel != "Budget och uppföljning, Exempelköpings kommun" {
		t.Errorf("%s has %d steps", said.Wheel, len(said.Steps))
	}
}

// What does not go together is told before anything is started.
func TestDemoRefusesFilesThatDoNotFit(t *testing.T) {
	t.Parallel()
	files := "../../internal/wheelfile/testdata/exempelkoping/"
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--wheel=" + files + "arshjul.yaml"}, api.ExitUsage, "årshjulet gäller kommun 9999 men organisationen kommun 1283"},
		{[]string{"--wheel=" + files + "finns-inte.yaml"}, api.ExitUsage, "går inte att läsa"},
		{[]string{"--wheel=" + files + "arshjul.yaml", "--organisation=" + files + "organisation.yaml", "--year=2035"}, api.ExitRefused, "sammanträde"},
		{[]string{"--with=finns-inte"}, api.ExitRefused, "finns-inte"},
	} {
		if r := arshjul(append([]string{"demo"}, row.args...)...); r.code != row.code || !strings.Contains(r.out+r.err, row.says) || strings.Contains(r.out, "Startar") {
			t.Errorf("%q: exit %d, want %d and %q\n%.500s%.500s", row.args, r.code, row.code, row.says, r.out, r.err)
		}
	}
}

type rehearsedStep struct {
	ID   string  `json:"id"`
	Done *string `json:"done"`
}

type played struct {
	Wheel string          `json:"wheel"`
	Mails int             `json:"mails"`
	Steps []rehearsedStep `json:"steps"`
}

// playDemo plays a demo, and gives what rehearsal says of the same, which must be what the demo says at its end.
func playDemo(t *testing.T, args ...string) (said played) {
	t.Helper()
	path := program(t)
	s := start(t, path, append([]string{"demo"}, args...)...)
	if code := s.wait(); code != api.ExitOK {
		t.Fatalf("exit %d\n%s", code, strings.Join(s.seen, "\n"))
	}
	r := finish(t, path, append([]string{"rehearse", "--year", "2028", "--json"}, args...)...)
	if json.Unmarshal([]byte(r.out), &said) != nil || said.Mails == 0 {
		t.Fatalf("rehearse: exit %d\n%.200s", r.code, r.out)
	}
	last := s.seen[len(s.seen)-1]
	m := regexp.MustCompile(`^demo: (\d+) steps done, (\d+) journal entries, (\d+) mails, journal verified$`).FindStringSubmatch(last)
	if m == nil || m[1] != strconv.Itoa(len(said.Steps)) || m[3] != strconv.Itoa(said.Mails) {
		t.Errorf("the last line is %q; rehearsal said %d steps and %d mails", last, len(said.Steps), said.Mails)
	}
	return said
}
