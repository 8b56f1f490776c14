package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/workflows"
)

// An oracle that never finds anything is worth nothing. Each of these faults is one that it must find, and where.
func TestTheOracleFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	in.persist("move the clock", func() error {
		_, err := in.client(launcher).Give(in.ctx, stream, api.Command{ID: "zero", Kind: domain.CmdAdvance})
		return err
	})
	for _, id := range []string{"one", "two", "three"} {
		in.persist("comment", func() error { _, err := in.client(preparer).Give(in.ctx, stream, comment(id, "Kommentar")); return err })
	}
	in.persist("submit", func() error {
		_, err := in.client(preparer).Give(in.ctx, stream, in.firstSubmission(stream, "four"))
		return err
	})
	if in.audit().mails == 0 { // nothing is wrong yet
		t.Error("no mail was sent, so none was compared")
	}

	const restored = "truncate entry; insert into entry select * from kept"
	ledger := func(change func(rows []line) []line) func(*oracle) {
		return func(o *oracle) { o.ledger = in.rewritten(change) }
	}
	ack := func(r api.Receipt) func(rows []line) []line {
		return func(rows []line) []line { return append(rows, line{ID: r.ID, Done: &r}) }
	}
	for _, fault := range []struct {
		name        string
		where, says string // what must be found
		do          func(*oracle)
		undo        string // SQL
	}{
		{"an acknowledged command that never happened", inHistory, "never-happened",
			ledger(ack(api.Receipt{ID: "never-happened", Stream: stream, First: 2, Last: 2})), ""},
		{"two answers to one command", inLedger, "two ways",
			ledger(ack(api.Receipt{ID: "one", Stream: stream, First: 4, Last: 4})), ""},
		{"a command that was carried out and denied", inLedger, "denied",
			ledger(func(rows []line) []line {
				for i := range rows {
					if rows[i].ID == "two" && rows[i].Done != nil {
						rows[i].Done, rows[i].Denied = nil, "not_now"
					}
				}
				return rows
			}), ""},
		{"a command that nobody gave", inHistory, "nobody gave",
			ledger(func(rows []line) []line { return slices.DeleteFunc(rows, func(n line) bool { return n.ID == "three" }) }), ""},
		{"an actor who was somebody else", inHistory, "was asked as",
			ledger(func(rows []line) []line { rows[len(rows)-2].Actor = registrar; return rows }), ""},
		{"an entry that is gone", inJournal, "in the history and not in the journal",
			in.sql("delete from entry where stream = $1 and command_id = 'four'", stream), restored},
		{"an entry that is another", inJournal, "is not the history's",
			in.sql("update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"+string(preparer)+"', '"+string(registrar)+"'), 'UTF8') where stream = $1 and command_id = 'three'", stream),
			restored},
		{"a state that does not follow from the entries", inState, "knows another state",
			in.sql("update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"+string(preparer)+"', '"+string(registrar)+"'), 'UTF8') where stream = $1 and command_id = 'four'", stream),
			restored},
		{"an entry that history never had", inHistory, "in the journal and not in the history",
			in.sql("insert into entry select log, idx + 1000, stream, seq + 1, leaf, kind, actor, command_id, body, step, at, recorded_at from entry where stream = $1 and command_id = 'four'", stream),
			restored},
		{"a read model that shows something else", inLog, "",
			in.sql("update step set late = not late where stream = $1 and place = 0", stream), "update step set late = not late where place = 0"},
		{"a mail that counts as sent and is gone", inMail, "never came",
			in.sql("delete from sunk_mail where message_id = (select max(message_id) from sunk_mail)"), "insert into sunk_mail overriding system value select * from kept_mail where id not in (select id from sunk_mail)"},
		{"a mail that came twice", inMail, "came again",
			in.sql("insert into sunk_mail (kommun, exercise, message_id, recipient, subject, raw) select kommun, exercise, message_id, recipient, subject, raw from sunk_mail limit 1"),
			"delete from sunk_mail where id not in (select id from kept_mail)"},
		{"a mail of nobody's", inMail, "made by nobody",
			in.sql("insert into sunk_mail (kommun, exercise, message_id, recipient, subject, raw) values ('1283', '', 'x@y', '', '', '')"),
			"delete from sunk_mail where id not in (select id from kept_mail)"},
		{"a mail that failed", inMail, "failed: refused",
			in.sql("update mail set state = 'failed', reason = 'refused' where id = (select max(id) from mail)"), "update mail set state = 'sent', reason = '' where state = 'failed'"},
		{"a mail that nobody sends", inMail, "not sent", func(o *oracle) {
			o.delivery = time.Second
			in.exec("update mail set state = 'new', next_at = now() + interval '1 hour' where id = (select max(id) from mail)")
		}, "update mail set state = 'sent' where state = 'new'"},
		{"something that no mail carries", inMail, "in no mail", func(o *oracle) {
			o.delivery = time.Second
			in.exec("update notice set mail = null, kommun = '9999' where id = (select min(id) from notice where mail is not null)") // where nobody delivers
		}, "update notice n set mail = k.mail, kommun = k.kommun from kept_notice k where k.id = n.id"},
		{"a log that is broken", inDoctor, "FEL",
			in.sql("update entry_hash set hash = sha256(hash) where pos = 0"), "update entry_hash set hash = kept_hash.hash from kept_hash where entry_hash.log = kept_hash.log and entry_hash.pos = kept_hash.pos"},
	} {
		o := in.oracle()
		in.exec("create table kept as select * from entry")
		in.exec("create table kept_mail as select * from sunk_mail")
		in.exec("create table kept_hash as select * from entry_hash")
		in.exec("create table kept_notice as select * from notice")
		fault.do(o)
		found, _, err := o.audit(in.ctx)
		if err != nil {
			t.Errorf("%s: the oracle could not look: %v", fault.name, err)
		}
		if !slices.ContainsFunc(found, func(f finding) bool { return f.where == fault.where && strings.Contains(f.what, fault.says) }) {
			t.Errorf("%s: nothing of it (%s, %q) is among what was found: %v", fault.name, fault.where, fault.says, found)
		}
		if fault.undo != "" {
			in.exec(fault.undo)
		}
		in.exec("drop table kept, kept_mail, kept_hash, kept_notice")
	}
	in.audit() // and nothing is wrong any more

	// A stream that this worker's rules cannot go on with: its task panics, again and again.
	const stuck = "cycle/1283/2031"
	_, err := in.temporal.ExecuteWorkflow(in.ctx, client.StartWorkflowOptions{ID: stuck, TaskQueue: workflows.TaskQueue},
		workflows.TypeCycle, workflows.Input{Adopt: 1_000})
	must(t, err)
	o := in.oracle()
	o.patience = time.Second
	in.until("the stuck stream is found", func() error {
		found, _, err := o.audit(in.ctx)
		for _, where := range []string{inRest, inOutput} {
			if !slices.ContainsFunc(found, func(f finding) bool { return f.where == where && strings.Contains(f.what, stuck) }) {
				err = errors.Join(err, fmt.Errorf("%s says nothing of it", where))
			}
		}
		return err
	})
}

// rewritten is a copy of the ledger with something changed.
func (in *installation) rewritten(change func([]line) []line) string {
	in.t.Helper()
	text, err := os.ReadFile(in.ledger.path)
	must(in.t, err)
	var rows []line
	for d := json.NewDecoder(strings.NewReader(string(text))); d.More(); {
		var n line
		must(in.t, d.Decode(&n))
		rows = append(rows, n)
	}
	var out strings.Builder
	for _, n := range change(rows) {
		must(in.t, json.NewEncoder(&out).Encode(n))
	}
	path := filepath.Join(in.t.TempDir(), "ledger")
	must(in.t, os.WriteFile(path, []byte(out.String()), 0o600))
	return path
}

// sql tampers with the database as its owner.
func (in *installation) sql(statement string, args ...any) func(*oracle) {
	return func(*oracle) { in.exec(statement, args...) }
}

func (in *installation) exec(statement string, args ...any) {
	in.t.Helper()
	c, err := pgx.Connect(in.ctx, in.owner)
	must(in.t, err)
	defer func() { _ = c.Close(context.WithoutCancel(in.ctx)) }()
	_, err = c.Exec(in.ctx, statement, args...)
	must(in.t, err)
}
