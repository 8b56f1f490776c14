package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// The database roles. The owner cannot log in by itself: who migrates is a member of it, or a superuser.
const (
	OwnerRole  = "arshjul_owner"
	AppRole    = "arshjul_app"
	SignerRole = "arshjul_signer" // reads the log and adds checkpoints, and nothing else
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

type migration struct {
	name, sql, sum string
	// worksFrom is the oldest program, by how many migrations it has, that can work with the tables after this one.
	worksFrom int
}

// worksFrom stands in a migration that only adds: programs that have this many migrations go on working, so that a release
// can be taken back until its first roll. Without it older programs refuse the database.
var worksFrom = regexp.MustCompile(`(?m)^-- works from (\d+)$`)

// migrations lists them in order; number n is the n:th. A migration that has been released is never edited: the
// database remembers its checksum.
func migrations() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]migration, 0, len(names))
	for i, name := range names {
		if want := fmt.Sprintf("migrations/%04d_", i+1); name[:len(want)] != want {
			return nil, fmt.Errorf("store: migration %s should be number %d", name, i+1)
		}
		b, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b)
		m := migration{name, string(b), hex.EncodeToString(sum[:]), i + 1}
		if said := worksFrom.FindSubmatch(b); said != nil {
			if m.worksFrom, err = strconv.Atoi(string(said[1])); err != nil || m.worksFrom > i+1 {
				return nil, fmt.Errorf("store: migration %s works from a program that is newer than itself: %s", name, said[1])
			}
		}
		all = append(all, m)
	}
	return all, nil
}

// prepare makes the roles and the table of migrations. Roles belong to the whole cluster, so another database's
// migration may make them at the same moment. AppRole and SignerRole get no password: how it proves itself is for pg_hba.conf, or for
// an administrator who makes the roles beforehand.
const prepare = `
do $$ begin
	if to_regrole('arshjul_owner') is null then create role arshjul_owner; end if;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
	if to_regrole('arshjul_app') is null then create role arshjul_app login; end if;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
	if to_regrole('arshjul_signer') is null then create role arshjul_signer login; end if;
exception when duplicate_object or unique_violation then null;
end $$;
grant usage, create on schema public to arshjul_owner;
set local role arshjul_owner;
create table if not exists migration (
	number     int         primary key,
	sum        text        not null,
	applied_at timestamptz not null default clock_timestamp()
);
alter table migration add column if not exists works_from int; -- null = number
grant select on migration to arshjul_app;
`

// Migrate brings the database's tables up to this build and makes the roles if they are missing. Each migration is
// a transaction of its own; two that run at once wait for each other. url names a role that may do this: a superuser, or
// the owner of the database that is a member of OwnerRole when the roles exist already.
func Migrate(ctx context.Context, url string) (err error) {
	all, err := migrations()
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	steps := []func(pgx.Tx) error{func(tx pgx.Tx) error { _, err := tx.Exec(ctx, prepare); return err }}
	for i := range all {
		steps = append(steps, func(tx pgx.Tx) error { return apply(ctx, tx, i+1, all[i]) })
	}
	for _, step := range steps {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := lock(ctx, tx, "migrate", ""); err != nil {
				return err
			}
			return step(tx)
		})
		if err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
	}
	return upToDate(ctx, conn)
}

func apply(ctx context.Context, tx pgx.Tx, number int, m migration) error {
	if _, err := tx.Exec(ctx, "set local role arshjul_owner"); err != nil {
		return err
	}
	var done bool
	err := tx.QueryRow(ctx, "select exists (select from migration where number = $1)", number).Scan(&done)
	if err != nil || done {
		return err
	}
	if _, err := tx.Exec(ctx, m.sql); err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	_, err = tx.Exec(ctx, "insert into migration (number, sum, works_from) values ($1, $2, $3)", number, m.sum, m.worksFrom)
	return err
}

// SchemaError says that the database's tables are not the ones this build was written for.
type SchemaError struct{ Message string }

// Error says what to do, in Swedish: it is read by whoever starts the program.
func (e *SchemaError) Error() string { return e.Message }

// SchemaUpToDate returns a *SchemaError unless the tables are those of this build, or of a newer one that has only added
// to them. The worker and the server refuse to start then.
func (s *Store) SchemaUpToDate(ctx context.Context) error { return upToDate(ctx, s.pool) }

func upToDate(ctx context.Context, db querier) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	var exists bool
	if err := db.QueryRow(ctx, `select exists (select from pg_attribute
		where attrelid = to_regclass('migration') and attname = 'works_from')`).Scan(&exists); err != nil {
		return err
	}
	var sums []string
	oldest := 0
	if exists {
		rows, err := db.Query(ctx, "select sum, coalesce(works_from, number) from migration order by number")
		if err != nil {
			return err
		}
		var sum string
		var from int
		if _, err := pgx.ForEachRow(rows, []any{&sum, &from}, func() error {
			sums, oldest = append(sums, sum), max(oldest, from)
			return nil
		}); err != nil {
			return err
		}
	}
	for i, sum := range sums {
		if i >= len(all) {
			if oldest <= len(all) {
				break
			}
			return &SchemaError{fmt.Sprintf("Databasen har version %d och programmet version %d. Starta ett program som är minst lika nytt som databasen.", len(sums), len(all))}
		}
		if sum != all[i].sum {
			return &SchemaError{fmt.Sprintf("Databasens version %d är gjord av en annan %s än programmets. Starta det program som databasen gjordes med.", i+1, all[i].name)}
		}
	}
	if len(sums) < len(all) {
		return &SchemaError{fmt.Sprintf("Databasen har version %d och programmet behöver version %d. Kör arshjul migrate.", len(sums), len(all))}
	}
	return nil
}
