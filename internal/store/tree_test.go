package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

var update = flag.Bool("update", false, "write testdata anew")

// vectors is testdata/log.json: leaves as they stand in the log, their hashes, and the root of the tree of the first n.
// The file fixes the format: a change of it would leave every log that has been written unverifiable.
type vectors struct {
	Leaves []vectorLeaf `json:"leaves"`
	Roots  []string     `json:"roots"` // of the first 0, 1, 2 … leaves
}

type vectorLeaf struct {
	Leaf string `json:"leaf"`
	Hash string `json:"hash"`
}

const vectorFile = "testdata/log.json"

// vectorEvents are written down here in full, so that the file also fixes how an event becomes a leaf.
func vectorEvents() []domain.Event {
	const stream = "registry/9999"
	text := domain.TextRef("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
	r := domain.Registry{Kommun: "9999", City: "SLF", Units: []domain.Unit{{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen <\"å\"\n\u2028>"}}}
	return []domain.Event{
		{V: 1, Stream: stream, Seq: 1, At: 1767225600000, Kind: domain.EvFounded, Actor: "p-register", Command: "c-1", Body: domain.DigestOf([]byte("c-1")), Founded: &r},
		{V: 1, Stream: stream, Seq: 2, At: 1767225600001, Kind: domain.EvBound, Actor: "p-register", Command: "c-2", Body: domain.DigestOf([]byte("c-2")),
			Binding: &domain.Binding{Number: 1, Person: "p-1", Name: text, Role: "processledare", Unit: "SLF", From: "2026-01-01"}},
		{V: 1, Stream: stream, Seq: 3, At: 1767225600002, Kind: domain.EvUnitSet, Actor: "p-register", Command: "c-3", Unit: &domain.Unit{ID: "KS", Kind: domain.KindExecutive, Name: "KS", Plans: true}},
		{V: 1, Stream: stream, Seq: 4, At: 1767225600003, Kind: domain.EvMeetingAdded, Actor: "p-register", Command: "c-4", NewMeeting: &domain.Meeting{ID: "KS-1", Unit: "KS", Date: "2027-02-10", Status: domain.MeetingConfirmed}},
		{V: 1, Stream: "cycle/9999/2028", Seq: 1, At: 1767225600004, Kind: domain.EvRegistryReceived, Changes: []domain.Event{{V: 1, Stream: stream, Seq: 5, At: 1767225600003, Kind: domain.EvExcluded, Exclusion: &domain.Exclusion{Number: 2, Person: "p-1", Reason: text}}}},
		{V: 1, Stream: "cycle/9999/2028", Seq: 2, At: 1767225600005, Kind: domain.EvDecided, Actor: "p-1", Command: "c-5", Step: "ks-forslag/KS", Round: 2, Version: domain.DigestOf([]byte("version")),
			Outcome: domain.OutcomeApproved, Meeting: "KS-1", Paragraph: "14", Dnr: "KS 2027/1", Date: "2027-02-10", Exception: "registrar_submitted",
			Evidence: &domain.Evidence{Conditions: []domain.Condition{{Step: "dialog/KS", At: domain.StatusHeld, Seq: 1}}, Binding: 1, Registry: 5, Rules: 1}},
		{V: 1, Stream: "refusals/9999", Seq: 1, At: 1767225600006, Kind: domain.EvRefused, Actor: "p-1", Command: "c-6", Refused: &domain.Refused{Stream: "cycle/9999/2028", Kind: domain.CmdSubmit, Code: domain.CodeNotNow}},
	}
}

// root is RFC 6962, section 2.1, written down as it stands there.
func root(leaves [][]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	left, right := root(leaves[:k]), root(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestLogVectors(t *testing.T) {
	t.Parallel()
	var got vectors
	var leaves [][]byte
	var g growing
	for n := 0; ; n++ {
		h, err := g.root()
		if err != nil {
			t.Fatal(err)
		}
		if h != root(leaves) {
			t.Errorf("root of %d leaves is not that of RFC 6962", n)
		}
		got.Roots = append(got.Roots, h.String())
		if n == len(vectorEvents()) {
			break
		}
		leaf := vectorEvents()[n].Encode()
		leaves = append(leaves, leaf)
		_, hashes, err := g.add(leaf)
		if err != nil {
			t.Fatal(err)
		}
		got.Leaves = append(got.Leaves, vectorLeaf{string(leaf), hashes[0].String()})
	}
	b, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(b, '\n'), want) {
		t.Errorf("the form of the log has changed from %s, and every written log with it:\n%s", vectorFile, b)
	}
}

// What is read back from a leaf is the event that was written.
func TestLeavesReadBack(t *testing.T) {
	t.Parallel()
	for _, e := range vectorEvents() {
		var back domain.Event
		if err := json.Unmarshal(e.Encode(), &back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), e.Encode()) {
			t.Errorf("wrote %s\nread  %s", e.Encode(), back.Encode())
		}
	}
}

// Every entry is provably in the log at every size that it has had.
func TestProofs(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 0)
	for n := range 9 {
		d.do(comment(n))
	}
	entries, err := s.LogEntries(t.Context(), kommun, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var leaves [][]byte
	for n, e := range entries {
		leaves = append(leaves, e.Leaf)
		size := uint64(n + 1)
		head, err := s.TreeHash(t.Context(), kommun, size)
		if err != nil || head != root(leaves) {
			t.Fatalf("size %d: root %v, %v", size, head, err)
		}
		for i := range size {
			proof, err := s.ProveEntry(t.Context(), kommun, size, i)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof, int64(size), head, int64(i), tlog.RecordHash(entries[i].Leaf)); err != nil {
				t.Errorf("entry %d in the tree of %d: %v", i, size, err)
			}
			if err := tlog.CheckRecord(proof, int64(size), head, int64(i), tlog.RecordHash([]byte("another leaf"))); err == nil {
				t.Errorf("entry %d in the tree of %d: another leaf is proved too", i, size)
			}
		}
	}
	if _, err := s.TreeHash(t.Context(), kommun, uint64(len(entries))+1); err == nil {
		t.Error("a root for more entries than there are")
	}
	if _, err := s.ProveEntry(t.Context(), kommun, uint64(len(entries)), uint64(len(entries))); err == nil {
		t.Error("a proof for an entry that is not there")
	}
}
