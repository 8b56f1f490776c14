package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"arshjul/internal/signer"
	"arshjul/internal/store"
)

// signerDir is the signer's own part of the stack's directory: its key, its memory and what it publishes. On one machine it
// is no wall against whoever owns that machine; the runbook says where it belongs.
const signerDir = "signer"

// sign starts the signer, with a key that is made the first time.
func (h *house) sign(ctx context.Context, program string) error {
	dir := filepath.Join(h.stack.Dir(), signerDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key := filepath.Join(dir, "key")
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if _, err := signer.NewKey(key, "arshjul/local/"+h.kommun); err != nil {
			return err
		}
	}
	_, err := h.stack.Supervise(ctx, "signer", []string{program, "signer", "--database", h.stack.PostgresURL(database, store.SignerRole),
		"--key", key, "--state", filepath.Join(dir, "state"), "--publish", h.checkpoints(), "--every", "1s"}, nil)
	return err
}

// checkpoints is where the stack's signer publishes.
func (h *house) checkpoints() string { return filepath.Join(h.stack.Dir(), signerDir, "public") }

// signed waits until every log is signed to its end, and tells of it.
func (h *house) signed(ctx context.Context, st *store.Store) error {
	logs, err := st.Logs(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for _, l := range logs {
		for {
			waiting, _, err := st.Unsigned(ctx, l.ID)
			if err != nil {
				return fmt.Errorf("undertecknaren skrev inte under loggen %s. Se %s/logs/signer.log (%w)", l.ID, h.stack.Dir(), err)
			}
			if waiting == 0 {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
		c, err := st.LastCheckpoint(ctx, l.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(h.out, "Loggen %s är underskriven: kontrollpunkt över %d poster.\n", l.ID, c.Size)
	}
	return nil
}
