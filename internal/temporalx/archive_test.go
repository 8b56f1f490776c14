package temporalx_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/proof"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// TestArchivedHistoriesVerify makes a pack of the exercise that each release recorded on a real Temporal: the histories of its
// runs, in the form they are archived in, are what the verifier reads, and this build judges every command as it was judged
// then. Its texts and files were never kept, so they are told as erased.
func TestArchivedHistoriesVerify(t *testing.T) {
	releases, err := filepath.Glob("../../workflows/testdata/histories/*")
	if err != nil || len(releases) == 0 {
		t.Fatalf("no recorded histories: %v", err)
	}
	for _, release := range releases {
		t.Run(filepath.Base(release), func(t *testing.T) {
			src := recordedSource(t, release)
			var b bytes.Buffer
			if err := pack.Write(&b, src); err != nil {
				t.Fatal(err)
			}
			r, err := pack.Verify(bytes.NewReader(b.Bytes()), int64(b.Len()), pack.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Entries != len(src.Entries) || r.Runs != 3 || r.Judged < 20 || r.Unjudged != 0 || r.Approvals < 20 || !r.Ended {
				t.Errorf("found %+v", r)
			}
			src.Histories[1].Open = func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(bytes.Replace(open(t, src.Histories[0]), []byte(`"command":"e-`), []byte(`"command":"f-`), 1))), nil
			}
			b.Reset()
			if err := pack.Write(&b, src); err != nil {
				t.Fatal(err)
			}
			_, err = pack.Verify(bytes.NewReader(b.Bytes()), int64(b.Len()), pack.Options{})
			if broken := (*pack.Broken)(nil); !errors.As(err, &broken) || !strings.Contains(broken.Error(), "historik") {
				t.Errorf("another run's history in the place of a run's: %v", err)
			}
		})
	}
}

func open(t *testing.T, h pack.History) []byte {
	t.Helper()
	r, err := h.Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// recordedSource is the exercise of a release as what a pack is made of.
func recordedSource(t *testing.T, release string) *pack.Source {
	t.Helper()
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	src := &pack.Source{}
	texts := map[domain.TextRef]bool{}
	for n := 1; ; n++ {
		f, err := os.Open(filepath.Join(release, fmt.Sprintf("exercise-%d.json.gz", n)))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		h, err := client.HistoryFromJSON(z, client.HistoryJSONOptions{})
		if err != nil {
			t.Fatal(err)
		}
		begun := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
		src.Stream = begun.GetWorkflowId()
		for _, e := range journalled(t, h, dc.FromPayloads) {
			leaf := e.Encode()
			src.Entries = append(src.Entries, pack.Entry{Index: uint64(len(src.Entries)), Leaf: leaf})
			src.Hashes = append(src.Hashes, tlog.RecordHash(leaf))
			refs, files := pack.Refs(&e)
			for _, ref := range refs {
				if !texts[ref] {
					texts[ref] = true
					src.Texts = append(src.Texts, pack.Text{Commitment: ref, Erased: true})
				}
			}
			if len(files) > 0 {
				t.Fatalf("entry %d has files", e.Seq)
			}
		}
		text, err := temporalx.HistoryJSON(h)
		if err != nil {
			t.Fatal(err)
		}
		src.Histories = append(src.Histories, pack.History{Stream: src.Stream, Run: begun.GetOriginalExecutionRunId(), Complete: true,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }})
	}
	secret, public, err := note.GenerateKey(rand.Reader, "prov")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	root, err := tlog.TreeHash(int64(len(src.Hashes)), stored(t, src.Hashes))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := proof.Sign(proof.Checkpoint{Origin: proof.Origin(src.Stream, 1), Size: uint64(len(src.Hashes)), Root: root}, signer)
	if err != nil {
		t.Fatal(err)
	}
	src.Checkpoints, src.Keys = [][]byte{signed}, public+"\n"
	return src
}

func journalled(t *testing.T, h *historypb.History, read func(*commonpb.Payloads, ...any) error) (all []domain.Event) {
	t.Helper()
	for _, e := range h.Events {
		if asked := e.GetActivityTaskScheduledEventAttributes(); asked.GetActivityType().GetName() == workflows.ActivityJournal {
			var b activities.JournalBatch
			if err := read(asked.GetInput(), &b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b.Events...)
		}
	}
	return all
}

func stored(t *testing.T, leaves []tlog.Hash) tlog.HashReaderFunc {
	t.Helper()
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(at))
		for i := range at {
			found[i] = all[at[i]]
		}
		return found, nil
	})
	for i, h := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), h, read)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, more...)
	}
	return read
}
