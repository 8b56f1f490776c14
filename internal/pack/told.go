package pack

import (
	"encoding/json"
	"fmt"
	"strings"

	"arshjul/domain"
	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// told is what a pack's source tells, read: what proofs and the page are made from.
type told struct {
	src         *Source
	events      []domain.Event // of src.Entries
	states      map[string]*domain.State
	tree        *tree
	checkpoints []checkpoint
}

// read folds the entries. Who writes a pack has entries that fold: an error here is a fault of the log, and says where.
func (src *Source) read() (*told, error) {
	t := &told{src: src, states: map[string]*domain.State{}, events: make([]domain.Event, len(src.Entries))}
	for i := range src.Entries {
		e := &t.events[i]
		if err := json.Unmarshal(src.Entries[i].Leaf, e); err != nil {
			return nil, fmt.Errorf("pack: log index %d is not an event: %w", src.Entries[i].Index, err)
		}
		if !wants(src.Stream, e.Stream) {
			continue
		}
		s := t.states[e.Stream]
		if s == nil {
			s = domain.NewState(e.Stream)
			t.states[e.Stream] = s
		}
		if err := domain.Apply(s, *e); err != nil {
			return nil, fmt.Errorf("pack: log index %d: %w", src.Entries[i].Index, err)
		}
	}
	var err error
	if t.tree, err = grow(src.Hashes); err != nil {
		return nil, err
	}
	for _, note := range src.Checkpoints {
		c, err := readNote(note)
		if err != nil {
			return nil, err
		}
		t.checkpoints = append(t.checkpoints, c)
	}
	return t, nil
}

// wants tells whether the entries of a stream are folded: they add up to something, and the pack is about them.
func wants(stream, of string) bool {
	for _, s := range Streams(stream) {
		if s == of {
			return !domain.Stateless(of)
		}
	}
	return false
}

// launched is what the cycle started from, or nil.
func (t *told) launched() *domain.Launched {
	for i := range t.events {
		if e := &t.events[i]; e.Stream == t.src.Stream && e.Launched != nil {
			return e.Launched
		}
	}
	return nil
}

// consistency proves of every checkpoint that the next is the same log with entries added.
func (t *told) consistency() ([]byte, error) {
	var b strings.Builder
	var all []proof.Checkpoint
	for _, c := range t.checkpoints {
		all = append(all, c.Checkpoint)
	}
	epochs, err := proof.Epochs(domain.LogOf(t.src.Stream), t.events, all)
	if err != nil {
		epochs = nil // the pack's check says what is wrong with them
	}
	for i := 1; i < len(t.checkpoints); i++ {
		old, next := &t.checkpoints[i-1], &t.checkpoints[i]
		_, epoch, err := proof.ParseOrigin(next.Origin)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		if old.Origin != next.Origin || old.Size == 0 || old.Size > next.Size || next.Size > min(keeps(epochs, epoch), t.tree.size) {
			continue
		}
		p, err := t.tree.proveTree(old.Size, next.Size)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		fmt.Fprintf(&b, "%d %d", old.Size, next.Size)
		for _, h := range p {
			b.WriteString(" " + h.String())
		}
		b.WriteString("\n")
	}
	return []byte(b.String()), nil
}

// receipts makes a .tlog-proof of every decision, to be handed on by itself.
func (t *told) receipts() (all []member, err error) {
	if len(t.checkpoints) == 0 {
		return nil, nil
	}
	newest := t.checkpoints[len(t.checkpoints)-1]
	for i := range t.events {
		e, entry := &t.events[i], &t.src.Entries[i]
		if e.Stream != t.src.Stream || !decides(e.Kind) || entry.Index >= newest.Size {
			continue
		}
		path, err := t.tree.proveEntry(newest.Size, entry.Index)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		r := proof.Receipt{Leaf: entry.Leaf, Index: entry.Index, Path: path, Note: newest.note}
		all = append(all, of(receiptName(entry.Index), r.Encode()))
	}
	return all, nil
}

func receiptName(index uint64) string {
	return fmt.Sprintf("%s%08d.tlog-proof", folderReceipts, index)
}

// decides tells of the events that somebody may want to show to others by themselves.
func decides(k domain.EventKind) bool {
	switch k {
	case domain.EvDecided, domain.EvRejected, domain.EvReturned, domain.EvTabled, domain.EvEstablished:
		return true
	}
	return false
}

// tree is a log's tree, from its leaf hashes.
type tree struct {
	size   uint64
	hashes []tlog.Hash // in tlog's numbering
}

// grow computes the tree of leaf hashes.
func grow(leaves []tlog.Hash) (*tree, error) {
	t := &tree{size: uint64(len(leaves)), hashes: make([]tlog.Hash, 0, 2*len(leaves))}
	for i := range leaves {
		add, err := tlog.StoredHashesForRecordHash(int64(i), leaves[i], t)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		t.hashes = append(t.hashes, add...)
	}
	return t, nil
}

// ReadHashes gives hashes by their position.
func (t *tree) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(positions))
	for i, pos := range positions {
		if pos < 0 || pos >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("pack: the tree has no hash %d", pos)
		}
		found[i] = t.hashes[pos]
	}
	return found, nil
}

func (t *tree) root(size uint64) (tlog.Hash, error) { return tlog.TreeHash(int64(size), t) }

func (t *tree) proveTree(old, size uint64) (tlog.TreeProof, error) {
	return tlog.ProveTree(int64(size), int64(old), t)
}

func (t *tree) proveEntry(size, index uint64) (tlog.RecordProof, error) {
	return tlog.ProveRecord(int64(size), int64(index), t)
}
