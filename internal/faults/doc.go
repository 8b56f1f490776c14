// Package faults breaks a whole installation on purpose and looks at what is left: real processes (Postgres, Temporal,
// worker, server) are killed while people's commands are on their way, and afterwards an oracle compares what people
// were told with Temporal's histories, the journal, and the state. It holds tests only.
//
// The parts:
//
//	installation  a private stack with the program as it is built, its worker and its server as processes of their own
//	ledger        what was asked and what was answered, on disk before anybody is told
//	door          stands before the server and keeps the ledger, whoever asks
//	oracle        compares the ledger with histories, journal, read model and state
//
// What is random (when to kill, and for how long) follows from -seed, which every failure prints.
package faults
