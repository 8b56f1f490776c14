package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// CycleStream names the cycle of a budget year: "cycle/1283/2028". Stream names are workflow ids too.
func CycleStream(kommun string, year int) string {
	return "cycle/" + kommun + "/" + strconv.Itoa(year)
}

// ExerciseStream names the n:th exercise of a budget year: "exercise/1283/2028/1".
func ExerciseStream(kommun string, year, n int) string {
	return "exercise/" + kommun + "/" + strconv.Itoa(year) + "/" + strconv.Itoa(n)
}

// RegistryStream names a municipality's registry: "registry/1283".
func RegistryStream(kommun string) string { return "registry/" + kommun }

// RefusalStream names the stream of what the server refused: "refusals/1283", or "refusals/exercise/1283/2028/1" for an
// exercise, which keeps its own log.
func RefusalStream(of string) string {
	if strings.HasPrefix(of, "exercise/") {
		return "refusals/" + of
	}
	return "refusals/" + Kommun(of)
}

// ReconcileStream names the stream of what came of comparing a municipality's workflows, log and lists: "reconcile/1283".
func ReconcileStream(kommun string) string { return "reconcile/" + kommun }

// Stateless tells of the streams that the server and the worker write themselves, refusals and reconciliations: their
// entries add up to nothing.
func Stateless(stream string) bool {
	return strings.HasPrefix(stream, "refusals/") || strings.HasPrefix(stream, "reconcile/")
}

// Kommun gives the kommunkod in a stream's name, or "".
func Kommun(stream string) string {
	stream = strings.TrimPrefix(strings.TrimPrefix(stream, "refusals/exercise/"), "reconcile/exercise/")
	parts := strings.Split(stream, "/")
	switch {
	case len(parts) > 1 && (parts[0] == "cycle" || parts[0] == "exercise" || parts[0] == "registry" || parts[0] == "refusals" || parts[0] == "reconcile"):
		return parts[1]
	case len(parts) > 1:
		return parts[0]
	}
	return ""
}

// LogOf names the log that a stream is written to: one for each municipality, and one for each exercise.
func LogOf(stream string) string {
	if s := strings.TrimPrefix(strings.TrimPrefix(stream, "refusals/"), "reconcile/"); strings.HasPrefix(s, "exercise/") {
		return s
	}
	return Kommun(stream)
}

// NewState is the state of a stream before its first event.
func NewState(stream string) *State {
	kind := StreamCycle
	if strings.HasPrefix(stream, "registry/") {
		kind = StreamRegistry
	}
	return &State{Schema: SchemaVersion, Rules: CurrentRules, Stream: stream, Kind: kind}
}

// Fold adds up a stream's events from the first.
func Fold(stream string, events []Event) (*State, error) {
	s := NewState(stream)
	for i := range events {
		if err := Apply(s, events[i]); err != nil {
			return nil, fmt.Errorf("fold: %w", err)
		}
	}
	return s, nil
}
