package signer

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"arshjul/internal/proof"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/mod/sumdb/tlog"
)

// TestEpoch: after a rollback the signer goes on only when two persons have said what was lost, and said enough.
func TestEpoch(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.grow(5, "p")
	w.signs()
	w.grow(5, "p")
	last := w.signs()
	w.rollBack(8)
	refused := func(want Code) {
		t.Helper()
		l := w.look()
		if l.Refused == nil || l.Refused.Code != want || l.Last != last || l.Refused.Whole != 6 {
			t.Fatalf("got %+v (%v), want %s", l, l.Refused, want)
		}
	}
	refused(RolledBack)
	w.declare(last, 7) // says less than was lost
	refused(RolledBack)
	w.confirm()
	refused(EpochHides)
	w.declare(proof.Checkpoint{Origin: last.Origin, Size: 6, Root: last.Root}, 6) // not the last checkpoint
	w.confirm()
	refused(EpochHides)
	w.declare(last, 6)
	refused(EpochHides) // one person
	w.confirm()
	begun := w.look()
	if begun.Refused != nil || begun.Epoch != 2 || begun.Last.Origin != "arshjul/9999#2" || !begun.New {
		t.Fatalf("got %+v (%v), want epoch 2", begun, begun.Refused)
	}
	w.grow(1, "p")
	w.stop()
	if c := w.signs(); c.Origin != "arshjul/9999#2" || c.Size != begun.Last.Size+1 {
		t.Errorf("then %+v", c)
	}
	if told, err := w.store.SignerRefusals(t.Context()); err != nil || len(told) != 0 {
		t.Errorf("still refused: %v, %v", told, err)
	}
	// What an auditor makes of it, from the database and the keys.
	var all []proof.Checkpoint
	shown, err := w.store.Checkpoints(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range shown {
		s, err := keysOf(t, w.pubs...).Open(c.Note)
		if err != nil || s.Checkpoint != c.Checkpoint {
			t.Errorf("%+v: %v", c, err)
		}
		all = append(all, s.Checkpoint)
	}
	epochs, err := proof.Epochs(log, w.events(), all)
	if err != nil || len(epochs) != 2 || epochs[0].Last != last || epochs[1].From != 6 || epochs[1].To != 11 || epochs[1].Declared.Confirmed != "p-cykel" {
		t.Errorf("epochs %+v, %v", epochs, err)
	}
	// A receipt of an entry from before is still good, under either.
	r, err := w.store.ReceiptOf(t.Context(), log, 3)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Verify(nil, keysOf(t, w.pubs...)); err != nil || s.Origin != "arshjul/9999#2" {
		t.Errorf("the receipt: %+v, %v", s, err)
	}
	// And the second epoch is held to like the first.
	w.rollBack(9)
	if l := w.look(); l.Refused == nil || l.Refused.Code != RolledBack || l.Epoch != 0 || l.Last.Origin != "arshjul/9999#2" {
		t.Errorf("a second rollback gives %+v", l)
	}
}

// TestRotation: the new key signs beside the old one for a while, and then alone.
func TestRotation(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.newKey("arshjul/signer/9999-2")
	old, next := keysOf(t, w.pubs[0]), keysOf(t, w.pubs[1])
	both, retired := keysOf(t, w.pubs...), keysOf(t, w.pubs[0]+" until 2027-01-10", w.pubs[1])
	for _, stage := range []struct {
		name             string
		by               []Key
		old, next, known proof.Code // what verifiers find who trust the old key, the new one, and both with the old one retired
	}{
		{"the old key", w.keys[:1], "", proof.CodeUnknownKey, proof.CodeKeyRetired},
		{"both", w.keys, "", "", ""},
		{"the new key", w.keys[1:], proof.CodeUnknownKey, "", ""},
	} {
		w.grow(1, "p")
		w.start(stage.by...)
		c := w.signs()
		r, err := w.store.ReceiptOf(t.Context(), log, c.Size-1)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []struct {
			who  string
			keys proof.Keys
			want proof.Code
		}{{"who trusts the old", old, stage.old}, {"who trusts the new", next, stage.next}, {"who trusts both", both, ""}, {"who knows that the old is retired", retired, stage.known}} {
			_, err := r.Verify(nil, v.keys)
			var e *proof.Error
			errors.As(err, &e)
			if v.want == "" && err != nil || v.want != "" && (e == nil || e.Code != v.want) {
				t.Errorf("%s, %s: %v, want %q", stage.name, v.who, err, v.want)
			}
		}
	}
	published := w.read(filepath.Join(w.dir, "public", "keys.txt"))
	if published != w.pubs[0]+"\n"+w.pubs[1]+"\n" {
		t.Errorf("published keys: %q", published)
	}
}

// TestAdopt: a lost memory is mended with a checkpoint that somebody kept, if the log still holds it.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.grow(5, "p")
	w.signs()
	kept := []byte(w.read(filepath.Join(w.dir, "public", "9999", "latest.checkpoint")))
	w.grow(2, "p")
	w.forget()
	if l := w.look(); l.Refused == nil || l.Refused.Code != StateMissing {
		t.Fatalf("got %+v", l)
	}
	forged := w.now()
	forged.Size--
	w.newKey("arshjul/signer/9999-1")
	bad, err := proof.Sign(forged, w.keys[1].Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.signer.Adopt(t.Context(), bad); err == nil {
		t.Error("adopted another key's checkpoint")
	}
	wrong, err := proof.Sign(forged, w.keys[0].Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.signer.Adopt(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), "annan kontrollsumma") {
		t.Errorf("adopted a checkpoint of another log: %v", err)
	}
	c, err := w.signer.Adopt(t.Context(), kept)
	if err != nil || c.Size != 6 {
		t.Fatalf("%+v, %v", c, err)
	}
	if c := w.signs(); c.Size != 8 {
		t.Errorf("then signs %+v", c)
	}
	if _, err := w.signer.Adopt(t.Context(), kept); err == nil {
		t.Error("adopted what is older than the memory")
	}
}

// TestShownLater: what was remembered and could not be shown is shown at the next look, and the memory is never behind.
func TestShownLater(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.start()
	w.exec("revoke insert on checkpoint from arshjul_signer")
	if all, err := w.signer.Look(t.Context()); err == nil {
		t.Fatalf("showed without being allowed to: %v", all)
	}
	if c, err := w.store.LastCheckpoint(t.Context(), log); !errors.Is(err, store.ErrNoCheckpoint) {
		t.Fatalf("the database shows %+v, %v", c, err)
	}
	if n, since, err := w.store.Unsigned(t.Context(), log); n != 1 || since.IsZero() || err != nil {
		t.Errorf("unsigned %d since %v, %v", n, since, err)
	}
	w.exec("grant insert on checkpoint to arshjul_signer")
	w.stop()
	w.start()
	c := w.signs()
	got, err := w.store.LastCheckpoint(t.Context(), log)
	if err != nil || got.Checkpoint != c {
		t.Errorf("shows %+v, %v; want %+v", got, err, c)
	}
	if n, since, err := w.store.Unsigned(t.Context(), log); n != 0 || !since.IsZero() || err != nil {
		t.Errorf("unsigned %d since %v, %v", n, since, err)
	}
	if _, err := w.store.ReceiptOf(t.Context(), log, c.Size); !errors.Is(err, store.ErrNoEntry) {
		t.Errorf("a receipt of what is not there: %v", err)
	}
	w.grow(1, "p")
	if _, err := w.store.ReceiptOf(t.Context(), log, c.Size); !errors.Is(err, store.ErrNoCheckpoint) {
		t.Errorf("a receipt of what is not signed: %v", err)
	}
}

// TestRole: the signer's role reads the log and adds checkpoints; nothing else is open to it.
func TestRole(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.signs()
	conn, err := pgx.Connect(t.Context(), stacktest.AsRole(t, w.url, store.SignerRole))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, sql := range []string{
		"update entry set leaf = leaf", "delete from entry", "truncate entry", "update entry_hash set hash = hash",
		"insert into entry_hash (log, pos, hash) values ('9999', 900, decode(repeat('07', 32), 'hex'))",
		"update checkpoint set note = note", "delete from checkpoint", "delete from signer_refusal", "select * from text", "select * from session", "create table x ()",
		"insert into entry (log, idx, stream, seq, leaf, kind, actor, command_id, body, step, at) values ('9999', 99, 'x', 1, '', '', '', '', '', '', now())",
	} {
		_, err := conn.Exec(t.Context(), sql)
		var no *pgconn.PgError
		if !errors.As(err, &no) || no.Code != "42501" {
			t.Errorf("%s: %v, want that the role may not", sql, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	public, err := NewKey(file, "arshjul/signer/9999-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewKey(file, "arshjul/signer/9999-2"); err == nil {
		t.Error("a key was written over")
	}
	k, err := ReadKey(file)
	if err != nil || k.Public != public {
		t.Errorf("%v, %v", k.Public, err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadKey(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%o: %v", mode, err)
		}
	}
	if _, err := NewKey(filepath.Join(t.TempDir(), "key"), "två ord"); err == nil {
		t.Error("a key with a name that no note can have")
	}
}

// TestTwoSigners: two processes with one memory would each be ahead of the other's.
func TestTwoSigners(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "key")
	if _, err := NewKey(file, "arshjul/signer/9999-1"); err != nil {
		t.Fatal(err)
	}
	k, err := ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	first, err := New(Config{Keys: []Key{k}, State: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Keys: []Key{k}, State: dir}); err == nil {
		t.Error("two signers with one memory")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := New(Config{Keys: []Key{k}, State: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// TestEdge: the kept edge gives the same roots as the whole tree, at every size.
func TestEdge(t *testing.T) {
	t.Parallel()
	e := &edge{}
	var all []tlog.Hash
	whole := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, i := range at {
			found = append(found, all[i])
		}
		return found, nil
	})
	for n := range int64(300) {
		leaf := []byte{byte(n), byte(n >> 8)}
		hashes, err := tlog.StoredHashes(n, leaf, whole)
		if err != nil {
			t.Fatal(err)
		}
		first, made, err := e.add(leaf)
		if err != nil || first != int64(len(all)) || !slices.Equal(made, hashes) {
			t.Fatalf("leaf %d: %v", n, err)
		}
		all = append(all, hashes...)
		if err := e.prune(); err != nil {
			t.Fatal(err)
		}
		want, err := tlog.TreeHash(n+1, whole)
		if got, err2 := e.root(); err != nil || err2 != nil || got != want {
			t.Fatalf("size %d: %v %v", n+1, err, err2)
		}
	}
}
