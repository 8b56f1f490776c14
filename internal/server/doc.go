// Package server is the one door: the JSON API, the pages and, through the API, the command line reach cycles and the
// registry here and nowhere else. It knows who the person is. A [Server] is one municipality's; [Hosts] has several in one
// process, told apart by host name.
//
// # A command's way
//
//	who asks ─▶ known id? ─▶ texts stored ─▶ one of 8 slots ─▶ Temporal update ─▶ wait ≤ 1 s for the journal ─▶ receipt
//
// A command's id is minted by who asks. The same id always gives the same answer, whichever server is asked and
// however often; the same id with another body is refused. An answer that did not come in time is unknown, never "no":
// the problem says so (code unavailable), and asking again with the same id is always safe.
//
// The server judges nothing itself. It refuses what is not of its form, stores free text so that the command carries
// only commitments, and writes refusals into the journal, because Temporal keeps no trace of them.
//
// # What is shown
//
// Lists and pages come from the journal in Postgres, never from Temporal: the server folds each stream's entries into
// the state that they add up to and asks package domain what it means (views.go). What stands in the journal is what
// people see.
package server
