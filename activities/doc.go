// Package activities holds the side effects of the workflows: what they write, send and hand on outside Temporal's
// history. Every activity may run again after a crash, so each is idempotent by a natural key: the stream and sequence
// number of an event, or the number of a registry change.
package activities
