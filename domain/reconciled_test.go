package domain

import (
	"strings"
	"testing"
)

// Each kind of difference has a sentence of its own, which names the stream.
func TestDifferencesInWords(t *testing.T) {
	said := map[string]DifferenceKind{}
	for _, kind := range []DifferenceKind{DiffMissing, DiffUnwritten, DiffUnknown, DiffEntry, DiffState,
		DiffBroken, DiffNoWorkflow, DiffStopped, DiffNoLog, DiffSilent, DiffCut, DiffNewer, DiffShown} {
		d := Difference{Stream: "cycle/1283/2028", Kind: kind, Seq: 7, Count: 3, Table: "step", Row: "anvisningar/KS"}
		text := d.Sentence()
		if other, found := said[text]; found || !strings.HasPrefix(text, "cycle/1283/2028: ") || strings.Contains(text, string(kind)+".") {
			t.Errorf("%s says %q, as %q does", kind, text, other)
		}
		said[text] = kind
	}
	d := Difference{Stream: "s", Kind: DiffMissing, Seq: 7, Count: 3}
	if !strings.Contains(d.Sentence(), "post 7 till 9,") {
		t.Errorf("three entries: %s", d.Sentence())
	}
}

func TestReconciledIsBounded(t *testing.T) {
	r := Reconciled{Streams: 2, Entries: 9}
	if text := r.Sentence(); !strings.Contains(text, "säger detsamma") {
		t.Error(text)
	}
	for range MostDifferences + 3 {
		r.Add(Difference{Stream: "cycle/1283/2028", Kind: DiffEntry, Seq: 4})
	}
	if len(r.Found) != MostDifferences || r.More != 3 || r.Total() != MostDifferences+3 {
		t.Errorf("%d and %d more", len(r.Found), r.More)
	}
	if text := r.Sentence(); !strings.Contains(text, "på 53 ställen") || !strings.Contains(text, "cycle/1283/2028: post 4") {
		t.Error(text)
	}
}

// The stream of reconciliations belongs to the municipality's log, and has no state.
func TestReconcileStream(t *testing.T) {
	s := ReconcileStream("1283")
	if s != "reconcile/1283" || LogOf(s) != "1283" || Kommun(s) != "1283" || !Stateless(s) {
		t.Errorf("%s of log %s, kommun %s, stateless %v", s, LogOf(s), Kommun(s), Stateless(s))
	}
	for _, s := range []string{"cycle/1283/2028", "registry/1283", "exercise/1283/2028/1"} {
		if Stateless(s) {
			t.Errorf("%s has a state", s)
		}
	}
	if !Stateless(RefusalStream("registry/1283")) {
		t.Error("refusals have no state")
	}
}
