package workflows

import "arshjul/domain"

// Input is what a run begins with. It stands in history for ever: members may be added, never renamed.
type Input struct {
	State domain.State `json:"state"`
	// Outbox holds events that the run before decided and acknowledged but did not get written.
	Outbox []domain.Event `json:"outbox,omitempty"`
	// First is the command that begins the stream: launch or found. Only the first run has one.
	First *domain.Command `json:"first,omitempty"`
	// Adopt is the version of the rules that this run keeps to its end.
	Adopt int `json:"adopt"`
	// Form is the form of State (domain.SchemaVersion) that this run keeps to its end. A build with another form replays
	// the run with the one recorded here. 0, in the first recordings, is State.Schema.
	Form int `json:"form,omitempty"`
}

func (in *Input) form() int { return max(in.Form, in.State.Schema) }

// Begin is the input of a stream's first run, under the newest rules of this build.
func Begin(stream string, first domain.Command) Input {
	return Input{State: *domain.NewState(stream), First: &first, Adopt: domain.Books()[0].Version, Form: domain.SchemaVersion}
}

// Resume is the input of the run with which a stream goes on that Temporal has lost: the state that its log adds up to, as
// the last run would have handed it to its next.
func Resume(state domain.State) Input {
	state.HandOver()
	return Input{State: state, Adopt: domain.Books()[0].Version, Form: domain.SchemaVersion}
}

// Receipt answers a command: it was carried out, and the stream's entries First to Last tell of it. A command that
// changed nothing has no First.
type Receipt struct {
	Stream string        `json:"stream"`
	First  uint64        `json:"first,omitempty"`
	Last   uint64        `json:"last"`
	Body   domain.Digest `json:"body"` // of the command that was answered
	// Ends is the id of the run that answered, when it ends as soon as the journal has this: until the next has begun, Temporal
	// lets every command wait for half a second.
	Ends string `json:"ends,omitempty"`
}

// Result is how a stream ended: after its entry Seq, or before it began, because its first command was refused.
type Result struct {
	Seq     uint64      `json:"seq"`
	Refused domain.Code `json:"refused,omitempty"`
	Message string      `json:"message,omitempty"` // in Swedish
}

// View answers the query "state", for engineers: what this run knows.
type View struct {
	State   domain.State   `json:"state"`
	Pending int            `json:"pending"`         // events not yet journalled
	Armed   domain.Instant `json:"armed,omitempty"` // what the timer waits for
	Rules   int            `json:"rules"`           // the version this run keeps
	Turns   int            `json:"turns"`           // batches journalled by this run
}
