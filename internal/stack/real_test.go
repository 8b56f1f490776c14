package stack_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// What the tests of real processes share: a stack started and stopped, what it told, what its databases hold.

// told collects what a stack tells the person at the terminal.
type told struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // holds one item after a new line
}

func listen() *told { return &told{more: make(chan struct{}, 1)} }

func (l *told) tell(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	select {
	case l.more <- struct{}{}:
	default:
	}
}

func (l *told) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// wait returns once something told contains text.
func (l *told) wait(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(l.all(), text) {
		select {
		case <-l.more:
		case <-t.Context().Done():
			t.Fatalf("never told %q, but:\n%s", text, l.all())
		}
	}
}

func config(t *testing.T, dir string) stack.Config {
	return stack.Config{Dir: dir, BinDir: stacktest.BinDir(t), Ephemeral: true}
}

func start(t *testing.T, cfg stack.Config) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

func execSQL(t *testing.T, s *stack.Stack, sql string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.PostgresURL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *stack.Stack, sql string) (n int) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.PostgresURL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if err := c.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// namespaceKnown says whether Temporal has a namespace of that name.
func namespaceKnown(t *testing.T, s *stack.Stack, name string) bool {
	t.Helper()
	conn, err := grpc.NewClient(s.TemporalAddress(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = workflowservice.NewWorkflowServiceClient(conn).DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: name})
	return err == nil
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func problem(t *testing.T, err error, code string, says ...string) {
	t.Helper()
	var p *stack.Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a problem that a person can mend: %v", err)
	}
	if p.Code != code {
		t.Errorf("code %s, want %s: %s", p.Code, code, p.Message)
	}
	for _, s := range says {
		if !strings.Contains(p.Message, s) {
			t.Errorf("%q is not in: %s", s, p.Message)
		}
	}
}
