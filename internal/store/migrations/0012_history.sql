-- works from 4
-- Temporal's histories of the streams' runs, kept here before Temporal's retention takes them. They are what the log is held
-- against; they hold ids and commitments, as the log does, and no names or texts.
create table history_run (
    stream      text        not null,
    run         text        not null, -- Temporal's run id
    nr          bigint      not null check (nr >= 1), -- order in the stream
    bytes       bytea       not null, -- JSON of its events with payloads as plain JSON, packed with zstd
    sha256      text        not null check (length(sha256) = 64), -- of the JSON
    complete    boolean     not null, -- the run has ended: the row stays as it is
    archived_at timestamptz not null default clock_timestamp(),
    primary key (stream, run),
    unique (stream, nr)
);
alter table history_run alter column bytes set storage external; -- packed already

grant select, insert on history_run to arshjul_app;
grant update (bytes, sha256, complete, archived_at) on history_run to arshjul_app;
