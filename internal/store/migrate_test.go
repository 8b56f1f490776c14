package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"arshjul/internal/stack/stacktest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func owner(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	t.Parallel()
	url := stacktest.Database(t, nil)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = Migrate(t.Context(), url) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := again(t, url).SchemaUpToDate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSchemaUpToDateRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, sql, says string }{
		{"nothing migrated", "drop table migration", "Kör arshjul migrate"},
		{"one missing", "delete from migration where number = (select max(number) from migration)", "Kör arshjul migrate"},
		{"a newer database", "insert into migration (number, sum) values (99, 'x')", "minst lika nytt"},
		{"an edited migration", "update migration set sum = 'x' where number = 2", "en annan"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := open(t)
			if err := s.SchemaUpToDate(t.Context()); err != nil {
				t.Fatal(err)
			}
			exec(t, owner(t, url), tt.sql)
			var schema *SchemaError
			if err := s.SchemaUpToDate(t.Context()); !errors.As(err, &schema) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a SchemaError that says %q", err, tt.says)
			}
		})
	}
}

// A program goes on with tables that a newer one has only added to, and not with others.
func TestANewerDatabaseThatHasOnlyGrown(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	all, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	o := owner(t, url)
	exec(t, o, "insert into migration (number, sum, works_from) values ($1, 'x', $2)", len(all)+1, len(all))
	if err := s.SchemaUpToDate(t.Context()); err != nil {
		t.Errorf("the newer one works from this one on: %v", err)
	}
	if err := Migrate(t.Context(), url); err != nil {
		t.Errorf("migrated by the older program: %v", err)
	}
	exec(t, o, "insert into migration (number, sum, works_from) values ($1, 'y', $1)", len(all)+2)
	var schema *SchemaError
	if err := s.SchemaUpToDate(t.Context()); !errors.As(err, &schema) {
		t.Errorf("the next one has not only grown: %v", err)
	}
}

// Postgres itself keeps the application from changing the log.
func TestAppRoleMayOnlyAddToTheLog(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	launched(t, s, 2028, 0)
	const insufficientPrivilege = "42501"
	for _, sql := range []string{
		"update entry set actor = 'någon annan'",
		"update entry set leaf = leaf",
		"delete from entry",
		"truncate entry",
		"update entry_hash set hash = hash",
		"delete from entry_hash",
		"truncate entry_hash",
		"drop table entry",
		"alter table entry drop column recorded_at",
		"create trigger quiet before insert on entry for each row execute function suppress_redundant_updates_trigger()",
		"create rule gone as on insert to entry do instead nothing",
		"select leaf from entry for update",
		"set role arshjul_owner",
		"insert into migration (number, sum) values (99, 'x')",
		"delete from text",
		"update text set commitment = commitment",
		"delete from file",
		"update file set size = size",
		"update wheel set yaml = yaml",
		"create table mine (x int)",
	} {
		_, err := s.pool.Exec(t.Context(), sql)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != insufficientPrivilege {
			t.Errorf("%s: got %v, want that permission is denied", sql, err)
		}
	}
	for _, sql := range []string{"select count(*) from entry", "select count(*) from entry_hash", "update text set salt = null, body = null, erased_at = now()"} {
		if _, err := s.pool.Exec(t.Context(), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	// The same statements are possible for who owns the tables: the refusals are about the role.
	exec(t, owner(t, url), "update entry set actor = 'någon annan'")
}
