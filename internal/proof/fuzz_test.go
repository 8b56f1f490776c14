package proof

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzReceipt: what is read as a receipt is written back the same, and nothing makes the verifier panic or believe what the
// keys have not signed.
func FuzzReceipt(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.tlog-proof")
	var signed [][]byte
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		r, err := ParseReceipt(b)
		if err != nil {
			f.Fatal(err)
		}
		signed = append(signed, r.Leaf)
	}
	k, err := ParseKeys(must(os.ReadFile("testdata/keys.txt")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ParseReceipt(file)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Encode(), file) {
			t.Fatalf("comes back as %q", r.Encode())
		}
		if _, err := r.Verify(nil, k); err == nil {
			for _, leaf := range signed {
				if bytes.Equal(leaf, r.Leaf) {
					return
				}
			}
			t.Fatalf("believed a leaf that was never signed: %q", r.Leaf)
		}
	})
}

// FuzzCheckpoint: what is read as a checkpoint is written back the same.
func FuzzCheckpoint(f *testing.F) {
	f.Add("arshjul/1283\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
	f.Add("arshjul/exercise/1283/2028/1#2\n9223372036854775807\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseText(text); err == nil && c.Text() != text {
			t.Fatalf("comes back as %q", c.Text())
		}
	})
}
