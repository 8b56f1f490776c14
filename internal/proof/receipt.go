package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

// Receipt shows that an entry is in the log at a place: c2sp.org/tlog-proof@v1, a file that ends in .tlog-proof.
type Receipt struct {
	Leaf  []byte // the entry, as the format's extra data; nil = it is not in the file and must be had from elsewhere
	Index uint64
	Path  tlog.RecordProof // from the leaf's sibling up to the root's child
	Note  []byte           // the signed checkpoint, byte for byte
}

const receiptHead = "c2sp.org/tlog-proof@v1"

// Encode writes the receipt as a file.
func (r Receipt) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(receiptHead + "\n")
	if len(r.Leaf) > 0 {
		b.WriteString("extra " + base64.StdEncoding.EncodeToString(r.Leaf) + "\n")
	}
	b.WriteString("index " + strconv.FormatUint(r.Index, 10) + "\n")
	for _, h := range r.Path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(r.Note)
	return b.Bytes()
}

// ParseReceipt reads what Encode writes. It only reads: nothing in the receipt is to be believed before Verify.
func ParseReceipt(file []byte) (Receipt, error) {
	head, signed, ok := bytes.Cut(file, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || lines[0] != receiptHead {
		return Receipt{}, fail(CodeMalformed, "Filen är inget kvitto. Ett kvitto börjar med raden %s.", receiptHead)
	}
	lines = lines[1:]
	r := Receipt{Note: signed}
	if len(lines) > 0 {
		if extra, has := strings.CutPrefix(lines[0], "extra "); has {
			leaf, err := base64.StdEncoding.Strict().DecodeString(extra)
			if err != nil || len(leaf) == 0 || base64.StdEncoding.EncodeToString(leaf) != extra {
				return Receipt{}, fail(CodeMalformed, "Raden extra i kvittot går inte att läsa.")
			}
			r.Leaf, lines = leaf, lines[1:]
		}
	}
	if len(lines) == 0 {
		return Receipt{}, fail(CodeMalformed, "Kvittot saknar raden index.")
	}
	index, err := parseNumber(strings.TrimPrefix(lines[0], "index "))
	if err != nil || !strings.HasPrefix(lines[0], "index ") {
		return Receipt{}, fail(CodeMalformed, "Kvittot har %q där raden index ska stå.", lines[0])
	}
	r.Index = index
	if len(lines)-1 > 63 {
		return Receipt{}, fail(CodeMalformed, "Kvittot har fler kontrollsummor (%d) än något träd är högt.", len(lines)-1)
	}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return Receipt{}, err
		}
		r.Path = append(r.Path, h)
	}
	return r, nil
}

// Verify checks the receipt without any network or database: that a trusted key signed the checkpoint, and that the leaf
// is in the tree it names, at that place. leaf nil = the one in the receipt.
func (r Receipt) Verify(leaf []byte, keys Keys) (Signed, error) {
	if leaf == nil {
		leaf = r.Leaf
	}
	if len(leaf) == 0 {
		return Signed{}, fail(CodeMalformed, "Kvittot innehåller inte själva posten. Ange den också.")
	}
	signed, err := keys.Open(r.Note)
	if err != nil {
		return Signed{}, err
	}
	if r.Index >= signed.Size {
		return Signed{}, fail(CodeNotIncluded, "Kvittot gäller post %d, men kontrollpunkten omfattar bara %d poster.", r.Index, signed.Size)
	}
	if err := tlog.CheckRecord(r.Path, int64(signed.Size), signed.Root, int64(r.Index), tlog.RecordHash(leaf)); err != nil {
		return Signed{}, fail(CodeNotIncluded, "Posten är inte den som stod på plats %d i loggen när kontrollpunkten skrevs under: posten, platsen eller kvittot är ändrat.", r.Index)
	}
	log, _, err := ParseOrigin(signed.Origin)
	if err != nil {
		return Signed{}, err
	}
	var e domain.Event
	if err := json.Unmarshal(leaf, &e); err != nil {
		return Signed{}, fail(CodeMalformed, "Posten går inte att läsa som en händelse.")
	}
	if domain.LogOf(e.Stream) != log {
		return Signed{}, fail(CodeOrigin, "Posten hör till %s och kan inte stå i loggen %s.", e.Stream, log)
	}
	if strings.HasPrefix(log, "exercise/") {
		return signed, nil
	}
	return signed, signed.Counts(e.At.Time())
}
