package signer

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// edge is a tree of which only the right edge is kept: enough to add leaves to it and to know its root.
type edge struct {
	size   int64
	hashes map[int64]tlog.Hash
}

func (e *edge) keep(pos int64, h tlog.Hash) {
	if e.hashes == nil {
		e.hashes = map[int64]tlog.Hash{}
	}
	e.hashes[pos] = h
}

// ReadHashes gives hashes on the edge.
func (e *edge) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(positions))
	for i, pos := range positions {
		h, ok := e.hashes[pos]
		if !ok {
			return nil, fmt.Errorf("signer: hash %d is not on the tree's right edge", pos)
		}
		found[i] = h
	}
	return found, nil
}

func (e *edge) root() (tlog.Hash, error) { return tlog.TreeHash(e.size, e) }

// add adds a leaf and gives the hashes that are stored for it, from position first on.
func (e *edge) add(leaf []byte) (first int64, hashes []tlog.Hash, err error) {
	hashes, err = tlog.StoredHashes(e.size, leaf, e)
	if err != nil {
		return 0, nil, err
	}
	first = tlog.StoredHashIndex(0, e.size)
	for i, h := range hashes {
		e.keep(first+int64(i), h)
	}
	e.size++
	return first, hashes, nil
}

// prune forgets what is not on the edge any more.
func (e *edge) prune() error {
	kept := &edge{size: e.size}
	_, err := tlog.TreeHash(e.size, tlog.HashReaderFunc(func(positions []int64) ([]tlog.Hash, error) {
		hashes, err := e.ReadHashes(positions)
		for i := range hashes {
			kept.keep(positions[i], hashes[i])
		}
		return hashes, err
	}))
	if err == nil {
		e.hashes = kept.hashes
	}
	return err
}
