// Package stack is the local stack: a private Postgres cluster, a real Temporal server and the product's own worker and
// server, run as supervised child processes whose data, sockets, ports and logs live in one directory.
//
// Postgres holds both the application's and Temporal's databases, so that one physical backup is one point in time. It
// has no TCP port: it listens on a unix socket in a directory that only its own user (and root) can enter. Temporal
// listens on the loopback address only.
//
// A directory belongs to one running stack at a time, which holds a lock on it. Stopping a stack loses nothing; starting
// it again on the same directory goes on where it stopped.
//
// The directory:
//
//	lock                 held while a stack runs; says which process holds it
//	ports                the loopback ports that were picked, reused at the next start
//	pg/                  the cluster's data
//	run/                 the cluster's unix socket
//	temporal/            Temporal's configuration, written anew at each start
//	logs/                one file per child; the previous one is kept as NAME.log.1 when it has grown large
package stack
