// Package bench measures the installation on a real Postgres, which waits for its disk, and a real Temporal server.
//
//	make bench
//
// Every row stands beside something that the reader can judge it by, measured in the same run on the same machine, and
// beside what the disk can do: the same program is several times slower on a slow one. Client, worker, Temporal and
// Postgres share the machine.
package bench
