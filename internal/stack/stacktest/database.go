package stacktest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"arshjul/internal/stack"

	"github.com/jackc/pgx/v5"
)

var (
	databases atomic.Int64 // numbers their names
	templates sync.Map     // of *template, by the prepare function they were made with
)

// template is a prepared database, made once and copied for each test.
type template struct {
	once sync.Once
	name string
	err  error
}

// Database creates a database for this test alone and returns its URL as the cluster's owner; AsRole gives another
// role's. If prepare is not nil, the database is as prepare left it; prepare is run once per test package, on the first
// database that asks for it, and its work copied. It must close its connections. The database stays until the package's
// tests are done, so that it can be looked at from a test's Cleanup.
func Database(t testing.TB, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	s := postgres(t)
	from := "template1"
	if prepare != nil {
		p, _ := templates.LoadOrStore(reflect.ValueOf(prepare).Pointer(), &template{})
		tmpl := p.(*template)
		tmpl.once.Do(func() {
			tmpl.name = fmt.Sprintf("prepared_%d", databases.Add(1))
			if tmpl.err = create(s, tmpl.name, "template1"); tmpl.err == nil {
				tmpl.err = prepare(context.Background(), s.PostgresURL(tmpl.name, "postgres"))
			}
		})
		if tmpl.err != nil {
			t.Fatalf("stacktest: prepare the database: %v", tmpl.err)
		}
		from = tmpl.name
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := create(s, name, from); err != nil {
		t.Fatalf("stacktest: create database %s: %v", name, err)
	}
	return s.PostgresURL(name, "postgres")
}

// AsRole is the same database's URL for another role.
func AsRole(t testing.TB, databaseURL, role string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatalf("stacktest: %v", err)
	}
	u.User = url.User(role)
	return u.String()
}

// one at a time: Postgres refuses to copy a database that another copy is being made of.
var creating sync.Mutex

func create(s *stack.Stack, name, from string) (err error) {
	creating.Lock()
	defer creating.Unlock()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, s.PostgresURL("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	_, err = c.Exec(ctx, fmt.Sprintf("create database %s template %s", quoted(name), quoted(from)))
	return err
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
