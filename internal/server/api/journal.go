package api

import (
	"encoding/json"

	"arshjul/domain"
)

// Entry is one entry of a log.
type Entry struct {
	Index  uint64           `json:"index" doc:"Where it stands in the log."`
	Stream string           `json:"stream"`
	Seq    uint64           `json:"seq" doc:"Where it stands in its stream."`
	At     domain.Instant   `json:"at"`
	Kind   domain.EventKind `json:"kind"`
	Actor  domain.PersonID  `json:"actor,omitempty"`
	Text   string           `json:"text" doc:"The entry in Swedish."`
	Leaf   domain.Digest    `json:"leaf" doc:"The hash of the entry's bytes in the log."`
	Event  json.RawMessage  `json:"event" doc:"The entry's canonical bytes."`
}

// Entries is a page of a log.
type Entries struct {
	Log     string  `json:"log" doc:"1283 for a municipality; the stream itself for an exercise."`
	Size    uint64  `json:"size" doc:"Entries in the log."`
	Entries []Entry `json:"entries"`
	Next    *uint64 `json:"next,omitempty" doc:"Ask again from here; none at the end."`
}
