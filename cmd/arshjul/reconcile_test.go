package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// Each way in which workflow, log and lists can part is planted, found, said in words, and gone when it is mended.
func TestReconcileFindsWhatDiffers(t *testing.T) {
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	var receipt api.Receipt
	until(t, "another exercise begins", func() error { // asked again when a busy machine does not answer in time
		return d.As(servertest.Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: "other", Year: 2028}, &receipt)
	})
	other := receipt.Stream
	say := func(id string) {
		t.Helper()
		until(t, "a comment is answered", func() error {
			_, err := d.As(servertest.Launcher).Give(t.Context(), stream, api.Command{ID: id, Kind: domain.CmdComment, Text: "Prov (påhittat)"})
			return err
		})
	}
	for n := range 3 {
		say(fmt.Sprintf("comment-%d", n))
	}
	platform := []string{"--database=" + d.DatabaseURL, "--temporal=" + d.Address, "--namespace=" + d.Namespace}
	wait := "--wait=60"
	reconcile := func() (found []domain.Difference) {
		t.Helper()
		r := arshjul(append([]string{"reconcile", "--json", wait}, platform...)...)
		var said reconciled
		if err := json.Unmarshal([]byte(r.out), &said); err != nil || said.OK != (r.code == api.ExitOK) || !said.OK && r.code != api.ExitFault {
			t.Fatalf("exit %d, %v\n%s%s", r.code, err, r.out, r.err)
		}
		got := said.Kommuns[servertest.Kommun]
		if got.Streams < 3 || got.Entries < 3 || said.OK != (got.Total() == 0) {
			t.Fatalf("it compared %+v", got)
		}
		return got.Found
	}
	has := func(found []domain.Difference, want domain.Difference) bool {
		return slices.ContainsFunc(found, func(f domain.Difference) bool {
			return f.Stream == want.Stream && f.Kind == want.Kind && (want.Seq == 0 || f.Seq == want.Seq) && (want.Table == "" || f.Table == want.Table)
		})
	}
	well := func(when string) {
		t.Helper()
		until(t, when, func() error {
			if found := reconcile(); len(found) > 0 {
				return fmt.Errorf("%+v", found)
			}
			return nil
		})
	}
	well("nothing differs at first")
	if r := arshjul(append([]string{"reconcile"}, platform...)...); r.code != api.ExitOK || !strings.Contains(r.out, "bra  "+stream) || !strings.Contains(r.out, "säger detsamma") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}

	last, err := d.Store.Entries(t.Context(), stream, 1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	tail := uint64(len(last))
	in := fmt.Sprintf("stream = '%s' and seq = %d", stream, tail)
	const restored = "delete from entry where exists (select from kept); insert into entry select * from kept"
	for _, plant := range []struct {
		name string
		do   string
		undo string
		want []domain.Difference
	}{
		{"a row changed in the lists", "update step set late = not late where stream = '" + stream + "' and place = 0",
			"update step set late = not late where stream = '" + stream + "' and place = 0", []domain.Difference{{Stream: stream, Kind: domain.DiffShown, Table: "step"}}},
		{"a row too many", "insert into task select (jsonb_populate_record(t, '{\"command\": \"planted\"}')).* from task t where stream = '" + stream + "' limit 1",
			"delete from task where command = 'planted'", []domain.Difference{{Stream: stream, Kind: domain.DiffShown, Table: "task"}}},
		{"an entry missing at the tail", "delete from entry where " + in, restored,
			[]domain.Difference{{Stream: stream, Kind: domain.DiffMissing, Seq: tail}, {Stream: stream, Kind: domain.DiffShown, Table: "cycle"}}},
		{"an entry missing in the middle", strings.Replace("delete from entry where "+in, fmt.Sprint("= ", tail), "= 2", 1), restored,
			[]domain.Difference{{Stream: stream, Kind: domain.DiffMissing, Seq: 2}, {Stream: stream, Kind: domain.DiffBroken, Seq: 3}}},
		{"all entries gone", "delete from entry where stream = '" + stream + "'", restored, []domain.Difference{{Stream: stream, Kind: domain.DiffNoLog}}},
		{"an entry that is another", "update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'comment-2', 'comment-9'), 'UTF8') where " + in, restored,
			[]domain.Difference{{Stream: stream, Kind: domain.DiffEntry, Seq: tail}, {Stream: stream, Kind: domain.DiffState, Seq: tail}}},
		{"an entry that history never had", "insert into entry select log, idx + 1000, stream, seq + 1, convert_to(replace(convert_from(leaf, 'UTF8'), '\"seq\":" + fmt.Sprint(tail) +
			"', '\"seq\":" + fmt.Sprint(tail+1) + "'), 'UTF8'), kind, actor, command_id, body, step, at, recorded_at from entry where " + in, restored,
			[]domain.Difference{{Stream: stream, Kind: domain.DiffUnknown, Seq: tail + 1}}},
	} {
		asOwner(t, d, "create table kept as select * from entry")
		asOwner(t, d, plant.do)
		found := reconcile()
		for _, want := range plant.want {
			if !has(found, want) {
				t.Errorf("%s: %+v is not among what was found: %+v", plant.name, want, found)
			}
		}
		for _, f := range found {
			if f.Stream != stream {
				t.Errorf("%s: %+v is of another stream", plant.name, f)
			}
		}
		asOwner(t, d, plant.undo)
		asOwner(t, d, "drop table kept")
	}
	well("all of it is mended")

	// The workflow is ahead: the journal's role may not write.
	asOwner(t, d, "revoke insert on entry from arshjul_app")
	if _, err := temporalx.Send(t.Context(), d.Temporal, stream, domain.Command{ID: "ahead", Kind: domain.CmdComment, Actor: servertest.Launcher,
		Text: domain.TextRef(domain.DigestOf([]byte("påhittat")))}); err != nil {
		t.Fatal(err)
	}
	wait = "--wait=3" // all of which it takes
	until(t, "a workflow ahead of the log is found", func() error {
		if found := reconcile(); !has(found, domain.Difference{Stream: stream, Kind: domain.DiffUnwritten, Seq: tail + 1}) {
			return fmt.Errorf("found %+v", found)
		}
		r := arshjul(append([]string{"reconcile", wait}, platform...)...)
		if r.code != api.ExitFault || !strings.Contains(r.out, "FEL  "+stream+": arbetsflödet har beslutat post") {
			return fmt.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
		}
		return nil
	})
	wait = "--wait=60"
	asOwner(t, d, "grant insert on entry to arshjul_app")
	well("the journal has caught up")

	// A log without a workflow: first ended by hand, then removed.
	if err := d.Temporal.TerminateWorkflow(t.Context(), other, "", "planted"); err != nil {
		t.Fatal(err)
	}
	if found := reconcile(); len(found) != 1 || !has(found, domain.Difference{Stream: other, Kind: domain.DiffStopped}) {
		t.Errorf("a workflow ended by hand: found %+v", found)
	}
	if _, err := d.Temporal.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: d.Namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: other}}); err != nil {
		t.Fatal(err)
	}
	until(t, "the workflow is removed", func() error {
		var missing *serviceerror.NotFound
		if _, err := d.Temporal.DescribeWorkflowExecution(t.Context(), other, ""); !errors.As(err, &missing) {
			return fmt.Errorf("it is still there (%v)", err)
		}
		return nil
	})
	if found := reconcile(); len(found) != 1 || !has(found, domain.Difference{Stream: other, Kind: domain.DiffNoWorkflow}) {
		t.Errorf("a log without a workflow: found %+v", found)
	}

	// A workflow without a log, and one that says nothing.
	begin := func(stream string, rules int) {
		t.Helper()
		if _, err := d.Temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: stream, TaskQueue: workflows.TaskQueue}, workflows.TypeCycle,
			workflows.Input{State: *domain.NewState(stream), Adopt: rules, Form: domain.SchemaVersion}); err != nil {
			t.Fatal(err)
		}
	}
	wait = "--wait=3"
	begin("cycle/1283/2040", domain.CurrentRules)
	begin("cycle/1283/2041", 1000)
	until(t, "workflows without a log are found", func() error { // when Temporal lists them
		found := reconcile()
		for _, s := range []string{"cycle/1283/2040", "cycle/1283/2041"} {
			if !has(found, domain.Difference{Stream: s, Kind: domain.DiffNoLog}) {
				return fmt.Errorf("%s is not among %+v", s, found)
			}
		}
		return nil
	})
}

func until(t *testing.T, what string, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		case <-poll.C:
		}
	}
}

// asOwner does to a door's database what the application may not, as somebody with the owner's password could.
func asOwner(t *testing.T, d *servertest.Door, sql string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), stacktest.AsRole(t, d.DatabaseURL, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
