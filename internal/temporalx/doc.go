// Package temporalx is how this program talks to Temporal: client and worker options, the payload codec, the set-up of a
// namespace, and the few calls the server makes: start a stream, send it a command, tell it to roll.
//
// What crosses the wire is named in package workflows. Errors come back as what they mean: a *domain.Refusal is a no, an
// [*Unknown] is "nobody knows, ask again with the same id", and any other error is a fault of the installation.
package temporalx
