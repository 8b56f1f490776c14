package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"arshjul/internal/proof"
)

// Adopt makes a checkpoint, which one of our keys has signed and somebody has kept, the last one remembered of its log:
// after the memory was lost or came back from a backup. The log must still contain it, and it must be newer than the memory.
func (s *Signer) Adopt(ctx context.Context, signed []byte) (proof.Checkpoint, error) {
	c, err := s.ours.Open(signed)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	log, epoch, err := proof.ParseOrigin(c.Origin)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	was, err := s.mem.read(log, s.ours)
	var broken *Refusal
	if err != nil && !errors.As(err, &broken) {
		return proof.Checkpoint{}, err
	}
	if was != nil && (was.Epoch > epoch || was.Epoch == epoch && was.Size >= c.Size) {
		return proof.Checkpoint{}, fmt.Errorf("undertecknarens anteckning om loggen %s är minst lika ny (%d poster) som den här kontrollpunkten (%d poster). Den behålls", log, was.Size, c.Size)
	}
	tree := &edge{}
	err = s.view(ctx, log, func(v view) error {
		p := pass{view: v, tree: tree, to: int64(c.Size), at: int64(c.Size), hash: -1}
		if err := p.run(ctx); err != nil {
			return err
		}
		if p.gap || p.root != c.Root {
			return fmt.Errorf("loggen %s i databasen är inte den som kontrollpunkten gäller: den ger en annan kontrollsumma för de första %d posterna", log, c.Size)
		}
		return nil
	})
	if err != nil {
		return proof.Checkpoint{}, err
	}
	// What was signed between the memory and this is not known any more; only marked, so that it is not taken for another's.
	if err := appendLine(s.adoptedFile(log, epoch), c.Text()); err != nil {
		return proof.Checkpoint{}, err
	}
	delete(s.checked, log)
	return c.Checkpoint, s.mem.write(log, epoch, c.Checkpoint, signed, tree)
}

func (s *Signer) adoptedFile(log string, epoch int) string {
	return filepath.Join(s.State, fmt.Sprintf("%s.%d.adopted", fileName(log), epoch))
}

// adopted tells whether the memory of an epoch has holes, because a checkpoint was adopted into it.
func (s *Signer) adopted(log string, epoch int) bool {
	_, err := os.Stat(s.adoptedFile(log, epoch))
	return err == nil
}
