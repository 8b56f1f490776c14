-- The log. Rows are added and read; no role but the owner can change or remove one.

create table entry (
    log         text        not null, -- domain.LogOf(stream)
    idx         bigint      not null check (idx >= 0), -- place in the log, from 0 without gaps
    stream      text        not null,
    seq         bigint      not null check (seq >= 1), -- place in the stream, from 1 without gaps
    leaf        bytea       not null, -- canonical bytes of the event: what the tree covers
    -- Copies out of the leaf, to search by. arshjul log verify compares them with it.
    kind        text        not null,
    actor       text        not null,
    command_id  text        not null,
    body        text        not null, -- on a command's first entry: the hash of the command
    step        text        not null,
    at          timestamptz not null,
    -- Ours, not in the leaf.
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (stream, seq),
    unique (log, idx)
);
create index entry_command on entry (stream, command_id, seq) where command_id <> '';
create index entry_step on entry (stream, step, seq) where step <> '';

-- The stored hashes of the tree, in the numbering of golang.org/x/mod/sumdb/tlog.
create table entry_hash (
    log  text   not null,
    pos  bigint not null check (pos >= 0),
    hash bytea  not null check (length(hash) = 32),
    primary key (log, pos)
);

grant select, insert on entry, entry_hash to arshjul_app;
