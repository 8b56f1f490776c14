// Package pack is the evidence pack of a cycle or an exercise: what it looks like, how it is written, and how it is
// checked by who trusts nobody.
//
// A pack is a zip file. It holds the log's leaves as far as they concern the cycle (its own stream and the registry), the
// hash of every other leaf, the signed checkpoints, the files and texts that the entries name by hash, the wheel and the
// organisation as the cycle pinned them, Temporal's histories of every run, and a page in Swedish.
//
// [Verify] needs no network and no database. It recomputes the tree from the leaves in two ways, holds it against the
// checkpoints, folds the entries by the rules that they were written under, judges every command again, and re-checks what
// each approval rests on by code of its own (evidence.go), so that a bug in the rules does not hide behind itself. The first
// thing that is wrong is a [*Broken] that says what and where, in Swedish.
//
// What is in a pack was sent by somebody: nothing in it is believed before it is checked, and nothing in it makes Verify
// panic, or use more memory than the limits in read.go.
package pack
