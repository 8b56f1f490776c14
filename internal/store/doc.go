// Package store keeps everything that outlives a workflow in Postgres: the log, the read model that people's lists come
// from, the texts and names that may be erased, the files and the wheels.
//
// The log is the record. [Store.Append] writes a stream's events into it and, in the same transaction, the rows of the
// read model that the events change, and the notices to people. The read model is computed from the folded state and from
// nothing else, so it can always be computed again; a notice is written once and becomes part of one mail. There is one
// log per municipality and one per exercise (domain.LogOf). A log is a Merkle tree in the form of RFC 6962 whose leaves
// are the canonical bytes of the events: [Store.VerifyLog] recomputes it.
//
// Three database roles: arshjul_owner owns the tables and is used by [Migrate] alone; arshjul_app is what the worker and
// the server connect as, and it may add to the log and read it, and nothing more; arshjul_signer is what the signer connects
// as, which reads the log and adds checkpoints.
package store
