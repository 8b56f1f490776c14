package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/workflows"
)

// Lists that were changed, a database that was put back to an earlier moment beside a whole Temporal, and a workflow that
// somebody ended: each is told of, shown what would be done, put right, written down, and gone; and work goes on.
func TestReconcileRepairs(t *testing.T) {
	d := servertest.New(t)
	stream, registry := d.Exercise(t, 2028), domain.RegistryStream(servertest.Kommun)
	say := func(id string) (r api.Receipt) {
		t.Helper()
		until(t, "a comment is answered", func() (err error) {
			r, err = d.As(servertest.Launcher).Give(t.Context(), stream, api.Command{ID: id, Kind: domain.CmdComment, Text: "Prov (påhittat)"})
			return err
		})
		return r
	}
	bind := func(person string) {
		t.Helper()
		until(t, "a role is given", func() error {
			_, err := d.As(servertest.Registrar).Give(t.Context(), registry, api.Command{ID: "bind-" + person, Kind: domain.CmdBind,
				Binding: &api.Binding{Person: domain.PersonID(person), Name: "Vikarie (påhittat)", Role: "processledare", Unit: "SOF", From: "2026-01-01"}})
			return err
		})
	}
	platform := []string{"--database=" + d.DatabaseURL, "--temporal=" + d.Address, "--namespace=" + d.Namespace}
	run := func(more ...string) result { return arshjul(slices.Concat([]string{"reconcile"}, platform, more)...) }
	well := func(when string) {
		t.Helper()
		until(t, when, func() error {
			if r := run("--wait=60"); r.code != api.ExitOK {
				return fmt.Errorf("%s%s", r.out, r.err)
			}
			return nil
		})
		for _, log := range []string{servertest.Kommun, stream} {
			if _, err := d.Store.VerifyLog(t.Context(), log); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
	}
	// repair says what it would do, changes nothing, does it, and writes it down.
	repair := func(kind domain.RepairKind, in string, says ...string) (last domain.Repaired) {
		t.Helper()
		before := sizes(t, d.Store, servertest.Kommun, stream)
		r := run("--repair", string(kind))
		for _, s := range append(says, "skulle göras", "Inget är gjort än") {
			if r.code != api.ExitOK || !strings.Contains(r.out, s) {
				t.Errorf("%s, dry: exit %d, and %q is not in\n%s%s", kind, r.code, s, r.out, r.err)
			}
		}
		if after := sizes(t, d.Store, servertest.Kommun, stream); !slices.Equal(before, after) {
			t.Errorf("%s, dry: %v became %v", kind, before, after)
		}
		r = run("--repair", string(kind), "--do", "--as", string(servertest.Registrar), "--json")
		var said struct{ Repairs []repaired }
		if err := json.Unmarshal([]byte(r.out), &said); err != nil || r.code != api.ExitOK || len(said.Repairs) == 0 {
			t.Fatalf("%s: exit %d, %v\n%s%s", kind, r.code, err, r.out, r.err)
		}
		entries, err := d.Store.Entries(t.Context(), domain.RepairStream(in), 1, 100)
		if err != nil || len(entries) == 0 {
			t.Fatalf("%s: %d entries, %v", kind, len(entries), err)
		}
		for i := range entries {
			if e := &entries[i].Event; e.Kind == domain.EvRepaired && e.Repaired.Kind == kind && e.Repaired.Stream == in && e.Actor == servertest.Registrar {
				last = *e.Repaired
			}
		}
		if last.Kind == "" {
			t.Errorf("%s of %s is not written down: %+v", kind, in, entries[len(entries)-1].Event.Repaired)
		}
		if r := run("--repair", string(kind)); r.code != api.ExitOK || !strings.Contains(r.out, "Det finns inget att rätta.") {
			t.Errorf("%s, once more: exit %d\n%s%s", kind, r.code, r.out, r.err)
		}
		return last
	}
	say("first")
	bind("p-fore")
	well("nothing differs at first")
	for _, wrong := range [][]string{{"--repair", "allt"}, {"--do", "--as", "p-slf-registeransvarig"}, {"--repair", "lists", "--do", "--as", "p-sof-processledare"}, {"--repair", "lists", "--do"}} {
		if r := run(wrong...); r.code != api.ExitUsage {
			t.Errorf("%v: exit %d\n%s%s", wrong, r.code, r.out, r.err)
		}
	}

	asOwner(t, d, "update step set late = not late where stream = '"+stream+"'; delete from task; delete from binding; insert into unit select 'registry/1283', 'XX', 99, kind, 'Planterad', served_by, plans, note, first_day, last_day from unit limit 1")
	if r := run(); r.code != api.ExitFault {
		t.Errorf("changed lists are not found: %d\n%s", r.code, r.out)
	}
	if last := repair(domain.RepairLists, stream, stream+": listorna räknades om", registry); last.Rows < 51 {
		t.Errorf("%+v", last)
	}
	well("the lists are right again")

	// The database is put back to an earlier moment, and Temporal is not.
	owner := stacktest.AsRole(t, d.DatabaseURL, "postgres")
	dump := filepath.Join(t.TempDir(), "dump")
	command(t, "pg_dump", "--format=custom", "--file="+dump, owner)
	said := say("after-1")
	bind("p-efter")
	say("after-2")
	was := map[string][]store.Entry{}
	for _, of := range []string{stream, registry} {
		var err error
		if was[of], err = d.Store.Entries(t.Context(), of, 1, 1000); err != nil {
			t.Fatal(err)
		}
	}
	restoreDump(t, owner, dump)
	if size := sizes(t, d.Store, stream); size[0] >= uint64(len(was[stream])) {
		t.Fatalf("the log was not put back: %d", size[0])
	}
	beside := httptest.NewServer(d.Another(t, func(c *server.Config) { c.Patience = 0 }).Handler())
	defer beside.Close()
	until(t, "something is decided that does not follow from the log", func() error { // and is told as received, not done
		r, err := api.NewClient(beside.URL, servertest.Launcher).Give(t.Context(), stream, api.Command{ID: "behind", Kind: domain.CmdComment, Text: "Prov (påhittat)"})
		if err == nil && r.Status != api.StatusReceived {
			t.Errorf("it is told as %s", r.Status)
		}
		return err
	})
	if last := repair(domain.RepairLog, stream, "2 poster från nummer", "1 poster från nummer", "borta för alltid"); last.Count != 2 || last.Seq != said.First || len(last.Lost) != 2 {
		t.Errorf("%+v", last)
	}
	well("the log has what it lacked")
	for of, entries := range was {
		now, err := d.Store.Entries(t.Context(), of, 1, 1000)
		if err != nil || len(now) < len(entries) {
			t.Fatalf("%s: %d entries of %d, %v", of, len(now), len(entries), err)
		}
		for i := range entries {
			if !bytes.Equal(now[i].Leaf, entries[i].Leaf) {
				t.Errorf("%s: entry %d is another than it was", of, i+1)
			}
		}
	}
	var again api.Receipt
	if err := d.As(servertest.Launcher).Get(t.Context(), "/"+stream+"/receipts/after-1", &again); err != nil || again.First != said.First || again.Last != said.Last {
		t.Errorf("asked again it is answered %+v, and was %+v: %v", again, said, err)
	}
	behind := say("behind")
	if _, held, err := d.Store.MailHold(t.Context(), servertest.Kommun); err != nil || !held {
		t.Errorf("mails are held: %v, %v", held, err)
	}

	// Somebody ends a workflow in Temporal.
	if err := d.Temporal.TerminateWorkflow(t.Context(), stream, "", "planted"); err != nil {
		t.Fatal(err)
	}
	if last := repair(domain.RepairRestart, stream, stream+": arbetsflödet startades om"); last.Seq == 0 || !last.Head.Valid() {
		t.Errorf("%+v", last)
	}
	well("the workflow goes on")
	if again := say("behind"); again.First != behind.First || again.First >= say("goes-on").First {
		t.Errorf("asked again it is answered %+v, and was %+v", again, behind)
	}
	well("and is whole")

	// One that somebody starts by hand, from the same state and with nothing written down, is found.
	now, err := d.Store.Recount(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Temporal.TerminateWorkflow(t.Context(), stream, "", "planted"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue}, workflows.TypeCycle,
		workflows.Resume(*now.State)); err != nil {
		t.Fatal(err)
	}
	if r := run("--wait=60"); r.code != api.ExitFault || !strings.Contains(r.out, "som inte finns i arbetsflödets historik") {
		t.Errorf("a run started by hand: exit %d\n%s%s", r.code, r.out, r.err)
	}
}

// sizes are how many entries logs have.
func sizes(t *testing.T, s *store.Store, logs ...string) (all []uint64) {
	t.Helper()
	for _, log := range logs {
		until(t, "the log's size", func() error { // connections may have been cut
			n, err := s.TreeSize(t.Context(), log)
			if err == nil {
				all = append(all, n)
			}
			return err
		})
	}
	return all
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// restoreDump puts a database back to what a dump says. Whoever is connected is thrown out.
func restoreDump(t *testing.T, owner, dump string) {
	t.Helper()
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	c, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	quoted := pgx.Identifier{name}.Sanitize()
	_, gone := c.Exec(t.Context(), "drop database "+quoted+" with (force)")
	_, made := c.Exec(t.Context(), "create database "+quoted)
	if err := errors.Join(gone, made); err != nil {
		t.Fatal(err)
	}
	command(t, "pg_restore", "--dbname="+owner, dump)
}
