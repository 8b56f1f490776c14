package signer

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// TestTampering does to a signed log what somebody with the database, the directory or another key could do, and the signer
// must refuse it by name. Each row begins with a log of 13 entries, signed at 1, 6 and 11, that two are to be signed of.
func TestTampering(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		do    func(w *town)
		want  Code   // "" = signs
		whole uint64 // how far the signer knows the log to be as it was
	}{
		{"nothing", func(*town) {}, "", 0},
		{"the database is rolled back", func(w *town) { w.rollBack(8) }, RolledBack, 6},
		{"rolled back and grown shorter than it was", func(w *town) { w.rollBack(8); w.grow(2, "annan") }, RolledBack, 6},
		{"the log is forked: rolled back and grown longer than it was", func(w *town) { w.rollBack(8); w.grow(9, "annan") }, Forked, 6},
		{"the log is gone", func(w *town) { w.rollBack(0) }, RolledBack, 0},
		{"an entry is taken out of the middle", func(w *town) { w.exec("delete from entry where log = $1 and idx = 4", log) }, Gap, 1},
		{"two entries change places", func(w *town) {
			w.exec("update entry e set leaf = o.leaf from entry o where e.log = $1 and o.log = $1 and e.idx in (3, 4) and o.idx = 7 - e.idx", log)
		}, LeafChanged, 1},
		{"a leaf is changed after it was signed", func(w *town) { w.changeLeaf(7) }, LeafChanged, 6},
		{"a leaf is changed before it is signed", func(w *town) { w.changeLeaf(12) }, LeafChanged, 11},
		{"a leaf is changed after it was signed, and its hashes", func(w *town) { w.changeLeaf(7); w.rehash() }, Forked, 6},
		{"a stored hash is changed", func(w *town) { w.changeHash(tlog.StoredHashIndex(1, 1)) }, HashChanged, 11},
		{"a leaf's stored hash is changed", func(w *town) { w.changeHash(tlog.StoredHashIndex(0, 2)) }, HashChanged, 11},
		{"a stored hash is taken away", func(w *town) {
			w.exec("delete from entry_hash where log = $1 and pos = $2", log, tlog.StoredHashIndex(2, 1))
		}, HashChanged, 11},
		{"a stored hash is changed before it is signed", func(w *town) { w.changeHash(tlog.StoredHashIndex(1, 5)) }, HashChanged, 11},
		{"a checkpoint is forged, with a key of the same name", func(w *town) {
			c := w.now()
			w.newKey("arshjul/signer/9999-1")
			w.forge(w.keys[1], c, 1)
			w.keys = w.keys[:1]
		}, Forged, 0},
		{"a signed checkpoint is changed in the database", func(w *town) {
			w.exec("update checkpoint set note = replace(note, E'\\n6\\n', E'\\n7\\n') where log = $1 and size = 6", log)
		}, Forged, 0},
		{"a signed checkpoint says another size beside itself", func(w *town) { w.exec("update checkpoint set size = 7 where log = $1 and size = 6", log) }, Forged, 0},
		{"somebody else signs another log with our key", func(w *town) {
			w.forge(w.keys[0], proof.Checkpoint{Origin: proof.Origin(log, 1), Size: 7, Root: tlog.Hash{1}}, 1)
		}, KeyElsewhere, 0},
		{"somebody else signs ahead with our key", func(w *town) {
			w.forge(w.keys[0], proof.Checkpoint{Origin: proof.Origin(log, 1), Size: 99, Root: tlog.Hash{1}}, 1)
		}, StateOlder, 0},
		{"an older memory is put back", func(w *town) { w.older() }, StateOlder, 0},
		{"an older memory and an older database are put back", func(w *town) { w.older(); w.rollBack(6) }, StateOlder, 0},
		{"the memory is lost", func(w *town) { w.forget() }, StateMissing, 0},
		{"the memory and what the database knew of it are lost", func(w *town) { w.forget(); w.exec("delete from checkpoint") }, StateMissing, 0},
		{"an older checkpoint is put in the memory", func(w *town) {
			w.edit("9999.json", func(string) string { return w.read(w.oldMemory) })
		}, StateOlder, 0},
		{"the memory's tree is changed", func(w *town) {
			w.edit("9999.json", func(s string) string { return s[:len(s)-20] + "AAAA" + s[len(s)-16:] })
		}, StateBroken, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			w.signs()
			w.grow(5, "p")
			w.signs()
			w.putBack = w.keep()
			w.oldMemory = filepath.Join(t.TempDir(), "old")
			copyFile(t, filepath.Join(w.dir, "state", "9999.json"), w.oldMemory)
			w.grow(5, "p")
			last := w.signs()
			w.grow(2, "p")
			row.do(w)
			l := w.look()
			if row.want == "" {
				if l.Refused != nil || !l.New || l.Last.Size != 13 {
					t.Fatalf("got %+v, want 13 entries signed", l)
				}
				return
			}
			if l.Refused == nil || l.Refused.Code != row.want {
				t.Fatalf("got %+v (%v), want %s", l, l.Refused, row.want)
			}
			if l.Refused.Whole != row.whole {
				t.Errorf("whole to %d, want %d: %s", l.Refused.Whole, row.whole, l.Refused.Text)
			}
			again := w.look()
			if again.Refused == nil || again.Refused.Code != row.want {
				t.Errorf("the second look gives %+v", again)
			}
			told, err := w.store.SignerRefusals(t.Context())
			if err != nil || len(told) != 1 || told[0].Code != string(row.want) || told[0].Detail != l.Refused.Text {
				t.Errorf("the database is told %v, %v", told, err)
			}
			if _, err := os.Stat(filepath.Join(w.dir, "public", "9999", "latest.checkpoint")); err != nil {
				t.Error(err)
			}
			b, err := os.ReadFile(filepath.Join(w.dir, "public", "9999", "latest.checkpoint"))
			if s, err2 := keysOf(t, w.pubs[:1]...).Open(b); err != nil || err2 != nil || s.Checkpoint != last {
				t.Errorf("published is %v, %v, %v; want what was signed before it happened, %v", s.Checkpoint, err, err2, last)
			}
		})
	}
}

// TestNoticedAtOnce: what the signer sees without reading the whole log anew.
func TestNoticedAtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		do   func(w *town)
		want Code
	}{
		{"rolled back", func(w *town) { w.rollBack(8) }, RolledBack},
		{"forked", func(w *town) { w.rollBack(8); w.grow(9, "annan") }, Forked},
		{"a new leaf and its hash disagree", func(w *town) { w.changeLeaf(12) }, LeafChanged},
		{"a stored hash that new ones rest on", func(w *town) { w.changeHash(tlog.StoredHashIndex(3, 0)) }, HashChanged},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			w.every = time.Hour
			w.grow(10, "p")
			w.signs()
			w.grow(2, "p")
			row.do(w)
			if l := w.look(); l.Refused == nil || l.Refused.Code != row.want {
				t.Errorf("got %+v, want %s", l, row.want)
			}
		})
	}
}
