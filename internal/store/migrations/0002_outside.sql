-- What the log only holds hashes of.

-- Free text and names. The log holds commitment = SHA-256(salt || body). Erasing is setting salt and body to null and
-- erased_at to the time: the commitment stays and can no longer be tied to any text.
create table text (
    commitment text        primary key check (length(commitment) = 64),
    salt       bytea       check (length(salt) = 32),
    body       text,
    erased_at  timestamptz,
    -- The request that brought it.
    stream     text        not null,
    command_id text        not null,
    field      text        not null,
    stored_at  timestamptz not null default clock_timestamp(),
    check ((erased_at is null) = (body is not null) and (body is null) = (salt is null))
);
create index text_request on text (stream, command_id, field);

create table file (
    sha256     text        primary key check (length(sha256) = 64),
    size       bigint      not null check (size = length(bytes)),
    media_type text        not null,
    name       text        not null, -- as the first sender named it
    bytes      bytea       not null,
    stored_at  timestamptz not null default clock_timestamp()
);
-- Documents are compressed already.
alter table file alter column bytes set storage external;

create table wheel (
    hash      text        primary key check (length(hash) = 64), -- of the rule part
    name      text        not null,
    yaml      text        not null, -- as it was written, comments and all
    stored_at timestamptz not null default clock_timestamp()
);

grant select, insert on text, file, wheel to arshjul_app;
grant update (salt, body, erased_at) on text to arshjul_app;
