// Package bench measures the installation on a real Postgres, which waits for its disk, and a real Temporal server.
//
//	make bench
//
// What was measured stands in one table at the end: ours, beside it what the reader can judge it by, measured in the same
// run on the same server, and what was aimed at. What the disk can do is the first row: the same program is several times
// slower on a slow one. Who asks, the worker, Temporal and Postgres share the machine.
package bench
