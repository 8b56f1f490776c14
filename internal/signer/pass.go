package signer

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

// pass reads leaves and recomputes the tree from them.
type pass struct {
	view   view
	tree   *edge
	to     int64       // the log's size
	signed []signedOne // what was signed of it before, the oldest first
	at     int64       // the size at which the root is to be noted

	root tlog.Hash // at that size
	same uint64    // the largest size at which it is as it was signed
	gap  bool      // an entry is missing: the tree ends before it
	hash int64     // the first stored hash that differs from the recomputed; -1 = none
}

const chunk = 500

func (p *pass) run(ctx context.Context) error {
	for p.tree.size < p.to && !p.gap {
		leaves, err := p.view.leaves(ctx, p.tree.size, int(min(chunk, p.to-p.tree.size)))
		if err != nil {
			return err
		}
		if len(leaves) == 0 {
			p.gap = true
			return nil
		}
		from := tlog.StoredHashIndex(0, p.tree.size)
		stored, err := p.view.hashes(ctx, from, tlog.StoredHashIndex(0, leaves[len(leaves)-1].Index+1))
		if err != nil {
			return err
		}
		for _, l := range leaves {
			if l.Index != p.tree.size {
				p.gap = true
				return nil
			}
			first, made, err := p.tree.add(l.Leaf)
			if err != nil {
				return err
			}
			for i, h := range made {
				if was, ok := stored[first+int64(i)]; (!ok || was != h) && p.hash < 0 {
					p.hash = first + int64(i)
				}
			}
			if err := p.compare(); err != nil {
				return err
			}
		}
		if err := p.tree.prune(); err != nil {
			return err
		}
	}
	return nil
}

// compare notes how far the log is as it was signed.
func (p *pass) compare() error {
	for len(p.signed) > 0 && p.signed[0].size < uint64(p.tree.size) {
		p.signed = p.signed[1:]
	}
	if p.tree.size != p.at && (len(p.signed) == 0 || p.signed[0].size != uint64(p.tree.size)) {
		return nil
	}
	root, err := p.tree.root()
	if err != nil {
		return err
	}
	if p.tree.size == p.at {
		p.root = root
	}
	if len(p.signed) > 0 && p.signed[0].size == uint64(p.tree.size) && p.signed[0].root == root {
		p.same = uint64(p.tree.size)
	}
	return nil
}
