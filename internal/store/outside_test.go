package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"

	"arshjul/domain"
)

func TestPutText(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	put := func(stream, id, field, body string) domain.TextRef {
		t.Helper()
		ref, err := s.PutText(t.Context(), stream, id, field, body)
		if err != nil {
			t.Fatal(err)
		}
		if !domain.Digest(ref).Valid() {
			t.Fatalf("commitment %q", ref)
		}
		return ref
	}
	first := put("cycle/9999/2028", "c-1", "text", "Underlaget saknar siffror.")
	if again := put("cycle/9999/2028", "c-1", "text", "Underlaget saknar siffror."); again != first {
		t.Error("the same request got another commitment")
	}
	seen := map[domain.TextRef]string{first: "the first"}
	for name, ref := range map[string]domain.TextRef{
		"another text":    put("cycle/9999/2028", "c-1", "text", "Underlaget saknar siffror!"),
		"another field":   put("cycle/9999/2028", "c-1", "fields/mal", "Underlaget saknar siffror."),
		"another command": put("cycle/9999/2028", "c-2", "text", "Underlaget saknar siffror."),
		"another stream":  put("cycle/9999/2029", "c-1", "text", "Underlaget saknar siffror."),
		"an empty text":   put("cycle/9999/2028", "c-1", "text", ""),
	} {
		if other, ok := seen[ref]; ok {
			t.Errorf("%s has the commitment of %s", name, other)
		}
		seen[ref] = name
	}
	// The commitment is what anybody who has salt and text computes.
	var salt []byte
	if err := s.pool.QueryRow(t.Context(), "select salt from text where commitment = $1", first).Scan(&salt); err != nil {
		t.Fatal(err)
	}
	if len(salt) != 32 || domain.TextRef(domain.DigestOf(append(salt, "Underlaget saknar siffror."...))) != first {
		t.Errorf("commitment %s does not follow from salt %s", first, hex.EncodeToString(salt))
	}

	texts, err := s.Texts(t.Context(), first, "not kept")
	if err != nil || len(texts) != 1 || texts[first] != (Text{Body: "Underlaget saknar siffror."}) {
		t.Errorf("texts %v, %v", texts, err)
	}
	exec(t, owner(t, url), "update text set salt = null, body = null, erased_at = now() where commitment = $1", first)
	if texts, err := s.Texts(t.Context(), first); err != nil || texts[first] != (Text{Erased: true}) {
		t.Errorf("erased: %v, %v", texts, err)
	}
}

func TestPutTextAtOnce(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	stores := []*Store{s, again(t, url)}
	for n := range 20 {
		refs := make([]domain.TextRef, 8)
		var wg sync.WaitGroup
		for i := range refs {
			wg.Go(func() {
				var err error
				if refs[i], err = stores[i%2].PutText(t.Context(), "cycle/9999/2028", fmt.Sprint("c-", n), "text", "Samma text."); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, ref := range refs {
			if ref != refs[0] {
				t.Fatalf("the same request at once got %v", refs)
			}
		}
	}
}

func TestPutTextRefusesWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for _, body := range []string{"a\x00b", "a\xffb"} {
		_, err := s.PutText(t.Context(), "cycle/9999/2028", "c-1", "text", body)
		var no *domain.Refusal
		if !errors.As(err, &no) || no.Code != domain.CodeBadCommand {
			t.Errorf("%q: got %v, want the refusal bad_command", body, err)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	content := bytes.Repeat([]byte("%PDF-1.7\x00\xff"), 100_000)
	hash, err := s.PutFile(t.Context(), "förslag.pdf", "application/pdf", content)
	if err != nil || hash != domain.DigestOf(content) {
		t.Fatalf("hash %s, %v", hash, err)
	}
	if again, err := s.PutFile(t.Context(), "annat namn.pdf", "text/plain", content); err != nil || again != hash {
		t.Errorf("sent again: %s, %v", again, err)
	}
	f, err := s.GetFile(t.Context(), hash)
	if err != nil || !bytes.Equal(f.Bytes, content) || f.Name != "förslag.pdf" || f.MediaType != "application/pdf" || f.Size != int64(len(content)) {
		t.Errorf("got %s %s of %d bytes, %v", f.Name, f.MediaType, f.Size, err)
	}
	if f, err := s.FileInfo(t.Context(), hash); err != nil || f.Bytes != nil || f.Size != int64(len(content)) || f.SHA256 != hash {
		t.Errorf("info: %d bytes of %d, %v", len(f.Bytes), f.Size, err)
	}
	if empty, err := s.PutFile(t.Context(), "tom.txt", "text/plain", nil); err != nil {
		t.Error(err)
	} else if f, err := s.GetFile(t.Context(), empty); err != nil || f.Size != 0 {
		t.Errorf("empty file: %v, %v", f, err)
	}
	if _, err := s.GetFile(t.Context(), domain.DigestOf([]byte("other"))); !errors.Is(err, ErrNoFile) {
		t.Errorf("unknown file: %v", err)
	}
}

func TestWheels(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	w := wheel(t)
	text := WheelText{Hash: w.Hash(), Name: w.Name, YAML: "namn: liten # påhittat"}
	for range 2 {
		if err := s.PutWheel(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Wheel(t.Context(), w.Hash()); err != nil || got != text {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := s.Wheel(t.Context(), "other"); !errors.Is(err, ErrNoWheel) {
		t.Errorf("unknown wheel: %v", err)
	}
}
