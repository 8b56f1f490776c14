package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"arshjul/internal/proof"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"
)

// Config is what a signer works with.
type Config struct {
	DB *pgxpool.Pool // as store.SignerRole
	// Keys sign, each adding its line: two while one takes over from the other.
	Keys []Key
	// State is the directory of the signer's memory. It must not be where the database's backup is.
	State string
	// Publish is the directory that checkpoints are put in for others to fetch; "" = none.
	Publish string
	// Recheck is how often the whole of each log is recomputed, and not only what is new; the first look always does.
	Recheck time.Duration
	Now     func() time.Time
}

// Signer looks at the logs and signs them. It is for one goroutine, and for one process per State.
type Signer struct {
	Config
	mem     memory
	ours    proof.Keys
	by      []note.Signer
	checked map[string]time.Time // when the whole log was last recomputed
	lock    *os.File             // of State
}

// Close lets another process have the memory.
func (s *Signer) Close() error { return s.lock.Close() }

// New opens the signer's memory. It fails when a directory cannot be written.
func New(c Config) (*Signer, error) {
	if len(c.Keys) == 0 {
		return nil, errors.New("undertecknaren har ingen nyckel")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	for _, dir := range []string{c.State, c.Publish} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("undertecknarens katalog: %w", err)
		}
	}
	s := &Signer{Config: c, mem: memory{c.State}, checked: map[string]time.Time{}}
	for _, k := range c.Keys {
		s.by = append(s.by, k.Signer)
	}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(c.State, "lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("en annan undertecknare arbetar redan med katalogen %s", c.State), s.lock.Close())
	}
	if s.ours, err = s.mem.keys(c.Keys...); err != nil {
		return nil, err
	}
	return s, s.publishKeys()
}

// Looked is what a look at a log came to: a checkpoint, new or the one from before, or a refusal.
type Looked struct {
	Log     string
	Epoch   int
	Last    proof.Checkpoint
	New     bool
	Refused *Refusal
}

// Look looks at every log once: signs what is new and continues what was signed, and refuses the rest. An error is about
// one of the looks that could not be made; the others were.
func (s *Signer) Look(ctx context.Context) ([]Looked, error) {
	logs, err := s.logs(ctx)
	if err != nil {
		return nil, err
	}
	remembered, err := s.mem.logs()
	if err != nil {
		return nil, err
	}
	for _, log := range remembered { // one that is gone altogether has been rolled back to nothing
		if !slices.Contains(logs, log) {
			logs = append(logs, log)
		}
	}
	var all []Looked
	var errs []error
	for _, log := range logs {
		looked, err := s.look(ctx, log)
		var no *Refusal
		if errors.As(err, &no) {
			looked.Log, looked.Refused = log, no
			looked.Last = no.Last
			err = s.complain(ctx, no)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("log %s: %w", log, err))
		}
		if looked.Log != "" {
			all = append(all, looked)
		}
	}
	return all, errors.Join(errs...)
}
