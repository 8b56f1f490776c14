package proof

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says what a log was when it had Size entries.
type Checkpoint struct {
	Origin string // [Origin] of the log and its epoch
	Size   uint64
	Root   tlog.Hash
}

// Text is the checkpoint's three lines, which is what is signed.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatUint(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseText reads what Text writes, and nothing else: no extension lines, which C2SP advises against and we never sign.
func ParseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, fail(CodeMalformed, "En kontrollpunkt är tre rader: loggens namn, antalet poster och kontrollsumman. Här är %d.", len(lines)-1)
	}
	if err := checkOrigin(lines[0]); err != nil {
		return Checkpoint{}, err
	}
	size, err := parseNumber(lines[1])
	if err != nil {
		return Checkpoint{}, fail(CodeMalformed, "Kontrollpunktens antal poster, %q, är inte ett heltal.", lines[1])
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{lines[0], size, root}, nil
}

// parseNumber reads a decimal without sign or leading zeroes, up to what the tree's arithmetic can hold.
func parseNumber(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != s || n > math.MaxInt64 {
		return 0, strconv.ErrSyntax
	}
	return n, nil
}

// parseHash reads the only base64 form of 32 bytes.
func parseHash(s string) (tlog.Hash, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != tlog.HashSize || base64.StdEncoding.EncodeToString(b) != s {
		return tlog.Hash{}, fail(CodeMalformed, "%q är inte en kontrollsumma.", s)
	}
	return tlog.Hash(b), nil
}

// CheckConsistency tells whether the log at next is the log at old with entries added, given a proof from
// [tlog.ProveTree]. Checkpoints of different origins are never consistent: a new epoch is not a continuation.
func CheckConsistency(old, next Checkpoint, p tlog.TreeProof) error {
	if old.Origin != next.Origin {
		return fail(CodeOrigin, "Kontrollpunkterna är av olika loggar eller epoker: %s och %s.", old.Origin, next.Origin)
	}
	bad := fail(CodeInconsistent, "Loggen %s med %d poster är inte en fortsättning på samma logg med %d poster: något som stod där är ändrat eller borta.", old.Origin, next.Size, old.Size)
	switch {
	case old.Size > next.Size, old.Size > math.MaxInt64, next.Size > math.MaxInt64:
		return bad
	case old.Size == 0: // anything continues an empty log
		if empty, _ := tlog.TreeHash(0, nil); old.Root != empty || len(p) != 0 {
			return bad
		}
		return nil
	}
	if err := tlog.CheckTree(p, int64(next.Size), next.Root, int64(old.Size), old.Root); err != nil {
		return bad
	}
	return nil
}

// Origin names a log in an epoch, for the first line of its checkpoints.
func Origin(log string, epoch int) string { return domain.Origin(log, epoch) }

// ParseOrigin gives the log and epoch that an origin names.
func ParseOrigin(origin string) (log string, epoch int, err error) {
	if err := checkOrigin(origin); err != nil {
		return "", 0, err
	}
	log, epoch, ok := domain.ParseOrigin(origin)
	if !ok {
		return "", 0, fail(CodeOrigin, "%q är inte namnet på en av arshjuls loggar.", origin)
	}
	return log, epoch, nil
}

// checkOrigin holds an origin to what a key name may be, so that it survives any tool that reads notes.
func checkOrigin(origin string) error {
	if origin == "" || !utf8.ValidString(origin) || strings.ContainsFunc(origin, func(r rune) bool {
		return unicode.IsSpace(r) || r == '+' || r < ' ' || r == 0x7f
	}) {
		return fail(CodeMalformed, "%q kan inte vara namnet på en logg.", origin)
	}
	return nil
}
