package signer

import (
	"context"
	"errors"

	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// look looks at one log.
func (s *Signer) look(ctx context.Context, log string) (Looked, error) {
	if !plainLog.MatchString(log) {
		return Looked{}, (&Refusal{Log: log, Code: BadLog}).because("ingen logg kan heta så. Någon har skrivit i databasen vid sidan av programmet.")
	}
	was, err := s.mem.read(log, s.ours)
	if err != nil {
		return Looked{}, err
	}
	if was != nil { // after a restore, or a crash between remembering and showing, it may not be there
		if err := s.show(ctx, log, was.Epoch, was.Checkpoint, was.Note); err != nil {
			return Looked{}, err
		}
	}
	var found finding
	err = s.view(ctx, log, func(v view) error {
		whole := was == nil || s.checked[log].IsZero() || s.Now().Sub(s.checked[log]) >= s.Recheck
		found, err = s.examine(ctx, v, was, whole)
		var no *Refusal
		if errors.As(err, &no) && !whole { // what it is, and how far the log is whole, takes the whole log to say
			found, err = s.examine(ctx, v, was, true)
		}
		return err
	})
	if err != nil {
		return Looked{}, err
	}
	if found.whole {
		s.checked[log] = s.Now()
	}
	if was != nil && !found.begins && uint64(found.tree.size) == was.Size {
		return Looked{Log: log, Epoch: was.Epoch, Last: was.Checkpoint}, s.publish(log, was.Epoch, was.Note)
	}
	return s.sign(ctx, log, found)
}

// finding is a log that may be signed.
type finding struct {
	epoch  int
	begins bool // the epoch does
	tree   *edge
	whole  bool // every leaf was read
}

// sign signs, remembers, and then shows.
func (s *Signer) sign(ctx context.Context, log string, f finding) (Looked, error) {
	root, err := f.tree.root()
	if err != nil {
		return Looked{}, err
	}
	c := proof.Checkpoint{Origin: proof.Origin(log, f.epoch), Size: uint64(f.tree.size), Root: root}
	signed, err := proof.Sign(c, s.by...)
	if err != nil {
		return Looked{}, err
	}
	if err := s.mem.write(log, f.epoch, c, signed, f.tree); err != nil {
		return Looked{}, err
	}
	if err := s.show(ctx, log, f.epoch, c, signed); err != nil {
		return Looked{}, err
	}
	return Looked{Log: log, Epoch: f.epoch, Last: c, New: true}, s.publish(log, f.epoch, signed)
}

// examine compares the log with what is remembered: only what is new, with the stored hashes for the rest, or the whole.
func (s *Signer) examine(ctx context.Context, v view, was *last, whole bool) (finding, error) {
	no := &Refusal{Log: v.log}
	if was != nil {
		no.Last = was.Checkpoint
	}
	if err := s.memoryHolds(ctx, v, was, no); err != nil {
		return finding{}, err
	}
	f := finding{epoch: 1, tree: &edge{}, whole: whole}
	if was != nil {
		f.epoch = was.Epoch
	}
	size, err := v.size(ctx)
	if err != nil {
		return finding{}, err
	}
	if !whole {
		if size < int64(was.Size) {
			return finding{}, no
		}
		root, err := v.storedRoot(ctx, int64(was.Size))
		if err != nil && !errors.Is(err, errNoHash) {
			return finding{}, err
		}
		if err != nil || root != was.Root {
			return finding{}, no
		}
		f.tree = was.tree()
	}
	pass := pass{view: v, tree: f.tree, to: size, hash: -1}
	if was != nil {
		pass.signed, pass.at = was.Before, int64(was.Size)
	}
	if err := pass.run(ctx); err != nil {
		return finding{}, err
	}
	if pass.gap || pass.hash >= 0 || was != nil && (size < int64(was.Size) || whole && pass.root != was.Root) {
		if !whole {
			return finding{}, no
		}
		no.Whole = pass.same
		s.name(no, &pass, was, size)
		if no.Code != RolledBack && no.Code != Forked || pass.gap || pass.hash >= 0 {
			return finding{}, no
		}
		return s.epochAfter(ctx, v, was, no, f)
	}
	if whole && was != nil {
		if err := s.shownHold(ctx, v, was, no); err != nil {
			return finding{}, err
		}
	}
	return f, f.tree.prune()
}

// name says which refusal it is.
func (s *Signer) name(no *Refusal, p *pass, was *last, size int64) {
	const restore = "Ta reda på vem som gjort det, och sätt tillbaka det som stod där."
	const epoch = "Sätt tillbaka det som stod där. Om det inte går: anmäl en ny epok av loggen (arshjul registry declare-epoch), som en andra person bekräftar."
	level, n := tlog.SplitStoredHashIndex(max(p.hash, 0))
	entry := (n+1)<<level - 1 // the one whose leaf the hash came with
	switch {
	case was != nil && size < int64(was.Size):
		no.Code = RolledBack
		no.because("den har %d poster, och %d är underskrivna. Poster är borttagna, eller databasen är återläst från en äldre kopia. Poster före %d är som de var. %s", size, was.Size, p.same, epoch)
	case p.gap:
		no.Code = Gap
		no.because("post %d saknas, och det finns poster efter den. %s", p.tree.size, restore)
	case p.hash >= 0 && was != nil && entry < int64(was.Size) && p.root == was.Root, p.hash >= 0 && level > 0:
		no.Code = HashChanged
		no.because("kontrollsumma %d, som skrevs med post %d, är inte den som posterna ger. %s", p.hash, entry, restore)
	case p.hash >= 0:
		no.Code = LeafChanged
		no.because("post %d är inte den som dess kontrollsumma är räknad på: den är ändrad efteråt. %s", entry, restore)
	default:
		no.Code = Forked
		no.because("poster som är underskrivna är utbytta, och kontrollsummorna med dem. Poster före %d är som de var. %s", p.same, epoch)
	}
}
