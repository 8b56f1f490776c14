package signer

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/proof"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/tlog"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

const log = "9999"

// town is a database with a registry's log, and a signer beside it.
type town struct {
	t      *testing.T
	url    string // the owner's
	state  *domain.State
	store  *store.Store
	n      int
	dir    string // State and Publish
	keys   []Key
	pubs   []string
	signer *Signer
	every  time.Duration // Recheck

	putBack   func() // an older memory, kept
	oldMemory string // a file of it
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, url: stacktest.Database(t, store.Migrate), dir: t.TempDir()}
	w.newKey("arshjul/signer/9999-1")
	w.begin()
	r := domain.Registry{Kommun: log, City: "SLF", Units: []domain.Unit{{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"},
		{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen", ServedBy: "SLF"}},
		Bindings: []domain.Binding{{Person: "p-register", Role: domain.RoleRegistrar, Unit: "SLF", From: "2026-01-01"},
			{Person: "p-cykel", Role: domain.RoleLauncher, Unit: "SLF", From: "2026-01-01"}}}
	w.do(domain.Command{Kind: domain.CmdFound, Actor: "p-register", Found: &r})
	return w
}

// begin has an empty registry, and a program that knows nothing, as after a restart.
func (w *town) begin() {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), stacktest.AsRole(w.t, w.url, store.AppRole))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	w.store, w.state = s, domain.NewState(domain.RegistryStream(log))
}

// again folds what the log holds now, as a program does that is started after a restore.
func (w *town) again() {
	w.t.Helper()
	w.begin()
	entries, err := w.store.Entries(w.t.Context(), domain.RegistryStream(log), 1, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if err := domain.Apply(w.state, e.Event); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *town) do(c domain.Command) {
	w.t.Helper()
	w.n++
	c.ID = fmt.Sprint("c-", w.n)
	events, err := domain.Decide(w.state, c, domain.Date("2027-01-10").Start())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(w.state, e); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.store.Append(w.t.Context(), w.state.Stream, events, w.state.Head); err != nil {
		w.t.Fatal(err)
	}
}

// grow adds n entries, whose text tells them from other ones.
func (w *town) grow(n int, text string) {
	w.t.Helper()
	for range n {
		w.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: domain.PersonID(fmt.Sprint(text, w.n)), Role: "processledare", Unit: "SLF", From: "2027-01-01"}})
	}
}

func (w *town) newKey(name string) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "key")
	public, err := NewKey(file, name)
	if err != nil {
		w.t.Fatal(err)
	}
	k, err := ReadKey(file)
	if err != nil {
		w.t.Fatal(err)
	}
	if k.Public != public {
		w.t.Fatalf("the key's public part is %s in the file and %s when made", k.Public, public)
	}
	w.keys, w.pubs = append(w.keys, k), append(w.pubs, public)
}

// start starts a signer with some of the keys, all when none are named.
func (w *town) start(keys ...Key) {
	w.t.Helper()
	w.stop()
	if keys == nil {
		keys = w.keys
	}
	pool, err := pgxpool.New(w.t.Context(), stacktest.AsRole(w.t, w.url, store.SignerRole))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(pool.Close)
	w.signer, err = New(Config{DB: pool, Keys: keys, State: filepath.Join(w.dir, "state"), Publish: filepath.Join(w.dir, "public"), Recheck: w.every})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) stop() {
	if w.signer != nil {
		if err := w.signer.Close(); err != nil {
			w.t.Error(err)
		}
		w.signer = nil
	}
}

// look has the signer look, and gives what came of the one log.
func (w *town) look() Looked {
	w.t.Helper()
	if w.signer == nil {
		w.start()
	}
	all, err := w.signer.Look(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range all {
		if l.Log == log {
			return l
		}
	}
	w.t.Fatalf("the signer did not look at the log: %v", all)
	return Looked{}
}

// signs looks, and the log must be signed.
func (w *town) signs() proof.Checkpoint {
	w.t.Helper()
	l := w.look()
	if l.Refused != nil {
		w.t.Fatalf("refused: %v", l.Refused)
	}
	return l.Last
}

// exec writes in the database as its owner would, past every rule.
func (w *town) exec(sql string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

// rollBack leaves the first size entries, with their hashes, and what the lists showed then is of no matter here.
func (w *town) rollBack(size int64) {
	w.t.Helper()
	w.exec("delete from entry where log = $1 and idx >= $2", log, size)
	w.exec("delete from entry_hash where log = $1 and pos >= $2", log, tlog.StoredHashIndex(0, size))
	w.exec("delete from checkpoint where log = $1 and size > $2", log, size)
	for _, table := range []string{"binding", "cycle", "registry"} {
		w.exec(fmt.Sprintf("do $$ begin if to_regclass('%s') is not null then truncate %s cascade; end if; end $$", table, table))
	}
	w.again()
}

// forge writes a checkpoint row that says c, signed by k.
func (w *town) forge(k Key, c proof.Checkpoint, epoch int) {
	w.t.Helper()
	signed, err := proof.Sign(c, k.Signer)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec("insert into checkpoint (log, epoch, size, root, note) values ($1, $2, $3, $4, $5)", log, epoch, c.Size, c.Root[:], string(signed))
}

// keep copies the signer's memory, and gives what puts it back.
func (w *town) keep() (putBack func()) {
	w.t.Helper()
	kept := w.t.TempDir()
	state := filepath.Join(w.dir, "state")
	if err := os.CopyFS(filepath.Join(kept, "state"), os.DirFS(state)); err != nil {
		w.t.Fatal(err)
	}
	return func() {
		w.stop()
		if err := os.RemoveAll(state); err != nil {
			w.t.Fatal(err)
		}
		if err := os.CopyFS(state, os.DirFS(filepath.Join(kept, "state"))); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *town) forget() {
	w.stop()
	if err := os.RemoveAll(filepath.Join(w.dir, "state")); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) declare(last proof.Checkpoint, from uint64) {
	w.t.Helper()
	w.do(domain.Command{Kind: domain.CmdDeclareEpoch, Actor: "p-register", Text: domain.TextRef(domain.DigestOf([]byte("återläst"))),
		Epoch: &domain.Epoch{Origin: last.Origin, Size: last.Size, Root: base64.StdEncoding.EncodeToString(last.Root[:]), From: from}})
}

func (w *town) confirm() {
	w.t.Helper()
	w.do(domain.Command{Kind: domain.CmdConfirmEpoch, Actor: "p-cykel", Epoch: &domain.Epoch{Number: w.state.Registry.Issued}})
}

// older puts the kept memory back.
func (w *town) older() { w.putBack() }

// changeLeaf changes a leaf and leaves its hash.
func (w *town) changeLeaf(index int) {
	w.exec("update entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '2027-01-01', '2026-07-01'), 'UTF8') where log = $1 and idx = $2", log, index)
}

func (w *town) changeHash(pos int64) {
	w.exec("update entry_hash set hash = decode(repeat('07', 32), 'hex') where log = $1 and pos = $2", log, pos)
}

// rehash makes every stored hash anew from the leaves as they are.
func (w *town) rehash() {
	w.t.Helper()
	entries, err := w.store.LogEntries(w.t.Context(), log, 0, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	tree := &edge{}
	for _, e := range entries {
		first, hashes, err := tree.add(e.Leaf)
		if err != nil {
			w.t.Fatal(err)
		}
		for i, h := range hashes {
			w.exec("update entry_hash set hash = $3 where log = $1 and pos = $2", log, first+int64(i), h[:])
		}
	}
}

// now is a true checkpoint of the log as it is.
func (w *town) now() proof.Checkpoint {
	w.t.Helper()
	size, err := w.store.TreeSize(w.t.Context(), log)
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := w.store.TreeHash(w.t.Context(), log, size)
	if err != nil {
		w.t.Fatal(err)
	}
	return proof.Checkpoint{Origin: proof.Origin(log, 1), Size: size, Root: root}
}

func (w *town) edit(name string, change func(string) string) {
	w.t.Helper()
	w.stop()
	file := filepath.Join(w.dir, "state", name)
	if err := os.WriteFile(file, []byte(change(w.read(file))), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) read(file string) string {
	w.t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func keysOf(t *testing.T, public ...string) proof.Keys {
	t.Helper()
	text := ""
	for _, p := range public {
		text += p + "\n"
	}
	k, err := proof.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (w *town) events() []domain.Event {
	w.t.Helper()
	entries, err := w.store.LogEntries(w.t.Context(), log, 0, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var events []domain.Event
	for _, e := range entries {
		events = append(events, e.Event)
	}
	return events
}
