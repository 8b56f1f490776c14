-- works from 4
-- Whom comments name is asked for person by person, for the inbox.
create index notice_named on notice (kommun, person, id) where command = 'comment';

-- Faults in the pages that people report, whoever they are; a copy of nothing, and no part of the log. How to reach who
-- reported is erased when the fault is settled.
create table fault_report (
    id         bigint      generated always as identity primary key,
    kommun     text        not null,
    at         timestamptz not null,
    person     text        not null, -- '' = somebody who had not logged in
    page       text        not null, -- where, in the reporter's words
    says       text        not null,
    reach      text        not null, -- where an answer is wanted; '' = nowhere, or erased
    settled_at timestamptz,
    settled_by text        not null default ''
);
create index fault_report_open on fault_report (kommun, id) where settled_at is null;

grant select, insert on fault_report to arshjul_app;
grant update (reach, settled_at, settled_by) on fault_report to arshjul_app;
