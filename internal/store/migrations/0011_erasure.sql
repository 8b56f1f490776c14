-- works from 4
-- Gallring: what an entry of kind 'erased' names is taken out of the tables in that entry's own transaction. erased_by and
-- erased_seq say which entry it was, erased_note what stands where the text or document was.

alter table text
	add column erased_by   text   not null default '',
	add column erased_seq  bigint not null default 0,
	add column erased_note text   not null default '';
create index text_erased on text (commitment) where erased_at is not null;

-- The hash, the size and the kind of document stay.
alter table file alter column bytes drop not null;
alter table file
	add column erased_at   timestamptz,
	add column erased_by   text   not null default '',
	add column erased_seq  bigint not null default 0,
	add column erased_note text   not null default '',
	add check ((erased_at is null) = (bytes is not null));

grant update (erased_by, erased_seq, erased_note) on text to arshjul_app;
grant update (bytes, name, erased_at, erased_by, erased_seq, erased_note) on file to arshjul_app;
grant update (label, subject, provider) on session to arshjul_app;
grant update (says, page) on fault_report to arshjul_app;
grant update (words) on mail_attempt to arshjul_app;
grant update (recipient, subject, raw) on sunk_mail to arshjul_app;
