package faults

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/workflows"
)

// Who got no answer asks again with the same id, and gets the answer of the first time.
func TestServerDiesBetweenCommandAndAnswer(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	client := in.client(preparer)

	held := 0
	for died := 0; died < 3; held++ {
		id := fmt.Sprintf("held-%d", held)
		c := comment(id, "Kommentar under avbrott")
		before := in.view(stream).State.Seq
		release := in.holdJournal()
		answer := make(chan error, 1)
		go func() {
			_, err := client.Give(in.ctx, stream, c)
			answer <- err
		}()
		in.until("the cycle has the command", func() error {
			if seq := in.view(stream).State.Seq; seq != before+1 {
				return fmt.Errorf("it is at %d", seq)
			}
			return nil
		})
		in.restart(in.serve, stack.Kill)
		release()
		switch err := <-answer; {
		case err != nil && !askAgain(err):
			t.Errorf("%s was answered although the server died: %v", id, err)
		case err != nil:
			died++
		case held > 30:
			t.Fatalf("%d times the answer came before the server died", held-died)
		}
		for range 2 {
			var receipt api.Receipt
			in.persist("ask again", func() (err error) { receipt, err = client.Give(in.ctx, stream, c); return err })
			if receipt.First != before+1 || receipt.Last != before+1 {
				t.Errorf("%s stands at %d and was answered %+v", id, before+1, receipt)
			}
		}
	}

	for n := range 8 {
		c := comment(fmt.Sprintf("random-%d", n), "Kommentar när som helst")
		answer := make(chan error, 1)
		go func() {
			_, err := client.Give(in.ctx, stream, c)
			answer <- err
		}()
		time.Sleep(time.Duration(r.Int64N(int64(30 * time.Millisecond)))) // anywhere on the command's way
		in.restart(in.serve, stack.Kill)
		if err := <-answer; err != nil && !askAgain(err) {
			t.Errorf("%s: %v", c.ID, err)
		}
		if n%2 == 0 { // the others go away, and never know
			in.persist("ask again", func() error { _, err := client.Give(in.ctx, stream, c); return err })
		}
	}

	// The answer was made and never arrived: the server is killed while it passes through the door.
	for n := range 3 {
		c := comment(fmt.Sprintf("swallowed-%d", n), "Kommentar vars svar kom bort")
		drop := func(id string) bool {
			if id != c.ID {
				return false
			}
			in.door.swallow.Store(nil)
			in.restart(in.serve, stack.Kill)
			return true
		}
		in.door.swallow.Store(&drop)
		if _, err := client.Give(in.ctx, stream, c); err == nil {
			t.Error("an answer came through that was dropped")
		}
		in.persist("ask again", func() error { _, err := client.Give(in.ctx, stream, c); return err })
	}
	if told := in.audit(); told.acknowledged+told.unknown != 1+held+8+3 || told.acknowledged < 1+held+4+3 {
		t.Errorf("%d commands were acknowledged, and %d were given", told.acknowledged, 1+held+8+3)
	}
}

// view is what a stream's workflow knows.
func (in *installation) view(stream string) workflows.View {
	in.t.Helper()
	var view workflows.View
	in.until("query "+stream, func() error {
		ctx, cancel := context.WithTimeout(in.ctx, 5*time.Second)
		defer cancel()
		v, err := in.temporal.QueryWorkflow(ctx, stream, "", workflows.QueryState)
		if err != nil {
			return err
		}
		view = workflows.View{}
		return v.Get(&view)
	})
	return view
}

// holdJournal keeps everybody from writing entries, while all can be read, until release is called.
func (in *installation) holdJournal() (release func()) {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.owner)
	must(in.t, err)
	tx, err := c.Begin(in.ctx)
	must(in.t, err)
	_, err = tx.Exec(in.ctx, "lock table entry in exclusive mode")
	must(in.t, err)
	return func() {
		in.t.Helper()
		must(in.t, tx.Rollback(in.ctx))
		must(in.t, c.Close(in.ctx))
	}
}

// An exercise is asked for again, by the same id, while its first entry is not journalled and the registry has changed
// since: it is the same exercise, and until that is known the answer is none, never a no.
func TestLaunchAskedAgainOverAChangedRegistry(t *testing.T) {
	t.Parallel()
	in := install(t, 6*time.Minute)
	registry, stream := domain.RegistryStream(kommun), domain.ExerciseStream(kommun, 2028, 1)
	release := in.holdStream(stream)
	begin := func() (r api.Receipt, err error) {
		err = in.client(launcher).Post(in.ctx, "/exercises", api.Exercise{ID: "twice", Year: 2028}, &r)
		return r, err
	}
	first, err := begin()
	if err != nil || first.Stream != stream || first.Index != nil {
		t.Fatalf("%+v, %v", first, err)
	}
	in.giveAll(registrar, registry, api.Command{ID: "change", Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{
		ID: "KS-2028-03-07", Unit: "KS", Status: domain.MeetingProposed, Date: "2028-03-07"}})
	if again, err := begin(); err == nil || !askAgain(err) {
		t.Errorf("before it was journalled it was answered %+v, %v", again, err)
	}
	release()
	var again api.Receipt
	in.persist("ask again", func() (err error) { again, err = begin(); return err })
	if again.Stream != first.Stream || again.First != first.First || again.Last != first.Last {
		t.Errorf("answered %+v, and then %+v", first, again)
	}
	in.audit()
}

// holdStream keeps everybody from journalling one stream, until release is called.
func (in *installation) holdStream(stream string) (release func()) {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.owner)
	must(in.t, err)
	sum := sha256.Sum256([]byte("stream\x00" + stream))
	_, err = c.Exec(in.ctx, "select pg_advisory_lock($1)", int64(binary.BigEndian.Uint64(sum[:8])))
	must(in.t, err)
	return func() { must(in.t, c.Close(in.ctx)) }
}
