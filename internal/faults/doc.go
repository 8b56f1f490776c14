// Package faults breaks a whole installation on purpose and looks at what is left: real processes (Postgres, Temporal,
// worker, server) are killed, paused, starved and cut off while people's commands are on their way, and afterwards an
// oracle compares what people were told with Temporal's histories, the journal, the state, and the mails. It holds tests
// only.
//
// The parts:
//
//	installation  a private stack with the program as it is built, its worker and its server as processes of their own
//	variant       a build of the program with a fault that no user may have: a wrong clock, rules that break
//	ledger        what was asked and what was answered, on disk before anybody is told
//	door          stands before the servers and keeps the ledger, whoever asks
//	crossing      stands between a worker and Temporal, and kills the worker at the boundaries of its activities
//	oracle        compares the ledger with histories, journal, read model, state and mails, and asks doctor
//	antagonists   what TestSoak breaks, one after the other
//
// The oracle finds: an acknowledged command that is lost, doubled, altered or carried out in another's name; a denied one
// that was carried out; an entry that history or journal has and the other has not; a state that does not follow; a broken
// log or read model; a stream that does not come to rest; a mail that is lost, and one that came twice although nothing was
// broken. That it finds each is tested by planting it.
//
// What is random (when to break, what, and for how long) follows from -seed, which every failure prints. TestSoak takes
// -minutes; make soak gives both.
//
// Who is not root, or may neither mount nor make network namespaces, misses the full disk and the cut network.
package faults
