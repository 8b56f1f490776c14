package store

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// Whatever somebody with all rights in the database changes is found.
func TestTamperedLogIsFound(t *testing.T) {
	t.Parallel()
	const recompute = "-- the hashes are made to fit afterwards"
	for _, tt := range []struct{ name, sql, says string }{
		{"another leaf", `update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'p-chef', 'p-cykl'), 'UTF8'), actor = 'p-cykl' where idx = 6`, "post 6"},
		{"another leaf, with new hashes", `update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'p-chef', 'p-cykl'), 'UTF8'), actor = 'p-cykl' where idx = 6 ` + recompute, "tabellen cycle visar något annat"},
		{"a leaf in another form", `update entry set leaf = leaf || ' ' where idx = 6`, "post 6: lövet är inte skrivet"},
		{"a leaf that is no event", `update entry set leaf = 'x' where idx = 6`, "post 6: lövet går inte att läsa"},
		{"another kind", `update entry set kind = 'step_voided' where idx = 6`, "post 6: kolumnen kind"},
		{"another actor", `update entry set actor = 'p-cykel' where idx = 6`, "post 6: kolumnen actor"},
		{"another command", `update entry set command_id = 'x' where idx = 6`, "post 6: kolumnen command_id"},
		{"another body", `update entry set body = 'x' where idx = 6`, "post 6: kolumnen body"},
		{"another step", `update entry set step = 'x' where idx = 6`, "post 6: kolumnen step"},
		{"another time", `update entry set at = at + interval '1 millisecond' where idx = 6`, "post 6: kolumnen at"},
		{"another stream", `update entry set stream = 'cycle/9999/2031' where idx = 6`, "post 6: kolumnen stream"},
		{"another number", `update entry set seq = 99 where idx = 6`, "post 6: kolumnen seq"},
		{"an entry removed", `delete from entry where idx = 6`, "post 6: posten saknas"},
		{"an entry removed and the rest moved up", `delete from entry where idx = 6; update entry set idx = idx - 1 where idx > 6`, "post 6: här skulle"},
		{"two entries exchanged", `update entry set idx = -idx - 1 where idx in (6, 7); update entry set idx = case idx when -7 then 7 else 6 end where idx < 0`, "post 6: här skulle"},
		{"the last entry removed", `delete from entry where idx = (select max(idx) from entry)`, "poster i slutet är borttagna"},
		{"the last entry and its hashes removed", `delete from entry where idx = (select max(idx) from entry) ` + recompute, "poster i slutet är borttagna"},
		{"the first entry removed", `delete from entry where idx = 0`, "post 0: posten saknas"},
		{"everything removed but the lists", `delete from entry; delete from entry_hash`, "poster i slutet är borttagna"},
		{"a leaf hash changed", `update entry_hash set hash = sha256(hash) where pos = 0`, "post 0: kontrollsumma 0 stämmer inte"},
		{"an inner hash changed", `update entry_hash set hash = sha256(hash) where pos = 2`, "post 1: kontrollsumma 2 stämmer inte"},
		{"a hash removed", `delete from entry_hash where pos = 3`, "post 2: kontrollsumma 3 saknas"},
		{"the last hash removed", `delete from entry_hash where pos = (select max(pos) from entry_hash)`, "saknas"},
		{"a hash too many", `insert into entry_hash select log, max(pos) + 1, sha256('x') from entry_hash group by log`, "poster i slutet är borttagna"},
		{"a step in the lists changed", `update step set status = 'decided' where id = 'plan/SLF'`, "tabellen step visar något annat (1 rader)"},
		{"a task in the lists removed", `delete from task where step = 'plan/SLF'`, "tabellen task"},
		{"a role in the lists added", `insert into binding values ('registry/9999', 99, 'p-x', '', 'processledare', 'SLF', '2026-01-01', null)`, "tabellen binding"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := open(t)
			founded(t, s)
			d := launched(t, s, 2028, 0)
			for n := range 3 {
				d.do(comment(n))
			}
			verified(t, s, kommun)
			conn := owner(t, url)
			exec(t, conn, "alter table entry drop constraint entry_idx_check")
			for _, sql := range strings.Split(tt.sql, ";") {
				exec(t, conn, sql)
			}
			if strings.Contains(tt.sql, recompute) {
				exec(t, conn, "delete from entry_hash")
				entries, err := s.LogEntries(t.Context(), kommun, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				var g growing
				for _, e := range entries {
					first, hashes, err := g.add(e.Leaf)
					if err != nil {
						t.Fatal(err)
					}
					for i, h := range hashes {
						exec(t, conn, "insert into entry_hash values ($1, $2, $3)", kommun, first+int64(i), h[:])
					}
				}
			}
			_, err := s.VerifyLog(t.Context(), kommun)
			var broken *BrokenError
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want that %q", err, tt.says)
			}
		})
	}
}

// A log that is made anew from its first entry, lists and all, is only found out by a root that was kept elsewhere.
func TestRootKeptElsewhereFindsARewrittenLog(t *testing.T) {
	t.Parallel()
	roots := map[string]tlog.Hash{}
	for _, name := range []string{"kept", "rewritten"} {
		s, _ := open(t)
		d := launched(t, s, 2028, 0)
		if name == "rewritten" {
			d.now++
		}
		d.do(comment(1))
		roots[name] = verified(t, s, kommun).Root
	}
	if roots["kept"] == roots["rewritten"] {
		t.Error("two histories have the same root")
	}
}

func TestVerifyLongLog(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 0)
	for len(d.state.Answered) < chunk+7 { // more than is read at a time
		events := d.decide(comment(len(d.state.Answered)))
		for range 49 {
			events = append(events, d.decide(comment(len(d.state.Answered)))...)
		}
		d.journal(events)
	}
	if v := verified(t, s, kommun); v.Size != d.state.Seq || v.Streams != 1 {
		t.Errorf("verified %d entries of %d streams, want %d of 1", v.Size, v.Streams, d.state.Seq)
	}
	logs, err := s.Logs(t.Context())
	if err != nil || len(logs) != 1 || logs[0] != (Log{kommun, d.state.Seq}) {
		t.Errorf("logs: %v, %v", logs, err)
	}
}
