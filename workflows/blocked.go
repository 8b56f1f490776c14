package workflows

import "strings"

// Block is why a worker does not go on with a run: it panics the workflow task, writes nothing, and leaves the run to
// another release.
type Block string

// The blocks.
const (
	BlockDigest Block = "digest" // this build's rules see the past otherwise than it was
	BlockNewer  Block = "newer"  // the run keeps rules or a form of state that this build does not have
)

// How the messages of our own panics begin.
const (
	digestAlarm  = "digest: "
	unknownForm  = "the state has form "
	unknownRules = "this run keeps version "
)

// BlockOf finds out from a panic's message, or an error that quotes it, which block it was; "" when it was none of ours.
func BlockOf(message string) Block {
	switch {
	case strings.Contains(message, digestAlarm):
		return BlockDigest
	case strings.Contains(message, unknownForm), strings.Contains(message, unknownRules):
		return BlockNewer
	}
	return ""
}
