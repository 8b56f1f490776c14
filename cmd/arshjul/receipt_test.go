package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// A receipt is checked with the file and the keys alone. The files are the format's test vectors.
func TestReceiptVerify(t *testing.T) {
	t.Parallel()
	const vectors = "../../internal/proof/testdata/"
	text, err := os.ReadFile(vectors + "keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	keys := strings.Split(string(text), "\n")
	old, next := strings.Fields(keys[0])[0], keys[1]
	whole, err := os.ReadFile(vectors + "one-key.tlog-proof")
	if err != nil {
		t.Fatal(err)
	}
	moved := file(t, "flyttat.tlog-proof", strings.Replace(string(whole), "\nindex 5\n", "\nindex 4\n", 1))
	for _, row := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"whole", []string{vectors + "one-key.tlog-proof", "--key", vectors + "keys.txt"}, api.ExitOK, "plats 5 i loggen arshjul/9999"},
		{"what it is of", []string{vectors + "one-key.tlog-proof", "--key", old}, api.ExitOK, "ks-forslag/KS"},
		{"as JSON", []string{vectors + "one-key.tlog-proof", "--key", old, "--json"}, api.ExitOK, `"outcome": "bifall"`},
		{"the second epoch", []string{vectors + "epoch-2.tlog-proof", "--key", next}, api.ExitOK, "arshjul/9999#2"},
		{"another key", []string{vectors + "one-key.tlog-proof", "--key", next}, api.ExitFault, "Ingen av de nycklar"},
		{"changed", []string{moved, "--key", old}, api.ExitFault, "plats 4"},
		{"no receipt", []string{vectors + "keys.txt", "--key", old}, api.ExitFault, "inget kvitto"},
		{"no key", []string{vectors + "one-key.tlog-proof"}, api.ExitUsage, "--key"},
		{"no such key file", []string{vectors + "one-key.tlog-proof", "--key", "/finns/inte"}, api.ExitUsage, "går inte att läsa"},
	} {
		r := arshjul(append([]string{"receipt", "verify"}, row.args...)...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, row.says, r.out, r.err)
		}
	}
}

// The signer's verbs: a key, a look at an empty database, and what it does not begin with.
func TestSignerVerbs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	made := arshjul("signer", "key", "new", key, "--name", "arshjul.example/2027")
	if made.code != api.ExitOK || !strings.HasPrefix(made.out, "arshjul.example/2027+") {
		t.Fatalf("%+v", made)
	}
	if shown := arshjul("signer", "key", "show", key); shown.out != made.out {
		t.Errorf("shown %+v", shown)
	}
	database := stacktest.AsRole(t, stacktest.Database(t, store.Migrate), store.SignerRole)
	second := filepath.Join(dir, "key-2")
	if r := arshjul("signer", "--once", "--database", database, "--key", second, "--new-key", "arshjul.example/2028", "--state", filepath.Join(dir, "state-2")); r.code != api.ExitOK || !strings.Contains(r.out, "arshjul.example/2028+") {
		t.Errorf("a key made at the first start: %+v", r)
	}
	once := []string{"signer", "--once", "--database", database, "--key", key, "--state", filepath.Join(dir, "state"), "--publish", filepath.Join(dir, "public")}
	if r := arshjul(once...); r.code != api.ExitOK {
		t.Errorf("%+v", r)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "public", "keys.txt")); err != nil || string(b) != made.out {
		t.Errorf("published keys %q, %v", b, err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if r := arshjul(once...); r.code != api.ExitFault || !strings.Contains(r.err, "chmod 600") {
		t.Errorf("%+v", r)
	}
	if r := arshjul("signer", "--database", database); r.code != api.ExitUsage {
		t.Errorf("%+v", r)
	}
	if r := arshjul("signer", "key", "new", key, "--name", "arshjul.example/2028"); r.code == api.ExitOK {
		t.Error("a key was written over")
	}
}
