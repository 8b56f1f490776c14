package faults

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// ledger is what people asked for and what they were told, line by line in a file. An answer is on disk before whoever
// asked gets it, so what the ledger says was acknowledged, somebody may have relied on.
type ledger struct {
	path string

	mu    sync.Mutex
	file  *os.File
	count int // acknowledgements
}

// line is one line of the ledger: a question, or the answer to one.
type line struct {
	ID     string          `json:"id"` // the command's
	Actor  domain.PersonID `json:"actor,omitempty"`
	Path   string          `json:"path,omitempty"` // where it was asked
	Asked  json.RawMessage `json:"asked,omitempty"`
	Done   *api.Receipt    `json:"done,omitempty"`
	Denied domain.Code     `json:"denied,omitempty"`
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return &ledger{path: path, file: f}
}

func (l *ledger) write(n line) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(append(text, '\n')); err != nil || n.Asked != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	if n.Done != nil {
		l.count++
	}
	return nil
}

// acknowledged is how many times somebody was told that something was done.
func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// promise is all that the ledger has about one command.
type promise struct {
	asked  []line
	done   []api.Receipt
	denied []domain.Code
}

// promises reads a ledger from disk, by command id.
func promises(path string) (map[string]*promise, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := map[string]*promise{}
	for row := range bytes.Lines(text) {
		var n line
		if err := json.Unmarshal(row, &n); err != nil {
			return nil, err
		}
		p := all[n.ID]
		if p == nil {
			p = &promise{}
			all[n.ID] = p
		}
		switch {
		case n.Asked != nil:
			p.asked = append(p.asked, n)
		case n.Done != nil:
			p.done = append(p.done, *n.Done)
		default:
			p.denied = append(p.denied, n.Denied)
		}
	}
	return all, nil
}
