package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// What a decision says is to be gone is gone from every table in the transaction of its entry; what it does not name
// stays, everything verifies, and neither more nor less may be missing than the log says.
func TestErasure(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	conn := owner(t, url)
	const (
		name, again, other = "Påhittad Gallringsson", "Påhittad Nygiftsson", "Vikarie, Socialförvaltningen"
		comment, kept      = "en påhittad kommentar om Gallringsson", "en annan kommentar"
		address            = "gallringsson@exempel.invalid"
	)
	d := founded(t, s)
	registry := d.state.Stream
	d.apply([]domain.Event{domain.AdoptRules(d.state, 3)})
	d.journal([]domain.Event{domain.AdoptRules(stateBefore(d), 3)})
	put := func(stream, id, field, body string) domain.TextRef {
		t.Helper()
		ref, err := s.PutText(t.Context(), stream, id, field, body)
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	bind := func(person domain.PersonID, id, name string, from, to domain.Date) {
		t.Helper()
		d.do(domain.Command{ID: id, Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: person, Name: put(registry, id, "name", name),
			Role: "processledare", Unit: "SOF", From: from, To: to}})
	}
	bind("p-slutat", "b-1", name, "2026-01-01", "2026-06-30")
	bind("p-slutat", "b-2", again, "2026-07-01", "2026-12-31")
	bind("p-annan", "b-3", other, "2026-01-01", "2026-12-31")
	cycle := launched(t, s, 2028, 0)
	said, stays := put(cycle.state.Stream, "c-1", "text", comment), put(cycle.state.Stream, "c-2", "text", kept)
	cycle.do(domain.Command{ID: "c-1", Kind: domain.CmdComment, Actor: "p-chef", Text: said})
	cycle.do(domain.Command{ID: "c-2", Kind: domain.CmdComment, Actor: "p-chef", Text: stays})
	put(cycle.state.Stream, "refused", "text", comment)
	put(cycle.state.Stream, "on-its-way", "text", comment)
	exec(t, conn, "update text set stored_at = stored_at - interval '2 hours' where command_id = 'refused'")
	file, err := s.PutFile(t.Context(), name+".pdf", "application/pdf", []byte("ett påhittat intyg om "+name))
	if err != nil {
		t.Fatal(err)
	}
	now := domain.InstantOf(time.Now())
	for _, err := range []error{
		s.SetAddress(t.Context(), kommun, Address{Person: "p-slutat", Address: address, By: "p-register", At: now}),
		s.SetAddress(t.Context(), kommun, Address{Person: "p-annan", Address: "annan@exempel.invalid", By: "p-register", At: now}),
		s.Propose(t.Context(), kommun, []Proposal{{Person: "p-slutat", Name: name, Role: "processledare", Unit: "SLF", Made: now}}),
		s.AddSession(t.Context(), kommun, secret("x"), Session{ID: "x", Person: "p-slutat", Kind: SessionKey, Label: name + "s dator", Subject: address, Made: now, Ends: now + 1e9}),
		s.PutSunk(t.Context(), SunkMail{Kommun: kommun, MessageID: "<m-1@x>", Recipient: "someone@exempel.invalid", Subject: "Hej",
			Raw: []byte("Content-Transfer-Encoding: quoted-printable\r\n\r\nen p=C3=A5hittad kommentar=\r\n om Gallringsson")}),
		s.PutSunk(t.Context(), SunkMail{Kommun: kommun, MessageID: "<m-2@x>", Recipient: address, Subject: "Hej", Raw: []byte("x")}),
		s.PutSunk(t.Context(), SunkMail{Kommun: kommun, MessageID: "<m-3@x>", Recipient: "annan@exempel.invalid", Subject: "Hej", Raw: []byte("y")}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	exec(t, conn, `insert into mail (id, kommun, person, exercise, urgent, day, state, words, made_at, next_at)
		values ('m-9', '9999', 'p-slutat', '', false, '2027-01-01', 'failed', 'no such user `+address+`', now(), now())`)
	exec(t, conn, `insert into mail_attempt values ('m-9', 1, now(), 'failed', 'no such user `+address+`')`)
	exec(t, conn, `insert into fault_report (kommun, at, person, page, says, reach) values ('9999', now(), '', 'ett steg', 'Namnet `+name+` är fel.', ''),
		('9999', now(), 'p-slutat', 'inkorgen', 'Den är tom.', '`+address+`')`)
	verified(t, s, kommun)

	d.do(domain.Command{Kind: domain.CmdErase, Actor: "p-register", Erasure: &domain.Erasure{Person: "p-slutat", Texts: []domain.TextRef{said}, Files: []domain.Digest{file},
		Dnr: "KS 12/2027", Date: "2027-01-05"}})
	if texts, err := s.Texts(t.Context(), said); err != nil || texts[said].Body != comment {
		t.Fatalf("an order by itself changed %+v, %v", texts, err)
	}
	events := d.do(domain.Command{Kind: domain.CmdConfirmErase, Actor: "p-cykel", Erasure: &domain.Erasure{Number: d.state.Registry.Issued}})
	verified(t, s, kommun)
	for _, gone := range []string{name, again, comment, address, "Gallringsson", "intyg"} {
		for _, where := range columnsThatHold(t, conn, gone) {
			if where != "text.body" || gone != comment && gone != "Gallringsson" {
				t.Errorf("%q is still in %s", gone, where)
			}
		}
	}
	exec(t, conn, "delete from text where command_id = 'on-its-way'") // what came just now is left alone
	for _, gone := range []string{comment, "Gallringsson"} {
		if where := columnsThatHold(t, conn, gone); len(where) > 0 {
			t.Errorf("%q is still in %v", gone, where)
		}
	}
	for _, there := range []string{other, kept, "annan@exempel.invalid"} {
		if len(columnsThatHold(t, conn, there)) == 0 {
			t.Errorf("%q is gone too", there)
		}
	}
	const note = "[gallrat 2027-01-10, beslut dnr KS 12/2027]"
	texts, err := s.Texts(t.Context(), said, stays)
	if err != nil || texts[said] != (Text{Erased: true, Note: note}) || texts[said].Readable() != note || texts[stays].Readable() != kept {
		t.Errorf("%+v, %v", texts, err)
	}
	if f, err := s.GetFile(t.Context(), file); err != nil || f.Erased != note || f.Bytes != nil || f.Name != "" || f.Size == 0 {
		t.Errorf("%+v, %v", f, err)
	}
	// It does not come back by being sent again.
	var no *domain.Refusal
	if _, err := s.PutText(t.Context(), cycle.state.Stream, "c-1", "text", comment); !errors.As(err, &no) || no.Code != domain.CodeErased {
		t.Errorf("the same comment again: %v", err)
	}
	if _, err := s.PutFile(t.Context(), "x", "", []byte("ett påhittat intyg om "+name)); !errors.As(err, &no) || no.Code != domain.CodeErased {
		t.Errorf("the same file again: %v", err)
	}
	d.journal(events) // an answer that was lost
	verified(t, s, kommun)

	for _, tt := range []struct{ do, undo, says string }{
		{"update text set salt = null, body = null, erased_at = now() where commitment = '" + string(stays) + "'",
			fmt.Sprintf("update text set salt = sha256('x'), body = '%s', erased_at = null where commitment = '%s'", kept, stays), "ingen post säger att den är gallrad"},
		{fmt.Sprintf("update text set salt = sha256('x'), body = 'tillbaka', erased_at = null where commitment = '%s'", said), "", "är gallrad i loggen men finns"},
		{fmt.Sprintf("update file set bytes = convert_to(repeat('x', size::int), 'UTF8'), erased_at = null where sha256 = '%s'", file), "", "är gallrad i loggen men finns"},
	} {
		exec(t, conn, tt.do)
		var broken *BrokenError
		if _, err := s.VerifyLog(t.Context(), kommun); !errors.As(err, &broken) || !strings.Contains(broken.Message, tt.says) {
			t.Errorf("%s: %v", tt.do, err)
		}
		if tt.undo != "" {
			exec(t, conn, tt.undo)
			continue
		}
		if n, err := s.EraseAgain(t.Context(), kommun, true); err != nil || n != 1 {
			t.Errorf("erased again: %d rows, %v", n, err)
		}
		verified(t, s, kommun)
	}
}

// stateBefore is the state of a desk that has applied one event more than it has journalled.
func stateBefore(d *desk) *domain.State {
	s := d.state.Clone()
	s.Seq--
	return s
}

// columnsThatHold looks for a text in every column of every table, also inside bytes.
func columnsThatHold(t *testing.T, conn *pgx.Conn, text string) (where []string) {
	t.Helper()
	for _, c := range textColumns(t, conn) {
		var n int
		table, column, _ := strings.Cut(c, ".")
		sql := fmt.Sprintf("select count(*) from %s where position(convert_to($1, 'UTF8') in %s) > 0", pgx.Identifier{table}.Sanitize(), pgx.Identifier{column}.Sanitize())
		if !bytesColumn(t, conn, table, column) {
			sql = fmt.Sprintf("select count(*) from %s where position($1 in %s::text) > 0", pgx.Identifier{table}.Sanitize(), pgx.Identifier{column}.Sanitize())
		}
		if err := conn.QueryRow(t.Context(), sql, text).Scan(&n); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		if n > 0 {
			where = append(where, c)
		}
	}
	return where
}

func bytesColumn(t *testing.T, conn *pgx.Conn, table, column string) (is bool) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "select data_type = 'bytea' from information_schema.columns where table_schema = 'public' and table_name = $1 and column_name = $2",
		table, column).Scan(&is); err != nil {
		t.Fatal(err)
	}
	return is
}

// textColumns lists every column that can hold a text.
func textColumns(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select table_name || '.' || column_name from information_schema.columns
		where table_schema = 'public' and data_type in ('text', 'bytea', 'json', 'jsonb', 'character varying', 'ARRAY') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The columns that hold names or free text, each taken care of by eraseIn.
var erasable = []string{"file.bytes", "file.name", "text.body", "text.salt", "mail_address.address", "mail.words", "mail_attempt.words", "proposal.name",
	"session.label", "session.subject", "session.provider", "device_try.label", "device_try.code", "sunk_mail.recipient", "sunk_mail.subject", "sunk_mail.raw",
	"fault_report.says", "fault_report.page", "fault_report.reach"}

// The tables and columns that hold ids, hashes, words of ours, or what the law lets nobody erase, and why.
var harmless = map[string]string{
	"entry":      "the log: ids and commitments",
	"entry_hash": "hashes",
	"wheel":      "the wheel's file: functions, no people",
	"cycle":      "from the log", "step": "from the log", "task": "from the log", "unit": "from the log", "binding": "from the log",
	"substitute": "from the log", "exclusion": "from the log", "meeting": "from the log",
	"notice":      "ids",
	"mail_server": "the mail server's words when nobody was addressed",
	"mail_choice": "ids", "mail_hold": "ids", "mail_place": "the cluster", "mail_inside": "-",
	"login_try": "secrets of a log-in under way, and the page asked for",
	"feed":      "ids", "feed_entry": "digests",
	"text": "the rest are ids", "file": "the rest are hash and kind", "mail": "the rest are ids", "mail_attempt": "the rest are ids",
	"mail_address": "the rest are ids", "proposal": "the rest are ids", "session": "the rest are ids", "device_try": "the rest are ids", "sunk_mail": "the rest are ids",
	"migration":  "names of ours",
	"checkpoint": "names of logs, hashes and signatures", "signer_refusal": "sentences of ours, with numbers and hashes",
	"fault_report": "the rest are ids",
	"history_run":  "Temporal's histories: ids and commitments, as in the log",
}

// Whoever adds a column that can hold a text has to say here whether anybody's name can stand in it.
func TestEveryColumnIsJudged(t *testing.T) {
	t.Parallel()
	_, url := open(t)
	all := textColumns(t, owner(t, url))
	for _, c := range erasable {
		if !bytes.Contains([]byte("\n"+strings.Join(all, "\n")+"\n"), []byte("\n"+c+"\n")) {
			t.Errorf("%s is not there any more", c)
		}
	}
	for _, c := range all {
		table, _, _ := strings.Cut(c, ".")
		if harmless[table] == "" {
			t.Errorf("%s: can a name or free text stand in it? Then erase it (eraseIn); otherwise say why not, here", c)
		}
	}
}
