package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack/stacktest"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

// result is what came of a command line.
type result struct {
	code     int
	out, err string
}

func arshjul(args ...string) result {
	var out, errOut bytes.Buffer
	code := run(args, &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each command line ends with the exit code that the help text promises, and with a sentence.
func TestExitCodes(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server := "--server=" + d.URL
	const writer, registrar = "--as=p-slf-stadens-processledare", "--as=p-slf-registeransvarig"
	cycle := "--cycle=" + stream
	doc := file(t, "anvisningar.txt", "Planeringsanvisningar (påhittat)")
	large := file(t, "stor.bin", strings.Repeat("x", domain.MaxFile+1))
	badWheel := file(t, "hjul.yaml", "årshjul: inget\n")
	submit := []string{"step", "submit", "planeringsanvisningar/KS", cycle, server, writer, "--document=planeringsanvisningar=" + doc,
		"--document=bastilldelning=https://example.invalid/x", "--field=inlamningsdag=31 mars (påhittat)", "--reference=KS 1/2027", "--id=cli-1"}

	for _, row := range []struct {
		name string
		args []string
		code int
		says string // in what is written for the person
	}{
		{"version", []string{"version"}, api.ExitOK, "regelversion"},
		{"help", []string{"--help"}, api.ExitOK, "Slutkoder"},
		{"a verb's help", []string{"step", "decide", "--help"}, api.ExitOK, "--paragraph TEXT"},
		{"completion", []string{"completion", "bash"}, api.ExitOK, "complete"},
		{"completion for no shell", []string{"completion", "tcsh"}, api.ExitUsage, "bash, zsh"},
		{"no such verb", []string{"dansa"}, api.ExitUsage, `"dansa" finns inte`},
		{"no such flag", []string{"cycles", "--dansa"}, api.ExitUsage, "dansa"},
		{"no argument", []string{"status"}, api.ExitUsage, "ange cykeln"},
		{"too many arguments", []string{"status", "a", "b"}, api.ExitUsage, `"b" är för mycket`},
		{"group without verb", []string{"step"}, api.ExitUsage, "vad du vill göra"},

		{"cycles", []string{"cycles", server, writer}, api.ExitOK, "ÖVNING 1: mål och ekonomi 2028"},
		{"status", []string{"status", stream, server, writer}, api.ExitOK, "0 av 51 steg klara"},
		{"inbox", []string{"inbox", server, writer, cycle}, api.ExitOK, "Lämna in: Planeringsanvisningar"},
		{"empty inbox", []string{"inbox", server, "--as=p-revisor"}, api.ExitOK, "Inget väntar på dig"},
		{"step", []string{"step", "show", "planeringsanvisningar/KS", cycle, server, writer}, api.ExitOK, "Du får nu"},
		{"registry", []string{"registry", "show", server, writer}, api.ExitOK, "Socialnämnden"},
		{"an exercise's registry", []string{"registry", "show", server, writer, cycle}, api.ExitOK, "föreslaget"},

		{"submit", submit, api.ExitOK, "Klart: journalpost"},
		{"submit again", submit, api.ExitOK, "Klart: journalpost"},
		{"the version is looked up", []string{"step", "ready", "planeringsanvisningar/KS", cycle, server, "--as=p-slf-ekonomidirektor"}, api.ExitOK, "Klart"},
		{"confirm", []string{"registry", "confirm-meeting", cycle, server, registrar, "--meeting=KS-2027-02-10"}, api.ExitOK, "Klart"},
		{"advance", []string{"exercise", "advance", stream, server, "--as=p-slf-cykelansvarig"}, api.ExitOK, "Klart"},
		{"decide", []string{"step", "decide", "planeringsanvisningar/KS", cycle, server, "--as=p-ks-namndsekreterare", "--outcome=bifall",
			"--paragraph=14", "--meeting=KS-2027-02-10", "--date=2027-02-10"}, api.ExitOK, "Klart"},
		{"shown afterwards", []string{"step", "show", "planeringsanvisningar/KS", cycle, server, writer}, api.ExitOK, "utan fil"},
		{"comment", []string{"step", "comment", cycle, server, writer, "--text=Hej (påhittat)"}, api.ExitOK, "Klart"},

		{"nobody logged in", []string{"cycles", server}, api.ExitUsage, "--as PERSON"},
		{"bad date", []string{"step", "extend", "namndens-forslag/SN", cycle, server, writer, "--date=i morgon", "--text=x"}, api.ExitUsage, "2027-02-10"},
		{"bad document", []string{"step", "submit", "namndens-forslag/SN", cycle, server, writer, "--document=forslag"}, api.ExitUsage, "handling=FIL"},
		{"no such file", []string{"step", "submit", "namndens-forslag/SN", cycle, server, writer, "--document=forslag=/finns/inte"}, api.ExitUsage, "går inte att läsa"},
		{"no cycle", []string{"step", "ready", "namndens-forslag/SN", server, writer}, api.ExitUsage, "ange cykeln"},
		{"bad form", []string{"registry", "bind", cycle, server, registrar, "--person=p-1"}, api.ExitUsage, "Fyll i"},
		{"bad wheel", []string{"wheel", "check", badWheel}, api.ExitUsage, "hjul.yaml:1:"},

		{"refused", []string{"step", "ready", "namndens-forslag/SN", cycle, server, writer, "--version=" + strings.Repeat("0", 64)}, api.ExitRefused, "öppen"},
		{"same id, another body", []string{"step", "comment", cycle, server, writer, "--text=Hej", "--id=cli-1"}, api.ExitRefused, "kommando-id"},
		{"file too large", []string{"step", "submit", "namndens-forslag/SN", cycle, server, writer, "--document=forslag=" + large}, api.ExitRefused, "25 MB"},
		{"no such cycle", []string{"status", "cycle/1283/1999", server, writer}, api.ExitRefused, "ingen cykel"},
		{"a role not held", []string{"launch", "--year=2029", "--dnr=KS 1/2026", "--date=2026-11-01", server, writer}, api.ExitRefused, "cykelansvarig"},
		{"unreachable", []string{"cycles", "--server=http://127.0.0.1:1", writer}, api.ExitUnreachable, "arshjul up"},
		{"unreachable platform", []string{"worker"}, api.ExitUsage, "--database"},
		{"no log-in but for trial", []string{"serve", "--database=x", "--temporal=y"}, api.ExitUsage, "--dev-login"},
		{"dev log-in for all", []string{"serve", "--dev-login", "--addr=0.0.0.0:0", "--database=x", "--temporal=y"}, api.ExitUsage, "egna datorn"},
	} {
		r := arshjul(row.args...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, row.says, r.out, r.err)
		}
		if r.code != api.ExitOK && r.err == "" {
			t.Errorf("%s: nothing on standard error", row.name)
		}
	}
}

// With --json standard output is one JSON value, whatever the answer, and the exit code the same.
func TestJSON(t *testing.T) {
	d := servertest.New(t) // in the shared one others count on there being no real cycle
	stream := d.Exercise(t, 2028)
	d.Launch(t, 2028)
	server := "--server=" + d.URL
	const writer = "--as=p-slf-stadens-processledare"
	for _, row := range []struct {
		args []string
		code int
		has  string
	}{
		{[]string{"cycles", server, writer}, api.ExitOK, `"cycles"`},
		{[]string{"status", stream, server, writer}, api.ExitOK, `"rows"`},
		{[]string{"inbox", server, writer}, api.ExitOK, `"tasks"`},
		{[]string{"step", "show", "planeringsanvisningar/KS", "--cycle=" + stream, server, writer}, api.ExitOK, `"gate"`},
		{[]string{"registry", "show", server, writer}, api.ExitOK, `"bindings"`},
		{[]string{"launch", "list", server, writer}, api.ExitOK, `"cycle/1283/2028"`},
		{[]string{"launch", "check", "--year=2029", server, writer}, api.ExitOK, `"findings"`},
		{[]string{"step", "show", "planeringsanvisningar/KS", server, writer}, api.ExitOK, `"cycle/1283/2028"`}, // the only one that goes on
		{[]string{"step", "comment", "--cycle=" + stream, server, writer, "--text=x (påhittat)"}, api.ExitOK, `"klar"`},
		{[]string{"step", "comment", "--cycle=" + stream, server, "--as=p-okand", "--text=x"}, api.ExitRefused, `"unknown_person"`},
	} {
		r := arshjul(append(row.args, "--json")...)
		if r.code != row.code || !json.Valid([]byte(r.out)) || !strings.Contains(r.out, row.has) {
			t.Errorf("%v: exit %d\n%s%s", row.args, r.code, r.out, r.err)
		}
	}
}

// Simulated officials play an exercise to its end through the API, and what they leave is whole.
func TestOfficialsPlayAnExercise(t *testing.T) {
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	r := arshjul("exercise", "play", stream, "--server="+d.URL, "--as="+string(servertest.Launcher))
	if r.code != api.ExitOK || !strings.Contains(r.out, "avslutad: 51 av 51 steg klara") {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	v, err := d.Store.VerifyLog(t.Context(), stream)
	if err != nil || v.Size < 300 {
		t.Errorf("the log: %+v, %v", v, err)
	}
	var cycle api.Cycle
	if err := d.As(servertest.Launcher).Get(t.Context(), "/"+stream, &cycle); err != nil {
		t.Fatal(err)
	}
	for _, row := range cycle.Rows {
		if !row.Done || row.Late {
			t.Errorf("%s: %s, late %v", row.Step, row.Status, row.Late)
		}
	}
	refusals, err := d.Store.Entries(t.Context(), domain.RefusalStream(stream), 1, 10)
	if err != nil || len(refusals) > 0 {
		t.Errorf("officials who know their work are refused nothing: %+v, %v", refusals, err)
	}
	again := arshjul("exercise", "play", stream, "--server="+d.URL, "--as="+string(servertest.Launcher))
	if again.code != api.ExitOK {
		t.Errorf("played again: exit %d %s", again.code, again.err)
	}
	report := arshjul("report", "--cycle", stream, "--server="+d.URL, "--as=p-revisor")
	for _, want := range []string{"51 av 51 steg klara", "samma som i posten som avslutade cykeln", "Ingen har gått vidare utan en sen enhet."} {
		if report.code != api.ExitOK || !strings.Contains(report.out, want) {
			t.Errorf("the report does not say %q: exit %d\n%s%s", want, report.code, report.out, report.err)
		}
	}
	then := arshjul("report", "--json", "--cycle", stream, "--per", "2027-06-30", "--server="+d.URL, "--as=p-revisor")
	var half api.Report
	if err := json.Unmarshal([]byte(then.out), &half); err != nil || half.Ended != 0 || half.Done == 0 || half.Done >= half.Steps || half.Today > "2027-06-30" {
		t.Errorf("as of June: exit %d, %v, %d of %d on %s", then.code, err, half.Done, half.Steps, half.Today)
	}
}

// An exercise that nobody can go on with says on what it is stuck, and does not go round for ever.
func TestAnExerciseThatIsStuckSaysSo(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server, registrar := "--server="+d.URL, "--as="+string(servertest.Registrar)
	if r := arshjul("registry", "exclude", "--cycle="+stream, server, registrar, "--person=p-slf-ekonomidirektor", "--reason=Prov (påhittat)"); r.code != api.ExitOK {
		t.Fatal(r.err)
	}
	r := arshjul("exercise", "play", stream, server, "--as="+string(servertest.Launcher))
	if r.code != api.ExitFault || !strings.Contains(r.err, "kört fast") || !strings.Contains(r.err, "Planeringsanvisningar") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestWheel(t *testing.T) {
	wheel := file(t, "helsingborg.yaml", string(wheels.Helsingborg))
	organisation := file(t, "organisation.yaml", string(wheels.HelsingborgOrganisation))
	if r := arshjul("wheel", "check", wheel, organisation); r.code != api.ExitOK || !strings.Contains(r.out, "65 steg") {
		t.Errorf("check: exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := arshjul("wheel", "show"); r.code != api.ExitOK || !strings.Contains(r.out, "kf-mal-och-ekonomi") {
		t.Errorf("show: exit %d\n%s%s", r.code, r.out, r.err)
	}
	alone := strings.Replace(string(wheels.HelsingborgOrganisation), "id: KF, slag: kf", "id: XX, slag: kf", 1)
	if r := arshjul("wheel", "check", wheel, file(t, "utan-kf.yaml", alone)); r.code != api.ExitUsage || r.err == "" {
		t.Errorf("an organisation that does not fit: exit %d\n%s%s", r.code, r.out, r.err)
	}
}
