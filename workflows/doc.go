// Package workflows holds the Temporal workflows: thin shells around the rules of package domain.
//
// A stream of events (a cycle, an exercise, a registry) is owned by one workflow whose id is the stream's name. The
// workflow takes commands as updates, lets domain decide, keeps the state, and hands every event to the journal.
//
//	update ──Decide──▶ events ──▶ outbox ──journal activity──▶ Postgres
//	                     └──▶ receipt, at once
//
// It lives for up to 31 months, under many releases, and so it acts only on what Temporal's history records. Which
// activity or timer comes next never follows from a rule: each turn ends with one journal activity that echoes the
// workflow's own next move, and the workflow makes the move that the echo says. A release whose rules see the past
// differently therefore replays the same moves, finds that its expectation is no longer the recorded one, and panics:
// the workflow task blocks, nothing is written, an alarm rings, and the release before it can go on.
//
// The life of a stream is a chain of runs. A run keeps its version of the rules to its end; the next one begins by
// adopting the newest. What a run hands to the next is [Input], whole: state, answered command ids, unwritten events.
package workflows
