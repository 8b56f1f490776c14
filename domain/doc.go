// Package domain holds every rule of a municipality's yearly "mål och ekonomi" cycle, and nothing else.
//
// # The model in one page
//
// A [Wheel] (årshjul) is the template: the step definitions of one municipality. A cycle is one wheel run for one
// budget year N; it has a [Step] for each definition and unit. A [Registry] (register) holds what all cycles share:
// units, who holds which role between which dates, substitutes, exclusions (jäv) and meetings.
//
// Nothing changes except through a [Command]. [Decide] judges a command against a [State] and answers with the
// [Event]s that follow from it, or with a [Refusal] that says in Swedish what is missing and what to do. [Apply] adds
// an event to a state. Passing time is a command too: [Tick] says what has fallen due, and [NextDue] when to ask again.
//
//	command ──Decide──▶ events ──Apply──▶ state
//	                      └──▶ the journal, where they stay for ever
//
// A step lives through the states of its act and of the body that acts (lives.go). It opens when its day has come and
// its gate is met (gate.go): every step it needs has reached the state the wheel asks for. Who may move it is the role
// that the wheel names, held that day in the right unit, by somebody who is not excluded (holder.go); an official
// never establishes a version that the same official submitted.
//
// # Invariants
//
// The package is pure: no clock, no randomness, no I/O, no goroutine, no map iteration, no JSON. It runs inside
// Temporal workflows and must give the same answer on every replay. Decide never changes the state it is given, and
// Apply of a written event version never changes its meaning. Persons are ids; names and free text are outside, and
// what is here of them is a salted commitment ([TextRef]).
package domain
