package domain

import (
	"strings"
	"testing"
)

// A repair is written down in the log of what it repairs, and said in words of its own.
func TestRepaired(t *testing.T) {
	for of, want := range map[string]string{"cycle/1283/2028": "reconcile/1283", "registry/1283": "reconcile/1283",
		"exercise/1283/2028/1": "reconcile/exercise/1283/2028/1", "refusals/exercise/1283/2028/1": "reconcile/exercise/1283/2028/1"} {
		got := RepairStream(of)
		if got != want || LogOf(got) != LogOf(of) || Kommun(got) != "1283" || !Stateless(got) {
			t.Errorf("%s: %s of log %s, kommun %s, stateless %v", of, got, LogOf(got), Kommun(got), Stateless(got))
		}
	}
	said := map[string]bool{}
	for _, kind := range []RepairKind{RepairLists, RepairLog, RepairRestart, RepairErasures} {
		r := Repaired{Kind: kind, Stream: "cycle/1283/2028", Rows: 3, Seq: 17, Count: 5, Index: 90, Lost: []TextRef{text("x")}}
		says := Sentence(nil, &Event{Kind: EvRepaired, Repaired: &r})
		if said[says] || !strings.HasPrefix(says, "cycle/1283/2028: ") || strings.Contains(says, string(kind)+".") {
			t.Error(says)
		}
		said[says] = true
	}
}
