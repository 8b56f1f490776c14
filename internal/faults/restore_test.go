package faults

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// The whole cluster is lost and restored, from a base backup and archived WAL, to one point in time: journal and Temporal's
// histories lie in it together and come back together. What was acknowledged until then stands; what came after is
// gone from both, is done anew by who asks again with the same id, and everything goes on.
func TestRestoreToOnePointInTime(t *testing.T) {
	t.Parallel()
	in := install(t, 6*time.Minute)
	archive := in.archiveWAL()
	stream, cycle := in.startExercise(), in.launch(2028)
	give := func(stream, id string) (r api.Receipt) {
		in.persist(id, func() (err error) {
			r, err = in.client(preparer).Give(in.ctx, stream, comment(newID(stream, id), "Kommentar"))
			return err
		})
		return r
	}
	give(stream, "before-backup")
	base := in.baseBackup()
	for n := range 5 {
		give(stream, fmt.Sprintf("kept-%d", n))
		give(cycle, fmt.Sprintf("kept-%d", n))
	}
	in.audit() // all of it is journalled, and every stream at rest
	point := in.clockOfPostgres()
	kept := in.ledgerLines()
	for n := range 5 {
		give(stream, fmt.Sprintf("lost-%d", n))
		give(cycle, fmt.Sprintf("lost-%d", n))
	}
	in.persist("submit", func() error {
		_, err := in.client(preparer).Give(in.ctx, cycle, in.firstSubmission(cycle, "lost-submission"))
		return err
	})
	lost := in.ledgerLines()
	before := map[string]int{stream: in.size(stream), cycle: in.size(cycle)}
	in.allArchived()

	in.restore(base, archive, point)
	for name, had := range before {
		if has := in.size(name); has >= had || has == 0 {
			t.Errorf("%s had %d entries and has %d: it was not restored to the point in time", name, had, has)
		}
	}
	// Real mails wait for a person who knows what was sent after the point in time.
	in.until("doctor tells of the restore", func() error {
		if says, err := in.doctor(in.ctx); err == nil {
			return errors.Join(fmt.Errorf("it does not:\n%s", says), temporalx.WakeDelivery(in.ctx, in.temporal, kommun))
		}
		return nil
	})
	in.persist("let the mails go", func() error {
		return in.client(registrar).Post(in.ctx, "/mail/release", api.MailRelease{Sent: true}, &api.MailHold{})
	})
	if r := give(cycle, "kept-4"); r.Status != api.StatusDone || r.First == 0 {
		t.Errorf("what was kept is answered %+v", r)
	}
	for n := range 5 {
		give(stream, fmt.Sprintf("lost-%d", n))
		give(cycle, fmt.Sprintf("lost-%d", n))
	}
	head, err := officials.Play(in.ctx, in.client(launcher), stream, launcher, func(officials.Progress) {})
	if err != nil || head.Status != api.CycleEnded || head.Done != head.Steps {
		t.Errorf("played on to %s, %d of %d steps: %v", head.Status, head.Done, head.Steps, err)
	}
	// The answers that were given between the point in time and the loss are the loss.
	o := in.oracle()
	o.ledger = in.rewritten(func(rows []line) []line {
		var all []line
		for n, row := range rows {
			if n < kept || n >= lost || row.Asked != nil {
				all = append(all, row)
			}
		}
		return all
	})
	found, told, err := o.audit(in.ctx)
	must(t, err)
	for _, f := range found {
		t.Error(f)
	}
	t.Logf("%+v", told)
	// And with those answers the oracle sees that something was lost.
	if found, _, err := in.oracle().audit(in.ctx); err != nil || len(found) == 0 {
		t.Errorf("the oracle does not see that a submission was lost: %v", err)
	}
}

// postgresIs is who runs Postgres.
func (in *installation) postgresIs() (uid, gid int) {
	in.t.Helper()
	info, err := os.Stat(filepath.Join(in.stack.Dir(), "pg"))
	must(in.t, err)
	owner := info.Sys().(*syscall.Stat_t)
	return int(owner.Uid), int(owner.Gid)
}

// archiveWAL has every finished WAL file copied to a directory.
func (in *installation) archiveWAL() (dir string) {
	in.t.Helper()
	dir = filepath.Join(in.stack.Dir(), "archive")
	must(in.t, os.Mkdir(dir, 0o700))
	uid, gid := in.postgresIs()
	must(in.t, os.Chown(dir, uid, gid))
	in.exec("alter system set archive_mode = on")
	in.exec(fmt.Sprintf("alter system set archive_command = 'test ! -f %[1]s/%%f && cp %%p %[1]s/%%f'", dir))
	must(in.t, in.stack.Postgres().Restart(in.ctx, stack.Clean))
	return dir
}

// baseBackup copies the running cluster.
func (in *installation) baseBackup() (dir string) {
	in.t.Helper()
	dir = filepath.Join(in.stack.Dir(), "base")
	out, err := exec.CommandContext(in.ctx, "pg_basebackup", "--dbname", in.stack.PostgresURL("postgres", "postgres"), "--pgdata", dir,
		"--wal-method", "none", "--checkpoint", "fast", "--no-sync").CombinedOutput()
	if err != nil {
		in.t.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	return dir
}

// clockOfPostgres is a moment after everything that was committed, and before everything that will be.
func (in *installation) clockOfPostgres() (now time.Time) {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.owner)
	must(in.t, err)
	defer func() { must(in.t, c.Close(in.ctx)) }()
	must(in.t, c.QueryRow(in.ctx, "select clock_timestamp()").Scan(&now))
	return now
}

func (in *installation) ledgerLines() int {
	in.t.Helper()
	text, err := os.ReadFile(in.ledger.path)
	must(in.t, err)
	return strings.Count(string(text), "\n")
}

// allArchived waits until all that is committed lies in the archive.
func (in *installation) allArchived() {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.owner)
	must(in.t, err)
	defer func() { must(in.t, c.Close(in.ctx)) }()
	var last string
	must(in.t, c.QueryRow(in.ctx, "select pg_walfile_name(pg_switch_wal())").Scan(&last))
	in.until("the WAL is archived", func() error {
		var archived bool
		err := c.QueryRow(in.ctx, "select coalesce(last_archived_wal >= $1, false) from pg_stat_archiver", last).Scan(&archived)
		if err == nil && !archived {
			err = errors.New("it is not")
		}
		return err
	})
}

// restore loses the cluster, and brings it back as it was at a point in time. Nobody works meanwhile.
func (in *installation) restore(base, archive string, point time.Time) {
	in.t.Helper()
	in.store.Close()
	children := append(in.ours(), in.stack.Temporal(), in.stack.Postgres())
	for _, c := range children {
		must(in.t, c.Halt(in.ctx, stack.Kill))
	}
	uid, gid := in.postgresIs()
	data := filepath.Join(in.stack.Dir(), "pg")
	must(in.t, os.RemoveAll(data))
	must(in.t, os.Rename(base, data))
	settings, err := os.OpenFile(filepath.Join(data, "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	must(in.t, err)
	_, err = fmt.Fprintf(settings, "restore_command = 'cp %s/%%f %%p'\nrecovery_target_time = '%s'\nrecovery_target_action = promote\n", archive, point.UTC().Format("2006-01-02 15:04:05.999999+00"))
	must(in.t, errors.Join(err, settings.Close()))
	must(in.t, os.WriteFile(filepath.Join(data, "recovery.signal"), nil, 0o600))
	must(in.t, filepath.Walk(data, func(path string, _ os.FileInfo, err error) error { return errors.Join(err, os.Lchown(path, uid, gid)) }))
	must(in.t, in.stack.Postgres().Resume(in.ctx))
	in.until("Postgres is promoted", func() error {
		c, err := pgx.Connect(in.ctx, in.owner)
		if err != nil {
			return err
		}
		defer func() { must(in.t, c.Close(in.ctx)) }()
		var recovering bool
		if err := c.QueryRow(in.ctx, "select pg_is_in_recovery()").Scan(&recovering); err != nil || recovering {
			return fmt.Errorf("it recovers (%w)", err)
		}
		return nil
	})
	must(in.t, in.stack.Temporal().Resume(in.ctx))
	for _, c := range in.ours() {
		must(in.t, c.Resume(in.ctx))
	}
	in.store, err = store.Open(in.ctx, in.database)
	must(in.t, err)
	in.t.Cleanup(in.store.Close)
	in.until("the server answers", in.healthy)
}
