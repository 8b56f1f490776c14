package proof

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/note"
)

// A Key is one that checkpoints are trusted by.
type Key struct {
	Verifier note.Verifier
	Text     string // as note prints it: name+id+key
	// Until is the first day, in Sweden, that the key no longer counts for; "" = it still does. A checkpoint carries no date, but
	// whoever signed it had seen the entries it covers: so a key does not count for entries dated from that day on, and
	// somebody who finds it later can sign nothing new with it.
	Until domain.Date
}

// Keys are the trusted keys, in the order given.
type Keys []Key

// ParseKeys reads a file of trusted keys: on each line a verifier key ("namn+1a2b3c4d+AbC…"), for a retired one followed
// by " until 2027-03-01". Empty lines and those that begin with # are left out.
func ParseKeys(text string) (Keys, error) {
	var keys Keys
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		verifier, err := note.NewVerifier(fields[0])
		if err != nil {
			return nil, fail(CodeMalformed, "Rad %d är ingen nyckel: %q. En nyckel ser ut som namn+1a2b3c4d+AbC….", i+1, fields[0])
		}
		key := Key{Verifier: verifier, Text: fields[0]}
		switch {
		case len(fields) == 3 && fields[1] == "until":
			if key.Until, err = domain.ParseDate(fields[2]); err != nil {
				return nil, fail(CodeMalformed, "Rad %d: %q är inget datum. Skriv det som 2027-03-01.", i+1, fields[2])
			}
		case len(fields) != 1:
			return nil, fail(CodeMalformed, "Rad %d: efter nyckeln får bara stå until och ett datum.", i+1)
		}
		if slices.ContainsFunc(keys, func(k Key) bool { return k.Text == key.Text }) {
			return nil, fail(CodeMalformed, "Rad %d: nyckeln %s står redan i listan.", i+1, key.Text)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fail(CodeMalformed, "Här finns ingen nyckel.")
	}
	return keys, nil
}

// Signed is a checkpoint that at least one trusted key has signed.
type Signed struct {
	Checkpoint
	Note []byte // the signed note, byte for byte
	Keys Keys   // that signed it, of the trusted ones
}

// Open reads a signed checkpoint. A signature by a key that is not trusted is ignored; one of a trusted key that does not
// verify makes the whole checkpoint worthless.
func (k Keys) Open(signed []byte) (Signed, error) {
	verifiers := make([]note.Verifier, len(k))
	for i := range k {
		verifiers[i] = k[i].Verifier
	}
	n, err := note.Open(signed, note.VerifierList(verifiers...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return Signed{}, fail(CodeUnknownKey, "Ingen av de nycklar som du litar på har skrivit under kontrollpunkten. Den är underskriven av %s. Har nyckeln bytts? Hämta listan över nycklar på nytt, från någon du litar på.", signers(unverified.Note))
	case errors.As(err, &invalid):
		return Signed{}, fail(CodeBadSignature, "Underskriften av %s stämmer inte: kontrollpunkten är ändrad eller förfalskad.", invalid.Name)
	case err != nil:
		return Signed{}, fail(CodeMalformed, "Kontrollpunkten går inte att läsa (%v).", err)
	}
	c, err := ParseText(n.Text)
	if err != nil {
		return Signed{}, err
	}
	s := Signed{Checkpoint: c, Note: slices.Clone(signed)}
	for _, sig := range n.Sigs {
		for _, key := range k {
			if key.Verifier.Name() == sig.Name && key.Verifier.KeyHash() == sig.Hash {
				s.Keys = append(s.Keys, key)
			}
		}
	}
	return s, nil
}

func signers(n *note.Note) string {
	var names []string
	for _, sig := range n.UnverifiedSigs {
		names = append(names, sig.Name)
	}
	if len(names) == 0 {
		return "ingen"
	}
	return strings.Join(names, ", ")
}

// Counts tells whether any of the keys that signed still counts for an entry dated at, which the checkpoint covers. Of an
// exercise's log the dates are played, and say nothing: do not ask.
func (s Signed) Counts(at time.Time) error {
	day := domain.Instant(at.UnixMilli()).Date()
	for _, key := range s.Keys {
		if key.Until == "" || day < key.Until {
			return nil
		}
	}
	return fail(CodeKeyRetired, "Kontrollpunkten omfattar en post från %s, men nyckeln %s slutade gälla %s. Något nyare än så ska vara underskrivet med den nya nyckeln.",
		day, s.Keys[0].Verifier.Name(), s.Keys[0].Until)
}

// Sign signs a checkpoint with every key given: two of them while one takes over from the other.
func Sign(c Checkpoint, by ...note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.Text()}, by...)
}

// NewKey makes an Ed25519 key pair in the form that note prints. secret is to be kept by the signer alone. The name says
// whose it is and which in order ("arshjul.helsingborg.se/2027"); it may not contain spaces or plus signs.
func NewKey(name string) (secret, public string, err error) {
	if err := checkOrigin(name); err != nil {
		return "", "", err
	}
	return note.GenerateKey(rand.Reader, name)
}
