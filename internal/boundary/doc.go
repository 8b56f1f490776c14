// Package boundary holds no code, only the test that proves the project's import boundaries, so that "domain has no I/O"
// is a fact and not a habit. make check runs it.
//
// The boundaries:
//
//   - domain imports nothing of ours outside itself, and of the standard library only the packages that can neither reach
//     the machine nor run anything at the same time; it starts no goroutine, reads no clock and ranges over no map;
//   - workflows imports of ours only domain and activities, whose inputs and results it names;
//   - activities imports of ours only domain and internal/store;
//   - of internal only temporalx, stack and server import workflows or activities;
//   - nothing imports cmd.
package boundary
