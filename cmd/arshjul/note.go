package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"arshjul/internal/stack"
)

// note is what "arshjul up" leaves in its directory, so that doctor finds what runs there.
type note struct {
	Database  string `json:"database"`
	Temporal  string `json:"temporal"`
	Namespace string `json:"namespace"`
	Server    string `json:"server"`
}

const noteName = "arshjul.json"

func (n *note) platform() platform { return platform{n.Database, n.Temporal, n.Namespace} }

func (n *note) write(dir string) error {
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, noteName), append(text, '\n'), 0o600)
}

// readNote reads the note in a directory, the stack's default when dir is empty; nil when there is none.
func readNote(dir string) (*note, error) {
	if dir == "" {
		var err error
		if dir, err = stack.DefaultDir(); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(dir, noteName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var n note
	if err := json.Unmarshal(text, &n); err != nil {
		return nil, fmt.Errorf("%s går inte att läsa (%w). Ta bort den: \"arshjul up\" skriver den på nytt", path, err)
	}
	return &n, nil
}
