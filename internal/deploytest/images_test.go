package deploytest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/temporalx"
)

// What the containers of docker-compose.yml do is done step by step, with their own scripts, variables and commands, but
// without containers, and with each of Temporal's services as a process of its own, configured by the variables alone as the
// image's entrypoint does it. Then an exercise is begun. Only addresses, ports and paths are others than in the containers.
//
// None of it is asked to trace, although the environment says where traces would go: nothing is sent.
func TestTheImagesSteps(t *testing.T) {
	t.Parallel()
	this, images := thisRelease(t), services(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	bin, dir := stacktest.BinDir(t), stacktest.Dir(t)
	s, err := stack.StartPostgres(ctx, stack.Config{Dir: dir, BinDir: bin, Ephemeral: true})
	must(t, err)
	t.Cleanup(func() { must(t, s.Stop(context.Background())) })
	in := &installation{t: t, ctx: ctx, stack: s, workers: map[string]*stack.Child{}, servers: map[string]*stack.Child{}, addresses: map[string]string{}}
	t.Cleanup(func() {
		if t.Failed() {
			in.showLogs()
		}
	})
	step := func(env []string, name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	compose := func(file string) string {
		path, err := filepath.Abs(filepath.Join("../../deploy/compose", file))
		must(t, err)
		return path
	}

	// postgres: the roles and the databases. The cluster listens on a socket; the containers come by TCP.
	socket := filepath.Join(dir, "run")
	step(images["postgres"].list("PGHOST="+socket, "PGPORT=5432"), "/bin/sh", compose("postgres-roles.sh"))
	postgres := forward(t, filepath.Join(socket, ".s.PGSQL.5432"))
	host, port, err := net.SplitHostPort(postgres)
	must(t, err)

	// temporal-schema: twice, as at an upgrade.
	for range 2 {
		step(images["temporal-schema"].list("SQL_HOST="+host, "SQL_PORT="+port, "TEMPORAL_SCHEMAS="+filepath.Join(bin, "temporal-schema"),
			"PATH="+bin+":"+os.Getenv("PATH")), "/bin/sh", compose("temporal-schema.sh"))
	}

	// temporal
	env := images["temporal"].list("POSTGRES_SEEDS="+host, "DB_PORT="+port, "BIND_ON_IP=127.0.0.1", "DYNAMIC_CONFIG_FILE_PATH="+compose("dynamicconfig.yaml"))
	ports := quietPorts(t, 10)
	temporal := net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0]))
	for i, name := range []string{"FRONTEND_GRPC_PORT", "FRONTEND_MEMBERSHIP_PORT", "FRONTEND_HTTP_PORT", "HISTORY_GRPC_PORT", "HISTORY_MEMBERSHIP_PORT",
		"MATCHING_GRPC_PORT", "MATCHING_MEMBERSHIP_PORT", "WORKER_GRPC_PORT", "WORKER_MEMBERSHIP_PORT"} {
		env = append(env, fmt.Sprintf("%s=%d", name, ports[i]))
	}
	for _, service := range []string{"history", "matching", "frontend", "worker"} {
		in.workers["temporal-"+service], err = s.Supervise(ctx, "temporal-"+service, []string{filepath.Join(bin, "temporal-server"), "start"}, append(env, "TEMPORAL_SERVICES="+service))
		must(t, err)
	}
	in.until("Temporal answers", func() error {
		c, err := temporalx.Dial(ctx, temporal, namespace, zap.NewNop())
		if err == nil {
			c.Close()
		}
		return err
	})

	// migrate, worker, serve
	spans := collect(t)
	ours := func(name string) []string {
		database := images[name].Environment["ARSHJUL_DATABASE"]
		for _, elsewhere := range []string{"postgres:5432", "127.0.0.1:15432"} {
			database = strings.Replace(database, "@"+elsewhere+"/", "@"+postgres+"/", 1)
		}
		return images[name].list("ARSHJUL_DATABASE="+database, "ARSHJUL_TEMPORAL="+temporal, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+spans.address)
	}
	in.until("the tables and the namespace are made", func() error { // the container is started again too, when Temporal is not ready
		cmd := exec.CommandContext(ctx, this.path, images["migrate"].Command...)
		cmd.Env = ours("migrate")
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[9]))
	checkpoints := filepath.Join(dir, "checkpoints") // which signer and serve have in common
	for name, kept := range map[string]map[string]*stack.Child{"worker": in.workers, "serve": in.servers} {
		argv := append([]string{this.path}, images[name].Command...)
		for was, is := range map[string]string{"127.0.0.1:8028": address, "0.0.0.0:9100": "127.0.0.1:0", "/checkpoints/keys.txt": filepath.Join(checkpoints, "keys.txt")} {
			if i := slices.Index(argv, was); i > 0 {
				argv[i] = is
			}
		}
		kept[name], err = s.Supervise(ctx, name, argv, ours(name))
		must(t, err)
	}
	in.addresses[this.name] = "http://" + address
	in.until("the server answers", func() error {
		var h api.Health
		return in.as(this, "").Get(ctx, "/health", &h)
	})

	// signer, once: it makes its key and signs what there is.
	signed := append([]string{this.path}, images["signer"].Command...)
	for i := range signed {
		signed[i] = strings.Replace(signed[i], "/signer/", filepath.Join(dir, "signer")+"/", 1)
		signed[i] = strings.Replace(signed[i], "/checkpoints", checkpoints, 1)
	}
	must(t, os.Mkdir(filepath.Join(dir, "signer"), 0o700))
	must(t, os.Mkdir(checkpoints, 0o755))
	signed[slices.Index(signed, "0.0.0.0:9100")] = "127.0.0.1:0"
	sign := func() string {
		t.Helper()
		hand := exec.CommandContext(ctx, signed[0], append(signed[1:], "--once")...)
		hand.Env = ours("signer")
		out, err := hand.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "underskrivna") {
			t.Errorf("signer: %v\n%s", err, out)
		}
		return string(out)
	}
	if out := sign(); !strings.Contains(out, "revisorerna") {
		t.Errorf("the signer does not say whom its new key is for:\n%s", out)
	}

	// An exercise is begun.
	stream := in.startExercise(this)
	const some = 20
	play, stop := context.WithCancel(ctx)
	defer stop()
	done := 0
	if _, err := officials.Play(play, in.as(this, launcher), stream, launcher, func(p officials.Progress) {
		if done = p.Done; done >= some {
			stop()
		}
	}); !errors.Is(err, context.Canceled) || done < some {
		t.Fatalf("played to %d steps: %v", done, err)
	}
	sign()
	keys, err := os.ReadFile(filepath.Join(checkpoints, "keys.txt"))
	must(t, err)
	if !slices.Contains(in.packOf(this, stream), string(keys)) {
		t.Error("the server's evidence pack lacks the keys that the signer publishes")
	}
	reconcile := exec.CommandContext(ctx, this.path, "reconcile", "--wait=60")
	reconcile.Env = ours("worker")
	if out, err := reconcile.CombinedOutput(); err != nil || !strings.Contains(string(out), "bra  "+stream) {
		t.Errorf("reconcile: %v\n%s", err, out)
	}
	for _, c := range []*stack.Child{in.servers["serve"], in.workers["worker"]} { // what they had to tell is told now
		must(t, c.Halt(ctx, stack.Clean))
	}
	spans.mu.Lock()
	defer spans.mu.Unlock()
	if n := len(spans.spans); n > 0 {
		t.Errorf("%d spans were sent by processes without --traces", n)
	}
}

// packOf gives what is in the files of an evidence pack, as the server makes it.
func (in *installation) packOf(r release, stream string) (all []string) {
	in.t.Helper()
	ask, err := http.NewRequestWithContext(in.ctx, http.MethodGet, in.addresses[r.name]+"/api/v1/"+stream+"/pack", nil)
	must(in.t, err)
	ask.Header.Set("X-Arshjul-Person", string(launcher))
	answer, err := http.DefaultClient.Do(ask)
	must(in.t, err)
	b, err := io.ReadAll(answer.Body)
	must(in.t, errors.Join(err, answer.Body.Close()))
	if answer.StatusCode != http.StatusOK {
		in.t.Fatalf("the pack of %s: %s %s", stream, answer.Status, b)
	}
	pack, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(in.t, err)
	for _, f := range pack.File {
		file, err := f.Open()
		must(in.t, err)
		text, err := io.ReadAll(file)
		must(in.t, errors.Join(err, file.Close()))
		all = append(all, string(text))
	}
	return all
}

// forward lets a unix socket be reached by TCP.
func forward(t *testing.T, socket string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", socket)
			if err != nil {
				_ = from.Close()
				continue
			}
			both := func(a, b net.Conn) {
				_, _ = io.Copy(a, b)
				_, _ = a.Close(), b.Close()
			}
			go both(from, to)
			go both(to, from)
		}
	}()
	return l.Addr().String()
}

// quietPorts finds free ports below the range that the kernel gives to outgoing connections.
func quietPorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for tries := 0; len(ports) < n; tries++ {
		port := 15000 + rand.IntN(17000)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
		if err == nil {
			must(t, l.Close())
		} else if tries > 1000 {
			t.Fatal(err)
		}
	}
	return ports
}
