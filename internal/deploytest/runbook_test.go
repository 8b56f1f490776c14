package deploytest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
)

// runbookStep is a block of commands, or something that the test does in their place: whatever starts and stops Postgres
// and Temporal is another on every platform.
var runbookStep = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$|^<!-- test: ([a-z ]+) -->$")

// Every command in the runbook is run, in its order, on a real installation: deploy, roll back, roll, builds, back up,
// restore to one point in time, and a new password.
func TestTheRunbook(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(runbookFile)
	must(t, err)
	steps := runbookStep.FindAllStringSubmatch(string(text), -1)
	if len(steps) < 20 {
		t.Fatalf("the runbook has %d steps", len(steps))
	}
	in := install(t, thisRelease(t), 15*time.Minute)
	b := openRunbook(t, in, thisRelease(t), nextRelease(t))
	stream := in.startExercise(this(t))
	must(t, in.give(this(t), stream, "before"))
	for n, step := range steps {
		if command := step[1]; command != "" {
			b.run(fmt.Sprintf("block %d", n), command)
			continue
		}
		switch what := step[2]; what {
		case "restart postgres":
			must(t, in.stack.Postgres().Restart(in.ctx, stack.Clean))
		case "a mistake":
			must(t, in.give(this(t), stream, "mistake"))
		case "halt temporal":
			must(t, in.stack.Temporal().Halt(in.ctx, stack.Clean))
		case "halt postgres":
			must(t, in.stack.Postgres().Halt(in.ctx, stack.Clean))
		case "start restored postgres":
			must(t, os.Rename(b.data, b.data+".old"))
			must(t, os.Rename(b.restored, b.data))
			must(t, in.stack.Postgres().Resume(in.ctx))
		case "empty temporal":
			must(t, in.stack.EmptyTemporal(in.ctx))
		case "resume temporal":
			must(t, in.stack.Temporal().Resume(in.ctx))
		default:
			t.Fatalf("the runbook wants %q of the test", what)
		}
	}
	found := map[string]bool{}
	entries, err := in.store.Entries(in.ctx, stream, 1, 1000)
	must(t, err)
	for i := range entries {
		found[entries[i].Event.Command] = true
	}
	if !found["before"] || found["mistake"] {
		t.Errorf("after the restore the log has %v", found)
	}
	if rules, _ := in.rules(stream); rules == 0 {
		t.Error("the exercise keeps no rules")
	}
	must(t, in.give(this(t), stream, "afterwards"))
}

func this(t *testing.T) release { return thisRelease(t) }

// runbook runs commands in the environment that the runbook speaks of.
type runbook struct {
	in             *installation
	env            []string
	logs           string
	data, restored string // of the cluster
}

// openRunbook starts the old release, as the runbook finds it.
func openRunbook(t *testing.T, in *installation, old, next release) *runbook {
	t.Helper()
	dir := in.stack.Dir()
	b := &runbook{in: in, logs: t.TempDir(), data: filepath.Join(dir, "pg"), restored: filepath.Join(dir, "restored")}
	backup := filepath.Join(dir, "backup")
	must(t, os.Mkdir(backup, 0o700))
	must(t, os.Mkdir(b.restored, 0o700))
	asPostgres := ""
	if os.Geteuid() == 0 {
		u, err := user.Lookup("postgres")
		must(t, err)
		uid, err := strconv.Atoi(u.Uid)
		must(t, err)
		gid, err := strconv.Atoi(u.Gid)
		must(t, err)
		must(t, os.Chown(backup, uid, gid))
		must(t, os.Chown(b.restored, uid, gid))
		asPostgres = "runuser -u postgres --"
	}
	address := fmt.Sprintf("127.0.0.1:%d", quietPorts(t, 1)[0])
	in.addresses[old.name] = "http://" + address
	bin, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	must(t, err)
	if len(bin) == 0 {
		bin = []string{"/usr/bin"}
	}
	b.env = append(os.Environ(), "ARSHJUL_DATABASE="+in.database, "ARSHJUL_TEMPORAL="+in.stack.TemporalAddress(), "ARSHJUL_NAMESPACE="+namespace,
		"OWNER="+in.stack.PostgresURL("arshjul", "postgres"), "ARSHJUL_SERVER=http://"+address, "REGISTRAR=p-slf-registeransvarig", "SECOND=p-slf-cykelansvarig", "OLD="+old.path, "NEW="+next.path,
		"SERVE=--dev-login --addr "+address+" --kommun 1283 --wheel helsingborg-1 --found helsingborg-1", "WORKER=--mail sink",
		"LOGS="+b.logs, "SIGNER="+filepath.Join(b.logs, "signer"), "SIGNER_DATABASE="+in.stack.PostgresURL("arshjul", store.SignerRole), "SECOND=p-slf-cykelansvarig", "POSTGRES="+in.stack.PostgresURL("postgres", "postgres"), "RESTORED="+b.restored, "BACKUP="+backup, "AS_POSTGRES="+asPostgres,
		"PGBIN="+bin[len(bin)-1])
	t.Cleanup(b.end)
	b.run("start", `"$OLD" worker $WORKER >>"$LOGS/worker-old.log" 2>&1 & echo $! >"$LOGS/worker-old.pid"
"$OLD" serve $SERVE >>"$LOGS/serve-old.log" 2>&1 & echo $! >"$LOGS/serve-old.pid"`)
	in.until("the server answers", func() error {
		var h api.Health
		return in.as(old, "").Get(in.ctx, "/health", &h)
	})
	return b
}

func (b *runbook) run(what, commands string) {
	b.in.t.Helper()
	ctx, cancel := context.WithTimeout(b.in.ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-eu", "-o", "pipefail", "-c", commands)
	cmd.Env, cmd.Dir = b.env, b.logs
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.in.t.Fatalf("%s of the runbook: %v\n%s\n%s", what, err, commands, out)
	}
	b.in.t.Logf("%s\n%s", commands, out)
}

// end kills what the runbook's commands have left running, and tells what they logged if something went wrong.
func (b *runbook) end() {
	pids, _ := filepath.Glob(filepath.Join(b.logs, "*.pid")) // the pattern is well-formed
	for _, file := range pids {
		if text, err := os.ReadFile(file); err == nil {
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL) // most have ended already
			}
		}
	}
	if !b.in.t.Failed() {
		return
	}
	logs, _ := filepath.Glob(filepath.Join(b.logs, "*.log"))
	for _, file := range logs {
		if text, err := os.ReadFile(file); err == nil {
			b.in.t.Logf("the end of %s:\n%s", filepath.Base(file), text[max(0, len(text)-2000):])
		}
	}
}
