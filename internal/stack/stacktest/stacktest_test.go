package stacktest_test

import (
	"context"
	"testing"

	"arshjul/internal/stack/stacktest"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

func prepare(ctx context.Context, url string) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "create table prepared (n int); insert into prepared values (7)"); err != nil {
		return err
	}
	return c.Close(ctx)
}

func TestDatabase(t *testing.T) {
	var seen = map[string]bool{}
	for range 3 {
		url := stacktest.Database(t, prepare)
		if seen[url] {
			t.Fatalf("%s was handed out twice", url)
		}
		seen[url] = true
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := c.QueryRow(t.Context(), "delete from prepared returning n").Scan(&n); err != nil || n != 7 {
			t.Fatalf("prepared row: %d, %v", n, err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNamespace(t *testing.T) {
	address, a := stacktest.Namespace(t)
	_, b := stacktest.Namespace(t)
	if a == b {
		t.Fatalf("two tests share namespace %s at %s", a, address)
	}
}
