package stack

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// A temporalDatabase is one of the two that a Temporal server needs.
type temporalDatabase struct {
	Name   string // in the cluster
	Store  string // in the server's configuration
	schema string // the folder of its schema
}

var temporalDatabases = []temporalDatabase{
	{"temporal", "default", "temporal"},
	{"temporal_visibility", "visibility", "visibility"},
}

// temporalPatience is how long Temporal may take to serve. What takes a second on an idle machine takes many on a busy one.
const temporalPatience = 3 * time.Minute

//go:embed temporal-dynamic.yaml
var temporalDynamic []byte

//go:embed temporal.yaml.tmpl
var temporalConfigText string

var temporalConfig = template.Must(template.New("temporal.yaml").Option("missingkey=error").Parse(temporalConfigText))

// TemporalAddress is host:port of Temporal's frontend; empty for a stack without Temporal.
func (s *Stack) TemporalAddress() string { return s.temporalAddress }

// StartTemporal adds Temporal to a stack that was started without. A port that somebody takes between being picked and being listened on is replaced.
func (s *Stack) StartTemporal(ctx context.Context) error {
	if err := checkTemporal(s.cfg); err != nil {
		return err
	}
	s.cfg.Tell("Startar Temporal …")
	ctx, cancel := context.WithTimeout(ctx, temporalPatience)
	defer cancel()
	if err := s.setUpTemporalSchema(ctx); err != nil {
		return err
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		ports, err := pickPorts(s.cfg)
		if err != nil {
			return err
		}
		if err := s.writeTemporalConfig(ports); err != nil {
			return err
		}
		address := loopback(ports["frontend"].GRPC)
		conn, err := dialTemporal(address)
		if err != nil {
			return err
		}
		if s.cfg.TemporalApart {
			err = s.startTemporalApart(ctx, ports, conn)
		} else {
			temporal := s.temporalChild("temporal")
			temporal.ready = func(ctx context.Context) error { return temporalServes(ctx, conn) }
			err = s.add(ctx, temporal)
		}
		if err == nil {
			s.temporalAddress, s.temporalConn = address, conn
			return nil
		}
		err = errors.Join(err, conn.Close())
		var start *startError
		if attempt == attempts || !errors.As(err, &start) || !strings.Contains(start.tail, "address already in use") {
			return err
		}
	}
}

// temporalChild is a process of Temporal's server that runs the named services, or all of them.
func (s *Stack) temporalChild(name string, services ...string) *Child {
	argv := []string{filepath.Join(s.cfg.BinDir, "temporal-server"), "--config-file", s.temporalConfigFile(), "--allow-no-auth", "start"}
	for _, service := range services {
		argv = append(argv, "--service", service)
	}
	return &Child{name: name, argv: argv, env: temporalEnv(), dir: s.cfg.path("temporal"), stop: syscall.SIGTERM, orphaned: syscall.SIGKILL}
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func dialTemporal(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 20 * time.Millisecond, MaxDelay: 20 * time.Millisecond}}))
}

// temporalEnv leaves out the variables with which Temporal or its database driver could be steered by accident.
func temporalEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "TEMPORAL") && !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "SQL_") {
			env = append(env, kv)
		}
	}
	return env
}

func (s *Stack) temporalConfigFile() string { return s.cfg.path("temporal", "temporal.yaml") }

func (s *Stack) writeTemporalConfig(ports map[string]servicePorts) error {
	var b bytes.Buffer
	err := temporalConfig.Execute(&b, map[string]any{
		"Databases":  temporalDatabases,
		"SocketDir":  socketDir(s.cfg),
		"SocketPort": socketPort,
		"User":       superuser,
		"Ports":      ports,
		"Dynamic":    s.cfg.path("temporal", "dynamic.yaml"),
	})
	if err != nil {
		return fmt.Errorf("temporal's configuration: %w", err)
	}
	if err := writeWhole(s.cfg.path("temporal", "dynamic.yaml"), temporalDynamic); err != nil {
		return notWritable(s.cfg, err)
	}
	if err := writeWhole(s.temporalConfigFile(), b.Bytes()); err != nil {
		return notWritable(s.cfg, err)
	}
	return nil
}

// setUpTemporalSchema creates Temporal's databases, or brings them to the schema of this build's server. A first
// attempt that was interrupted is started over: no server has run on what it left.
func (s *Stack) setUpTemporalSchema(ctx context.Context) error {
	done := s.cfg.path("temporal", "schema-complete")
	_, err := os.Stat(done)
	fresh := os.IsNotExist(err)
	if err != nil && !fresh {
		return err
	}
	for _, db := range temporalDatabases {
		if fresh {
			if err := withPostgres(ctx, s.cfg, "postgres", func(c *pgx.Conn) error {
				_, err := c.Exec(ctx, "drop database if exists "+pgx.Identifier{db.Name}.Sanitize())
				return err
			}); err != nil {
				return fmt.Errorf("start over with database %s: %w", db.Name, err)
			}
			if err := s.sqlTool(ctx, db, "create"); err != nil {
				return err
			}
			if err := s.sqlTool(ctx, db, "setup-schema", "-v", "0.0"); err != nil {
				return err
			}
		}
		versioned := filepath.Join(s.cfg.BinDir, "temporal-schema", db.schema, "versioned")
		if err := s.sqlTool(ctx, db, "update-schema", "-d", versioned); err != nil {
			return err
		}
	}
	if !fresh {
		return nil
	}
	if err := writeWhole(done, nil); err != nil {
		return notWritable(s.cfg, err)
	}
	return nil
}

// EmptyTemporal makes Temporal's databases anew and empty, as after their loss. Temporal must be halted.
func (s *Stack) EmptyTemporal(ctx context.Context) error {
	if err := os.Remove(s.cfg.path("temporal", "schema-complete")); err != nil {
		return err
	}
	return s.setUpTemporalSchema(ctx)
}

func (s *Stack) sqlTool(ctx context.Context, db temporalDatabase, verb ...string) error {
	args := append([]string{"--plugin", "postgres12_pgx", "--ep", "localhost", "-p", socketPort, "-u", superuser,
		"--ca", "host=" + socketDir(s.cfg), "--db", db.Name}, verb...)
	cmd := exec.CommandContext(ctx, filepath.Join(s.cfg.BinDir, "temporal-sql-tool"), args...)
	cmd.Env = temporalEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("temporals tabeller i databasen %s kunde inte göras i ordning (%s): %w\n%s", db.Name, verb[0], err, out)
	}
	return nil
}

// temporalServes asks the frontend for its health, and through it the history service: the frontend answers well before
// that has its shards.
func temporalServes(ctx context.Context, conn *grpc.ClientConn) error {
	if err := serves(ctx, conn, "WorkflowService"); err != nil {
		return err
	}
	return NamespaceServes(ctx, conn, "temporal-system")
}

// serves asks one of Temporal's services for its own health.
func serves(ctx context.Context, conn *grpc.ClientConn, service string) error {
	health, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{
		Service: "temporal.api.workflowservice.v1." + service,
	})
	if err != nil {
		return err
	}
	if health.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("temporal's %s is %s", service, health.Status)
	}
	return nil
}

// NamespaceServes is nil once workflows in the namespace can be reached. A new namespace becomes known to the services only
// when their caches are refreshed, a few seconds after it was registered.
func NamespaceServes(ctx context.Context, conn grpc.ClientConnInterface, namespace string) error {
	_, err := workflowservice.NewWorkflowServiceClient(conn).DescribeWorkflowExecution(ctx,
		&workflowservice.DescribeWorkflowExecutionRequest{
			Namespace: namespace,
			Execution: &common.WorkflowExecution{WorkflowId: "arshjul-no-such-workflow"},
		})
	if err == nil {
		return errors.New("temporal describes a workflow that does not exist")
	}
	// Only this answer comes from the history service; an unknown namespace has an error of its own.
	err = serviceerror.FromStatus(status.Convert(err))
	if noWorkflow := (*serviceerror.NotFound)(nil); errors.As(err, &noWorkflow) {
		return nil
	}
	return err
}
