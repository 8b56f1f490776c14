package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var update = flag.Bool("update", false, "write testdata anew")

// tree is a log in memory.
type tree struct {
	leaves [][]byte
	hashes []tlog.Hash
}

func (tr *tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, i := range at {
		found = append(found, tr.hashes[i])
	}
	return found, nil
}

func grown(t testing.TB, leaves ...[]byte) *tree {
	tr := &tree{leaves: leaves}
	for i, leaf := range leaves {
		h, err := tlog.StoredHashes(int64(i), leaf, tr)
		if err != nil {
			t.Fatal(err)
		}
		tr.hashes = append(tr.hashes, h...)
	}
	return tr
}

func (tr *tree) checkpoint(t testing.TB, origin string, size int) Checkpoint {
	root, err := tlog.TreeHash(int64(size), tr)
	if err != nil {
		t.Fatal(err)
	}
	return Checkpoint{origin, uint64(size), root}
}

// key makes a pair that is the same every time.
func key(t testing.TB, name string, seed byte) (note.Signer, string) {
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s, public
}

func keys(t testing.TB, text string) Keys {
	k, err := ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// vectorLeaves are the leaves of the store's own test vectors: so the two packages cannot part.
func vectorLeaves(t testing.TB) [][]byte {
	b, err := os.ReadFile("../store/testdata/log.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Leaves []struct{ Leaf string } }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	var leaves [][]byte
	for _, l := range v.Leaves {
		if !strings.Contains(l.Leaf, `"stream":"registry/9999"`) && !strings.Contains(l.Leaf, `"stream":"cycle/9999/2028"`) && !strings.Contains(l.Leaf, `"stream":"refusals/9999"`) {
			t.Fatalf("a leaf of another log: %s", l.Leaf)
		}
		leaves = append(leaves, []byte(l.Leaf))
	}
	return leaves
}

func (tr *tree) receipt(t testing.TB, index int, c Checkpoint, by ...note.Signer) Receipt {
	signed, err := Sign(c, by...)
	if err != nil {
		t.Fatal(err)
	}
	path, err := tlog.ProveRecord(int64(c.Size), int64(index), tr)
	if err != nil {
		t.Fatal(err)
	}
	return Receipt{Leaf: tr.leaves[index], Index: uint64(index), Path: path, Note: signed}
}

// TestVectors fixes the bytes of what leaves the machine. They may never change: a receipt lies in somebody's drawer.
func TestVectors(t *testing.T) {
	tr := grown(t, vectorLeaves(t)...)
	old, oldKey := key(t, "arshjul/signer/9999-1", 1)
	next, nextKey := key(t, "arshjul/signer/9999-2", 2)
	c := tr.checkpoint(t, Origin("9999", 1), 7)
	for _, v := range []struct {
		file string
		made []byte
	}{
		{"keys.txt", []byte(oldKey + " until 2026-06-01\n" + nextKey + "\n")},
		{"one-key.tlog-proof", tr.receipt(t, 5, c, old).Encode()},
		{"both-keys.tlog-proof", tr.receipt(t, 5, c, old, next).Encode()},
		{"epoch-2.tlog-proof", tr.receipt(t, 0, tr.checkpoint(t, Origin("9999", 2), 3), next).Encode()},
	} {
		file := "testdata/" + v.file
		if *update {
			if err := os.WriteFile(file, v.made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(v.made, want) {
			t.Errorf("%s is now written as\n%s", file, v.made)
		}
		if strings.HasSuffix(file, ".txt") {
			continue
		}
		r, err := ParseReceipt(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(r.Encode(), want) {
			t.Errorf("%s does not come back the same", file)
		}
		if _, err := r.Verify(nil, keys(t, oldKey+"\n"+nextKey)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestReceipt(t *testing.T) {
	leaves := vectorLeaves(t)
	tr := grown(t, leaves...)
	old, oldKey := key(t, "arshjul/signer/9999-1", 1)
	next, nextKey := key(t, "arshjul/signer/9999-2", 2)
	forger, _ := key(t, "arshjul/signer/9999-1", 3) // the same name, another key
	c := tr.checkpoint(t, Origin("9999", 1), 7)
	good := tr.receipt(t, 5, c, old)
	other := tr.receipt(t, 4, c, old)
	trusted := oldKey
	for _, test := range []struct {
		name string
		r    Receipt
		leaf []byte
		keys string
		want Code
	}{
		{"as it is", good, nil, trusted, ""},
		{"leaf given beside it", Receipt{nil, good.Index, good.Path, good.Note}, leaves[5], trusted, ""},
		{"no leaf at all", Receipt{nil, good.Index, good.Path, good.Note}, nil, trusted, CodeMalformed},
		{"one byte of the leaf", good, bytes.Replace(leaves[5], []byte(`"bifall"`), []byte(`"avslag"`), 1), trusted, CodeNotIncluded},
		{"another entry", good, leaves[4], trusted, CodeNotIncluded},
		{"another place", Receipt{good.Leaf, 4, good.Path, good.Note}, nil, trusted, CodeNotIncluded},
		{"a place beyond the end", Receipt{good.Leaf, 7, good.Path, good.Note}, nil, trusted, CodeNotIncluded},
		{"another's path", Receipt{good.Leaf, good.Index, other.Path, good.Note}, nil, trusted, CodeNotIncluded},
		{"a path too short", Receipt{good.Leaf, good.Index, good.Path[1:], good.Note}, nil, trusted, CodeNotIncluded},
		{"root of another tree", Receipt{good.Leaf, good.Index, good.Path, tr.receipt(t, 5, tr.checkpoint(t, Origin("9999", 1), 6), old).Note}, nil, trusted, CodeNotIncluded},
		{"forged: same name, another key", tr.receipt(t, 5, c, forger), nil, trusted, CodeUnknownKey},
		{"forged: text changed under the signature", Receipt{good.Leaf, good.Index, good.Path, bytes.Replace(good.Note, []byte("\n7\n"), []byte("\n8\n"), 1)}, nil, trusted, CodeBadSignature},
		{"another log's name", tr.receipt(t, 5, tr.checkpoint(t, Origin("8888", 1), 7), old), nil, trusted, CodeOrigin},
		{"a name that is not ours", tr.receipt(t, 5, tr.checkpoint(t, "example.com/log", 7), old), nil, trusted, CodeOrigin},
		{"rotation: both signed, old key trusted", tr.receipt(t, 5, c, old, next), nil, oldKey, ""},
		{"rotation: both signed, new key trusted", tr.receipt(t, 5, c, old, next), nil, nextKey, ""},
		{"rotation: new only, old key trusted", tr.receipt(t, 5, c, next), nil, oldKey, CodeUnknownKey},
		{"rotation: new only, both trusted", tr.receipt(t, 5, c, next), nil, oldKey + " until 2026-01-01\n" + nextKey, ""},
		{"retired after the entry", good, nil, oldKey + " until 2026-01-02\n" + nextKey, ""},
		{"retired before the entry", good, nil, oldKey + " until 2026-01-01\n" + nextKey, CodeKeyRetired},
	} {
		signed, err := test.r.Verify(test.leaf, keys(t, test.keys))
		if got := codeOf(err); got != test.want {
			t.Errorf("%s: %q (%v), want %q", test.name, got, err, test.want)
		}
		if err == nil && signed.Size != 7 {
			t.Errorf("%s: gives size %d", test.name, signed.Size)
		}
	}
}

func codeOf(err error) Code {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case err != nil:
		return Code(err.Error())
	}
	return ""
}

func TestConsistency(t *testing.T) {
	leaves := vectorLeaves(t)
	a := grown(t, leaves...)
	forked := bytes.Clone(leaves[2])
	forked[len(forked)/2] ^= 1
	b := grown(t, leaves[0], leaves[1], forked, leaves[3], leaves[4], leaves[5], leaves[6])
	o := Origin("9999", 1)
	prove := func(tr *tree, from, to int) tlog.TreeProof {
		if from == 0 {
			return nil
		}
		p, err := tlog.ProveTree(int64(to), int64(from), tr)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for from := 0; from <= 7; from++ {
		for to := from; to <= 7; to++ {
			if err := CheckConsistency(a.checkpoint(t, o, from), a.checkpoint(t, o, to), prove(a, from, to)); err != nil {
				t.Errorf("%d to %d: %v", from, to, err)
			}
			err := CheckConsistency(a.checkpoint(t, o, from), b.checkpoint(t, o, to), prove(b, from, to))
			if same := from < 3; same != (err == nil) {
				t.Errorf("fork at 2, %d to %d: %v", from, to, err)
			}
		}
	}
	for _, test := range []struct {
		name      string
		old, next Checkpoint
		p         tlog.TreeProof
		want      Code
	}{
		{"shorter than before", a.checkpoint(t, o, 7), a.checkpoint(t, o, 5), prove(a, 5, 7), CodeInconsistent},
		{"same size, another root", a.checkpoint(t, o, 7), b.checkpoint(t, o, 7), nil, CodeInconsistent},
		{"another epoch", a.checkpoint(t, o, 5), a.checkpoint(t, Origin("9999", 2), 7), prove(a, 5, 7), CodeOrigin},
		{"an empty log with a root", Checkpoint{o, 0, tlog.Hash{1}}, a.checkpoint(t, o, 7), nil, CodeInconsistent},
		{"sizes beyond the tree's arithmetic", Checkpoint{o, 1 << 63, tlog.Hash{}}, Checkpoint{o, 1<<63 + 1, tlog.Hash{}}, nil, CodeInconsistent},
	} {
		if got := codeOf(CheckConsistency(test.old, test.next, test.p)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestParseCheckpoint(t *testing.T) {
	root := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	if c, err := ParseText("arshjul/1283#2\n0\n" + root + "\n"); err != nil || c.Text() != "arshjul/1283#2\n0\n"+root+"\n" {
		t.Fatalf("%v %v", c, err)
	}
	for _, bad := range []string{
		"", "\n", "a\n1\n" + root, "a\n1\n" + root + "\next\n", "\n1\n" + root + "\n", "a b\n1\n" + root + "\n", "a+b\n1\n" + root + "\n",
		"a\u00a0b\n1\n" + root + "\n", "a\n01\n" + root + "\n", "a\n+1\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n9223372036854775808\n" + root + "\n",
		"a\n1\n" + root[1:] + "\n", "a\n1\n" + strings.Replace(root, "=", "", 1) + "\n", "a\n1\n" + strings.Replace(root, "U=", "V=", 1) + "\n", "a\n1\r\n" + root + "\n", "a\xff\n1\n" + root + "\n",
	} {
		if c, err := ParseText(bad); codeOf(err) != CodeMalformed {
			t.Errorf("%q is read as %v, %v", bad, c, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	for _, log := range []string{"1283", "exercise/1283/2028/1"} {
		for _, epoch := range []int{1, 2, 17} {
			o := Origin(log, epoch)
			if l, e, err := ParseOrigin(o); l != log || e != epoch || err != nil {
				t.Errorf("%s comes back as %s, %d, %v", o, l, e, err)
			}
		}
	}
	for _, bad := range []string{"arshjul/", "arshjul/1283#1", "arshjul/1283#02", "arshjul/1283#", "arshjul/1283#2#3", "1283", "arshjul/a b"} {
		if l, e, err := ParseOrigin(bad); err == nil {
			t.Errorf("%q is read as %s, %d", bad, l, e)
		}
	}
}

func TestParseKeys(t *testing.T) {
	_, k := key(t, "arshjul/signer", 1)
	got := keys(t, "# revisorernas lista\n\n"+k+" until 2027-03-01\n")
	if len(got) != 1 || got[0].Until != "2027-03-01" {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"", "# bara en rad", "x", k + "x", k + " until", k + " until 1/3", k + " from 2027-01-01", k + "\n" + k} {
		if got, err := ParseKeys(bad); codeOf(err) != CodeMalformed {
			t.Errorf("%q is read as %v, %v", bad, got, err)
		}
	}
}

func TestParseReceiptRefuses(t *testing.T) {
	whole, err := os.ReadFile("testdata/one-key.tlog-proof")
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string {
		s := strings.Replace(string(whole), old, new, 1)
		if s == string(whole) {
			t.Fatalf("%q is not in the receipt", old)
		}
		return s
	}
	for _, bad := range []string{
		"", swap("@v1", "@v2"), swap("extra ", "extra  "), swap("extra ", "Extra "), swap("index 5", "index 05"), swap("index 5", "5"),
		swap("index 5\n", ""), swap("index 5\n", "index 5\n\n\n"), swap("index 5\n", "index 5\nAAAA\n"), swap("\n\n", "\n"),
		swap("index 5\n", "index 5\n"+strings.Repeat("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", 64)),
	} {
		r, err := ParseReceipt([]byte(bad))
		if err == nil { // an empty line too early leaves the rest to the checkpoint, which is then none
			_, err = r.Verify(nil, keys(t, must(os.ReadFile("testdata/keys.txt"))))
		}
		if code := codeOf(err); code != CodeMalformed && code != CodeBadSignature {
			t.Errorf("%.60q…: %v", bad, err)
		}
	}
}

func must(b []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(b)
}
