package pack

import (
	"errors"
	"io"

	"arshjul/domain"
	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// Options is what who checks a pack has from elsewhere.
type Options struct {
	// Keys are those that checkpoints are trusted by. Without any, those inside the pack are believed, and the report says so.
	Keys proof.Keys
	// Checkpoints are signed notes that were got before, by mail or from a page: the log of the pack must continue each of
	// them. So a pack of a rolled-back log, or an old pack that is passed off as new, is found.
	Checkpoints [][]byte
}

// Report is what a pack was found to hold. All of it is true when Verify gave no error.
type Report struct {
	Stream  string `json:"stream"`
	Log     string `json:"log"`
	Size    uint64 `json:"size"`    // entries of the log
	Shown   int    `json:"shown"`   // of them in the pack
	Entries int    `json:"entries"` // of the cycle's own stream
	// First and Last are when the cycle's own entries are dated, Title what it is.
	First domain.Instant `json:"first"`
	Last  domain.Instant `json:"last"`
	Ended bool           `json:"ended"`
	Steps int            `json:"steps"`

	Approvals int `json:"approvals"` // whose evidence was checked
	Judged    int `json:"judged"`    // commands that were judged again
	Passed    int `json:"passed"`    // entries by passing time that were computed again
	Unjudged  int `json:"unjudged"`  // commands that no history tells of

	Texts     int   `json:"texts"`
	Erased    int   `json:"erased"`
	Files     int   `json:"files"`
	FileBytes int64 `json:"file_bytes"`
	Runs      int   `json:"runs"` // whose histories were compared

	Checkpoints int            `json:"checkpoints"`
	Epochs      int            `json:"epochs"`
	Newest      uint64         `json:"newest"`    // entries covered by the newest checkpoint
	NewestAt    domain.Instant `json:"newest_at"` // of the newest entry shown that it covers
	Root        tlog.Hash      `json:"root"`
	Signers     []string       `json:"signers"`
	OwnKeys     bool           `json:"own_keys"` // the keys were those inside the pack
	Continues   int            `json:"continues"`
	Notes       []string       `json:"notes,omitempty"` // in Swedish: what is true and should be known
}

// Verify checks a pack. The error is a *[Broken] that names the first thing that is wrong.
func Verify(file io.ReaderAt, size int64, o Options) (*Report, error) {
	r, err := open(file, size)
	if err != nil {
		return nil, err
	}
	v := &verifier{r: r, o: o, rep: &Report{Stream: r.manifest.Stream, Log: r.manifest.Log}, states: map[string]*domain.State{}, of: map[string][]*shown{}}
	for _, check := range []func() error{v.readLog, v.checkpoints, v.readHistories, v.foldAll, v.compareHistories, v.texts, v.files, v.pinned, v.receipts, v.page, r.checkManifest} {
		if err := check(); err != nil {
			var b *Broken
			if !errors.As(err, &b) {
				err = broken("", "%v", err)
			}
			return v.rep, err
		}
	}
	return v.rep, nil
}

// verifier is a pack under check.
type verifier struct {
	r   *reading
	o   Options
	rep *Report

	keys   proof.Keys // that are trusted
	leaves []tlog.Hash
	tree   *tree
	shown  []shown             // in the order of the log
	of     map[string][]*shown // by stream, in order
	signed []proof.Signed      // the pack's checkpoints, in order
	notes  [][]byte
	epoch  []proof.Epoch

	runs     map[string][]*run                       // by stream, in order
	commands map[string]map[string][]*domain.Command // by stream and id
	lost     map[string][]span                       // entries that no history tells of, as the log says
	states   map[string]*domain.State                // after the last entry
	// toldErased: the note about erasures in an exercise is there.
	toldErased bool
	// registries are the registry's states at the numbers that cycles were launched by.
	registries map[uint64]*domain.Registry
}

// shown is an entry that the pack holds.
type shown struct {
	index uint64
	leaf  []byte
	event domain.Event
	line  int // in memberEntries
	fault string
}

func (v *verifier) note(format string, args ...any) {
	v.rep.Notes = append(v.rep.Notes, sentence(format, args...))
}

// broken says that an entry is wrong.
func (s *shown) broken(format string, args ...any) error {
	return broken(at(s.index, &s.event), format, args...)
}
