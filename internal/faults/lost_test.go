package faults

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// Temporal's databases are lost, and the log is whole: every open cycle, the registry, delivery and the nightly comparison
// begin anew where the log says that they were. Who asks again gets the answer of before, deadlines are armed, sign-offs
// work, each mail comes once, and nothing differs.
func TestTemporalIsLost(t *testing.T) {
	t.Parallel()
	in := install(t, 8*time.Minute)
	exercise, cycle := in.startExercise(), in.launch(2028)
	registry := domain.RegistryStream(kommun)
	give := func(stream, id string) (r api.Receipt) {
		in.persist(id, func() (err error) {
			r, err = in.client(preparer).Give(in.ctx, stream, comment(newID(stream, id), "Kommentar"))
			return err
		})
		return r
	}
	before := map[string]api.Receipt{}
	for _, stream := range []string{exercise, cycle} {
		before[stream] = give(stream, "before")
	}
	in.persist("hand in", func() error {
		_, err := in.client(preparer).Give(in.ctx, exercise, in.firstSubmission(exercise, newID(exercise, "in")))
		return err
	})
	in.audit() // all of it is journalled, and every stream at rest
	was := map[string]workflows.View{exercise: in.view(exercise), cycle: in.view(cycle), registry: in.view(registry)}

	for _, c := range append(in.ours(), in.stack.Temporal()) {
		must(t, c.Halt(in.ctx, stack.Kill))
	}
	must(t, in.stack.EmptyTemporal(in.ctx))
	must(t, in.stack.Temporal().Resume(in.ctx))
	run := func(verb string, more ...string) (string, error) {
		database := in.database
		if verb == "migrate" {
			database = in.owner
		}
		out, err := exec.CommandContext(in.ctx, built(t), append(append([]string{verb}, in.platform(database, in.stack.TemporalAddress())...), more...)...).CombinedOutput()
		return string(out), err
	}
	if out, err := run("migrate"); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	for _, c := range in.ours() {
		must(t, c.Resume(in.ctx))
	}
	in.until("the server answers", in.healthy)
	if out, err := run("reconcile", "--wait=5"); err == nil || strings.Count(out, "Temporal har inget arbetsflöde") != 3 {
		t.Errorf("reconcile does not find that all are gone: %v\n%s", err, out)
	}
	if out, err := run("reconcile", "--repair", "restart"); err != nil || strings.Count(out, "skulle göras") != 3 {
		t.Errorf("the dry run: %v\n%s", err, out)
	}
	out, err := run("reconcile", "--repair", "restart", "--do", "--as", string(registrar))
	if err != nil || strings.Count(out, "gjort") != 3 || strings.Index(out, registry+":") > strings.Index(out, cycle+":") {
		t.Fatalf("the repair: %v\n%s", err, out)
	}
	if out, err := run("reconcile", "--repair", "restart", "--do", "--as", string(registrar)); err != nil || !strings.Contains(out, "inget att rätta") {
		t.Errorf("beside runs that are open: %v\n%s", err, out)
	}

	for stream, old := range was {
		in.until(stream+" is as it was", func() error {
			now := in.view(stream)
			if now.State.Head != old.State.Head || now.State.Seq != old.State.Seq || now.Armed != old.Armed || now.Rules != domain.CurrentRules {
				return fmt.Errorf("at %d %.12s, armed %s, rules %d; it was at %d %.12s, armed %s", now.State.Seq, now.State.Head, now.Armed, now.Rules,
					old.State.Seq, old.State.Head, old.Armed)
			}
			return nil
		})
	}
	if was[cycle].Armed == 0 {
		t.Error("no deadline of the cycle was armed")
	}
	for stream, r := range before {
		if again := give(stream, "before"); again.First != r.First || again.Last != r.Last {
			t.Errorf("%s: asked again it is answered %+v, and was %+v", stream, again, r)
		}
		if after := give(stream, "after"); after.First <= r.First {
			t.Errorf("%s: nothing new is written: %+v", stream, after)
		}
	}
	in.giveAll(registrar, registry, api.Command{Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: "KF-2027-12-14", Date: "2027-12-15"}, Text: "Flyttat"})
	in.until("the cycle has the registry's change", func() error {
		if has, want := in.view(cycle).State.Registry.Number, in.view(registry).State.Seq; has != want {
			return fmt.Errorf("it has %d of %d", has, want)
		}
		return nil
	})
	// Every deadline of the exercise falls due, and every sign-off is given.
	head, err := officials.Play(in.ctx, in.client(launcher), exercise, launcher, func(officials.Progress) {})
	if err != nil || head.Status != api.CycleEnded || head.Done != head.Steps {
		t.Errorf("played on to %s, %d of %d steps: %v", head.Status, head.Done, head.Steps, err)
	}
	in.until("every mail of the exercise has come, once", func() error {
		c, err := pgx.Connect(in.ctx, in.owner)
		if err != nil {
			return err
		}
		defer func() { must(t, c.Close(in.ctx)) }()
		var waiting, unsent, twice, sent int
		err = c.QueryRow(in.ctx, `select
			(select count(*) from notice where stream = $1 and mail is null and left_out = ''),
			(select count(*) from mail where exercise = $1 and state in ('new', 'sending', 'later')),
			(select count(*) from (select from sunk_mail where exercise = $1 group by message_id having count(*) > 1) more),
			(select count(*) from sunk_mail where exercise = $1)`, exercise).Scan(&waiting, &unsent, &twice, &sent)
		if twice > 0 {
			t.Fatalf("%d mails came twice", twice)
		}
		if err == nil && (waiting+unsent > 0 || sent == 0) {
			err = fmt.Errorf("%d wait, %d are not sent, %d came", waiting, unsent, sent)
		}
		return errors.Join(err, temporalx.WakeDelivery(in.ctx, in.temporal, kommun))
	})
	in.until("nothing differs", func() error {
		if out, err := run("reconcile", "--wait=30"); err != nil {
			return errors.New(out)
		}
		return nil
	})
	in.until("doctor finds all well", func() error {
		if says, err := in.doctor(in.ctx); err != nil {
			return errors.New(says)
		}
		return nil
	})
	if _, err := in.temporal.ScheduleClient().GetHandle(in.ctx, workflows.ReconcileID(kommun)).Describe(in.ctx); err != nil {
		t.Errorf("the nightly comparison: %v", err)
	}
}
