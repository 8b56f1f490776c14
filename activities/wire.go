package activities

import "arshjul/domain"

// JournalBatch is what a workflow gives to the journal: the events since the last batch, in order and without gaps, and
// what the workflow means to do once they are written. Events may be empty.
//
// It stands in Temporal's history for ever: members may be added, never renamed, removed or given another meaning.
type JournalBatch struct {
	Stream string         `json:"stream"`
	Events []domain.Event `json:"events,omitempty"`
	Expect JournalResult  `json:"expect"`
}

// JournalResult is the workflow's next move. The activity echoes it from its input once the batch is committed, and the
// workflow acts on the echo alone: a replay with changed rules makes the same moves, and is found out because its own
// expectation no longer equals the recorded one.
type JournalResult struct {
	Head domain.Digest  `json:"head"`           // of the state after the last event of the batch
	Next domain.Instant `json:"next,omitempty"` // when to wake; none for an exercise, whose clock stands still
	Roll bool           `json:"roll,omitempty"` // continue as new
	Done bool           `json:"done,omitempty"` // the stream has ended
}

// PropagateInput names the municipality whose registry changes are handed on to its open cycles.
type PropagateInput struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
}

// PropagateResult says through which registry change every open cycle has received them.
type PropagateResult struct {
	Number uint64 `json:"number"`
}

// SendInput names the municipality whose people are to be told.
type SendInput struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
	// Patient waits for a cycle that has not yet noticed what the day brought, so that all of it goes in one mail.
	Patient bool `json:"patient,omitempty"`
}

// SendResult says when to look again, and for people who read the history, what was done.
type SendResult struct {
	Next   domain.Instant `json:"next"`
	Behind bool           `json:"behind,omitempty"` // a cycle is behind, and was waited for
	Sent   int            `json:"sent,omitempty"`
	Later  int            `json:"later,omitempty"`  // tried, and to be tried again
	Failed int            `json:"failed,omitempty"` // somebody must look
	Down   bool           `json:"down,omitempty"`   // the mail server could not be used
	Held   bool           `json:"held,omitempty"`   // real mails wait for a person to let them go
}
