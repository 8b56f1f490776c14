package signer

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// memory is what the signer remembers, in a directory of its own that is on no account the database's: of each log the last
// checkpoint with the right edge of its tree, every checkpoint it ever signed, and every key it signed with.
type memory struct{ dir string }

// last is the last checkpoint of a log, and what continuing it takes.
type last struct {
	proof.Signed `json:"-"`
	Epoch        int         `json:"-"`
	Text         string      `json:"note"` // the signed note
	Edge         []edgeOf    `json:"edge"`
	Before       []signedOne `json:"-"` // every checkpoint signed in the epoch, the oldest first
}

type edgeOf struct {
	Pos  int64     `json:"pos"`
	Hash tlog.Hash `json:"hash"`
}

type signedOne struct {
	size uint64
	root tlog.Hash
}

var plainLog = regexp.MustCompile(`^(exercise/)?[0-9]{4}(/[0-9]+)*$`)

func fileName(log string) string { return strings.ReplaceAll(log, "/", "_") }

// read gives what is remembered of a log; nil when that is nothing.
func (m memory) read(log string, keys proof.Keys) (*last, error) {
	b, err := os.ReadFile(filepath.Join(m.dir, fileName(log)+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	broken := func(why any) error {
		return (&Refusal{Log: log, Code: StateBroken}).because("undertecknarens egen anteckning om den går inte att lita på (%v). Sätt tillbaka den senaste med arshjul signer adopt", why)
	}
	var l last
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, broken(err)
	}
	if l.Signed, err = keys.Open([]byte(l.Text)); err != nil {
		return nil, broken(err)
	}
	of, epoch, err := proof.ParseOrigin(l.Origin)
	if err != nil || of != log {
		return nil, broken("den gäller " + l.Origin)
	}
	l.Epoch = epoch
	if root, err := l.tree().root(); err != nil || root != l.Root {
		return nil, broken("trädets kant ger en annan rot")
	}
	if l.Before, err = m.signed(log, epoch); err != nil {
		return nil, err
	}
	if !slices.Contains(l.Before, signedOne{l.Size, l.Root}) {
		return nil, broken("den står inte bland dem som skrivits under")
	}
	return &l, nil
}

// logs lists the logs that are remembered.
func (m memory) logs() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(m.dir, "*.json"))
	for i, f := range files {
		files[i] = strings.ReplaceAll(strings.TrimSuffix(filepath.Base(f), ".json"), "_", "/")
	}
	return files, err
}

func (l *last) tree() *edge {
	e := &edge{size: int64(l.Size)}
	for _, h := range l.Edge {
		e.keep(h.Pos, h.Hash)
	}
	return e
}

// write remembers a checkpoint: when it returns, a crash of the machine loses nothing of it.
func (m memory) write(log string, epoch int, c proof.Checkpoint, signed []byte, tree *edge) error {
	if err := tree.prune(); err != nil {
		return err
	}
	l := last{Text: string(signed)}
	for pos, h := range tree.hashes {
		l.Edge = append(l.Edge, edgeOf{pos, h})
	}
	slices.SortFunc(l.Edge, func(a, b edgeOf) int { return int(a.Pos - b.Pos) })
	b, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		return err
	}
	if err := appendLine(m.signedFile(log, epoch), fmt.Sprintf("%d %s", c.Size, c.Root)); err != nil {
		return err
	}
	return replace(filepath.Join(m.dir, fileName(log)+".json"), append(b, '\n'))
}

func (m memory) signedFile(log string, epoch int) string {
	return filepath.Join(m.dir, fmt.Sprintf("%s.%d.signed", fileName(log), epoch))
}

// signed reads the checkpoints of an epoch. A last line that a crash cut short was never shown to anybody.
func (m memory) signed(log string, epoch int) ([]signedOne, error) {
	f, err := os.Open(m.signedFile(log, epoch))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []signedOne
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var one signedOne
		var root string
		if _, err := fmt.Sscanf(lines.Text(), "%d %s", &one.size, &root); err != nil {
			continue
		}
		if one.root, err = tlog.ParseHash(root); err == nil {
			all = append(all, one)
		}
	}
	return all, nil
}

// keys adds the public parts to those remembered, and gives all of them: what an older key signed is ours too.
func (m memory) keys(now ...Key) (proof.Keys, error) {
	file := filepath.Join(m.dir, "keys.txt")
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	text := string(b)
	for _, k := range now {
		if !slices.Contains(strings.Fields(text), k.Public) {
			text += k.Public + "\n"
		}
	}
	if text != string(b) {
		if err := replace(file, []byte(text)); err != nil {
			return nil, err
		}
	}
	return proof.ParseKeys(text)
}
