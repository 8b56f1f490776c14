package pack

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

// Format names this form of pack, in its manifest. Another form gets another name; Verify knows every one that was ever
// released.
const Format = "arshjul-bevispaket/1"

// The members of a pack. They are part of the format.
const (
	memberPage         = "LÄS MIG.html"
	memberManifest     = "manifest.json" // the last in the file: it holds the hashes of all others
	memberKeys         = "logg/nycklar.txt"
	memberHashes       = "logg/lov.txt"    // the leaf hash of every entry of the log, in hex, one on a line
	memberEntries      = "logg/poster.txt" // "place leaf" of the entries that are shown, one on a line
	memberConsistency  = "logg/konsistens.txt"
	folderCheckpoints  = "logg/kontrollpunkter/"
	folderReceipts     = "kvitton/"
	memberTexts        = "texter.jsonl"
	memberFiles        = "filer.jsonl"
	folderFiles        = "filer/"
	memberWheel        = "arshjul/arshjul.json" // canonical bytes of the rule part: their SHA-256 is what the cycle pins
	memberWheelText    = "arshjul/arshjul.yaml" // as it was written, when it was kept
	memberOrganisation = "arshjul/organisation.json"
	folderHistories    = "historik/"
)

// Manifest says what a pack holds. It is signed by nobody: Verify believes it about nothing that something signed says.
type Manifest struct {
	Format  string `json:"format"`
	Stream  string `json:"stream"` // the cycle or exercise
	Log     string `json:"log"`
	Size    uint64 `json:"size"`              // entries of the log
	Program string `json:"program,omitempty"` // that wrote the pack
	// Page is the version of the page: another program than the one that wrote it may word it otherwise, and then leaves it
	// unchecked.
	Page      int              `json:"page"`
	Histories []HistoryMember  `json:"histories,omitempty"`
	Members   []ManifestMember `json:"members"`
}

// ManifestMember is a member of the zip.
type ManifestMember struct {
	Name   string        `json:"name"`
	Size   int64         `json:"size"` // bytes, unpacked
	SHA256 domain.Digest `json:"sha256"`
}

// HistoryMember names the history of one run.
type HistoryMember struct {
	Name     string `json:"name"`
	Stream   string `json:"stream"`
	Run      string `json:"run"`
	Complete bool   `json:"complete"` // the run has ended
}

// Source is what a pack is made of.
type Source struct {
	Stream  string
	Program string
	Hashes  []tlog.Hash // of every leaf of the log, in order
	Entries []Entry     // those shown, in the order of the log
	// Checkpoints are the signed notes of the log, the oldest first, and Keys the verifier keys to read them with, in the form
	// of [arshjul/internal/proof.ParseKeys], or "". Who checks the pack had better have them from elsewhere.
	Checkpoints [][]byte
	Keys        string
	Texts       []Text
	Files       []File
	WheelText   string // the YAML, when it was kept
	Histories   []History
}

// Entry is an entry of the log.
type Entry struct {
	Index uint64
	Leaf  []byte
}

// Text is a text or name that an entry commits to.
type Text struct {
	Commitment domain.TextRef `json:"commitment"`
	Salt       string         `json:"salt,omitempty"` // hex
	Body       string         `json:"text,omitempty"`
	Erased     bool           `json:"erased,omitempty"`
}

// File is a file that an entry names by its hash. Its name and media type are as the first sender said, and in no log.
type File struct {
	SHA256    domain.Digest                 `json:"sha256"`
	Size      int64                         `json:"size"`
	Name      string                        `json:"name,omitempty"`
	MediaType string                        `json:"media_type,omitempty"`
	Erased    bool                          `json:"erased,omitempty"` // its bytes are gone, and not in the pack
	Open      func() (io.ReadCloser, error) `json:"-"`
}

// History is Temporal's history of one run: the JSON of its events, with payloads as plain JSON.
type History struct {
	Stream   string
	Run      string
	Complete bool
	Open     func() (io.ReadCloser, error)
}

// Broken is the first thing in a pack that is not as it should be.
type Broken struct {
	Where   string // the member, line, entry or step
	Message string // in Swedish
}

// Error says what and where in a sentence.
func (b *Broken) Error() string {
	if b.Where == "" {
		return b.Message
	}
	return b.Where + ": " + b.Message
}

func broken(where, format string, args ...any) error {
	return &Broken{where, fmt.Sprintf(format, args...)}
}

// at tells where an entry stands, for who is to look it up.
func at(index uint64, e *domain.Event) string {
	where := fmt.Sprintf("post %d i loggen (%s, händelse %d", index, e.Stream, e.Seq)
	if e.Step != "" {
		where += ", steget " + string(e.Step)
	}
	return where + ")"
}

// Streams are the streams whose entries a pack shows in full: the cycle's own and its registry. An exercise has its own
// registry and its own log, of which everything is shown.
func Streams(stream string) []string {
	if strings.HasPrefix(stream, "exercise/") {
		return []string{stream}
	}
	return []string{domain.RegistryStream(domain.Kommun(stream)), stream}
}

// Shows tells whether a pack of stream shows an entry: who gathers a pack asks it of every one. last is the place of the
// cycle's last entry in the log, and done tells whether it has ended.
//
// Of a cycle that goes on everything after its last entry is shown, whatever it is, so that nobody can cut its newest
// entries off and say that the hidden leaves are some other cycle's.
func Shows(stream string, e *domain.Event, index, last uint64, done bool) bool {
	repaired := e.Kind == domain.EvRepaired && e.Repaired != nil && slices.Contains(Streams(stream), e.Repaired.Stream)
	return strings.HasPrefix(stream, "exercise/") || slices.Contains(Streams(stream), e.Stream) || repaired || !done && index > last
}
