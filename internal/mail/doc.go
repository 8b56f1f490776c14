// Package mail makes the mails that people get, and takes them to a mail server.
//
// # What goes where
//
//	real cycle ─▶ Office ─▶ SMTP: the municipality's mail server, addresses from the store
//	exercise   ─▶ Office ─▶ Sink: this process, and from there the database; <person>@ovning.invalid
//
// A local stack has no SMTP: its real cycles' mails go to the sink too, to <person>@exempel.invalid. What goes to the sink
// cannot go astray: the sink is reached over a pipe within the process and has no address to get wrong, and who is written
// to in it is made up from the person's id, never looked up. An Office that has both sends an exercise's mails to the sink
// because a [store.Mail] says whose it is, not because of any setting. The database of a local stack is marked, and an Office
// that has SMTP refuses to send from it.
//
// A database that has been put back to an earlier point in time holds its real mails until a person lets them go: what was
// sent in the time that was lost is not known there.
//
// # What a mail says
//
// The subject is what to do, with what, by when. The text says, for each thing, why it came, by which rule and what stops
// it. Nothing in a mail does anything: its links lead to pages where the person logs in. Texts are composed when a mail is
// sent and kept nowhere but in the sink.
//
// A mail keeps its Message-ID however often it is tried. A mail may arrive twice only when the process died, or the
// connection broke, after the server took it and before that was written down.
package mail
