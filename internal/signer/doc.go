// Package signer signs a municipality's logs: it is what makes a log that was changed afterwards differ from what somebody
// outside has on paper.
//
// It believes nobody, not even the database: it computes every root from the leaves, on top of what it remembers in a
// directory of its own, and signs only what continues what it signed before. What does not, it refuses by name ([Refusal]),
// again at every look, until two persons have declared a new epoch of the log (domain.Epoch) that names its last checkpoint.
//
// Its order of work is: remember, then show. So a crash can lose a checkpoint that nobody has seen, and never the memory of
// one that somebody has.
package signer

import (
	"fmt"

	"arshjul/internal/proof"
)

// Code names why the signer refuses.
type Code string

// The codes.
const (
	RolledBack   Code = "rolled_back"       // the log is shorter than what was signed
	Forked       Code = "forked"            // another log than the one that was signed: leaves and hashes agree with each other
	LeafChanged  Code = "leaf_changed"      // a leaf is not the one its hash was made of
	HashChanged  Code = "hash_changed"      // the leaves are as signed, and a stored hash is not
	Gap          Code = "gap"               // an entry is missing between others
	Forged       Code = "checkpoint_forged" // a checkpoint that no key of ours has signed
	KeyElsewhere Code = "key_elsewhere"     // one that our key has signed and we have not
	StateOlder   Code = "state_older"       // our memory is older than what we have shown
	StateMissing Code = "state_missing"     // we have none, and have shown some
	StateBroken  Code = "state_broken"      // our memory contradicts itself
	EpochHides   Code = "epoch_hides"       // a new epoch is declared, and says that less was lost than was
	BadLog       Code = "bad_log"           // a log with a name that none can have
)

// Refusal says no to signing a log. Last is what was signed last, zero if nothing; the entries before Whole are as they
// were signed. Text is a Swedish sentence that says what to do.
type Refusal struct {
	Log   string
	Code  Code
	Last  proof.Checkpoint
	Whole uint64
	Text  string
}

// Error gives the sentence.
func (r *Refusal) Error() string { return r.Text }

func (r *Refusal) because(format string, args ...any) *Refusal {
	r.Text = fmt.Sprintf("Loggen %s skrivs inte under (%s): ", r.Log, r.Code) + fmt.Sprintf(format, args...)
	return r
}
