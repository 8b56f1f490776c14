// Package proof is what the log's evidence looks like outside the database, and how it is checked: checkpoints (C2SP
// tlog-checkpoint, signed notes with Ed25519), receipts (C2SP tlog-proof), trusted keys, and the epochs of a log.
//
// It reads no database and no network, knows no clock, and imports little, because it is part of the verifier that an
// auditor runs. The tree is RFC 6962's; a leaf is the canonical bytes of an event ([domain.Event.Encode]).
package proof

import "fmt"

// Code names what is wrong with evidence.
type Code string

// The codes.
const (
	CodeMalformed    Code = "malformed"     // the text is not in the format
	CodeUnknownKey   Code = "unknown_key"   // no trusted key has signed it
	CodeBadSignature Code = "bad_signature" // a trusted key's signature is there and wrong
	CodeKeyRetired   Code = "key_retired"   // signed only with keys that had been retired before
	CodeNotIncluded  Code = "not_included"  // the leaf is not in the tree at that place
	CodeInconsistent Code = "inconsistent"  // two checkpoints that cannot be of one log
	CodeOrigin       Code = "origin"        // a checkpoint of another log or epoch than the one asked about
	CodeEpoch        Code = "epoch"         // the entries about an epoch do not fit the checkpoints
)

// Error says what is wrong with evidence. Text is a Swedish sentence.
type Error struct {
	Code Code
	Text string
}

// Error gives the sentence.
func (e *Error) Error() string { return e.Text }

func fail(code Code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}
