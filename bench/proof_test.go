package bench

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/proof"
	"arshjul/internal/signer"
)

const proofTitle = "What an auditor checks"

// BenchmarkReceipt verifies a receipt, as anybody can who has the file and the key, of a log of 100,000 entries.
func BenchmarkReceipt(b *testing.B) {
	const entries = 100_000
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(at))
		for i, n := range at {
			found[i] = hashes[n]
		}
		return found, nil
	})
	leaf := func(n int64) []byte {
		e := domain.Event{V: domain.EventVersion, Stream: domain.CycleStream(kommun, 2028), Seq: uint64(n) + 1, Kind: domain.EvCommented, Actor: launcher,
			At: domain.Date("2027-02-10").Start(), Command: fmt.Sprint("comment-", n), Body: domain.DigestOf(nil), Text: domain.TextRef(domain.DigestOf([]byte("text")))}
		return e.Encode()
	}
	for n := range int64(entries) {
		more, err := tlog.StoredHashes(n, leaf(n), reader)
		must(err)
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(entries, reader)
	must(err)
	secret, public, err := proof.NewKey("bench")
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	signed, err := proof.Sign(proof.Checkpoint{Origin: proof.Origin(kommun, 1), Size: entries, Root: root}, signer)
	must(err)
	keys, err := proof.ParseKeys(public)
	must(err)
	const index = 77_777
	path, err := tlog.ProveRecord(entries, index, reader)
	must(err)
	file := proof.Receipt{Leaf: leaf(index), Index: index, Path: path, Note: signed}.Encode()
	var took latencies
	for b.Loop() {
		began := time.Now()
		receipt, err := proof.ParseReceipt(file)
		must(err)
		_, err = receipt.Verify(nil, keys)
		must(err)
		took.add(time.Since(began))
	}
	figure(proofTitle, fmt.Sprintf("verify a receipt (%d bytes) of a log of %d entries, off line, p50", len(file), entries), us, took.ms(50)*1e3, atMost(us, 50_000))
}

// tellPack exports a cycle's evidence and verifies it.
func (r *rig) tellPack(stream string, entries uint64) {
	r.Helper()
	keys := r.sign()
	var file bytes.Buffer
	began := time.Now()
	r.must(r.client.As(launcher).Download(r.Context(), "/"+stream+"/pack", &file))
	figure(proofTitle, fmt.Sprintf("export the evidence of a whole cycle, %d entries, %.1f MB", entries, float64(file.Len())/1e6), seconds, time.Since(began).Seconds(), noAim)
	began = time.Now()
	_, err := pack.Verify(bytes.NewReader(file.Bytes()), int64(file.Len()), pack.Options{Keys: keys})
	r.must(err)
	figure(proofTitle, "  verify it: tree, rules, approvals, histories", seconds, time.Since(began).Seconds(), noAim)
}

// sign has every log signed, as the signer does once a minute, and gives the keys to trust.
func (r *rig) sign() proof.Keys {
	r.Helper()
	dir := r.TempDir()
	key := filepath.Join(dir, "key")
	public, err := signer.NewKey(key, "arshjul/signer/bench")
	r.must(err)
	read, err := signer.ReadKey(key)
	r.must(err)
	s, err := signer.New(signer.Config{DB: r.database, Keys: []signer.Key{read}, State: r.TempDir(), Recheck: time.Hour})
	r.must(err)
	defer func() { r.must(s.Close()) }()
	looked, err := s.Look(r.Context())
	r.must(err)
	for _, l := range looked {
		if l.Refused != nil {
			r.Fatalf("%s: %v", l.Log, l.Refused)
		}
	}
	keys, err := proof.ParseKeys(public)
	r.must(err)
	return keys
}
