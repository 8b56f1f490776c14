package proof

import (
	"testing"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

func TestEpochs(t *testing.T) {
	first, second := Checkpoint{"arshjul/9999", 120, tlog.Hash{1}}, Checkpoint{"arshjul/9999#2", 110, tlog.Hash{2}}
	decl := domain.Epoch{Number: 51, Origin: first.Origin, Size: 120, Root: first.Root.String(), From: 100, By: "p-1"}
	stream := domain.RegistryStream("9999")
	declared := domain.Event{Stream: stream, Kind: domain.EvEpochDeclared, Actor: "p-1", Epoch: &decl}
	confirmed := func(by domain.PersonID, change func(*domain.Epoch)) domain.Event {
		e := decl
		e.Confirmed = by
		if change != nil {
			change(&e)
		}
		return domain.Event{Stream: stream, Kind: domain.EvEpochConfirmed, Actor: by, Epoch: &e}
	}
	both := []domain.Event{declared, confirmed("p-2", nil)}
	for _, test := range []struct {
		name   string
		events []domain.Event
		cps    []Checkpoint
		epochs int
		want   Code
	}{
		{"one epoch", nil, []Checkpoint{{"arshjul/9999", 7, tlog.Hash{3}}, first}, 1, ""},
		{"two", both, []Checkpoint{second, first}, 2, ""},
		{"declared and never signed", both, []Checkpoint{first}, 1, ""},
		{"nobody declared it", nil, []Checkpoint{first, second}, 0, CodeEpoch},
		{"one person declared it", both[:1], []Checkpoint{first, second}, 0, CodeEpoch},
		{"the same person twice", []domain.Event{declared, confirmed("p-1", nil)}, []Checkpoint{first, second}, 0, CodeEpoch},
		{"confirmed before it was declared", []domain.Event{both[1], both[0]}, []Checkpoint{first, second}, 0, CodeEpoch},
		{"confirmed with another range", []domain.Event{declared, confirmed("p-2", func(e *domain.Epoch) { e.From = 119 })}, []Checkpoint{first, second}, 0, CodeEpoch},
		{"names an older checkpoint than the last", both, []Checkpoint{first, {"arshjul/9999", 130, tlog.Hash{4}}, second}, 0, CodeEpoch},
		{"an epoch is missing", both, []Checkpoint{second}, 0, CodeEpoch},
		{"two of one size", nil, []Checkpoint{first, {"arshjul/9999", 120, tlog.Hash{9}}}, 0, CodeInconsistent},
		{"of another log", nil, []Checkpoint{{"arshjul/8888", 120, tlog.Hash{9}}}, 0, CodeOrigin},
	} {
		got, err := Epochs("9999", test.events, test.cps)
		if codeOf(err) != test.want || len(got) != test.epochs {
			t.Errorf("%s: %d epochs and %v, want %d and %q", test.name, len(got), err, test.epochs, test.want)
		}
		if test.epochs == 2 && err == nil {
			if e := got[1]; e.From != 100 || e.To != 120 || e.Declared == nil || e.Last != second || got[0].Last != first {
				t.Errorf("%s: %+v", test.name, got)
			}
		}
	}
}
