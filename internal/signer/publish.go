package signer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"arshjul/internal/proof"
)

// publish puts a checkpoint where others fetch it: as latest.checkpoint, and as the last of its day.
func (s *Signer) publish(log string, epoch int, signed []byte) error {
	if s.Publish == "" {
		return nil
	}
	dir := filepath.Join(s.Publish, fileName(log))
	latest := filepath.Join(dir, "latest.checkpoint")
	if b, err := os.ReadFile(latest); err == nil && bytes.Equal(b, signed) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	day := filepath.Join(dir, fmt.Sprintf("epoch-%d-%s.checkpoint", epoch, s.Now().UTC().Format("2006-01-02")))
	return errors.Join(replace(day, signed), replace(latest, signed))
}

// published gives our checkpoint among what is published of a log, if there is one. What others have put there is nothing to
// us: it is replaced.
func (s *Signer) published(log string) ([]shown, error) {
	if s.Publish == "" {
		return nil, nil
	}
	b, err := os.ReadFile(filepath.Join(s.Publish, fileName(log), "latest.checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	signed, err := s.ours.Open(b)
	if err != nil {
		return nil, nil
	}
	of, epoch, err := proof.ParseOrigin(signed.Origin)
	if err != nil || of != log {
		return nil, nil
	}
	return []shown{{epoch, int64(signed.Size), string(b)}}, nil
}

// publishKeys puts the public parts of the keys beside the checkpoints. Whoever checks anything must have had them from
// somewhere else: see SECURITY.md.
func (s *Signer) publishKeys() error {
	if s.Publish == "" {
		return nil
	}
	var text []byte
	for _, k := range s.ours {
		text = append(text, k.Text+"\n"...)
	}
	return replace(filepath.Join(s.Publish, "keys.txt"), text)
}
