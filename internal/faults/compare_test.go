package faults

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// stream compares a stream's histories with its entries one by one, and what these add up to with what the workflow
// knows.
func (a *audit) stream(name string, e *evidence) {
	a.tally.streams++
	a.tally.entries += len(e.entries)
	a.runs += e.history.runs
	written := e.history.written
	if n := e.history.pending; n > 0 {
		a.wrong(inHistory, "%s: %d events were never acknowledged by the journal", name, n)
	}
	for i := range max(len(written), len(e.entries)) {
		switch {
		case i >= len(e.entries):
			a.wrong(inJournal, "%s: event %d stands in the history and not in the journal", name, written[i].Seq)
		case i >= len(written):
			a.wrong(inHistory, "%s: entry %d stands in the journal and not in the history", name, e.entries[i].Event.Seq)
		case !bytes.Equal(written[i].Encode(), e.entries[i].Leaf):
			a.wrong(inJournal, "%s: entry %d (%s) is not the history's event %d (%s)", name, e.entries[i].Event.Seq, e.entries[i].Event.Kind, written[i].Seq, written[i].Kind)
		}
	}
	events := make([]domain.Event, len(e.entries))
	for i := range e.entries {
		events[i] = e.entries[i].Event
	}
	folded, err := domain.Fold(name, events)
	if err != nil {
		a.wrong(inState, "%s: %v", name, err)
		return
	}
	e.folded = folded
	known := e.view.State
	known.Size, folded.Size = 0, 0 // a bound, measured anew at each jump
	if got, want := domain.Canonical(known), domain.Canonical(*folded); !bytes.Equal(got, want) {
		a.wrong(inState, "%s: the workflow knows another state (entry %d, head %.8s) than the journal adds up to (entry %d, head %.8s)", name, known.Seq, known.Head, folded.Seq, folded.Head)
	}
	// Nobody but the installation itself gives a command outside the ledger.
	for _, ev := range written {
		if ev.Command != "" && ev.Body != "" && a.promises[ev.Command] == nil && !strings.HasPrefix(ev.Command, "found-") && !strings.HasPrefix(ev.Command, "registry/") {
			a.wrong(inHistory, "%s: event %d follows from command %s, which nobody gave", name, ev.Seq, ev.Command)
		}
	}
}

// command compares what was promised about a command with where it stands.
func (a *audit) command(id string, p *promise) {
	var in []string
	for name := range a.streams {
		if a.places(name, id) {
			in = append(in, name)
		}
	}
	slices.Sort(in)
	if len(in) > 1 {
		a.wrong(inHistory, "command %s stands in several streams: %v", id, in)
	}
	switch {
	case len(p.done) > 0:
		a.acknowledged++
		a.kept(id, p)
	case len(p.denied) > 0:
		a.denied++
		if len(in) > 0 {
			a.wrong(inLedger, "command %s was denied (%s) and stands in %v", id, p.denied[0], in)
		}
	default:
		a.unknown++ // all or none: places has compared
	}
}

// places tells whether a command stands in a stream; it stands in history, journal and state, or in none of them.
func (a *audit) places(name, id string) bool {
	e := a.streams[name]
	history, answered := positions(e.history.written, id), false
	for _, told := range e.history.commands[id] {
		answered = answered || told.receipt != nil && told.receipt.First > 0
	}
	journal := positionsOf(e.entries, id)
	if len(history) == 0 && len(journal) == 0 && !answered {
		return false
	}
	if answered && len(history) == 0 {
		a.wrong(inHistory, "%s: command %s was answered and its events are lost", name, id)
	}
	if !slices.Equal(history, journal) {
		a.wrong(inJournal, "%s: command %s has entries %v in the history and %v in the journal", name, id, history, journal)
	}
	if !contiguous(history) || !contiguous(journal) {
		a.wrong(inJournal, "%s: the entries of command %s do not follow one another: %v", name, id, journal)
	}
	a.remembered(name, e, id, journal)
	return true
}

// remembered compares what the state has about a command with its entries. A state forgets commands after 30 days.
func (a *audit) remembered(name string, e *evidence, id string, journal []uint64) {
	for _, s := range []*domain.State{e.folded, &e.view.State} {
		if s == nil {
			continue
		}
		for _, known := range s.Answered {
			if known.ID != id {
				continue
			}
			if len(journal) == 0 || known.First != journal[0] || known.Last != journal[len(journal)-1] {
				a.wrong(inState, "%s: the state has command %s at %d to %d, the journal at %v", name, id, known.First, known.Last, journal)
			} else if body := e.entries[journal[0]-1].Event.Body; body != known.Body {
				a.wrong(inState, "%s: the state has command %s with body %.8s, the journal with %.8s", name, id, known.Body, body)
			}
		}
	}
}

// kept looks for an acknowledged command where its receipts say that it stands, exactly once.
func (a *audit) kept(id string, p *promise) {
	first := p.done[0]
	for _, r := range p.done[1:] {
		if r.Stream != first.Stream || r.First != first.First || r.Last != first.Last ||
			r.Index != nil && first.Index != nil && (*r.Index != *first.Index || r.Leaf != first.Leaf) {
			a.wrong(inLedger, "command %s was answered in two ways: %+v and %+v", id, first, r)
		}
		if first.Index == nil {
			first = r
		}
	}
	if first.First == 0 {
		return // it changed nothing
	}
	e := a.streams[first.Stream]
	var want []uint64
	for seq := first.First; seq <= first.Last; seq++ {
		want = append(want, seq)
	}
	if got := positions(e.history.written, id); !slices.Equal(got, want) {
		a.wrong(inHistory, "%s: command %s was acknowledged as %d to %d and stands at %v", first.Stream, id, first.First, first.Last, got)
	}
	if got := positionsOf(e.entries, id); !slices.Equal(got, want) {
		a.wrong(inJournal, "%s: command %s was acknowledged as %d to %d and stands at %v", first.Stream, id, first.First, first.Last, got)
		return
	}
	entry := e.entries[first.First-1]
	if first.Index != nil && (*first.Index != entry.Index || first.Leaf != leafHash(entry.Leaf)) {
		a.wrong(inJournal, "%s: command %s was acknowledged at index %d with leaf %.8s, and the log has it at %d with another", first.Stream, id, *first.Index, first.Leaf, entry.Index)
	}
	a.same(id, p, e, entry)
}

// same compares what was asked with what the history says was carried out.
func (a *audit) same(id string, p *promise, e *evidence, entry store.Entry) {
	for _, told := range e.history.commands[id] {
		if told.receipt == nil {
			continue
		}
		if body := told.command.Body(); body != entry.Event.Body || told.receipt.Body != body {
			a.wrong(inHistory, "command %s has body %.8s in the history, %.8s in its answer and %.8s in the journal", id, body, told.receipt.Body, entry.Event.Body)
		}
		for _, asked := range p.asked {
			var c api.Command
			if !strings.HasSuffix(asked.Path, "/commands") || json.Unmarshal(asked.Asked, &c) != nil {
				continue
			}
			if t := told.command; t.Kind != c.Kind || t.Step != c.Step || t.Actor != asked.Actor || t.Version != c.Version || t.Meeting != c.Meeting || t.Paragraph != c.Paragraph {
				a.wrong(inHistory, "command %s was asked as %s %s by %s, and carried out as %s %s by %s", id, c.Kind, c.Step, asked.Actor, t.Kind, t.Step, t.Actor)
			}
		}
	}
}

// positions gives the places in its stream of the events that a command led to.
func positions(events []domain.Event, id string) (at []uint64) {
	for i := range events {
		if events[i].Command == id {
			at = append(at, events[i].Seq)
		}
	}
	return at
}

func positionsOf(entries []store.Entry, id string) (at []uint64) {
	for i := range entries {
		if entries[i].Event.Command == id {
			at = append(at, entries[i].Event.Seq)
		}
	}
	return at
}

func contiguous(at []uint64) bool {
	for i := range at {
		if at[i] != at[0]+uint64(i) {
			return false
		}
	}
	return true
}

func leafHash(leaf []byte) domain.Digest {
	h := tlog.RecordHash(leaf)
	return domain.Digest(hex.EncodeToString(h[:]))
}
